//! The tree of the organisation.

use std::{cmp::Reverse, collections::HashMap};

use kvarten_domain::{UnitId, overview::UnitLine, unit::UnitKind};

use crate::{
    operator::{PATH_SEPARATOR, place_key},
    text::collation_key,
};

/// A unit in the tree.
#[derive(Clone, Debug)]
pub(crate) struct UnitEntry {
    pub(crate) id: UnitId,
    pub(crate) parent: Option<UnitId>,
    pub(crate) kind: UnitKind,
    /// As it is shown: the unit's own name, after those above it where another unit has the same.
    pub(crate) name: String,
}

/// Every unit that has not been closed, each after the one it stands below; beside each other by
/// name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    units: Vec<UnitEntry>,
    place: HashMap<UnitId, usize>,
}

impl Tree {
    /// The tree of so many units. What does not hang together with a root – and a circle does
    /// not – is left out.
    pub(super) fn of(mut all: Vec<UnitEntry>) -> Self {
        all.sort_by_cached_key(|unit| Reverse(collation_key(&unit.name)));
        let mut below: HashMap<Option<UnitId>, Vec<UnitEntry>> = HashMap::new();
        for unit in all {
            below.entry(unit.parent).or_default().push(unit);
        }
        let mut tree = Self::default();
        let mut waiting = below.remove(&None).unwrap_or_default();
        while let Some(unit) = waiting.pop() {
            waiting.extend(below.remove(&Some(unit.id)).unwrap_or_default());
            tree.place.insert(unit.id, tree.units.len());
            tree.units.push(unit);
        }
        tree.tell_twins_apart();
        tree
    }

    /// Gives units of one name the names above them, as far as it takes to tell them apart.
    fn tell_twins_apart(&mut self) {
        let mut twins: HashMap<String, Vec<UnitId>> = HashMap::new();
        for unit in &self.units {
            twins.entry(place_key(&unit.name)).or_default().push(unit.id);
        }
        twins.retain(|_, units| units.len() > 1);
        let mut shown: Vec<(UnitId, String)> = Vec::new();
        for units in twins.values() {
            let paths: Vec<Vec<&str>> = units.iter().map(|unit| self.names(*unit)).collect();
            let end = |path: &[&str], count: usize| {
                let names: Vec<&str> = path.iter().take(count).rev().copied().collect();
                names.join(PATH_SEPARATOR)
            };
            for (unit, path) in units.iter().zip(&paths) {
                let is_alone = |count: &usize| {
                    let mine = place_key(&end(path, *count));
                    paths.iter().filter(|other| place_key(&end(other, *count)) == mine).count() == 1
                };
                let name = (2..=path.len()).find(is_alone).map(|count| end(path, count));
                // Twins of one parent, from before they were refused.
                let id = unit.to_string();
                let by_id = || format!("{} ({})", path[0], &id[id.len() - 6..]);
                shown.push((*unit, name.unwrap_or_else(by_id)));
            }
        }
        for (unit, name) in shown {
            if let Some(&at) = self.place.get(&unit) {
                self.units[at].name = name;
            }
        }
    }

    /// The name of a unit and of those above it, the nearest first.
    fn names(&self, id: UnitId) -> Vec<&str> {
        std::iter::successors(self.unit(id), |unit| self.unit(unit.parent?))
            .map(|unit| unit.name.as_str())
            .collect()
    }

    pub(crate) fn units(&self) -> &[UnitEntry] {
        &self.units
    }

    pub(crate) fn unit(&self, id: UnitId) -> Option<&UnitEntry> {
        self.place.get(&id).map(|&at| &self.units[at])
    }

    /// The unit and every unit above it, the nearest first; nothing for a unit that is closed.
    pub(crate) fn path(&self, id: UnitId) -> Vec<UnitId> {
        std::iter::successors(self.unit(id), |unit| self.unit(unit.parent?))
            .map(|unit| unit.id)
            .collect()
    }

    /// Some of the units as lines, each before those below it: they are given in the tree's order.
    pub(crate) fn lines(&self, units: &[UnitId]) -> Vec<UnitLine> {
        let line = |(at, id): (usize, &UnitId)| {
            let unit = self.unit(*id)?;
            let below =
                units[at + 1..].iter().take_while(|other| self.is_within(**other, *id)).count();
            let depth = self.path(*id).iter().skip(1).filter(|other| units.contains(other)).count();
            Some(UnitLine {
                id: *id,
                name: unit.name.clone(),
                kind: unit.kind,
                depth: u8::try_from(depth).unwrap_or(u8::MAX),
                below: u16::try_from(below).unwrap_or(u16::MAX),
            })
        };
        units.iter().enumerate().filter_map(line).collect()
    }

    /// Whether a unit is another or stands somewhere below it.
    pub(crate) fn is_within(&self, id: UnitId, above: UnitId) -> bool {
        std::iter::successors(self.unit(id), |unit| self.unit(unit.parent?))
            .any(|unit| unit.id == above)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kvarten_domain::Id;

    fn unit(id: u128, parent: Option<u128>, name: &str) -> UnitEntry {
        UnitEntry {
            id: UnitId::from_u128(id),
            parent: parent.map(UnitId::from_u128),
            kind: UnitKind::Unit,
            name: name.to_owned(),
        }
    }

    fn names<'t>(units: impl Iterator<Item = &'t UnitEntry>) -> Vec<&'t str> {
        units.map(|unit| unit.name.as_str()).collect()
    }

    #[test]
    fn units_follow_what_they_stand_below() {
        let tree = Tree::of(vec![
            unit(4, Some(2), "Ek"),
            unit(3, Some(1), "Bo"),
            unit(2, Some(1), "Ada"),
            unit(1, None, "Staden"),
        ]);
        assert_eq!(names(tree.units().iter()), ["Staden", "Ada", "Ek", "Bo"]);
        assert_eq!(tree.path(UnitId::from_u128(4)), [4, 2, 1].map(UnitId::from_u128));
        assert!(tree.is_within(UnitId::from_u128(4), UnitId::from_u128(1)));
        assert!(!tree.is_within(UnitId::from_u128(3), UnitId::from_u128(2)));
    }

    #[test]
    fn units_of_one_name_are_shown_with_what_is_above_them() {
        let tree = Tree::of(vec![
            unit(1, None, "Staden"),
            unit(2, Some(1), "Norr"),
            unit(3, Some(1), "Söder"),
            unit(4, Some(2), "Hemtjänst"),
            unit(5, Some(3), "Hemtjänst"),
            unit(6, Some(4), "Trappan"),
            unit(7, Some(5), "TRAPPAN"),
            unit(8, Some(5), "Ekbacken"),
            unit(9, Some(1), "Natt"),
            unit(10, Some(1), "natt"),
        ]);
        let mut shown: Vec<&str> = names(tree.units().iter());
        shown.sort_unstable();
        assert_eq!(
            shown,
            [
                "Ekbacken",
                "Natt (000009)",
                "Norr",
                "Norr › Hemtjänst",
                "Norr › Hemtjänst › Trappan",
                "Staden",
                "Söder",
                "Söder › Hemtjänst",
                "Söder › Hemtjänst › TRAPPAN",
                "natt (00000a)",
            ]
        );
    }

    #[test]
    fn a_circle_stands_nowhere() {
        let tree = Tree::of(vec![
            unit(1, None, "Staden"),
            unit(2, Some(3), "Ada"),
            unit(3, Some(2), "Bo"),
        ]);
        assert_eq!(names(tree.units().iter()), ["Staden"]);
        assert!(tree.path(UnitId::from_u128(2)).is_empty());
    }
}
