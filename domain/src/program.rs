//! Programs: lessons in order, for a profession. (Domain, `Program`.)

use serde::{Deserialize, Serialize};

use crate::{
    bank::Choice,
    id::ProgramId,
    lesson::LessonLink,
    time::{Date, Span, Timestamp},
};

/// The most lessons in a program.
pub const MOST_LESSONS: usize = 20;

/// Where a program is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramLink {
    /// Its address word.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// How many lessons it has.
    pub lessons: u8,
    /// About how long they take together.
    pub minutes: u16,
}

/// When the last of some lessons was completed, as seen from a point in time on: what held then
/// counts from then. For each lesson, when its evidence was earned and until when it holds. None
/// while one of them is wanting, or where there are none.
#[must_use]
pub fn completed(lessons: &[Vec<Span>], from: Timestamp) -> Option<Timestamp> {
    let first = |spans: &Vec<Span>| {
        let holds = spans.iter().any(|span| span.holds_at(from));
        let later = spans.iter().map(|span| span.from).filter(|at| *at >= from).min();
        if holds { Some(from) } else { later }
    };
    let each: Option<Vec<Timestamp>> = lessons.iter().map(first).collect();
    each?.into_iter().max()
}

/// How far a person has come with a lesson of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramStep {
    /// Which lesson.
    pub lesson: LessonLink,
    /// When it was completed, while that holds.
    pub done: Option<Date>,
    /// Whether it is begun and not completed.
    pub is_begun: bool,
}

/// A program, for the person it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramPage {
    /// Which.
    pub program: ProgramLink,
    /// What it is for; may be empty.
    pub about: String,
    /// Its lessons, in order.
    pub steps: Vec<ProgramStep>,
}

impl ProgramPage {
    /// How many of its lessons are completed.
    #[must_use]
    pub fn done(&self) -> usize {
        self.steps.iter().filter(|step| step.done.is_some()).count()
    }

    /// What to go on with: the first that is begun, else the first that is not completed.
    #[must_use]
    pub fn next(&self) -> Option<&ProgramStep> {
        let mut open = self.steps.iter().filter(|step| step.done.is_none());
        open.clone().find(|step| step.is_begun).or_else(|| open.next())
    }
}

/// A program on the first page of its person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramCard {
    /// Which.
    pub program: ProgramLink,
    /// How many of its lessons are completed.
    pub done: u8,
    /// What to go on with; none where all are completed.
    pub next: Option<LessonLink>,
}

impl ProgramCard {
    /// The card of a page.
    #[must_use]
    pub fn of(page: ProgramPage) -> Self {
        Self {
            done: u8::try_from(page.done()).unwrap_or(u8::MAX),
            next: page.next().map(|step| step.lesson.clone()),
            program: page.program,
        }
    }
}

/// A program in the list of whoever keeps them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramLine {
    /// Which.
    pub program: ProgramLink,
    /// What it is for.
    pub about: String,
    /// The name of the profession it is for; none where it is for everybody.
    pub profession: Option<String>,
    /// When it was ended.
    pub ended: Option<Date>,
}

/// A program to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramForm {
    /// Which, or the id that a new one is to have.
    pub id: ProgramId,
    /// How often it has been changed; 0 for a new one.
    pub revision: u32,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// The code of the profession it is for.
    pub profession: Option<String>,
    /// The address words of its lessons, in order.
    pub lessons: Vec<String>,
    /// Whether it has been ended.
    pub is_ended: bool,
    /// What may be chosen for whom.
    pub professions: Vec<Choice>,
    /// What may be chosen to learn.
    pub bank: Vec<LessonLink>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn span(from: i64, until: Option<i64>) -> Span {
        Span { from: Timestamp(from), until: until.map(Timestamp) }
    }

    #[rstest]
    #[case::nothing(&[], None)]
    #[case::wanting(&[vec![span(1, None)], vec![]], None)]
    #[case::held_already(&[vec![span(1, None)]], Some(10))]
    #[case::since(&[vec![span(1, None)], vec![span(12, Some(20))]], Some(12))]
    #[case::in_any_order(&[vec![span(15, None)], vec![span(12, None)]], Some(15))]
    #[case::ended_before(&[vec![span(1, Some(10))]], None)]
    #[case::renewed(&[vec![span(1, Some(5)), span(30, None), span(20, None)]], Some(20))]
    fn a_program_is_completed_with_its_last_lesson(
        #[case] lessons: &[Vec<Span>],
        #[case] expected: Option<i64>,
    ) {
        assert_eq!(completed(lessons, Timestamp(10)), expected.map(Timestamp));
    }
}
