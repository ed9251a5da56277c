//! The map: systems, what their levels mean, what is required of whom and since when.

use std::collections::HashMap;

use kvarten_domain::{
    LessonId, Level, Locale, MeaningId, StatementId, SystemId, Timestamp,
    competence::{RequiredLesson, RequiredLessons},
    lesson::SystemName,
    requirement::{Requirement, Requirements},
    time::Span,
    unit::UnitKind,
};
use kvarten_entity::{
    Key, lesson, level_validity, required_lesson, required_level, statement, system, unit,
};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder};

use super::{
    load::small,
    tree::{Tree, UnitEntry},
};
use crate::ServiceError;

/// One wording of a statement, for as long as it held or holds.
#[derive(Clone, Debug)]
pub(crate) struct StatementEntry {
    pub(crate) id: StatementId,
    pub(crate) meaning: MeaningId,
    pub(crate) level: Level,
    pub(crate) sv: String,
    pub(crate) en: String,
    pub(crate) span: Span,
}

impl StatementEntry {
    /// The statement in a language, or in Swedish where nobody has translated it; and which
    /// language that is.
    pub(crate) fn text(&self, locale: Locale) -> (&str, Locale) {
        match locale {
            Locale::En if !self.en.is_empty() => (&self.en, Locale::En),
            _ => (&self.sv, Locale::Sv),
        }
    }
}

/// A system and what its levels mean.
#[derive(Clone, Debug)]
pub struct SystemEntry {
    pub(crate) id: SystemId,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) owner: String,
    pub(crate) since: Option<Timestamp>,
    pub(crate) retired: Option<Timestamp>,
    /// Every wording there has been, in the order they are read.
    pub(crate) statements: Vec<StatementEntry>,
    validities: Vec<(Level, u8, Span)>,
}

impl SystemEntry {
    pub(crate) fn name(&self) -> SystemName {
        SystemName { code: self.code.clone(), name: self.name.clone() }
    }

    /// The statements of a level as they read at a point in time.
    pub(crate) fn statements_of(
        &self,
        level: Level,
        at: Timestamp,
    ) -> impl Iterator<Item = &StatementEntry> {
        self.statements.iter().filter(move |one| one.level == level && one.span.holds_at(at))
    }

    /// What a level means: its statements, one after the other.
    pub(crate) fn meaning(&self, level: Level, locale: Locale, at: Timestamp) -> String {
        let texts: Vec<_> = self.statements_of(level, at).map(|one| one.text(locale).0).collect();
        texts.join(" ")
    }

    /// For how many months evidence of a level holds that is earned at a point in time; none where
    /// it holds for good.
    pub(crate) fn months(&self, level: Level, at: Timestamp) -> Option<u8> {
        let mut holding =
            self.validities.iter().filter(|(of, _, span)| *of == level && span.holds_at(at));
        holding.next().map(|(_, months, _)| *months)
    }

    /// Whether the municipality works with it at a point in time.
    pub(crate) fn is_in_use(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= at) && self.retired.is_none_or(|end| at < end)
    }
}

fn span(from: i64, until: Option<i64>) -> Span {
    Span { from: Timestamp(from), until: until.map(Timestamp) }
}

/// Every system there is or was, in the order of the municipality.
pub(super) async fn load_systems(
    db: &DatabaseConnection,
) -> Result<Vec<SystemEntry>, ServiceError> {
    let mut statements: HashMap<_, Vec<StatementEntry>> = HashMap::new();
    let rows = statement::Entity::find()
        .order_by_asc(statement::Column::Level)
        .order_by_asc(statement::Column::Position)
        .order_by_asc(statement::Column::FromAt)
        .order_by_asc(statement::Column::Id);
    for row in rows.all(db).await? {
        let Some(level) = Level::new(small(row.level)) else { continue };
        statements.entry(row.system_id).or_default().push(StatementEntry {
            id: row.id.id(),
            meaning: row.meaning_id.id(),
            level,
            sv: row.text_sv,
            en: row.text_en,
            span: span(row.from_at, row.until_at),
        });
    }
    let mut validities: HashMap<_, Vec<(Level, u8, Span)>> = HashMap::new();
    for row in level_validity::Entity::find().all(db).await? {
        let Some(level) = Level::new(small(row.level)) else { continue };
        let validity = (level, small(row.months), span(row.from_at, row.until_at));
        validities.entry(row.system_id).or_default().push(validity);
    }
    let systems = system::Entity::find().order_by_asc(system::Column::Position).all(db).await?;
    Ok(systems
        .into_iter()
        .map(|row| SystemEntry {
            statements: statements.remove(&row.id).unwrap_or_default(),
            validities: validities.remove(&row.id).unwrap_or_default(),
            id: row.id.id(),
            code: row.code,
            name: row.name,
            about: row.about,
            owner: row.owner,
            since: row.since_at.map(Timestamp),
            retired: row.retired_at.map(Timestamp),
        })
        .collect())
}

pub(super) async fn load_units(db: &DatabaseConnection) -> Result<Tree, ServiceError> {
    let rows = unit::Entity::find().filter(unit::Column::ClosedAt.is_null()).all(db).await?;
    let entry = |row: unit::Model| {
        Some(UnitEntry {
            id: row.id.id(),
            parent: row.parent_id.map(Key::id),
            kind: UnitKind::from_code(&row.kind)?,
            name: row.name,
        })
    };
    let units: Vec<UnitEntry> = rows.into_iter().filter_map(entry).collect();
    let all = units.len();
    let tree = Tree::of(units);
    let lost = all - tree.units().len();
    if lost > 0 {
        tracing::error!(
            lost,
            "units stand in a circle or below one that is closed, and are left out"
        );
    }
    Ok(tree)
}

pub(super) async fn load_requirements(
    db: &DatabaseConnection,
) -> Result<Requirements, ServiceError> {
    let requirement = |row: required_level::Model| {
        Some(Requirement {
            unit: row.unit_id.map(Key::id),
            profession: row.profession_id.id(),
            system: row.system_id.id(),
            level: Level::new(small(row.level))?,
            span: span(row.from_at, row.until_at),
        })
    };
    Ok(required_level::Entity::find().all(db).await?.into_iter().filter_map(requirement).collect())
}

/// Lessons that are or were required, published ones. An archived lesson is required no more.
pub(super) async fn load_required_lessons(
    db: &DatabaseConnection,
    systems: &[SystemEntry],
) -> Result<RequiredLessons, ServiceError> {
    let mut spans: HashMap<LessonId, Vec<Span>> = HashMap::new();
    for row in required_lesson::Entity::find().all(db).await? {
        let of_lesson = spans.entry(row.lesson_id.id()).or_default();
        of_lesson.push(span(row.from_at, row.until_at));
    }
    let lessons = lesson::Entity::find()
        .filter(lesson::Column::PublishedVersionId.is_not_null())
        .all(db)
        .await?;
    let places: HashMap<SystemId, usize> =
        systems.iter().enumerate().map(|(at, system)| (system.id, at)).collect();
    let required = |row: lesson::Model| {
        let end = row.archived_at.map(Timestamp);
        let until = |span: Span| [span.until, end].into_iter().flatten().min();
        let spans = spans.remove(&row.id.id())?;
        Some(RequiredLesson {
            lesson: row.id.id(),
            system: *places.get(&row.system_id.id())?,
            level: Level::new(small(row.level))?,
            spans: spans.into_iter().map(|span| Span { until: until(span), ..span }).collect(),
        })
    };
    Ok(RequiredLessons::new(systems.len(), lessons.into_iter().filter_map(required).collect()))
}
