//! What is wrong with something a person sent, field by field.

use serde::{Deserialize, Serialize};

/// One thing that must be put right. The interface has a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nothing was filled in or chosen.
    Empty,
    /// Longer than the field allows.
    TooLong,
    /// Shorter than the field allows.
    TooShort,
    /// Not of the form the field has (an address, a number …).
    Malformed,
    /// Names an option that does not exist.
    UnknownOption,
    /// Something is left to place or to choose.
    Incomplete,
    /// The same place or choice is used twice.
    Repeated,
    /// Someone else has it already.
    Taken,
    /// The old password is not right.
    WrongPassword,
    /// Too easy to guess.
    TooCommon,
}
