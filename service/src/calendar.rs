//! The municipality's calendar: which day it is where people work.

use jiff::{ToSpan, Zoned, civil, tz::TimeZone};
use kvarten_domain::{Date, Timestamp, time::Period};

/// A time zone, and the days, weeks, months and years in it.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
}

impl Calendar {
    /// The calendar of a time zone such as `Europe/Stockholm`; none where there is no such zone.
    #[must_use]
    pub fn of(zone: &str) -> Option<Self> {
        TimeZone::get(zone).ok().map(|zone| Self { zone })
    }

    fn zoned(&self, at: Timestamp) -> Zoned {
        let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        at.to_zoned(self.zone.clone())
    }

    fn start_of(&self, date: civil::Date) -> Timestamp {
        let start = date.to_zoned(self.zone.clone()).map(|day| day.timestamp().as_millisecond());
        Timestamp(start.unwrap_or(0))
    }

    /// The day a point in time falls on.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> Date {
        let date = self.zoned(at).date();
        Date { year: date.year(), month: date.month(), day: date.day() }
    }

    /// A point in time as it is written in files: ISO 8601 with the zone's offset.
    #[must_use]
    pub fn iso(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// The hour, 0–23, and the minute of a point in time.
    #[must_use]
    pub fn hour_and_minute(&self, at: Timestamp) -> (u8, u8) {
        let time = self.zoned(at).time();
        (u8::try_from(time.hour()).unwrap_or(0), u8::try_from(time.minute()).unwrap_or(0))
    }

    /// When the day of a point in time began.
    #[must_use]
    pub fn day_start(&self, at: Timestamp) -> Timestamp {
        self.start_of(self.zoned(at).date())
    }

    /// When a day begins; none where the calendar has no such day.
    #[must_use]
    pub fn start_of_day(&self, day: Date) -> Option<Timestamp> {
        self.start(civil::Date::new(day.year, day.month, day.day).ok()?)
    }

    /// When a day ends and the next begins; none where the calendar has no such day.
    #[must_use]
    pub fn end_of(&self, day: Date) -> Option<Timestamp> {
        self.start(civil::Date::new(day.year, day.month, day.day).ok()?.tomorrow().ok()?)
    }

    /// When a day begins; none at the end of what can be reckoned with.
    fn start(&self, date: civil::Date) -> Option<Timestamp> {
        let start = date.to_zoned(self.zone.clone()).ok()?;
        Some(Timestamp(start.timestamp().as_millisecond()))
    }

    /// How many days a point in time lies after another, as a calendar counts them.
    #[must_use]
    pub fn days_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        let days = self.zoned(from).date().until(self.zoned(to).date());
        days.map_or(0, |days| i64::from(days.get_days()))
    }

    /// When the period of a point in time began.
    #[must_use]
    pub fn period_start(&self, period: Period, at: Timestamp) -> Timestamp {
        self.start_of(first_day(period, self.zoned(at).date()))
    }

    /// When the period before that one began.
    #[must_use]
    pub fn previous_start(&self, period: Period, at: Timestamp) -> Timestamp {
        let first = first_day(period, self.zoned(at).date());
        let before = first.yesterday().unwrap_or(first);
        self.start_of(first_day(period, before))
    }

    /// The first moment from a point in time on that lies between two hours of the day, the second
    /// not included.
    #[must_use]
    pub fn within_hours(&self, at: Timestamp, (from, until): (i8, i8)) -> Timestamp {
        let zoned = self.zoned(at);
        let date = match zoned.hour() {
            hour if hour < from => zoned.date(),
            hour if hour >= until => zoned.date().tomorrow().unwrap_or(zoned.date()),
            _ => return at,
        };
        self.at_hour(date, from)
    }

    /// An hour of the day after a point in time.
    #[must_use]
    pub fn next_day_at(&self, at: Timestamp, hour: i8) -> Timestamp {
        let date = self.zoned(at).date();
        self.at_hour(date.tomorrow().unwrap_or(date), hour)
    }

    fn at_hour(&self, date: civil::Date, hour: i8) -> Timestamp {
        let at = date.at(hour, 0, 0, 0).to_zoned(self.zone.clone());
        Timestamp(at.map_or(0, |at| at.timestamp().as_millisecond()))
    }

    /// The point in time so many months earlier.
    #[must_use]
    pub fn minus_months(&self, at: Timestamp, months: u8) -> Timestamp {
        let earlier = self.zoned(at).checked_sub(i64::from(months).months());
        earlier.map_or(at, |earlier| Timestamp(earlier.timestamp().as_millisecond()))
    }

    /// The point in time so many months later.
    #[must_use]
    pub fn plus_months(&self, at: Timestamp, months: u8) -> Timestamp {
        let later = self.zoned(at).checked_add(i64::from(months).months());
        later.map_or(at, |later| Timestamp(later.timestamp().as_millisecond()))
    }
}

fn first_day(period: Period, date: civil::Date) -> civil::Date {
    match period {
        Period::Week => {
            let since_monday = i64::from(date.weekday().to_monday_zero_offset());
            date.checked_sub(since_monday.days()).unwrap_or(date)
        }
        Period::Month => date.first_of_month(),
        Period::Year => date.first_of_year(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().expect("a time").as_millisecond())
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let calendar = Calendar::of("Europe/Stockholm").expect("a zone");
        // The night in between is an hour shorter.
        let (from, to) = (at("2026-03-28T23:30:00Z"), at("2026-03-29T22:30:00Z"));
        assert_eq!(calendar.days_between(from, to), 1);
        assert_eq!(calendar.days_between(to, from), -1);
        let last = Date { year: 9999, month: 12, day: 31 };
        assert_eq!((calendar.start_of_day(last), calendar.end_of(last)), (None, None));
    }

    #[rstest]
    // 03:30 in Stockholm, in winter and in summer; noon; 20:00 sharp.
    #[case("2026-11-21T02:30:00Z", "2026-11-21T06:00:00Z")]
    #[case("2026-07-21T01:30:00Z", "2026-07-21T05:00:00Z")]
    #[case("2026-11-21T11:00:00Z", "2026-11-21T11:00:00Z")]
    #[case("2026-11-21T19:00:00Z", "2026-11-22T06:00:00Z")]
    // The night in which the clocks go back.
    #[case("2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z")]
    fn the_night_is_waited_out(#[case] from: &str, #[case] expected: &str) {
        let calendar = Calendar::of("Europe/Stockholm").expect("a zone");
        assert_eq!(calendar.within_hours(at(from), (7, 20)), at(expected));
        let (noon, next) = (at("2026-11-21T11:00:00Z"), at("2026-11-22T06:00:00Z"));
        assert_eq!(calendar.next_day_at(noon, 7), next);
    }

    #[rstest]
    // A Saturday night in November: already Sunday in Stockholm.
    #[case(Period::Week, "2026-11-21T23:30:00Z", "2026-11-15T23:00:00Z", "2026-11-08T23:00:00Z")]
    #[case(Period::Month, "2026-11-21T23:30:00Z", "2026-10-31T23:00:00Z", "2026-09-30T22:00:00Z")]
    #[case(Period::Year, "2026-11-21T23:30:00Z", "2025-12-31T23:00:00Z", "2024-12-31T23:00:00Z")]
    // The week in which the clocks change is an hour longer.
    #[case(Period::Week, "2026-10-25T12:00:00Z", "2026-10-18T22:00:00Z", "2026-10-11T22:00:00Z")]
    fn periods_begin_where_people_are(
        #[case] period: Period,
        #[case] now: &str,
        #[case] start: &str,
        #[case] before: &str,
    ) {
        let calendar = Calendar::of("Europe/Stockholm").expect("a zone");
        assert_eq!(calendar.period_start(period, at(now)), at(start));
        assert_eq!(calendar.previous_start(period, at(now)), at(before));
    }
}
