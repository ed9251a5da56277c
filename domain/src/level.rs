//! Levels 1–4 of a system, and which one a person has shown.

use serde::{Deserialize, Serialize};

/// A level of knowledge in a system: 1 basic … 4 expert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Level(u8);

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self(1), Self(2), Self(3), Self(4)];

    /// The level with a number, 1–4.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if matches!(number, 1..=4) { Some(Self(number)) } else { None }
    }

    /// The number, 1–4.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Level {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("a level is 1, 2, 3 or 4")
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.0
    }
}

/// A lesson that is required for a level of a system, and whether one person has completed it
/// with evidence that has not expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequiredLesson {
    /// The level it counts for.
    pub level: Level,
    /// Completed and unexpired.
    pub is_completed: bool,
}

/// The level shown: the highest L that has required lessons, all completed, and below which
/// every level that has required lessons is shown too. A level with none is neither shown nor
/// in the way. (Domain rules, "Evidence".)
#[must_use]
pub fn shown_level(required: &[RequiredLesson]) -> Option<Level> {
    let mut shown = None;
    for level in Level::ALL {
        let mut of_level = required.iter().filter(|lesson| lesson.level == level).peekable();
        if of_level.peek().is_none() {
            continue;
        }
        if !of_level.all(|lesson| lesson.is_completed) {
            break;
        }
        shown = Some(level);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn required(lessons: &[(u8, bool)]) -> Vec<RequiredLesson> {
        lessons
            .iter()
            .map(|&(level, is_completed)| RequiredLesson {
                level: Level::new(level).expect("1–4"),
                is_completed,
            })
            .collect()
    }

    #[rstest]
    #[case::nothing_required(&[], None)]
    #[case::not_begun(&[(1, false)], None)]
    #[case::one_of_two(&[(1, true), (1, false)], None)]
    #[case::all_of_level_one(&[(1, true), (1, true), (2, false)], Some(1))]
    #[case::a_hole_below_is_in_the_way(&[(1, false), (2, true)], None)]
    #[case::an_empty_level_is_not_in_the_way(&[(1, true), (3, true)], Some(3))]
    #[case::nor_at_the_bottom(&[(2, true)], Some(2))]
    #[case::nor_is_it_shown(&[(1, true), (4, false)], Some(1))]
    #[case::a_hole_in_the_middle(&[(1, true), (2, false), (3, true)], Some(1))]
    fn the_rule(#[case] lessons: &[(u8, bool)], #[case] expected: Option<u8>) {
        assert_eq!(shown_level(&required(lessons)), expected.and_then(Level::new));
    }

    proptest! {
        /// Completing one more lesson never lowers the level.
        #[test]
        fn levels_are_monotone(
            mut lessons in prop::collection::vec((1u8..=4, any::<bool>()), 1..12),
            pick: prop::sample::Index,
        ) {
            let before = shown_level(&required(&lessons));
            let at = pick.index(lessons.len());
            lessons[at].1 = true;
            prop_assert!(shown_level(&required(&lessons)) >= before);
        }
    }
}
