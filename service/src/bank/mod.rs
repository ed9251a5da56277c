//! The bank in memory: what is published changes a few times a day and is read all the time.

mod load;
mod map;
mod program;
mod search;
mod tree;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use kvarten_domain::{
    LessonId, Level, Locale, ProfessionId, SystemId, Timestamp, UnitId, VersionId,
    bank::{Choice, Filter},
    competence::RequiredLessons,
    ladder::Quiz,
    lesson::{LessonLink, Routine, StepBody, StepHead},
    requirement::Requirements,
};
use kvarten_entity::lesson;
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, PaginatorTrait};
use tokio::sync::Mutex;

use crate::{
    ServiceError, Services,
    text::{collation_key, gap::Vocabulary},
};
use load::{load_bank, load_content, revision};
pub(crate) use map::{StatementEntry, SystemEntry};
pub(crate) use program::{Aim, ProgramEntry};
use search::SearchIndex;
pub(crate) use tree::Tree;

#[derive(Clone, Debug)]
pub(crate) struct ProfessionEntry {
    pub(crate) id: ProfessionId,
    pub(crate) code: String,
    sv: String,
    en: String,
}

impl ProfessionEntry {
    pub(crate) fn name(&self, locale: Locale) -> &str {
        if locale == Locale::Sv { &self.sv } else { &self.en }
    }
}

/// A published lesson, without the contents of its steps and its quiz.
#[derive(Clone, Debug)]
pub struct LessonEntry {
    pub(crate) lesson: LessonId,
    pub(crate) version: VersionId,
    pub(crate) slug: String,
    pub(crate) lang: String,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) system: usize,
    pub(crate) level: Level,
    pub(crate) minutes: u8,
    pub(crate) routine: Routine,
    pub(crate) professions: Vec<String>,
    /// Nothing in it is seen.
    pub(crate) steps: Vec<StepHead>,
    pub(crate) rungs: u8,
}

/// What a version holds. Never changes once published.
#[derive(Clone, Debug)]
pub struct VersionContent {
    pub(crate) steps: Vec<StepBody>,
    pub(crate) quiz: Quiz,
    /// Words that a slip in a gap may not make.
    pub(crate) words: Vocabulary,
}

/// Everything published and everything required, as of one revision.
#[derive(Debug, Default)]
pub struct Bank {
    revision: i64,
    pub(crate) systems: Vec<SystemEntry>,
    pub(crate) professions: Vec<ProfessionEntry>,
    pub(crate) units: Tree,
    pub(crate) requirements: Requirements,
    pub(crate) required_lessons: RequiredLessons,
    pub(crate) lessons: Vec<LessonEntry>,
    pub(crate) programs: Vec<ProgramEntry>,
    places: HashMap<SystemId, usize>,
    by_slug: HashMap<String, usize>,
    by_lesson: HashMap<LessonId, usize>,
    index: SearchIndex,
}

impl Bank {
    pub(crate) fn by_slug(&self, slug: &str) -> Option<&LessonEntry> {
        self.by_slug.get(slug).map(|&at| &self.lessons[at])
    }

    pub(crate) fn by_lesson(&self, lesson: LessonId) -> Option<&LessonEntry> {
        self.by_lesson.get(&lesson).map(|&at| &self.lessons[at])
    }

    pub(crate) fn system_of(&self, entry: &LessonEntry) -> &SystemEntry {
        &self.systems[entry.system]
    }

    pub(crate) fn link(&self, entry: &LessonEntry) -> LessonLink {
        LessonLink {
            slug: entry.slug.clone(),
            lang: entry.lang.clone(),
            title: entry.title.clone(),
            system: self.system_of(entry).name(),
            level: entry.level,
            minutes: entry.minutes,
        }
    }

    /// The lessons a filter lets through, best match first; what the reader has begun is not
    /// known here.
    pub(crate) fn find(&self, filter: &Filter) -> Vec<&LessonEntry> {
        let fits = |entry: &&LessonEntry| {
            let system = &self.system_of(entry).code;
            filter.system.as_ref().is_none_or(|code| code == system)
                && filter.level.is_none_or(|level| level == entry.level)
                && filter.length.is_none_or(|length| length.fits(entry.minutes))
                && filter.profession.as_ref().is_none_or(|code| {
                    entry.professions.is_empty() || entry.professions.contains(code)
                })
        };
        if !filter.text.contains(char::is_alphanumeric) {
            return self.lessons.iter().filter(fits).collect();
        }
        let found = self.index.find(&filter.text);
        found.into_iter().map(|(at, _)| &self.lessons[at]).filter(fits).collect()
    }

    /// What is required in each system, in their order, of a profession in a unit at a point in
    /// time. Nothing is required in a system that is not in use.
    pub(crate) fn required(
        &self,
        unit: UnitId,
        profession: ProfessionId,
        at: Timestamp,
    ) -> Vec<Option<Level>> {
        let path = self.units.path(unit);
        let of = |system: &SystemEntry| {
            let level = self.requirements.level(&path, profession, system.id, at);
            level.filter(|_| system.is_in_use(at))
        };
        self.systems.iter().map(of).collect()
    }

    pub(crate) fn profession(&self, id: ProfessionId) -> Option<&ProfessionEntry> {
        self.professions.iter().find(|profession| profession.id == id)
    }

    pub(crate) fn profession_id(&self, code: &str) -> Option<ProfessionId> {
        let found = self.professions.iter().find(|profession| profession.code == code);
        found.map(|profession| profession.id)
    }

    /// The place of a system among all systems.
    pub(crate) fn place_of(&self, system: SystemId) -> Option<&usize> {
        self.places.get(&system)
    }

    pub(crate) fn system(&self, code: &str) -> Option<&SystemEntry> {
        self.systems.iter().find(|system| system.code == code)
    }

    pub(crate) fn system_choices(&self) -> Vec<Choice> {
        let choice =
            |system: &SystemEntry| Choice { code: system.code.clone(), name: system.name.clone() };
        self.systems.iter().map(choice).collect()
    }

    pub(crate) fn profession_choices(&self, locale: Locale) -> Vec<Choice> {
        let choice = |entry: &ProfessionEntry| Choice {
            code: entry.code.clone(),
            name: entry.name(locale).to_owned(),
        };
        let mut choices: Vec<Choice> = self.professions.iter().map(choice).collect();
        choices.sort_by_cached_key(|choice| collation_key(&choice.name));
        choices
    }
}

/// How stale the bank of one process may be when another has published.
const FRESH: Duration = Duration::from_secs(1);

/// The most versions whose contents are kept in memory.
const MOST_CONTENTS: usize = 500;

/// The bank as last loaded, and contents that have been asked for.
#[derive(Debug, Default)]
pub struct BankCache {
    current: RwLock<Option<(Arc<Bank>, Instant)>>,
    checking: Mutex<()>,
    contents: RwLock<HashMap<VersionId, Arc<VersionContent>>>,
}

impl BankCache {
    /// Makes the next reader look again.
    pub(crate) fn forget(&self) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn current(&self) -> Option<(Arc<Bank>, Instant)> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The bank as it is in memory.
    pub(crate) fn known(&self) -> Option<Arc<Bank>> {
        self.current().map(|(bank, _)| bank)
    }

    fn known_content(&self, version: VersionId) -> Option<Arc<VersionContent>> {
        let kept = self.contents.read().unwrap_or_else(PoisonError::into_inner);
        kept.get(&version).map(Arc::clone)
    }

    fn keep(&self, bank: &Arc<Bank>) {
        let kept = Some((Arc::clone(bank), Instant::now()));
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = kept;
    }
}

impl Services {
    /// The bank, at most a second behind another process.
    pub(crate) async fn bank(&self) -> Result<Arc<Bank>, ServiceError> {
        let Some((bank, checked)) = self.bank.current() else { return self.load_bank().await };
        if checked.elapsed() < FRESH {
            return Ok(bank);
        }
        // One reader looks; the others go on with what is there.
        let Ok(_looking) = self.bank.checking.try_lock() else { return Ok(bank) };
        if revision(self.store.read()).await? == bank.revision {
            self.bank.keep(&bank);
            return Ok(bank);
        }
        self.load_bank().await
    }

    async fn load_bank(&self) -> Result<Arc<Bank>, ServiceError> {
        let bank = Arc::new(load_bank(&self.store).await?);
        self.bank.keep(&bank);
        Ok(bank)
    }

    /// The steps and the quiz of a version.
    pub(crate) async fn content(
        &self,
        version: VersionId,
    ) -> Result<Arc<VersionContent>, ServiceError> {
        self.content_by(self.store.read(), version).await
    }

    /// The same through a connection one has already: whoever holds a transaction must not wait
    /// for a second connection of the same pool.
    pub(crate) async fn content_by(
        &self,
        db: &impl ConnectionTrait,
        version: VersionId,
    ) -> Result<Arc<VersionContent>, ServiceError> {
        if let Some(content) = self.bank.known_content(version) {
            return Ok(content);
        }
        let content = Arc::new(load_content(db, version).await?);
        let mut kept = self.bank.contents.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_CONTENTS {
            kept.clear();
        }
        kept.insert(version, Arc::clone(&content));
        Ok(content)
    }
}

/// How many lessons there are, published or not.
pub(crate) async fn count_lessons(db: &DatabaseConnection) -> Result<u64, ServiceError> {
    Ok(lesson::Entity::find().count(db).await?)
}
