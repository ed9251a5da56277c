//! The database: one way to read, one way to write, the same on SQLite and PostgreSQL.

mod connection_guard;
mod duplicates;
mod error_kind;
mod schema;
mod template;
mod wal_sync;
mod write;
mod write_check;
mod write_health;

use std::{
    fmt,
    num::NonZero,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr,
    sqlx::{
        Connection, PgConnection,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};
use thiserror::Error;
use tokio::time::timeout;

pub use self::write::WriteTransaction;
use self::{connection_guard::PageLimit, write::WriteConnection, write_health::WriteHealth};
pub(crate) use self::{
    duplicates::DuplicateKind,
    error_kind::{DbErrorKind, of as error_kind, retry_conflicts},
    template::Templates,
};

/// Why the database cannot be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The address is neither `sqlite:` nor `postgres:`.
    #[error("a database address begins with sqlite: or postgres:")]
    UnknownKind,
    /// The database was written by a newer version of the program.
    #[error(
        "the database is from a newer version of Kvarten (it has the step {0}); start that version instead"
    )]
    Newer(String),
    /// The database has not been brought up to date.
    #[error("the database is not up to date ({0} steps are missing); run `kvarten migrate`")]
    Older(usize),
    /// A committed write could not be read back.
    #[error("the database acknowledges writes that cannot be read back")]
    WriteLost,
    /// Anything the database says.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// A database. Cheap to clone.
///
/// SQLite has one writer at a time: a pool of a single connection makes writers queue in order
/// instead of finding the file locked, while readers go on in a pool of their own.
#[derive(Clone)]
pub struct Store {
    read: DatabaseConnection,
    write: WriteConnection,
    pages: PageLimit,
    file: Option<PathBuf>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("file", &self.file).finish_non_exhaustive()
    }
}

/// How long a PostgreSQL server may take to answer at the start.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a statement waits in PostgreSQL for what another holds.
const LOCK_TIMEOUT: &str = "15s";
/// How long a request waits for a connection to PostgreSQL.
const POSTGRES_PATIENCE: Duration = Duration::from_secs(4);
/// How many connections a PostgreSQL server lends to one process.
const POSTGRES_CONNECTIONS: u32 = 16;

impl Store {
    /// Opens the database at `sqlite:PATH` (made when missing) or `postgres://…`.
    ///
    /// # Errors
    /// An address of another kind, or a database that does not answer.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = sqlite_path(url) {
            let file = path.to_path_buf();
            let (health, pages) = (Arc::new(WriteHealth::of_file(&file)), PageLimit::default());
            let mut options = sqlite_options(url, &file, 1);
            options.map_sqlx_sqlite_pool_opts(connection_guard::sqlite_writer(&health, &pages));
            let write = Database::connect(options).await?;
            let mut options = sqlite_options(url, &file, sqlite_readers());
            options.map_sqlx_sqlite_pool_opts(connection_guard::sqlite_reader);
            let read = Database::connect(options).await?;
            let write = WriteConnection::new(write, health);
            return Ok(Self { read, write, pages, file: Some(file) });
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            // Once by hand: a pool would try again for half a minute and not say why.
            let one = timeout(PATIENCE, PgConnection::connect(url)).await;
            let one = one.map_err(|_| unreachable(&"it does not answer"))?;
            let one = one.map_err(|error| unreachable(&error))?;
            one.close().await.map_err(|error| unreachable(&error))?;
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(POSTGRES_CONNECTIONS)
                .acquire_timeout(POSTGRES_PATIENCE)
                .connect_timeout(POSTGRES_PATIENCE)
                .map_sqlx_postgres_opts(|options| options.options([("lock_timeout", LOCK_TIMEOUT)]))
                .map_sqlx_postgres_pool_opts(connection_guard::postgres)
                .sqlx_logging(false);
            let read = Database::connect(options).await?;
            let write = WriteConnection::new(read.clone(), Arc::default());
            return Ok(Self { read, write, pages: PageLimit::default(), file: None });
        }
        Err(StoreError::UnknownKind)
    }

    /// A database that is only read, over a connection that is open.
    pub(crate) fn over(read: DatabaseConnection, file: PathBuf) -> Self {
        let write = WriteConnection::new(read.clone(), Arc::default());
        Self { read, write, pages: PageLimit::default(), file: Some(file) }
    }

    /// Calls back for every statement; for tests that count them.
    pub fn on_statement(&mut self, callback: impl Fn(&str) + Clone + Send + Sync + 'static) {
        let again = callback.clone();
        self.read.set_metric_callback(move |info| again(&info.statement.sql));
        self.write.on_statement(callback);
    }

    /// The connection that reads.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// The connection that writes, for single statements.
    pub(crate) const fn write(&self) -> &WriteConnection {
        &self.write
    }

    /// The kind of database.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.read.get_database_backend()
    }

    /// The file of an SQLite database.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Begins a write transaction. It is rolled back unless it is committed.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin(&self) -> Result<WriteTransaction, DbErr> {
        self.write.begin().await
    }

    /// Waits until so many writes have failed that the process should exit and be restarted, and
    /// returns why. Never returns on PostgreSQL.
    pub async fn fatal_error(&self) -> String {
        self.write.health().fatal_error().await
    }

    /// Limits how many pages the file of an SQLite database may have, which simulates a full disk.
    /// The limit is never below the current size. For tests.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn limit_pages(&self, most: Option<u32>) -> Result<(), DbErr> {
        self.pages.set(most);
        self.write.connection().execute_unprepared(&self.pages.pragma()).await?;
        Ok(())
    }

    /// Closes every connection, so that nothing is left half-written.
    pub async fn close(&self) {
        for connection in [&self.read, self.write.connection()] {
            if let Err(error) = connection.close_by_ref().await {
                tracing::warn!(%error, "closing the database");
            }
        }
    }
}

fn unreachable(error: &dyn ToString) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(error.to_string()))
}

/// The path of an `sqlite:PATH` address, without what follows a question mark.
pub(crate) fn sqlite_path(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(Path::new(path.split('?').next().unwrap_or(path)))
}

/// How many readers an SQLite file has: one for each core. Each is a thread with a cache.
fn sqlite_readers() -> u32 {
    let cores = std::thread::available_parallelism().map_or(2, NonZero::get);
    u32::try_from(cores).unwrap_or(8).clamp(2, 8)
}

/// How many rows a reader's thread may be ahead of whoever reads them. The two wake each other when
/// there are none left and when there is room again: for thousands of rows that is most of the time.
const SQLITE_ROWS: usize = 1_024;

fn sqlite_options(url: &str, file: &Path, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    let file = file.to_path_buf();
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |_| {
            SqliteConnectOptions::new()
                .filename(&file)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(Duration::from_secs(20))
                .foreign_keys(true)
                .row_buffer_size(SQLITE_ROWS)
                // What is deleted is overwritten.
                .pragma("secure_delete", "ON")
                .optimize_on_close(true, None)
        });
    options
}
