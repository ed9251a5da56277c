//! Sessions in the database. What is kept is a digest of the cookie's value, so that whoever
//! reads the table cannot sign in with it.

use std::collections::BTreeMap;

use kvarten_domain::{PersonId, Timestamp};
use kvarten_entity::{Column, Key, person, session};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use sha2::{Digest, Sha256};

use crate::{
    ServiceError, Services,
    audit::{self, Entry},
    desk::Lookups,
};

/// How long a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Seconds without use after which it ends.
    pub idle_seconds: i64,
    /// Seconds after sign-in at which it ends whatever happens.
    pub absolute_seconds: i64,
}

impl Lifetime {
    /// On a device of one's own: two weeks without use, 60 days in all.
    pub const OWN: Self = Self { idle_seconds: 14 * 86_400, absolute_seconds: 60 * 86_400 };
    /// On a shared tablet: ten minutes without use, one hour in all.
    pub const SHARED: Self = Self { idle_seconds: 600, absolute_seconds: 3_600 };

    /// The lifetime of a session on a shared tablet, or not.
    #[must_use]
    pub const fn of(is_shared: bool) -> Self {
        if is_shared { Self::SHARED } else { Self::OWN }
    }

    /// Use is written down no more often than this.
    const fn touch_seconds(self) -> i64 {
        self.idle_seconds / 20
    }
}

/// A session as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// Who is signed in.
    pub person: Option<PersonId>,
    /// On a shared tablet.
    pub is_shared: bool,
    /// What the session layer keeps, as JSON.
    pub data: String,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// The kind of device, such as "Android, Chrome"; empty where it is unknown.
    pub kind: String,
    /// The known device it is on.
    pub device_key: Option<String>,
}

/// The most sessions of a person. Where one more begins, the one that was used least lately ends.
const MAX_SESSIONS: u64 = 20;

/// Where requests wait for their sessions.
pub(crate) type SessionDesk = Lookups<String, session::Model>;

/// The sessions table.
#[derive(Clone, Debug)]
pub struct Sessions {
    services: Services,
}

/// The key under which the session with a cookie value is kept.
#[must_use]
pub fn session_key(cookie: &str) -> String {
    format!("{:x}", Sha256::digest(cookie.as_bytes()))
}

impl Sessions {
    /// The sessions of a database.
    #[must_use]
    pub fn of(services: &Services) -> Self {
        Self { services: services.clone() }
    }

    /// Keeps a new session; `false` where its key is in use.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn create(
        &self,
        key: &str,
        record: &SessionRecord,
        now: Timestamp,
    ) -> Result<bool, ServiceError> {
        let writing = self.services.store().begin().await?;
        if let Some(person) = record.person {
            // Held until the end, so that two sign-ins at once do not overlook each other.
            person::Entity::find_by_id(person.key()).lock_exclusive().one(&writing).await?;
        }
        let inserted = session::Entity::insert(row(key, record, now))
            .on_conflict(OnConflict::column(session::Column::Key).do_nothing().to_owned())
            .exec_without_returning(&writing)
            .await?;
        if inserted == 0 {
            return Ok(false);
        }
        let ended = match record.person {
            Some(person) => end_oldest(&writing, person, key).await?,
            None => 0,
        };
        writing.commit().await?;
        if let (Some(person), 1..) = (record.person, ended) {
            let entry = Entry { reason: Some("limit"), count: Some(ended), ..Entry::default() };
            audit::record(&self.services, "sessions_ended", Some(person), entry).await;
        }
        Ok(true)
    }

    /// Keeps a session as it is now. One that was ended meanwhile stays ended.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn save(
        &self,
        key: &str,
        record: &SessionRecord,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        session::Entity::update_many()
            .col_expr(session::Column::PersonId, Expr::value(record.person.map(Column::key)))
            .col_expr(session::Column::IsShared, Expr::value(record.is_shared))
            .col_expr(session::Column::Data, Expr::value(record.data.clone()))
            .col_expr(session::Column::SeenAt, Expr::value(now.0))
            .filter(session::Column::Key.eq(key))
            .exec(self.services.store().write())
            .await?;
        Ok(())
    }

    /// The session with a key, unless it has ended; notes that it was used.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn load(
        &self,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<SessionRecord>, ServiceError> {
        let this = self.clone();
        let load = |keys| async move { this.rows(keys).await };
        let row = self.services.sessions.look_up(key.to_owned(), load).await?;
        let Some(row) = row else { return Ok(None) };
        let lifetime = Lifetime::of(row.is_shared);
        let seen = Timestamp(row.seen_at);
        if now.0 >= row.expires_at || now >= seen.plus_seconds(lifetime.idle_seconds) {
            return Ok(None);
        }
        if now >= seen.plus_seconds(lifetime.touch_seconds()) {
            let touched = session::Entity::update_many()
                .col_expr(session::Column::SeenAt, Expr::value(now.0))
                .filter(session::Column::Key.eq(key))
                .exec(self.services.store().write())
                .await;
            // The session is still valid: reading works on a full disk.
            if let Err(error) = touched {
                tracing::warn!(%error, "a session's use was not noted");
            }
        }
        Ok(Some(SessionRecord {
            person: row.person_id.map(Key::id),
            is_shared: row.is_shared,
            data: row.data,
            expires_at: Timestamp(row.expires_at),
            kind: row.kind,
            device_key: row.device_key,
        }))
    }

    async fn rows(
        &self,
        keys: Vec<String>,
    ) -> Result<BTreeMap<String, session::Model>, ServiceError> {
        let rows = session::Entity::find()
            .filter(session::Column::Key.is_in(keys))
            .all(self.services.store().read())
            .await?;
        Ok(rows.into_iter().map(|row| (row.key.clone(), row)).collect())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn delete(&self, key: &str) -> Result<(), ServiceError> {
        session::Entity::delete_by_id(key.to_owned()).exec(self.services.store().write()).await?;
        Ok(())
    }
}

fn row(key: &str, record: &SessionRecord, now: Timestamp) -> session::ActiveModel {
    session::ActiveModel {
        key: Set(key.to_owned()),
        person_id: Set(record.person.map(Column::key)),
        is_shared: Set(record.is_shared),
        data: Set(record.data.clone()),
        created_at: Set(now.0),
        seen_at: Set(now.0),
        expires_at: Set(record.expires_at.0),
        kind: Set(record.kind.clone()),
        device_key: Set(record.device_key.clone()),
    }
}

/// Ends the sessions of a person beyond the most there may be, but not the one with this key.
async fn end_oldest(
    writing: &impl ConnectionTrait,
    person: PersonId,
    key: &str,
) -> Result<u64, ServiceError> {
    let others: Vec<String> = session::Entity::find()
        .select_only()
        .column(session::Column::Key)
        .filter(session::Column::PersonId.eq(person.key()))
        .filter(session::Column::Key.ne(key))
        .order_by_desc(session::Column::SeenAt)
        .order_by_desc(session::Column::CreatedAt)
        .offset(MAX_SESSIONS - 1)
        .limit(1_000)
        .into_tuple()
        .all(writing)
        .await?;
    if others.is_empty() {
        return Ok(0);
    }
    let ended = session::Entity::delete_many()
        .filter(session::Column::Key.is_in(others))
        .exec(writing)
        .await?;
    Ok(ended.rows_affected)
}

/// Ends every session of a person: at every change of password or role, and when they leave.
/// Returns how many there were.
pub(crate) async fn end_all(
    writing: &impl ConnectionTrait,
    person: PersonId,
) -> Result<u64, ServiceError> {
    let ended = session::Entity::delete_many()
        .filter(session::Column::PersonId.eq(person.key()))
        .exec(writing)
        .await?;
    Ok(ended.rows_affected)
}

/// Writes into the security log that a person signed out.
pub async fn signed_out(services: &Services, person: PersonId) {
    audit::record(services, "sign_out", Some(person), Entry::default()).await;
}

/// What a session is called on its person's page. The key stays here.
pub(crate) fn public_id(key: &str) -> String {
    let digest = format!("{:x}", Sha256::digest(format!("device:{key}").as_bytes()));
    digest[..32].to_owned()
}
