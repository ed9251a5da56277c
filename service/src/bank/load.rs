//! The bank as the tables have it.

use std::collections::HashMap;

use kvarten_domain::{
    Level, Locale, SystemId, VersionId,
    ladder::{Quiz, Rung},
    lesson::{Routine, StepBody, StepHead},
    question::Question,
};
use kvarten_entity::{
    Column, Key, bank_revision, lesson, lesson_profession, lesson_version, profession, question,
    rung, step,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::{
    Bank, LessonEntry, ProfessionEntry, VersionContent,
    map::{load_required_lessons, load_requirements, load_systems, load_units},
    program::load_programs,
    search::SearchIndex,
};
use crate::{
    ServiceError, Store,
    text::{collation_key, gap::Vocabulary},
};

/// Which revision of the bank the database has.
pub(super) async fn revision(db: &DatabaseConnection) -> Result<i64, ServiceError> {
    let row = bank_revision::Entity::find_by_id(1).one(db).await?;
    Ok(row.map_or(0, |row| row.revision))
}

pub(super) fn small(number: i16) -> u8 {
    u8::try_from(number).unwrap_or(0)
}

/// Everything published, with its search index.
pub(super) async fn load_bank(store: &Store) -> Result<Bank, ServiceError> {
    let db = store.read();
    let revision = revision(db).await?;
    let systems = load_systems(db).await?;
    let mut professions: Vec<ProfessionEntry> = profession::Entity::find()
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
    professions.sort_by_cached_key(|profession| collation_key(profession.name(Locale::Sv)));
    let mut bank = Bank { revision, systems, professions, ..Bank::default() };
    bank.places = (0..).zip(&bank.systems).map(|(at, system)| (system.id, at)).collect();
    bank.units = load_units(db).await?;
    bank.requirements = load_requirements(db).await?;
    bank.lessons = load_lessons(db, &bank).await?;
    bank.programs = load_programs(db).await?;
    bank.required_lessons = load_required_lessons(db, &bank.systems).await?;
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
                minutes: small(version.minutes),
                routine: Routine { name: version.routine_name, html: version.routine_html },
                professions: professions.remove(&row.id).unwrap_or_default(),
                steps: steps.remove(&version.id).unwrap_or_default(),
                rungs: rungs.get(&version.id).copied().unwrap_or(0),
            })
        })
        .collect();
    entries.sort_by_cached_key(|entry| (entry.level, entry.system, collation_key(&entry.title)));
    Ok(entries)
}

/// The steps and the quiz of a version.
pub(super) async fn load_content(
    db: &impl ConnectionTrait,
    version: VersionId,
) -> Result<VersionContent, ServiceError> {
    let steps = step::Entity::find()
        .filter(step::Column::VersionId.eq(version.key()))
        .order_by_asc(step::Column::Number)
        .all(db)
        .await?;
    let steps: Vec<StepBody> =
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
    let words = Vocabulary::of(&steps, &quiz);
    Ok(VersionContent { steps, quiz, words })
}
