//! "Kunskaper", and what a completed lesson brought.

use std::collections::{BTreeMap, BTreeSet};

use kvarten_domain::{
    Date, Locale,
    knowledge::{LookLine, MOST_LOOKS, Portrait, SystemPage},
    ladder::Quiz,
    lesson::{LessonOutline, LessonSummary, Progress, RungPoints},
};
use kvarten_entity::{Column, Key, answer, attempt, points_entry};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Learner, completion::LESSON};
use crate::{
    ServiceError,
    bank::{Bank, LessonEntry},
    competence::{Subject, facts_of, looks_at, portrait, system_page},
};

impl Learner<'_> {
    /// Where one stands oneself.
    pub(super) fn subject(&self, bank: &Bank) -> Subject {
        Subject {
            person: self.who.id,
            unit: self.who.unit_id(),
            profession: self.who.profession_code().and_then(|code| bank.profession_id(code)),
        }
    }

    /// One's own picture, with an earlier day laid under it where one is asked for. Four statements
    /// at most.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn portrait(
        &self,
        then: Option<Date>,
        locale: Locale,
    ) -> Result<Portrait, ServiceError> {
        let bank = self.services.bank().await?;
        portrait(self.services, self.subject(&bank), then, self.now, locale).await
    }

    /// One system: what its levels mean, and where one stands. Two statements.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn system(&self, code: &str, locale: Locale) -> Result<SystemPage, ServiceError> {
        let bank = self.services.bank().await?;
        system_page(self.services, self.subject(&bank), code, self.now, locale).await
    }

    /// Who has looked at what is known of one, newest first: the latest [`MOST_LOOKS`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn looks(&self, locale: Locale) -> Result<Vec<LookLine>, ServiceError> {
        looks_at(self.services, self.who.id, Some(MOST_LOOKS), locale).await
    }

    /// What a climb to the top brought.
    pub(super) async fn summary(
        &self,
        bank: &Bank,
        entry: &LessonEntry,
        outline: &LessonOutline,
        climb: &TopClimb<'_>,
        locale: Locale,
    ) -> Result<LessonSummary, ServiceError> {
        let facts = facts_of(self.services.store().read(), self.who.id.key()).await?;
        let earned = points_entry::Entity::find()
            .filter(points_entry::Column::PersonId.eq(self.who.id.key()))
            .filter(points_entry::Column::LessonId.eq(entry.lesson.key()))
            .all(self.services.store().read())
            .await?;
        let points = |row: &points_entry::Model| u32::try_from(row.points).unwrap_or(0);
        let shown = bank.required_lessons.at(self.now).shown(&facts)[entry.system];
        let meaning = shown.map(|level| bank.system_of(entry).meaning(level, locale, self.now));
        let is_of_this_climb = |row: &&points_entry::Model| {
            row.kind == LESSON && row.earned_at >= climb.attempt.started_at
        };
        let is_missing = |other: &&LessonEntry| {
            other.system == entry.system
                && other.level <= entry.level
                && bank.required_lessons.is_required(other.lesson, self.now)
                && !facts.holds(other.lesson, self.now)
        };
        let begun = self.begun().await?;
        let next = self.next_lesson(bank, &begun).filter(|next| next.lesson != entry.lesson);
        Ok(LessonSummary {
            points: earned.iter().map(points).sum(),
            rungs: by_rung(climb.quiz, climb.answers),
            completion: earned.iter().filter(is_of_this_climb).map(points).sum(),
            unseen: outline.steps.iter().filter(|step| !step.is_seen).cloned().collect(),
            completed_on: match outline.progress {
                Progress::Completed { on } => Some(on),
                _ => None,
            },
            shown,
            meaning,
            missing_for_level: bank
                .lessons
                .iter()
                .filter(is_missing)
                .map(|l| bank.link(l))
                .collect(),
            next: next.map(|next| bank.link(next)),
        })
    }
}

/// A climb that has reached the top.
pub(super) struct TopClimb<'c> {
    pub(super) quiz: &'c Quiz,
    pub(super) attempt: &'c attempt::Model,
    pub(super) answers: &'c [answer::Model],
}

/// Points and questions of a climb, rung by rung. A question counts once, however often a right
/// reply to it came late.
fn by_rung(quiz: &Quiz, answers: &[answer::Model]) -> Vec<RungPoints> {
    let mut rungs: BTreeMap<u8, RungPoints> = BTreeMap::new();
    let mut counted = BTreeSet::new();
    for row in answers.iter().filter(|row| row.is_right) {
        let Some((number, question)) = quiz.find(row.question_id.id()) else { continue };
        let rung = rungs.entry(number).or_insert(RungPoints { number, questions: 0, points: 0 });
        rung.questions += u32::from(counted.insert(question.id));
        rung.points += u32::try_from(row.points).unwrap_or(0);
    }
    rungs.into_values().collect()
}
