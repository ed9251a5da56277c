//! Making a restored database forget again what it should not know any more.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use kvarten_entity::{Key, person, restore_marker, session, sign_in_throttle};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::{erase_rows, revocations::Revocations, scrub};
use crate::{ServiceError, Services};

/// Tables that a copy of the database is made without, where there are such. A session of the time it was made
/// does not come back when it is restored; known devices, counts and keys are made anew; a
/// copy carries no marker.
pub const NOT_COPIED: [&str; 5] =
    ["sessions", "sign_in_throttles", "known_devices", "server_secrets", "restore_markers"];

/// Holds the marker of the database that was in use last.
const MARKER_FILE: &str = "restore-marker";
/// How many ids go into one statement.
const IDS: usize = 400;

/// What [`reconcile`] changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Whether this database was put back since the last start.
    pub is_restored: bool,
    /// Sessions that ended for that reason.
    pub sessions: u64,
    /// People who were erased again.
    pub erased: u64,
    /// Employee numbers of people whose password had been replaced, and who need a new one.
    pub without_password: Vec<String>,
}

/// Applies the list of revocations, and ends every session of a database that was put back. Does
/// nothing to a database that is as it was left, and so may be called at every start.
///
/// # Errors
/// Those of the database and of the data folder's files.
pub async fn reconcile(services: &Services) -> Result<Reconciled, ServiceError> {
    forget_again(services, false).await
}

/// The same for a database that is being put back, whatever its marker says.
///
/// # Errors
/// Those of [`reconcile`].
pub async fn reconcile_restored(services: &Services) -> Result<Reconciled, ServiceError> {
    forget_again(services, true).await
}

async fn forget_again(services: &Services, is_restored: bool) -> Result<Reconciled, ServiceError> {
    let list = services.revocations().read()?;
    let mut done =
        Reconciled { erased: erase_again(services, &list).await?, ..Reconciled::default() };
    done.without_password = drop_replaced_passwords(services, &list).await?;
    (done.is_restored, done.sessions) = renew_marker(services, is_restored).await?;
    if !scrub(services).await? {
        tracing::info!("erased people's traces are removed from the file later");
    }
    Ok(done)
}

async fn erase_again(services: &Services, list: &Revocations) -> Result<u64, ServiceError> {
    let ids: Vec<Uuid> = list.erased().collect();
    let mut erased = 0;
    for ids in ids.chunks(IDS) {
        let back: Vec<Uuid> = person::Entity::find()
            .select_only()
            .column(person::Column::Id)
            .filter(person::Column::Id.is_in(ids.iter().copied()))
            .into_tuple()
            .all(services.store().read())
            .await?;
        for id in back {
            match erase_rows(services, id.id()).await {
                Ok(()) => erased += 1,
                // Another process was first.
                Err(ServiceError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(erased)
}

async fn drop_replaced_passwords(
    services: &Services,
    list: &Revocations,
) -> Result<Vec<String>, ServiceError> {
    if !list.has_passwords() {
        return Ok(Vec::new());
    }
    let mut found: Vec<(Uuid, String, String)> = person::Entity::find()
        .select_only()
        .columns([person::Column::Id, person::Column::EmployeeNumber, person::Column::PasswordHash])
        .filter(person::Column::PasswordHash.is_not_null())
        .into_tuple()
        .all(services.store().read())
        .await?;
    found.retain(|(.., hash)| list.is_replaced(hash));
    found.sort_by(|(_, a, _), (_, b, _)| a.cmp(b));
    for (id, _, hash) in &found {
        let writing = services.store().begin().await?;
        person::Entity::update_many()
            .col_expr(person::Column::PasswordHash, Expr::value(None::<String>))
            .filter(person::Column::Id.eq(*id))
            .filter(person::Column::PasswordHash.eq(hash))
            .exec(&writing)
            .await?;
        session::Entity::delete_many()
            .filter(session::Column::PersonId.eq(*id))
            .exec(&writing)
            .await?;
        writing.commit().await?;
    }
    Ok(found.into_iter().map(|(_, number, _)| number).collect())
}

/// Compares the database's marker with the data folder's and gives both a new one. Where they
/// differed the database is not the one that was in use last, and all sessions end.
async fn renew_marker(
    services: &Services,
    is_known_restored: bool,
) -> Result<(bool, u64), ServiceError> {
    let (mut file, of_folder) = read_marker(services.data_folder())?;
    let row = restore_marker::Entity::find_by_id(1_i16).one(services.store().read()).await?;
    let is_restored = is_known_restored || row.map(|row| row.value) != of_folder;
    let writing = services.store().begin().await?;
    let mut sessions = 0;
    if is_restored {
        sessions = session::Entity::delete_many().exec(&writing).await?.rows_affected;
        sign_in_throttle::Entity::delete_many().exec(&writing).await?;
    }
    let marker = Uuid::new_v4().simple().to_string();
    let row = restore_marker::ActiveModel { id: Set(1), value: Set(marker.clone()) };
    let update = OnConflict::column(restore_marker::Column::Id)
        .update_column(restore_marker::Column::Value)
        .to_owned();
    restore_marker::Entity::insert(row)
        .on_conflict(update)
        .exec_without_returning(&writing)
        .await?;
    writing.commit().await?;
    // A power cut must not take back the one without the other.
    if services.store().file().is_some() {
        let flush =
            Statement::from_string(services.store().backend(), "PRAGMA wal_checkpoint(FULL)");
        services.store().write().query_one_raw(flush).await?;
    }
    write_marker(&mut file, &marker)?;
    Ok((is_restored, sessions))
}

/// The marker in the data folder. While the file is open, no other process compares it.
fn read_marker(folder: &Path) -> io::Result<(File, Option<String>)> {
    let mut open = OpenOptions::new();
    open.read(true).write(true).create(true).truncate(false).mode(0o600);
    let mut file = open.open(folder.join(MARKER_FILE))?;
    let _ = file.lock();
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let text = text.trim();
    Ok((file, (!text.is_empty()).then(|| text.to_owned())))
}

fn write_marker(file: &mut File, marker: &str) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(format!("{marker}\n").as_bytes())?;
    file.set_len(marker.len() as u64 + 1)?;
    file.sync_all()
}
