//! "Lär": what to go on with, and the bank.

use std::collections::HashMap;

use kvarten_domain::{
    LessonId, Locale, StepId, Timestamp, VersionId,
    bank::{Filter, LearnPage, LessonCard, Resume},
    lesson::{Place, Progress, StepHead, place_to_resume},
};
use kvarten_entity::{Column, Key, evidence, step_state, visit};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::Learner;
use crate::{
    ServiceError,
    bank::{Bank, LessonEntry},
};

/// How long climbing a ladder takes, in minutes, about.
const LADDER_MINUTES: u8 = 5;

/// How far a person has come with everything they have begun.
#[derive(Debug, Default)]
pub(super) struct Begun {
    visits: HashMap<VersionId, (Option<StepId>, Timestamp)>,
    seen: HashMap<VersionId, Vec<StepId>>,
    completed: HashMap<LessonId, Timestamp>,
}

impl Begun {
    pub(super) fn completed_at(&self, lesson: LessonId) -> Option<Timestamp> {
        self.completed.get(&lesson).copied()
    }

    /// The steps of a lesson, with what this person has been through.
    pub(super) fn steps(&self, entry: &LessonEntry) -> Vec<StepHead> {
        let seen = self.seen.get(&entry.version);
        let mut steps = entry.steps.clone();
        for step in &mut steps {
            step.is_seen = seen.is_some_and(|seen| seen.contains(&step.id));
        }
        steps
    }

    pub(super) fn place(&self, entry: &LessonEntry) -> Place {
        let last_open = self.visits.get(&entry.version).and_then(|(step, _)| *step);
        place_to_resume(&self.steps(entry), last_open)
    }
}

impl Learner<'_> {
    /// Everything this person has begun. Three statements.
    pub(super) async fn begun(&self) -> Result<Begun, ServiceError> {
        let db = self.services.store().read();
        let me = self.who.id.key();
        let visits = visit::Entity::find().filter(visit::Column::PersonId.eq(me)).all(db).await?;
        let seen: Vec<(Uuid, Uuid)> = step_state::Entity::find()
            .select_only()
            .columns([step_state::Column::VersionId, step_state::Column::StepId])
            .filter(step_state::Column::PersonId.eq(me))
            .filter(step_state::Column::SeenAt.is_not_null())
            .into_tuple()
            .all(db)
            .await?;
        let completed: Vec<(Uuid, i64)> = evidence::Entity::find()
            .select_only()
            .columns([evidence::Column::LessonId, evidence::Column::EarnedAt])
            .filter(evidence::Column::PersonId.eq(me))
            .into_tuple()
            .all(db)
            .await?;
        let mut begun = Begun::default();
        for row in visits {
            let at = (row.step_id.map(Key::id), Timestamp(row.visited_at));
            begun.visits.insert(row.version_id.id(), at);
        }
        for (version, step) in seen {
            begun.seen.entry(version.id()).or_default().push(step.id());
        }
        for (lesson, at) in completed {
            let latest = begun.completed.entry(lesson.id()).or_default();
            *latest = Timestamp(at).max(*latest);
        }
        Ok(begun)
    }

    pub(super) fn progress(&self, begun: &Begun, entry: &LessonEntry) -> Progress {
        if let Some(at) = begun.completed_at(entry.lesson) {
            return Progress::Completed { on: self.services.calendar().date(at) };
        }
        if !begun.visits.contains_key(&entry.version) {
            return Progress::New;
        }
        let count = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
        Progress::Begun {
            seen: count(begun.seen.get(&entry.version).map_or(0, Vec::len)),
            of: count(entry.steps.len()),
        }
    }

    fn card(&self, bank: &Bank, begun: &Begun, entry: &LessonEntry) -> LessonCard {
        LessonCard {
            slug: entry.slug.clone(),
            lang: entry.lang.clone(),
            title: entry.title.clone(),
            summary: entry.summary.clone(),
            system: bank.system_of(entry).name(),
            level: entry.level,
            minutes: entry.minutes,
            progress: self.progress(begun, entry),
        }
    }

    fn resume(&self, bank: &Bank, begun: &Begun, entry: &LessonEntry) -> Resume {
        let steps = begun.steps(entry);
        let place = begun.place(entry);
        let step = match place {
            Place::Step(number) => steps.iter().find(|step| step.number == number),
            Place::Ladder => None,
        };
        let unseen = steps.iter().filter(|step| !step.is_seen);
        let minutes = unseen.fold(LADDER_MINUTES, |sum, step| sum.saturating_add(step.minutes));
        Resume {
            lesson: self.card(bank, begun, entry),
            place,
            step_title: step.map(|step| step.title.clone()).unwrap_or_default(),
            minutes_left: minutes,
        }
    }

    /// What to go on with: what was open last and is not completed; else the first lesson not
    /// completed that is for this person's profession.
    pub(super) fn next_lesson<'b>(&self, bank: &'b Bank, begun: &Begun) -> Option<&'b LessonEntry> {
        let is_open = |entry: &&LessonEntry| begun.completed_at(entry.lesson).is_none();
        let visited = |entry: &&LessonEntry| begun.visits.get(&entry.version).map(|(_, at)| *at);
        let last = bank.lessons.iter().filter(is_open).filter(|entry| visited(entry).is_some());
        let mine = self.who.profession.as_ref().map(|profession| &profession.code);
        let is_for_me = |entry: &&LessonEntry| {
            entry.professions.is_empty()
                || mine.is_some_and(|code| entry.professions.contains(code))
        };
        last.max_by_key(visited)
            .or_else(|| bank.lessons.iter().filter(is_open).find(is_for_me))
            .or_else(|| bank.lessons.iter().find(is_open))
    }

    /// The page "Lär".
    ///
    /// # Errors
    /// Those of the database.
    pub async fn learn_page(
        &self,
        filter: &Filter,
        locale: Locale,
    ) -> Result<LearnPage, ServiceError> {
        let bank = self.services.bank().await?;
        let begun = self.begun().await?;
        let mut lessons: Vec<LessonCard> =
            bank.find(filter).into_iter().map(|entry| self.card(&bank, &begun, entry)).collect();
        if filter.is_untaken {
            lessons.retain(|card| card.progress == Progress::New);
        }
        Ok(LearnPage {
            resume: self.next_lesson(&bank, &begun).map(|entry| self.resume(&bank, &begun, entry)),
            lessons,
            total: u32::try_from(bank.lessons.len()).unwrap_or(u32::MAX),
            systems: bank.system_choices(),
            professions: bank.profession_choices(self.locale(locale)),
        })
    }
}
