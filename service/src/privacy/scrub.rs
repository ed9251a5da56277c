//! Removing what erased rows leave in the database's files.
//!
//! A deleted row's bytes stay in free pages, in the gaps of pages that were split, and in the
//! write-ahead log. `secure_delete`, which every connection has, overwrites most of them at once; a
//! `VACUUM` writes every page anew, and truncating the log removes the rest.

use std::{collections::BTreeSet, path::Path, time::Duration};

use sea_orm::{
    ConnectionTrait, DbErr, RuntimeErr,
    sqlx::{ConnectOptions, Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions},
};

use super::{registry::DECLARATIONS, revocations::Entry};
use crate::{ServiceError, Services, now};

/// How long it waits for others who read or write. What is not done is done ten minutes later.
const PATIENCE: Duration = Duration::from_secs(2);

/// Removes what erased people have left in the database's files, if a person was erased since the
/// last time. False where others were reading or writing all the while: it is to be tried again.
///
/// On PostgreSQL, the tables that name people are vacuumed; dead rows' bytes may stay in a page until
/// they are overwritten.
///
/// # Errors
/// Those of the database, and of the list of revocations.
pub async fn scrub(services: &Services) -> Result<bool, ServiceError> {
    let list = services.revocations();
    if !list.read()?.needs_scrub() {
        return Ok(true);
    }
    let began = now();
    let is_clean = if let Some(file) = services.store().file() {
        scrub_sqlite(file).await?
    } else {
        vacuum_postgres(services).await?;
        true
    };
    if is_clean {
        services.append_revocations(vec![Entry::Scrubbed { scrubbed: began.0 }]).await?;
    }
    Ok(is_clean)
}

/// Writes the database anew. Takes a connection of its own, which waits a little only: the write
/// connection's patience would hold up all other writers.
async fn scrub_sqlite(file: &Path) -> Result<bool, DbErr> {
    match rewrite(file).await {
        Err(error) if is_busy(&error) => Ok(false),
        scrubbed => scrubbed.map_err(|error| DbErr::Exec(RuntimeErr::SqlxError(error.into()))),
    }
}

async fn rewrite(file: &Path) -> Result<bool, sea_orm::SqlxError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .busy_timeout(PATIENCE)
        .pragma("secure_delete", "ON")
        .disable_statement_logging();
    let mut db = SqliteConnection::connect_with(&options).await?;
    let scrubbed = vacuum_and_truncate(&mut db).await;
    db.close().await?;
    scrubbed
}

async fn vacuum_and_truncate(db: &mut SqliteConnection) -> Result<bool, sea_orm::SqlxError> {
    sea_orm::sqlx::query("VACUUM").execute(&mut *db).await?;
    let row = sea_orm::sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(db).await?;
    Ok(row.try_get::<i64, _>(0)? == 0)
}

/// `SQLITE_BUSY` and `SQLITE_LOCKED`, with their extended codes.
fn is_busy(error: &sea_orm::SqlxError) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
}

async fn vacuum_postgres(services: &Services) -> Result<(), DbErr> {
    let tables: BTreeSet<&str> = DECLARATIONS.iter().map(|declared| declared.table).collect();
    let tables = tables.into_iter().collect::<Vec<_>>().join(", ");
    services.store().write().execute_unprepared(&format!("VACUUM {tables}")).await?;
    Ok(())
}
