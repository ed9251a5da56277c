//! "Kunskaper": what a person has shown, system by system.

use serde::{Deserialize, Serialize};

use crate::{
    lesson::{LessonLink, SystemName},
    level::Level,
    time::Date,
};

/// What is known of one person and one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemKnowledge {
    /// Which system.
    pub system: SystemName,
    /// What it is for.
    pub about: String,
    /// The level shown.
    pub shown: Option<Level>,
    /// For levels 1–4: what the level means, and the required lessons done and in all.
    pub levels: Vec<LevelKnowledge>,
    /// The next lesson towards the next level.
    pub next: Option<LessonLink>,
}

/// One level of a system, for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelKnowledge {
    /// Which level.
    pub level: Level,
    /// "Jag kan …", in the reader's language.
    pub meaning: String,
    /// Required lessons completed and unexpired.
    pub done: u32,
    /// Required lessons.
    pub required: u32,
}

/// Evidence of a completed lesson.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceLine {
    /// The lesson, as it is called now.
    pub lesson: String,
    /// BCP 47 tag of the title.
    pub lang: String,
    /// Its address word.
    pub slug: String,
    /// For which system.
    pub system: String,
    /// At which level.
    pub level: Level,
    /// The day it was earned.
    pub on: Date,
    /// The last day it holds, where it ends.
    pub until: Option<Date>,
}

/// The whole page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgePage {
    /// In the order of the municipality.
    pub systems: Vec<SystemKnowledge>,
    /// Newest first.
    pub evidence: Vec<EvidenceLine>,
}
