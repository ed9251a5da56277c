//! Disclosure control: which groups of people figures may be about. (Domain rules, "What a manager
//! may see": aggregates over fewer than five people are withheld, also by subtraction, from anyone
//! who may not see those people by name.)
//!
//! **The rule.** People are counted in *cohorts* of at least five: those of one profession in one
//! unit, and where they are fewer, together with those of their profession in the units beside, and
//! so on up the tree. A figure counts whole cohorts only. A cohort's members never change. Newcomers
//! form a cohort of their own when they are enough; those who leave or move stay counted where they
//! were until the whole cohort is retired.
//!
//! **Why it holds.** Whatever a reader sees, on any day, is a sum over whole cohorts. Of all cohorts
//! that have ever been disclosed an order is known in which each has at least five members who are in
//! none after it ([`separable`]). So a sum of cohorts, however weighted, contains the five of the
//! first cohort in it, and nothing is left over about fewer than five people: not by subtracting
//! units, professions or days. People whom the reader may see by name are left out of the reckoning.
//! The attack tests try it with linear algebra. (Decision 019.)

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::Hash,
    sync::Arc,
};

use crate::{
    id::{ProfessionId, UnitId},
    leaderboard::SMALLEST_GROUP,
};

#[cfg(test)]
pub(crate) mod attack;
#[cfg(test)]
mod tests;

/// A person's profession and unit, with every unit above it, the nearest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which profession.
    pub profession: ProfessionId,
    /// The unit, then the one above it, and so on up to the root; empty for a closed unit.
    pub path: Arc<[UnitId]>,
}

impl Place {
    fn post(&self) -> Option<Post> {
        Some((*self.path.first()?, self.profession))
    }
}

/// A unit and a profession.
pub type Post = (UnitId, ProfessionId);

/// A cohort that has been formed: its members and the post each had then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort<P> {
    /// Everybody in it who has not been erased since.
    pub members: Vec<(P, Post)>,
    /// Whether it is counted no more. What it has disclosed stays disclosed.
    pub is_retired: bool,
}

/// What becomes of the cohorts when people have come and gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The cohorts to retire, as places in the list of cohorts.
    pub retired: Vec<usize>,
    /// The cohorts to form, each as places in the list of people.
    pub formed: Vec<Vec<usize>>,
}

fn is_enough(people: usize) -> bool {
    people >= SMALLEST_GROUP as usize
}

/// Groups people by unit and profession; groups that are too small are joined by those of their
/// profession who are left in the units beside, one level up, and so on. Those who are left at the
/// top are one group, where they are enough. Groups are lists of places in `people`.
#[must_use]
pub fn group(people: &[Place]) -> Vec<Vec<usize>> {
    let mut groups = Vec::new();
    // Those who are left, by the unit they have risen to.
    let mut left: BTreeMap<UnitId, BTreeMap<ProfessionId, Vec<usize>>> = BTreeMap::new();
    for (at, place) in people.iter().enumerate() {
        let Some((unit, profession)) = place.post() else { continue };
        left.entry(unit).or_default().entry(profession).or_default().push(at);
    }
    let mut rest: BTreeMap<UnitId, Vec<usize>> = BTreeMap::new();
    while !left.is_empty() {
        let mut above: BTreeMap<UnitId, BTreeMap<ProfessionId, Vec<usize>>> = BTreeMap::new();
        for (unit, professions) in left {
            for (profession, group) in professions {
                if is_enough(group.len()) {
                    groups.push(group);
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
    groups.extend(rest.into_values().filter(|group| is_enough(group.len())));
    groups
}

/// Of sets of people that are disclosed as sums: for each whether it can be set apart, that is, whether
/// there is an order in which it and those before it each have five members who are in no later set.
/// Members that the reader knows do not count; a set of known people alone can always be set apart.
///
/// A weighted sum of sets that can be set apart is about at least five unknown people, or none.
#[must_use]
pub fn separable<P: Copy + Eq + Hash>(sets: &[Vec<P>], is_known: impl Fn(P) -> bool) -> Vec<bool> {
    let mut within: HashMap<P, Vec<usize>> = HashMap::new();
    for (at, set) in sets.iter().enumerate() {
        for person in set.iter().filter(|person| !is_known(**person)) {
            let holders = within.entry(*person).or_default();
            if holders.last() != Some(&at) {
                holders.push(at);
            }
        }
    }
    let mut own = vec![0_usize; sets.len()];
    let mut unknown = vec![0_usize; sets.len()];
    for holders in within.values() {
        for at in holders {
            unknown[*at] += 1;
        }
        if let [only] = holders.as_slice() {
            own[*only] += 1;
        }
    }
    let mut is_apart: Vec<bool> = unknown.iter().map(|count| *count == 0).collect();
    let mut ready: Vec<usize> = (0..sets.len()).filter(|at| is_enough(own[*at])).collect();
    while let Some(at) = ready.pop() {
        if std::mem::replace(&mut is_apart[at], true) {
            continue;
        }
        for person in &sets[at] {
            let Some(holders) = within.get_mut(person) else { continue };
            holders.retain(|holder| *holder != at);
            if let [only] = holders.as_slice() {
                let only = *only;
                // Seen to: a person who is twice in a set is not counted twice.
                within.remove(person);
                own[only] += 1;
                if is_enough(own[only]) {
                    ready.push(only);
                }
            }
        }
    }
    is_apart
}

/// Which cohorts to retire and to form, given those there have ever been and the people of today.
/// A person who is there twice counts with the first place.
#[must_use]
pub fn refresh<P: Copy + Eq + Hash>(cohorts: &[Cohort<P>], people: &[(P, Place)]) -> Changes {
    let mut now: HashMap<P, Post> = HashMap::new();
    for (person, place) in people {
        if let Some(post) = place.post() {
            now.entry(*person).or_insert(post);
        }
    }
    let retired = to_retire(cohorts, &now);
    let active = || {
        let all = cohorts.iter().enumerate();
        all.filter(|(at, cohort)| !cohort.is_retired && !retired.contains(at))
    };
    let mut counted: HashSet<P> = HashSet::new();
    let mut covered: HashSet<Post> = HashSet::new();
    for (_, cohort) in active() {
        let stays = cohort.members.iter().filter(|(person, post)| now.get(person) == Some(post));
        counted.extend(stays.map(|(person, _)| *person));
        if let Some((_, post)) = cohort.members.first()
            && cohort.members.iter().all(|(_, other)| other == post)
        {
            covered.insert(*post);
        }
    }
    let mut candidates = Vec::new();
    // Newcomers where the others are counted wait until they are enough: they do not join others.
    let mut beside: BTreeMap<Post, Vec<usize>> = BTreeMap::new();
    let mut rising: Vec<usize> = Vec::new();
    for (at, (person, place)) in people.iter().enumerate() {
        let Some(post) = place.post() else { continue };
        if !counted.insert(*person) {
            continue;
        }
        if covered.contains(&post) {
            beside.entry(post).or_default().push(at);
        } else {
            rising.push(at);
        }
    }
    candidates.extend(beside.into_values().filter(|group| is_enough(group.len())));
    let places: Vec<Place> = rising.iter().map(|at| people[*at].1.clone()).collect();
    let risen = group(&places).into_iter();
    candidates.extend(risen.map(|group| group.into_iter().map(|at| rising[at]).collect()));
    Changes { formed: admissible(cohorts, people, candidates), retired }
}

/// Cohorts of which at least five members have gone who are in no other, so that the others can be
/// counted anew; and cohorts of which everybody has gone.
fn to_retire<P: Copy + Eq + Hash>(cohorts: &[Cohort<P>], now: &HashMap<P, Post>) -> Vec<usize> {
    let mut times: HashMap<P, u32> = HashMap::new();
    for (person, _) in cohorts.iter().flat_map(|cohort| &cohort.members) {
        *times.entry(*person).or_default() += 1;
    }
    let is_over = |cohort: &Cohort<P>| {
        let gone = || cohort.members.iter().filter(|(person, post)| now.get(person) != Some(post));
        let only_here = gone().filter(|(person, _)| times[person] == 1).count();
        is_enough(only_here) || gone().count() == cohort.members.len()
    };
    let active = cohorts.iter().enumerate().filter(|(_, cohort)| !cohort.is_retired);
    active.filter(|(_, cohort)| is_over(cohort)).map(|(at, _)| at).collect()
}

/// The candidates that may be disclosed beside all cohorts there have ever been.
fn admissible<P: Copy + Eq + Hash>(
    cohorts: &[Cohort<P>],
    people: &[(P, Place)],
    candidates: Vec<Vec<usize>>,
) -> Vec<Vec<usize>> {
    let members = |cohort: &Cohort<P>| cohort.members.iter().map(|(person, _)| *person).collect();
    let mut sets: Vec<Vec<P>> = cohorts.iter().map(members).collect();
    let mut seen: HashSet<P> = sets.iter().flatten().copied().collect();
    let mut known = None;
    let mut formed = Vec::new();
    for candidate in candidates {
        let set: Vec<P> = candidate.iter().map(|at| people[*at].0).collect();
        let new = set.iter().filter(|person| !seen.contains(person)).count();
        if !is_enough(new) {
            let before = known.get_or_insert_with(|| separable(&sets, |_| false));
            sets.push(set.clone());
            let after = separable(&sets, |_| false);
            sets.pop();
            let is_worse = before.iter().zip(&after).any(|(before, after)| *before && !after);
            if is_worse || after.last() != Some(&true) {
                continue;
            }
        }
        seen.extend(&set);
        sets.push(set);
        known = None;
        formed.push(candidate);
    }
    formed
}
