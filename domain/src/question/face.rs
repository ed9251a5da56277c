//! A question as it is seen, and a reply as it is shown again: without the key.

use serde::{Deserialize, Serialize};

use super::Picture;
use crate::reply::{Reply, Spot};

/// What a learner sees of a question: no key is in this type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionFace {
    /// Choose one.
    Single {
        /// In the order of the attempt.
        options: Vec<String>,
    },
    /// Choose all that are right.
    Multiple {
        /// In the order of the attempt.
        options: Vec<String>,
    },
    /// True or false.
    TrueFalse,
    /// Put in order.
    Order {
        /// In the order of the attempt, never the right one.
        items: Vec<String>,
    },
    /// Pair each left with a right.
    Match {
        /// In the authored order.
        lefts: Vec<String>,
        /// In the order of the attempt.
        rights: Vec<String>,
    },
    /// Fill in the gap.
    Word {
        /// The sentence up to the gap.
        before: String,
        /// The sentence after it.
        after: String,
    },
    /// Point at a spot, or choose it by name.
    Point {
        /// Where to point.
        picture: Picture,
        /// Names of the areas, in the order of the attempt.
        labels: Vec<String>,
    },
}

/// A reply as it is shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Said {
    /// In the words of the question, line by line.
    Words(Vec<String>),
    /// True or false.
    Truth(bool),
    /// A point in a picture, which has no words.
    Point,
}

impl QuestionFace {
    /// A reply to this face, to be shown again.
    #[must_use]
    pub fn describe(&self, reply: &Reply) -> Said {
        let words = |at: &[u8], of: &[String]| {
            Said::Words(at.iter().filter_map(|&at| of.get(usize::from(at)).cloned()).collect())
        };
        match (self, reply) {
            (Self::Single { options }, Reply::Choice(at)) => words(&[*at], options),
            (Self::Multiple { options }, Reply::Choices(chosen)) => {
                words(&chosen.iter().copied().collect::<Vec<_>>(), options)
            }
            (Self::TrueFalse, Reply::Truth(said)) => Said::Truth(*said),
            (Self::Order { items }, Reply::Order(order)) => words(order, items),
            (Self::Match { lefts, rights }, Reply::Pairs(chosen)) => {
                let pairs = lefts.iter().zip(chosen);
                let pair = |(left, &at): (&String, &u8)| {
                    Some(format!("{left} – {}", rights.get(usize::from(at))?))
                };
                Said::Words(pairs.filter_map(pair).collect())
            }
            (Self::Word { before, after }, Reply::Word(word)) => {
                let sentence = format!("{} {word}{after}", before.trim_end());
                Said::Words(vec![sentence.trim().to_owned()])
            }
            (Self::Point { labels, .. }, Reply::Spot(Spot::Area(at))) => words(&[*at], labels),
            (Self::Point { .. }, Reply::Spot(Spot::At { .. })) => Said::Point,
            // A reply to another question, which is never decided.
            _ => Said::Words(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Id, MediaId};
    use rstest::rstest;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn point() -> QuestionFace {
        let picture =
            Picture { media: MediaId::from_u128(1), alt: "En vy".into(), width: 4, height: 3 };
        QuestionFace::Point { picture, labels: texts(&["Skicka", "Släng"]) }
    }

    #[rstest]
    #[case(
        QuestionFace::Single { options: texts(&["ring", "mejla"]) },
        Reply::Choice(1),
        Said::Words(texts(&["mejla"]))
    )]
    #[case(
        QuestionFace::Multiple { options: texts(&["a", "b", "c"]) },
        Reply::Choices([0, 2].into()),
        Said::Words(texts(&["a", "c"]))
    )]
    #[case(QuestionFace::TrueFalse, Reply::Truth(false), Said::Truth(false))]
    #[case(
        QuestionFace::Order { items: texts(&["a", "b"]) },
        Reply::Order(vec![1, 0]),
        Said::Words(texts(&["b", "a"]))
    )]
    #[case(
        QuestionFace::Match { lefts: texts(&["a"]), rights: texts(&["1", "2"]) },
        Reply::Pairs(vec![1]),
        Said::Words(texts(&["a – 2"]))
    )]
    #[case(
        QuestionFace::Word { before: "Be om".into(), after: ".".into() },
        Reply::Word("lov".into()),
        Said::Words(texts(&["Be om lov."]))
    )]
    #[case(point(), Reply::Spot(Spot::Area(1)), Said::Words(texts(&["Släng"])))]
    #[case(point(), Reply::Spot(Spot::At { x: 1.0, y: 2.0 }), Said::Point)]
    #[case(point(), Reply::Truth(true), Said::Words(vec![]))]
    fn a_reply_can_be_shown_again(
        #[case] face: QuestionFace,
        #[case] reply: Reply,
        #[case] said: Said,
    ) {
        assert_eq!(face.describe(&reply), said);
    }
}
