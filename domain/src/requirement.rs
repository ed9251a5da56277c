//! What a profession needs in a system, and where a unit asks for more. (Domain, `RequiredLevel`.)
//!
//! Every requirement is dated, so that what was required last March can still be told. What holds
//! for somebody is the highest of what the municipality requires of their profession and what their
//! unit, or any above it, asks on top: a unit can ask for more and never for less.

use std::collections::{HashMap, HashSet};

use crate::{
    fault::Fault,
    id::{ProfessionId, SystemId, UnitId},
    level::Level,
    time::{Span, Timestamp},
};

/// One requirement, for as long as it held or holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The unit that asks, for all below it, too; the municipality where there is none.
    pub unit: Option<UnitId>,
    /// Of whom.
    pub profession: ProfessionId,
    /// In which system.
    pub system: SystemId,
    /// What.
    pub level: Level,
    /// When.
    pub span: Span,
}

/// Everything that is or was required.
#[derive(Clone, Debug, Default)]
pub struct Requirements {
    of: HashMap<(ProfessionId, SystemId), Vec<Requirement>>,
    /// The units that ask for anything, at any point in time.
    asking: HashSet<UnitId>,
}

impl FromIterator<Requirement> for Requirements {
    fn from_iter<T: IntoIterator<Item = Requirement>>(all: T) -> Self {
        let mut requirements = Self::default();
        for one in all {
            requirements.asking.extend(one.unit);
            requirements.of.entry((one.profession, one.system)).or_default().push(one);
        }
        requirements
    }
}

impl Requirements {
    fn holding(
        &self,
        profession: ProfessionId,
        system: SystemId,
        at: Timestamp,
    ) -> impl Iterator<Item = &Requirement> {
        let all = self.of.get(&(profession, system)).map_or(&[][..], Vec::as_slice);
        all.iter().filter(move |one| one.span.holds_at(at))
    }

    /// What is required of a profession in a system at a point in time, in a unit whose `path`
    /// holds itself and every unit above it.
    #[must_use]
    pub fn level(
        &self,
        path: &[UnitId],
        profession: ProfessionId,
        system: SystemId,
        at: Timestamp,
    ) -> Option<Level> {
        let asks = |one: &&Requirement| one.unit.is_none_or(|unit| path.contains(&unit));
        self.holding(profession, system, at).filter(asks).map(|one| one.level).max()
    }

    /// Those of a path that ever ask for something on top. Whoever has the same profession, and the
    /// same of these, is required the same at any point in time.
    #[must_use]
    pub fn asking(&self, path: &[UnitId]) -> Vec<UnitId> {
        path.iter().copied().filter(|unit| self.asking.contains(unit)).collect()
    }

    /// What one unit itself asks, or the municipality: not what those above it do.
    #[must_use]
    pub fn own_level(
        &self,
        unit: Option<UnitId>,
        profession: ProfessionId,
        system: SystemId,
        at: Timestamp,
    ) -> Option<Level> {
        self.holding(profession, system, at)
            .filter(|one| one.unit == unit)
            .map(|one| one.level)
            .max()
    }
}

impl Requirements {
    /// When what one unit itself asks, or the municipality, changes next after a point in time, and
    /// to what.
    #[must_use]
    pub fn next_change(
        &self,
        unit: Option<UnitId>,
        profession: ProfessionId,
        system: SystemId,
        at: Timestamp,
    ) -> Option<(Timestamp, Option<Level>)> {
        let all = self.of.get(&(profession, system))?;
        let own = all.iter().filter(|one| one.unit == unit);
        let ends = own.flat_map(|one| [Some(one.span.from), one.span.until]);
        let next = ends.flatten().filter(|end| *end > at).min()?;
        Some((next, self.own_level(unit, profession, system, next)))
    }
}

/// Whether a unit may ask for a level where those above it require another.
///
/// # Errors
/// [`Fault::NotMore`] where it is not more.
pub fn may_ask(asked: Level, above: Option<Level>) -> Result<(), Fault> {
    if above.is_some_and(|above| asked <= above) { Err(Fault::NotMore) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use proptest::prelude::*;
    use rstest::rstest;

    fn unit(number: u128) -> UnitId {
        UnitId::from_u128(number)
    }

    fn level(number: u8) -> Level {
        Level::new(number).expect("1–4")
    }

    fn required(unit: Option<UnitId>, number: u8, from: i64, until: Option<i64>) -> Requirement {
        Requirement {
            unit,
            profession: ProfessionId::from_u128(1),
            system: SystemId::from_u128(1),
            level: level(number),
            span: Span { from: Timestamp(from), until: until.map(Timestamp) },
        }
    }

    fn at(all: &[Requirement], path: &[UnitId], at: i64) -> Option<u8> {
        let all: Requirements = all.iter().copied().collect();
        all.level(path, ProfessionId::from_u128(1), SystemId::from_u128(1), Timestamp(at))
            .map(Level::number)
    }

    #[rstest]
    #[case::before_anything(5, None)]
    #[case::what_was_required_then(15, Some(1))]
    #[case::from_the_first_moment(20, Some(2))]
    #[case::what_the_unit_asks_on_top(35, Some(3))]
    #[case::the_unit_stops_asking(45, Some(2))]
    fn what_holds_follows_from_the_date(#[case] when: i64, #[case] expected: Option<u8>) {
        let all = [
            required(None, 1, 10, Some(20)),
            required(None, 2, 20, None),
            required(Some(unit(2)), 3, 30, Some(40)),
            required(Some(unit(3)), 4, 0, None),
        ];
        assert_eq!(at(&all, &[unit(2), unit(1)], when), expected);
    }

    #[test]
    fn whoever_stands_above_asks_of_all_below() {
        let all = [required(None, 1, 0, None), required(Some(unit(1)), 2, 0, None)];
        assert_eq!(at(&all, &[unit(2), unit(1)], 1), Some(2));
        assert_eq!(at(&all, &[unit(3)], 1), Some(1));
    }

    #[test]
    fn whoever_has_the_same_askers_above_is_required_the_same() {
        let all: Requirements = [
            required(None, 1, 0, None),
            required(Some(unit(1)), 2, 5, Some(6)),
            required(Some(unit(3)), 4, 0, None),
        ]
        .into_iter()
        .collect();
        assert_eq!(all.asking(&[unit(2), unit(1)]), [unit(1)], "once is enough");
        assert_eq!(all.asking(&[unit(4), unit(1)]), [unit(1)]);
        assert_eq!(all.asking(&[unit(3), unit(1)]), [unit(3), unit(1)]);
        assert_eq!(all.asking(&[unit(2)]), []);
    }

    #[test]
    fn what_is_decided_for_later_is_known() {
        let all: Requirements = [required(None, 1, 10, Some(20)), required(None, 3, 20, Some(30))]
            .into_iter()
            .collect();
        let next = |at| {
            all.next_change(None, ProfessionId::from_u128(1), SystemId::from_u128(1), Timestamp(at))
        };
        assert_eq!(next(15), Some((Timestamp(20), Some(level(3)))));
        assert_eq!(next(25), Some((Timestamp(30), None)));
        assert_eq!(next(30), None);
    }

    #[rstest]
    #[case(2, Some(1), Ok(()))]
    #[case(1, None, Ok(()))]
    #[case(2, Some(2), Err(Fault::NotMore))]
    #[case(1, Some(3), Err(Fault::NotMore))]
    fn a_unit_asks_for_more(
        #[case] asked: u8,
        #[case] above: Option<u8>,
        #[case] expected: Result<(), Fault>,
    ) {
        assert_eq!(may_ask(level(asked), above.and_then(Level::new)), expected);
    }

    proptest! {
        /// Whatever units ask, nobody is required less than the municipality does.
        #[test]
        fn never_less_than_the_municipality(
            base in 1u8..=4,
            units in prop::collection::vec((prop::sample::select(vec![unit(1), unit(2), unit(3)]), 1u8..=4), 0..6),
        ) {
            let mut all = vec![required(None, base, 0, None)];
            all.extend(units.iter().map(|(unit, number)| required(Some(*unit), *number, 0, None)));
            prop_assert!(at(&all, &[unit(2), unit(1)], 1) >= Some(base));
        }
    }
}
