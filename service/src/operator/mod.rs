//! What the person at the machine's command line may do: everything that needs no screen.

mod cards;
mod changes;
mod directory;
mod employment;
mod finding;
mod mail;
mod organisation;
mod people;
mod roles;
mod units;

use kvarten_domain::Timestamp;
use kvarten_entity::person;
use sea_orm::{EntityTrait, PaginatorTrait};

pub use cards::{PersonCard, PersonEntry, Place, ProfessionEntry};
pub use changes::{EmailChange, PersonChange};
pub use directory::UnitInfo;
pub(crate) use directory::{Directory, PATH_SEPARATOR, place_key};
pub use mail::{MailProblem, MailTrouble};
pub use organisation::Codes;
pub(crate) use people::Hired;
pub use people::NewPerson;

use crate::{
    ServiceError, Services,
    audit::{Actor, Entry},
    bank,
    map::Map,
    text,
};

/// Somebody with the process's own access to the database.
#[derive(Clone, Copy, Debug)]
pub struct Operator<'s> {
    pub(crate) services: &'s Services,
    pub(crate) now: Timestamp,
}

/// An event of the security log that the operator causes.
fn by_operator() -> Entry<'static> {
    Entry { by: Actor::Operator, ..Entry::default() }
}

fn required(field: &'static str, given: &str) -> Result<String, ServiceError> {
    text::line(field, given, 200)
}

impl<'s> Operator<'s> {
    /// Whoever runs the program on the machine is its operator.
    #[must_use]
    pub const fn enter(services: &'s Services, now: Timestamp) -> Self {
        Self { services, now }
    }

    /// The services it works with.
    #[must_use]
    pub const fn services(&self) -> &'s Services {
        self.services
    }

    /// The right to change the map.
    #[must_use]
    pub const fn map(&self) -> Map<'s> {
        Map::of(self.services, self.now)
    }

    /// Whether there are neither people nor lessons.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn is_empty(&self) -> Result<bool, ServiceError> {
        let db = self.services.store().read();
        let people = person::Entity::find().count(db).await?;
        Ok(people == 0 && bank::count_lessons(db).await? == 0)
    }
}
