use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{attack::smallest_exposed, *};
use crate::id::Id;

/// Units 1 and 2 are below 10, units 3 and 4 below 20, both below 100.
fn place(unit: u128, profession: u128) -> Place {
    let above = if unit <= 2 { 10 } else { 20 };
    Place {
        profession: ProfessionId::from_u128(profession),
        path: [unit, above, 100].map(UnitId::from_u128).into(),
    }
}

fn people(groups: &[(u128, u128, usize)]) -> Vec<Place> {
    let of = |&(unit, profession, count): &(u128, u128, usize)| {
        std::iter::repeat_n(place(unit, profession), count)
    };
    groups.iter().flat_map(of).collect()
}

fn sizes(groups: &[(u128, u128, usize)]) -> Vec<usize> {
    let mut sizes: Vec<_> = group(&people(groups)).iter().map(Vec::len).collect();
    sizes.sort_unstable();
    sizes
}

#[test]
fn large_groups_are_counted_alone_and_the_few_with_their_like() {
    assert_eq!(sizes(&[(1, 1, 9), (1, 2, 5)]), [5, 9]);
    assert_eq!(sizes(&[(1, 1, 9), (1, 2, 3), (1, 3, 2)]), [5, 9], "the rest, at the top");
    assert_eq!(sizes(&[(1, 1, 9), (1, 2, 3), (1, 3, 2), (2, 2, 4)]), [7, 9], "2 are left");
    assert_eq!(sizes(&[(1, 1, 9), (1, 2, 6), (1, 3, 1)]), [6, 9], "one alone");
    assert_eq!(sizes(&[(1, 1, 9), (1, 2, 1), (3, 2, 4)]), [5, 9], "one of each unit");
    assert_eq!(sizes(&[(1, 1, 3), (1, 2, 1)]), [] as [usize; 0], "too few in all");
    assert_eq!(sizes(&[(1, 1, 3), (2, 1, 4), (3, 1, 6)]), [6, 7], "two small units");
    assert_eq!(sizes(&[(1, 1, 3), (3, 1, 3)]), [6], "they meet at the top");
}

#[test]
fn sets_that_share_too_much_cannot_be_set_apart() {
    let set = |of: std::ops::Range<usize>| of.collect::<Vec<_>>();
    let unknown = |_| false;
    assert_eq!(separable(&[set(0..5), set(5..10)], unknown), [true, true]);
    assert_eq!(separable(&[set(0..10), set(1..10)], unknown), [false, false], "the tenth is left");
    assert_eq!(separable(&[set(0..10), set(5..10)], unknown), [true, true]);
    assert_eq!(separable(&[set(0..10), set(5..12), set(10..15)], unknown), [true, true, true]);
    assert_eq!(separable(&[set(0..4)], unknown), [false]);
    assert_eq!(separable(&[set(0..5), set(5..12)], |at| at % 5 == 0), [false, true], "one of five");
    assert_eq!(separable(&[set(0..5)], |at| at < 5), [true], "all of them by name");
}

/// A town through time.
#[derive(Default)]
struct Town {
    /// Where each works; none for those who have left.
    posts: Vec<Option<Place>>,
    cohorts: Vec<Cohort<usize>>,
}

#[derive(Clone, Debug)]
enum Event {
    Joins(u128, u128, usize),
    Leaves(prop::sample::Index),
    Moves(prop::sample::Index, u128, u128),
    UnitMoves(u128, u128),
    Erased(prop::sample::Index),
    Night,
}

/// More would take the attack too long.
const MOST: usize = 18;

impl Town {
    fn of(groups: &[(u128, u128, usize)]) -> Self {
        let mut town =
            Self { posts: people(groups).into_iter().map(Some).collect(), ..Self::default() };
        town.night();
        town
    }

    fn night(&mut self) {
        let all = self.posts.iter().cloned().enumerate();
        let here: Vec<(usize, Place)> = all.filter_map(|(at, post)| Some((at, post?))).collect();
        let changes = refresh(&self.cohorts, &here);
        for at in changes.retired {
            self.cohorts[at].is_retired = true;
        }
        for formed in changes.formed {
            let member = |at: usize| (here[at].0, here[at].1.post().expect("open"));
            let members = formed.into_iter().map(member).collect();
            self.cohorts.push(Cohort { members, is_retired: false });
        }
    }

    fn happens(&mut self, event: &Event) {
        let count = self.posts.len();
        match event {
            Event::Joins(unit, profession, many) => {
                let many = (*many).min(MOST.saturating_sub(count));
                self.posts.extend(std::iter::repeat_n(Some(place(*unit, *profession)), many));
            }
            Event::Leaves(who) if count > 0 => self.posts[who.index(count)] = None,
            Event::Moves(who, unit, profession) if count > 0 => {
                // Also back again, after leaving.
                self.posts[who.index(count)] = Some(place(*unit, *profession));
            }
            Event::UnitMoves(from, to) => {
                for post in self.posts.iter_mut().flatten() {
                    if post.path[0] == UnitId::from_u128(*from) {
                        *post = place(*to, post.profession.as_u128());
                    }
                }
            }
            Event::Erased(who) if count > 0 => self.erase(who.index(count)),
            Event::Night => self.night(),
            Event::Leaves(_) | Event::Moves(..) | Event::Erased(_) => {}
        }
    }

    fn erase(&mut self, who: usize) {
        self.posts[who] = None;
        for cohort in &mut self.cohorts {
            let before = cohort.members.len();
            cohort.members.retain(|(person, _)| *person != who);
            cohort.is_retired |= cohort.members.len() < before;
        }
    }

    /// Everybody whom some selection counts, for every unit with every set of professions, as a reader
    /// sees it who knows some people.
    fn views(&self, known: &[usize]) -> BTreeSet<Vec<usize>> {
        let sets: Vec<Vec<usize>> = self
            .cohorts
            .iter()
            .map(|cohort| cohort.members.iter().map(|(person, _)| *person).collect())
            .collect();
        let is_apart = separable(&sets, |person| known.contains(&person));
        let told = self.cohorts.iter().zip(is_apart);
        let told: Vec<&Cohort<usize>> = told
            .filter(|(cohort, is_apart)| !cohort.is_retired && *is_apart)
            .map(|(one, _)| one)
            .collect();
        let mut views = BTreeSet::new();
        for unit in [1, 2, 3, 4, 10, 20, 100].map(UnitId::from_u128) {
            for professions in 1_u128..8 {
                let is_selected = |post: &Post| {
                    let place = place(post.0.as_u128(), post.1.as_u128());
                    place.path.contains(&unit) && professions & (1 << (post.1.as_u128() - 1)) != 0
                };
                let whole = told
                    .iter()
                    .filter(|cohort| cohort.members.iter().all(|(_, post)| is_selected(post)));
                let mut view: Vec<usize> = whole
                    .flat_map(|cohort| cohort.members.iter().map(|(person, _)| *person))
                    .collect();
                view.sort_unstable();
                views.insert(view);
            }
        }
        views
    }

    fn counted(&self) -> Vec<usize> {
        self.views(&[]).into_iter().max_by_key(Vec::len).unwrap_or_default()
    }
}

fn event() -> impl Strategy<Value = Event> {
    let who = any::<prop::sample::Index>;
    prop_oneof![
        3 => (1_u128..=4, 1_u128..=3, 1_usize..7).prop_map(|(unit, of, many)| Event::Joins(unit, of, many)),
        3 => who().prop_map(Event::Leaves),
        2 => (who(), 1_u128..=4, 1_u128..=3).prop_map(|(who, unit, of)| Event::Moves(who, unit, of)),
        1 => (1_u128..=4, 1_u128..=4).prop_map(|(from, to)| Event::UnitMoves(from, to)),
        1 => who().prop_map(Event::Erased),
        5 => Just(Event::Night),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// A reader who writes down every figure every day, while people come, move, leave, return and are
    /// erased, can compute nothing about fewer than five people: strangers to all, or one of them.
    #[test]
    fn nothing_about_a_few_can_be_computed(
        first in prop::collection::vec((1_u128..=4, 1_u128..=3, 1_usize..8), 1..4),
        events in prop::collection::vec(event(), 1..24),
        reader in 0_usize..MOST,
    ) {
        let mut groups = first;
        let mut room = MOST;
        for (_, _, count) in &mut groups {
            *count = (*count).min(room);
            room -= *count;
        }
        let mut town = Town::of(&groups);
        for known in [&[][..], &[reader]] {
            let mut seen = town.views(known);
            for event in &events {
                town.happens(event);
                seen.extend(town.views(known));
            }
            let exposed = smallest_exposed(&seen, MOST, known, 4);
            prop_assert_eq!(exposed, None, "{:?} {:?}", known, seen);
        }
    }

    /// At first at most a handful is left out, and each is in one cohort.
    #[test]
    fn a_new_town_is_counted_whole(
        groups in prop::collection::vec((1_u128..=4, 1_u128..=4, 0_usize..9), 1..10),
    ) {
        let town = Town::of(&groups);
        let mut counted: Vec<usize> =
            town.cohorts.iter().flat_map(|cohort| &cohort.members).map(|(at, _)| *at).collect();
        counted.sort_unstable();
        let all = counted.len();
        counted.dedup();
        prop_assert_eq!(counted.len(), all);
        prop_assert!(town.posts.len() - all < 5);
        prop_assert!(town.cohorts.iter().all(|cohort| is_enough(cohort.members.len())));
    }
}

/// The attack works where groups are made anew every day: the property above can fail.
#[test]
fn groups_of_the_day_would_give_away_who_leaves() {
    let mut posts = people(&[(1, 1, 9)]);
    let mut seen = BTreeSet::from([group(&posts).concat()]);
    posts.pop();
    seen.insert(group(&posts).concat());
    assert_eq!(smallest_exposed(&seen, 9, &[], 4), Some(vec![8]));
}

#[test]
fn who_leaves_stays_counted_until_five_have_left() {
    let mut town = Town::of(&[(1, 1, 12)]);
    assert_eq!(town.counted().len(), 12);
    for at in 0..4 {
        town.posts[at] = None;
        town.night();
        assert_eq!(town.counted().len(), 12, "{at}");
    }
    town.posts[4] = None;
    town.night();
    assert_eq!(town.counted(), [5, 6, 7, 8, 9, 10, 11], "those who are left are counted anew");
    assert_eq!(town.cohorts.len(), 2);
}

#[test]
fn newcomers_are_counted_when_they_are_five() {
    let mut town = Town::of(&[(1, 1, 6), (2, 1, 6)]);
    for many in 1..=4 {
        town.happens(&Event::Joins(1, 1, 1));
        town.night();
        assert_eq!(town.counted().len(), 12, "{many} wait");
    }
    // One who is new beside waits there, too, and does not join these.
    town.happens(&Event::Joins(2, 1, 1));
    town.night();
    assert_eq!(town.counted().len(), 12);
    town.happens(&Event::Joins(1, 1, 1));
    town.night();
    assert_eq!(town.counted().len(), 17);
}

#[test]
fn five_who_move_together_with_one_more_do_not_give_away_the_one() {
    let mut town = Town::of(&[(1, 1, 5)]);
    let before = town.views(&[]);
    town.happens(&Event::UnitMoves(1, 2));
    town.happens(&Event::Joins(2, 1, 1));
    town.night();
    assert!(town.counted().is_empty(), "{:?}", town.cohorts);
    town.happens(&Event::Joins(2, 1, 4));
    town.night();
    assert_eq!(town.counted().len(), 10, "five new ones carry the others along");
    let seen: BTreeSet<_> = before.into_iter().chain(town.views(&[])).collect();
    assert_eq!(smallest_exposed(&seen, 10, &[], 4), None);
}

#[test]
fn a_unit_between_four_and_five_discloses_one_set_alone() {
    let mut town = Town::of(&[(1, 1, 5)]);
    let mut seen = town.views(&[]);
    for turn in 0..6 {
        town.posts[turn] = None;
        town.happens(&Event::Night);
        seen.extend(town.views(&[]));
        town.happens(&Event::Joins(1, 1, 1));
        town.happens(&Event::Night);
        seen.extend(town.views(&[]));
    }
    assert_eq!(smallest_exposed(&seen, town.posts.len(), &[], 4), None);
}

#[test]
fn the_erased_take_their_cohort_along() {
    let mut town = Town::of(&[(1, 1, 8), (2, 1, 5)]);
    town.erase(0);
    town.night();
    assert_eq!(town.counted().len(), 5, "only the other unit's");
    town.happens(&Event::Joins(1, 1, 4));
    town.night();
    assert_eq!(town.counted().len(), 5, "seven and four new ones would show the eighth");
    town.happens(&Event::Joins(1, 1, 1));
    town.night();
    assert_eq!(town.counted().len(), 17);
}
