//! Disclosure control: which groups of people figures may be about. What has been disclosed is
//! remembered, so that what is disclosed later does not tell of a few people by the difference.
//! (Decisions 011 and 019.)

mod cohorts;
mod unit_points;

pub(crate) use cohorts::{Counted, Member, Named, cohorts_for, retire_of};

use kvarten_domain::Timestamp;
use kvarten_entity::disclosure_run;
use sea_orm::{EntityTrait, QuerySelect};

use crate::{ServiceError, Services, store::WriteTransaction};

/// What [`refresh_disclosure`] has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DisclosureRefresh {
    /// Cohorts that were formed.
    pub formed: usize,
    /// Cohorts that were retired.
    pub retired: usize,
    /// Steps of points that were published.
    pub steps: usize,
}

/// The only row of `disclosure_runs`.
const RUN: i32 = 1;

/// Forms and retires cohorts as people have come and gone, and publishes the points of units up to
/// the last whole day. Done again, or by several at once, it is done once.
///
/// # Errors
/// Those of the database.
pub async fn refresh_disclosure(
    services: &Services,
    now: Timestamp,
) -> Result<DisclosureRefresh, ServiceError> {
    // Read before the lock is taken: it can be much.
    let found = unit_points::find(services, now).await?;
    let writing = services.store().begin().await?;
    let run = hold(&writing).await?;
    let (formed, retired) = cohorts::refresh(services, &writing, now).await?;
    let steps = match found {
        Some(found) => unit_points::publish(&writing, &run, found).await?,
        None => 0,
    };
    writing.commit().await?;
    Ok(DisclosureRefresh { formed, retired, steps })
}

/// Waits for others who disclose or erase, and keeps them waiting until the transaction ends.
pub(crate) async fn hold(
    writing: &WriteTransaction,
) -> Result<disclosure_run::Model, ServiceError> {
    let run = disclosure_run::Entity::find_by_id(RUN).lock_exclusive().one(writing).await?;
    run.ok_or(ServiceError::NotFound)
}
