//! Personal data: what is kept, how it is handed out, erased and how long it stays.
//!
//! Every table that names a person stands in [`registry::DECLARATIONS`]; export, erasure and
//! tidying work from it and from nothing else.

mod columns;
mod export;
mod names;
mod reconcile;
pub mod registry;
mod revocations;
mod scrub;
mod topics;
mod values;

pub use columns::column_in_words;
pub use export::export;

use std::collections::BTreeMap;

use kvarten_domain::{PersonId, Timestamp};
use kvarten_entity::{
    Column, Key, person, points_entry, session, sign_in_throttle, unit_points_kept,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    audit::{self, Actor, Entry},
    disclosure::hold,
    known_device,
    session::Lifetime,
    store::WriteTransaction,
};
pub use reconcile::{NOT_COPIED, Reconciled, reconcile, reconcile_restored};
use registry::DECLARATIONS;
use revocations::Entry as Revocation;
pub use revocations::{FILE_NAME as REVOCATIONS_FILE, RevocationList, Revocations};
pub use scrub::scrub;

/// How long after leaving a person's data stays, in seconds: two years, so that somebody who
/// comes back finds what they had shown.
pub const KEPT_AFTER_LEAVING_SECONDS: i64 = 2 * 365 * 86_400;

/// How long a failed sign-in is remembered, in seconds.
const THROTTLE_SECONDS: i64 = 86_400;

/// Erases a person: from the tables, and from the database's files unless others are reading them
/// all the while. What is left there then goes with the next [`tidy`].
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no such person.
pub async fn erase(services: &Services, person: PersonId) -> Result<(), ServiceError> {
    erase_rows(services, person).await?;
    scrub_or_say(services).await;
    Ok(())
}

/// Scrubs after erasing, which is done whether or not this works now.
async fn scrub_or_say(services: &Services) -> bool {
    let scrubbed = scrub(services).await;
    match scrubbed {
        Ok(true) => return true,
        Ok(false) => tracing::info!("erased people's traces are removed from the file later"),
        Err(error) => tracing::warn!(%error, "erased people's traces are still in the file"),
    }
    false
}

/// Erases a person, table by table.
async fn erase_rows(services: &Services, person: PersonId) -> Result<(), ServiceError> {
    let writing = services.store().begin().await?;
    hold(&writing).await?;
    // Held until the end: nobody else erases this person meanwhile, and nothing new refers to them.
    let held = person::Entity::find_by_id(person.key()).lock_exclusive().one(&writing).await?;
    if held.is_none() {
        return Err(ServiceError::NotFound);
    }
    keep_unit_totals(services, &writing, person.key()).await?;
    for declaration in DECLARATIONS {
        (declaration.erase)(&writing, person.key()).await?;
    }
    // Listed first: one who is listed and still there is erased at the next start, one who is
    // erased and not listed would come back with an older copy.
    services.append_revocations(vec![Revocation::erased(person.key())]).await?;
    writing.commit().await?;
    Ok(())
}

/// Adds what a person has earned to their units' totals, by day, without the person.
async fn keep_unit_totals(
    services: &Services,
    writing: &WriteTransaction,
    person: Uuid,
) -> Result<(), ServiceError> {
    let earned: Vec<(Option<Uuid>, i64, i32)> = points_entry::Entity::find()
        .select_only()
        .columns([
            points_entry::Column::UnitId,
            points_entry::Column::EarnedAt,
            points_entry::Column::Points,
        ])
        .filter(points_entry::Column::PersonId.eq(person))
        .into_tuple()
        .all(writing)
        .await?;
    // In one order, so that two who are erased at once do not wait for each other in a circle.
    let mut totals: BTreeMap<(Uuid, i64), i64> = BTreeMap::new();
    for (unit, at, points) in earned {
        let Some(unit) = unit else { continue };
        let day = services.calendar().day_start(Timestamp(at)).0;
        *totals.entry((unit, day)).or_default() += i64::from(points);
    }
    for ((unit, day), points) in totals {
        let row = unit_points_kept::ActiveModel {
            unit_id: Set(unit),
            day_at: Set(day),
            points: Set(points),
        };
        let kept = Expr::col((unit_points_kept::Entity, unit_points_kept::Column::Points));
        let mut add = OnConflict::columns([
            unit_points_kept::Column::UnitId,
            unit_points_kept::Column::DayAt,
        ]);
        add.value(unit_points_kept::Column::Points, kept.add(points));
        unit_points_kept::Entity::insert(row)
            .on_conflict(add)
            .exec_without_returning(writing)
            .await?;
    }
    Ok(())
}

/// What [`tidy`] removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Sessions that had ended.
    pub sessions: u64,
    /// Failed sign-ins that are forgotten.
    pub throttles: u64,
    /// People who left long ago.
    pub people: u64,
    /// Whether the database's files hold nothing more of people who were erased.
    pub is_scrubbed: bool,
}

/// Notes that a stored password hash is not valid any more, so that it does not become so again with
/// an older copy of the database. To be called after the change is committed.
pub(crate) async fn note_replaced_password(services: &Services, hash: Option<&str>) {
    let Some(hash) = hash else { return };
    if let Err(error) = services.append_revocations(vec![Revocation::replaced(hash)]).await {
        tracing::error!(%error, "a replaced password could not be added to the list of revocations");
    }
}

/// Removes what has been kept long enough.
///
/// # Errors
/// Those of the database.
pub async fn tidy(services: &Services, now: Timestamp) -> Result<Tidied, ServiceError> {
    let write = services.store().write();
    let ended = |is_shared: bool| {
        let idle_since = now.plus_seconds(-Lifetime::of(is_shared).idle_seconds);
        session::Column::IsShared.eq(is_shared).and(session::Column::SeenAt.lte(idle_since.0))
    };
    let sessions = session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lte(now.0).or(ended(true)).or(ended(false)))
        .exec(write)
        .await?;
    let throttles = sign_in_throttle::Entity::delete_many()
        .filter(sign_in_throttle::Column::LastAt.lte(now.plus_seconds(-THROTTLE_SECONDS).0))
        .exec(write)
        .await?;
    known_device::apply_retention(services, now).await?;
    let long_gone: Vec<Uuid> = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::LeftAt.lte(now.plus_seconds(-KEPT_AFTER_LEAVING_SECONDS).0))
        .into_tuple()
        .all(services.store().read())
        .await?;
    let mut people = 0;
    for id in long_gone {
        match erase_rows(services, id.id()).await {
            Ok(()) => {
                let entry = Entry { by: Actor::System, ..Entry::default() };
                audit::record(services, "person_erased", Some(id.id()), entry).await;
                people += 1;
            }
            // Another process was first.
            Err(ServiceError::NotFound) => {}
            // The others' turn must not wait for one that fails; this one is tried again.
            Err(error) => tracing::error!(%error, "somebody who left long ago was not erased"),
        }
    }
    let is_scrubbed = scrub_or_say(services).await;
    Ok(Tidied {
        sessions: sessions.rows_affected,
        throttles: throttles.rows_affected,
        people,
        is_scrubbed,
    })
}
