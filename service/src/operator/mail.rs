//! Addresses at which mail does not arrive, for the people who run the program.

use std::collections::HashMap;

use kvarten_domain::{Date, PersonId, Timestamp, person::MailFailureKind};
use kvarten_entity::{Column, Key, mail_failure, person};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use uuid::Uuid;

use super::Operator;
use crate::{
    ServiceError,
    email::{read_email, shown_email},
    outbox,
    signed_in::here_at,
};

/// Why a person is not reached by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTrouble {
    /// What is stored is no address that mail can be sent to.
    NoAddress,
    /// Mail did not arrive; the mail server's reply code, where it is known.
    Failed { kind: MailFailureKind, code: Option<u16>, on: Date },
}

/// A person who is not reached by mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailProblem {
    pub person: PersonId,
    pub employee_number: String,
    pub name: String,
    pub address: String,
    pub trouble: MailTrouble,
}

impl Operator<'_> {
    /// Everybody who works here and whom mail does not reach at the address they have, by employee
    /// number.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn mail_problems(&self) -> Result<Vec<MailProblem>, ServiceError> {
        let db = self.services.store().read();
        let failures: HashMap<Uuid, mail_failure::Model> = mail_failure::Entity::find()
            .all(db)
            .await?
            .into_iter()
            .map(|row| (row.person_id, row))
            .collect();
        let people = person::Entity::find()
            .filter(person::Column::Email.is_not_null())
            .filter(here_at(self.now))
            .order_by_asc(person::Column::EmployeeNumber)
            .all(db)
            .await?;
        let problem = |row: person::Model| {
            let address = row.email?;
            let failure = failures.get(&row.id).filter(|failure| failure.address == address);
            let trouble = match failure {
                _ if read_email(&address).is_err() => MailTrouble::NoAddress,
                Some(failure) => MailTrouble::Failed {
                    kind: MailFailureKind::from_code(&failure.kind)?,
                    code: failure.code.and_then(|code| u16::try_from(code).ok()),
                    on: self.services.calendar().date(Timestamp(failure.failed_at)),
                },
                None => return None,
            };
            Some(MailProblem {
                person: row.id.id(),
                employee_number: row.employee_number,
                name: format!("{} {}", row.given_name, row.family_name),
                address: shown_email(&address),
                trouble,
            })
        };
        Ok(people.into_iter().filter_map(problem).collect())
    }

    /// Brings stored addresses into the form in which they are compared now. Returns whose address is
    /// none, or another person's in that form: those stay as they are. Done again, nothing more happens.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn mend_addresses(&self) -> Result<Vec<PersonId>, ServiceError> {
        let writing = self.services.store().begin().await?;
        let rows: Vec<(Uuid, String)> = person::Entity::find()
            .select_only()
            .columns([person::Column::Id, person::Column::Email])
            .filter(person::Column::Email.is_not_null())
            .order_by_asc(person::Column::Id)
            .into_tuple()
            .all(&writing)
            .await?;
        let mut taken: HashMap<String, Uuid> =
            rows.iter().map(|(id, address)| (address.clone(), *id)).collect();
        let mut wrong = Vec::new();
        for (id, stored) in rows {
            let Ok(address) = read_email(&stored) else {
                wrong.push(id.id());
                continue;
            };
            let address = address.as_str();
            if address == stored {
                continue;
            }
            if taken.contains_key(address) {
                wrong.push(id.id());
                continue;
            }
            taken.insert(address.to_owned(), id);
            person::Entity::update_many()
                .col_expr(person::Column::Email, Expr::value(address))
                .filter(person::Column::Id.eq(id))
                .exec(&writing)
                .await?;
        }
        writing.commit().await?;
        Ok(wrong)
    }

    /// Notes that a mail came back from an address. Returns whose it is.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where no one has the address.
    pub async fn note_bounce(&self, address: &str) -> Result<PersonId, ServiceError> {
        outbox::note_bounce(self.services, address, self.now).await
    }

    /// A person's address is right after all: mail is sent to it again.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn confirm_address(&self, id: PersonId) -> Result<(), ServiceError> {
        let known = person::Entity::find_by_id(id.key()).one(self.services.store().read()).await?;
        known.ok_or(ServiceError::NotFound)?;
        outbox::confirm_address(self.services, id).await
    }
}
