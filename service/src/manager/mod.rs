//! What a manager may do: see and point the way, in the own units and all below them.

mod colleague;
mod overview;
mod refer;
mod referrals;
mod standing;

pub use refer::Pointing;
pub(crate) use refer::id_in;
pub use standing::Standing;

use std::sync::Arc;

use kvarten_domain::{Locale, PersonId, Role, Timestamp, UnitId, trends::TrendsPage};
use kvarten_entity::{Column, Key, employment, person};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    ServiceError, Services, SignedIn,
    audit::denied,
    bank::Bank,
    competence::{Reader, Selection, trends},
    signed_in::{employed_at, here_at},
};

/// A manager, and the units they manage at this moment. Every query of theirs is about these units.
#[derive(Clone, Debug)]
pub struct Manager<'s> {
    services: &'s Services,
    who: &'s SignedIn,
    now: Timestamp,
    bank: Arc<Bank>,
    /// In the tree's order: each before those below it.
    units: Vec<UnitId>,
}

/// Somebody who works in one of the manager's units now.
pub(crate) struct Colleague {
    pub(crate) row: person::Model,
    pub(crate) employment: employment::Model,
}

impl<'s> Manager<'s> {
    /// Enters as a manager.
    ///
    /// # Errors
    /// [`ServiceError::Denied`] for somebody who manages no unit today.
    pub async fn enter(
        services: &'s Services,
        who: &'s SignedIn,
        now: Timestamp,
    ) -> Result<Self, ServiceError> {
        if !who.has(Role::Manager) {
            return Err(denied(services, who, Role::Manager));
        }
        let bank = services.bank().await?;
        let units = who.managed(&bank);
        if units.is_empty() {
            return Err(denied(services, who, Role::Manager));
        }
        Ok(Self { services, who, now, bank, units })
    }

    /// Trends of the people of today in the manager's units, and the units beside each other. Everybody
    /// is counted, as in the overview. One statement.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a unit that is not the manager's, and for a profession that
    /// there is not.
    pub async fn trends(
        &self,
        selection: Selection,
        locale: Locale,
    ) -> Result<TrendsPage, ServiceError> {
        let scope = self.bank.units.lines(&self.units);
        let reader = Reader { id: self.who.id, units: self.units.iter().copied().collect() };
        trends(self.services, &self.bank, &reader, scope, selection, locale, self.now).await
    }

    /// Somebody who works in one of the manager's units now. Two statements.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for anybody else: whether there is such a person is not told.
    pub(crate) async fn colleague(&self, id: PersonId) -> Result<Colleague, ServiceError> {
        let db = self.services.store().read();
        let employment = employment::Entity::find()
            .filter(employment::Column::PersonId.eq(id.key()))
            .filter(employment::Column::UnitId.is_in(self.units.iter().map(|unit| unit.key())))
            .filter(employed_at(self.now))
            .order_by_desc(employment::Column::FromAt)
            .one(db)
            .await?
            .ok_or(ServiceError::NotFound)?;
        let row = person::Entity::find_by_id(id.key()).filter(here_at(self.now)).one(db).await?;
        Ok(Colleague { row: row.ok_or(ServiceError::NotFound)?, employment })
    }
}

impl Colleague {
    /// The unit they work in.
    pub(crate) fn unit(&self) -> UnitId {
        self.employment.unit_id.id()
    }
}
