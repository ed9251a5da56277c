//! What somebody has shown and what they say they can, at any point in time.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{
    id::{LessonId, SystemId},
    level::{Height, Level, shown_level},
    time::{Span, Timestamp},
};

/// Evidence of a lesson, as far as the rules ask: of which lesson, and from when until when it
/// holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Which lesson.
    pub lesson: LessonId,
    /// From when it was earned until it expires.
    pub span: Span,
}

/// An outcome of a self-assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Of which system.
    pub system: SystemId,
    /// When it was said.
    pub at: Timestamp,
    /// How far up.
    pub height: Height,
}

/// Everything the rules about competence know of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// All evidence there has been, in any order.
    pub proofs: Vec<Proof>,
    /// Every outcome, oldest first.
    pub said: Vec<Said>,
}

impl Facts {
    /// Whether evidence of a lesson holds at a point in time.
    #[must_use]
    pub fn holds(&self, lesson: LessonId, at: Timestamp) -> bool {
        self.proofs.iter().any(|proof| proof.lesson == lesson && proof.span.holds_at(at))
    }

    /// What was said of a system last, up to a point in time.
    #[must_use]
    pub fn said_of(&self, system: SystemId, at: Timestamp) -> Option<Said> {
        self.said.iter().rev().find(|said| said.system == system && said.at <= at).copied()
    }

    /// The last time something was shown or said, up to a point in time.
    #[must_use]
    pub fn last_active(&self, at: Timestamp) -> Option<Timestamp> {
        let shown = self.proofs.iter().map(|proof| proof.span.from);
        shown.chain(self.said.iter().map(|said| said.at)).filter(|when| *when <= at).max()
    }
}

/// A lesson that is or was required for a level of a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredLesson {
    /// Which lesson.
    pub lesson: LessonId,
    /// The place of its system among all systems.
    pub system: usize,
    /// For which level.
    pub level: Level,
    /// When it was required.
    pub spans: Vec<Span>,
}

/// What it takes to show the levels of every system, as of one point in time. Made once and asked
/// about many people.
#[derive(Clone, Debug)]
pub struct ShownRule {
    at: Timestamp,
    /// The place of every lesson that is or was required: the same at any point in time.
    place: HashMap<LessonId, usize>,
    /// Whether each of them is required at this one.
    is_taken: Vec<bool>,
    /// Per system and level the places of the lessons it takes.
    takes: Vec<[Vec<usize>; 4]>,
}

/// Evidence of lessons that are or were required, by the places a [`ShownRule`] knows them by: found
/// once, and asked about at many points in time.
#[derive(Clone, Debug)]
pub struct Placed(Vec<(usize, Span)>);

impl ShownRule {
    /// The rule for so many systems as it was at a point in time.
    #[must_use]
    pub fn at(systems: usize, lessons: &[RequiredLesson], at: Timestamp) -> Self {
        let mut rule = Self {
            at,
            place: HashMap::new(),
            is_taken: vec![false; lessons.len()],
            takes: vec![<[Vec<usize>; 4]>::default(); systems],
        };
        for lesson in lessons {
            let next = rule.place.len();
            let place = *rule.place.entry(lesson.lesson).or_insert(next);
            if !lesson.spans.iter().any(|span| span.holds_at(at)) {
                continue;
            }
            rule.is_taken[place] = true;
            if let Some(system) = rule.takes.get_mut(lesson.system) {
                system[usize::from(lesson.level.number()) - 1].push(place);
            }
        }
        rule
    }

    /// What somebody has shown, for this rule and those of the same lessons at other points in time.
    #[must_use]
    pub fn placed(&self, facts: &Facts) -> Placed {
        let place = |proof: &Proof| Some((*self.place.get(&proof.lesson)?, proof.span));
        Placed(facts.proofs.iter().filter_map(place).collect())
    }

    /// The level shown in each system, in their order.
    #[must_use]
    pub fn shown(&self, facts: &Facts) -> Vec<Option<Level>> {
        self.shown_by(&self.placed(facts))
    }

    /// The same of what has been placed.
    #[must_use]
    pub fn shown_by(&self, placed: &Placed) -> Vec<Option<Level>> {
        let mut has = vec![false; self.is_taken.len()];
        for (place, _) in placed.0.iter().filter(|(_, span)| span.holds_at(self.at)) {
            has[*place] = true;
        }
        let complete = |system: &[Vec<usize>; 4], level: Level| {
            let takes = &system[usize::from(level.number()) - 1];
            (!takes.is_empty()).then(|| takes.iter().all(|&place| has[place]))
        };
        self.takes.iter().map(|system| shown_level(|level| complete(system, level))).collect()
    }

    /// Whether a lesson is required for its level.
    #[must_use]
    pub fn takes(&self, lesson: LessonId) -> bool {
        self.place.get(&lesson).is_some_and(|place| self.is_taken[*place])
    }

    /// Whether any lesson is required for a level of a system.
    #[must_use]
    pub fn can_be_shown(&self, system: usize, level: Level) -> bool {
        let takes = self.takes.get(system);
        takes.is_some_and(|takes| !takes[usize::from(level.number()) - 1].is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    fn lesson(number: u128, system: usize, level: u8, from: i64) -> RequiredLesson {
        RequiredLesson {
            lesson: LessonId::from_u128(number),
            system,
            level: Level::new(level).expect("1–4"),
            spans: vec![Span { from: Timestamp(from), until: None }],
        }
    }

    fn proof(number: u128, from: i64, until: Option<i64>) -> Proof {
        Proof {
            lesson: LessonId::from_u128(number),
            span: Span { from: Timestamp(from), until: until.map(Timestamp) },
        }
    }

    fn shown(lessons: &[RequiredLesson], facts: &Facts, at: i64) -> Vec<u8> {
        let rule = ShownRule::at(2, lessons, Timestamp(at));
        rule.shown(facts).into_iter().map(|level| Height::from(level).number()).collect()
    }

    #[test]
    fn what_is_shown_follows_the_calendar() {
        let lessons = [lesson(1, 0, 1, 0), lesson(2, 0, 2, 0), lesson(3, 1, 1, 50)];
        let facts = Facts {
            proofs: vec![proof(1, 10, Some(40)), proof(2, 20, None), proof(1, 60, None)],
            said: Vec::new(),
        };
        assert_eq!(shown(&lessons, &facts, 5), [0, 0]);
        assert_eq!(shown(&lessons, &facts, 10), [1, 0]);
        assert_eq!(shown(&lessons, &facts, 20), [2, 0]);
        assert_eq!(shown(&lessons, &facts, 40), [0, 0], "the first level has expired");
        assert_eq!(shown(&lessons, &facts, 60), [2, 0], "and has been renewed");
    }

    #[test]
    fn a_lesson_counts_from_the_day_it_is_required() {
        let lessons = [lesson(1, 0, 1, 0), lesson(2, 0, 1, 30)];
        let facts = Facts { proofs: vec![proof(1, 10, None)], said: Vec::new() };
        assert_eq!(shown(&lessons, &facts, 29), [1, 0]);
        assert_eq!(shown(&lessons, &facts, 30), [0, 0]);
    }

    #[test]
    fn what_was_said_last_counts() {
        let system = SystemId::from_u128(1);
        let said = |at, height| Said {
            system,
            at: Timestamp(at),
            height: Height::new(height).expect("0–4"),
        };
        let facts =
            Facts { proofs: vec![proof(1, 30, None)], said: vec![said(10, 3), said(20, 1)] };
        let height = |at| facts.said_of(system, Timestamp(at)).map(|said| said.height.number());
        assert_eq!((height(9), height(10), height(25)), (None, Some(3), Some(1)));
        assert_eq!(facts.said_of(SystemId::from_u128(2), Timestamp(99)), None);
        assert_eq!(facts.last_active(Timestamp(25)), Some(Timestamp(20)));
        assert_eq!(facts.last_active(Timestamp(30)), Some(Timestamp(30)));
    }
}
