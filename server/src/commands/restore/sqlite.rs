//! Restoring an SQLite database.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use kvarten_service::{
    Services, Store, StoreError,
    privacy::{Reconciled, reconcile_restored},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::WorkFolder;
use crate::{
    Failure,
    commands::{
        backup::{name_of_now, rename_new},
        file_failure, sqlite_words,
    },
    config::Config,
    private_files::{of_sqlite, with_ending},
};

/// Prepares the copy aside, has the stored files brought, then exchanges the databases. The database that was there gets another name.
pub async fn restore(
    config: &Config,
    file: &Path,
    database: &Path,
    stored_files: impl Future<Output = Result<usize, Failure>>,
) -> Result<(Reconciled, Option<PathBuf>), Failure> {
    if is_same_file(file, database) {
        return Err(Failure::Refused(format!("{} is the database itself", file.display())));
    }
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
    let work = WorkFolder::within(folder.unwrap_or(Path::new(".")))?;
    let new = work.new_file("restored.db")?;
    copy_bytes(file, &new).map_err(|error| file_failure(file, error))?;
    // A copy that was made by other means may have a log beside it.
    let (log, new_log) = (with_ending(file, "-wal"), with_ending(&new, "-wal"));
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        copy_bytes(&log, &new_log).map_err(|error| file_failure(&log, error))?;
    }
    let done = prepare(config, file, &new).await?;
    if new_log.exists() {
        return Err(Failure::Refused(
            "the copy could not be closed; nothing was changed".to_owned(),
        ));
    }
    stored_files.await?;
    let synced = File::open(&new).and_then(|new| new.sync_all());
    synced.map_err(|error| file_failure(&new, error))?;
    let exchanged = exchange(&new, database).map_err(|error| file_failure(database, error))?;
    if let Some(folder) = folder {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok((done, exchanged))
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

fn copy_bytes(from: &Path, to: &Path) -> io::Result<()> {
    let mut to = File::options().create(true).truncate(true).write(true).open(to)?;
    io::copy(&mut File::open(from)?, &mut to)?;
    to.sync_all()
}

/// Brings the copy up to date and has it forget what was revoked since it was made.
async fn prepare(config: &Config, file: &Path, new: &Path) -> Result<Reconciled, Failure> {
    let damaged =
        || Failure::Refused(format!("{} is damaged; nothing was changed", file.display()));
    let store = match Store::connect(&format!("sqlite:{}", new.display())).await {
        Ok(store) => store,
        Err(StoreError::Database(error)) => {
            return Err(sqlite_words::refusal(
                &format!("{} cannot be opened", file.display()),
                &error,
            ));
        }
        Err(other) => return Err(other.into()),
    };
    let sound = async {
        let one = |sql| store.read().query_one_raw(Statement::from_string(DbBackend::Sqlite, sql));
        let check = one("PRAGMA quick_check(1)").await?;
        let check = check.and_then(|row| row.try_get_by_index::<String>(0).ok());
        let people = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'people'";
        Ok((check.as_deref() == Some("ok"), one(people).await?.is_some()))
    };
    match sound.await {
        Ok((true, true)) => {}
        Ok((true, false)) => {
            let file = file.display();
            return Err(Failure::Refused(format!("{file} is not a database of Kvarten")));
        }
        Ok((false, _)) | Err::<_, sea_orm::DbErr>(_) => return Err(damaged()),
    }
    store.migrate().await?;
    let services = Services::new(store, config.calendar.clone(), config.media());
    let done = reconcile_restored(&services).await;
    services.store().close().await;
    Ok(done?)
}

/// Gives the database and its log other names and the new one theirs. The log goes first: it must not
/// be taken for that of the new database.
fn exchange(new: &Path, database: &Path) -> io::Result<Option<PathBuf>> {
    let replaced = database.exists().then(|| free_name(database));
    if let Some(replaced) = &replaced {
        let [old, log, index] = of_sqlite(database);
        let [new_old, new_log, new_index] = of_sqlite(replaced);
        for (from, to) in [(log, new_log), (index, new_index), (old, new_old)] {
            match rename_new(&from, &to) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                renamed => renamed?,
            }
        }
    }
    rename_new(new, database)?;
    Ok(replaced)
}

/// `replaced-kvarten-2026-11-21T23-05-09Z.db` beside the database.
fn free_name(database: &Path) -> PathBuf {
    let name = |number: u32| {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        database.with_file_name(format!("replaced-{}{number}.db", name_of_now()))
    };
    (1..10_000).map(name).find(|name| !name.exists()).unwrap_or_else(|| name(1))
}
