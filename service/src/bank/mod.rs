//! The bank in memory: what is published changes a few times a day and is read all the time.

mod search;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use kvarten_domain::{
    LessonId, Level, Locale, ProfessionId, SystemId, VersionId,
    bank::{Choice, Filter},
    ladder::{Quiz, Rung},
    lesson::{LessonLink, Routine, StepBody, StepHead, SystemName},
    question::Question,
};
use kvarten_entity::{
    Column, Key, bank_revision, lesson, lesson_profession, lesson_version, level_description,
    profession, question, rung, step, system,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use tokio::sync::Mutex;

use crate::{ServiceError, Services, Store};
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
        let bank = Arc::new(load(&self.store).await?);
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

async fn revision(db: &DatabaseConnection) -> Result<i64, ServiceError> {
    let row = bank_revision::Entity::find_by_id(1).one(db).await?;
    Ok(row.map_or(0, |row| row.revision))
}

fn small(number: i16) -> u8 {
    u8::try_from(number).unwrap_or(0)
}

async fn load(store: &Store) -> Result<Bank, ServiceError> {
    let db = store.read();
    let revision = revision(db).await?;
    let mut meanings: HashMap<SystemId, HashMap<(Level, String), String>> = HashMap::new();
    for row in level_description::Entity::find().all(db).await? {
        if let Some(level) = Level::new(small(row.level)) {
            let of_system = meanings.entry(row.system_id.id()).or_default();
            of_system.insert((level, row.lang), row.description);
        }
    }
    let systems: Vec<SystemEntry> = system::Entity::find()
        .order_by_asc(system::Column::Position)
        .all(db)
        .await?
        .into_iter()
        .map(|row| SystemEntry {
            meanings: meanings.remove(&row.id.id()).unwrap_or_default(),
            id: row.id.id(),
            code: row.code,
            name: row.name,
            about: row.about,
        })
        .collect();
    let professions: Vec<ProfessionEntry> = profession::Entity::find()
        .order_by_asc(profession::Column::NameSv)
        .all(db)
        .await?
        .into_iter()
        .map(|row| ProfessionEntry {
            id: row.id.id(),
            code: row.code,
            sv: row.name_sv,
            en: row.name_en,
        })
        .collect();
    let mut bank = Bank { revision, systems, professions, ..Bank::default() };
    bank.lessons = load_lessons(db, &bank).await?;
    bank.by_slug = (0..).zip(&bank.lessons).map(|(at, entry)| (entry.slug.clone(), at)).collect();
    bank.by_lesson = (0..).zip(&bank.lessons).map(|(at, entry)| (entry.lesson, at)).collect();
    bank.index = index(db, &bank).await?;
    Ok(bank)
}

async fn index(db: &DatabaseConnection, bank: &Bank) -> Result<SearchIndex, ServiceError> {
    let keywords: HashMap<VersionId, String> = lesson_version::Entity::find()
        .select_only()
        .columns([lesson_version::Column::Id, lesson_version::Column::Keywords])
        .filter(
            lesson_version::Column::Id.is_in(bank.lessons.iter().map(|entry| entry.version.key())),
        )
        .into_tuple::<(uuid::Uuid, String)>()
        .all(db)
        .await?
        .into_iter()
        .map(|(id, keywords)| (id.id(), keywords))
        .collect();
    Ok(SearchIndex::build(bank.lessons.iter().map(|entry| {
        let mut texts = vec![
            (entry.title.as_str(), 8.0),
            (keywords.get(&entry.version).map_or("", String::as_str), 6.0),
            (bank.system_of(entry).name.as_str(), 5.0),
            (entry.summary.as_str(), 3.0),
            (entry.routine.name.as_str(), 1.0),
        ];
        texts.extend(entry.steps.iter().map(|step| (step.title.as_str(), 2.0)));
        texts
    })))
}

async fn load_lessons(
    db: &DatabaseConnection,
    bank: &Bank,
) -> Result<Vec<LessonEntry>, ServiceError> {
    let lessons = lesson::Entity::find()
        .filter(lesson::Column::PublishedVersionId.is_not_null())
        .filter(lesson::Column::ArchivedAt.is_null())
        .all(db)
        .await?;
    let ids: Vec<_> = lessons.iter().filter_map(|row| row.published_version_id).collect();
    let mut versions: HashMap<_, _> = lesson_version::Entity::find()
        .filter(lesson_version::Column::Id.is_in(ids.clone()))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let mut steps: HashMap<_, Vec<StepHead>> = HashMap::new();
    let of_versions = step::Entity::find()
        .filter(step::Column::VersionId.is_in(ids.clone()))
        .order_by_asc(step::Column::Number)
        .all(db)
        .await?;
    for row in of_versions {
        let body: StepBody = serde_json::from_str(&row.body)?;
        steps.entry(row.version_id).or_default().push(StepHead {
            id: row.id.id(),
            number: small(row.number),
            title: row.title,
            kind: body.kind(),
            minutes: small(row.minutes),
            is_seen: false,
        });
    }
    let mut rungs: HashMap<_, u8> = HashMap::new();
    for row in rung::Entity::find().filter(rung::Column::VersionId.is_in(ids)).all(db).await? {
        *rungs.entry(row.version_id).or_default() += 1;
    }
    let codes: HashMap<_, _> =
        bank.professions.iter().map(|entry| (entry.id.key(), &entry.code)).collect();
    let mut professions: HashMap<_, Vec<String>> = HashMap::new();
    for row in lesson_profession::Entity::find().all(db).await? {
        if let Some(code) = codes.get(&row.profession_id) {
            professions.entry(row.lesson_id).or_default().push((*code).clone());
        }
    }
    let mut entries: Vec<LessonEntry> = lessons
        .into_iter()
        .filter_map(|row| {
            let version = versions.remove(&row.published_version_id?)?;
            let system_id: SystemId = row.system_id.id();
            Some(LessonEntry {
                lesson: row.id.id(),
                version: version.id.id(),
                slug: row.slug,
                lang: version.lang,
                title: version.title,
                summary: version.summary,
                system: bank.systems.iter().position(|system| system.id == system_id)?,
                level: Level::new(small(row.level))?,
                is_required: row.is_required,
                minutes: small(version.minutes),
                routine: Routine { name: version.routine_name, html: version.routine_html },
                professions: professions.remove(&row.id).unwrap_or_default(),
                steps: steps.remove(&version.id).unwrap_or_default(),
                rungs: rungs.get(&version.id).copied().unwrap_or(0),
            })
        })
        .collect();
    entries.sort_by(|a, b| (a.level, a.system, &a.title).cmp(&(b.level, b.system, &b.title)));
    Ok(entries)
}

async fn load_content(
    db: &impl ConnectionTrait,
    version: VersionId,
) -> Result<VersionContent, ServiceError> {
    let steps = step::Entity::find()
        .filter(step::Column::VersionId.eq(version.key()))
        .order_by_asc(step::Column::Number)
        .all(db)
        .await?;
    let steps =
        steps.iter().map(|row| serde_json::from_str(&row.body)).collect::<Result<_, _>>()?;
    let rungs = rung::Entity::find()
        .filter(rung::Column::VersionId.eq(version.key()))
        .order_by_asc(rung::Column::Number)
        .all(db)
        .await?;
    let questions = question::Entity::find()
        .filter(question::Column::VersionId.eq(version.key()))
        .order_by_asc(question::Column::Number)
        .all(db)
        .await?;
    let mut quiz = Quiz::default();
    for row in rungs {
        let pool =
            questions.iter().filter(|question| question.rung == row.number).map(|question| {
                Ok(Question {
                    id: question.id.id(),
                    prompt: question.prompt.clone(),
                    hint: question.hint.clone(),
                    explanation: question.explanation.clone(),
                    body: serde_json::from_str(&question.body)?,
                })
            });
        quiz.rungs.push(Rung {
            draw: usize::from(small(row.draw)),
            pool: pool.collect::<Result<_, ServiceError>>()?,
        });
    }
    Ok(VersionContent { steps, quiz })
}

/// How many lessons there are, published or not.
pub(crate) async fn count_lessons(db: &DatabaseConnection) -> Result<u64, ServiceError> {
    Ok(lesson::Entity::find().count(db).await?)
}
