//! What somebody has shown and what they say they can, at any point in time.

use std::{collections::HashMap, ops::Range};

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

impl RequiredLesson {
    fn is_required(&self, at: Timestamp) -> bool {
        self.spans.iter().any(|span| span.holds_at(at))
    }
}

/// Every lesson that is or was required for a level. Made once and asked about many points in time.
#[derive(Clone, Debug, Default)]
pub struct RequiredLessons {
    /// Those of a system stand together, and among them those of a level.
    lessons: Vec<RequiredLesson>,
    place: HashMap<LessonId, usize>,
    /// Per system and level, the places of its lessons.
    of_level: Vec<[Range<usize>; 4]>,
}

impl RequiredLessons {
    /// Those of so many systems.
    #[must_use]
    pub fn new(systems: usize, mut lessons: Vec<RequiredLesson>) -> Self {
        lessons.retain(|lesson| lesson.system < systems);
        lessons.sort_by_key(|lesson| (lesson.system, lesson.level));
        let place = lessons.iter().enumerate().map(|(at, lesson)| (lesson.lesson, at)).collect();
        let of = |system: usize, level: Level| {
            let of_level = (system, level);
            let key = |lesson: &RequiredLesson| (lesson.system, lesson.level);
            let first = lessons.partition_point(|lesson| key(lesson) < of_level);
            first..lessons.partition_point(|lesson| key(lesson) <= of_level)
        };
        let of_level =
            (0..systems).map(|system| Level::ALL.map(|level| of(system, level))).collect();
        Self { lessons, place, of_level }
    }

    /// What it takes to show the levels of every system at a point in time.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> ShownRule<'_> {
        let is_taken = |lesson: &RequiredLesson| lesson.is_required(at);
        ShownRule { at, lessons: self, is_taken: self.lessons.iter().map(is_taken).collect() }
    }

    /// Whether a lesson is required for its level at a point in time.
    #[must_use]
    pub fn is_required(&self, lesson: LessonId, at: Timestamp) -> bool {
        self.place.get(&lesson).is_some_and(|place| self.lessons[*place].is_required(at))
    }

    /// Evidence of these lessons.
    #[must_use]
    pub fn placed(&self, proofs: &[Proof]) -> Placed {
        let place = |proof: &Proof| Some((*self.place.get(&proof.lesson)?, proof.span));
        Placed(proofs.iter().filter_map(place).collect())
    }
}

/// Evidence of lessons that are or were required, by the places that [`RequiredLessons`] knows them
/// by: found once, and asked about at many points in time.
#[derive(Clone, Debug, Default)]
pub struct Placed(Vec<(usize, Span)>);

impl Placed {
    /// The places of those that begin or end to hold after one point in time, up to a later one.
    fn changed(&self, after: Timestamp, until: Timestamp) -> impl Iterator<Item = usize> {
        let is_between = move |at: Timestamp| at > after && at <= until;
        let changes =
            move |span: &Span| is_between(span.from) || span.until.is_some_and(is_between);
        self.0.iter().filter(move |(_, span)| changes(span)).map(|(place, _)| *place)
    }
}

/// What it takes to show the levels of every system, as of one point in time. Made once and asked
/// about many people.
#[derive(Clone, Debug)]
pub struct ShownRule<'l> {
    at: Timestamp,
    lessons: &'l RequiredLessons,
    /// Whether each of them is required at this one.
    is_taken: Vec<bool>,
}

impl ShownRule<'_> {
    /// The level shown in each system, in their order.
    #[must_use]
    pub fn shown(&self, facts: &Facts) -> Vec<Option<Level>> {
        self.shown_by(&self.lessons.placed(&facts.proofs))
    }

    /// The same of what has been placed.
    #[must_use]
    pub fn shown_by(&self, placed: &Placed) -> Vec<Option<Level>> {
        let has = self.has(placed);
        (0..self.lessons.of_level.len()).map(|system| self.shown_in(system, &has)).collect()
    }

    /// Makes of what was shown by the same person at an earlier point in time what is shown at this
    /// one: only what has changed since is asked again.
    pub fn follow(&self, before: &Self, placed: &Placed, shown: &mut Vec<Option<Level>>) {
        if self.is_taken != before.is_taken {
            *shown = self.shown_by(placed);
            return;
        }
        let mut has = None;
        for place in placed.changed(before.at, self.at) {
            let system = self.lessons.lessons[place].system;
            shown[system] = self.shown_in(system, has.get_or_insert_with(|| self.has(placed)));
        }
    }

    /// Of which lessons there is evidence that holds, by their places.
    fn has(&self, placed: &Placed) -> Vec<bool> {
        let mut has = vec![false; self.is_taken.len()];
        for (place, _) in placed.0.iter().filter(|(_, span)| span.holds_at(self.at)) {
            has[*place] = true;
        }
        has
    }

    fn shown_in(&self, system: usize, has: &[bool]) -> Option<Level> {
        shown_level(|level| {
            let mut taken = self.taken(system, level).peekable();
            taken.peek()?;
            Some(taken.all(|place| has[place]))
        })
    }

    /// The places of the lessons that a level takes.
    fn taken(&self, system: usize, level: Level) -> impl Iterator<Item = usize> {
        let places = self.lessons.of_level[system][usize::from(level.number()) - 1].clone();
        places.filter(|place| self.is_taken[*place])
    }

    /// Whether a lesson is required for its level.
    #[must_use]
    pub fn takes(&self, lesson: LessonId) -> bool {
        self.lessons.place.get(&lesson).is_some_and(|place| self.is_taken[*place])
    }

    /// Whether any lesson is required for a level of a system.
    #[must_use]
    pub fn can_be_shown(&self, system: usize, level: Level) -> bool {
        system < self.lessons.of_level.len() && self.taken(system, level).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use proptest::prelude::*;

    fn lesson(number: u128, system: usize, level: u8, span: (i64, Option<i64>)) -> RequiredLesson {
        RequiredLesson {
            lesson: LessonId::from_u128(number),
            system,
            level: Level::new(level).expect("1–4"),
            spans: vec![Span { from: Timestamp(span.0), until: span.1.map(Timestamp) }],
        }
    }

    fn proof(number: u128, from: i64, until: Option<i64>) -> Proof {
        Proof {
            lesson: LessonId::from_u128(number),
            span: Span { from: Timestamp(from), until: until.map(Timestamp) },
        }
    }

    fn shown(lessons: &[RequiredLesson], facts: &Facts, at: i64) -> Vec<u8> {
        let lessons = RequiredLessons::new(2, lessons.to_vec());
        lessons
            .at(Timestamp(at))
            .shown(facts)
            .into_iter()
            .map(|level| Height::from(level).number())
            .collect()
    }

    #[test]
    fn what_is_shown_follows_the_calendar() {
        let lessons =
            [lesson(1, 0, 1, (0, None)), lesson(2, 0, 2, (0, None)), lesson(3, 1, 1, (50, None))];
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
        let lessons = [lesson(1, 0, 1, (0, None)), lesson(2, 0, 1, (30, None))];
        let facts = Facts { proofs: vec![proof(1, 10, None)], said: Vec::new() };
        assert_eq!(shown(&lessons, &facts, 29), [1, 0]);
        assert_eq!(shown(&lessons, &facts, 30), [0, 0]);
    }

    /// Lessons of two systems, with when they are required, and evidence of some of them.
    fn some() -> impl Strategy<Value = (Vec<RequiredLesson>, Vec<Proof>)> {
        let span = || {
            (0i64..40, prop::option::of(1i64..30))
                .prop_map(|(from, long)| (from, long.map(|long| from + long)))
        };
        let one = (0usize..2, 1u8..=4, span());
        let lessons = prop::collection::vec(one, 1..9).prop_map(|all| {
            let of = |(number, (system, level, span))| lesson(number, system, level, span);
            (1u128..).zip(all).map(of).collect()
        });
        let proofs = prop::collection::vec((1u128..10, span()), 0..12).prop_map(|all| {
            all.into_iter().map(|(number, (from, until))| proof(number, from, until)).collect()
        });
        (lessons, proofs)
    }

    proptest! {
        /// Whoever is followed from day to day has shown what they have when they are asked that day.
        #[test]
        fn to_follow_is_to_ask_again((lessons, proofs) in some(), steps in prop::collection::vec(0i64..9, 1..9)) {
            let lessons = RequiredLessons::new(2, lessons);
            let placed = lessons.placed(&proofs);
            let mut before = lessons.at(Timestamp(0));
            let mut shown = before.shown_by(&placed);
            let mut at = 0;
            for step in steps {
                at += step;
                let rule = lessons.at(Timestamp(at));
                rule.follow(&before, &placed, &mut shown);
                prop_assert_eq!(&shown, &rule.shown_by(&placed), "{}", at);
                before = rule;
            }
        }
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
