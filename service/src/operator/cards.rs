//! Looking up people and professions: with their ids, by which a command can say which is meant.

use std::collections::HashMap;

use kvarten_domain::{Date, PersonId, ProfessionId, Role, Timestamp, UnitId};
use kvarten_entity::{Column, Key, employment, person, profession, role_grant};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{Operator, directory::Directory};
use crate::{
    ServiceError,
    email::{shown_email, sign_in_names},
    outbox::failure_of,
    signed_in::{employed_at, here_at},
    text::{collation::person_key, collation_key, identifier},
};

/// A person in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonEntry {
    pub id: PersonId,
    pub employee_number: String,
    pub name: String,
}

/// A profession in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfessionEntry {
    pub id: ProfessionId,
    pub code: String,
    pub sv: String,
    pub en: String,
}

/// A unit a person works or worked in, or holds a role in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub unit: UnitId,
    pub path: String,
    /// What they are there: the code of a profession or of a role.
    pub what: String,
    pub from: Date,
    pub until: Option<Date>,
}

/// What is known of a person, beside what they have learnt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonCard {
    pub id: PersonId,
    pub employee_number: String,
    pub given_name: String,
    pub family_name: String,
    pub email: Option<String>,
    /// The day on which it turned out that mail to the address does not arrive.
    pub mail_failed: Option<Date>,
    pub left: Option<Date>,
    /// Every employment, the latest first.
    pub employments: Vec<Place>,
    /// The roles they hold now.
    pub roles: Vec<Place>,
}

impl Operator<'_> {
    /// Everybody who works in a unit itself now, by name.
    ///
    /// # Errors
    /// A unit that there is not, or more than one.
    pub async fn list_people(&self, unit: &str) -> Result<Vec<PersonEntry>, ServiceError> {
        let unit = self.find_any_unit(unit).await?;
        let mut people: Vec<(Uuid, String, String, String)> = person::Entity::find()
            .select_only()
            .columns([
                person::Column::Id,
                person::Column::EmployeeNumber,
                person::Column::GivenName,
                person::Column::FamilyName,
            ])
            .join(
                JoinType::InnerJoin,
                person::Entity::belongs_to(employment::Entity)
                    .from(person::Column::Id)
                    .to(employment::Column::PersonId)
                    .into(),
            )
            .filter(employment::Column::UnitId.eq(unit.key()))
            .filter(employed_at(self.now))
            .filter(here_at(self.now))
            .into_tuple()
            .all(self.services.store().read())
            .await?;
        people.sort_by_cached_key(|(_, number, given, family)| {
            (person_key(family, given), number.clone())
        });
        Ok(people
            .into_iter()
            .map(|(id, employee_number, given, family)| PersonEntry {
                id: id.id(),
                employee_number,
                name: format!("{given} {family}"),
            })
            .collect())
    }

    /// The person with an employee number, an e-mail address or an id.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn find_person(&self, name: &str) -> Result<PersonId, ServiceError> {
        let names = sign_in_names(name);
        let mut which = Condition::any()
            .add(person::Column::EmployeeNumber.is_in(names.clone()))
            .add(person::Column::Email.is_in(names));
        if let Ok(id) = identifier(name).parse::<PersonId>() {
            which = which.add(person::Column::Id.eq(id.key()));
        }
        let found = person::Entity::find().filter(which).one(self.services.store().read()).await?;
        found.map(|person| person.id.id()).ok_or(ServiceError::NotFound)
    }

    /// Every profession, by its Swedish name.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list_professions(&self) -> Result<Vec<ProfessionEntry>, ServiceError> {
        let rows = profession::Entity::find().all(self.services.store().read()).await?;
        let mut all: Vec<ProfessionEntry> = rows
            .into_iter()
            .map(|row| ProfessionEntry {
                id: row.id.id(),
                code: row.code,
                sv: row.name_sv,
                en: row.name_en,
            })
            .collect();
        all.sort_by_cached_key(|entry| (collation_key(&entry.sv), entry.code.clone()));
        Ok(all)
    }

    fn day(&self, at: i64) -> Date {
        self.services.calendar().date(Timestamp(at))
    }

    /// Who a person is, where they work and have worked, and which roles they hold.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn person_card(&self, id: PersonId) -> Result<PersonCard, ServiceError> {
        let db = self.services.store().read();
        let row = person::Entity::find_by_id(id.key()).one(db).await?;
        let row = row.ok_or(ServiceError::NotFound)?;
        let directory = Directory::load(db).await?;
        let codes: HashMap<Uuid, String> = profession::Entity::find()
            .all(db)
            .await?
            .into_iter()
            .map(|row| (row.id, row.code))
            .collect();
        let place = |unit: Uuid, what: String, from: i64, until: Option<i64>| Place {
            unit: unit.id(),
            path: directory.path(unit.id()),
            what,
            from: self.day(from),
            until: until.map(|at| self.day(at)),
        };
        let employments = employment::Entity::find()
            .filter(employment::Column::PersonId.eq(id.key()))
            .order_by_desc(employment::Column::FromAt)
            .order_by_desc(employment::Column::Id)
            .all(db)
            .await?
            .into_iter()
            .map(|row| {
                let code = codes.get(&row.profession_id).cloned().unwrap_or_default();
                place(row.unit_id, code, row.from_at, row.until_at)
            })
            .collect();
        let mut roles: Vec<(Option<Role>, Place)> = role_grant::Entity::find()
            .filter(role_grant::Column::PersonId.eq(id.key()))
            .filter(role_grant::Column::UntilAt.is_null())
            .all(db)
            .await?
            .into_iter()
            .map(|row| {
                (Role::from_code(&row.role), place(row.unit_id, row.role, row.from_at, None))
            })
            .collect();
        roles.sort_by(|(one, here), (other, there)| (one, &here.path).cmp(&(other, &there.path)));
        let failure = match &row.email {
            Some(address) => failure_of(self.services, db, row.id, address).await?,
            None => None,
        };
        Ok(PersonCard {
            id,
            employee_number: row.employee_number,
            given_name: row.given_name,
            family_name: row.family_name,
            email: row.email.as_deref().map(shown_email),
            mail_failed: failure.map(|failure| failure.on),
            left: row.left_at.map(|at| self.day(at)),
            employments,
            roles: roles.into_iter().map(|(_, place)| place).collect(),
        })
    }
}
