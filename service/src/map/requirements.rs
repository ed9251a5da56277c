//! Required levels: professions × systems, and where a unit asks for more.

use kvarten_domain::{
    Date, Fault, Level, ProfessionId, SystemId, Timestamp, UnitId,
    requirement::{Requirement, Requirements, may_ask},
    time::Span,
};
use kvarten_entity::{Column, Key, profession, required_level, unit};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use super::{Map, hold};
use crate::{ServiceError, store::WriteTransaction};

/// A change of what is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequirementEdit {
    /// The unit that asks for more, for itself and all below it; the municipality where none.
    pub unit: Option<UnitId>,
    /// Of whom.
    pub profession: ProfessionId,
    /// In which system.
    pub system: SystemId,
    /// What; nothing where it is to be required no more.
    pub level: Option<Level>,
    /// What the editor saw there: if it is something else meanwhile, nothing is changed.
    pub seen: Option<Level>,
    /// What the editor saw that had been decided for later, and the day it begins; likewise.
    pub seen_next: Option<(Date, Option<Level>)>,
    /// From when.
    pub from: Timestamp,
}

impl Map<'_> {
    /// Changes what is required from a day on, today or later. What was required before stays as
    /// it was; what had been decided for later is replaced. The same sent twice is done once.
    ///
    /// # Errors
    /// [`Fault::UnknownOption`] for what does not exist; [`Fault::Retired`] for a system that is
    /// not in use then; [`Fault::PastDate`] for a day that has passed; [`Fault::NotMore`] for a
    /// unit that does not ask for more; [`Fault::Changed`] where somebody else was first.
    pub async fn set_requirement(&self, edit: &RequirementEdit) -> Result<(), ServiceError> {
        if edit.from < self.services.calendar().day_start(self.now) {
            return Err(ServiceError::invalid("from", Fault::PastDate));
        }
        // Today means from this moment.
        let from = edit.from.max(self.now);
        let path = match edit.unit {
            None => Vec::new(),
            Some(unit) => self.services.bank().await?.units.path(unit),
        };
        let writing = self.services.store().begin().await?;
        let unknown = |field| ServiceError::invalid(field, Fault::UnknownOption);
        let held = hold(&writing, edit.system).await.map_err(|_| unknown("system"))?;
        let known = profession::Entity::find_by_id(edit.profession.key()).one(&writing).await?;
        known.ok_or(unknown("profession"))?;
        if let Some(id) = edit.unit {
            let known = unit::Entity::find_by_id(id.key()).one(&writing).await?;
            known.filter(|unit| unit.closed_at.is_none()).ok_or(unknown("unit"))?;
        }
        let is_in_use = held.since_at.is_none_or(|since| since <= from.0)
            && held.retired_at.is_none_or(|retired| from.0 < retired);
        if edit.level.is_some() && !is_in_use {
            return Err(ServiceError::invalid("system", Fault::Retired));
        }
        let rows = required_level::Entity::find()
            .filter(required_level::Column::ProfessionId.eq(edit.profession.key()))
            .filter(required_level::Column::SystemId.eq(edit.system.key()))
            .all(&writing)
            .await?;
        let all: Requirements = rows.iter().filter_map(requirement).collect();
        if Self::is_so(edit, &all, from) {
            return Ok(());
        }
        if self.seen(edit, &all) != (edit.seen, edit.seen_next) {
            return Err(ServiceError::invalid("level", Fault::Changed));
        }
        if let (Some(_), Some(asked)) = (edit.unit, edit.level) {
            let above = path.get(1..).unwrap_or_default();
            let above = all.level(above, edit.profession, edit.system, from);
            may_ask(asked, above).map_err(|fault| ServiceError::invalid("level", fault))?;
        }
        let mine = rows.iter().filter(|row| row.unit_id == edit.unit.map(Column::key));
        for row in mine {
            clear_from(&writing, row, from).await?;
        }
        if let Some(level) = edit.level {
            let row = required_level::ActiveModel {
                id: Set(Uuid::now_v7()),
                unit_id: Set(edit.unit.map(Column::key)),
                profession_id: Set(edit.profession.key()),
                system_id: Set(edit.system.key()),
                level: Set(i16::from(level.number())),
                from_at: Set(from.0),
                until_at: Set(None),
            };
            required_level::Entity::insert(row).exec_without_returning(&writing).await?;
        }
        self.done(writing).await
    }

    /// Whether it is from a point in time on as it is to be: as when it is sent again.
    fn is_so(edit: &RequirementEdit, all: &Requirements, from: Timestamp) -> bool {
        let (unit, profession, system) = (edit.unit, edit.profession, edit.system);
        all.own_level(unit, profession, system, from) == edit.level
            && all.next_change(unit, profession, system, from).is_none()
    }

    /// What an editor would see there now, and what is decided for later.
    fn seen(
        &self,
        edit: &RequirementEdit,
        all: &Requirements,
    ) -> (Option<Level>, Option<(Date, Option<Level>)>) {
        let (unit, profession, system) = (edit.unit, edit.profession, edit.system);
        let next = all.next_change(unit, profession, system, self.now);
        (
            all.own_level(unit, profession, system, self.now),
            next.map(|(at, level)| (self.services.calendar().date(at), level)),
        )
    }
}

fn requirement(row: &required_level::Model) -> Option<Requirement> {
    Some(Requirement {
        unit: row.unit_id.map(Key::id),
        profession: row.profession_id.id(),
        system: row.system_id.id(),
        level: Level::new(u8::try_from(row.level).ok()?)?,
        span: Span { from: Timestamp(row.from_at), until: row.until_at.map(Timestamp) },
    })
}

/// Ends a requirement where it reaches beyond a point in time; takes it away where it begins then.
async fn clear_from(
    writing: &WriteTransaction,
    row: &required_level::Model,
    from: Timestamp,
) -> Result<(), ServiceError> {
    if row.from_at >= from.0 {
        required_level::Entity::delete_by_id(row.id).exec(writing).await?;
    } else if row.until_at.is_none_or(|until| until > from.0) {
        required_level::Entity::update_many()
            .col_expr(required_level::Column::UntilAt, Expr::value(from.0))
            .filter(required_level::Column::Id.eq(row.id))
            .exec(writing)
            .await?;
    }
    Ok(())
}
