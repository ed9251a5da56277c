//! Whether people of the demonstration are in a database that others reach.

use std::collections::BTreeSet;

use kvarten_entity::person;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::ExprTrait};

use super::{PASSWORD, TownFile};
use crate::{
    ServiceError, Services,
    password::{HashPermit, Lane, PasswordGuess, Place, Verified},
};

/// Whether an account has the demonstration's password.
///
/// Hashes are salted, so two people share one only where it was written for many at once: that is
/// how the demonstration does it. Its named accounts are looked at one by one.
///
/// # Errors
/// Those of the database, and [`ServiceError::Wait`] where many sign in at this moment.
pub async fn has_public_password(
    services: &Services,
    town: &TownFile,
) -> Result<bool, ServiceError> {
    let db = services.store().read();
    let hash = || person::Entity::find().select_only().column(person::Column::PasswordHash);
    let shared: Vec<Option<String>> = hash()
        .filter(person::Column::PasswordHash.is_not_null())
        .group_by(person::Column::PasswordHash)
        .having(person::Column::Id.count().gt(1))
        .into_tuple()
        .all(db)
        .await?;
    let numbers = town.accounts().into_iter().map(|account| account.employee_number);
    let named: Vec<Option<String>> =
        hash().filter(person::Column::EmployeeNumber.is_in(numbers)).into_tuple().all(db).await?;
    let hashes: BTreeSet<String> = shared.into_iter().chain(named).flatten().collect();
    for hash in hashes {
        let place = Place::new(Lane::Known, vec!["operator".to_owned()]);
        let permit = HashPermit::wait(place).await?;
        if permit.verify(PasswordGuess::new(PASSWORD), Some(hash)).await.1 != Verified::Wrong {
            return Ok(true);
        }
    }
    Ok(false)
}
