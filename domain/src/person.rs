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
}

/// An e-mail address, lower case: one `@`, something on both sides, no blanks, a dot after it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address; upper and lower case are the same.
    ///
    /// # Errors
    /// Empty, longer than 254 characters (RFC 5321), or not an address.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Err(Fault::Empty);
        }
        if text.len() > 254 {
            return Err(Fault::TooLong);
        }
        let Some((local, domain)) = text.split_once('@') else { return Err(Fault::Malformed) };
        let plain = |part: &str| {
            !part.is_empty()
                && !part.contains(|c: char| c == '@' || c.is_whitespace() || c.is_control())
        };
        let has_dot =
            domain.split('.').count() > 1 && domain.split('.').all(|label| !label.is_empty());
        if plain(local) && plain(domain) && has_dot {
            Ok(Self(text))
        } else {
            Err(Fault::Malformed)
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
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
    #[case("Alma.Berg@Lindvike.example", Ok("alma.berg@lindvike.example"))]
    #[case(" åsa@exempel.se ", Ok("åsa@exempel.se"))]
    #[case("", Err(Fault::Empty))]
    #[case("alma", Err(Fault::Malformed))]
    #[case("alma@", Err(Fault::Malformed))]
    #[case("a@b@c.se", Err(Fault::Malformed))]
    #[case("a b@c.se", Err(Fault::Malformed))]
    #[case("a@c", Err(Fault::Malformed))]
    #[case("a@c..se", Err(Fault::Malformed))]
    fn addresses(#[case] text: &str, #[case] expected: Result<&str, Fault>) {
        let read = EmailAddress::read(text);
        assert_eq!(read.as_ref().map(EmailAddress::as_str), expected.as_ref().map(|text| *text));
    }

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
