//! What may be said of groups. (Domain rules, "What a manager may see": aggregates over fewer than
//! five people are withheld, also by subtraction.)
//!
//! **The rule.** Everybody belongs to exactly one *block*, which follows from the organisation alone
//! and not from what anybody asks: the people of one profession in one unit, where they are at least
//! five. Fewer are joined by those of their profession who are left in the units beside, and so on up
//! the tree; who is left at the top is one block, where they are at least five.
//! An aggregate is only made of whole blocks. A view that would take part of a block leaves the whole
//! block out and says how many people that is. Of a system only those blocks are told of whose people
//! are all required the same (see [`crate::trends`]).
//!
//! **Why it holds.** All people of a block count alike in every view. So whatever views are added to
//! or subtracted from each other, the people of a block stay together, and what is left over is
//! about whole blocks: nobody, or at least five. And whatever is required of whom, and when, is
//! required of all of a block or the block is not told of: who changes what one of them needs learns
//! nothing of that one. The property tests try. (Decision 019.)

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    id::{ProfessionId, UnitId},
    leaderboard::SMALLEST_GROUP,
};

/// Where somebody stands, as far as blocks ask: their profession, and their unit and every unit
/// above it, the nearest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which profession.
    pub profession: ProfessionId,
    /// The unit, then the one above it, and so on up to the root.
    pub path: Arc<[UnitId]>,
}

/// A block: who belongs to it, as places in the list it was made from. Never fewer than
/// [`SMALLEST_GROUP`], unless there are fewer people in all – then there is no block.
pub type Block = Vec<usize>;

fn is_enough(people: usize) -> bool {
    people >= SMALLEST_GROUP as usize
}

/// The blocks of so many people. Whoever is in none cannot be counted in any aggregate.
#[must_use]
pub fn blocks(people: &[Place]) -> Vec<Block> {
    let mut blocks = Vec::new();
    // Who is left, by the unit they have risen to.
    let mut left: BTreeMap<UnitId, BTreeMap<ProfessionId, Block>> = BTreeMap::new();
    for (at, place) in people.iter().enumerate() {
        let Some(unit) = place.path.first() else { continue };
        left.entry(*unit).or_default().entry(place.profession).or_default().push(at);
    }
    let mut rest: BTreeMap<UnitId, Block> = BTreeMap::new();
    while !left.is_empty() {
        let mut above: BTreeMap<UnitId, BTreeMap<ProfessionId, Block>> = BTreeMap::new();
        for (unit, professions) in left {
            for (profession, group) in professions {
                if is_enough(group.len()) {
                    blocks.push(group);
                    continue;
                }
                let mut path = people[group[0]].path.iter().skip_while(|other| **other != unit);
                match path.nth(1) {
                    Some(parent) => {
                        let beside = above.entry(*parent).or_default();
                        beside.entry(profession).or_default().extend(group);
                    }
                    None => rest.entry(unit).or_default().extend(group),
                }
            }
        }
        left = above;
    }
    blocks.extend(rest.into_values().filter(|group| is_enough(group.len())));
    blocks
}

/// The blocks that lie wholly within a selection: all that may be told of it is told of these.
pub fn whole<'b>(
    blocks: impl IntoIterator<Item = &'b Block>,
    is_selected: impl Fn(usize) -> bool,
) -> impl Iterator<Item = &'b Block> {
    blocks.into_iter().filter(move |block| block.iter().all(|&at| is_selected(at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use proptest::prelude::*;

    /// Unit 1 and 2 stand below 10, unit 3 and 4 below 20, both below 100.
    fn place(unit: u128, profession: u128) -> Place {
        let above = if unit <= 2 { 10 } else { 20 };
        Place {
            profession: ProfessionId::from_u128(profession),
            path: [unit, above, 100].map(UnitId::from_u128).into(),
        }
    }

    fn people(groups: &[(u128, u128, usize)]) -> Vec<Place> {
        groups
            .iter()
            .flat_map(|&(unit, profession, count)| {
                std::iter::repeat_n(place(unit, profession), count)
            })
            .collect()
    }

    /// Everybody in blocks that lie wholly within a selection.
    fn countable(blocks: &[Block], is_selected: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut all: Vec<usize> = whole(blocks, is_selected).flatten().copied().collect();
        all.sort_unstable();
        all
    }

    fn sizes(groups: &[(u128, u128, usize)]) -> Vec<usize> {
        let mut sizes: Vec<_> = blocks(&people(groups)).iter().map(Vec::len).collect();
        sizes.sort_unstable();
        sizes
    }

    #[test]
    fn large_groups_stand_alone_and_the_few_stand_with_their_like() {
        assert_eq!(sizes(&[(1, 1, 9), (1, 2, 5)]), [5, 9]);
        assert_eq!(
            sizes(&[(1, 1, 9), (1, 2, 3), (1, 3, 2)]),
            [5, 9],
            "all that is left, at the top"
        );
        assert_eq!(sizes(&[(1, 1, 9), (1, 2, 3), (1, 3, 2), (2, 2, 4)]), [7, 9], "2 are left");
        assert_eq!(sizes(&[(1, 1, 9), (1, 2, 6), (1, 3, 1)]), [6, 9], "one alone");
        assert_eq!(sizes(&[(1, 1, 9), (1, 2, 1), (3, 2, 4)]), [5, 9], "one of each unit");
        assert_eq!(sizes(&[(1, 1, 2), (1, 2, 2), (2, 1, 3), (2, 2, 1)]), [5], "3 are left");
        assert_eq!(sizes(&[(1, 1, 3), (1, 2, 1)]), [] as [usize; 0], "too few in all");
        assert_eq!(sizes(&[(1, 1, 3), (2, 1, 4), (3, 1, 6)]), [6, 7], "two small units");
        assert_eq!(sizes(&[(1, 1, 3), (3, 1, 3)]), [6], "they meet at the top");
    }

    #[test]
    fn part_of_a_block_is_left_out_whole() {
        let people = people(&[(1, 1, 6), (1, 2, 1), (2, 2, 4), (2, 3, 5)]);
        let blocks = blocks(&people);
        let unit_1 = |at: usize| people[at].path[0] == UnitId::from_u128(1);
        // Unit 1's only other stands with the four beside it, and is told of together with them.
        assert_eq!(countable(&blocks, unit_1), [0, 1, 2, 3, 4, 5]);
        assert_eq!(countable(&blocks, |_| true).len(), 16);
    }

    /// What an attacker has: for each view the people counted in it. Adds and subtracts views and
    /// returns the smallest number of people that anything left over is about.
    fn smallest_left_over(views: &[Vec<usize>], factors: &[Vec<i32>], people: usize) -> usize {
        let about = |factors: &Vec<i32>| {
            let mut weight = vec![0; people];
            for (view, factor) in views.iter().zip(factors) {
                for &at in view {
                    weight[at] += factor;
                }
            }
            weight.iter().filter(|weight| **weight != 0).count()
        };
        factors.iter().map(about).filter(|count| *count > 0).min().unwrap_or(usize::MAX)
    }

    /// Every unit of the small town, with any set of professions.
    fn selections(people: &[Place]) -> Vec<Box<dyn Fn(usize) -> bool + '_>> {
        let mut all: Vec<Box<dyn Fn(usize) -> bool>> = Vec::new();
        for unit in [1, 2, 3, 4, 10, 20, 100].map(UnitId::from_u128) {
            for set in 1u128..16 {
                all.push(Box::new(move |at: usize| {
                    let profession = people[at].profession.as_u128();
                    people[at].path.contains(&unit) && set & (1 << (profession - 1)) != 0
                }));
            }
        }
        all
    }

    fn factors() -> impl Strategy<Value = Vec<Vec<i32>>> {
        // Few views at a time, as an attacker would begin, in many combinations.
        let pairs = prop::collection::vec((0usize..105, -2i32..=2), 2..5);
        prop::collection::vec(pairs, 40).prop_map(|all| {
            all.into_iter()
                .map(|pairs| {
                    let mut factors = vec![0; 105];
                    for (at, factor) in pairs {
                        factors[at] += factor;
                    }
                    factors
                })
                .collect()
        })
    }

    fn town() -> impl Strategy<Value = Vec<Place>> {
        prop::collection::vec((1u128..=4, 1u128..=4, 0usize..9), 1..10)
            .prop_map(|groups| people(&groups))
    }

    proptest! {
        /// However views are added and subtracted, nothing is left over about fewer than five.
        #[test]
        fn nobody_is_found_by_subtraction(people in town(), factors in factors()) {
            let blocks = blocks(&people);
            for block in &blocks {
                prop_assert!(is_enough(block.len()));
            }
            let views: Vec<_> =
                selections(&people).iter().map(|is_selected| countable(&blocks, is_selected)).collect();
            prop_assert!(smallest_left_over(&views, &factors, people.len()) >= 5);
        }

        /// Each is in one block at most, and the municipality as a whole leaves out nobody unless
        /// it is a handful.
        #[test]
        fn each_counts_once(people in town()) {
            let mut counted: Vec<usize> = blocks(&people).into_iter().flatten().collect();
            counted.sort_unstable();
            let all = counted.len();
            counted.dedup();
            prop_assert_eq!(counted.len(), all);
            prop_assert!(people.len() - all < 5);
        }
    }

    /// The attack works where only small views are withheld: the test above can fail.
    #[test]
    fn withholding_small_views_alone_would_not_do() {
        let people = people(&[(1, 1, 9), (1, 2, 1)]);
        let naive = |is_selected: &dyn Fn(usize) -> bool| -> Vec<usize> {
            let all: Vec<usize> = (0..people.len()).filter(|at| is_selected(*at)).collect();
            if is_enough(all.len()) { all } else { Vec::new() }
        };
        let views = vec![naive(&|_| true), naive(&|at| people[at].profession.as_u128() == 1)];
        assert_eq!(smallest_left_over(&views, &[vec![1, -1]], people.len()), 1);
    }
}
