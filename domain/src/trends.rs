//! Trends: how many reach what is required, over time and unit beside unit. Made of whole blocks
//! (see [`crate::withheld`]): nothing is told of fewer than five people, also by subtraction.

use serde::{Deserialize, Serialize};

use crate::{
    bank::Choice,
    id::UnitId,
    lesson::SystemName,
    overview::UnitLine,
    time::Date,
    withheld::{Block, whole},
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

impl Figure {
    /// The share of those who reach what is required, in per cent: 100 only where all do, and 0 only
    /// where nobody does.
    #[must_use]
    pub fn percent(self) -> u8 {
        if self.reached >= self.needed {
            return if self.needed == 0 { 0 } else { 100 };
        }
        let (reached, needed) = (u64::from(self.reached), u64::from(self.needed));
        let share = u8::try_from((reached * 100 + needed / 2) / needed).unwrap_or(99);
        if reached == 0 { 0 } else { share.clamp(1, 99) }
    }
}

/// What is told of a group and a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// Nobody in the group needs it.
    Unneeded,
    /// Some need it, but no whole block of them is left to tell of.
    Withheld,
    /// So many reach it.
    Figure(Figure),
}

impl Told {
    /// The figure, if there is one.
    #[must_use]
    pub const fn figure(self) -> Option<Figure> {
        match self {
            Self::Figure(figure) => Some(figure),
            Self::Unneeded | Self::Withheld => None,
        }
    }
}

/// What one person brings to a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What is required of them; 0 where they do not need the system.
    pub required: u8,
    /// What they have shown, 0–4.
    pub shown: u8,
}

/// A figure about the people of a selection who need a system: of the blocks of which everybody does.
/// None where there is no such block.
#[must_use]
pub fn figure<'b>(
    blocks: impl IntoIterator<Item = &'b Block>,
    standings: &[Standing],
    is_selected: impl Fn(usize) -> bool,
) -> Option<Figure> {
    let needs =
        |at: usize| is_selected(at) && standings.get(at).is_some_and(|one| one.required > 0);
    let (mut needed, mut reached, mut levels) = (0u32, 0u32, 0u32);
    for block in whole(blocks, needs) {
        for one in block.iter().map(|at| standings[*at]) {
            needed += 1;
            reached += u32::from(one.shown >= one.required);
            levels += u32::from(one.shown);
        }
    }
    let level_tenths = (levels * 10 + needed / 2).checked_div(needed)?;
    Some(Figure { needed, reached, level_tenths })
}

/// What may be told of the people of a selection who need a system.
#[must_use]
pub fn told(blocks: &[Block], standings: &[Standing], is_selected: impl Fn(usize) -> bool) -> Told {
    match figure(blocks, standings, &is_selected) {
        Some(figure) => Told::Figure(figure),
        None if (0..standings.len()).any(|at| is_selected(at) && standings[at].required > 0) => {
            Told::Withheld
        }
        None => Told::Unneeded,
    }
}

/// One system over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemTrend {
    /// Which system.
    pub system: SystemName,
    /// For each day of the page.
    pub days: Vec<Told>,
}

impl SystemTrend {
    /// Whether there is a figure on any day.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.days.iter().any(|told| told.figure().is_some())
    }
}

/// One unit today, beside the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitStanding {
    /// Which unit; what stands below it is counted with it.
    pub unit: UnitLine,
    /// For each system of the page.
    pub systems: Vec<Told>,
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
    /// The units of the selection, each before those below it; of many, the upper floors.
    pub units: Vec<UnitStanding>,
    /// Whether there are floors below them.
    pub has_more_units: bool,
    /// The units to choose from, each before those below it.
    pub scope: Vec<UnitLine>,
    /// Professions of people there, to choose from.
    pub professions: Vec<Choice>,
    /// The unit that is chosen, if one is.
    pub unit: Option<UnitId>,
    /// Code of the profession that is chosen, if one is.
    pub profession: Option<String>,
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
            told(&blocks, &standings, |_| true),
            Told::Figure(Figure { needed: 11, reached: 5, level_tenths: 9 })
        );
        let first = told(&blocks, &standings, |at| at < 5);
        assert_eq!(first, Told::Figure(Figure { needed: 5, reached: 5, level_tenths: 20 }));
        assert_eq!(told(&blocks, &standings, |at| at < 4), Told::Withheld, "part of a block");
        // One of the second block does not need it: what the others have shown is not told.
        standings[7] = standing(0, 0);
        assert_eq!(told(&blocks, &standings, |at| at >= 5), Told::Withheld);
        assert_eq!(told(&blocks, &standings, |_| true), first);
        assert_eq!(told(&blocks, &standings, |at| at == 7), Told::Unneeded);
        assert_eq!(told(&blocks, &standings, |_| false), Told::Unneeded);
    }

    #[test]
    fn all_and_nobody_are_never_rounded_to() {
        let percent = |reached, needed| Figure { needed, reached, level_tenths: 0 }.percent();
        let figures = [(0, 5), (1, 999), (1, 3), (2, 3), (998, 999), (5, 5), (0, 0)];
        let shares = figures.map(|(reached, needed)| percent(reached, needed));
        assert_eq!(shares, [0, 1, 33, 67, 99, 100, 0]);
        assert_eq!(percent(u32::MAX - 1, u32::MAX), 99);
    }
}
