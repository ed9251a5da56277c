//! The map, for whoever keeps it: systems, what their levels mean, what is required of whom.

use serde::{Deserialize, Serialize};

use crate::{
    bank::Choice,
    fault::Fault,
    id::{LessonId, ProfessionId, StatementId, SystemId, UnitId},
    lesson::{LessonLink, SystemName},
    level::Level,
    time::Date,
};

/// A system in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemLine {
    /// Which.
    pub system: SystemName,
    /// What it is for.
    pub about: String,
    /// Who answers for it.
    pub owner: String,
    /// Since when it is used.
    pub since: Option<Date>,
    /// When it was or will be given up.
    pub retired: Option<Date>,
    /// Whether it is used today.
    pub is_in_use: bool,
    /// How many statements describe its levels.
    pub statements: u32,
    /// How many lessons there are.
    pub lessons: u32,
    /// Levels without statements.
    pub undescribed: Vec<Level>,
}

/// A system to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemForm {
    /// Which.
    pub id: SystemId,
    /// Its code and name.
    pub system: SystemName,
    /// What it is for.
    pub about: String,
    /// Who answers for it.
    pub owner: String,
    /// Since when it is used.
    pub since: Option<Date>,
    /// When it was or will be given up.
    pub retired: Option<Date>,
    /// A word for how it stands, sent back with a change: whoever has changed it meanwhile is not
    /// overruled unseen.
    pub seen: String,
    /// Levels 1–4.
    pub levels: Vec<LevelForm>,
}

/// A level to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelForm {
    /// Which.
    pub level: Level,
    /// For how many months evidence holds; none for good.
    pub months: Option<u8>,
    /// Its statements, in order.
    pub statements: Vec<StatementForm>,
    /// A word for how its statements and months stand, sent back with a change.
    pub seen: String,
    /// Its lessons.
    pub lessons: Vec<LessonForm>,
}

/// A statement to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementForm {
    /// Which wording.
    pub id: StatementId,
    /// In Swedish.
    pub sv: String,
    /// In English; may be empty.
    pub en: String,
}

/// A lesson of a level, required or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonForm {
    /// Which.
    pub id: LessonId,
    /// Its name.
    pub lesson: LessonLink,
    /// Whether it takes part in showing the level.
    pub is_required: bool,
}

/// What is required of a profession in a system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementCell {
    /// What the municipality, or the chosen unit itself, asks.
    pub own: Option<Level>,
    /// What is required anyway, where a unit is chosen.
    pub above: Option<Level>,
    /// What it will be, and from when, where that is decided.
    pub next: Option<(Date, Option<Level>)>,
}

/// What became of changing several requirements at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// How many were made.
    pub changed: u32,
    /// Which were not, and why: codes of profession and system, and the fault.
    pub refused: Vec<(String, String, Fault)>,
}

/// A unit to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitChoice {
    /// Which.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// How far below the municipality.
    pub depth: u8,
}

/// Professions × systems × required level, as of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementsPage {
    /// The day.
    pub on: Date,
    /// Whether that is today, so that it can be changed.
    pub is_today: bool,
    /// The unit that is looked at; the municipality where none.
    pub unit: Option<UnitId>,
    /// Units to choose.
    pub units: Vec<UnitChoice>,
    /// Systems in use that day, with their ids.
    pub systems: Vec<(SystemId, SystemName)>,
    /// Every profession, and for each system what is required.
    pub professions: Vec<(ProfessionId, Choice, Vec<RequirementCell>)>,
}
