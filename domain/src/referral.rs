//! Pointing the way: a manager refers somebody to a lesson or a program. (Domain, `Referral`.)

use serde::{Deserialize, Serialize};

use crate::{
    id::{PersonId, ReferralId},
    lesson::LessonLink,
    program::ProgramLink,
    time::{Date, Timestamp},
};

/// The longest line of one's own, in characters.
pub const LONGEST_NOTE: usize = 280;
/// The most referrals that a list shows, the newest.
pub const MOST_LINES: usize = 1_000;
/// The most people that are referred at once.
pub const MOST_PEOPLE: usize = 500;

/// What a referral points to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A lesson.
    Lesson(LessonLink),
    /// A program.
    Program(ProgramLink),
}

impl Target {
    /// What stands before a program's code where lessons and programs are chosen alike.
    pub const PROGRAM: &'static str = "program/";

    /// What it is called.
    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Self::Lesson(lesson) => &lesson.title,
            Self::Program(program) => &program.name,
        }
    }

    /// The BCP 47 tag of what it is called, where that is known.
    #[must_use]
    pub fn lang(&self) -> Option<&str> {
        match self {
            Self::Lesson(lesson) => Some(&lesson.lang),
            Self::Program(_) => None,
        }
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Lesson(lesson) => format!("/lar/{}", lesson.slug),
            Self::Program(program) => format!("/program/{}", program.code),
        }
    }

    /// The word for it in forms: a lesson's address word, or a program's with
    /// [`PROGRAM`](Self::PROGRAM) before it.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Lesson(lesson) => lesson.slug.clone(),
            Self::Program(program) => format!("{}{}", Self::PROGRAM, program.code),
        }
    }

    /// About how long it takes, in minutes.
    #[must_use]
    pub fn minutes(&self) -> u16 {
        match self {
            Self::Lesson(lesson) => lesson.minutes.into(),
            Self::Program(program) => program.minutes,
        }
    }
}

/// What is known of a referral, before the rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// When the person first had it before them.
    pub seen: Option<Timestamp>,
    /// When they first opened something it points to, after it was sent.
    pub begun: Option<Timestamp>,
    /// When all it points to was completed, after it was sent.
    pub done: Option<Timestamp>,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
}

/// How far a referral has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Sent, and not seen yet.
    Sent,
    /// The person has had it before them.
    Seen,
    /// They have opened what it points to.
    Begun,
    /// They have completed it.
    Done,
    /// It was withdrawn before it was done.
    Withdrawn,
}

impl Stage {
    /// How far a referral has come. What is done stays done, also where it is withdrawn afterwards.
    #[must_use]
    pub fn of(traces: &Traces) -> Self {
        let is_before = |a: Timestamp, b: Option<Timestamp>| b.is_none_or(|b| a <= b);
        match traces {
            Traces { done: Some(done), withdrawn, .. } if is_before(*done, *withdrawn) => {
                Self::Done
            }
            Traces { withdrawn: Some(_), .. } => Self::Withdrawn,
            Traces { begun: Some(_), .. } => Self::Begun,
            Traces { seen: Some(_), .. } => Self::Seen,
            _ => Self::Sent,
        }
    }

    /// Whether something is still to be done.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Seen | Self::Begun)
    }
}

/// A referral, for the person it was sent to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralCard {
    /// Which.
    pub id: ReferralId,
    /// Who sent it; none where they are no longer known.
    pub from: Option<String>,
    /// Where to go.
    pub to: Target,
    /// A line of the sender's own; may be empty.
    pub note: String,
    /// By when it is wished for.
    pub wish: Option<Date>,
    /// Whether that day has passed.
    pub is_late: bool,
    /// How far it has come.
    pub stage: Stage,
}

/// A referral, for the manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralLine {
    /// Which.
    pub id: ReferralId,
    /// How often it has been changed: whoever changes it says what they saw.
    pub revision: u32,
    /// To whom.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Who sent it; none where they are no longer known.
    pub from: Option<String>,
    /// To what.
    pub to: Target,
    /// Whether that is a program nobody is led to any more.
    pub is_over: bool,
    /// The line that goes with it.
    pub note: String,
    /// By when it is wished for.
    pub wish: Option<Date>,
    /// The day it was sent.
    pub sent: Date,
    /// How far it has come.
    pub stage: Stage,
    /// The day it came so far.
    pub since: Date,
}

/// Whom to refer, and to what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferPage {
    /// The id that this batch is to have.
    pub batch: ReferralId,
    /// Today.
    pub today: Date,
    /// Who may be referred: who, their name, where they work and as what.
    pub people: Vec<(PersonId, String, String)>,
    /// How many more the filter lets through: of very many, the first are shown.
    pub others: u32,
    /// Every lesson, those that close the gap in question first; then every program.
    pub targets: Vec<Target>,
    /// The word of what is chosen to begin with.
    pub chosen: Option<String>,
}

/// Why somebody was not referred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skipped {
    /// They have shown it, and it does not end soon.
    Shown,
    /// They have an open referral to the same.
    Referred,
    /// They do not work in the manager's units now.
    Elsewhere,
}

/// What became of referring people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referred {
    /// To how many a referral was sent.
    pub sent: u32,
    /// To whom not, and why: names for those who are known.
    pub skipped: Vec<(Option<String>, Skipped)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const AT: [Option<Timestamp>; 5] =
        [None, Some(Timestamp(1)), Some(Timestamp(2)), Some(Timestamp(3)), Some(Timestamp(4))];

    #[rstest]
    #[case(Traces::default(), Stage::Sent)]
    #[case(Traces { seen: AT[1], ..Traces::default() }, Stage::Seen)]
    #[case(Traces { seen: AT[1], begun: AT[2], ..Traces::default() }, Stage::Begun)]
    #[case(Traces { begun: AT[2], ..Traces::default() }, Stage::Begun)]
    #[case(Traces { begun: AT[2], done: AT[3], ..Traces::default() }, Stage::Done)]
    #[case::withdrawn(Traces { seen: AT[1], withdrawn: AT[2], ..Traces::default() }, Stage::Withdrawn)]
    #[case::done_first(Traces { done: AT[2], withdrawn: AT[3], ..Traces::default() }, Stage::Done)]
    #[case::done_anyway(Traces { done: AT[4], withdrawn: AT[3], ..Traces::default() }, Stage::Withdrawn)]
    fn how_far_it_has_come(#[case] traces: Traces, #[case] expected: Stage) {
        assert_eq!(Stage::of(&traces), expected);
        assert_eq!(
            expected.is_open(),
            matches!(expected, Stage::Sent | Stage::Seen | Stage::Begun)
        );
    }
}
