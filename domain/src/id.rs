//! Ids: newtypes over the sixteen bytes of a UUID, written as 8-4-4-4-12 hexadecimal digits.
//!
//! Making one needs a clock and chance, so that happens elsewhere; here they are only read,
//! written and compared.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The text was not a UUID of 36 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: expected 8-4-4-4-12 hexadecimal digits")
    }
}

impl std::error::Error for NotAnId {}

fn parse(text: &str) -> Result<u128, NotAnId> {
    let bytes = text.as_bytes();
    if bytes.len() != 36 {
        return Err(NotAnId);
    }
    let mut value = 0u128;
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if *byte != b'-' {
                return Err(NotAnId);
            }
            continue;
        }
        let digit = char::from(*byte).to_digit(16).ok_or(NotAnId)?;
        value = (value << 4) | u128::from(digit);
    }
    Ok(value)
}

fn write(value: u128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(
        f,
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        value >> 96,
        (value >> 80) & 0xffff,
        (value >> 64) & 0xffff,
        (value >> 48) & 0xffff,
        value & 0xffff_ffff_ffff
    )
}

/// What every id can do, for code that handles all kinds alike.
pub trait Id: Copy {
    /// The id whose UUID has this value.
    fn from_u128(value: u128) -> Self;
    /// The UUID as a number.
    fn as_u128(self) -> u128;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl Id for $name {
            fn from_u128(value: u128) -> Self {
                Self(value)
            }

            fn as_u128(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "("))?;
                write(self.0, f)?;
                f.write_str(")")
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl de::Visitor<'_> for Text {
                    type Value = u128;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an id")
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<u128, E> {
                        parse(text).map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text).map(Self)
            }
        }
    )+};
}

ids! {
    /// A person.
    PersonId;
    /// A unit in the tree of the organisation.
    UnitId;
    /// A profession.
    ProfessionId;
    /// A digital system.
    SystemId;
    /// A lesson, whatever its version.
    LessonId;
    /// One version of a lesson; what it holds never changes once published.
    VersionId;
    /// A step of a lesson version.
    StepId;
    /// A question of a lesson version.
    QuestionId;
    /// One climb of a ladder.
    AttemptId;
    /// One reply. Made before it is sent, so that a reply sent twice counts once.
    AnswerId;
    /// A stored file.
    MediaId;
    /// A manager's pointing somebody to a lesson. Made before it is sent.
    ReferralId;
    /// A referral of whoever joins a unit or a profession. Made before it is kept.
    StandingId;
    /// A program. Made before it is kept.
    ProgramId;
    /// A mail to somebody.
    MailId;
    /// One wording of a statement.
    StatementId;
    /// What a statement means, however it is worded.
    MeaningId;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_reads_back_as_it_was_written(value: u128) {
            let id = PersonId::from_u128(value);
            prop_assert_eq!(id.to_string().parse::<PersonId>(), Ok(id));
            let json = serde_json::to_string(&id).expect("ids serialise");
            prop_assert_eq!(serde_json::from_str::<PersonId>(&json).expect("and back"), id);
        }

        #[test]
        fn no_text_makes_the_parser_fall(text in ".{0,40}") {
            let _ = text.parse::<UnitId>();
        }
    }

    #[rstest::rstest]
    #[case("")]
    #[case("0190163d-8694-739b-aea5-966c26f8ad9")]
    #[case("0190163d-8694-739b-aea5-966c26f8ad911")]
    #[case("0190163d08694-739b-aea5-966c26f8ad91")]
    #[case("0190163d-8694-739b-aea5-966c26f8adg1")]
    fn what_is_not_an_id_is_refused(#[case] text: &str) {
        assert_eq!(text.parse::<PersonId>(), Err(NotAnId));
    }
}
