//! What a process remembers about failed writes, and when it should exit because of them.

use std::{
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{DbBackend, DbErr, RuntimeErr};
use tokio::{sync::watch, time::Instant};

use super::{
    error_kind::{self, DbErrorKind},
    wal_sync::WalSync,
};

/// After this many consecutive storage failures, over at least this long, the process should exit:
/// a restart opens the file again, and the service manager's alert is seen.
const FAULTS: u32 = 8;
const SPAN: Duration = Duration::from_secs(5);

/// The health of the write connection.
#[derive(Debug)]
pub(super) struct WriteHealth {
    /// Whether the write connection must not be reused. There is only one.
    is_suspect: AtomicBool,
    run: Mutex<Run>,
    fatal_error: watch::Sender<Option<String>>,
    /// Syncs the write-ahead log; SQLite only.
    wal: Option<WalSync>,
}

/// Consecutive storage failures.
#[derive(Debug, Default)]
struct Run {
    faults: u32,
    first: Option<Instant>,
}

impl Default for WriteHealth {
    fn default() -> Self {
        Self::with(None)
    }
}

impl WriteHealth {
    /// Of an SQLite database in a file.
    pub(super) fn of_file(file: &Path) -> Self {
        Self::with(Some(WalSync::of(file)))
    }

    fn with(wal: Option<WalSync>) -> Self {
        Self {
            is_suspect: AtomicBool::new(false),
            run: Mutex::default(),
            fatal_error: watch::Sender::new(None),
            wal,
        }
    }

    /// Records a committed write, and returns once it is durable.
    ///
    /// # Errors
    /// A failed sync. The process should exit then.
    pub(super) async fn succeeded(&self) -> Result<(), DbErr> {
        if let Some(wal) = &self.wal {
            wal.sync().await.map_err(|error| {
                let reason = format!("syncing the write-ahead log failed: {error}");
                self.fatal_error.send_replace(Some(reason.clone()));
                DbErr::Conn(RuntimeErr::Internal(reason))
            })?;
        }
        self.reset_run();
        Ok(())
    }

    fn reset_run(&self) {
        let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        if run.faults > 0 {
            tracing::info!(faults = run.faults, "writes to the database succeed again");
            *run = Run::default();
        }
    }

    /// Records a failed write.
    pub(super) fn failed(&self, backend: DbBackend, error: &DbErr) {
        match error_kind::of(error) {
            DbErrorKind::StorageFailed if backend == DbBackend::Sqlite => {
                self.storage_failed(error);
            }
            DbErrorKind::StorageFailed => tracing::error!(%error, "a write to the database failed"),
            DbErrorKind::Conflict => tracing::warn!(%error, "a write conflicted with another"),
            DbErrorKind::Unavailable | DbErrorKind::Duplicate(_) | DbErrorKind::Other => {}
        }
    }

    fn storage_failed(&self, error: &DbErr) {
        self.is_suspect.store(true, Ordering::Release);
        let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        run.faults += 1;
        tracing::error!(%error, consecutive = run.faults, "a write to the database failed");
        let first = *run.first.get_or_insert_with(Instant::now);
        if run.faults >= FAULTS && first.elapsed() >= SPAN {
            let faults = run.faults;
            self.fatal_error.send_replace(Some(format!(
                "{faults} consecutive writes to the database failed, the last with: {error}"
            )));
        }
    }

    /// Whether the write connection must not be reused; resets the answer.
    pub(super) fn take_suspect(&self) -> bool {
        self.is_suspect.swap(false, Ordering::AcqRel)
    }

    /// Waits until the process should exit, and returns why.
    pub(super) async fn fatal_error(&self) -> String {
        let mut fatal_error = self.fatal_error.subscribe();
        let reason = fatal_error.wait_for(Option::is_some).await.ok().and_then(|one| one.clone());
        match reason {
            Some(reason) => reason,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::sqlx;
    use std::{future::Future, sync::Arc, task::Poll};
    use tokio::time::advance;

    fn unavailable() -> DbErr {
        DbErr::Conn(RuntimeErr::SqlxError(Arc::new(sqlx::Error::PoolTimedOut)))
    }

    async fn is_fatal(health: &WriteHealth) -> bool {
        let mut fatal_error = Box::pin(health.fatal_error());
        std::future::poll_fn(|context| Poll::Ready(fatal_error.as_mut().poll(context).is_ready()))
            .await
    }

    #[tokio::test(start_paused = true)]
    async fn consecutive_storage_failures_over_time_are_fatal() {
        let health = WriteHealth::default();
        let fault = DbErr::Custom("disk is full".into());
        for _ in 0..20 {
            health.storage_failed(&fault);
        }
        assert!(!is_fatal(&health).await, "not long enough");
        health.succeeded().await.expect("durable");
        advance(SPAN).await;
        for _ in 1..FAULTS {
            health.storage_failed(&fault);
        }
        advance(SPAN).await;
        assert!(!is_fatal(&health).await, "too few since the last success");
        health.storage_failed(&fault);
        assert!(is_fatal(&health).await);
        assert!(health.fatal_error().await.contains("disk is full"));
    }

    #[tokio::test(start_paused = true)]
    async fn an_unavailable_database_is_not_fatal() {
        let health = WriteHealth::default();
        for _ in 0..100 {
            health.failed(DbBackend::Sqlite, &unavailable());
            health.failed(DbBackend::Postgres, &unavailable());
            advance(SPAN).await;
        }
        assert!(!is_fatal(&health).await);
        assert!(!health.take_suspect());
    }
}
