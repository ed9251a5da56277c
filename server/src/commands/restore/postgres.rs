//! Restoring a PostgreSQL database.

use std::{env, path::Path};

use kvarten_service::{
    Services, Store,
    privacy::{Reconciled, reconcile_restored},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::WorkFolder;
use crate::{Failure, config::Config, postgres_tools};

/// Reads a dump into an empty database, in one transaction.
pub async fn restore(
    config: &Config,
    file: &Path,
    stored_files: impl Future<Output = Result<usize, Failure>>,
) -> Result<Reconciled, Failure> {
    let store = Store::connect(config.database.as_str()).await?;
    let tables = "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema()";
    let tables = store.read().query_one_raw(Statement::from_string(DbBackend::Postgres, tables));
    let is_empty = tables.await.map_err(kvarten_service::StoreError::from)?.is_none();
    if !is_empty {
        store.close().await;
        return Err(Failure::Refused(
            "the database is not empty; make a new one and let DATABASE_URL name it".to_owned(),
        ));
    }
    stored_files.await?;
    let Some(file) = file.to_str() else {
        return Err(Failure::Refused("the file's name must be UTF-8".to_owned()));
    };
    let work = WorkFolder::within(&env::temp_dir())?;
    let arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"];
    let arguments = [&arguments[..], &[file]].concat();
    postgres_tools::run("pg_restore", &arguments, &config.database, work.path()).await?;
    store.migrate().await?;
    let services = Services::new(store, config.calendar.clone(), config.media());
    let done = reconcile_restored(&services).await;
    services.store().close().await;
    Ok(done?)
}
