//! Taking a lesson: where one is, what one has seen, ticked and watched.

use kvarten_domain::{
    Fault, StepId, VersionId,
    lesson::{LessonOutline, Place, StepBody, StepPage},
};
use kvarten_entity::{Column, attempt, step_state, visit};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use super::Learner;
use crate::{
    ServiceError,
    bank::{Bank, LessonEntry},
    store::WriteTransaction,
};

/// The most items of a checklist that are remembered.
const MAX_TICKS: u8 = 63;
/// The longest film, in seconds, whose place is remembered.
const MAX_SECONDS: u32 = 24 * 3_600;

/// A step of a published lesson.
struct StepPlace {
    version: VersionId,
    step: StepId,
    number: u8,
}

fn step_place(bank: &Bank, slug: &str, number: u8) -> Result<StepPlace, ServiceError> {
    let entry = bank.by_slug(slug).ok_or(ServiceError::NotFound)?;
    let step = entry.steps.iter().find(|step| step.number == number);
    let step = step.ok_or(ServiceError::NotFound)?;
    Ok(StepPlace { version: entry.version, step: step.id, number })
}

impl Learner<'_> {
    /// A lesson and how far one has come.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where no such lesson is published.
    pub async fn lesson(&self, slug: &str) -> Result<LessonOutline, ServiceError> {
        let bank = self.services.bank().await?;
        let entry = bank.by_slug(slug).ok_or(ServiceError::NotFound)?;
        self.outline(&bank, entry).await
    }

    pub(super) async fn outline(
        &self,
        bank: &Bank,
        entry: &LessonEntry,
    ) -> Result<LessonOutline, ServiceError> {
        let begun = self.begun().await?;
        let latest = attempt::Entity::find()
            .filter(attempt::Column::PersonId.eq(self.who.id.key()))
            .filter(attempt::Column::VersionId.eq(entry.version.key()))
            .order_by_desc(attempt::Column::Number)
            .one(self.services.store().read())
            .await?;
        let climbed = match &latest {
            None => 0,
            Some(attempt) if attempt.topped_at.is_some() => entry.rungs,
            Some(attempt) => self.rungs_climbed(entry.version, attempt).await?,
        };
        Ok(LessonOutline {
            slug: entry.slug.clone(),
            lang: entry.lang.clone(),
            title: entry.title.clone(),
            summary: entry.summary.clone(),
            system: bank.system_of(entry).name(),
            level: entry.level,
            minutes: entry.minutes,
            routine: entry.routine.clone(),
            steps: begun.steps(entry),
            rungs: entry.rungs,
            rungs_climbed: climbed,
            progress: self.progress(&begun, entry),
            resume: begun.place(entry),
        })
    }

    /// A step and what one has done with it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such lesson or step.
    pub async fn step(&self, slug: &str, number: u8) -> Result<StepPage, ServiceError> {
        let bank = self.services.bank().await?;
        let place = step_place(&bank, slug, number)?;
        let entry = bank.by_slug(slug).ok_or(ServiceError::NotFound)?;
        let content = self.services.content(place.version).await?;
        let body = content.steps.get(usize::from(number) - 1).ok_or(ServiceError::NotFound)?;
        let state = step_state::Entity::find_by_id((self.who.id.key(), place.step.key()))
            .one(self.services.store().read())
            .await?;
        let ticked = state.as_ref().map_or(0, |state| state.ticks);
        Ok(StepPage {
            outline: self.outline(&bank, entry).await?,
            number,
            body: body.clone(),
            ticks: (0..MAX_TICKS).filter(|item| ticked >> item & 1 == 1).collect(),
            video_seconds: state.map_or(0, |state| u32::try_from(state.video_seconds).unwrap_or(0)),
        })
    }

    /// Notes that a step is open, so that any device can go on there.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such lesson or step.
    pub async fn open_step(&self, slug: &str, number: u8) -> Result<(), ServiceError> {
        let place = step_place(&*self.services.bank().await?, slug, number)?;
        let writing = self.services.store().begin().await?;
        self.visit(&writing, place.version, Some(place.step)).await?;
        writing.commit().await?;
        Ok(())
    }

    /// Notes that a step has been gone through, with the items ticked where it is a checklist,
    /// and says where to go next. Done twice, it is the same.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], or an item the checklist does not have.
    pub async fn finish_step(
        &self,
        slug: &str,
        number: u8,
        ticks: Option<&[u8]>,
    ) -> Result<Place, ServiceError> {
        let bank = self.services.bank().await?;
        let place = step_place(&bank, slug, number)?;
        let entry = bank.by_slug(slug).ok_or(ServiceError::NotFound)?;
        let mut state = self.state(&place);
        let mut changed = vec![step_state::Column::SeenAt];
        state.seen_at = Set(Some(self.now.0));
        if let Some(ticks) = ticks {
            state.ticks = Set(self.tick_mask(&place, ticks).await?);
            changed.push(step_state::Column::Ticks);
        }
        let next = entry.steps.iter().find(|step| step.number == place.number + 1);
        let writing = self.services.store().begin().await?;
        self.visit(&writing, place.version, next.map(|step| step.id).or(Some(place.step))).await?;
        self.write_state(&writing, state, &changed).await?;
        self.complete_if_done(&writing, &bank, entry).await?;
        writing.commit().await?;
        Ok(next.map_or(Place::Ladder, |step| Place::Step(step.number)))
    }

    /// Ticks an item of a checklist, or takes the tick back. The others stay as they are, whatever
    /// order quick ticks arrive in.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], or an item the checklist does not have.
    pub async fn tick(
        &self,
        slug: &str,
        number: u8,
        item: u8,
        is_on: bool,
    ) -> Result<(), ServiceError> {
        let place = step_place(&*self.services.bank().await?, slug, number)?;
        let bit = self.tick_mask(&place, &[item]).await?;
        let mut state = self.state(&place);
        state.ticks = Set(if is_on { bit } else { 0 });
        let before = Expr::col((step_state::Entity, step_state::Column::Ticks));
        let after = if is_on { before.bit_or(bit) } else { before.bit_and(!bit) };
        let ticked =
            OnConflict::columns([step_state::Column::PersonId, step_state::Column::StepId])
                .value(step_state::Column::Ticks, after)
                .to_owned();
        let writing = self.services.store().begin().await?;
        self.visit(&writing, place.version, Some(place.step)).await?;
        step_state::Entity::insert(state)
            .on_conflict(ticked)
            .exec_without_returning(&writing)
            .await?;
        writing.commit().await?;
        Ok(())
    }

    /// Keeps where in a film one is.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such step or it is no film.
    pub async fn watch(&self, slug: &str, number: u8, seconds: u32) -> Result<(), ServiceError> {
        let place = step_place(&*self.services.bank().await?, slug, number)?;
        let content = self.services.content(place.version).await?;
        let Some(StepBody::Video { .. }) = content.steps.get(usize::from(number) - 1) else {
            return Err(ServiceError::NotFound);
        };
        let mut state = self.state(&place);
        let seconds = i32::try_from(Ord::min(seconds, MAX_SECONDS)).unwrap_or(0);
        state.video_seconds = Set(seconds);
        let writing = self.services.store().begin().await?;
        self.visit(&writing, place.version, Some(place.step)).await?;
        self.write_state(&writing, state, &[step_state::Column::VideoSeconds]).await?;
        writing.commit().await?;
        Ok(())
    }

    async fn tick_mask(&self, place: &StepPlace, ticks: &[u8]) -> Result<i64, ServiceError> {
        let content = self.services.content(place.version).await?;
        let Some(StepBody::Checklist { items, .. }) =
            content.steps.get(usize::from(place.number) - 1)
        else {
            return Err(ServiceError::NotFound);
        };
        let mut mask = 0i64;
        for &item in ticks {
            if usize::from(item) >= items.len() || item >= MAX_TICKS {
                return Err(ServiceError::invalid("ticks", Fault::UnknownOption));
            }
            mask |= 1 << item;
        }
        Ok(mask)
    }

    fn state(&self, place: &StepPlace) -> step_state::ActiveModel {
        step_state::ActiveModel {
            person_id: Set(self.who.id.key()),
            step_id: Set(place.step.key()),
            version_id: Set(place.version.key()),
            seen_at: Set(None),
            ticks: Set(0),
            video_seconds: Set(0),
        }
    }

    /// Writes the named columns of a step's state; when it was first seen stays as it was.
    async fn write_state(
        &self,
        writing: &WriteTransaction,
        state: step_state::ActiveModel,
        changed: &[step_state::Column],
    ) -> Result<(), ServiceError> {
        let mut conflict =
            OnConflict::columns([step_state::Column::PersonId, step_state::Column::StepId]);
        for &column in changed {
            if matches!(column, step_state::Column::SeenAt) {
                let first = Expr::col((step_state::Entity, column)).if_null(Expr::val(self.now.0));
                conflict.value(column, first);
            } else {
                conflict.update_column(column);
            }
        }
        step_state::Entity::insert(state)
            .on_conflict(conflict)
            .exec_without_returning(writing)
            .await?;
        Ok(())
    }

    /// Notes where in a lesson one is: at a step, or else on the ladder. The row also serialises
    /// everything that may complete it.
    pub(super) async fn visit(
        &self,
        writing: &WriteTransaction,
        version: VersionId,
        step: Option<StepId>,
    ) -> Result<(), ServiceError> {
        let row = visit::ActiveModel {
            person_id: Set(self.who.id.key()),
            version_id: Set(version.key()),
            step_id: Set(step.map(Column::key)),
            started_at: Set(self.now.0),
            visited_at: Set(self.now.0),
        };
        visit::Entity::insert(row)
            .on_conflict(visited_again())
            .exec_without_returning(writing)
            .await?;
        Ok(())
    }
}

/// Who has been in a lesson before is somewhere else in it now.
pub(super) fn visited_again() -> OnConflict {
    OnConflict::columns([visit::Column::PersonId, visit::Column::VersionId])
        .update_columns([visit::Column::VisitedAt, visit::Column::StepId])
        .to_owned()
}
