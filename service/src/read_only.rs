//! Reading an SQLite database where nothing can be written: on a disk that was mounted again
//! read-only when it began to fail, in a folder of another user, on a full disk.
//!
//! A database in WAL mode needs its `-shm` file, which cannot be made there. So three ways are tried:
//! as it is, which works where that file is there; as an unchanging file, where there is no log that
//! holds anything; and from a copy of both in a private folder, where there is one.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr,
    sqlx::sqlite::SqliteConnectOptions,
};

use crate::store::{Store, StoreError, sqlite_path};

impl Store {
    /// Opens the database to read from it only. PostgreSQL is opened as ever.
    ///
    /// # Errors
    /// A database that is missing or cannot be read.
    pub async fn connect_read_only(url: &str) -> Result<Self, StoreError> {
        let Some(file) = sqlite_path(url) else { return Self::connect(url).await };
        let file = file.to_path_buf();
        let refused = match open(&file, false).await {
            Ok(db) => return Ok(Self::over(db, file)),
            Err(error) => error,
        };
        let log = beside(&file, "-wal");
        let has_log = fs::metadata(&log).is_ok_and(|log| log.len() > 0);
        let opened = if has_log { open_copy(&file, &log).await } else { open(&file, true).await };
        opened.map(|db| Self::over(db, file)).map_err(|_| StoreError::Database(refused))
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// One connection, which has read something: a log is first looked at then.
async fn open(file: &Path, is_immutable: bool) -> Result<DatabaseConnection, DbErr> {
    let file = file.to_path_buf();
    let options = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(false)
        .read_only(true)
        .immutable(is_immutable)
        .busy_timeout(Duration::from_secs(20));
    connect(options).await
}

async fn connect(options: SqliteConnectOptions) -> Result<DatabaseConnection, DbErr> {
    let mut pool = ConnectOptions::new("sqlite:read-only");
    pool.max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(5))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |_| options.clone());
    let db = Database::connect(pool).await?;
    match db.execute_unprepared("SELECT count(*) FROM sqlite_master").await {
        Ok(_) => Ok(db),
        Err(error) => {
            let _ = db.close().await;
            Err(error)
        }
    }
}

/// Copies the database with its log into a private folder and opens the copy. It has no name any
/// more once it is open, so nothing is left when the process ends, however it does.
async fn open_copy(file: &Path, log: &Path) -> Result<DatabaseConnection, DbErr> {
    let failed = |error: io::Error| DbErr::Custom(error.to_string());
    let folder = tempfile::Builder::new().prefix("kvarten-").tempdir().map_err(failed)?;
    let copy = folder.path().join("copy.db");
    copy_bytes(file, &copy).map_err(failed)?;
    copy_bytes(log, &beside(&copy, "-wal")).map_err(failed)?;
    let db = connect(SqliteConnectOptions::new().filename(&copy).create_if_missing(false)).await?;
    drop(folder);
    Ok(db)
}

/// Unlike [`fs::copy`], does not copy the permissions: the copy must be writable.
fn copy_bytes(from: &Path, to: &Path) -> io::Result<()> {
    io::copy(&mut fs::File::open(from)?, &mut fs::File::create_new(to)?).map(drop)
}
