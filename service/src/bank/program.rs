//! Programs, and what can be pointed to.

use std::collections::HashMap;

use kvarten_domain::{
    LessonId, ProfessionId, ProgramId, Timestamp, program::ProgramLink, referral::Target,
};
use kvarten_entity::{Column, Key, program, program_lesson, referral, standing_referral};
use sea_orm::{DatabaseConnection, EntityTrait, QueryOrder};
use uuid::Uuid;

use super::{Bank, LessonEntry};
use crate::{ServiceError, text::collation_key};

/// A program.
#[derive(Clone, Debug)]
pub(crate) struct ProgramEntry {
    pub(crate) id: ProgramId,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) profession: Option<ProfessionId>,
    /// In order, also those that are archived.
    pub(crate) lessons: Vec<LessonId>,
    pub(crate) ended: Option<Timestamp>,
    pub(crate) revision: u32,
}

/// What a referral points to, as tables have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Aim {
    Lesson(LessonId),
    Program(ProgramId),
}

impl Aim {
    fn of(lesson: Option<Uuid>, program: Option<Uuid>) -> Option<Self> {
        let lesson = lesson.map(|id| Self::Lesson(id.id()));
        lesson.or_else(|| program.map(|id| Self::Program(id.id())))
    }

    pub(crate) fn of_referral(row: &referral::Model) -> Option<Self> {
        Self::of(row.lesson_id, row.program_id)
    }

    pub(crate) fn of_standing(row: &standing_referral::Model) -> Option<Self> {
        Self::of(row.lesson_id, row.program_id)
    }

    /// The columns that hold it: a lesson's, a program's.
    pub(crate) fn columns(self) -> (Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Lesson(lesson) => (Some(lesson.key()), None),
            Self::Program(program) => (None, Some(program.key())),
        }
    }
}

impl Bank {
    /// A program that has not been ended and has lessons.
    pub(crate) fn open_program(&self, code: &str) -> Option<&ProgramEntry> {
        self.open_programs().find(|entry| entry.code == code)
    }

    /// Programs that have not been ended and have lessons, by name.
    pub(crate) fn open_programs(&self) -> impl Iterator<Item = &ProgramEntry> {
        let is_open = |entry: &&ProgramEntry| {
            entry.ended.is_none() && self.lessons_in(entry).next().is_some()
        };
        self.programs.iter().filter(is_open)
    }

    /// The lessons of a program that there are, in order.
    pub(crate) fn lessons_in<'b>(
        &'b self,
        program: &'b ProgramEntry,
    ) -> impl Iterator<Item = &'b LessonEntry> {
        program.lessons.iter().filter_map(|lesson| self.by_lesson(*lesson))
    }

    pub(crate) fn program_link(&self, program: &ProgramEntry) -> ProgramLink {
        ProgramLink {
            code: program.code.clone(),
            name: program.name.clone(),
            lessons: u8::try_from(self.lessons_in(program).count()).unwrap_or(u8::MAX),
            minutes: self.lessons_in(program).map(|lesson| u16::from(lesson.minutes)).sum(),
        }
    }

    fn program_by_id(&self, id: ProgramId) -> Option<&ProgramEntry> {
        self.programs.iter().find(|entry| entry.id == id)
    }

    /// What a word of a form points to.
    pub(crate) fn aim(&self, word: &str) -> Option<Aim> {
        match word.strip_prefix(Target::PROGRAM) {
            Some(code) => self.open_program(code).map(|entry| Aim::Program(entry.id)),
            None => self.by_slug(word).map(|entry| Aim::Lesson(entry.lesson)),
        }
    }

    /// Where something is that can be pointed to; none where it is no more, or has been ended.
    pub(crate) fn target(&self, aim: Aim) -> Option<Target> {
        self.known_target(aim).filter(|_| !self.is_over(aim))
    }

    /// The same for whoever has pointed to it: what has been ended is still known.
    pub(crate) fn known_target(&self, aim: Aim) -> Option<Target> {
        match aim {
            Aim::Lesson(lesson) => {
                self.by_lesson(lesson).map(|entry| Target::Lesson(self.link(entry)))
            }
            Aim::Program(program) => {
                self.program_by_id(program).map(|entry| Target::Program(self.program_link(entry)))
            }
        }
    }

    /// Whether nobody is led to it any more: a program that has been ended or has no lessons left.
    pub(crate) fn is_over(&self, aim: Aim) -> bool {
        match aim {
            Aim::Lesson(_) => false,
            Aim::Program(program) => !self.open_programs().any(|entry| entry.id == program),
        }
    }

    /// The lessons it takes to do something that can be pointed to.
    pub(crate) fn lessons_of(&self, aim: Aim) -> Vec<LessonId> {
        match aim {
            Aim::Lesson(lesson) => vec![lesson],
            Aim::Program(program) => self.program_by_id(program).map_or_else(Vec::new, |entry| {
                self.lessons_in(entry).map(|entry| entry.lesson).collect()
            }),
        }
    }

    /// Every program that can be pointed to.
    pub(crate) fn program_targets(&self) -> impl Iterator<Item = Target> {
        self.open_programs().map(|entry| Target::Program(self.program_link(entry)))
    }
}

/// Every program there is or was, by name.
pub(super) async fn load_programs(
    db: &DatabaseConnection,
) -> Result<Vec<ProgramEntry>, ServiceError> {
    let mut lessons: HashMap<Uuid, Vec<LessonId>> = HashMap::new();
    let rows = program_lesson::Entity::find().order_by_asc(program_lesson::Column::Position);
    for row in rows.all(db).await? {
        lessons.entry(row.program_id).or_default().push(row.lesson_id.id());
    }
    let mut rows = program::Entity::find().all(db).await?;
    rows.sort_by_cached_key(|row| (collation_key(&row.name), row.id));
    let entry = |row: program::Model| ProgramEntry {
        lessons: lessons.remove(&row.id).unwrap_or_default(),
        id: row.id.id(),
        code: row.code,
        name: row.name,
        about: row.about,
        profession: row.profession_id.map(Key::id),
        ended: row.ended_at.map(Timestamp),
        revision: u32::try_from(row.revision).unwrap_or(0),
    };
    Ok(rows.into_iter().map(entry).collect())
}
