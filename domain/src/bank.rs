//! The bank: all published lessons, searched and filtered.

use serde::{Deserialize, Serialize};

use crate::{
    lesson::{LessonLink, Place, Progress, SystemName},
    level::Level,
    program::ProgramCard,
    referral::ReferralCard,
};

/// The longest search text that is read, in characters.
pub const MAX_SEARCH: usize = 100;

/// How long a lesson may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Up to 10 minutes.
    Short,
    /// Up to 15 minutes.
    Quarter,
    /// More than 15 minutes.
    Long,
}

impl Length {
    /// All lengths, shortest first.
    pub const ALL: [Self; 3] = [Self::Short, Self::Quarter, Self::Long];

    /// The word in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Short => "10",
            Self::Quarter => "15",
            Self::Long => "mer",
        }
    }

    /// Whether a lesson of so many minutes fits.
    #[must_use]
    pub const fn fits(self, minutes: u8) -> bool {
        match self {
            Self::Short => minutes <= 10,
            Self::Quarter => minutes <= 15,
            Self::Long => minutes > 15,
        }
    }
}

/// What to look for; the state of the screen, as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// Words to find.
    pub text: String,
    /// Code of a system.
    pub system: Option<String>,
    /// A level.
    pub level: Option<Level>,
    /// Code of a profession: lessons for it, and those for everyone.
    pub profession: Option<String>,
    /// How long it may take.
    pub length: Option<Length>,
    /// Only what the reader has not completed.
    pub is_untaken: bool,
}

impl Filter {
    /// Reads the parameters of an address; what it does not know, it leaves out.
    pub fn from_query<'q>(get: impl Fn(&str) -> Option<&'q str>) -> Self {
        let some = |name| get(name).map(str::trim).filter(|value| !value.is_empty());
        Self {
            text: some("sok").unwrap_or_default().chars().take(MAX_SEARCH).collect(),
            system: some("system").map(str::to_owned),
            level: some("niva").and_then(|level| level.parse().ok()).and_then(Level::new),
            profession: some("yrke").map(str::to_owned),
            length: some("tid").and_then(|code| Length::ALL.into_iter().find(|l| l.code() == code)),
            is_untaken: some("nya").is_some(),
        }
    }

    /// Whether it lets everything through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A lesson in the bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonCard {
    /// Its address word.
    pub slug: String,
    /// BCP 47 tag of title and summary.
    pub lang: String,
    /// What it is called.
    pub title: String,
    /// In a sentence or two.
    pub summary: String,
    /// Which system.
    pub system: SystemName,
    /// Which level of it.
    pub level: Level,
    /// About how long it takes.
    pub minutes: u8,
    /// How far the reader has come.
    pub progress: Progress,
}

/// The lesson to go on with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The lesson.
    pub lesson: LessonCard,
    /// Where one stopped.
    pub place: Place,
    /// What that step is called; empty on the ladder.
    pub step_title: String,
    /// About how many minutes are left.
    pub minutes_left: u8,
}

/// What leads towards the largest gap of the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nearest {
    /// In which system.
    pub system: SystemName,
    /// What is required there.
    pub required: Level,
    /// The first lessons on the way.
    pub lessons: Vec<LessonLink>,
}

/// A choice in a filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// In the address.
    pub code: String,
    /// On the screen.
    pub name: String,
}

/// "Lär": what to go on with, and the bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnPage {
    /// What the reader's manager points to and is not done, the nearest wish first.
    pub referrals: Vec<ReferralCard>,
    /// Programs for this person that are not completed.
    pub programs: Vec<ProgramCard>,
    /// The lesson to go on with, or to begin with.
    pub resume: Option<Resume>,
    /// What leads towards the largest gap and is not above; none where one looks for something.
    pub nearest: Option<Nearest>,
    /// What the filter lets through, best match first.
    pub lessons: Vec<LessonCard>,
    /// How many lessons the bank holds in all.
    pub total: u32,
    /// Systems to choose from.
    pub systems: Vec<Choice>,
    /// Professions to choose from.
    pub professions: Vec<Choice>,
}
