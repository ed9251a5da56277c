//! The bank in memory: what is published changes a few times a day and is read all the time.

mod load;
mod search;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use kvarten_domain::{
    LessonId, Level, Locale, ProfessionId, SystemId, VersionId,
    bank::{Choice, Filter},
    ladder::Quiz,
    lesson::{LessonLink, Routine, StepBody, StepHead, SystemName},
};
use kvarten_entity::lesson;
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, PaginatorTrait};
use tokio::sync::Mutex;

use crate::{ServiceError, Services};
use load::{load_bank, load_content, revision};
use search::SearchIndex;

/// A system and what its levels mean.
#[derive(Clone, Debug)]
pub struct SystemEntry {
    pub(crate) id: SystemId,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) about: String,
    meanings: HashMap<(Level, String), String>,
}

impl SystemEntry {
    pub(crate) fn name(&self) -> SystemName {
        SystemName { code: self.code.clone(), name: self.name.clone() }
    }

    /// What a level means in a language, or in Swedish where nobody has translated it.
    pub(crate) fn meaning(&self, level: Level, locale: Locale) -> String {
        let in_language = |locale: Locale| self.meanings.get(&(level, locale.tag().to_owned()));
        in_language(locale).or_else(|| in_language(Locale::Sv)).cloned().unwrap_or_default()
    }
}

#[derive(Clone, Debug)]
struct ProfessionEntry {
    id: ProfessionId,
    code: String,
    sv: String,
    en: String,
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
    pub(crate) is_required: bool,
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
}

/// Everything published, as of one revision.
#[derive(Debug, Default)]
pub struct Bank {
    revision: i64,
    pub(crate) systems: Vec<SystemEntry>,
    professions: Vec<ProfessionEntry>,
    pub(crate) lessons: Vec<LessonEntry>,
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

    pub(crate) fn system_choices(&self) -> Vec<Choice> {
        let choice =
            |system: &SystemEntry| Choice { code: system.code.clone(), name: system.name.clone() };
        self.systems.iter().map(choice).collect()
    }

    pub(crate) fn profession_choices(&self, locale: Locale) -> Vec<Choice> {
        let choice = |entry: &ProfessionEntry| Choice {
            code: entry.code.clone(),
            name: if locale == Locale::Sv { entry.sv.clone() } else { entry.en.clone() },
        };
        self.professions.iter().map(choice).collect()
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
