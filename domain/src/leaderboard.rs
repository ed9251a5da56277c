//! Leaderboards. (Domain rules, "Leaderboard" and "What a manager may see".)

use serde::{Deserialize, Serialize};

use crate::{id::UnitId, time::Period};

/// Aggregates over fewer people than this are withheld.
pub const SMALLEST_GROUP: u32 = 5;

/// How many places above and below one's own are shown.
pub const AROUND: usize = 3;

/// Points of a unit in a period, before any rule has been applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitPoints {
    /// Which unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// How many people work there.
    pub people: u32,
    /// Points in the period.
    pub points: u32,
    /// How many people worked there at some time in the period before.
    pub people_before: u32,
    /// Points in the whole period before it.
    pub before: u32,
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
    /// The same in the period before; withheld where fewer than [`SMALLEST_GROUP`] worked there
    /// then.
    pub before_tenths: Option<u32>,
    /// Whether the reader works there.
    pub is_mine: bool,
}

/// A person's line, under a name of their choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonPlace {
    /// From 1; people with the same points share a place.
    pub place: u32,
    /// The chosen name.
    pub alias: String,
    /// Points in the period.
    pub points: u32,
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
    /// Whether the reader's own unit is too small to be listed.
    pub is_my_unit_small: bool,
    /// The reader's chosen name, where they take part.
    pub alias: Option<String>,
    /// Those around the reader; empty where the reader does not take part.
    pub around: Vec<PersonPlace>,
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

fn tenths_per_person(points: u32, people: u32) -> u32 {
    let (points, people) = (u64::from(points), u64::from(people.max(1)));
    u32::try_from((points * 10 + people / 2) / people).unwrap_or(u32::MAX)
}

/// Units by points per person; a unit under [`SMALLEST_GROUP`] people is not listed.
#[must_use]
pub fn rank_units(units: Vec<UnitPoints>, mine: Option<UnitId>) -> Vec<UnitPlace> {
    let mut listed: Vec<UnitPlace> = units
        .into_iter()
        .filter(|unit| unit.people >= SMALLEST_GROUP)
        .map(|unit| UnitPlace {
            place: 0,
            is_mine: Some(unit.unit) == mine,
            unit: unit.unit,
            name: unit.name,
            per_person_tenths: tenths_per_person(unit.points, unit.people),
            before_tenths: (unit.people_before >= SMALLEST_GROUP)
                .then(|| tenths_per_person(unit.before, unit.people)),
        })
        .collect();
    listed.sort_by(|a, b| {
        b.per_person_tenths.cmp(&a.per_person_tenths).then_with(|| a.name.cmp(&b.name))
    });
    let places = places(&listed, |unit| unit.per_person_tenths);
    for (unit, place) in listed.iter_mut().zip(places) {
        unit.place = place;
    }
    listed
}

/// Those around the reader among people who take part: name, points, whether it is the reader.
/// Nobody where the reader does not take part.
#[must_use]
pub fn around_me(mut people: Vec<(String, u32, bool)>) -> Vec<PersonPlace> {
    people.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let Some(me) = people.iter().position(|(_, _, is_me)| *is_me) else { return Vec::new() };
    let places = places(&people, |(_, points, _)| *points);
    let all = people.into_iter().zip(places);
    let around = all.skip(me.saturating_sub(AROUND)).take(AROUND + 1 + me.min(AROUND));
    around
        .map(|((alias, points, is_me), place)| PersonPlace { place, alias, points, is_me })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use proptest::prelude::*;

    fn unit(id: u128, people: u32, points: u32) -> UnitPoints {
        UnitPoints {
            unit: UnitId::from_u128(id),
            name: format!("Enhet {id}"),
            people,
            points,
            people_before: people,
            before: 0,
        }
    }

    #[test]
    fn units_are_ranked_per_person_and_small_ones_left_out() {
        let units = vec![unit(1, 10, 100), unit(2, 5, 100), unit(3, 20, 200), unit(4, 4, 900)];
        let ranked = rank_units(units, Some(UnitId::from_u128(3)));
        let lines: Vec<_> = ranked
            .iter()
            .map(|unit| (unit.place, unit.name.as_str(), unit.per_person_tenths))
            .collect();
        assert_eq!(lines, [(1, "Enhet 2", 200), (2, "Enhet 1", 100), (2, "Enhet 3", 100)]);
        assert!(ranked[2].is_mine && !ranked[0].is_mine);
    }

    #[test]
    fn the_past_of_a_unit_that_was_small_is_withheld() {
        let before = |people_before| UnitPoints { people_before, before: 50, ..unit(1, 5, 0) };
        assert_eq!(rank_units(vec![before(5)], None)[0].before_tenths, Some(100));
        assert_eq!(rank_units(vec![before(4)], None)[0].before_tenths, None);
    }

    #[test]
    fn after_a_shared_place_everybody_before_is_counted() {
        let ranked = rank_units(vec![unit(1, 5, 50), unit(2, 5, 50), unit(3, 5, 10)], None);
        assert_eq!(ranked.iter().map(|unit| unit.place).collect::<Vec<_>>(), [1, 1, 3]);
    }

    #[test]
    fn only_those_who_take_part_see_those_around_them() {
        assert!(around_me(vec![("Blåsippan".into(), 10, false)]).is_empty());
    }

    proptest! {
        #[test]
        fn around_me_holds_me_and_a_few(
            points in prop::collection::vec(0u32..30, 1..40),
            me: prop::sample::Index,
        ) {
            let me = me.index(points.len());
            let people: Vec<_> =
                points.iter().enumerate().map(|(at, &p)| (format!("N{at:02}"), p, at == me)).collect();
            let around = around_me(people);
            prop_assert_eq!(around.iter().filter(|person| person.is_me).count(), 1);
            prop_assert!(around.len() <= 2 * AROUND + 1);
            for pair in around.windows(2) {
                prop_assert!(pair[0].points >= pair[1].points);
                prop_assert_eq!(pair[0].points == pair[1].points, pair[0].place == pair[1].place);
            }
            let mine = around.iter().find(|person| person.is_me).expect("me");
            let ahead = points.iter().filter(|&&p| p > points[me]).count();
            prop_assert_eq!(mine.place as usize, ahead + 1);
        }
    }
}
