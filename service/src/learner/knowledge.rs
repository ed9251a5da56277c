//! "Kunskaper", and what a completed lesson brought.

use std::collections::{BTreeMap, BTreeSet};

use kvarten_domain::{
    Level, Locale, Timestamp,
    knowledge::{EvidenceLine, KnowledgePage, LevelKnowledge, SystemKnowledge},
    ladder::Quiz,
    lesson::{LessonOutline, LessonSummary, Progress, RungPoints},
    level::{RequiredLesson, shown_level},
};
use kvarten_entity::{Column, Key, answer, attempt, evidence, points_entry};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{Learner, completion::LESSON};
use crate::{
    ServiceError,
    bank::{Bank, LessonEntry},
};

/// One person's unexpired evidence.
struct Held(Vec<evidence::Model>);

impl Held {
    fn has(&self, entry: &LessonEntry) -> bool {
        self.0.iter().any(|row| row.lesson_id == entry.lesson.key())
    }

    /// The required lessons of a system, and which of them are completed.
    fn required(&self, bank: &Bank, system: usize) -> Vec<RequiredLesson> {
        let of_system =
            bank.lessons.iter().filter(|entry| entry.system == system && entry.is_required);
        of_system
            .map(|entry| RequiredLesson { level: entry.level, is_completed: self.has(entry) })
            .collect()
    }
}

fn holds(row: &evidence::Model, now: Timestamp) -> bool {
    row.expires_at.is_none_or(|until| until > now.0)
}

impl Learner<'_> {
    async fn evidence(&self) -> Result<Vec<evidence::Model>, ServiceError> {
        Ok(evidence::Entity::find()
            .filter(evidence::Column::PersonId.eq(self.who.id.key()))
            .order_by_desc(evidence::Column::EarnedAt)
            .all(self.services.store().read())
            .await?)
    }

    /// What one has shown, system by system. Two statements.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn knowledge(&self, locale: Locale) -> Result<KnowledgePage, ServiceError> {
        let bank = self.services.bank().await?;
        let all = self.evidence().await?;
        let calendar = self.services.calendar();
        let line = |row: &evidence::Model| {
            let entry = bank.by_lesson(row.lesson_id.id())?;
            Some(EvidenceLine {
                lesson: entry.title.clone(),
                lang: entry.lang.clone(),
                slug: entry.slug.clone(),
                system: bank.system_of(entry).name.clone(),
                level: entry.level,
                on: calendar.date(Timestamp(row.earned_at)),
                until: row.expires_at.map(|until| calendar.date(Timestamp(until))),
            })
        };
        let evidence = all.iter().filter_map(line).collect();
        let held = Held(all.into_iter().filter(|row| holds(row, self.now)).collect());
        let systems = (0..bank.systems.len())
            .map(|system| system_knowledge(&bank, &held, system, locale))
            .collect();
        Ok(KnowledgePage { systems, evidence })
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
        let held =
            Held(self.evidence().await?.into_iter().filter(|row| holds(row, self.now)).collect());
        let earned = points_entry::Entity::find()
            .filter(points_entry::Column::PersonId.eq(self.who.id.key()))
            .filter(points_entry::Column::LessonId.eq(entry.lesson.key()))
            .all(self.services.store().read())
            .await?;
        let points = |row: &points_entry::Model| u32::try_from(row.points).unwrap_or(0);
        let shown = shown_level(&held.required(bank, entry.system));
        let meaning = shown.map(|level| bank.system_of(entry).meaning(level, locale));
        let is_of_this_climb = |row: &&points_entry::Model| {
            row.kind == LESSON && row.earned_at >= climb.attempt.started_at
        };
        let is_missing = |other: &&LessonEntry| {
            other.system == entry.system
                && other.level <= entry.level
                && other.is_required
                && !held.has(other)
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

/// What is shown of one system.
fn system_knowledge(bank: &Bank, held: &Held, system: usize, locale: Locale) -> SystemKnowledge {
    let required = held.required(bank, system);
    let entry = &bank.systems[system];
    let count = |level: Level, is_completed: bool| {
        let of_level = required.iter().filter(|lesson| lesson.level == level);
        let counted = of_level.filter(|lesson| lesson.is_completed || !is_completed).count();
        u32::try_from(counted).unwrap_or(u32::MAX)
    };
    let levels = Level::ALL.map(|level| LevelKnowledge {
        level,
        meaning: entry.meaning(level, locale),
        done: count(level, true),
        required: count(level, false),
    });
    let mut of_system = bank.lessons.iter().filter(|lesson| lesson.system == system);
    SystemKnowledge {
        system: entry.name(),
        about: entry.about.clone(),
        shown: shown_level(&required),
        levels: levels.into(),
        next: of_system.find(|lesson| !held.has(lesson)).map(|lesson| bank.link(lesson)),
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
