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
    /// More of them than there is room for.
    TooMany,
    /// Someone else has it already.
    Taken,
    /// The old password is not right.
    WrongPassword,
    /// Too easy to guess.
    TooCommon,
    /// Characters that cannot be seen.
    Invisible,
    /// Not more than what is required anyway.
    NotMore,
    /// What it is about has been retired or ended.
    Retired,
    /// A date that no calendar has.
    WrongDate,
    /// A day that has passed already.
    PastDate,
    /// It would end no later than it begins.
    EndsTooEarly,
    /// Somebody else changed it meanwhile.
    Changed,
    /// Characters that cannot be seen, or that change how others are drawn.
    HiddenCharacters,
    /// Letters of several alphabets in one name.
    MixedScripts,
    /// People or other things still belong to it.
    InUse,
    /// It cannot be in that place of the organisation.
    WrongPlace,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 22] = [
        Self::Empty,
        Self::TooLong,
        Self::TooShort,
        Self::Malformed,
        Self::UnknownOption,
        Self::Incomplete,
        Self::Repeated,
        Self::TooMany,
        Self::Taken,
        Self::WrongPassword,
        Self::TooCommon,
        Self::Invisible,
        Self::NotMore,
        Self::Retired,
        Self::WrongDate,
        Self::PastDate,
        Self::EndsTooEarly,
        Self::Changed,
        Self::HiddenCharacters,
        Self::MixedScripts,
        Self::InUse,
        Self::WrongPlace,
    ];

    /// The word in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::TooShort => "too_short",
            Self::Malformed => "malformed",
            Self::UnknownOption => "unknown_option",
            Self::Incomplete => "incomplete",
            Self::Repeated => "repeated",
            Self::TooMany => "too_many",
            Self::Taken => "taken",
            Self::WrongPassword => "wrong_password",
            Self::TooCommon => "too_common",
            Self::Invisible => "invisible",
            Self::NotMore => "not_more",
            Self::Retired => "retired",
            Self::WrongDate => "wrong_date",
            Self::PastDate => "past_date",
            Self::EndsTooEarly => "ends_too_early",
            Self::Changed => "changed",
            Self::HiddenCharacters => "hidden_characters",
            Self::MixedScripts => "mixed_scripts",
            Self::InUse => "in_use",
            Self::WrongPlace => "wrong_place",
        }
    }

    /// The fault with a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.code() == code)
    }
}
