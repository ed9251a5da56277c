//! Roles, each held in a place of the unit tree.

use serde::{Deserialize, Serialize};

use crate::unit::UnitKind;

/// What a person may come for; see the table "Who uses it" of the domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// medarbetare: learns.
    Staff,
    /// digitaliseringsombud: serves a unit, writes lessons.
    Champion,
    /// chef: a unit and all below it.
    Manager,
    /// projektledare, HR-controller: the whole municipality.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Staff, Self::Champion, Self::Manager, Self::Administrator];

    /// The code in the database and in files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Champion => "champion",
            Self::Manager => "manager",
            Self::Administrator => "administrator",
        }
    }

    /// The role with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether the role can be held in a unit of a kind. An administrator is one of the whole
    /// municipality; the other roles count for a unit, or for it and all below.
    #[must_use]
    pub fn can_be_held_in(self, kind: UnitKind) -> bool {
        self != Self::Administrator || kind == UnitKind::Municipality
    }
}
