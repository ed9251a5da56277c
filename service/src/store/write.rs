//! Write connections and transactions. Every error of a write is recorded here.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use super::write_health::WriteHealth;

/// The write connection, for single statements.
#[derive(Clone, Debug)]
pub(crate) struct WriteConnection {
    connection: DatabaseConnection,
    health: Arc<WriteHealth>,
}

/// A write transaction. It is rolled back when it is dropped without a commit.
#[derive(Debug)]
pub struct WriteTransaction {
    transaction: DatabaseTransaction,
    health: Arc<WriteHealth>,
    has_written: AtomicBool,
    /// The first statement that failed.
    failed: Mutex<Option<DbErr>>,
}

impl WriteConnection {
    pub(super) const fn new(connection: DatabaseConnection, health: Arc<WriteHealth>) -> Self {
        Self { connection, health }
    }

    /// The underlying connection, whose errors are not recorded.
    pub(super) const fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    pub(super) fn health(&self) -> &WriteHealth {
        &self.health
    }

    pub(super) fn on_statement(&mut self, callback: impl Fn(&str) + Send + Sync + 'static) {
        self.connection.set_metric_callback(move |info| callback(&info.statement.sql));
    }

    pub(super) async fn begin(&self) -> Result<WriteTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.record(self.connection.begin_with_options(options).await)?;
        Ok(WriteTransaction {
            transaction,
            health: Arc::clone(&self.health),
            has_written: AtomicBool::new(false),
            failed: Mutex::new(None),
        })
    }

    fn record<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        result.inspect_err(|error| {
            self.health.failed(self.connection.get_database_backend(), error);
        })
    }
}

impl WriteTransaction {
    /// Commits. A transaction in which a statement failed is never committed, even where the caller
    /// ignored the error: PostgreSQL would roll back, and the driver would report success.
    ///
    /// # Errors
    /// Those of the database, or that of the failed statement.
    pub async fn commit(self) -> Result<(), DbErr> {
        let Self { transaction, health, has_written, failed } = self;
        if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let backend = transaction.get_database_backend();
        transaction.commit().await.inspect_err(|error| health.failed(backend, error))?;
        if has_written.into_inner() { health.succeeded().await } else { Ok(()) }
    }

    fn record<T>(
        &self,
        result: Result<T, DbErr>,
        has_written: impl FnOnce(&T) -> bool,
    ) -> Result<T, DbErr> {
        match &result {
            Ok(done) if has_written(done) => self.has_written.store(true, Ordering::Relaxed),
            Ok(_) => {}
            Err(error) => {
                self.health.failed(self.transaction.get_database_backend(), error);
                let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
                failed.get_or_insert_with(|| error.clone());
            }
        }
        result
    }
}

/// Whether a statement that returns rows also writes them.
fn is_write(sql: &str) -> bool {
    !sql.starts_with("SELECT")
}

#[async_trait]
impl ConnectionTrait for WriteTransaction {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let done = self.transaction.execute_raw(statement).await;
        self.record(done, |done| done.rows_affected() > 0)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let done = self.transaction.execute_unprepared(sql).await;
        self.record(done, |done| done.rows_affected() > 0)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let is_written = is_write(&statement.sql);
        let row = self.transaction.query_one_raw(statement).await;
        self.record(row, |row| is_written && row.is_some())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let is_written = is_write(&statement.sql);
        let rows = self.transaction.query_all_raw(statement).await;
        self.record(rows, |rows| is_written && !rows.is_empty())
    }
}

#[async_trait]
impl ConnectionTrait for WriteConnection {
    fn get_database_backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let done = self.record(self.connection.execute_raw(statement).await)?;
        if done.rows_affected() > 0 {
            self.health.succeeded().await?;
        }
        Ok(done)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.record(self.connection.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.record(self.connection.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.record(self.connection.query_all_raw(statement).await)
    }
}
