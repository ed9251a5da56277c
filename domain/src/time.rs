//! Points in time and civil dates, as plain values.

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This point moved by a number of seconds (backwards when negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1000)
    }

    /// Whole seconds from this point to a later one, rounded up; 0 when that one has passed.
    #[must_use]
    pub fn seconds_until(self, later: Self) -> u32 {
        let millis = (later.0 - self.0).max(0);
        u32::try_from((millis + 999) / 1000).unwrap_or(u32::MAX)
    }
}

/// A day in the calendar of the municipality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Date {
    /// Year of the common era.
    pub year: i16,
    /// 1–12.
    pub month: i8,
    /// 1–31.
    pub day: i8,
}

/// A stretch of time that a leaderboard or a total looks at; each begins on a calendar
/// boundary of the municipality (Monday, the first of the month, New Year).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// From Monday.
    #[default]
    Week,
    /// From the first of the month.
    Month,
    /// From New Year.
    Year,
}

impl Period {
    /// All periods, shortest first.
    pub const ALL: [Self; 3] = [Self::Week, Self::Month, Self::Year];

    /// The word in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Week => "vecka",
            Self::Month => "manad",
            Self::Year => "ar",
        }
    }

    /// The period an address names; the week where it names none.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|period| period.code() == code).unwrap_or_default()
    }
}
