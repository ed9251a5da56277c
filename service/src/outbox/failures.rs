//! Addresses at which mail does not arrive: noted, shown, and forgotten when they are changed or
//! confirmed. (Decision 033.)
//!
//! A row counts for the address it names: once the person has another one it says nothing.

use kvarten_domain::{
    PersonId, Timestamp,
    person::{MailFailure, MailFailureKind},
};
use kvarten_entity::{Column, mail_failure, person};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement},
};
use uuid::Uuid;

use super::DAY_SECONDS;
use crate::{ServiceError, Services, store::WriteTransaction};

/// For how long nothing is sent to an address where a mail was given up: a week.
const REST_SECONDS: i64 = 7 * DAY_SECONDS;

/// Those to whom nothing is sent now, as mail to the address they have does not arrive.
pub(super) fn failing(now: Timestamp) -> SelectStatement {
    let of = |column| Expr::col((mail_failure::Entity, column));
    let rests = of(mail_failure::Column::Kind)
        .eq(MailFailureKind::GivenUp.code())
        .and(of(mail_failure::Column::FailedAt).lte(now.plus_seconds(-REST_SECONDS).0));
    Query::select()
        .column((mail_failure::Entity, mail_failure::Column::PersonId))
        .from(mail_failure::Entity)
        .inner_join(
            person::Entity,
            of(mail_failure::Column::PersonId)
                .eq(Expr::col((person::Entity, person::Column::Id)))
                .and(
                    of(mail_failure::Column::Address)
                        .eq(Expr::col((person::Entity, person::Column::Email))),
                ),
        )
        .and_where(rests.not())
        .to_owned()
}

/// Notes that mail to an address of a person's did not arrive.
pub(super) async fn note(
    writing: &WriteTransaction,
    person: Uuid,
    address: &str,
    (kind, code): (MailFailureKind, Option<u16>),
    now: Timestamp,
) -> Result<(), ServiceError> {
    let row = mail_failure::ActiveModel {
        person_id: Set(person),
        address: Set(address.to_owned()),
        kind: Set(kind.code().to_owned()),
        code: Set(code.and_then(|code| i16::try_from(code).ok())),
        failed_at: Set(now.0),
    };
    let latest = OnConflict::column(mail_failure::Column::PersonId)
        .update_columns([
            mail_failure::Column::Address,
            mail_failure::Column::Kind,
            mail_failure::Column::Code,
            mail_failure::Column::FailedAt,
        ])
        .to_owned();
    mail_failure::Entity::insert(row).on_conflict(latest).exec_without_returning(writing).await?;
    Ok(())
}

/// Forgets that mail to a person did not arrive.
pub(crate) async fn forget(db: &impl ConnectionTrait, person: Uuid) -> Result<(), ServiceError> {
    mail_failure::Entity::delete_by_id(person).exec(db).await?;
    Ok(())
}

/// Whether mail to the address that a person has does not arrive.
pub(crate) async fn failure_of(
    services: &Services,
    db: &DatabaseConnection,
    person: Uuid,
    address: &str,
) -> Result<Option<MailFailure>, ServiceError> {
    let row = mail_failure::Entity::find_by_id(person).one(db).await?;
    let row = row.filter(|row| row.address == address);
    Ok(row.and_then(|row| {
        Some(MailFailure {
            kind: MailFailureKind::from_code(&row.kind)?,
            on: services.calendar().date(Timestamp(row.failed_at)),
        })
    }))
}

/// Notes that a mail that had been taken came back later from an address. Returns whose it is.
///
/// # Errors
/// [`ServiceError::NotFound`] where no one has the address.
pub async fn note_bounce(
    services: &Services,
    address: &str,
    now: Timestamp,
) -> Result<PersonId, ServiceError> {
    let writing = services.store().begin().await?;
    let whose = person::Entity::find()
        .filter(person::Column::Email.is_in(crate::email::sign_in_names(address)))
        .one(&writing)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let has = whose.email.clone().unwrap_or_default();
    note(&writing, whose.id, &has, (MailFailureKind::Refused, None), now).await?;
    writing.commit().await?;
    Ok(kvarten_entity::Key::id(whose.id))
}

/// A person's address is right after all: mail is sent to it again.
///
/// # Errors
/// Those of the database.
pub async fn confirm_address(services: &Services, person: PersonId) -> Result<(), ServiceError> {
    forget(services.store().write(), person.key()).await
}
