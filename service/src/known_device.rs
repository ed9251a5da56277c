//! Devices that a person has signed in with before. Throttling that strangers cause does not reach
//! them.
//!
//! A browser holds a random token in a cookie that outlives signing out. What is stored is a
//! digest of the token together with the person: several people may use one browser, and the table
//! does not tell that they do.

use kvarten_domain::{PersonId, Timestamp};
use kvarten_entity::{Column, known_device};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::OnConflict,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{ServiceError, Services};

/// How long a device is known after the last time somebody signed in with it, in seconds: a year.
pub const LIFETIME_SECONDS: u32 = 365 * 86_400;
/// The most devices of a person. Where one more is remembered, the oldest is forgotten.
const MAX_DEVICES: u64 = 20;

/// The cookie's value, where it is one that could have been set here.
fn token(cookie: &str) -> Option<Uuid> {
    Uuid::try_parse(cookie).ok().filter(|token| token.get_version_num() == 4)
}

fn key(token: Uuid, person: PersonId) -> String {
    format!("{:x}", Sha256::digest(format!("{}:{person}", token.simple()).as_bytes()))
}

fn known_since(now: Timestamp) -> i64 {
    now.plus_seconds(-i64::from(LIFETIME_SECONDS)).0
}

/// The key of a device that has signed in as this person before.
pub(crate) async fn find(
    services: &Services,
    cookie: Option<&str>,
    person: PersonId,
    now: Timestamp,
) -> Result<Option<String>, ServiceError> {
    let Some(token) = cookie.and_then(token) else { return Ok(None) };
    let row = known_device::Entity::find_by_id(key(token, person))
        .filter(known_device::Column::SeenAt.gt(known_since(now)))
        .one(services.store().read())
        .await?;
    Ok(row.map(|row| row.key))
}

/// A device that is known from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// What its cookie is to hold.
    pub cookie: String,
    /// Its key in the table.
    pub key: String,
}

/// Remembers that a person has signed in with a device. `cookie` is what its browser sent.
///
/// # Errors
/// Those of the database.
pub async fn remember(
    services: &Services,
    cookie: Option<&str>,
    person: PersonId,
    now: Timestamp,
) -> Result<Remembered, ServiceError> {
    let token = cookie.and_then(token).unwrap_or_else(Uuid::new_v4);
    let key = key(token, person);
    let row = known_device::ActiveModel {
        key: Set(key.clone()),
        person_id: Set(person.key()),
        created_at: Set(now.0),
        seen_at: Set(now.0),
    };
    let again = OnConflict::column(known_device::Column::Key)
        .update_column(known_device::Column::SeenAt)
        .to_owned();
    let writing = services.store().begin().await?;
    known_device::Entity::insert(row).on_conflict(again).exec_without_returning(&writing).await?;
    let oldest: Vec<String> = known_device::Entity::find()
        .select_only()
        .column(known_device::Column::Key)
        .filter(known_device::Column::PersonId.eq(person.key()))
        .filter(known_device::Column::Key.ne(&key))
        .order_by_desc(known_device::Column::SeenAt)
        .offset(MAX_DEVICES - 1)
        .limit(1_000)
        .into_tuple()
        .all(&writing)
        .await?;
    if !oldest.is_empty() {
        known_device::Entity::delete_many()
            .filter(known_device::Column::Key.is_in(oldest))
            .exec(&writing)
            .await?;
    }
    writing.commit().await?;
    Ok(Remembered { cookie: token.simple().to_string(), key })
}

/// Forgets the devices of a person, all but one where one is named.
pub(crate) async fn forget_all(
    writing: &impl ConnectionTrait,
    person: PersonId,
    but: Option<&str>,
) -> Result<(), ServiceError> {
    let mut forgotten =
        known_device::Entity::delete_many().filter(known_device::Column::PersonId.eq(person.key()));
    if let Some(key) = but {
        forgotten = forgotten.filter(known_device::Column::Key.ne(key));
    }
    forgotten.exec(writing).await?;
    Ok(())
}

/// Forgets one device.
pub(crate) async fn forget(writing: &impl ConnectionTrait, key: &str) -> Result<(), ServiceError> {
    known_device::Entity::delete_by_id(key.to_owned()).exec(writing).await?;
    Ok(())
}

/// Removes devices that have not been used for a year.
pub(crate) async fn apply_retention(
    services: &Services,
    now: Timestamp,
) -> Result<(), ServiceError> {
    known_device::Entity::delete_many()
        .filter(known_device::Column::SeenAt.lte(known_since(now)))
        .exec(services.store().write())
        .await?;
    Ok(())
}
