//! Units: adding, renaming, moving, closing and opening them again. A unit keeps its id through all
//! of it, and with it its past. (Decision 032.)

use kvarten_domain::{Fault, Role, UnitId, unit::UnitKind};
use kvarten_entity::{Column, Key, employment, role_grant, standing_referral, unit};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use super::{Operator, by_operator, directory::Directory, required, roles::Affected};
use crate::{
    ServiceError, audit::Entry, authoring::bank_changed, map::hold_bank, new_id,
    store::WriteTransaction,
};

/// A unit that is open, held until the transaction ends: it cannot be closed meanwhile.
pub(super) async fn hold_open(
    writing: &WriteTransaction,
    id: UnitId,
) -> Result<unit::Model, ServiceError> {
    let held = unit::Entity::find_by_id(id.key()).lock_shared().one(writing).await?;
    let unit = held.ok_or(ServiceError::invalid("unit", Fault::UnknownOption))?;
    match unit.closed_at {
        None => Ok(unit),
        Some(_) => Err(ServiceError::invalid("unit", Fault::Retired)),
    }
}

/// Refuses a role that cannot be held in a unit.
pub(super) fn refuse_misplaced(roles: &[Role], unit: &unit::Model) -> Result<(), ServiceError> {
    let kind = UnitKind::from_code(&unit.kind).unwrap_or(UnitKind::Unit);
    if roles.iter().all(|role| role.can_be_held_in(kind)) {
        Ok(())
    } else {
        Err(ServiceError::invalid("role", Fault::WrongPlace))
    }
}

/// Refuses a place for a unit: a parent that is closed or of a kind that it cannot belong to, or that
/// has a unit of the name already.
fn refuse_place(
    directory: &Directory,
    (name, kind, id): (&str, UnitKind, Option<UnitId>),
    parent: Option<UnitId>,
) -> Result<(), ServiceError> {
    let above = match parent {
        None => None,
        Some(parent) => {
            let row = directory.unit(parent).ok_or(ServiceError::NotFound)?;
            if row.closed_at.is_some() {
                return Err(ServiceError::invalid("parent", Fault::Retired));
            }
            UnitKind::from_code(&row.kind)
        }
    };
    if !kind.may_stand_below(above) {
        return Err(ServiceError::invalid("kind", Fault::WrongPlace));
    }
    if directory.twin(name, parent.map(Column::key), id) {
        return Err(ServiceError::invalid("name", Fault::Taken));
    }
    Ok(())
}

impl Operator<'_> {
    /// Adds a unit below another, or the municipality itself.
    ///
    /// # Errors
    /// A name that is empty or another's in the same parent, a kind that cannot belong there, a closed
    /// parent, or a second municipality.
    pub async fn create_unit(
        &self,
        name: &str,
        kind: UnitKind,
        parent: Option<UnitId>,
    ) -> Result<UnitId, ServiceError> {
        let name = required("name", name)?;
        let writing = self.services.store().begin().await?;
        hold_bank(&writing).await?;
        let directory = Directory::load(&writing).await?;
        if kind == UnitKind::Municipality && !directory.all().is_empty() {
            return Err(ServiceError::invalid("municipality", Fault::Taken));
        }
        refuse_place(&directory, (&name, kind, None), parent)?;
        let id: UnitId = new_id();
        let row = unit::ActiveModel {
            id: Set(id.key()),
            parent_id: Set(parent.map(Column::key)),
            kind: Set(kind.code().to_owned()),
            name: Set(name),
            created_at: Set(self.now.0),
            closed_at: Set(None),
        };
        unit::Entity::insert(row).exec_without_returning(&writing).await?;
        self.organisation_changed(writing).await?;
        Ok(id)
    }

    /// Commits, and makes every process read the organisation again.
    async fn organisation_changed(&self, writing: WriteTransaction) -> Result<(), ServiceError> {
        bank_changed(&writing).await?;
        writing.commit().await?;
        self.services.bank.forget();
        Ok(())
    }

    /// Changes one column of a unit that a check accepts.
    async fn change_unit(
        &self,
        id: UnitId,
        (column, value): (unit::Column, Expr),
        check: impl FnOnce(&Directory, &unit::Model) -> Result<(), ServiceError>,
    ) -> Result<(), ServiceError> {
        let writing = self.services.store().begin().await?;
        hold_bank(&writing).await?;
        let directory = Directory::load(&writing).await?;
        check(&directory, directory.unit(id).ok_or(ServiceError::NotFound)?)?;
        unit::Entity::update_many()
            .col_expr(column, value)
            .filter(unit::Column::Id.eq(id.key()))
            .exec(&writing)
            .await?;
        self.organisation_changed(writing).await
    }

    /// Gives a unit another name.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], or a name that is empty or another's in the same parent.
    pub async fn rename_unit(&self, id: UnitId, name: &str) -> Result<(), ServiceError> {
        let name = required("name", name)?;
        let value = Expr::value(name.clone());
        self.change_unit(id, (unit::Column::Name, value), |directory, unit| {
            if unit.closed_at.is_none() && directory.twin(&name, unit.parent_id, Some(id)) {
                return Err(ServiceError::invalid("name", Fault::Taken));
            }
            Ok(())
        })
        .await
    }

    /// Places a unit, and all below it, below another.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`Fault::WrongPlace`] for the municipality, for a place below itself
    /// or of a kind that it cannot belong to, a closed unit or parent, or a parent that has a unit of
    /// its name.
    pub async fn move_unit(&self, id: UnitId, parent: UnitId) -> Result<(), ServiceError> {
        let value = Expr::value(parent.key());
        self.change_unit(id, (unit::Column::ParentId, value), |directory, unit| {
            if unit.closed_at.is_some() {
                return Err(ServiceError::invalid("unit", Fault::Retired));
            }
            if unit.parent_id.is_none() || directory.is_within(parent, id) {
                return Err(ServiceError::invalid("parent", Fault::WrongPlace));
            }
            let kind = UnitKind::from_code(&unit.kind).unwrap_or(UnitKind::Unit);
            refuse_place(directory, (&unit.name, kind, Some(id)), Some(parent))
        })
        .await
    }

    /// Closes a unit: no one can be hired into it, and no list to choose from shows it. What happened
    /// there stays. Roles held there and standing referrals to it end.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`Fault::InUse`] while people work there (field `people`) or open
    /// units are below it (field `units`), [`Fault::WrongPlace`] for the municipality, and
    /// [`Fault::Retired`] for one that is closed.
    pub async fn close_unit(&self, id: UnitId) -> Result<(), ServiceError> {
        let writing = self.services.store().begin().await?;
        hold_bank(&writing).await?;
        let held = unit::Entity::find_by_id(id.key()).lock_exclusive().one(&writing).await?;
        let held = held.ok_or(ServiceError::NotFound)?;
        if held.closed_at.is_some() {
            return Err(ServiceError::invalid("unit", Fault::Retired));
        }
        if held.parent_id.is_none() {
            return Err(ServiceError::invalid("unit", Fault::WrongPlace));
        }
        let below = unit::Entity::find()
            .filter(unit::Column::ParentId.eq(id.key()))
            .filter(unit::Column::ClosedAt.is_null());
        if below.count(&writing).await? > 0 {
            return Err(ServiceError::invalid("units", Fault::InUse));
        }
        let until = employment::Column::UntilAt;
        let there = employment::Entity::find()
            .filter(employment::Column::UnitId.eq(id.key()))
            .filter(until.is_null().or(until.gt(self.now.0)));
        if there.count(&writing).await? > 0 {
            return Err(ServiceError::invalid("people", Fault::InUse));
        }
        let ended = self.end_what_counts_in(&writing, id).await?;
        unit::Entity::update_many()
            .col_expr(unit::Column::ClosedAt, Expr::value(self.now.0))
            .filter(unit::Column::Id.eq(id.key()))
            .exec(&writing)
            .await?;
        self.organisation_changed(writing).await?;
        for one in ended {
            let entry = Entry { reason: Some("unit_closed"), ..by_operator() };
            one.record(self.services, "role_removed", entry).await;
        }
        Ok(())
    }

    /// Ends roles held in a unit, with the sessions of those who hold them, and its standing
    /// referrals. Returns whose roles these were.
    async fn end_what_counts_in(
        &self,
        writing: &WriteTransaction,
        id: UnitId,
    ) -> Result<Vec<Affected>, ServiceError> {
        let held_there =
            role_grant::Column::UnitId.eq(id.key()).and(role_grant::Column::UntilAt.is_null());
        let holders: Vec<uuid::Uuid> = role_grant::Entity::find()
            .select_only()
            .column(role_grant::Column::PersonId)
            .distinct()
            .filter(held_there.clone())
            .into_tuple()
            .all(writing)
            .await?;
        role_grant::Entity::update_many()
            .col_expr(role_grant::Column::UntilAt, Expr::value(self.now.0))
            .filter(held_there)
            .exec(writing)
            .await?;
        let mut affected = Vec::with_capacity(holders.len());
        for holder in holders {
            affected.push(Affected::sign_out(writing, holder.id()).await?);
        }
        standing_referral::Entity::update_many()
            .col_expr(standing_referral::Column::UntilAt, Expr::value(self.now.0))
            .filter(standing_referral::Column::UnitId.eq(id.key()))
            .filter(standing_referral::Column::UntilAt.is_null())
            .exec(writing)
            .await?;
        Ok(affected)
    }

    /// Opens a closed unit again, where it was.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`Fault::Changed`] for one that is open, a parent that is closed, or
    /// one that has a unit of its name by now.
    pub async fn reopen_unit(&self, id: UnitId) -> Result<(), ServiceError> {
        let value = Expr::value(None::<i64>);
        self.change_unit(id, (unit::Column::ClosedAt, value), |directory, unit| {
            if unit.closed_at.is_none() {
                return Err(ServiceError::invalid("unit", Fault::Changed));
            }
            let kind = UnitKind::from_code(&unit.kind).unwrap_or(UnitKind::Unit);
            refuse_place(directory, (&unit.name, kind, Some(id)), unit.parent_id.map(Key::id))
        })
        .await
    }
}
