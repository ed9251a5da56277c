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

/// A stretch of time: from a point in time, to before another where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first moment in it.
    pub from: Timestamp,
    /// The first moment after it; none where it goes on.
    pub until: Option<Timestamp>,
}

impl Span {
    /// Whether a point in time lies in it.
    #[must_use]
    pub fn holds_at(self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
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

impl Date {
    /// The day as forms and addresses write it: `2026-03-31`.
    #[must_use]
    pub fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// Reads `2026-03-31`; days that no calendar has are not told apart here.
    #[must_use]
    pub fn from_iso(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let is_plain = |text: &str, length| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let is_date = is_plain(year, 4) && is_plain(month, 2) && is_plain(day, 2);
        if !is_date || parts.next().is_some() {
            return None;
        }
        let date =
            Self { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
        (matches!(date.month, 1..=12) && matches!(date.day, 1..=31)).then_some(date)
    }
}

/// A stretch of time that a leaderboard or a total looks at; each begins on a calendar
/// boundary of the municipality (Monday, the first of the month, New Year).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// From Monday.
    Week,
    /// From the first of the month.
    #[default]
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

    /// The period an address names; the month where it names none.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|period| period.code() == code).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(9, false)]
    #[case(10, true)]
    #[case(19, true)]
    #[case(20, false)]
    fn a_span_holds_its_first_moment_and_not_its_last(#[case] at: i64, #[case] holds: bool) {
        let span = Span { from: Timestamp(10), until: Some(Timestamp(20)) };
        assert_eq!(span.holds_at(Timestamp(at)), holds);
    }

    #[rstest]
    #[case("2026-03-31", Some(Date { year: 2026, month: 3, day: 31 }))]
    #[case("2026-3-31", None)]
    #[case("2026-13-01", None)]
    #[case("2026-00-10", None)]
    #[case("+026-01-01", None)]
    #[case("2026-01-01-", None)]
    #[case("", None)]
    fn days_in_addresses(#[case] text: &str, #[case] expected: Option<Date>) {
        assert_eq!(Date::from_iso(text), expected);
        if let Some(date) = expected {
            assert_eq!(date.iso(), text);
        }
    }
}
