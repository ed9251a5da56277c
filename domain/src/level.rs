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

/// How far up a scale of levels something reaches: 0 below the first, 1–4 at that level.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "u8", into = "u8")]
pub struct Height(u8);

impl Height {
    /// Below the first level.
    pub const GROUND: Self = Self(0);

    /// The height with a number, 0–4.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number <= 4 { Some(Self(number)) } else { None }
    }

    /// The number, 0–4.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The level reached, if any.
    #[must_use]
    pub const fn level(self) -> Option<Level> {
        Level::new(self.0)
    }

    /// How many levels are wanting up to what is required; never below zero.
    #[must_use]
    pub const fn gap_to(self, required: Level) -> u8 {
        required.0.saturating_sub(self.0)
    }
}

impl From<Level> for Height {
    fn from(level: Level) -> Self {
        Self(level.0)
    }
}

impl From<Option<Level>> for Height {
    fn from(level: Option<Level>) -> Self {
        level.map_or(Self::GROUND, Self::from)
    }
}

impl TryFrom<u8> for Height {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("a height is 0, 1, 2, 3 or 4")
    }
}

impl From<Height> for u8 {
    fn from(height: Height) -> Self {
        height.0
    }
}

/// The level shown: the highest L that has required lessons, all completed and unexpired, and below
/// which every level that has required lessons is shown too. A level with none is neither shown nor
/// in the way. (Domain rules, "Evidence".)
///
/// `is_complete` says of a level whether all lessons required for it are completed and unexpired;
/// `None` where no lesson is required for it.
#[must_use]
pub fn shown_level(mut is_complete: impl FnMut(Level) -> Option<bool>) -> Option<Level> {
    let mut shown = None;
    for level in Level::ALL {
        match is_complete(level) {
            None => {}
            Some(true) => shown = Some(level),
            Some(false) => break,
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    /// Of lessons, each with its level and whether it is completed.
    fn shown(lessons: &[(u8, bool)]) -> Option<Level> {
        shown_level(|level| {
            let mut of_level = lessons.iter().filter(|(of, _)| *of == level.number()).peekable();
            of_level.peek()?;
            Some(of_level.all(|(_, is_completed)| *is_completed))
        })
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
        assert_eq!(shown(lessons), expected.and_then(Level::new));
    }

    #[rstest]
    #[case(0, 2, 2)]
    #[case(1, 2, 1)]
    #[case(2, 2, 0)]
    #[case(4, 1, 0)]
    fn a_gap_is_never_below_zero(#[case] height: u8, #[case] required: u8, #[case] gap: u8) {
        let required = Level::new(required).expect("1–4");
        assert_eq!(Height::new(height).map(|height| height.gap_to(required)), Some(gap));
    }

    #[test]
    fn there_is_no_level_five() {
        assert_eq!(Level::new(5), None);
        assert_eq!(Height::new(5), None);
        assert!(serde_json::from_str::<Level>("5").is_err());
        assert!(serde_json::from_str::<Level>("0").is_err());
    }

    proptest! {
        /// Completing one more lesson never lowers the level.
        #[test]
        fn levels_are_monotone(
            mut lessons in prop::collection::vec((1u8..=4, any::<bool>()), 1..12),
            pick: prop::sample::Index,
        ) {
            let before = shown(&lessons);
            let at = pick.index(lessons.len());
            lessons[at].1 = true;
            prop_assert!(shown(&lessons) >= before);
        }
    }
}
