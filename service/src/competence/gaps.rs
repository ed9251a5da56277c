//! What is wanting, and the way there.

use kvarten_domain::{Height, Level, competence::ShownRule};

use crate::bank::{Bank, LessonEntry};

/// A system in which something is wanting, by its place among all systems.
#[derive(Debug)]
pub(crate) struct Gap<'b> {
    pub(crate) system: usize,
    pub(crate) required: Level,
    pub(crate) shown: Height,
    /// The lessons that close it, in the order to take them.
    pub(crate) lessons: Vec<&'b LessonEntry>,
    /// Whether they close it wholly.
    pub(crate) closes: bool,
}

impl Gap<'_> {
    /// How many levels are wanting.
    pub(crate) const fn levels(&self) -> u8 {
        self.shown.gap_to(self.required)
    }

    /// How long its lessons take together.
    pub(crate) fn minutes(&self) -> u32 {
        self.lessons.iter().map(|entry| u32::from(entry.minutes)).sum()
    }
}

/// What is wanting of what is required in each system, the shortest way first. `is_held` says of which
/// lessons there is evidence.
pub(crate) fn gaps<'b>(
    bank: &'b Bank,
    rule: &ShownRule<'_>,
    (required, shown): (&[Option<Level>], &[Height]),
    is_held: impl Fn(&LessonEntry) -> bool,
    is_begun: impl Fn(&LessonEntry) -> bool,
) -> Vec<Gap<'b>> {
    let gap = |(system, (required, shown)): (usize, (&Option<Level>, &Height))| {
        let (required, shown) = ((*required)?, *shown);
        if shown.gap_to(required) == 0 {
            return None;
        }
        let mut lessons: Vec<&LessonEntry> = bank
            .lessons
            .iter()
            .filter(|entry| entry.system == system && entry.level <= required)
            .filter(|entry| rule.takes(entry.lesson) && !is_held(entry))
            .collect();
        // A level at a time; within it what is begun, then what is quickest.
        let key = |entry: &LessonEntry| (entry.level, !is_begun(entry), entry.minutes);
        lessons.sort_by(|one, other| {
            key(one).cmp(&key(other)).then_with(|| one.title.cmp(&other.title))
        });
        let closes = rule.can_be_shown(system, required);
        Some(Gap { system, required, shown, lessons, closes })
    };
    let mut gaps: Vec<Gap<'b>> = required.iter().zip(shown).enumerate().filter_map(gap).collect();
    // What can be closed at all, the quickest of it first.
    gaps.sort_by_key(|gap| (gap.lessons.is_empty(), !gap.closes, gap.minutes()));
    gaps
}
