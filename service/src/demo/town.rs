//! The municipality as it stands in its file, and whom one can sign in as.

use std::collections::HashMap;

use kvarten_domain::{Role, unit::UnitKind};
use serde::{Deserialize, Serialize};

use super::PASSWORD;

/// About how many people work in a unit at most, however many there are in all.
const UNIT_SIZE: usize = 40;
/// A unit with fewer is meant to be small, and stays so.
const LARGE: usize = 5;

/// The municipality as it stands in its file.
#[derive(Clone, Debug, Deserialize)]
pub struct TownFile {
    #[serde(rename = "profession")]
    pub(super) professions: Vec<ProfessionLine>,
    #[serde(rename = "unit")]
    pub(super) units: Vec<UnitLine>,
    pub(super) names: Names,
    #[serde(rename = "account")]
    pub(super) accounts: Vec<AccountLine>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct ProfessionLine {
    pub(super) code: String,
    pub(super) sv: String,
    pub(super) en: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct UnitLine {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) kind: UnitKind,
    pub(super) parent: Option<String>,
    #[serde(default)]
    pub(super) people: usize,
    #[serde(default)]
    pub(super) mix: HashMap<String, usize>,
    /// Systems in which everybody has come up to what is required but so many.
    #[serde(default)]
    pub(super) behind: HashMap<String, usize>,
    /// Units like it that are opened as the municipality grows.
    #[serde(skip)]
    further: Vec<UnitLine>,
}

impl UnitLine {
    /// How many times its people it holds before another is opened.
    fn rounds(&self) -> usize {
        ((UNIT_SIZE + self.people / 2) / self.people.max(1)).max(1)
    }

    /// Where the posts of a round go: to itself, then to those like it, one after the other.
    fn in_round(&self, round: usize) -> &Self {
        match round / self.rounds() {
            0 => self,
            number => self.further.get(number - 1).unwrap_or(self),
        }
    }

    /// The posts of one round.
    fn posts(&self) -> impl Iterator<Item = &String> {
        let mut mix: Vec<(&String, &usize)> = self.mix.iter().collect();
        mix.sort();
        let all = mix.into_iter().flat_map(|(code, count)| std::iter::repeat_n(code, *count));
        all.take(self.people)
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Names {
    pub(super) given: Vec<String>,
    pub(super) family: Vec<String>,
    pub(super) aliases: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct AccountLine {
    pub(super) employee_number: String,
    pub(super) email: String,
    pub(super) given: String,
    pub(super) family: String,
    pub(super) unit: String,
    pub(super) profession: String,
    pub(super) lang: String,
    pub(super) roles: Vec<RoleLine>,
    /// Lessons this person has taken, and how many days ago; nothing else was taken.
    #[serde(default)]
    pub(super) taken: Vec<(String, i64)>,
    /// Systems this person has assessed themselves in, and how far up.
    #[serde(default)]
    pub(super) said: HashMap<String, u8>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct RoleLine {
    pub(super) role: Role,
    pub(super) unit: String,
}

/// Somebody to sign in as.
#[derive(Clone, Debug, Serialize)]
pub struct DemoAccount {
    /// The role to see Kvarten in.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// To sign in with.
    pub employee_number: String,
    /// To sign in with.
    pub email: String,
    /// The password.
    pub password: String,
}

impl TownFile {
    /// The same with as many further units as so many posts need.
    pub(super) fn with_room_for(mut self, posts: usize) -> Self {
        let large: usize = self.units.iter().map(|unit| unit.people).filter(|p| *p >= LARGE).sum();
        let first: usize = self.units.iter().map(|unit| unit.people).sum();
        let rounds = 1 + posts.saturating_sub(first).div_ceil(large.max(1));
        for unit in self.units.iter_mut().filter(|unit| unit.people >= LARGE) {
            let further = |number: usize| UnitLine {
                code: format!("{}-{number}", unit.code),
                name: format!("{} {number}", unit.name),
                behind: HashMap::new(),
                ..unit.clone()
            };
            unit.further = (2..=rounds.div_ceil(unit.rounds())).map(further).collect();
        }
        self
    }

    /// Every unit, each after the one it stands below.
    pub(super) fn all_units(&self) -> impl Iterator<Item = &UnitLine> {
        self.units.iter().flat_map(|unit| std::iter::once(unit).chain(&unit.further))
    }

    /// One account per role, and one that uses English.
    #[must_use]
    pub fn accounts(&self) -> Vec<DemoAccount> {
        let account = |line: &AccountLine| DemoAccount {
            role: line.roles.iter().map(|role| role.role).max().unwrap_or(Role::Staff),
            name: format!("{} {}", line.given, line.family),
            employee_number: line.employee_number.clone(),
            email: line.email.clone(),
            password: PASSWORD.to_owned(),
        };
        self.accounts.iter().map(account).collect()
    }
}

/// The posts of the municipality, each with its unit and profession, as often round as needed.
pub(super) fn posts(town: &TownFile, count: usize) -> impl Iterator<Item = (&UnitLine, &String)> {
    let round = |round: usize| {
        let grows = move |unit: &&UnitLine| round == 0 || unit.people >= LARGE;
        let units = town.units.iter().filter(grows);
        units.flat_map(move |unit| unit.posts().map(move |post| (unit.in_round(round), post)))
    };
    (0..10_000).flat_map(round).take(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(code: &str, people: usize) -> UnitLine {
        UnitLine {
            code: code.to_owned(),
            name: code.to_uppercase(),
            kind: UnitKind::Unit,
            parent: None,
            people,
            mix: HashMap::from([("nurse".to_owned(), people)]),
            behind: HashMap::new(),
            further: Vec::new(),
        }
    }

    fn sizes(people: usize) -> Vec<(String, usize)> {
        let town = TownFile {
            professions: Vec::new(),
            units: vec![unit("large", 18), unit("small", 3), unit("team", 10)],
            names: Names { given: Vec::new(), family: Vec::new(), aliases: Vec::new() },
            accounts: Vec::new(),
        };
        let town = town.with_room_for(people);
        let count = |line: &UnitLine| {
            let posts = posts(&town, people).filter(|(unit, _)| unit.code == line.code);
            (line.code.clone(), posts.count())
        };
        town.all_units().map(count).collect()
    }

    #[test]
    fn a_municipality_grows_by_further_units() {
        let of = |expected: &[(&str, usize)]| -> Vec<(String, usize)> {
            expected.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect()
        };
        assert_eq!(sizes(31), of(&[("large", 18), ("small", 3), ("team", 10)]));
        assert_eq!(
            sizes(31 + 28 + 28),
            of(&[("large", 36), ("large-2", 18), ("small", 3), ("team", 30)])
        );
        let many = sizes(1_000);
        assert_eq!(many.iter().map(|(_, count)| count).sum::<usize>(), 1_000);
        assert!(many.iter().all(|(_, count)| *count <= 40), "{many:?}");
        assert!(many.iter().all(|(_, count)| *count > 0), "{many:?}");
    }
}
