//! What is said and asked on the command line.

use std::{
    fmt::Display,
    io::{self, IsTerminal, Read, Write},
};

use crate::Failure;

/// The longest password that is read, in bytes.
const LONGEST_PASSWORD: u64 = 1_000;

/// Prints a line. Nobody listening any more is no reason to fail.
pub fn say(line: impl Display) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// Prints a line beside the output proper.
pub fn say_aside(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// A new password: one line of standard input, or typed twice on the terminal.
pub fn read_new_password(is_from_stdin: bool) -> Result<String, Failure> {
    if is_from_stdin {
        let mut text = String::new();
        io::stdin()
            .lock()
            .take(LONGEST_PASSWORD)
            .read_to_string(&mut text)
            .map_err(|error| Failure::System("the password cannot be read", error))?;
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    let ask = |question: &str| {
        rpassword::prompt_password(question).map_err(|error| {
            Failure::System("there is no terminal to ask for the password on (use --stdin)", error)
        })
    };
    let password = ask("New password: ")?;
    if ask("Once more: ")? == password {
        Ok(password)
    } else {
        Err(Failure::Refused("the two passwords differ; nothing was changed".to_owned()))
    }
}

/// Asks for a yes.
pub fn confirm(question: &str) -> Result<(), Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::Refused(
            "there is no terminal to ask on; say --yes if you are sure".to_owned(),
        ));
    }
    let _ = write!(io::stderr().lock(), "{question} Type `yes`: ");
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    read.map_err(|error| Failure::System("the answer cannot be read", error))?;
    if answer.trim().eq_ignore_ascii_case("yes") {
        Ok(())
    } else {
        Err(Failure::Refused("nothing was changed".to_owned()))
    }
}
