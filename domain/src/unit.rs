//! The tree of the organisation.

use serde::{Deserialize, Serialize};

/// The floor of the tree a unit stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// kommun: the root.
    Municipality,
    /// förvaltning.
    Administration,
    /// verksamhet.
    Operation,
    /// enhet: where people work.
    Unit,
}

impl UnitKind {
    /// Every kind, from the root down.
    pub const ALL: [Self; 4] =
        [Self::Municipality, Self::Administration, Self::Operation, Self::Unit];

    /// The code in the database and in files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Municipality => "municipality",
            Self::Administration => "administration",
            Self::Operation => "operation",
            Self::Unit => "unit",
        }
    }

    /// The kind with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether a unit of this kind may stand directly below one of `parent`'s kind
    /// (`None` for the root). A floor may be skipped, never turned upside down.
    #[must_use]
    pub fn may_stand_below(self, parent: Option<Self>) -> bool {
        match parent {
            None => self == Self::Municipality,
            Some(parent) => parent < self,
        }
    }
}
