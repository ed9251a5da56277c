//! Trends: how many reach what is required, over time and unit beside unit. People whom the reader may
//! see by name are all counted; others in whole cohorts (see [`crate::withheld`]), so that no
//! figure is about fewer than five of them, also by subtraction.

use serde::{Deserialize, Serialize};

use crate::{bank::Choice, id::UnitId, lesson::SystemName, overview::UnitLine, time::Date};

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
    /// Some need it, but no whole cohort of them is left to tell of.
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

/// What the people of one cohort bring to the figures of one system, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    people: u32,
    reached: u32,
    levels: u32,
    /// What is required of those added so far.
    required: u8,
    /// Whether it is not the same of all of them.
    is_mixed: bool,
}

impl Tally {
    /// Adds one of them.
    pub fn add(&mut self, standing: Standing) {
        let Standing { required, shown } = standing;
        self.is_mixed |= self.people > 0 && required != self.required;
        self.required = required;
        self.people += 1;
        self.reached += u32::from(shown >= required);
        self.levels += u32::from(shown);
    }

    /// Whether it may be told: where not all are required the same, who changes what is required of
    /// one of them would see what that one has shown.
    const fn is_told(&self) -> bool {
        self.required > 0 && !self.is_mixed
    }
}

/// What may be told of a group and a system: what the whole cohorts of the group bring of whose people
/// the same is required. `is_needed` says whether anybody in the group needs the system, in a whole
/// cohort or not.
#[must_use]
pub fn told(cohorts: impl IntoIterator<Item = Tally>, is_needed: bool) -> Told {
    let mut figure = Figure::default();
    let mut levels = 0;
    for tally in cohorts.into_iter().filter(Tally::is_told) {
        figure.needed += tally.people;
        figure.reached += tally.reached;
        levels += tally.levels;
    }
    match (levels * 10 + figure.needed / 2).checked_div(figure.needed) {
        Some(level_tenths) => Told::Figure(Figure { level_tenths, ..figure }),
        None if is_needed => Told::Withheld,
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

/// How people are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counting {
    /// All of them: the reader may see each by name.
    Everybody,
    /// In whole cohorts, but for those whom the reader may see by name.
    Cohorts {
        /// How many of the selection are in no cohort that may be counted.
        left_out: u32,
        /// How many are counted who have left or work elsewhere since.
        former: u32,
    },
}

/// Trends of people, followed back in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendsPage {
    /// The days, oldest first; the last is today.
    pub days: Vec<Date>,
    /// How many people are in the selection.
    pub people: u32,
    /// How they are counted.
    pub counting: Counting,
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
    use proptest::prelude::*;

    fn standing(required: u8, shown: u8) -> Standing {
        Standing { required, shown }
    }

    /// What is told of a selection, from what each person brings.
    fn told_of(
        cohorts: &[Vec<usize>],
        standings: &[Standing],
        is_selected: impl Fn(usize) -> bool,
    ) -> Told {
        let tally = |cohort: &Vec<usize>| {
            let mut tally = Tally::default();
            for at in cohort {
                tally.add(standings[*at]);
            }
            tally
        };
        let needs = |at: usize| is_selected(at) && standings[at].required > 0;
        let whole = cohorts.iter().filter(|cohort| cohort.iter().all(|at| is_selected(*at)));
        told(whole.map(tally), (0..standings.len()).any(needs))
    }

    #[test]
    fn a_figure_counts_whole_cohorts_of_those_who_need_the_system() {
        let cohorts: Vec<Vec<usize>> = vec![(0..5).collect(), (5..11).collect()];
        let mut standings = vec![standing(2, 2); 5];
        standings.extend([standing(1, 0); 6]);
        assert_eq!(
            told_of(&cohorts, &standings, |_| true),
            Told::Figure(Figure { needed: 11, reached: 5, level_tenths: 9 })
        );
        let first = told_of(&cohorts, &standings, |at| at < 5);
        assert_eq!(first, Told::Figure(Figure { needed: 5, reached: 5, level_tenths: 20 }));
        assert_eq!(told_of(&cohorts, &standings, |at| at < 4), Told::Withheld, "part of a cohort");
        // More is required of one of the second cohort: the whole cohort is not told of.
        standings[7] = standing(2, 4);
        assert_eq!(told_of(&cohorts, &standings, |_| true), first);
        // So it is where one of them does not need the system.
        standings[7] = standing(0, 4);
        assert_eq!(told_of(&cohorts, &standings, |at| at >= 5), Told::Withheld);
        assert_eq!(told_of(&cohorts, &standings, |_| true), first);
        assert_eq!(told_of(&cohorts, &standings, |at| at == 7), Told::Unneeded);
        assert_eq!(told_of(&cohorts, &standings, |_| false), Told::Unneeded);
    }

    /// Cohorts of so many people, one after the other.
    fn cohorts_of(sizes: &[usize]) -> Vec<Vec<usize>> {
        let begin = |at: usize| sizes[..at].iter().sum::<usize>();
        (0..sizes.len()).map(|at| (begin(at)..begin(at) + sizes[at]).collect()).collect()
    }

    fn needed(told: Told) -> u32 {
        told.figure().map_or(0, |figure| figure.needed)
    }

    proptest! {
        /// Whoever compares a selection with a part of it, of one system, finds out about nobody or at
        /// least five: also where not all are required the same.
        #[test]
        fn a_part_differs_from_the_whole_by_nobody_or_five(
            sizes in prop::collection::vec(5usize..9, 1..6),
            required in prop::collection::vec(0u8..3, 48),
            chosen in prop::collection::vec((any::<bool>(), any::<bool>()), 48),
        ) {
            let cohorts = cohorts_of(&sizes);
            let people: usize = sizes.iter().sum();
            // Mostly the same of all of a cohort, so that there is something to tell.
            let required = |at: usize| if at % 11 == 10 { required[at] } else { required[at / 16] };
            let shown = |at: usize| u8::try_from(at % 5).expect("small");
            let standings: Vec<_> = (0..people).map(|at| standing(required(at), shown(at))).collect();
            let all = told_of(&cohorts, &standings, |at| chosen[at].0);
            let part = told_of(&cohorts, &standings, |at| chosen[at].0 && chosen[at].1);
            let whole = told_of(&cohorts, &standings, |_| true);
            for (less, more) in [(part, all), (all, whole)] {
                let about = needed(more).checked_sub(needed(less)).expect("a part is less");
                prop_assert!(about == 0 || about >= 5, "{less:?} {more:?}");
            }
        }

        /// Whoever changes what is required of some – of one post, say, again and again – sees the
        /// same whatever one of fewer than all of a cohort has shown.
        #[test]
        fn to_change_what_is_required_of_one_tells_nothing_of_them(
            sizes in prop::collection::vec(5usize..9, 1..4),
            base in 1u8..=4,
            changed in prop::collection::vec((0usize..8, 0u8..=4), 1..6),
            shown in prop::collection::vec(0u8..=4, 32),
        ) {
            let cohorts = cohorts_of(&sizes);
            let people: usize = sizes.iter().sum();
            // What an attacker sees of a town, after each change; the changes are to some of the first
            // cohort, never to all of it.
            let seen = |shown: &[u8]| -> Vec<Told> {
                let with = |(at, required): &(usize, u8)| {
                    let mut standings: Vec<_> =
                        (0..people).map(|at| standing(base, shown[at])).collect();
                    standings[at % 4].required = *required;
                    told_of(&cohorts, &standings, |_| true)
                };
                changed.iter().filter(|(_, required)| *required != base).map(with).collect()
            };
            let mut other = shown.clone();
            other[..4].reverse();
            other[0] = 4 - other[0];
            prop_assert_eq!(seen(&shown), seen(&other));
        }
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
