//! A lesson as an author writes it: texts in Markdown, files by name.

use kvarten_domain::question::{Area, ChoiceOption, Pair};
use serde::{Deserialize, Serialize};

use crate::text::form::{is_nfc, nfc};

/// The files a draft names: from name to bytes.
pub type Files<'f> = &'f (dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync);

/// A lesson as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LessonDraft {
    /// Its address word: a–z, 0–9 and hyphens.
    pub slug: String,
    /// BCP 47 tag.
    pub lang: String,
    /// What it is called.
    pub title: String,
    /// In a sentence or two.
    pub summary: String,
    /// Code of its system.
    pub system: String,
    /// 1–4.
    pub level: u8,
    /// Whether it counts for the level.
    pub required: bool,
    /// About how long it takes.
    pub minutes: u8,
    /// Codes of the professions it is for; none means everyone.
    pub professions: Vec<String>,
    /// Employee number of the owner.
    pub owner: String,
    /// Months until it is looked over.
    pub review_months: u8,
    /// Other words people search with.
    pub keywords: Vec<String>,
    /// The routine it belongs to.
    pub routine: RoutineDraft,
    /// In order.
    #[serde(rename = "step")]
    pub steps: Vec<StepDraft>,
    /// Easy first.
    #[serde(rename = "rung")]
    pub rungs: Vec<RungDraft>,
}

/// A routine at work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RoutineDraft {
    /// What it is called.
    pub name: String,
    /// Markdown.
    pub text: String,
}

/// A step; `text` is Markdown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StepDraft {
    /// Reading.
    Text {
        /// Heading.
        title: String,
        /// About how long it takes.
        minutes: u8,
        /// The text.
        text: String,
    },
    /// A film.
    Video {
        /// Heading.
        title: String,
        /// About how long it takes.
        minutes: u8,
        /// Above the film.
        #[serde(default)]
        text: String,
        /// MP4 or `WebM`.
        video: String,
        /// A picture shown until it plays.
        poster: Option<String>,
        /// WebVTT, named `NAME.LANG.vtt`.
        captions: String,
    },
    /// A picture with call-outs.
    Picture {
        /// Heading.
        title: String,
        /// About how long it takes.
        minutes: u8,
        /// Above the picture.
        #[serde(default)]
        text: String,
        /// WebP, PNG or JPEG.
        picture: String,
        /// Alternative text.
        alt: String,
        /// In the order they are numbered.
        #[serde(default, rename = "callout")]
        callouts: Vec<CalloutDraft>,
    },
    /// Things to try.
    Checklist {
        /// Heading.
        title: String,
        /// About how long it takes.
        minutes: u8,
        /// Above the list.
        #[serde(default)]
        text: String,
        /// What to do.
        items: Vec<String>,
    },
    /// A file to keep.
    File {
        /// Heading.
        title: String,
        /// About how long it takes.
        minutes: u8,
        /// Above the file.
        #[serde(default)]
        text: String,
        /// The file.
        file: String,
        /// What it is called when saved.
        name: String,
    },
}

impl LessonDraft {
    /// The draft with all of its texts in NFC.
    ///
    /// # Errors
    /// None for a draft: it is read as it was written.
    pub(super) fn in_nfc(&self) -> Result<Self, serde_json::Error> {
        let texts = serde_json::to_string(self)?;
        if is_nfc(&texts) { Ok(self.clone()) } else { serde_json::from_str(&nfc(&texts)) }
    }
}

impl StepDraft {
    /// Heading and minutes.
    #[must_use]
    pub fn head(&self) -> (&str, u8) {
        match self {
            Self::Text { title, minutes, .. }
            | Self::Video { title, minutes, .. }
            | Self::Picture { title, minutes, .. }
            | Self::Checklist { title, minutes, .. }
            | Self::File { title, minutes, .. } => (title, *minutes),
        }
    }
}

/// A remark on a picture, in per cent of width and height.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CalloutDraft {
    /// From the left.
    pub x: f32,
    /// From above.
    pub y: f32,
    /// What there is to notice.
    pub text: String,
}

/// A rung.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RungDraft {
    /// How many questions are drawn.
    pub draw: u8,
    /// The pool.
    #[serde(rename = "question")]
    pub questions: Vec<QuestionDraft>,
}

/// A question.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuestionDraft {
    /// What is asked.
    pub prompt: String,
    /// Shown after a miss.
    #[serde(default)]
    pub hint: String,
    /// Why.
    pub explanation: String,
    /// The kind and the key.
    #[serde(flatten)]
    pub body: QuestionBodyDraft,
}

/// The kind and the key of a question.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum QuestionBodyDraft {
    /// One right.
    Single {
        /// To choose from.
        options: Vec<ChoiceOption>,
    },
    /// Several right.
    Multiple {
        /// To choose from.
        options: Vec<ChoiceOption>,
    },
    /// A statement.
    TrueFalse {
        /// Whether it is true.
        is_true: bool,
    },
    /// To put in order.
    Order {
        /// In the right order.
        items: Vec<String>,
    },
    /// To pair.
    Match {
        /// What belongs together.
        pairs: Vec<Pair>,
    },
    /// A gap.
    Word {
        /// Up to the gap.
        before: String,
        /// After it.
        after: String,
        /// What fits.
        accepted: Vec<String>,
    },
    /// A spot in a picture.
    Point {
        /// WebP, PNG or JPEG.
        picture: String,
        /// Alternative text.
        alt: String,
        /// Named areas, one right.
        areas: Vec<Area>,
    },
}
