//! Leaderboards. (Domain rules, "Leaderboard" and "What a manager may see"; decision 011.)
//!
//! What a unit has earned is published in *steps*: a step is what at least [`SMALLEST_TEAM`] people
//! have earned there since the step before. All that is ever shown of a unit is a sum of whole steps,
//! so that no difference of figures is about fewer people, also when people come and go.
//! Of individuals no points are shown at all, but one's own.

use serde::{Deserialize, Serialize};

use crate::{
    id::UnitId,
    time::{Period, Timestamp},
};

/// Aggregates over fewer people than this are withheld.
pub const SMALLEST_GROUP: u32 = 5;

/// How many must have earned points for a unit's to be published: a reader who is one of them and
/// subtracts what is her own still sees a group.
pub const SMALLEST_TEAM: u32 = SMALLEST_GROUP + 1;

/// How many names before and after one's own are shown.
pub const AROUND: u64 = 3;

/// What was earned in a unit on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earned<P> {
    /// The beginning of the day.
    pub day: Timestamp,
    /// By whom; none for those who have been erased.
    pub person: Option<P>,
    /// How much.
    pub points: u32,
}

/// What at least [`SMALLEST_TEAM`] people have earned in a unit since the step before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The beginning of the last day in it: points count as of this day.
    pub day: Timestamp,
    /// All points of its days.
    pub points: u64,
}

/// The steps that can be published of what was earned in a unit since its last step, by day. What is
/// left waits for more people.
#[must_use]
pub fn steps<P: Copy + Ord>(earned: &[Earned<P>]) -> Vec<Step> {
    let mut steps = Vec::new();
    let (mut points, mut people) = (0, std::collections::BTreeSet::new());
    for day in earned.chunk_by(|one, next| one.day == next.day) {
        points += day.iter().map(|one| u64::from(one.points)).sum::<u64>();
        people.extend(day.iter().filter(|one| one.points > 0).filter_map(|one| one.person));
        if people.len() >= SMALLEST_TEAM as usize {
            steps.push(Step { day: day[0].day, points });
            (points, people) = (0, std::collections::BTreeSet::new());
        }
    }
    steps
}

/// What has been published of a unit, before any rule has been applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitPoints {
    /// Which unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// How many people work there.
    pub people: u32,
    /// Points of the steps in the period; none where there is no step.
    pub points: Option<u32>,
    /// Points of the steps in the whole period before it.
    pub before: Option<u32>,
}

/// A unit's line on the leaderboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitPlace {
    /// From 1; units with the same figure share a place.
    pub place: u32,
    /// Which unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// Tenths of points per person.
    pub per_person_tenths: u32,
    /// The same in the period before; none where nothing was published then.
    pub before_tenths: Option<u32>,
    /// Whether the reader works there.
    pub is_mine: bool,
}

/// How the reader's own unit is on the leaderboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MyUnit {
    /// The reader works in no unit.
    None,
    /// Too few people work there.
    Small,
    /// Too few have earned points in the period.
    Waiting,
    /// It is listed.
    Listed,
}

/// A person who takes part, under a name of their choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The chosen name.
    pub alias: String,
    /// Whether it is the reader.
    pub is_me: bool,
}

/// A leaderboard for one reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaderboard {
    /// The stretch of time.
    pub period: Period,
    /// Units, most points per person first.
    pub units: Vec<UnitPlace>,
    /// Tenths of points per person in all listed units together.
    pub average_tenths: Option<u32>,
    /// The reader's own unit.
    pub my_unit: MyUnit,
    /// The reader's chosen name, where they take part.
    pub alias: Option<String>,
    /// The names around the reader's in the alphabet; empty where the reader does not take part.
    pub around: Vec<Participant>,
    /// How many take part; 0 where the reader does not.
    pub participants: u32,
}

/// Places for figures sorted from most to least: equal figures share a place, and the place after
/// a shared one counts everybody before it (1, 2, 2, 4).
fn places<T, F: PartialEq>(sorted: &[T], figure: impl Fn(&T) -> F) -> Vec<u32> {
    let mut places: Vec<u32> = Vec::with_capacity(sorted.len());
    for (at, item) in sorted.iter().enumerate() {
        let place = match at.checked_sub(1) {
            Some(before) if figure(&sorted[before]) == figure(item) => places[before],
            _ => u32::try_from(at + 1).unwrap_or(u32::MAX),
        };
        places.push(place);
    }
    places
}

fn tenths_per_person(points: u64, people: u64) -> u32 {
    let people = people.max(1);
    u32::try_from((points * 10 + people / 2) / people).unwrap_or(u32::MAX)
}

fn is_listed(unit: &UnitPoints) -> bool {
    unit.people >= SMALLEST_TEAM && unit.points.is_some()
}

/// Units by points per person, those of which something was published in the period.
#[must_use]
pub fn rank_units(units: &[UnitPoints], mine: Option<UnitId>) -> Vec<UnitPlace> {
    let per_person = |points: u32, unit: &UnitPoints| {
        tenths_per_person(u64::from(points), u64::from(unit.people))
    };
    let mut listed: Vec<UnitPlace> = units
        .iter()
        .filter(|unit| is_listed(unit))
        .map(|unit| UnitPlace {
            place: 0,
            is_mine: Some(unit.unit) == mine,
            unit: unit.unit,
            name: unit.name.clone(),
            per_person_tenths: per_person(unit.points.unwrap_or(0), unit),
            before_tenths: unit.before.map(|points| per_person(points, unit)),
        })
        .collect();
    listed.sort_by_key(|unit| std::cmp::Reverse(unit.per_person_tenths));
    let places = places(&listed, |unit| unit.per_person_tenths);
    for (unit, place) in listed.iter_mut().zip(places) {
        unit.place = place;
    }
    listed
}

/// Tenths of points per person in all listed units together.
#[must_use]
pub fn average(units: &[UnitPoints]) -> Option<u32> {
    let listed = || units.iter().filter(|unit| is_listed(unit));
    let points: u64 = listed().filter_map(|unit| unit.points).map(u64::from).sum();
    let people: u64 = listed().map(|unit| u64::from(unit.people)).sum();
    (people > 0).then(|| tenths_per_person(points, people))
}

/// How the reader's own unit is on the leaderboard.
#[must_use]
pub fn my_unit(units: &[UnitPoints], mine: Option<UnitId>) -> MyUnit {
    let Some(mine) = mine else { return MyUnit::None };
    match units.iter().find(|unit| unit.unit == mine) {
        Some(unit) if is_listed(unit) => MyUnit::Listed,
        Some(unit) if unit.people >= SMALLEST_TEAM => MyUnit::Waiting,
        _ => MyUnit::Small,
    }
}

#[cfg(test)]
mod tests;
