//! The process's files are for its own user only, whatever the folder and the shell say.

use std::{
    fs::{self, OpenOptions, Permissions},
    io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use kvarten_service::privacy::REVOCATIONS_FILE;
use rustix::{fs::Mode, process::umask};

use crate::config::Config;

/// What group and others may do.
const OF_OTHERS: u32 = 0o077;

/// From here on the process makes no file that another user can read.
pub fn set_mask() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// A file's name with an ending added.
pub fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The files SQLite has for a database.
pub fn of_sqlite(database: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|ending| with_ending(database, ending))
}

/// Takes from group and others what they may do with files that an earlier version or another
/// program made, and makes the database's file where it is missing.
pub fn tighten(config: &Config) {
    let mut files = vec![config.media(), config.data.join(REVOCATIONS_FILE)];
    if let Some(database) = config.database.file() {
        // SQLite would make it as any file; its further files are made like it.
        let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&database);
        files.extend(of_sqlite(&database));
    }
    for file in files {
        match take_from_others(&file) {
            Ok(false) => {}
            Ok(true) => tracing::warn!(
                "{} could be read by other users of this machine; it cannot any more",
                file.display()
            ),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(
                "{} can be read by other users of this machine: {error}",
                file.display()
            ),
        }
    }
}

/// True where something was taken.
fn take_from_others(file: &Path) -> io::Result<bool> {
    let mode = fs::metadata(file)?.permissions().mode();
    if mode & OF_OTHERS == 0 {
        return Ok(false);
    }
    fs::set_permissions(file, Permissions::from_mode(mode & !OF_OTHERS))?;
    Ok(true)
}
