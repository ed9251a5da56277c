//! Completing a lesson: all steps seen and the top rung climbed gives evidence, and points once.

use kvarten_domain::{
    LessonId, PersonId, Timestamp, UnitId,
    lesson::is_completed,
    points::{Earning, Thing, for_completion},
};
use kvarten_entity::{Column, attempt, evidence, points_entry, step_state};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};
use uuid::Uuid;

use super::Learner;
use crate::{
    ServiceError,
    bank::{Bank, LessonEntry},
    competence::remake_facts,
    store::WriteTransaction,
};

/// The ledger's kind for a question's own points.
pub(super) const QUESTION: &str = "question";

/// The ledger's kind for a completed lesson.
pub(super) const LESSON: &str = "lesson";

/// The ledger's key for a thing: kind and subject.
pub(super) fn ledger_key(thing: Thing) -> (&'static str, Uuid) {
    match thing {
        Thing::Question(question) => (QUESTION, question.key()),
        Thing::Refresher(question) => ("refresher", question.key()),
        Thing::Lesson(lesson) => (LESSON, lesson.key()),
    }
}

/// The line of the ledger for something earned by a person, in the unit they belonged to then.
pub(crate) fn ledger_row(
    person: PersonId,
    unit: Option<UnitId>,
    lesson: LessonId,
    earning: Earning,
    at: Timestamp,
) -> points_entry::ActiveModel {
    let (kind, subject) = ledger_key(earning.thing);
    points_entry::ActiveModel {
        person_id: Set(person.key()),
        kind: Set(kind.to_owned()),
        subject_id: Set(subject),
        lesson_id: Set(lesson.key()),
        unit_id: Set(unit.map(Column::key)),
        points: Set(i32::try_from(earning.points).unwrap_or(i32::MAX)),
        earned_at: Set(at.0),
    }
}

/// What was earned before is not earned again.
pub(super) fn once_each() -> OnConflict {
    OnConflict::columns([
        points_entry::Column::PersonId,
        points_entry::Column::Kind,
        points_entry::Column::SubjectId,
    ])
    .do_nothing()
    .to_owned()
}

impl Learner<'_> {
    /// Gives evidence and points if the lesson is completed now. The caller has written this
    /// person's visit row in the same transaction, so that two devices finishing the two halves
    /// at once cannot both overlook the other.
    pub(super) async fn complete_if_done(
        &self,
        writing: &WriteTransaction,
        bank: &Bank,
        entry: &LessonEntry,
    ) -> Result<bool, ServiceError> {
        let me = self.who.id.key();
        let topped = attempt::Entity::find()
            .filter(attempt::Column::PersonId.eq(me))
            .filter(attempt::Column::VersionId.eq(entry.version.key()))
            .filter(attempt::Column::ToppedAt.is_not_null())
            .order_by_desc(attempt::Column::ToppedAt)
            .order_by_desc(attempt::Column::Number)
            .one(writing)
            .await?;
        let Some(topped) = topped else { return Ok(false) };
        let seen = step_state::Entity::find()
            .filter(step_state::Column::PersonId.eq(me))
            .filter(step_state::Column::VersionId.eq(entry.version.key()))
            .filter(step_state::Column::SeenAt.is_not_null())
            .count(writing)
            .await?;
        let seen = usize::try_from(seen).unwrap_or(usize::MAX);
        if !is_completed(seen, entry.steps.len(), true) {
            return Ok(false);
        }
        // What holds for good need not be shown again; what ends is renewed by a later climb.
        let holds_for_good = evidence::Entity::find()
            .filter(evidence::Column::PersonId.eq(me))
            .filter(evidence::Column::VersionId.eq(entry.version.key()))
            .filter(evidence::Column::ExpiresAt.is_null())
            .count(writing)
            .await?;
        if holds_for_good == 0 {
            self.give_evidence(writing, bank, entry, topped.id).await?;
        }
        self.earn(writing, entry, for_completion(entry.lesson)).await?;
        Ok(true)
    }

    /// Evidence of a lesson, by the climb that reached the top; once for each climb.
    async fn give_evidence(
        &self,
        writing: &WriteTransaction,
        bank: &Bank,
        entry: &LessonEntry,
        attempt: Uuid,
    ) -> Result<(), ServiceError> {
        let system = bank.system_of(entry);
        let months = system.months(entry.level, self.now);
        let expires = months.map(|months| self.services.calendar().plus_months(self.now, months).0);
        let row = evidence::ActiveModel {
            person_id: Set(self.who.id.key()),
            attempt_id: Set(attempt),
            version_id: Set(entry.version.key()),
            lesson_id: Set(entry.lesson.key()),
            system_id: Set(system.id.key()),
            level: Set(i16::from(entry.level.number())),
            earned_at: Set(self.now.0),
            expires_at: Set(expires),
        };
        let once = OnConflict::columns([evidence::Column::PersonId, evidence::Column::AttemptId])
            .do_nothing()
            .to_owned();
        let written =
            evidence::Entity::insert(row).on_conflict(once).exec_without_returning(writing).await?;
        if written > 0 {
            remake_facts(writing, self.who.id, self.now).await?;
        }
        Ok(())
    }

    /// Writes points into the ledger; what was earned before earns nothing. The points given.
    pub(super) async fn earn(
        &self,
        writing: &WriteTransaction,
        entry: &LessonEntry,
        earning: Earning,
    ) -> Result<u32, ServiceError> {
        let row = ledger_row(self.who.id, self.who.unit_id(), entry.lesson, earning, self.now);
        let written = points_entry::Entity::insert(row)
            .on_conflict(once_each())
            .exec_without_returning(writing)
            .await?;
        Ok(if written == 0 { 0 } else { earning.points })
    }
}
