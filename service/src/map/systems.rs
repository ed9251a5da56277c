//! Systems: what the municipality works with, since when and until when.

use kvarten_domain::{Fault, LessonId, Level, SystemId, Timestamp};
use kvarten_entity::{Column, lesson, level_validity, required_lesson, system};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::Expr,
};
use uuid::Uuid;

use super::{
    Map, StatementEdit, at_most, filled, free_code, hold, hold_bank, state,
    statements::{is_so, rows_of, texts_of},
};
use crate::{ServiceError, store::WriteTransaction, text::identity_key};

/// A system as it is to be.
#[derive(Clone, Debug, Default)]
pub struct SystemEdit {
    /// On screen: 1–60 characters, nobody else's.
    pub name: String,
    /// What it is for, at most 160 characters.
    pub about: String,
    /// Who answers for it in the municipality, at most 80 characters.
    pub owner: String,
    /// When it was taken into use; none where it always was.
    pub since: Option<Timestamp>,
    /// When it is no longer used; none where nobody has decided that.
    pub retired: Option<Timestamp>,
}

/// What stands at `/karta/…` or `/kunskaper/…` and is no system.
const RESERVED: [&str; 4] = ["insyn", "krav", "laget", "program"];

/// The most months evidence may be said to hold.
const MOST_MONTHS: u8 = 120;

impl Map<'_> {
    /// Adds a system, last in the order of the municipality. Its code is made from the name.
    ///
    /// # Errors
    /// A name that is empty, too long or taken, or dates the wrong way round.
    pub async fn create_system(
        &self,
        id: SystemId,
        edit: &SystemEdit,
    ) -> Result<String, ServiceError> {
        self.add_system(id, None, edit).await
    }

    /// Adds a system under a code.
    pub(crate) async fn add_system(
        &self,
        id: SystemId,
        code: Option<&str>,
        edit: &SystemEdit,
    ) -> Result<String, ServiceError> {
        let writing = self.services.store().begin().await?;
        hold_bank(&writing).await?;
        if let Some(known) = system::Entity::find_by_id(id.key()).one(&writing).await? {
            // Sent twice, or something else under an id that is somebody's.
            let is_same = identity_key(&known.name) == identity_key(&edit.name);
            return if is_same { Ok(known.code) } else { Err(ServiceError::IdTaken) };
        }
        let row = checked(&writing, id, edit).await?;
        let code = if let Some(code) = code {
            code.to_owned()
        } else {
            let systems = system::Entity::find().all(&writing).await?;
            let is_taken = |code: &str| {
                RESERVED.contains(&code) || systems.iter().any(|other| other.code == code)
            };
            free_code(&edit.name, "system", is_taken)
        };
        let position = system::Entity::find().count(&writing).await? + 1;
        let row = system::ActiveModel {
            id: Set(id.key()),
            code: Set(code.clone()),
            position: Set(i32::try_from(position).unwrap_or(i32::MAX)),
            name: Set(row.name),
            about: Set(row.about),
            owner: Set(row.owner),
            since_at: Set(row.since_at),
            retired_at: Set(row.retired_at),
        };
        system::Entity::insert(row).exec_without_returning(&writing).await?;
        self.done(writing).await?;
        Ok(code)
    }

    /// Changes what is said of a system. Its code, and so its address, stays. `seen` is how it stood
    /// for whoever changes it; none where nobody has looked.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`Fault::Changed`] where it stands otherwise, or a field that will
    /// not do.
    pub async fn change_system(
        &self,
        id: SystemId,
        seen: Option<&str>,
        edit: &SystemEdit,
    ) -> Result<(), ServiceError> {
        let writing = self.services.store().begin().await?;
        let held = hold(&writing, id).await?;
        hold_bank(&writing).await?;
        let row = checked(&writing, id, edit).await?;
        let is = (&held.name, &held.about, &held.owner, held.since_at, held.retired_at);
        let wanted = (&row.name, &row.about, &row.owner, row.since_at, row.retired_at);
        if is == wanted {
            // Sent twice.
            return Ok(());
        }
        if let Some(seen) = seen
            && seen != system_state(is.0, is.1, is.2, (is.3, is.4))?
        {
            return Err(ServiceError::invalid("system", Fault::Changed));
        }
        let row = system::ActiveModel {
            id: Set(id.key()),
            name: Set(row.name),
            about: Set(row.about),
            owner: Set(row.owner),
            since_at: Set(row.since_at),
            retired_at: Set(row.retired_at),
            ..Default::default()
        };
        system::Entity::update(row).exec_without_returning(&writing).await?;
        self.done(writing).await
    }

    /// Changes a level: its statements and for how many months it holds. `seen` is how they stood for
    /// whoever changes them. Nothing is changed where anything will not do; sent twice, it is done
    /// once.
    ///
    /// # Errors
    /// Those of [`Self::set_statements`] and [`Self::set_validity`]; [`Fault::Changed`] where they
    /// stand otherwise.
    pub async fn change_level(
        &self,
        system: SystemId,
        level: Level,
        seen: &str,
        edits: &[StatementEdit],
        months: Option<u8>,
    ) -> Result<(), ServiceError> {
        let texts = texts_of(edits)?;
        are_months(months)?;
        let writing = self.services.store().begin().await?;
        hold(&writing, system).await?;
        let rows = rows_of(&writing, system, level).await?;
        let held = validity(&writing, system, level).await?;
        let is_said = is_so(&rows, edits, &texts);
        if is_said && held.as_ref().map(|row| row.months) == months.map(i16::from) {
            return Ok(());
        }
        let current = rows.iter().filter(|row| row.until_at.is_none()).map(|row| row.id);
        let holds = held.as_ref().and_then(|row| u8::try_from(row.months).ok());
        if seen != level_state(current, holds)? {
            return Err(ServiceError::invalid("statement", Fault::Changed));
        }
        if !is_said {
            self.put_statements(&writing, (system, level), rows, edits, texts).await?;
        }
        self.put_validity(&writing, (system, level), held, months).await?;
        self.done(writing).await
    }

    /// Says for how many months evidence of a level holds that is earned from now on; for good
    /// where there is no number. What has been earned keeps its date.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], or a number of months that is 0 or above 120.
    pub async fn set_validity(
        &self,
        system: SystemId,
        level: Level,
        months: Option<u8>,
    ) -> Result<(), ServiceError> {
        are_months(months)?;
        let writing = self.services.store().begin().await?;
        hold(&writing, system).await?;
        let held = validity(&writing, system, level).await?;
        self.put_validity(&writing, (system, level), held, months).await?;
        self.done(writing).await
    }

    async fn put_validity(
        &self,
        writing: &WriteTransaction,
        (system, level): (SystemId, Level),
        held: Option<level_validity::Model>,
        months: Option<u8>,
    ) -> Result<(), ServiceError> {
        if held.as_ref().map(|row| row.months) == months.map(i16::from) {
            return Ok(());
        }
        if let Some(held) = held {
            level_validity::Entity::update_many()
                .col_expr(level_validity::Column::UntilAt, Expr::value(self.now.0))
                .filter(level_validity::Column::Id.eq(held.id))
                .exec(writing)
                .await?;
        }
        if let Some(months) = months {
            let row = level_validity::ActiveModel {
                id: Set(Uuid::now_v7()),
                system_id: Set(system.key()),
                level: Set(i16::from(level.number())),
                months: Set(i16::from(months)),
                from_at: Set(self.now.0),
                until_at: Set(None),
            };
            level_validity::Entity::insert(row).exec_without_returning(writing).await?;
        }
        Ok(())
    }

    /// Says whether a lesson is required for its level from now on.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn set_required_lesson(
        &self,
        lesson: LessonId,
        is_required: bool,
    ) -> Result<(), ServiceError> {
        let writing = self.services.store().begin().await?;
        require_lesson(&writing, lesson.key(), is_required, self.now).await?;
        self.done(writing).await
    }
}

/// Notes whether a lesson is required from now on; nothing where it already is so.
pub(crate) async fn require_lesson(
    writing: &WriteTransaction,
    lesson: Uuid,
    is_required: bool,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let held = lesson::Entity::find_by_id(lesson).lock_exclusive().one(writing).await?;
    held.ok_or(ServiceError::NotFound)?;
    let open = required_lesson::Entity::find()
        .filter(required_lesson::Column::LessonId.eq(lesson))
        .filter(required_lesson::Column::UntilAt.is_null())
        .one(writing)
        .await?;
    match (open, is_required) {
        (None, true) => {
            let row = required_lesson::ActiveModel {
                id: Set(Uuid::now_v7()),
                lesson_id: Set(lesson),
                from_at: Set(now.0),
                until_at: Set(None),
            };
            required_lesson::Entity::insert(row).exec_without_returning(writing).await?;
        }
        (Some(open), false) => {
            required_lesson::Entity::update_many()
                .col_expr(required_lesson::Column::UntilAt, Expr::value(now.0))
                .filter(required_lesson::Column::Id.eq(open.id))
                .exec(writing)
                .await?;
        }
        (None, false) | (Some(_), true) => {}
    }
    Ok(())
}

/// How long a level holds from now on.
async fn validity(
    writing: &WriteTransaction,
    system: SystemId,
    level: Level,
) -> Result<Option<level_validity::Model>, ServiceError> {
    let of_level = level_validity::Entity::find()
        .filter(level_validity::Column::SystemId.eq(system.key()))
        .filter(level_validity::Column::Level.eq(i16::from(level.number())))
        .filter(level_validity::Column::UntilAt.is_null());
    Ok(of_level.one(writing).await?)
}

/// How a system stands.
pub(crate) fn system_state(
    name: &str,
    about: &str,
    owner: &str,
    (since, retired): (Option<i64>, Option<i64>),
) -> Result<String, ServiceError> {
    state((name, about, owner, since, retired))
}

/// How a level stands: the wordings of its statements in order, and for how long it holds.
pub(crate) fn level_state(
    statements: impl Iterator<Item = Uuid>,
    months: Option<u8>,
) -> Result<String, ServiceError> {
    state((statements.collect::<Vec<_>>(), months))
}

/// What an edit makes of a system.
struct Checked {
    name: String,
    about: String,
    owner: String,
    since_at: Option<i64>,
    retired_at: Option<i64>,
}

async fn checked(
    writing: &WriteTransaction,
    id: SystemId,
    edit: &SystemEdit,
) -> Result<Checked, ServiceError> {
    let name = filled("name", &edit.name, 60)?;
    let key = identity_key(&name);
    let others =
        system::Entity::find().filter(system::Column::Id.ne(id.key())).all(writing).await?;
    if others.iter().any(|other| identity_key(&other.name) == key) {
        return Err(ServiceError::invalid("name", Fault::Taken));
    }
    if let (Some(since), Some(retired)) = (edit.since, edit.retired)
        && retired <= since
    {
        return Err(ServiceError::invalid("retired", Fault::EndsTooEarly));
    }
    Ok(Checked {
        name,
        about: at_most("about", &edit.about, 160)?,
        owner: at_most("owner", &edit.owner, 80)?,
        since_at: edit.since.map(|at| at.0),
        retired_at: edit.retired.map(|at| at.0),
    })
}

fn are_months(months: Option<u8>) -> Result<(), ServiceError> {
    if months.is_none_or(|months| (1..=MOST_MONTHS).contains(&months)) {
        Ok(())
    } else {
        Err(ServiceError::invalid("months", Fault::Malformed))
    }
}
