//! Which connections return to their pool, and which are closed.
//!
//! SQLite rolls a transaction back by itself when the disk is full or fails. The driver's `ROLLBACK`
//! then fails, and its transaction depth stays at one: the next "transaction" is a savepoint, and
//! what it "commits" is invisible to other connections and lost on exit. A connection that may be
//! inside a transaction is therefore never reused.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use futures_util::future::BoxFuture;
use sea_orm::sqlx::{
    Connection, Error, Executor, PgConnection, Postgres, Sqlite, SqliteConnection,
    pool::{PoolConnectionMetadata, PoolOptions},
};

use super::write_health::WriteHealth;

/// The largest number of pages that the file of an SQLite database may have; for tests.
#[derive(Clone, Debug, Default)]
pub(super) struct PageLimit(Arc<AtomicU32>);

impl PageLimit {
    pub(super) fn set(&self, most: Option<u32>) {
        self.0.store(most.unwrap_or(0), Ordering::Release);
    }

    /// The statement that sets it on a connection; SQLite's own maximum where there is no limit.
    pub(super) fn pragma(&self) -> String {
        let most = Some(self.0.load(Ordering::Acquire)).filter(|most| *most > 0);
        format!("PRAGMA max_page_count = {}", most.unwrap_or(u32::MAX - 1))
    }
}

fn closed(why: &str) -> Error {
    Error::InvalidArgument(format!("a connection to the database is closed: {why}"))
}

fn is_outside_transaction(connection: &impl Connection) -> Result<bool, Error> {
    if connection.is_in_transaction() {
        return Err(closed("its transaction depth is not zero"));
    }
    Ok(true)
}

/// Reuses SQLite's write connection only where neither SQLite nor the driver is inside a
/// transaction, and where no write through it met a storage failure.
pub(super) fn sqlite_writer(
    health: &Arc<WriteHealth>,
    pages: &PageLimit,
) -> impl Fn(PoolOptions<Sqlite>) -> PoolOptions<Sqlite> + Send + Sync + 'static {
    let (health, pages) = (Arc::clone(health), pages.clone());
    move |options| {
        let (health, pages) = (Arc::clone(&health), pages.clone());
        options
            .after_connect(move |connection, _| apply_page_limit(connection, pages.clone()))
            .after_release(move |connection, _| {
                check_write_connection(connection, Arc::clone(&health))
            })
    }
}

fn apply_page_limit(
    connection: &mut SqliteConnection,
    pages: PageLimit,
) -> BoxFuture<'_, Result<(), Error>> {
    Box::pin(async move {
        if pages.0.load(Ordering::Acquire) > 0 {
            connection.execute(sea_orm::sqlx::AssertSqlSafe(pages.pragma())).await?;
        }
        Ok(())
    })
}

fn check_write_connection(
    connection: &mut SqliteConnection,
    health: Arc<WriteHealth>,
) -> BoxFuture<'_, Result<bool, Error>> {
    Box::pin(async move {
        // Fails inside a transaction. A rollback that was queued before has run by then.
        let probe = connection.execute("BEGIN; ROLLBACK").await;
        if health.take_suspect() {
            return Err(closed("a write through it met a storage failure"));
        }
        probe.map_err(|_| closed("it is still in a transaction"))?;
        is_outside_transaction(connection)
    })
}

/// The same for read connections, by the driver's transaction depth alone.
pub(super) fn sqlite_reader(options: PoolOptions<Sqlite>) -> PoolOptions<Sqlite> {
    options.after_release(|connection: &mut SqliteConnection, _: PoolConnectionMetadata| {
        let is_outside_transaction = is_outside_transaction(connection);
        Box::pin(async move { is_outside_transaction })
    })
}

/// The same for PostgreSQL, where a rollback is queued by now and sent by the pool's ping.
pub(super) fn postgres(options: PoolOptions<Postgres>) -> PoolOptions<Postgres> {
    options.after_release(|connection: &mut PgConnection, _: PoolConnectionMetadata| {
        let is_outside_transaction = is_outside_transaction(connection);
        Box::pin(async move { is_outside_transaction })
    })
}
