use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{id::Id, withheld::attack::smallest_exposed};

fn unit(id: u128, people: u32, points: u32) -> UnitPoints {
    UnitPoints {
        unit: UnitId::from_u128(id),
        name: format!("Enhet {id}"),
        people,
        points: Some(points),
        before: None,
    }
}

#[test]
fn units_are_ranked_per_person_and_small_ones_left_out() {
    let units = vec![unit(1, 10, 100), unit(2, 6, 120), unit(3, 20, 200), unit(4, 5, 900)];
    let ranked = rank_units(&units, Some(UnitId::from_u128(3)));
    let lines: Vec<_> = ranked
        .iter()
        .map(|unit| (unit.place, unit.name.as_str(), unit.per_person_tenths))
        .collect();
    assert_eq!(lines, [(1, "Enhet 2", 200), (2, "Enhet 1", 100), (2, "Enhet 3", 100)]);
    assert!(ranked[2].is_mine && !ranked[0].is_mine);
    assert_eq!(average(&units), Some(117), "420 points among 36");
    let mine = |id| my_unit(&units, Some(UnitId::from_u128(id)));
    assert_eq!(
        (mine(3), mine(4), my_unit(&units, None)),
        (MyUnit::Listed, MyUnit::Small, MyUnit::None)
    );
}

#[test]
fn a_unit_of_which_nothing_is_published_waits() {
    let waiting = UnitPoints { points: None, before: Some(50), ..unit(1, 9, 0) };
    assert!(rank_units(std::slice::from_ref(&waiting), None).is_empty());
    assert_eq!(my_unit(&[waiting], Some(UnitId::from_u128(1))), MyUnit::Waiting);
    assert_eq!(average(&[]), None);
}

#[test]
fn after_a_shared_place_everybody_before_is_counted() {
    let ranked = rank_units(&[unit(1, 6, 50), unit(2, 6, 50), unit(3, 6, 10)], None);
    assert_eq!(ranked.iter().map(|unit| unit.place).collect::<Vec<_>>(), [1, 1, 3]);
}

fn earned(day: i64, person: u32, points: u32) -> Earned<u32> {
    Earned { day: Timestamp(day), person: Some(person), points }
}

#[test]
fn a_step_waits_for_six_who_have_earned_points() {
    let mut all: Vec<_> = (0..5).map(|person| earned(1, person, 10)).collect();
    assert_eq!(steps(&all), []);
    all.push(earned(2, 4, 10));
    all.push(earned(2, 9, 0));
    all.push(Earned { person: None, ..earned(2, 0, 7) });
    assert_eq!(steps(&all), [], "the same person, one without points, one who is erased");
    all.push(earned(3, 5, 10));
    assert_eq!(steps(&all), [Step { day: Timestamp(3), points: 77 }]);
    all.push(earned(3, 6, 5));
    all.push(earned(4, 7, 5));
    assert_eq!(steps(&all), [Step { day: Timestamp(3), points: 82 }], "whole days; the rest waits");
}

proptest! {
    /// A reader who records what is published of a unit after every day, for weeks, months and years,
    /// can compute nothing about fewer than six people; one of these people, who knows what is her
    /// own, nothing about fewer than five.
    #[test]
    fn no_persons_points_can_be_computed(
        days in prop::collection::vec(prop::collection::btree_set(0_u32..9, 0..9), 1..24),
        erased in prop::collection::vec((0_usize..24, 0_u32..9), 0..4),
        periods in prop::collection::vec(1_usize..9, 3),
        reader in 0_u32..9,
    ) {
        // A column for each person and step's worth of days would do no more than one for each person
        // and day; those of a person are told apart by the day.
        let column = |day: usize, person: u32| day * 9 + person as usize;
        let mut cut = 0;
        let mut published: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut shown: BTreeSet<Vec<usize>> = BTreeSet::new();
        for today in 1..=days.len() {
            let is_erased = |person| erased.iter().any(|(day, who)| *who == person && *day <= today);
            let mut since = Vec::new();
            for (day, people) in days.iter().enumerate().take(today).skip(cut) {
                let at = i64::try_from(day).expect("few");
                since.extend(people.iter().map(|person| Earned {
                    person: Some(*person).filter(|person| !is_erased(*person)),
                    ..earned(at, *person, 10)
                }));
            }
            for step in steps(&since) {
                let last = usize::try_from(step.day.0).expect("few");
                let whose = (cut..=last)
                    .flat_map(|day| days[day].iter().map(move |person| column(day, *person)))
                    .collect();
                published.push((last, whose));
                cut = last + 1;
            }
            for period in &periods {
                let start = (today - 1) / period * period;
                let of = |from: usize, until: usize| {
                    let steps = published.iter().filter(|(day, _)| (from..until).contains(day));
                    steps.flat_map(|(_, whose)| whose).copied().collect::<Vec<usize>>()
                };
                shown.insert(of(start, today));
                shown.insert(of(start.saturating_sub(*period), start));
            }
        }
        // Whatever is left over contains a whole step: each is looked at by the people in it.
        for (_, whose) in &published {
            let people: BTreeSet<usize> = whose.iter().map(|column| column % 9).collect();
            prop_assert!(people.len() >= 6, "{people:?}");
            prop_assert!(people.iter().filter(|person| **person != reader as usize).count() >= 5);
        }
        let used: Vec<usize> =
            shown.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
        // The attack in full where there is not too much to try.
        if used.len() <= 20 {
            let at = |column: &usize| used.binary_search(column).expect("used");
            let sums = shown.iter().map(|sum| sum.iter().map(at).collect()).collect();
            prop_assert_eq!(smallest_exposed(&sums, used.len(), &[], 4), None);
        }
    }
}
