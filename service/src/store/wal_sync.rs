//! Durability across power loss: a write is acknowledged once it is on the disk.
//!
//! SQLite commits to the write-ahead log without an fsync (`synchronous = NORMAL`). The log is
//! synced here before the write is acknowledged, once for all transactions that committed in the
//! meantime (group commit). With `synchronous = FULL` every transaction would run its own fsync
//! while it holds the only write connection.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::{sync::Mutex, task::spawn_blocking};

/// Syncs the write-ahead log of an SQLite database.
#[derive(Debug)]
pub(super) struct WalSync {
    log: PathBuf,
    /// How many commits requested a sync, and how many of them are covered.
    requested: AtomicU64,
    done: Mutex<u64>,
    /// Whether the directory entry of the log has been synced.
    is_directory_synced: Arc<AtomicBool>,
    /// Whether a sync has failed. The kernel drops the pages it could not write, so that a later
    /// sync would succeed without them.
    has_failed: Arc<AtomicBool>,
}

impl WalSync {
    /// Of the database in a file.
    pub(super) fn of(file: &Path) -> Self {
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        Self {
            log: log.into(),
            requested: AtomicU64::new(0),
            done: Mutex::new(0),
            is_directory_synced: Arc::default(),
            has_failed: Arc::default(),
        }
    }

    /// Returns once everything committed so far is on the disk.
    ///
    /// # Errors
    /// An I/O error; every later call fails too.
    pub(super) async fn sync(&self) -> Result<(), io::Error> {
        let mine = self.requested.fetch_add(1, Ordering::AcqRel) + 1;
        let mut done = self.done.lock().await;
        if *done >= mine {
            return Ok(());
        }
        let all = self.requested.load(Ordering::Acquire);
        let (log, is_directory_synced) = (self.log.clone(), Arc::clone(&self.is_directory_synced));
        let has_failed = Arc::clone(&self.has_failed);
        // A cancelled caller must not hide a failure, so the closure records it.
        let syncing = spawn_blocking(move || {
            if has_failed.load(Ordering::Acquire) {
                return Err(io::Error::other("an earlier sync failed"));
            }
            let synced = sync_log(&log, &is_directory_synced);
            has_failed.fetch_or(synced.is_err(), Ordering::AcqRel);
            synced
        });
        syncing.await.map_err(io::Error::other)??;
        *done = all;
        Ok(())
    }
}

fn sync_log(log: &Path, is_directory_synced: &AtomicBool) -> Result<(), io::Error> {
    match File::open(log) {
        Ok(file) => file.sync_data()?,
        // The last connection has closed: SQLite has checkpointed and removed the log.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    }
    if let Some(folder) = log.parent()
        && !is_directory_synced.load(Ordering::Acquire)
    {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
        is_directory_synced.store(true, Ordering::Release);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn concurrent_commits_share_a_sync() {
        let folder = tempfile::tempdir().expect("a folder");
        let wal = WalSync::of(&folder.path().join("a.db"));
        std::fs::write(&wal.log, b"log").expect("a log");
        let (one, two, three) = tokio::join!(wal.sync(), wal.sync(), wal.sync());
        assert!(one.is_ok() && two.is_ok() && three.is_ok());
        assert_eq!(*wal.done.lock().await, 3);
        assert!(wal.is_directory_synced.load(Ordering::Acquire));
        wal.sync().await.expect("again");
        assert_eq!(*wal.done.lock().await, 4);
    }

    #[tokio::test]
    async fn a_failed_sync_is_remembered() {
        let folder = tempfile::tempdir().expect("a folder");
        let wal = WalSync::of(&folder.path().join("a.db"));
        // A file that cannot be synced.
        std::os::unix::fs::symlink("/dev/null", &wal.log).expect("a link");
        assert!(wal.sync().await.is_err());
        std::fs::remove_file(&wal.log).expect("removed");
        std::fs::write(&wal.log, b"log").expect("a log");
        assert!(wal.sync().await.is_err(), "the earlier failure is remembered");
    }

    #[tokio::test]
    async fn a_removed_log_needs_no_sync() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(WalSync::of(&folder.path().join("a.db")).sync().await.is_ok());
    }
}
