//! The folder of copies: one backup at a time, and nothing half-made under a copy's name.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::{TempDir, TempPath};
use time::OffsetDateTime;
use tokio::time::{Instant, sleep};

use super::file_failure;
use crate::{Failure, terminal::say_aside};

/// How the names of what is not whole yet begin.
pub const WORK: &str = ".kvarten-";
/// How long a backup waits for another one into the same folder.
const PATIENCE: Duration = Duration::from_mins(10);
/// How often it tries again.
const PACE: Duration = Duration::from_millis(200);
/// How many copies of one second are told apart.
const COPIES: u32 = 1_000;

/// A folder that this backup alone writes to.
pub struct BackupFolder {
    path: PathBuf,
    _lock: File,
}

impl BackupFolder {
    /// Waits for another backup into the folder, and removes what one that was killed has left.
    pub async fn enter(path: &Path) -> Result<Self, Failure> {
        let lock = File::open(path).map_err(|error| file_failure(path, error))?;
        let is_alone = wait_for(&lock).await?;
        let folder = Self { path: path.to_path_buf(), _lock: lock };
        if is_alone {
            Self::remove_leftovers(path);
            Self::remove_leftovers(&path.join("media"));
        }
        Ok(folder)
    }

    /// A private folder inside, which goes with everything in it.
    pub fn work(&self) -> Result<WorkFolder, Failure> {
        WorkFolder::within(&self.path)
    }

    /// Puts a whole file on the disk, then gives it a name that no other file here has.
    pub fn publish(&self, file: &Path, ending: &str) -> Result<PathBuf, Failure> {
        let synced = File::open(file).and_then(|whole| whole.sync_all());
        synced.map_err(|error| file_failure(file, error))?;
        let name = name_of_now();
        for number in 1..=COPIES {
            let name = match number {
                1 => format!("{name}.{ending}"),
                _ => format!("{name}-{number}.{ending}"),
            };
            let target = self.path.join(name);
            match rename_new(file, &target) {
                Ok(()) => return Ok(target),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(file_failure(&target, error)),
            }
        }
        Err(file_failure(&self.path.join(name), io::ErrorKind::AlreadyExists.into()))
    }

    /// Puts the names themselves on the disk.
    pub fn sync(&self) {
        for folder in [&self.path, &self.path.join("media")] {
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
    }

    /// Only called while no other backup is at work here.
    fn remove_leftovers(folder: &Path) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // Earlier versions wrote beside the copy's name.
            let is_old = name.starts_with("kvarten-") && name.contains("Z.");
            let is_left = name.starts_with(WORK) || (is_old && name.contains(".part"));
            let digest = name.strip_suffix(".part").unwrap_or_default();
            let is_part = folder.ends_with("media")
                && digest.len() == 64
                && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !is_left && !is_part {
                continue;
            }
            let path = entry.path();
            let removed =
                if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            if let Err(error) = removed {
                tracing::warn!("{} is left of a backup and stays: {error}", path.display());
            }
        }
    }
}

/// True when no other backup is at work in the folder; false where its file system cannot tell.
async fn wait_for(lock: &File) -> Result<bool, Failure> {
    let began = Instant::now();
    let mut is_said = false;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::Error(_)) => return Ok(false),
            Err(TryLockError::WouldBlock) if began.elapsed() < PATIENCE => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::Refused(
                    "another backup into this folder is going on; nothing was written".to_owned(),
                ));
            }
        }
        if !is_said {
            say_aside("note: another backup into this folder is going on; waiting for it");
            is_said = true;
        }
        sleep(PACE).await;
    }
}

/// `kvarten-2026-11-21T23-05-09Z`.
pub fn name_of_now() -> String {
    let now = OffsetDateTime::now_utc();
    let (date, (hour, minute, second)) = (now.date(), now.to_hms());
    format!("kvarten-{date}T{hour:02}-{minute:02}-{second:02}Z")
}

/// Gives a file another name in the same file system, unless that name is taken.
pub fn rename_new(file: &Path, target: &Path) -> io::Result<()> {
    let renamed = TempPath::try_from_path(file)?.persist_noclobber(target);
    let Err(failed) = renamed else { return Ok(()) };
    let error = failed.error;
    // The file is removed with its guard otherwise.
    let _ = failed.path.keep();
    // A file system that knows neither of the two ways; the folder is this backup's alone.
    let is_unknown = matches!(
        error.kind(),
        io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput
    );
    if is_unknown && !target.exists() { fs::rename(file, target) } else { Err(error) }
}

/// A private folder for what is not whole yet. It goes when the command ends; where the process was
/// killed, the next backup removes it.
pub struct WorkFolder(TempDir);

impl WorkFolder {
    pub fn within(folder: &Path) -> Result<Self, Failure> {
        let made = tempfile::Builder::new().prefix(WORK).suffix(".part").tempdir_in(folder);
        made.map(Self).map_err(|error| file_failure(folder, error))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// An empty file in it, readable by this user only: it will hold personal data.
    pub fn new_file(&self, name: &str) -> Result<PathBuf, Failure> {
        let file = self.path().join(name);
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file);
        made.map_err(|error| file_failure(&file, error))?;
        Ok(file)
    }
}
