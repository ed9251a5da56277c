//! PostgreSQL's client programs, `pg_dump` and `pg_restore`.

use std::{
    fs::{self, File},
    io,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use tokio::time::sleep;
use url::Url;

use crate::{Failure, config::DatabaseUrl};

/// How often a program is asked whether it has ended.
const PACE: Duration = Duration::from_millis(50);

/// Names that a connection parameter has in our driver only, and what PostgreSQL calls it.
const RENAMED: [(&str, &str); 5] = [
    ("ssl-mode", "sslmode"),
    ("ssl-root-cert", "sslrootcert"),
    ("ssl-ca", "sslrootcert"),
    ("ssl-cert", "sslcert"),
    ("ssl-key", "sslkey"),
];
/// The parameters our driver and PostgreSQL's programs both know.
const SHARED: [&str; 11] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "application_name",
    "options",
];

/// Runs one of them on a database, to its end. A program that is not waited for any more is ended.
///
/// # Errors
/// A program that is missing or fails, in its own first words.
pub async fn run(
    program: &'static str,
    arguments: &[&str],
    database: &DatabaseUrl,
    work: &Path,
) -> Result<(), Failure> {
    let (url, password) = without_password(database.as_str());
    let said = work.join("said");
    let stderr =
        File::create(&said).map_err(|error| Failure::File { file: said.clone(), error })?;
    let mut command = Command::new(program);
    command.args(arguments).args(["--no-password", "--dbname", &url]);
    // Their words are read for what they say of a full disk.
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr).env("LC_ALL", "C");
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::Refused(format!(
            "{program} is not on the PATH; install PostgreSQL's client programs (on Debian and \
             Ubuntu: apt-get install postgresql-client)"
        )),
        _ => Failure::System(program, error),
    })?;
    let status = Running(child).end().await.map_err(|error| Failure::System(program, error))?;
    if status.success() {
        return Ok(());
    }
    let said = fs::read(&said).unwrap_or_default();
    Err(Failure::Refused(reason(program, &String::from_utf8_lossy(&said))))
}

fn reason(program: &str, said: &str) -> String {
    if said.contains("No space left on device") || said.contains("Disk quota exceeded") {
        return "the disk is full; nothing was kept".to_owned();
    }
    match said.lines().find(|line| !line.trim().is_empty()) {
        Some(line) => format!("{program} failed, and nothing was kept: {line}"),
        None => format!("{program} was ended before it was done, and nothing was kept"),
    }
}

struct Running(Child);

impl Running {
    async fn end(mut self) -> io::Result<ExitStatus> {
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            sleep(PACE).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// An address for PostgreSQL's programs, and the password apart: arguments can be read by every
/// user of the machine.
fn without_password(address: &str) -> (String, Option<String>) {
    let Ok(mut url) = Url::parse(address) else { return (address.to_owned(), None) };
    let mut password = url.password().map(percent_decoded);
    // Fails for an address without a host, which then has no password there.
    let _ = url.set_password(None);
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let mut is_empty = true;
    for (key, value) in url.query_pairs() {
        let renamed = RENAMED.iter().find(|(ours, _)| *ours == key).map(|(_, theirs)| *theirs);
        let setting = key.strip_prefix("options[").and_then(|key| key.strip_suffix(']'));
        match (renamed.or(SHARED.into_iter().find(|shared| *shared == key)), setting) {
            _ if key == "password" => password = Some(value.into_owned()),
            (Some(key), _) => {
                query.append_pair(key, &value);
                is_empty = false;
            }
            (None, Some(setting)) => {
                query.append_pair("options", &format!("-c {setting}={value}"));
                is_empty = false;
            }
            (None, None) => {}
        }
    }
    // PostgreSQL takes a plus sign for itself.
    let query = query.finish().replace('+', "%20");
    url.set_query((!is_empty).then_some(&*query));
    (url.into(), password)
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let decoded = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("postgres://db/kvarten", "postgres://db/kvarten", None)]
    #[case("postgres://anna@db/kvarten", "postgres://anna@db/kvarten", None)]
    #[case(
        "postgres://anna:hemlig@db:5432/kvarten?sslmode=require",
        "postgres://anna@db:5432/kvarten?sslmode=require",
        Some("hemlig")
    )]
    #[case("postgres://anna:a%40b%2Fc@db/kvarten", "postgres://anna@db/kvarten", Some("a@b/c"))]
    #[case("postgres://anna:100%@db/kvarten", "postgres://anna@db/kvarten", Some("100%"))]
    #[case(
        "postgres:///kvarten?host=/run/postgresql&password=a%2Bb%20c",
        "postgres:///kvarten?host=%2Frun%2Fpostgresql",
        Some("a+b c")
    )]
    #[case(
        "postgres://db/kvarten?ssl-mode=verify-full&ssl-root-cert=/my%20own.pem&statement-cache-capacity=0",
        "postgres://db/kvarten?sslmode=verify-full&sslrootcert=%2Fmy%20own.pem",
        None
    )]
    #[case(
        "postgres://db/kvarten?options[search_path]=kvarten",
        "postgres://db/kvarten?options=-c%20search_path%3Dkvarten",
        None
    )]
    fn a_password_is_not_shown(
        #[case] url: &str,
        #[case] shown: &str,
        #[case] password: Option<&str>,
    ) {
        assert_eq!(without_password(url), (shown.to_owned(), password.map(str::to_owned)));
    }

    #[rstest]
    #[case(
        "pg_dump: error: could not write to file: No space left on device\n",
        "the disk is full"
    )]
    #[case(
        "\npg_dump: error: server version mismatch\nmore\n",
        "kept: pg_dump: error: server version mismatch"
    )]
    #[case("", "was ended before it was done")]
    fn it_says_why(#[case] said: &str, #[case] why: &str) {
        assert!(reason("pg_dump", said).contains(why), "{}", reason("pg_dump", said));
    }
}
