//! What an administrator may do: keep the map of systems, levels and requirements.

mod pages;
mod programs;
mod requirements;

use kvarten_domain::{Locale, Role, Timestamp, UnitId, trends::TrendsPage};

use crate::{
    ServiceError, Services, SignedIn,
    audit::denied,
    competence::{Reader, Selection, trends},
    map::Map,
};

/// An administrator of the municipality.
#[derive(Clone, Copy, Debug)]
pub struct Administrator<'s> {
    services: &'s Services,
    who: &'s SignedIn,
    now: Timestamp,
}

impl<'s> Administrator<'s> {
    /// Enters as an administrator.
    ///
    /// # Errors
    /// [`ServiceError::Denied`] for somebody who is none today.
    pub fn enter(
        services: &'s Services,
        who: &'s SignedIn,
        now: Timestamp,
    ) -> Result<Self, ServiceError> {
        if who.has(Role::Administrator) {
            Ok(Self { services, who, now })
        } else {
            Err(denied(services, who, Role::Administrator))
        }
    }

    /// Trends of everybody, and all units beside each other: in whole cohorts, but for those whom the
    /// administrator may see by name as their manager. Without names. Two statements.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a unit or a profession that there is not.
    pub async fn trends(
        &self,
        selection: Selection,
        locale: Locale,
    ) -> Result<TrendsPage, ServiceError> {
        let bank = self.services.bank().await?;
        let all: Vec<UnitId> = bank.units.units().iter().map(|unit| unit.id).collect();
        let managed = self.who.managed(&bank).into_iter().collect();
        let reader = Reader { id: self.who.id, units: managed };
        let scope = bank.units.lines(&all);
        trends(self.services, &bank, &reader, scope, selection, locale, self.now).await
    }

    /// The right to change the map.
    #[must_use]
    pub const fn map(&self) -> Map<'s> {
        Map::of(self.services, self.now)
    }
}
