//! The municipality as it stands in its file, and whom one can sign in as.

use std::collections::HashMap;

use kvarten_domain::{Role, unit::UnitKind};
use serde::{Deserialize, Serialize};

use super::PASSWORD;

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
    let mut all: Vec<(&UnitLine, &String)> = Vec::new();
    for unit in &town.units {
        let mut mix: Vec<(&String, &usize)> = unit.mix.iter().collect();
        mix.sort();
        let of_unit =
            mix.into_iter().flat_map(|(code, count)| std::iter::repeat_n((unit, code), *count));
        all.extend(of_unit.take(unit.people));
    }
    // Units that are meant to be small stay small, however many people there are.
    let large: Vec<_> = all.iter().copied().filter(|(unit, _)| unit.people >= 5).collect();
    all.into_iter().chain(std::iter::repeat_n(large, 10_000).flatten()).take(count)
}
