//! People: who is reading, and what they may call themselves and sign in with.

use serde::{Deserialize, Serialize};

use crate::{fault::Fault, role::Role, time::Date};

/// Who is signed in, as the screen needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// The unit they belong to now.
    pub unit: Option<String>,
    /// Their profession now.
    pub profession: Option<String>,
    /// The roles they hold, anywhere.
    pub roles: Vec<Role>,
    /// Signed in on a shared tablet.
    pub is_shared: bool,
}

/// A device that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// What it is called where it is to be signed out. No cookie, and of no use to anybody else.
    pub id: String,
    /// The kind of device and browser, such as "Android, Chrome"; empty where it is unknown.
    pub kind: String,
    /// The day it signed in.
    pub since: Date,
    /// The day it was last used.
    pub seen: Date,
    /// A shared tablet.
    pub is_shared: bool,
    /// The one asking.
    pub is_this: bool,
}

/// An account page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Who.
    pub viewer: Viewer,
    /// Where they are signed in.
    pub devices: Vec<Device>,
    /// What they can sign in with.
    pub employee_number: String,
    /// Their mail.
    pub mail: MailChoice,
}

/// Where somebody's mail goes, and whether they want it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailChoice {
    /// None where they have no address.
    pub address: Option<String>,
    /// Until they say otherwise.
    pub is_wanted: bool,
    /// None where mail to the address arrives, as far as is known.
    pub failure: Option<MailFailure>,
}

/// Mail to a person's address did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailFailure {
    pub kind: MailFailureKind,
    pub on: Date,
}

/// Why mail does not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailFailureKind {
    /// The mail server refuses the address for good. Nothing more is sent to it until it is changed
    /// or confirmed.
    Refused,
    /// It could not be delivered in many tries. It is tried again after a week.
    GivenUp,
}

impl MailFailureKind {
    pub const ALL: [Self; 2] = [Self::Refused, Self::GivenUp];

    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::GivenUp => "given_up",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// An employee number: 1–20 letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmployeeNumber(String);

impl EmployeeNumber {
    /// Reads a number.
    ///
    /// # Errors
    /// Empty, too long, or with other characters.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        match text.len() {
            0 => Err(Fault::Empty),
            1..=20 if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') => {
                Ok(Self(text.to_ascii_lowercase()))
            }
            1..=20 => Err(Fault::Malformed),
            _ => Err(Fault::TooLong),
        }
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The fewest characters of a password: what NIST SP 800-63B-4 section 3.1.1.2 asks of one that is
/// the only factor.
pub const MIN_PASSWORD: usize = 15;
/// The most characters of a password.
pub const MAX_PASSWORD: usize = 200;

/// Whether a new password, normalised, has the right length. Length counts, not kinds of characters.
///
/// # Errors
/// Empty, too short, or too long.
pub fn check_password_length(password: &str) -> Result<(), Fault> {
    match password.chars().count() {
        0 => Err(Fault::Empty),
        1..MIN_PASSWORD => Err(Fault::TooShort),
        MIN_PASSWORD..=MAX_PASSWORD => Ok(()),
        _ => Err(Fault::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", Err(Fault::Empty))]
    #[case(&"å".repeat(14), Err(Fault::TooShort))]
    #[case(&"å".repeat(15), Ok(()))]
    #[case(&"☕".repeat(200), Ok(()))]
    #[case(&"å".repeat(201), Err(Fault::TooLong))]
    fn the_length_of_a_password(#[case] password: &str, #[case] expected: Result<(), Fault>) {
        assert_eq!(check_password_length(password), expected);
    }
}
