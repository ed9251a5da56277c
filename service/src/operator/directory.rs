//! The organisation as the tables have it, closed units included: finding units by name, path or id.

use std::collections::HashMap;

use kvarten_domain::{Fault, UnitId, unit::UnitKind};
use kvarten_entity::{Column, Key, unit};
use sea_orm::{ConnectionTrait, EntityTrait};
use uuid::Uuid;

use crate::{
    ServiceError,
    text::{CollationKey, collation_key, identifier, identity_key, nfc},
};

/// What separates the names of a path.
pub(crate) const PATH_SEPARATOR: &str = " › ";

/// A name as it is compared: two units of one parent whose names are the same in this form are one and
/// the same to a reader. Also the form of a path, whatever separates its names.
#[must_use]
pub(crate) fn place_key(name: &str) -> String {
    let name = nfc(name);
    name.split(['/', '›', '>', '→']).map(identity_key).collect::<Vec<_>>().join("/")
}

/// A unit and where it is, for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitInfo {
    pub id: UnitId,
    pub name: String,
    /// Its name after those above it, without the municipality's.
    pub path: String,
    pub kind: UnitKind,
    /// How far below the municipality.
    pub depth: usize,
    pub is_closed: bool,
}

/// Every unit there is or was.
pub(crate) struct Directory {
    units: HashMap<Uuid, unit::Model>,
}

impl Directory {
    pub(crate) async fn load(db: &impl ConnectionTrait) -> Result<Self, ServiceError> {
        let rows = unit::Entity::find().all(db).await?;
        Ok(Self { units: rows.into_iter().map(|row| (row.id, row)).collect() })
    }

    pub(crate) fn unit(&self, id: UnitId) -> Option<&unit::Model> {
        self.units.get(&id.key())
    }

    /// A unit and what is above it, the nearest first. Ends also where the tables hold a circle.
    fn upwards<'d>(&'d self, from: &'d unit::Model) -> impl Iterator<Item = &'d unit::Model> {
        std::iter::successors(Some(from), |unit| self.units.get(&unit.parent_id?))
            .take(self.units.len())
    }

    pub(crate) fn is_within(&self, id: UnitId, above: UnitId) -> bool {
        self.unit(id).is_some_and(|unit| self.upwards(unit).any(|one| one.id == above.key()))
    }

    /// The names down to a unit, without the municipality's, unless it is the municipality.
    fn names<'d>(&'d self, unit: &'d unit::Model) -> Vec<&'d str> {
        let mut names: Vec<&str> = self.upwards(unit).map(|unit| unit.name.as_str()).collect();
        if names.len() > 1 {
            names.pop();
        }
        names.reverse();
        names
    }

    pub(crate) fn path(&self, id: UnitId) -> String {
        self.unit(id).map(|unit| self.names(unit).join(PATH_SEPARATOR)).unwrap_or_default()
    }

    pub(crate) fn info(&self, unit: &unit::Model) -> UnitInfo {
        UnitInfo {
            id: unit.id.id(),
            name: unit.name.clone(),
            path: self.names(unit).join(PATH_SEPARATOR),
            kind: UnitKind::from_code(&unit.kind).unwrap_or(UnitKind::Unit),
            depth: self.upwards(unit).count() - 1,
            is_closed: unit.closed_at.is_some(),
        }
    }

    /// All units, each before those below it, beside each other by name.
    pub(crate) fn all(&self) -> Vec<UnitInfo> {
        let mut all: Vec<(Vec<(CollationKey, Uuid)>, UnitInfo)> = self
            .units
            .values()
            .map(|unit| {
                let mut keys: Vec<_> =
                    self.upwards(unit).map(|unit| (collation_key(&unit.name), unit.id)).collect();
                keys.reverse();
                (keys, self.info(unit))
            })
            .collect();
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        all.into_iter().map(|(_, info)| info).collect()
    }

    /// The open unit beside which another of a name would be its twin.
    pub(crate) fn twin(&self, name: &str, parent: Option<Uuid>, but: Option<UnitId>) -> bool {
        let key = place_key(name);
        self.units.values().any(|unit| {
            unit.parent_id == parent
                && unit.closed_at.is_none()
                && Some(unit.id) != but.map(Column::key)
                && place_key(&unit.name) == key
        })
    }

    /// The units that a name, a path or the end of a path may mean. Those that a whole path names
    /// come alone.
    pub(crate) fn called(&self, text: &str) -> Vec<&unit::Model> {
        let wanted = place_key(text);
        let mut whole = Vec::new();
        let mut found = Vec::new();
        for unit in self.units.values() {
            let names: Vec<String> = self.upwards(unit).map(|one| place_key(&one.name)).collect();
            let to = |count: usize| {
                names[..count].iter().rev().map(String::as_str).collect::<Vec<_>>().join("/")
            };
            let most = names.len();
            if most > 1 && (to(most) == wanted || (most > 2 && to(most - 1) == wanted)) {
                whole.push(unit);
            }
            if (1..=most).any(|count| to(count) == wanted) {
                found.push(unit);
            }
        }
        if whole.is_empty() { found } else { whole }
    }

    /// The one unit that a name, a path or an id means. Of open and closed ones the open are meant.
    pub(crate) fn find(&self, text: &str, may_be_closed: bool) -> Result<UnitId, ServiceError> {
        let wrong = |fault| ServiceError::invalid("unit", fault);
        let text = text.trim();
        if text.is_empty() {
            return Err(wrong(Fault::Empty));
        }
        let found = match identifier(text).parse::<UnitId>() {
            Ok(id) => self.unit(id).into_iter().collect(),
            Err(_) => self.called(text),
        };
        let open: Vec<_> = found.iter().filter(|unit| unit.closed_at.is_none()).collect();
        match (open.as_slice(), found.as_slice()) {
            ([one], _) => Ok(one.id.id()),
            ([], []) => Err(wrong(Fault::UnknownOption)),
            ([], [one]) if may_be_closed => Ok(one.id.id()),
            ([], [_, ..]) if !may_be_closed => Err(wrong(Fault::Retired)),
            _ => Err(wrong(Fault::Repeated)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kvarten_domain::Id;
    use rstest::rstest;

    fn unit(id: u128, parent: u128, name: &str) -> unit::Model {
        let kind = if parent == 0 { UnitKind::Municipality } else { UnitKind::Unit };
        unit::Model {
            id: Uuid::from_u128(id),
            parent_id: (parent > 0).then(|| Uuid::from_u128(parent)),
            kind: kind.code().to_owned(),
            name: name.to_owned(),
            created_at: 0,
            closed_at: (id == 9).then_some(1),
        }
    }

    fn directory() -> Directory {
        let units = [
            unit(1, 0, "Lindvike"),
            unit(2, 1, "Hemtjänst"),
            unit(3, 1, "Vård"),
            unit(4, 3, "Hemtjänst"),
            unit(5, 2, "Trappan"),
            unit(6, 4, "Trappan"),
            unit(7, 3, "Natt/Dag"),
            unit(8, 3, "Ekbacken"),
            unit(9, 3, "Gamla huset"),
        ];
        Directory { units: units.into_iter().map(|unit| (unit.id, unit)).collect() }
    }

    #[rstest]
    #[case("Ekbacken", Ok(8))]
    #[case(" ekbacken\u{a0}", Ok(8))]
    #[case("Vård › Ekbacken", Ok(8))]
    #[case("Lindvike/Vård/Ekbacken", Ok(8))]
    #[case("Trappan", Err(Fault::Repeated))]
    #[case("Vård/Hemtjänst/Trappan", Ok(6))]
    #[case("Va\u{30a}rd > Hemtja\u{308}nst > Trappan", Ok(6))]
    #[case::whole_path_first("Hemtjänst/Trappan", Ok(5))]
    #[case::whole_path_first("Hemtjänst", Err(Fault::Repeated))]
    #[case::name_with_a_slash("Natt / Dag", Ok(7))]
    #[case::name_with_a_slash("Vård/Natt/Dag", Ok(7))]
    #[case("Gamla huset", Err(Fault::Retired))]
    #[case("Vård/", Err(Fault::UnknownOption))]
    #[case("/", Err(Fault::UnknownOption))]
    #[case("", Err(Fault::Empty))]
    #[case("00000000-0000-0000-0000-000000000006", Ok(6))]
    #[case("00000000-0000-0000-0000-000000000009", Err(Fault::Retired))]
    #[case("00000000-0000-0000-0000-00000000000a", Err(Fault::UnknownOption))]
    fn units_are_found(#[case] text: &str, #[case] expected: Result<u128, Fault>) {
        let found = match directory().find(text, false) {
            Ok(id) => Ok(id.as_u128()),
            Err(ServiceError::Invalid { fault, .. }) => Err(fault),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[rstest]
    #[case("Trappan", 2, true)]
    #[case("TRAPPAN\u{a0}", 2, true)]
    #[case("Trappan", 3, false)]
    #[case("hemtja\u{308}nst", 1, true)]
    #[case("Hemtjanst", 1, false)]
    #[case("Gamla huset", 3, false)]
    fn twins_are_seen(#[case] name: &str, #[case] parent: u128, #[case] expected: bool) {
        assert_eq!(directory().twin(name, Some(Uuid::from_u128(parent)), None), expected);
    }

    #[test]
    fn a_unit_is_no_twin_of_itself() {
        let me = Some(UnitId::from_u128(5));
        assert!(!directory().twin("TRAPPAN", Some(Uuid::from_u128(2)), me));
    }

    #[test]
    fn a_list_is_a_tree_with_paths() {
        let paths: Vec<String> = directory().all().into_iter().map(|unit| unit.path).collect();
        assert_eq!(
            paths,
            [
                "Lindvike",
                "Hemtjänst",
                "Hemtjänst › Trappan",
                "Vård",
                "Vård › Ekbacken",
                "Vård › Gamla huset",
                "Vård › Hemtjänst",
                "Vård › Hemtjänst › Trappan",
                "Vård › Natt/Dag",
            ]
        );
    }
}
