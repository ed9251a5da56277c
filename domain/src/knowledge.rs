//! "Kunskaper": what a person can and needs, system by system.

use serde::{Deserialize, Serialize};

use crate::{
    assessment::Claim,
    id::{MeaningId, PersonId},
    lesson::{LessonLink, SystemName},
    level::{Height, Level},
    radar::Spoke,
    time::Date,
};

/// Evidence that ends within so many days is said to end soon.
pub const SOON_DAYS: i64 = 60;

/// The whole picture of one person: the same for the person and for the manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portrait {
    /// What the requirements follow from; none for somebody without a profession today.
    pub profession: Option<String>,
    /// The earlier date that is laid under, where one is.
    pub then: Option<Date>,
    /// The day of the first thing shown or said, where there is one before today.
    pub first: Option<Date>,
    /// Every system the profession uses, in the order of the municipality.
    pub spokes: Vec<Spoke>,
    /// Systems beyond those of the profession in which something is shown or said.
    pub beyond: Vec<Beyond>,
    /// What is wanting, the shortest way first.
    pub gaps: Vec<GapLine>,
    /// What has been shown, newest first.
    pub evidence: Vec<EvidenceLine>,
}

/// Somebody's picture, for their manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonPage {
    /// Who.
    pub person: PersonId,
    /// Given name, family name.
    pub name: String,
    /// The employee number: there may be namesakes.
    pub employee_number: String,
    /// Where they work.
    pub unit: String,
    /// The picture they see themselves.
    pub portrait: Portrait,
}

/// A system that the profession does not need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beyond {
    /// Which system.
    pub system: SystemName,
    /// What is shown.
    pub shown: Height,
    /// What the person says.
    pub said: Option<Height>,
}

/// One system in which something is wanting, and the way there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapLine {
    /// Which system.
    pub system: SystemName,
    /// What is required.
    pub required: Level,
    /// What is shown.
    pub shown: Height,
    /// The lessons that close it, in the order to take them; what has been begun comes first.
    pub lessons: Vec<LessonLink>,
    /// How long they take together, in minutes.
    pub minutes: u32,
    /// Whether these lessons close it wholly: for some level there may be none yet.
    pub closes: bool,
    /// The next level that is wanting, and what it means.
    pub next: Option<(Level, Vec<Phrase>)>,
}

/// How long evidence holds, as seen today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hold {
    /// For good.
    ForGood,
    /// Beyond [`SOON_DAYS`].
    Until(Date),
    /// So many days yet.
    EndsSoon {
        /// The day it ends.
        on: Date,
        /// Whole days until then.
        days: u32,
    },
    /// Not any more.
    Ended(Date),
}

/// Evidence of a completed lesson, the latest of that lesson.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceLine {
    /// The lesson, as it is called now.
    pub lesson: LessonLink,
    /// The day it was earned.
    pub on: Date,
    /// How long it holds.
    pub hold: Hold,
}

/// A statement, in the language there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrase {
    /// "Jag kan …".
    pub text: String,
    /// BCP 47 tag.
    pub lang: String,
}

/// One system, for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemPage {
    /// Which system.
    pub system: SystemName,
    /// What it is for.
    pub about: String,
    /// Who answers for it.
    pub owner: String,
    /// What is required; none where the profession does not need it.
    pub required: Option<Level>,
    /// What is shown.
    pub shown: Height,
    /// What the person says, and when.
    pub said: Option<(Height, Date)>,
    /// For levels 1–4.
    pub levels: Vec<LevelKnowledge>,
    /// Another system of the profession that the person has not yet said anything of.
    pub next_to_assess: Option<SystemName>,
}

/// One level of a system, for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelKnowledge {
    /// Which level.
    pub level: Level,
    /// What it means.
    pub statements: Vec<Phrase>,
    /// For how many months it holds once shown; none for good.
    pub months: Option<u8>,
    /// The lessons of the level, and what has become of them.
    pub lessons: Vec<LevelLesson>,
}

/// A lesson of a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelLesson {
    /// Which lesson.
    pub lesson: LessonLink,
    /// Whether it takes part in showing the level.
    pub is_required: bool,
    /// Whether it is completed and unexpired.
    pub is_completed: bool,
}

/// A statement to be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementLine {
    /// What the answer is kept under.
    pub meaning: MeaningId,
    /// "Jag kan …".
    pub phrase: Phrase,
    /// What was said last.
    pub claim: Option<Claim>,
}

/// Assessing oneself in one system: one level at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessmentPage {
    /// Which system.
    pub system: SystemName,
    /// The level on this page.
    pub level: Level,
    /// The last level that has statements.
    pub last: Level,
    /// Its statements.
    pub statements: Vec<StatementLine>,
    /// The level to go back to, where there is one.
    pub before: Option<Level>,
}

/// What came of answering a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessed {
    /// The level to read next, where the outcome is not settled.
    pub next: Option<Level>,
    /// The outcome, where it is.
    pub height: Option<Height>,
}

/// What somebody looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Look {
    /// The person's own page.
    Person,
    /// A view of everybody in a unit.
    Unit,
    /// A file with everybody in a unit.
    File,
}

impl Look {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Person, Self::Unit, Self::File];

    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Unit => "unit",
            Self::File => "file",
        }
    }

    /// The kind with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|look| look.code() == code)
    }
}

/// The most looks that a page shows, the latest; all of them are handed out with one's data.
pub const MOST_LOOKS: usize = 200;

/// Somebody looked at what is known of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookLine {
    /// Who; none where they are no longer known.
    pub viewer: Option<String>,
    /// What they work as.
    pub profession: Option<String>,
    /// At what.
    pub what: Look,
    /// Of which unit, where it was a view of a unit.
    pub unit: Option<String>,
    /// On which day.
    pub on: Date,
    /// The hour and the minute of the last time that day.
    pub at: (u8, u8),
    /// How often that day.
    pub times: u32,
}
