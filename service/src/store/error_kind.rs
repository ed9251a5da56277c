//! Classifies database errors, for SQLite and PostgreSQL alike.

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{Error, error::DatabaseError, postgres::PgDatabaseError, sqlite::SqliteError},
};

use super::duplicates::{self, DuplicateKind};
use crate::ServiceError;

/// The kind of a database error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DbErrorKind {
    /// The database cannot be reached.
    Unavailable,
    /// The database cannot write: disk full, I/O error, out of memory, corruption.
    StorageFailed,
    /// A conflict with another transaction; a retry may succeed.
    Conflict,
    /// A unique constraint was violated.
    Duplicate(DuplicateKind),
    /// Any other error.
    Other,
}

/// The kind of an error.
pub(crate) fn of(error: &DbErr) -> DbErrorKind {
    let cause = match error {
        DbErr::ConnectionAcquire(_) => return DbErrorKind::Unavailable,
        DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause) => cause,
        _ => return DbErrorKind::Other,
    };
    let RuntimeErr::SqlxError(cause) = cause else {
        return if matches!(error, DbErr::Conn(_)) {
            DbErrorKind::Unavailable
        } else {
            DbErrorKind::Other
        };
    };
    match cause.as_ref() {
        Error::Database(error) => of_database(error.as_ref()),
        Error::Io(_)
        | Error::Tls(_)
        | Error::Protocol(_)
        | Error::PoolTimedOut
        | Error::PoolClosed
        | Error::WorkerCrashed
        | Error::BeginFailed => DbErrorKind::Unavailable,
        _ => DbErrorKind::Other,
    }
}

fn of_database(error: &(dyn DatabaseError + 'static)) -> DbErrorKind {
    if error.is_unique_violation() {
        return DbErrorKind::Duplicate(duplicates::kind_of(error));
    }
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<SqliteError>().is_some() {
        of_sqlite(code.parse().unwrap_or_default())
    } else if error.try_downcast_ref::<PgDatabaseError>().is_some() {
        of_postgres(&code)
    } else {
        DbErrorKind::Other
    }
}

/// The primary code is the last byte of an extended one.
const fn of_sqlite(code: u32) -> DbErrorKind {
    match code & 0xFF {
        // BUSY, LOCKED: another process holds the write lock.
        5 | 6 => DbErrorKind::Conflict,
        // NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB.
        7 | 8 | 10 | 11 | 13 | 14 | 26 => DbErrorKind::StorageFailed,
        _ => DbErrorKind::Other,
    }
}

fn of_postgres(code: &str) -> DbErrorKind {
    match code {
        // Too many connections; terminated by an administrator, a crash or a timeout; starting up or
        // shutting down; database dropped.
        "53300" | "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" | "25P04" => {
            DbErrorKind::Unavailable
        }
        // Serialization failure, deadlock, lock timeout.
        "40001" | "40P01" | "55P03" => DbErrorKind::Conflict,
        // Read-only: the server has become a standby.
        "25006" => DbErrorKind::StorageFailed,
        _ => match code.get(..2) {
            Some("08") => DbErrorKind::Unavailable,
            // Insufficient resources, system errors, corruption.
            Some("53" | "58" | "XX") => DbErrorKind::StorageFailed,
            _ => DbErrorKind::Other,
        },
    }
}

/// How many times a transaction is tried.
const TRIES: u32 = 4;

/// Runs a transaction, and retries it where it conflicted with another.
///
/// # Errors
/// Those of the transaction; [`ServiceError::Conflict`] where every try conflicted.
pub(crate) async fn retry_conflicts<T, F>(mut work: impl FnMut() -> F) -> Result<T, ServiceError>
where
    F: Future<Output = Result<T, ServiceError>>,
{
    let mut tries = 1;
    loop {
        match work().await {
            Err(ServiceError::Conflict(_)) if tries < TRIES => tries += 1,
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::sync::Arc;

    #[rstest]
    #[case::full(13, DbErrorKind::StorageFailed)]
    #[case::io_error_while_writing(778, DbErrorKind::StorageFailed)]
    #[case::out_of_memory(7, DbErrorKind::StorageFailed)]
    #[case::corrupt_index(779, DbErrorKind::StorageFailed)]
    #[case::another_process_writes(5, DbErrorKind::Conflict)]
    #[case::constraint(19, DbErrorKind::Other)]
    #[case::syntax(1, DbErrorKind::Other)]
    fn sqlite_codes_are_classified(#[case] code: u32, #[case] kind: DbErrorKind) {
        assert_eq!(of_sqlite(code), kind);
    }

    #[rstest]
    #[case::disk_full("53100", DbErrorKind::StorageFailed)]
    #[case::out_of_memory("53200", DbErrorKind::StorageFailed)]
    #[case::too_many_connections("53300", DbErrorKind::Unavailable)]
    #[case::io_error("58030", DbErrorKind::StorageFailed)]
    #[case::corrupted("XX001", DbErrorKind::StorageFailed)]
    #[case::admin_shutdown("57P01", DbErrorKind::Unavailable)]
    #[case::connection_failure("08006", DbErrorKind::Unavailable)]
    #[case::serialization("40001", DbErrorKind::Conflict)]
    #[case::deadlock("40P01", DbErrorKind::Conflict)]
    #[case::lock_timeout("55P03", DbErrorKind::Conflict)]
    #[case::aborted_transaction("25P02", DbErrorKind::Other)]
    #[case::syntax("42601", DbErrorKind::Other)]
    fn postgres_codes_are_classified(#[case] code: &str, #[case] kind: DbErrorKind) {
        assert_eq!(of_postgres(code), kind);
    }

    #[rstest]
    #[case(Error::PoolTimedOut)]
    #[case(Error::WorkerCrashed)]
    #[case(Error::Io(std::io::ErrorKind::ConnectionReset.into()))]
    fn connection_errors_mean_unavailable(#[case] error: Error) {
        assert_eq!(
            of(&DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))),
            DbErrorKind::Unavailable
        );
    }

    #[tokio::test]
    async fn conflicts_are_retried_a_few_times() {
        let conflict = || ServiceError::Conflict(DbErr::Custom("deadlock".into()));
        let mut left = 3;
        let done = retry_conflicts(|| {
            left -= 1;
            let done = if left > 0 { Err(conflict()) } else { Ok(()) };
            async { done }
        });
        assert!(done.await.is_ok());
        let mut tries = 0;
        let done = retry_conflicts(|| {
            tries += 1;
            async { Err::<(), _>(conflict()) }
        });
        assert!(matches!(done.await, Err(ServiceError::Conflict(_))));
        assert_eq!(tries, TRIES);
    }
}
