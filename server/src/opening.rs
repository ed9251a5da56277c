//! Opening what the process stands on: the data folder and the database.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::DirBuilderExt,
    path::Path,
    sync::OnceLock,
};

use kvarten_service::{Services, Store, privacy};

use crate::{Failure, config::Config, private_files, terminal::say_aside};

/// The lock on the data folder, until the process ends.
static FOLDER_LOCK: OnceLock<File> = OnceLock::new();

/// Opens the database as it is, whatever its version.
///
/// # Errors
/// A folder that cannot be written to, a database that does not answer, a restore that is going on.
pub async fn connect(config: &Config) -> Result<Services, Failure> {
    make_writable(&config.data)
        .map_err(|error| Failure::DataFolder { folder: config.data.clone(), error })?;
    lock_shared(&config.data)?;
    private_files::tighten(config);
    let store = Store::connect(config.database.as_str()).await?;
    Ok(Services::new(store, config.calendar.clone(), config.media()))
}

/// Opens the database, which must be of this program's version.
///
/// # Errors
/// Those of [`connect`], and a database that is older or newer than the program.
pub async fn open(config: &Config) -> Result<Services, Failure> {
    let services = connect(config).await?;
    services.store().check_schema().await?;
    Ok(services)
}

/// Opens the database to read from it, whatever its version. Where the data folder or the database
/// cannot be written to, it is opened without writing anything.
///
/// # Errors
/// A database that is missing or cannot be read.
pub async fn connect_to_read(config: &Config) -> Result<Services, Failure> {
    let Some(file) = config.database.file() else {
        let store = Store::connect(config.database.as_str()).await?;
        return Ok(Services::new(store, config.calendar.clone(), config.media()));
    };
    if let Err(error) = fs::metadata(&file) {
        return Err(match error.kind() {
            io::ErrorKind::NotFound => {
                Failure::Refused(format!("there is no database {}", file.display()))
            }
            _ => Failure::File { file, error },
        });
    }
    lock_shared(&config.data)?;
    let is_writable =
        make_writable(&config.data).is_ok() && OpenOptions::new().append(true).open(&file).is_ok();
    if is_writable {
        private_files::tighten(config);
        if let Ok(store) = Store::connect(config.database.as_str()).await {
            return Ok(Services::new(store, config.calendar.clone(), config.media()));
        }
    }
    let store = Store::connect_read_only(config.database.as_str()).await?;
    say_aside("note: nothing can be written to the data folder; the database is only read");
    Ok(Services::new(store, config.calendar.clone(), config.media()))
}

/// Opens the database to read from it; it must be of this program's version.
///
/// # Errors
/// Those of [`connect_to_read`], and a database that is older or newer than the program.
pub async fn open_to_read(config: &Config) -> Result<Services, Failure> {
    let services = connect_to_read(config).await?;
    services.store().check_schema().await?;
    Ok(services)
}

/// Has a database that was put back forget what it should not know any more, and says so.
///
/// # Errors
/// Those of the database and of the data folder's files.
pub async fn reconcile(services: &Services) -> Result<(), Failure> {
    let done = privacy::reconcile(services).await?;
    if done.is_restored {
        tracing::warn!(
            sessions = done.sessions,
            "this database is not the one that was in use last; every session has ended"
        );
    }
    if done.erased > 0 {
        tracing::warn!(
            people = done.erased,
            "people who had been erased were there again, and are erased"
        );
    }
    if !done.without_password.is_empty() {
        tracing::warn!(
            people = done.without_password.len(),
            "passwords that had been replaced were there again; these people need a new one"
        );
    }
    Ok(())
}

/// Makes the data folder this process's alone.
///
/// # Errors
/// A folder that cannot be written to, or that another process uses.
pub fn take_over(config: &Config) -> Result<(), Failure> {
    make_writable(&config.data)
        .map_err(|error| Failure::DataFolder { folder: config.data.clone(), error })?;
    let in_use = "a server or another command is using the data folder; stop it first";
    lock(&config.data, File::try_lock, in_use)
}

fn lock_shared(folder: &Path) -> Result<(), Failure> {
    lock(
        folder,
        File::try_lock_shared,
        "a backup is being restored into the data folder; wait for it",
    )
}

/// Locks a folder until the process ends. Where the file system has no locks on folders, nothing is
/// locked.
fn lock(
    folder: &Path,
    how: impl FnOnce(&File) -> Result<(), TryLockError>,
    taken: &str,
) -> Result<(), Failure> {
    let Ok(folder) = File::open(folder) else { return Ok(()) };
    match how(&folder) {
        Ok(()) => {
            let _ = FOLDER_LOCK.set(folder);
            Ok(())
        }
        Err(TryLockError::WouldBlock) => Err(Failure::Refused(taken.to_owned())),
        Err(TryLockError::Error(error)) => {
            tracing::debug!(%error, "the data folder cannot be locked");
            Ok(())
        }
    }
}

/// Makes a folder, where it is missing, that nobody else on the machine can look into.
///
/// # Errors
/// What the system says.
pub fn make_private_folder(folder: &Path) -> Result<(), io::Error> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Makes the folder and sees whether a file can be written in it.
fn make_writable(folder: &Path) -> Result<(), io::Error> {
    make_private_folder(folder)?;
    let probe = folder.join(format!(".kvarten-{}", std::process::id()));
    fs::write(&probe, [])?;
    fs::remove_file(probe)
}
