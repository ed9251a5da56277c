//! Copying an SQLite database.

use std::path::{Path, PathBuf};

use kvarten_service::{Services, privacy::NOT_COPIED};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement,
    sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

use super::WorkFolder;
use crate::{Failure, commands::sqlite_words};

/// Copies the database as it is at this moment, without what no copy holds.
pub async fn sqlite(services: &Services, work: &WorkFolder) -> Result<PathBuf, Failure> {
    let target = work.new_file("copy")?;
    let Some(path) = target.to_str() else {
        return Err(Failure::Refused("the folder's name must be UTF-8".to_owned()));
    };
    let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [path.into()]);
    let copied = services.store().read().execute_raw(copy).await;
    copied.map_err(|error| sqlite_words::refusal("the database was not copied", &error))?;
    let db = open(&target).await;
    let db = db.map_err(|error| sqlite_words::refusal("the copy cannot be opened", &error))?;
    let whole = leave_out_and_check(&db).await;
    let closed = db.close().await;
    let is_whole = whole
        .and_then(|is_whole| closed.map(|()| is_whole))
        .map_err(|error| sqlite_words::refusal("the copy cannot be written", &error))?;
    if is_whole {
        Ok(target)
    } else {
        Err(Failure::Refused(
            "the database is damaged, and so is its copy; nothing was kept".to_owned(),
        ))
    }
}

/// Without a journal: a copy that does not become whole is thrown away.
async fn open(file: &Path) -> Result<DatabaseConnection, DbErr> {
    let file = file.to_path_buf();
    let mut pool = ConnectOptions::new("sqlite:copy");
    pool.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |_| {
        SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Off)
            .pragma("secure_delete", "ON")
    });
    Database::connect(pool).await
}

/// True where every page of the copy is sound.
async fn leave_out_and_check(db: &DatabaseConnection) -> Result<bool, DbErr> {
    let one = |sql: String| db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql));
    for table in NOT_COPIED {
        let known =
            format!("SELECT name FROM sqlite_master WHERE type = 'table' AND name = '{table}'");
        // A database that has not been migrated yet may lack it.
        if one(known).await?.is_some() {
            db.execute_unprepared(&format!("DELETE FROM {table}")).await?;
        }
    }
    let row = one("PRAGMA quick_check(1)".to_owned()).await?;
    Ok(row.is_some_and(|row| row.try_get_by_index::<String>(0).is_ok_and(|said| said == "ok")))
}
