//! Mail: at most one digest a day, of what somebody has been pointed to. What belongs into it, and
//! when it may be sent.

use serde::{Deserialize, Serialize};

use crate::{
    referral::{Stage, Target},
    time::Date,
};

/// The hours of the day, of the municipality, in which mail may be sent: from the first, until
/// before the second. Nobody's night is disturbed.
pub const AWAKE: (i8, i8) = (7, 20);
/// How long after it was made a referral is first told of, in seconds: whoever made it by mistake has
/// withdrawn it by then.
pub const GRACE_SECONDS: i64 = 10 * 60;
/// How many days before the day that is wished for a reminder is sent.
pub const REMINDER_DAYS: i64 = 7;
/// How often a mail is tried before it is given up.
pub const MOST_TRIES: u8 = 8;

/// How long to wait after a try that failed, in seconds: from five minutes on, each three times as
/// long as the one before it, and never more than half a day. None after the last.
#[must_use]
pub const fn pause_after(tries: u8) -> Option<i64> {
    const FIRST: i64 = 5 * 60;
    const LONGEST: i64 = 12 * 3_600;
    if tries >= MOST_TRIES {
        return None;
    }
    let mut pause = FIRST;
    let mut one = 1;
    while one < tries {
        pause *= 3;
        one += 1;
    }
    Some(if pause > LONGEST { LONGEST } else { pause })
}

/// What has been told of a referral by mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// That there is one.
    pub new: bool,
    /// That a week is left, or less.
    pub week: bool,
    /// That it is wished for today.
    pub day: bool,
}

/// Why a referral stands in a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is wished for today.
    Day,
    /// A week is left, or less.
    Week,
    /// The person has not seen it yet.
    New,
}

/// When a referral is wished for, as days: from the day it was sent, and from today (below 0 where
/// it has passed).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// From the day it was sent.
    pub from_sending: i64,
    /// From today.
    pub from_today: i64,
}

/// Why a referral is to be told of today, if it is. Once each: that it is there, unless it has been
/// seen; that a week is left, unless it was less to begin with; that the day has come.
#[must_use]
pub fn reason(stage: Stage, wish: Option<Wish>, told: Told) -> Option<Reason> {
    if !stage.is_open() {
        return None;
    }
    if stage == Stage::Sent && !told.new {
        return Some(Reason::New);
    }
    let wish = wish?;
    match wish.from_today {
        0 if !told.day && wish.from_sending > 0 => Some(Reason::Day),
        1..=REMINDER_DAYS if !told.week && wish.from_sending > REMINDER_DAYS => Some(Reason::Week),
        _ => None,
    }
}

impl Told {
    /// What has been told once a digest has said why.
    #[must_use]
    pub fn and(self, reason: Reason, wish: Option<Wish>) -> Self {
        let left = wish.map(|wish| wish.from_today);
        Self {
            new: true,
            week: self.week
                || reason != Reason::New
                || left.is_some_and(|left| left <= REMINDER_DAYS),
            day: self.day || reason == Reason::Day || left.is_some_and(|left| left <= 0),
        }
    }
}

/// A referral in a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DigestLine {
    /// Why it is there.
    pub reason: Reason,
    /// To what it points.
    pub to: Target,
    /// Who sent it; none where they are no longer known.
    pub from: Option<String>,
    /// The line that goes with it; may be empty.
    pub note: String,
    /// By when it is wished for.
    pub wish: Option<Date>,
}

/// A mail to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// The person's given name.
    pub given_name: String,
    /// What it tells of, the most urgent first.
    pub lines: Vec<DigestLine>,
    /// The word with which mail is stopped without signing in.
    pub stop: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const NOTHING: Told = Told { new: false, week: false, day: false };
    const NEW: Told = Told { new: true, ..NOTHING };
    const WEEK: Told = Told { week: true, ..NEW };
    const ALL: Told = Told { day: true, ..WEEK };

    #[rstest]
    #[case::new(Stage::Sent, None, NOTHING, Some(Reason::New))]
    #[case::told(Stage::Sent, None, NEW, None)]
    #[case::seen_in_the_product(Stage::Seen, None, NOTHING, None)]
    #[case::done(Stage::Done, Some((20, 0)), NOTHING, None)]
    #[case::withdrawn(Stage::Withdrawn, Some((20, 0)), NOTHING, None)]
    #[case::far_away(Stage::Seen, Some((20, 8)), NEW, None)]
    #[case::a_week_before(Stage::Seen, Some((20, 7)), NEW, Some(Reason::Week))]
    #[case::late_with_it(Stage::Begun, Some((20, 3)), NEW, Some(Reason::Week))]
    #[case::sent_within_the_week(Stage::Sent, Some((7, 5)), NEW, None)]
    #[case::once(Stage::Sent, Some((20, 5)), WEEK, None)]
    #[case::on_the_day(Stage::Begun, Some((20, 0)), WEEK, Some(Reason::Day))]
    #[case::once_on_the_day(Stage::Begun, Some((20, 0)), ALL, None)]
    #[case::sent_on_the_day(Stage::Seen, Some((0, 0)), NOTHING, None)]
    #[case::past(Stage::Begun, Some((20, -1)), NEW, None)]
    fn each_thing_is_told_once(
        #[case] stage: Stage,
        #[case] wish: Option<(i64, i64)>,
        #[case] told: Told,
        #[case] expected: Option<Reason>,
    ) {
        let wish = wish.map(|(from_sending, from_today)| Wish { from_sending, from_today });
        assert_eq!(reason(stage, wish, told), expected);
    }

    #[test]
    fn pauses_grow_and_end() {
        let pauses: Vec<_> = (1..=MOST_TRIES).map_while(pause_after).collect();
        assert_eq!(pauses, [300, 900, 2_700, 8_100, 24_300, 43_200, 43_200]);
        assert!(pauses.is_sorted());
    }

    proptest! {
        #[test]
        fn no_referral_is_told_of_more_than_three_times(days in 0i64..60, seen in 0i64..80) {
            let (mut told, mut times) = (NOTHING, 0);
            for today in 0..80 {
                let stage = if today >= seen { Stage::Seen } else { Stage::Sent };
                let wish = Some(Wish { from_sending: days, from_today: days - today });
                if let Some(why) = reason(stage, wish, told) {
                    times += 1;
                    told = told.and(why, wish);
                    prop_assert_eq!(reason(stage, wish, told), None, "once");
                }
            }
            prop_assert!(times <= 3);
        }
    }
}
