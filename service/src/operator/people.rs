//! People: who comes, who leaves, who is forgotten.

use std::collections::BTreeSet;

use kvarten_domain::{
    Fault, Locale, PersonId, ProfessionId, Role, Timestamp, UnitId, person::EmployeeNumber,
};
use kvarten_entity::{Column, Key, person, profession};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Expr,
};

use super::{
    Operator, by_operator,
    employment::{Post, end_sessions},
    required,
    units::{hold_open, refuse_misplaced},
};
use crate::{
    ServiceError,
    audit::{self, Entry},
    email::read_email,
    new_id,
    password::{About, check_new_password, hash_password},
    privacy, send_standing,
    store::WriteTransaction,
    text::{identifier, identity_key},
};

/// A person to be.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// 1–20 letters, digits and hyphens; nobody else's.
    pub employee_number: String,
    /// Nobody else's.
    pub email: Option<String>,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Name or id of the unit they belong to.
    pub unit: String,
    /// Code of their profession.
    pub profession: String,
    /// Roles, held in that unit.
    pub roles: Vec<Role>,
    /// A password, where they sign in with one.
    pub password: Option<String>,
}

/// A row of people to write at once; everything checked already.
#[derive(Clone, Debug)]
pub(crate) struct Hired {
    pub(crate) id: PersonId,
    pub(crate) employee_number: String,
    pub(crate) email: Option<String>,
    pub(crate) given_name: String,
    pub(crate) family_name: String,
    pub(crate) locale: Option<Locale>,
    pub(crate) password_hash: Option<String>,
    pub(crate) unit: UnitId,
    pub(crate) profession: ProfessionId,
    pub(crate) roles: Vec<(Role, UnitId)>,
    /// Since when they work here, and in their unit if there is none before.
    pub(crate) since: Timestamp,
    /// The unit they worked in before, and until when.
    pub(crate) before: Option<(UnitId, Timestamp)>,
    /// When they left.
    pub(crate) left: Option<Timestamp>,
}

impl Hired {
    fn posts(&self) -> impl Iterator<Item = Post> {
        let post = |unit, since, until, roles| Post {
            person: self.id,
            unit,
            profession: self.profession,
            roles,
            since,
            until,
        };
        let before =
            self.before.map(|(unit, until)| post(unit, self.since, Some(until), Vec::new()));
        let since = self.before.map_or(self.since, |(_, until)| until);
        before.into_iter().chain([post(self.unit, since, self.left, self.roles.clone())])
    }
}

/// Roles, each once, however often it was named.
pub(super) fn once_each(roles: &[Role]) -> impl Iterator<Item = Role> {
    roles.iter().copied().collect::<BTreeSet<Role>>().into_iter()
}

/// How many rows go into one statement.
pub(super) const ROWS: usize = 400;

impl Operator<'_> {
    /// Adds a person.
    ///
    /// # Errors
    /// A field that will not do, or an employee number or address somebody has.
    pub async fn create_person(&self, new: &NewPerson) -> Result<PersonId, ServiceError> {
        let number = EmployeeNumber::read(&identifier(&new.employee_number))
            .map_err(|fault| ServiceError::invalid("employee_number", fault))?;
        let email = match new.email.as_deref() {
            None => None,
            Some(email) => {
                Some(read_email(email).map_err(|fault| ServiceError::invalid("email", fault))?)
            }
        };
        let given_name = required("given_name", &new.given_name)?;
        let family_name = required("family_name", &new.family_name)?;
        let unit = self.find_unit(&new.unit).await?;
        let profession = self.find_profession(&new.profession).await?;
        let password_hash = match &new.password {
            None => None,
            Some(password) => {
                let mut words = vec![given_name.clone(), family_name.clone()];
                words.extend([format!("{given_name} {family_name}"), number.as_str().to_owned()]);
                words.extend(email.as_ref().map(|email| email.as_str().to_owned()));
                let about = About { person: words };
                let checked =
                    check_new_password(self.services, "password", password, &about).await?;
                Some(hash_password(checked).await?)
            }
        };
        let hired = Hired {
            id: new_id(),
            employee_number: number.as_str().to_owned(),
            email: email.map(|email| email.as_str().to_owned()),
            given_name,
            family_name,
            locale: None,
            password_hash,
            unit,
            profession,
            roles: once_each(&new.roles).map(|role| (role, unit)).collect(),
            since: self.now,
            before: None,
            left: None,
        };
        let writing = self.services.store().begin().await?;
        refuse_misplaced(&new.roles, &hold_open(&writing, unit).await?)?;
        self.refuse_taken(&writing, &hired).await?;
        self.hire(&writing, std::slice::from_ref(&hired)).await?;
        writing.commit().await?;
        let entry = Entry { roles: Some(&new.roles), ..by_operator() };
        audit::record(self.services, "person_created", Some(hired.id), entry).await;
        send_standing(self.services, self.now).await?;
        Ok(hired.id)
    }

    async fn refuse_taken(
        &self,
        writing: &WriteTransaction,
        hired: &Hired,
    ) -> Result<(), ServiceError> {
        let mut same =
            Condition::any().add(person::Column::EmployeeNumber.eq(&hired.employee_number));
        if let Some(email) = &hired.email {
            same = same.add(person::Column::Email.eq(email));
        }
        match person::Entity::find().filter(same).one(writing).await? {
            None => Ok(()),
            Some(other) if other.employee_number == hired.employee_number => {
                Err(ServiceError::invalid("employee_number", Fault::Taken))
            }
            Some(_) => Err(ServiceError::invalid("email", Fault::Taken)),
        }
    }

    /// Writes people with their employments and roles.
    pub(crate) async fn hire(
        &self,
        writing: &WriteTransaction,
        people: &[Hired],
    ) -> Result<(), ServiceError> {
        for some in people.chunks(ROWS) {
            let rows = some.iter().map(|hired| person::ActiveModel {
                id: Set(hired.id.key()),
                employee_number: Set(hired.employee_number.clone()),
                email: Set(hired.email.clone()),
                given_name: Set(hired.given_name.clone()),
                family_name: Set(hired.family_name.clone()),
                locale: Set(hired.locale.map(|locale| locale.tag().to_owned())),
                password_hash: Set(hired.password_hash.clone()),
                created_at: Set(hired.since.0),
                left_at: Set(hired.left.map(|at| at.0)),
            });
            person::Entity::insert_many(rows).exec_without_returning(writing).await?;
            let posts = some.iter().flat_map(Hired::posts).collect();
            self.employ(writing, posts).await?;
        }
        Ok(())
    }

    /// The profession with a code or an id.
    pub(super) async fn find_profession(&self, code: &str) -> Result<ProfessionId, ServiceError> {
        let professions = profession::Entity::find().all(self.services.store().read()).await?;
        let wanted = identity_key(code);
        let by_id = identifier(code).parse::<ProfessionId>().ok();
        let found = professions.into_iter().find(|row| match by_id {
            Some(id) => row.id == id.key(),
            None => identity_key(&row.code) == wanted,
        });
        let unknown = ServiceError::invalid("profession", Fault::UnknownOption);
        Ok(found.ok_or(unknown)?.id.id())
    }

    /// Gives a person a new password, ends all their sessions and forgets their devices.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], or a password that will not do.
    pub async fn set_password(&self, name: &str, password: &str) -> Result<(), ServiceError> {
        let id = self.find_person(name).await?;
        let row = person::Entity::find_by_id(id.key()).one(self.services.store().read()).await?;
        let row = row.ok_or(ServiceError::NotFound)?;
        let about = About::of(&row);
        let password = check_new_password(self.services, "password", password, &about).await?;
        let hash = hash_password(password).await?;
        let writing = self.services.store().begin().await?;
        person::Entity::update_many()
            .col_expr(person::Column::PasswordHash, Expr::value(hash))
            .filter(person::Column::Id.eq(id.key()))
            .exec(&writing)
            .await?;
        let ended = end_sessions(&writing, id).await?;
        writing.commit().await?;
        privacy::note_replaced_password(self.services, row.password_hash.as_deref()).await;
        let entry = Entry { count: Some(ended), ..by_operator() };
        audit::record(self.services, "password_changed", Some(id), entry).await;
        Ok(())
    }

    /// Everything stored about a person, as JSON, with words in their language.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn export_person(&self, id: PersonId) -> Result<serde_json::Value, ServiceError> {
        let row = person::Entity::find_by_id(id.key()).one(self.services.store().read()).await?;
        let locale = row.and_then(|row| Locale::from_tag(&row.locale?)).unwrap_or_default();
        let data = privacy::export(self.services, id, locale).await?;
        let entry = Entry { what: Some("person"), ..by_operator() };
        audit::record(self.services, "data_exported", Some(id), entry).await;
        Ok(data)
    }

    /// Erases a person; what their unit has earned stays with the unit, without a name.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn erase_person(&self, id: PersonId) -> Result<(), ServiceError> {
        privacy::erase(self.services, id).await?;
        audit::record(self.services, "person_erased", Some(id), by_operator()).await;
        Ok(())
    }
}
