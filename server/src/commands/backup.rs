//! `kvarten backup`.

use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clap::Args;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use time::OffsetDateTime;

use crate::{
    Failure,
    config::{Config, DatabaseUrl},
    opening::{connect, make_private_folder},
    terminal::say,
};

#[derive(Args, Debug)]
pub struct Arguments {
    /// Where to; made when missing
    folder: PathBuf,
}

/// Copies the database, then the stored files: those it names are all there by then.
pub async fn back_up(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    let folder = &arguments.folder;
    make_private_folder(folder).map_err(|error| file_failure(folder, error))?;
    let database = match config.database.file() {
        Some(source) if !source.is_file() => {
            return Err(Failure::Refused(format!("there is no database {}", source.display())));
        }
        Some(_) => copy_sqlite(config, &new_file(folder, "db")?).await?,
        None => dump_postgres(&config.database, &new_file(folder, "dump")?)?,
    };
    let copied = copy_media(&config.media(), &folder.join("media"))?;
    say(format_args!("Wrote {} and {copied} new stored files.", database.display()));
    Ok(())
}

fn file_failure(file: &Path, error: io::Error) -> Failure {
    Failure::File { file: file.to_path_buf(), error }
}

/// A name that no file in the folder has: `kvarten-2026-11-21T23-05-09Z.db`.
fn new_file(folder: &Path, ending: &str) -> Result<PathBuf, Failure> {
    let now = OffsetDateTime::now_utc();
    let (date, (hour, minute, second)) = (now.date(), now.to_hms());
    let name = format!("kvarten-{date}T{hour:02}-{minute:02}-{second:02}Z.{ending}");
    let file = folder.join(name);
    if file.exists() {
        return Err(file_failure(&file, io::ErrorKind::AlreadyExists.into()));
    }
    Ok(file)
}

/// Where a file is written before it is whole.
fn aside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Makes that file, empty and for nobody else to read: it will hold people.
fn begin(file: &Path) -> Result<PathBuf, Failure> {
    let aside = aside(file);
    let _ = fs::remove_file(&aside);
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside);
    made.map_err(|error| file_failure(&aside, error))?;
    Ok(aside)
}

/// Gives what was written aside its name once it is on the disk, or removes it where it did not
/// become whole.
fn finish(file: &Path, written: Result<(), Failure>) -> Result<PathBuf, Failure> {
    let aside = aside(file);
    if let Err(failure) = written {
        let _ = fs::remove_file(aside);
        return Err(failure);
    }
    let kept = fs::File::open(&aside).and_then(|written| written.sync_all());
    kept.and_then(|()| fs::rename(&aside, file)).map_err(|error| file_failure(file, error))?;
    Ok(file.to_path_buf())
}

async fn copy_sqlite(config: &Config, file: &Path) -> Result<PathBuf, Failure> {
    let target = begin(file)?;
    let Some(path) = target.to_str() else {
        let _ = fs::remove_file(&target);
        return Err(Failure::Refused("the folder's name must be UTF-8".to_owned()));
    };
    let services = connect(config).await?;
    let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [path.into()]);
    let copied = services.store().read().execute_raw(copy).await;
    services.store().close().await;
    let copied = copied.map(drop).map_err(|error: DbErr| {
        Failure::Refused(format!("the database cannot be copied to {path}: {error}"))
    });
    finish(file, copied)
}

fn dump_postgres(database: &DatabaseUrl, file: &Path) -> Result<PathBuf, Failure> {
    let (url, password) = without_password(database.as_str());
    let mut dump = Command::new("pg_dump");
    dump.args(["--format=custom", "--no-password", "--file"]).arg(begin(file)?);
    dump.args(["--dbname", &url]).stdin(Stdio::null());
    if let Some(password) = password {
        dump.env("PGPASSWORD", password);
    }
    finish(file, run(dump))
}

fn run(mut dump: Command) -> Result<(), Failure> {
    let ended = dump.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::Refused(
            "pg_dump is not on the PATH; install PostgreSQL's client programs (on Debian and \
             Ubuntu: apt-get install postgresql-client)"
                .to_owned(),
        ),
        _ => Failure::System("pg_dump", error),
    })?;
    if ended.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    Err(Failure::Refused(said.lines().next().unwrap_or("pg_dump failed").to_owned()))
}

/// Takes the password out of an address: what stands in arguments can be read by everybody on
/// the machine.
fn without_password(url: &str) -> (String, Option<String>) {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let at = rest[..end].rfind('@')?;
        let (user, password) = rest[..at].split_once(':')?;
        Some((format!("{scheme}://{user}{}", &rest[at..]), percent_decoded(password)))
    });
    parts.map_or_else(|| (url.to_owned(), None), |(url, password)| (url, Some(password)))
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

/// Copies the files that the backup does not have; the name of each tells what is in it.
fn copy_media(from: &Path, to: &Path) -> Result<usize, Failure> {
    if !from.is_dir() {
        return Ok(0);
    }
    fs::create_dir_all(to).map_err(|error| file_failure(to, error))?;
    let mut copied = 0;
    for entry in fs::read_dir(from).map_err(|error| file_failure(from, error))? {
        let source = entry.map_err(|error| file_failure(from, error))?.path();
        let is_whole = source.is_file() && source.extension().is_none();
        let Some(name) = source.file_name().filter(|_| is_whole) else { continue };
        let target = to.join(name);
        if !target.exists() {
            let written = fs::copy(&source, aside(&target)).map(drop);
            finish(&target, written.map_err(|error| file_failure(&target, error)))?;
            copied += 1;
        }
    }
    Ok(copied)
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
    fn a_password_is_not_shown(
        #[case] url: &str,
        #[case] shown: &str,
        #[case] password: Option<&str>,
    ) {
        assert_eq!(without_password(url), (shown.to_owned(), password.map(str::to_owned)));
    }
}
