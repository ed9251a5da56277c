//! `kvarten restore`.

mod postgres;
mod sqlite;

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use clap::Args;
use kvarten_service::privacy::{Reconciled, RevocationList};

use super::{
    backup::{WorkFolder, copy_missing},
    file_failure, unless_stopped,
};
use crate::{Failure, config::Config, opening, terminal::say};

/// How an SQLite database and a dump in PostgreSQL's custom format begin.
const SQLITE: &[u8] = b"SQLite format 3\0";
const DUMP: &[u8] = b"PGDMP";

#[derive(Args, Debug)]
pub struct Arguments {
    /// The copy: a .db, or for PostgreSQL a .dump
    file: PathBuf,
}

/// Puts a copy of the database and the stored files beside it in place.
///
/// # Errors
/// Whatever keeps it from being put in place whole. The database is as it was then.
pub async fn restore(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    Box::pin(unless_stopped(restore_from(config, &arguments.file))).await
}

async fn restore_from(config: &Config, file: &Path) -> Result<(), Failure> {
    let begins = beginning(file).map_err(|error| file_failure(file, error))?;
    let (wanted, what) = match config.database.file() {
        Some(_) => (SQLITE, "an SQLite database, such as `kvarten backup` makes of one"),
        None => (DUMP, "a dump, such as `kvarten backup` makes of a PostgreSQL database"),
    };
    if !begins.starts_with(wanted) {
        return Err(Failure::Refused(format!("{} is not {what}", file.display())));
    }
    opening::take_over(config)?;
    let beside = file.parent().unwrap_or(Path::new(""));
    let beside = if beside.as_os_str().is_empty() { Path::new(".") } else { beside };
    let list = RevocationList::in_folder(&config.data);
    list.merge(&RevocationList::in_folder(beside))
        .map_err(|error| file_failure(list.file(), error))?;
    // Awaited once the copy is known to be whole, and before it is put in place.
    let media = (beside.join("media"), config.media());
    let files = copy_missing(&media.0, &media.1);
    let (done, replaced) = match config.database.file() {
        Some(database) => sqlite::restore(config, file, &database, files).await?,
        None => (postgres::restore(config, file, files).await?, None),
    };
    report(file, &done, replaced.as_deref());
    Ok(())
}

fn beginning(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(SQLITE.len() as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn report(file: &Path, done: &Reconciled, replaced: Option<&Path>) {
    say(format_args!("Restored {}. Every session has ended.", file.display()));
    if let Some(replaced) = replaced {
        say(format_args!(
            "The database that was here is now {}; it holds people, so remove it when it is no longer \
             needed.",
            replaced.display()
        ));
    }
    if done.erased > 0 {
        say(format_args!("People who had been erased since, erased again: {}.", done.erased));
    }
    if !done.without_password.is_empty() {
        say(format_args!(
            "Their passwords had been replaced since, or they had left; they have none now: {}. \
             `kvarten person password` gives them one.",
            done.without_password.join(", ")
        ));
    }
    say(
        "People, units and roles are as they were in the copy: enter again who has come, moved or \
         left since, and whose role has ended.",
    );
}
