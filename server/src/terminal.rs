//! What is said and asked on the command line.

use std::{
    fmt::Display,
    io::{self, IsTerminal, Read, Write},
};

use kvarten_service::without_marks;

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
        let mut bytes = Vec::new();
        io::stdin()
            .lock()
            .take(LONGEST_PASSWORD)
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::System("the password cannot be read", error))?;
        let text = decoded(&bytes)
            .map_err(|error| Failure::System("the password cannot be read", error))?;
        return Ok(without_marks(&text).to_owned());
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

/// What was piped in: UTF-8, or UTF-16 where a byte-order mark says so, as some shells write it.
fn decoded(bytes: &[u8]) -> io::Result<String> {
    let invalid = |_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8");
    let unit = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return String::from_utf8(bytes.to_vec()).map_err(invalid),
    };
    let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16(&units)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-16"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(b"kaffe p\xc3\xa5 bryggan\n")]
    #[case(b"\xef\xbb\xbfkaffe p\xc3\xa5 bryggan\r\n")]
    #[case(b"\xff\xfek\0a\0f\0f\0e\0 \0p\0\xe5\0 \0b\0r\0y\0g\0g\0a\0n\0\r\0\n\0")]
    fn a_piped_password_is_its_text(#[case] bytes: &[u8]) {
        let text = decoded(bytes).expect("text");
        assert_eq!(without_marks(&text), "kaffe på bryggan");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert!(decoded(b"kaffe p\xe5 bryggan").is_err());
    }
}
