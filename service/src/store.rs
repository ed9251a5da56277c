//! The database: one way to read, one way to write, the same on SQLite and PostgreSQL.

use std::{
    collections::BTreeMap,
    fmt,
    num::NonZero,
    path::{Path, PathBuf},
    sync::{PoisonError, RwLock},
    time::Duration,
};

use kvarten_domain::Timestamp;
use kvarten_entity::migration::{Migrator, MigratorTrait, SchemaManager, seaql_migrations};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    EntityTrait, RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait, Value,
    sqlx::{
        Connection, PgConnection,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};
use thiserror::Error;
use tokio::time::timeout;
use uuid::Uuid;

use crate::{ServiceError, competence::pack_missing};

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
    write: DatabaseConnection,
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
            let write = Database::connect(sqlite_options(url, &file, 1)).await?;
            let read = Database::connect(sqlite_options(url, &file, sqlite_readers())).await?;
            return Ok(Self { read, write, file: Some(file) });
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
                .acquire_timeout(Duration::from_secs(30))
                .connect_timeout(Duration::from_secs(10))
                .map_sqlx_postgres_opts(|options| options.options([("lock_timeout", LOCK_TIMEOUT)]))
                .sqlx_logging(false);
            let read = Database::connect(options).await?;
            return Ok(Self { write: read.clone(), read, file: None });
        }
        Err(StoreError::UnknownKind)
    }

    /// Calls back for every statement; for tests that count them.
    pub fn on_statement(&mut self, callback: impl Fn(&str) + Clone + Send + Sync + 'static) {
        let again = callback.clone();
        self.read.set_metric_callback(move |info| again(&info.statement.sql));
        self.write.set_metric_callback(move |info| callback(&info.statement.sql));
    }

    /// The connection that reads.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// The connection that writes, for single statements.
    pub(crate) const fn write(&self) -> &DatabaseConnection {
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

    /// Begins a transaction that writes.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.write.begin_with_options(options).await
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// A database from a newer version, or one that refuses a step.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.applied().await?;
        Migrator::up(&self.write, None).await?;
        pack_missing(self).await.map_err(|error| match error {
            ServiceError::Database(error) => StoreError::Database(error),
            other => StoreError::Database(DbErr::Custom(other.to_string())),
        })
    }

    /// Makes sure that the schema is the one this program knows. Only reads.
    ///
    /// # Errors
    /// A database from a newer version, or one that needs `migrate`.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        let applied = self.applied().await?;
        match Migrator::migrations().len() - applied {
            0 => Ok(()),
            missing => Err(StoreError::Older(missing)),
        }
    }

    /// How many steps the database has been through, all of them known to this program.
    async fn applied(&self) -> Result<usize, StoreError> {
        let table = Migrator::migration_table_name().to_string();
        if !SchemaManager::new(&self.read).has_table(table).await? {
            return Ok(0);
        }
        let known = Migrator::get_migration_files();
        let applied = seaql_migrations::Entity::find().all(&self.read).await?;
        let newer =
            applied.iter().find(|step| !known.iter().any(|file| file.name() == step.version));
        match newer {
            Some(step) => Err(StoreError::Newer(step.version.clone())),
            None => Ok(applied.len()),
        }
    }

    /// Closes every connection, so that nothing is left half-written.
    pub async fn close(&self) {
        for connection in [&self.read, &self.write] {
            if let Err(error) = connection.close_by_ref().await {
                tracing::warn!(%error, "closing the database");
            }
        }
    }
}

/// A statement that is put together once for each number of ids. Each use only changes its values:
/// the ids in it, in their order and from the first again, and the points in time.
#[derive(Debug, Default)]
pub(crate) struct Template(RwLock<BTreeMap<usize, Statement>>);

impl Template {
    /// The statement for some ids and a point in time; `build` puts it together the first time.
    pub(crate) fn of(
        &self,
        ids: &[Uuid],
        now: Timestamp,
        build: impl FnOnce() -> Statement,
    ) -> Statement {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&ids.len()).cloned();
        let Some(mut statement) = known else {
            let new = build();
            let mut statements = self.0.write().unwrap_or_else(PoisonError::into_inner);
            statements.insert(ids.len(), new.clone());
            return new;
        };
        let mut ids = ids.iter().copied().cycle();
        for value in statement.values.iter_mut().flat_map(|values| &mut values.0) {
            match value {
                Value::Uuid(Some(old)) => *old = ids.next().unwrap_or(*old),
                Value::BigInt(Some(old)) => *old = now.0,
                _ => {}
            }
        }
        statement
    }
}

/// The statements that are sent most.
#[derive(Debug, Default)]
pub(crate) struct Templates {
    pub(crate) signed_in: Template,
    pub(crate) begun: Template,
}

fn unreachable(error: &dyn ToString) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(error.to_string()))
}

/// The path of an `sqlite:PATH` address, without what follows a question mark.
fn sqlite_path(url: &str) -> Option<&Path> {
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
                .optimize_on_close(true, None)
        });
    options
}
