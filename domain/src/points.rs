//! Points: what is earned for what. (Domain rules, "Points".)

use serde::{Deserialize, Serialize};

use crate::{
    id::{LessonId, QuestionId},
    time::Date,
};

/// Something that points are given for, once per person. Together with the person it is the
/// ledger's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// A question of a lesson version, answered right for the first time.
    Question(QuestionId),
    /// The same question, answered right again in a later climb.
    Refresher(QuestionId),
    /// A lesson, completed for the first time in any version.
    Lesson(LessonId),
}

/// Points for a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earning {
    /// What for.
    pub thing: Thing,
    /// How many, never 0.
    pub points: u32,
}

/// For a right reply on a rung (from 1): 10·rung at the first try, 5·rung after a miss; 2 where
/// the question has given its points already and is refreshed.
#[must_use]
pub fn for_right_reply(question: QuestionId, rung: u8, misses: u32, is_known: bool) -> Earning {
    if is_known {
        return Earning { thing: Thing::Refresher(question), points: 2 };
    }
    let per_rung = if misses == 0 { 10 } else { 5 };
    Earning { thing: Thing::Question(question), points: per_rung * u32::from(rung) }
}

/// For completing a lesson for the first time: 20.
#[must_use]
pub const fn for_completion(lesson: LessonId) -> Earning {
    Earning { thing: Thing::Lesson(lesson), points: 20 }
}

/// Why points were given, for the list of the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarnedFor {
    /// Right replies.
    Questions,
    /// Right replies in a refresher.
    Refresher,
    /// The whole lesson.
    Completion,
}

/// Points of one lesson, one day and one reason, summed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsLine {
    /// The day.
    pub on: Date,
    /// The lesson's title.
    pub lesson: String,
    /// The lesson's address word.
    pub slug: String,
    /// The language of the title.
    pub lang: String,
    /// What for.
    pub earned_for: EarnedFor,
    /// How many.
    pub points: u32,
}

/// A person's own points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsOverview {
    /// Ever.
    pub total: u32,
    /// Since Monday.
    pub week: u32,
    /// Since the first of the month.
    pub month: u32,
    /// Since New Year.
    pub year: u32,
    /// The latest, newest first.
    pub latest: Vec<PointsLine>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::Id,
        ladder::{Ladder, Quiz, Rung, Standing},
        question::{Question, QuestionBody},
    };
    use proptest::prelude::*;
    use rstest::rstest;
    use std::collections::BTreeMap;

    #[rstest]
    #[case(1, 0, false, 10)]
    #[case(1, 1, false, 5)]
    #[case(3, 0, false, 30)]
    #[case(3, 7, false, 15)]
    #[case(4, 0, false, 40)]
    #[case(4, 0, true, 2)]
    #[case(2, 3, true, 2)]
    fn the_table(
        #[case] rung: u8,
        #[case] misses: u32,
        #[case] refresher: bool,
        #[case] points: u32,
    ) {
        let question = QuestionId::from_u128(1);
        assert_eq!(for_right_reply(question, rung, misses, refresher).points, points);
    }

    proptest! {
        /// No order of replies, repeats and retries earns a thing twice or loses one: whatever is
        /// sent, at the top the ledger holds exactly one entry per drawn question, worth 10·rung
        /// if its first judged reply was right and 5·rung otherwise; and points never fall.
        #[test]
        fn nothing_is_earned_twice_or_lost(
            seed: u64,
            sent in prop::collection::vec((0u128..12, any::<bool>()), 0..120),
        ) {
            let question = |id: u128| Question {
                id: QuestionId::from_u128(id),
                prompt: String::new(),
                hint: String::new(),
                explanation: String::new(),
                body: QuestionBody::TrueFalse { is_true: true },
            };
            let rung = |from: u128| Rung { draw: 3, pool: (from..from + 4).map(question).collect() };
            let quiz = Quiz { rungs: vec![rung(0), rung(4), rung(8)] };
            let mut ladder = Ladder::after(&quiz, seed, []);
            let mut ledger: BTreeMap<Thing, u32> = BTreeMap::new();
            let mut first: BTreeMap<QuestionId, bool> = BTreeMap::new();
            let mut total = 0;
            let finish = (0..2).flat_map(|_| (0u128..12).map(|id| (id, true)));
            let finish: Vec<_> = finish.chain((0u128..12).map(|id| (id, true))).collect();
            for (id, is_right) in sent.into_iter().chain(finish) {
                let id = QuestionId::from_u128(id);
                let Standing::Asked { misses } = ladder.standing(id) else { continue };
                first.entry(id).or_insert(is_right);
                ladder.record(id, is_right);
                if is_right {
                    let (rung, _) = quiz.find(id).expect("of this quiz");
                    let earning = for_right_reply(id, rung, misses, false);
                    prop_assert!(ledger.insert(earning.thing, earning.points).is_none());
                }
                let now: u32 = ledger.values().sum();
                prop_assert!(now >= total);
                total = now;
            }
            prop_assert!(ladder.is_topped());
            prop_assert_eq!(ledger.len(), 9);
            for (thing, points) in ledger {
                let Thing::Question(id) = thing else { panic!("only questions") };
                let (rung, _) = quiz.find(id).expect("of this quiz");
                prop_assert_eq!(points, u32::from(rung) * if first[&id] { 10 } else { 5 });
            }
        }
    }
}
