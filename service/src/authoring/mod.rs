//! Turning what an author wrote into a published version.

mod captions;
mod draft;
mod markdown;
mod media;
mod publish;

pub use captions::{NotCaptions, read_captions};
pub use draft::{
    CalloutDraft, Files, LessonDraft, QuestionBodyDraft, QuestionDraft, RoutineDraft, RungDraft,
    StepDraft,
};
pub use markdown::to_safe_html;
pub(crate) use publish::bank_changed;
