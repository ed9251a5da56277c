//! Lessons as a learner meets them.

use serde::{Deserialize, Serialize};

use crate::{
    id::{MediaId, StepId},
    level::Level,
    question::Picture,
    time::Date,
};

/// A stored file that is shown or offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFile {
    /// The stored file.
    pub media: MediaId,
    /// Its name when saved.
    pub name: String,
    /// Media type, such as `video/mp4`.
    pub mime: String,
    /// Bytes.
    pub size: u64,
}

impl MediaFile {
    /// Where the browser fetches it.
    #[must_use]
    pub fn src(&self) -> String {
        format!("/media/{}", self.media)
    }
}

/// One caption: what is said or happens between two points of a film.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    /// Milliseconds from the beginning.
    pub from_ms: u32,
    /// Milliseconds from the beginning.
    pub to_ms: u32,
    /// Plain text; lines are joined by a blank.
    pub text: String,
}

/// Captions in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captions {
    /// BCP 47 tag.
    pub lang: String,
    /// The WebVTT file.
    pub file: MediaFile,
    /// The same, read: the transcript.
    pub cues: Vec<Cue>,
}

/// A numbered remark on a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Callout {
    /// Per cent of the width.
    pub x: f32,
    /// Per cent of the height.
    pub y: f32,
    /// What there is to notice.
    pub text: String,
}

/// What a step shows. Texts named `html` were sanitised when they were saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepBody {
    /// A film.
    Video {
        /// Above the film.
        html: String,
        /// The film.
        file: MediaFile,
        /// Shown until it plays.
        poster: Option<MediaId>,
        /// At least one language.
        captions: Vec<Captions>,
    },
    /// Reading.
    Text {
        /// The text.
        html: String,
    },
    /// A picture with call-outs.
    Picture {
        /// Above the picture.
        html: String,
        /// The picture.
        picture: Picture,
        /// In the order they are numbered.
        callouts: Vec<Callout>,
    },
    /// "Try it yourself".
    Checklist {
        /// Above the list.
        html: String,
        /// Things to do.
        items: Vec<String>,
    },
    /// A file to keep.
    File {
        /// Above the file.
        html: String,
        /// The file.
        file: MediaFile,
    },
}

impl StepBody {
    /// The kind, for lists.
    #[must_use]
    pub const fn kind(&self) -> StepKind {
        match self {
            Self::Video { .. } => StepKind::Video,
            Self::Text { .. } => StepKind::Text,
            Self::Picture { .. } => StepKind::Picture,
            Self::Checklist { .. } => StepKind::Checklist,
            Self::File { .. } => StepKind::File,
        }
    }
}

/// The kind of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// film.
    Video,
    /// text.
    Text,
    /// bild.
    Picture,
    /// prova själv.
    Checklist,
    /// fil att spara.
    File,
}

/// A routine at the workplace that a lesson belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routine {
    /// What it is called at work.
    pub name: String,
    /// What it says, sanitised.
    pub html: String,
}

/// How far a person has come with a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Nothing seen.
    New,
    /// Some steps seen, or the ladder begun.
    Begun {
        /// Steps seen.
        seen: u8,
        /// Steps in all.
        of: u8,
    },
    /// All steps seen and the top rung climbed.
    Completed {
        /// The day.
        on: Date,
    },
}

/// Where in a lesson one stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A step, from 1.
    Step(u8),
    /// On the ladder.
    Ladder,
}

impl Place {
    /// The address of this place in a lesson.
    #[must_use]
    pub fn path(self, slug: &str) -> String {
        match self {
            Self::Step(number) => format!("/lar/{slug}/{number}"),
            Self::Ladder => format!("/lar/{slug}/stegen"),
        }
    }
}

/// A step in the list of a lesson.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepHead {
    /// Which step.
    pub id: StepId,
    /// From 1.
    pub number: u8,
    /// What it is called.
    pub title: String,
    /// What it is.
    pub kind: StepKind,
    /// About how long it takes.
    pub minutes: u8,
    /// Whether the reader has been through it.
    pub is_seen: bool,
}

/// A system by code and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemName {
    /// In addresses.
    pub code: String,
    /// On screen.
    pub name: String,
}

/// A lesson and how far the reader has come, without the contents of its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonOutline {
    /// Its address word.
    pub slug: String,
    /// BCP 47 tag of everything in it.
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
    /// The routine it belongs to.
    pub routine: Routine,
    /// In order.
    pub steps: Vec<StepHead>,
    /// Number of rungs.
    pub rungs: u8,
    /// Number of rungs climbed in the latest climb.
    pub rungs_climbed: u8,
    /// How far the reader has come.
    pub progress: Progress,
    /// Where to go on.
    pub resume: Place,
}

impl LessonOutline {
    /// How many steps the reader has been through.
    #[must_use]
    pub fn seen(&self) -> usize {
        self.steps.iter().filter(|step| step.is_seen).count()
    }
}

/// One step with its contents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepPage {
    /// The lesson around it.
    pub outline: LessonOutline,
    /// From 1.
    pub number: u8,
    /// What it shows.
    pub body: StepBody,
    /// Items of a checklist that are ticked, counted from 0.
    pub ticks: Vec<u8>,
    /// Where in the film one stopped, seconds.
    pub video_seconds: u32,
}

/// What completing a lesson brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonSummary {
    /// Points of this lesson, all told.
    pub points: u32,
    /// Points of this climb, rung by rung.
    pub rungs: Vec<RungPoints>,
    /// Points for completing the lesson; 0 while something is left.
    pub completion: u32,
    /// Steps that are not seen yet, and keep the lesson from being completed.
    pub unseen: Vec<StepHead>,
    /// When it was completed.
    pub completed_on: Option<Date>,
    /// The level of the system that is now shown.
    pub shown: Option<Level>,
    /// What that level means.
    pub meaning: Option<String>,
    /// Lessons still needed for this lesson's level.
    pub missing_for_level: Vec<LessonLink>,
    /// What comes next.
    pub next: Option<LessonLink>,
}

/// Points of a rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RungPoints {
    /// From 1, easy first.
    pub number: u8,
    /// Questions answered.
    pub questions: u32,
    /// Points in this climb.
    pub points: u32,
}

/// A lesson to go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonLink {
    /// Its address word.
    pub slug: String,
    /// BCP 47 tag of the title.
    pub lang: String,
    /// What it is called.
    pub title: String,
    /// Which system.
    pub system: SystemName,
    /// Which level of it.
    pub level: Level,
    /// About how long it takes.
    pub minutes: u8,
}

/// Whether a lesson is completed: all steps seen and the top rung climbed.
#[must_use]
pub const fn is_completed(steps_seen: usize, steps: usize, is_topped: bool) -> bool {
    is_topped && steps_seen >= steps
}

/// What a person had open last in a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastOpen {
    /// Nothing yet.
    Nothing,
    /// A step.
    Step(StepId),
    /// The ladder, on the way up.
    Ladder,
}

/// Where to go on: the ladder where one stood on it, else the step last open if it is not done
/// with, else the first step not seen, else the ladder.
#[must_use]
pub fn place_to_resume(steps: &[StepHead], last_open: LastOpen) -> Place {
    if last_open == LastOpen::Ladder {
        return Place::Ladder;
    }
    let unseen = |step: &&StepHead| !step.is_seen;
    let last = steps.iter().filter(unseen).find(|step| LastOpen::Step(step.id) == last_open);
    last.or_else(|| steps.iter().find(unseen))
        .map_or(Place::Ladder, |step| Place::Step(step.number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use rstest::rstest;

    fn steps(seen: &[bool]) -> Vec<StepHead> {
        (1u8..)
            .zip(seen)
            .map(|(number, &is_seen)| StepHead {
                id: StepId::from_u128(number.into()),
                number,
                title: String::new(),
                kind: StepKind::Text,
                minutes: 2,
                is_seen,
            })
            .collect()
    }

    #[rstest]
    #[case::nothing_yet(&[false, false], LastOpen::Nothing, Place::Step(1))]
    #[case::the_step_left_open(&[true, false, false], step(3), Place::Step(3))]
    #[case::that_was_finished(&[true, true, false], step(2), Place::Step(3))]
    #[case::one_was_skipped(&[true, false, true], step(3), Place::Step(2))]
    #[case::all_seen(&[true, true], step(1), Place::Ladder)]
    #[case::the_step_is_gone(&[true, false], step(99), Place::Step(2))]
    #[case::on_the_ladder_with_a_step_left(&[true, false], LastOpen::Ladder, Place::Ladder)]
    fn one_goes_on_where_one_stopped(
        #[case] seen: &[bool],
        #[case] last: LastOpen,
        #[case] expected: Place,
    ) {
        assert_eq!(place_to_resume(&steps(seen), last), expected);
    }

    fn step(id: u128) -> LastOpen {
        LastOpen::Step(StepId::from_u128(id))
    }
}
