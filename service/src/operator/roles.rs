//! Roles: several for one person, in several units.

use std::collections::BTreeSet;

use kvarten_domain::{Fault, PersonId, Role, UnitId};
use kvarten_entity::{Column, person, role_grant};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::Expr,
};

use super::{
    Operator, by_operator,
    employment::end_sessions,
    units::{hold_open, refuse_misplaced},
};
use crate::{
    ServiceError, Services,
    audit::{self, Entry},
    store::WriteTransaction,
};

/// A person whose roles have changed and whose sessions have ended, for the security log.
pub(super) struct Affected {
    person: PersonId,
    /// The roles they have from now on.
    roles: Vec<Role>,
    /// How many sessions ended.
    ended: u64,
}

impl Affected {
    /// Ends the sessions of a person whose roles have just changed.
    pub(super) async fn sign_out(
        writing: &WriteTransaction,
        person: PersonId,
    ) -> Result<Self, ServiceError> {
        let ended = end_sessions(writing, person).await?;
        let codes: Vec<String> = role_grant::Entity::find()
            .select_only()
            .column(role_grant::Column::Role)
            .filter(role_grant::Column::PersonId.eq(person.key()))
            .filter(role_grant::Column::UntilAt.is_null())
            .into_tuple()
            .all(writing)
            .await?;
        let roles: BTreeSet<Role> = codes.iter().filter_map(|code| Role::from_code(code)).collect();
        Ok(Self { person, roles: roles.into_iter().collect(), ended })
    }

    /// Writes it into the security log.
    pub(super) async fn record(&self, services: &Services, event: &'static str, entry: Entry<'_>) {
        let entry = Entry { roles: Some(&self.roles), count: Some(self.ended), ..entry };
        audit::record(services, event, Some(self.person), entry).await;
    }
}

impl Operator<'_> {
    /// Gives a person a role in a unit, beside those they have, and ends their sessions.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`Fault::Retired`] for a person who has left (field `person`) or a
    /// closed unit, [`Fault::WrongPlace`] for a role that cannot be held there, [`Fault::Taken`] where
    /// they have it.
    pub async fn add_role(
        &self,
        id: PersonId,
        role: Role,
        unit: UnitId,
    ) -> Result<(), ServiceError> {
        let writing = self.services.store().begin().await?;
        hold_person(&writing, id).await?;
        let place = hold_open(&writing, unit).await?;
        refuse_misplaced(&[role], &place)?;
        let has = role_grant::Entity::find()
            .filter(role_grant::Column::PersonId.eq(id.key()))
            .filter(role_grant::Column::UnitId.eq(unit.key()))
            .filter(role_grant::Column::Role.eq(role.code()))
            .filter(role_grant::Column::UntilAt.is_null());
        if has.count(&writing).await? > 0 {
            return Err(ServiceError::invalid("role", Fault::Taken));
        }
        let row = role_grant::ActiveModel {
            id: Set(uuid::Uuid::now_v7()),
            person_id: Set(id.key()),
            unit_id: Set(unit.key()),
            role: Set(role.code().to_owned()),
            from_at: Set(self.now.0),
            until_at: Set(None),
        };
        role_grant::Entity::insert(row).exec_without_returning(&writing).await?;
        let affected = Affected::sign_out(&writing, id).await?;
        writing.commit().await?;
        affected.record(self.services, "role_added", by_operator()).await;
        Ok(())
    }

    /// Takes a role in a unit from a person, and ends their sessions. Their other roles stay.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`Fault::Retired`] for a person who has left, or
    /// [`Fault::UnknownOption`] for a role they do not have there.
    pub async fn remove_role(
        &self,
        id: PersonId,
        role: Role,
        unit: UnitId,
    ) -> Result<(), ServiceError> {
        let writing = self.services.store().begin().await?;
        hold_person(&writing, id).await?;
        let ended = role_grant::Entity::update_many()
            .col_expr(role_grant::Column::UntilAt, Expr::value(self.now.0))
            .filter(role_grant::Column::PersonId.eq(id.key()))
            .filter(role_grant::Column::UnitId.eq(unit.key()))
            .filter(role_grant::Column::Role.eq(role.code()))
            .filter(role_grant::Column::UntilAt.is_null())
            .exec(&writing)
            .await?;
        if ended.rows_affected == 0 {
            return Err(ServiceError::invalid("role", Fault::UnknownOption));
        }
        let affected = Affected::sign_out(&writing, id).await?;
        writing.commit().await?;
        affected.record(self.services, "role_removed", by_operator()).await;
        Ok(())
    }
}

/// A person who works here, held until the transaction ends: two changes of one person's come one
/// after the other.
async fn hold_person(writing: &WriteTransaction, id: PersonId) -> Result<(), ServiceError> {
    let held = person::Entity::find_by_id(id.key()).lock_exclusive().one(writing).await?;
    match held.ok_or(ServiceError::NotFound)?.left_at {
        None => Ok(()),
        Some(_) => Err(ServiceError::invalid("person", Fault::Retired)),
    }
}
