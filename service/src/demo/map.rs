//! What the municipality works with and asks, as it stands in its file.

use std::collections::{BTreeMap, HashMap};

use kvarten_domain::{Date, Fault, Level, ProfessionId, SystemId, Timestamp, UnitId};
use serde::Deserialize;

use crate::{
    ServiceError, Services,
    map::{ProgramEdit, RequirementEdit, StatementEdit, SystemEdit},
    new_id,
    operator::Operator,
};

/// The file.
#[derive(Clone, Debug, Deserialize)]
pub struct CompetenceFile {
    #[serde(rename = "system")]
    pub(super) systems: Vec<SystemLine>,
    #[serde(rename = "requirement")]
    pub(super) requirements: Vec<ProfessionLine>,
    #[serde(rename = "requirement_change")]
    changes: Vec<RequirementLine>,
    #[serde(rename = "unit_requirement")]
    pub(super) of_units: Vec<RequirementLine>,
    #[serde(rename = "program")]
    programs: Vec<ProgramLine>,
}

#[derive(Clone, Debug, Deserialize)]
struct ProgramLine {
    code: String,
    name: String,
    about: String,
    profession: Option<String>,
    lessons: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct SystemLine {
    pub(super) code: String,
    name: String,
    about: String,
    owner: String,
    since: String,
    pub(super) retired: Option<String>,
    #[serde(rename = "level")]
    levels: Vec<LevelLine>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct LevelLine {
    level: Level,
    months: Option<u8>,
    statements: Vec<StatementLine>,
}

#[derive(Clone, Debug, Deserialize)]
struct StatementLine {
    sv: String,
    en: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct ProfessionLine {
    pub(super) profession: String,
    since: String,
    pub(super) levels: BTreeMap<String, Level>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct RequirementLine {
    #[serde(default)]
    unit: Option<String>,
    pub(super) profession: String,
    pub(super) system: String,
    pub(super) level: Level,
    since: String,
}

impl SystemLine {
    /// The same system under a further name.
    pub(super) fn twin(&self, code: &str, number: usize) -> Self {
        let name = format!("{} {number}", self.name);
        Self { code: code.to_owned(), name, ..self.clone() }
    }
}

/// Codes of the file, and what they stand for.
pub(super) struct Codes<'c> {
    pub(super) units: &'c HashMap<String, UnitId>,
    pub(super) professions: &'c HashMap<String, ProfessionId>,
}

fn day(services: &Services, text: &str) -> Result<Timestamp, ServiceError> {
    let day = Date::from_iso(text).and_then(|day| services.calendar().start_of_day(day));
    day.ok_or(ServiceError::invalid("date", Fault::WrongDate))
}

impl CompetenceFile {
    /// Writes the map as it came about, day by day: what is described before `start` holds from
    /// then, requirements hold from their own days.
    pub(super) async fn write(
        &self,
        services: &Services,
        codes: &Codes<'_>,
        start: Timestamp,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let operator = Operator::enter(services, start);
        let mut systems: HashMap<&str, SystemId> = HashMap::new();
        for line in &self.systems {
            let retired = match &line.retired {
                None => None,
                Some(text) => Some(day(services, text)?),
            };
            let edit = SystemEdit {
                name: line.name.clone(),
                about: line.about.clone(),
                owner: line.owner.clone(),
                since: Some(day(services, &line.since)?),
                retired,
            };
            let statement = |line: &StatementLine| StatementEdit {
                id: None,
                sv: line.sv.clone(),
                en: line.en.clone(),
                is_same_meaning: false,
            };
            let levels: Vec<_> = line
                .levels
                .iter()
                .map(|level| (level.level, level.statements.iter().map(statement).collect()))
                .collect();
            let id = operator.create_system(&line.code, &edit, &levels).await?;
            for level in &line.levels {
                operator.map().set_validity(id, level.level, level.months).await?;
            }
            systems.insert(&line.code, id);
        }
        let base = self.requirements.iter().flat_map(|line| {
            line.levels.iter().map(|(system, level)| RequirementLine {
                unit: None,
                profession: line.profession.clone(),
                system: system.clone(),
                level: *level,
                since: line.since.clone(),
            })
        });
        let mut all: Vec<RequirementLine> =
            base.chain(self.changes.iter().cloned()).chain(self.of_units.iter().cloned()).collect();
        all.sort_by(|a, b| a.since.cmp(&b.since));
        let mut seen: HashMap<(Option<UnitId>, ProfessionId, SystemId), Level> = HashMap::new();
        for line in all {
            let from = day(services, &line.since)?;
            if from > now {
                continue;
            }
            let missing = ServiceError::NotFound;
            let unit = match &line.unit {
                None => None,
                Some(code) => Some(*codes.units.get(code).ok_or(missing)?),
            };
            let profession =
                *codes.professions.get(&line.profession).ok_or(ServiceError::NotFound)?;
            let system = *systems.get(line.system.as_str()).ok_or(ServiceError::NotFound)?;
            let before = seen.insert((unit, profession, system), line.level);
            let edit = RequirementEdit {
                unit,
                profession,
                system,
                level: Some(line.level),
                seen: before,
                seen_next: None,
                from,
            };
            Operator::enter(services, from).map().set_requirement(&edit).await?;
        }
        Ok(())
    }

    /// Writes the programs, once the lessons are there.
    pub(super) async fn write_programs(
        &self,
        services: &Services,
        codes: &Codes<'_>,
        at: Timestamp,
    ) -> Result<(), ServiceError> {
        let bank = services.bank().await?;
        let lesson = |slug: &String| {
            bank.by_slug(slug).map(|entry| entry.lesson).ok_or(ServiceError::NotFound)
        };
        let known =
            |code: &String| codes.professions.get(code).copied().ok_or(ServiceError::NotFound);
        for line in &self.programs {
            let edit = ProgramEdit {
                id: new_id(),
                seen: 0,
                name: line.name.clone(),
                about: line.about.clone(),
                profession: line.profession.as_ref().map(known).transpose()?,
                lessons: line.lessons.iter().map(lesson).collect::<Result<_, _>>()?,
                is_ended: false,
            };
            Operator::enter(services, at).map().put_program(Some(&line.code), &edit).await?;
        }
        Ok(())
    }
}
