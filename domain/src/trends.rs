//! Trends: how many reach what is required, over time and unit beside unit. Made of whole blocks
//! (see [`crate::withheld`]): nothing is told of fewer than five people, also by subtraction.

use serde::{Deserialize, Serialize};

use crate::{
    lesson::SystemName,
    overview::UnitLine,
    time::Date,
    withheld::{Block, countable},
};

/// Of so many people who need a system, how many reach what is required, and how far up they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// How many need it.
    pub needed: u32,
    /// How many of them reach what is required.
    pub reached: u32,
    /// The mean of the levels they have shown, in tenths of a level.
    pub level_tenths: u32,
}

/// What one person brings to a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What is required of them; 0 where they do not need the system.
    pub required: u8,
    /// What they have shown, 0–4.
    pub shown: u8,
}

/// A figure about the people of a selection who need a system. Nothing where no whole block of them
/// is left.
#[must_use]
pub fn figure(
    blocks: &[Block],
    standings: &[Standing],
    is_selected: impl Fn(usize) -> bool,
) -> Option<Figure> {
    let needs =
        |at: usize| is_selected(at) && standings.get(at).is_some_and(|one| one.required > 0);
    let counted = countable(blocks, needs);
    if counted.is_empty() {
        return None;
    }
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let reached = counted.iter().filter(|at| standings[**at].shown >= standings[**at].required);
    let levels: u32 = counted.iter().map(|at| u32::from(standings[*at].shown)).sum();
    let needed = count(counted.len());
    Some(Figure {
        needed,
        reached: count(reached.count()),
        level_tenths: (levels * 10 + needed / 2) / needed,
    })
}

/// One system over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemTrend {
    /// Which system.
    pub system: SystemName,
    /// For each day of the page; none where it is withheld or nobody needed it.
    pub figures: Vec<Option<Figure>>,
}

/// One unit today, beside the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitStanding {
    /// Which unit; what stands below it is counted with it.
    pub unit: UnitLine,
    /// For each system of the page; none where it is withheld or nobody needs it.
    pub figures: Vec<Option<Figure>>,
}

/// Trends of the people of today, followed back in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendsPage {
    /// The days, oldest first; the last is today.
    pub days: Vec<Date>,
    /// How many people are in the selection.
    pub people: u32,
    /// How many of them are left out, as they stand with too few.
    pub left_out: u32,
    /// Every system that somebody in the selection needs.
    pub systems: Vec<SystemTrend>,
    /// The units of the selection, each before those below it.
    pub units: Vec<UnitStanding>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(required: u8, shown: u8) -> Standing {
        Standing { required, shown }
    }

    #[test]
    fn a_figure_counts_whole_blocks_of_those_who_need_the_system() {
        let blocks: Vec<Block> = vec![(0..5).collect(), (5..11).collect()];
        let mut standings = vec![standing(2, 2); 5];
        standings.extend([standing(1, 0); 6]);
        assert_eq!(
            figure(&blocks, &standings, |_| true),
            Some(Figure { needed: 11, reached: 5, level_tenths: 9 })
        );
        let first = figure(&blocks, &standings, |at| at < 5);
        assert_eq!(first, Some(Figure { needed: 5, reached: 5, level_tenths: 20 }));
        assert_eq!(figure(&blocks, &standings, |at| at < 4), None, "part of a block");
        // One of the second block does not need it: what the others have shown is not told.
        standings[7] = standing(0, 0);
        assert_eq!(figure(&blocks, &standings, |at| at >= 5), None);
        assert_eq!(figure(&blocks, &standings, |_| true), first);
    }
}
