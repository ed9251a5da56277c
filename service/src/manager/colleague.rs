//! One person, as their manager may see them: the same picture they see themselves.

use kvarten_domain::{
    Date, Locale, PersonId,
    knowledge::{PersonPage, SystemPage},
};
use kvarten_entity::Key;

use super::Manager;
use crate::{
    ServiceError,
    competence::{Subject, look_at_person, portrait, system_page},
};

impl Manager<'_> {
    /// The picture of somebody in the manager's units. That they have been looked at is noted first.
    /// Seven statements at most.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for anybody else.
    pub async fn person(
        &self,
        id: PersonId,
        then: Option<Date>,
        locale: Locale,
    ) -> Result<PersonPage, ServiceError> {
        let colleague = self.colleague(id).await?;
        look_at_person(self.services, self.who.id, id, self.now).await?;
        let subject = Subject {
            person: id,
            unit: Some(colleague.unit()),
            profession: Some(colleague.employment.profession_id.id()),
        };
        let unit = self.bank.units.unit(colleague.unit());
        Ok(PersonPage {
            person: id,
            name: format!("{} {}", colleague.row.given_name, colleague.row.family_name),
            employee_number: colleague.row.employee_number.clone(),
            unit: unit.map(|unit| unit.name.clone()).unwrap_or_default(),
            portrait: portrait(self.services, subject, then, self.now, locale).await?,
        })
    }

    /// One system, for somebody in the manager's units. That they have been looked at is noted.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for anybody else, or a system that there is not.
    pub async fn person_system(
        &self,
        id: PersonId,
        code: &str,
        locale: Locale,
    ) -> Result<(String, SystemPage), ServiceError> {
        let colleague = self.colleague(id).await?;
        look_at_person(self.services, self.who.id, id, self.now).await?;
        let subject = Subject {
            person: id,
            unit: Some(colleague.unit()),
            profession: Some(colleague.employment.profession_id.id()),
        };
        let page = system_page(self.services, subject, code, self.now, locale).await?;
        Ok((format!("{} {}", colleague.row.given_name, colleague.row.family_name), page))
    }
}
