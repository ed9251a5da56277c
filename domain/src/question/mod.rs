//! Questions: with their key on the server, as a face without it on the screen.

mod face;
mod word;

use serde::{Deserialize, Serialize};

use crate::{
    fault::Fault,
    id::{Id, MediaId, QuestionId},
    reply::{Fields, Reply, Spot},
    shuffle::SeededOrder,
};
pub use face::{QuestionFace, Said};
pub use word::WordRules;

/// A picture in the content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The stored file.
    pub media: MediaId,
    /// Alternative text.
    pub alt: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

impl Picture {
    /// Where the browser fetches it.
    #[must_use]
    pub fn src(&self) -> String {
        format!("/media/{}", self.media)
    }
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// What it says.
    pub text: String,
    /// Whether it belongs to the right answer.
    #[serde(default)]
    pub right: bool,
    /// Why it is not, for whoever chose it; may be empty.
    #[serde(default)]
    pub why: String,
}

/// Two things that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Shown in the authored order.
    pub left: String,
    /// Shown shuffled.
    pub right: String,
}

/// A named rectangle of a picture, in per cent of its width and height.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// Its name in the list.
    pub label: String,
    /// Left edge, per cent of the width.
    pub x: f32,
    /// Upper edge, per cent of the height.
    pub y: f32,
    /// Per cent of the width.
    pub w: f32,
    /// Per cent of the height.
    pub h: f32,
    /// Whether it is the right spot.
    #[serde(default)]
    pub right: bool,
}

impl Area {
    fn holds(&self, x: f32, y: f32) -> bool {
        (self.x..=self.x + self.w).contains(&x) && (self.y..=self.y + self.h).contains(&y)
    }
}

/// What is asked, with its key. Never leaves the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionBody {
    /// Exactly one option is right.
    Single {
        /// 2–8 options.
        options: Vec<ChoiceOption>,
    },
    /// One or more options are right, and all of them must be chosen.
    Multiple {
        /// 2–8 options.
        options: Vec<ChoiceOption>,
    },
    /// The prompt is a statement.
    TrueFalse {
        /// Whether it is true.
        is_true: bool,
    },
    /// Things to put in order.
    Order {
        /// In the right order, 2–8.
        items: Vec<String>,
    },
    /// Things to pair.
    Match {
        /// 2–8 pairs whose right sides all differ.
        pairs: Vec<Pair>,
    },
    /// A gap in a sentence.
    Word {
        /// The sentence up to the gap.
        before: String,
        /// The sentence after it.
        after: String,
        /// Every word that fits, lower case.
        accepted: Vec<String>,
    },
    /// The right spot in a picture.
    Point {
        /// Where to point.
        picture: Picture,
        /// 2–8 named areas, exactly one of them right.
        areas: Vec<Area>,
    },
}

/// A question of a lesson version, with its key.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Its id, new with each version.
    pub id: QuestionId,
    /// What is asked.
    pub prompt: String,
    /// Shown when it comes back after a miss.
    pub hint: String,
    /// Why the answer is what it is; shown after every reply.
    pub explanation: String,
    /// The kind and the key.
    pub body: QuestionBody,
}

/// The server's decision on a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether all of it was right.
    pub is_right: bool,
    /// Why the chosen thing is not it; may be empty.
    pub why: String,
    /// For replies of several parts: how many were right, of how many.
    pub parts: Option<(u8, u8)>,
    /// The word as it is spelled, where a small slip was let pass.
    pub spelling: Option<String>,
}

impl Verdict {
    fn plain(is_right: bool) -> Self {
        Self { is_right, why: String::new(), parts: None, spelling: None }
    }

    fn parts(right: usize, of: usize) -> Self {
        let count = |number| u8::try_from(number).unwrap_or(u8::MAX);
        Self { parts: Some((count(right), count(of))), ..Self::plain(right == of) }
    }
}

impl Verdict {
    /// The verdict that was recorded, where judging again comes to another: a rule may have been mended
    /// since.
    #[must_use]
    pub fn as_recorded(judged: Option<Self>, is_right: bool) -> Self {
        judged
            .filter(|verdict| verdict.is_right == is_right)
            .unwrap_or_else(|| Self::plain(is_right))
    }
}

impl Question {
    /// How many things the attempt's order is about.
    fn shuffled_len(&self) -> usize {
        match &self.body {
            QuestionBody::Single { options } | QuestionBody::Multiple { options } => options.len(),
            QuestionBody::TrueFalse { .. } | QuestionBody::Word { .. } => 0,
            QuestionBody::Order { items } => items.len(),
            QuestionBody::Match { pairs } => pairs.len(),
            QuestionBody::Point { areas, .. } => areas.len(),
        }
    }

    /// Place on the screen → place in the authored content, for the attempt with this seed.
    fn order(&self, seed: u64) -> Vec<usize> {
        let id = self.id.as_u128();
        #[expect(clippy::cast_possible_truncation, reason = "folding 128 bits into 64")]
        let order = SeededOrder::new(seed, (id >> 64) as u64 ^ id as u64);
        match self.body {
            QuestionBody::Order { .. } => order.derangement_of_order(self.shuffled_len()),
            _ => order.permutation(self.shuffled_len()),
        }
    }

    /// The question as the learner of the attempt with this seed sees it.
    #[must_use]
    pub fn face(&self, seed: u64) -> QuestionFace {
        let order = self.order(seed);
        match &self.body {
            QuestionBody::Single { options } => {
                QuestionFace::Single { options: in_order(&order, |at| &options[at].text) }
            }
            QuestionBody::Multiple { options } => {
                QuestionFace::Multiple { options: in_order(&order, |at| &options[at].text) }
            }
            QuestionBody::TrueFalse { .. } => QuestionFace::TrueFalse,
            QuestionBody::Order { items } => {
                QuestionFace::Order { items: in_order(&order, |at| &items[at]) }
            }
            QuestionBody::Match { pairs } => QuestionFace::Match {
                lefts: pairs.iter().map(|pair| pair.left.clone()).collect(),
                rights: in_order(&order, |at| &pairs[at].right),
            },
            QuestionBody::Word { before, after, .. } => {
                QuestionFace::Word { before: before.clone(), after: after.clone() }
            }
            QuestionBody::Point { picture, areas } => QuestionFace::Point {
                picture: picture.clone(),
                labels: in_order(&order, |at| &areas[at].label),
            },
        }
    }

    /// The form fields of a right reply in the attempt with this seed; for tests, demonstrations
    /// and measurements.
    #[must_use]
    pub fn right_fields(&self, seed: u64) -> Fields {
        let order = self.order(seed);
        let shown = |authored: usize| order.iter().position(|&at| at == authored).unwrap_or(0);
        let field = |name: String, value: String| (name, value);
        let only = |value: String| Fields::from([("only".to_owned(), value)]);
        match &self.body {
            QuestionBody::Single { options } => {
                only(shown(options.iter().position(|option| option.right).unwrap_or(0)).to_string())
            }
            QuestionBody::Multiple { options } => {
                let rights = (0..options.len()).filter(|&at| options[at].right);
                rights.map(|at| field(format!("o{}", shown(at)), "on".into())).collect()
            }
            QuestionBody::TrueFalse { is_true } => only(is_true.to_string()),
            QuestionBody::Order { items } => (0..items.len())
                .map(|at| field(format!("o{}", shown(at)), (at + 1).to_string()))
                .collect(),
            QuestionBody::Match { pairs } => {
                (0..pairs.len()).map(|at| field(format!("o{at}"), shown(at).to_string())).collect()
            }
            QuestionBody::Word { accepted, .. } => {
                Fields::from([("word".to_owned(), accepted.first().cloned().unwrap_or_default())])
            }
            QuestionBody::Point { areas, .. } => {
                only(shown(areas.iter().position(|area| area.right).unwrap_or(0)).to_string())
            }
        }
    }

    /// Decides a reply given in the attempt with this seed.
    ///
    /// # Errors
    /// A reply that does not fit the question: of another kind, naming what does not exist,
    /// leaving something out or using something twice. Such a reply is no miss.
    pub fn judge(&self, seed: u64, reply: &Reply, words: WordRules<'_>) -> Result<Verdict, Fault> {
        let order = self.order(seed);
        let authored =
            |shown: u8| order.get(usize::from(shown)).copied().ok_or(Fault::UnknownOption);
        match (&self.body, reply) {
            (QuestionBody::Single { options }, Reply::Choice(shown)) => {
                let option = &options[authored(*shown)?];
                Ok(Verdict { why: option.why.clone(), ..Verdict::plain(option.right) })
            }
            (QuestionBody::Multiple { options }, Reply::Choices(shown)) => judge_choices(
                options,
                shown.iter().map(|&at| authored(at)).collect::<Result<_, _>>()?,
            ),
            (QuestionBody::TrueFalse { is_true }, Reply::Truth(said)) => {
                Ok(Verdict::plain(said == is_true))
            }
            (QuestionBody::Order { items }, Reply::Order(shown)) => {
                let placed = placed_once(shown, items.len(), authored)?;
                let right =
                    placed.iter().enumerate().filter(|&(place, &item)| place == item).count();
                Ok(Verdict::parts(right, items.len()))
            }
            (QuestionBody::Match { pairs }, Reply::Pairs(shown)) => {
                let placed = placed_once(shown, pairs.len(), authored)?;
                let right = placed.iter().enumerate().filter(|&(left, &pair)| left == pair).count();
                Ok(Verdict::parts(right, pairs.len()))
            }
            (QuestionBody::Word { accepted, .. }, Reply::Word(word)) => {
                word::judge(accepted, word, words)
            }
            (QuestionBody::Point { areas, .. }, Reply::Spot(Spot::Area(shown))) => {
                Ok(Verdict::plain(areas[authored(*shown)?].right))
            }
            (QuestionBody::Point { areas, .. }, Reply::Spot(Spot::At { x, y })) => {
                if !((0.0..=100.0).contains(x) && (0.0..=100.0).contains(y)) {
                    return Err(Fault::UnknownOption);
                }
                Ok(Verdict::plain(areas.iter().any(|area| area.right && area.holds(*x, *y))))
            }
            _ => Err(Fault::Malformed),
        }
    }
}

fn in_order<'t>(order: &[usize], text: impl Fn(usize) -> &'t String) -> Vec<String> {
    order.iter().map(|&at| text(at).clone()).collect()
}

fn judge_choices(options: &[ChoiceOption], chosen: Vec<usize>) -> Result<Verdict, Fault> {
    if chosen.is_empty() {
        return Err(Fault::Empty);
    }
    let mut is_chosen = vec![false; options.len()];
    for at in chosen {
        is_chosen[at] = true;
    }
    let is_right = |(option, chosen): &(&ChoiceOption, &bool)| option.right == **chosen;
    let right = options.iter().zip(&is_chosen).filter(is_right).count();
    let why = options.iter().zip(&is_chosen).find(|(option, chosen)| **chosen && !option.right);
    Ok(Verdict {
        why: why.map(|(option, _)| option.why.clone()).unwrap_or_default(),
        ..Verdict::parts(right, options.len())
    })
}

/// The authored things in the places given, each of `len` exactly once.
fn placed_once(
    shown: &[u8],
    len: usize,
    authored: impl Fn(u8) -> Result<usize, Fault>,
) -> Result<Vec<usize>, Fault> {
    if shown.len() != len {
        return Err(Fault::Incomplete);
    }
    let mut is_used = vec![false; len];
    let mut placed = Vec::with_capacity(len);
    for &at in shown {
        let thing = authored(at)?;
        if std::mem::replace(&mut is_used[thing], true) {
            return Err(Fault::Repeated);
        }
        placed.push(thing);
    }
    Ok(placed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn question(body: QuestionBody) -> Question {
        Question {
            id: QuestionId::from_u128(7),
            prompt: "Vad gör du först?".into(),
            hint: String::new(),
            explanation: "För att …".into(),
            body,
        }
    }

    impl Question {
        /// Decides a reply; words are compared as they were typed.
        fn judged(&self, seed: u64, reply: &Reply) -> Result<Verdict, Fault> {
            let words = WordRules { plain: str::to_owned, is_word: &|_| false };
            self.judge(seed, reply, words)
        }
    }

    fn options(rights: &[bool]) -> Vec<ChoiceOption> {
        rights
            .iter()
            .enumerate()
            .map(|(at, &right)| ChoiceOption {
                text: format!("val {at}"),
                right,
                why: if right { String::new() } else { format!("inte {at}") },
            })
            .collect()
    }

    fn order_of(count: usize) -> Question {
        question(QuestionBody::Order { items: (0..count).map(|at| format!("sak {at}")).collect() })
    }

    /// Where on the screen the thing with a text stands.
    fn shown(texts: &[String], text: &str) -> u8 {
        u8::try_from(texts.iter().position(|shown| shown == text).expect("shown")).expect("few")
    }

    #[test]
    fn a_face_has_no_key() {
        let faces = [
            question(QuestionBody::Single { options: options(&[true, false]) }),
            question(QuestionBody::TrueFalse { is_true: true }),
            question(QuestionBody::Word {
                before: "Skriv ".into(),
                after: ".".into(),
                accepted: vec!["hemligheten".into()],
            }),
        ]
        .map(|question| serde_json::to_string(&question.face(3)).expect("serialises"));
        for key in ["right", "why", "is_true", "accepted", "hemligheten"] {
            assert!(faces.iter().all(|face| !face.contains(key)), "{key} in {faces:?}");
        }
    }

    #[test]
    fn a_single_choice_says_why_not() {
        let question = question(QuestionBody::Single { options: options(&[false, true, false]) });
        let QuestionFace::Single { options } = question.face(99) else { panic!("a choice") };
        let right = question.judged(99, &Reply::Choice(shown(&options, "val 1"))).expect("fits");
        assert!(right.is_right);
        let wrong = question.judged(99, &Reply::Choice(shown(&options, "val 2"))).expect("fits");
        assert_eq!((wrong.is_right, wrong.why.as_str()), (false, "inte 2"));
        assert_eq!(question.judged(99, &Reply::Choice(3)), Err(Fault::UnknownOption));
        assert_eq!(question.judged(99, &Reply::Truth(true)), Err(Fault::Malformed));
    }

    #[test]
    fn of_a_multiple_choice_all_must_be_chosen_and_no_more() {
        let question = question(QuestionBody::Multiple { options: options(&[true, true, false]) });
        let QuestionFace::Multiple { options } = question.face(5) else { panic!("a choice") };
        let judge = |texts: &[&str]| {
            let chosen = texts.iter().map(|text| shown(&options, text)).collect();
            question.judged(5, &Reply::Choices(chosen))
        };
        assert!(judge(&["val 0", "val 1"]).expect("fits").is_right);
        assert_eq!(judge(&["val 0"]).expect("fits").parts, Some((2, 3)));
        assert_eq!(judge(&["val 0", "val 1", "val 2"]).expect("fits").why, "inte 2");
        assert_eq!(judge(&[]), Err(Fault::Empty));
    }

    #[test]
    fn a_spot_is_right_inside_its_area_and_by_its_name() {
        let area = |label: &str, x, right| Area {
            label: label.into(),
            x,
            y: 10.0,
            w: 20.0,
            h: 20.0,
            right,
        };
        let question = question(QuestionBody::Point {
            picture: Picture {
                media: MediaId::from_u128(1),
                alt: "En vy".into(),
                width: 4,
                height: 3,
            },
            areas: vec![area("Skicka", 10.0, true), area("Släng", 60.0, false)],
        });
        let at = |x, y| question.judged(1, &Reply::Spot(Spot::At { x, y }));
        assert!(at(15.0, 15.0).expect("fits").is_right);
        assert!(!at(65.0, 15.0).expect("fits").is_right);
        assert!(!at(45.0, 50.0).expect("fits").is_right);
        assert_eq!(at(101.0, 5.0), Err(Fault::UnknownOption));
        assert_eq!(at(f32::NAN, 5.0), Err(Fault::UnknownOption));
        let QuestionFace::Point { labels, .. } = question.face(1) else { panic!("a picture") };
        let named = Reply::Spot(Spot::Area(shown(&labels, "Skicka")));
        assert!(question.judged(1, &named).expect("fits").is_right);
    }

    #[test]
    fn the_right_fields_are_right_for_every_kind() {
        let area = |label: &str, right| Area {
            label: label.into(),
            x: 0.0,
            y: 0.0,
            w: 9.0,
            h: 9.0,
            right,
        };
        let pair = |at: u8| Pair { left: format!("v{at}"), right: format!("h{at}") };
        let bodies = [
            QuestionBody::Single { options: options(&[false, true, false]) },
            QuestionBody::Multiple { options: options(&[true, false, true]) },
            QuestionBody::TrueFalse { is_true: false },
            QuestionBody::Order { items: vec!["a".into(), "b".into(), "c".into()] },
            QuestionBody::Match { pairs: (0..4).map(pair).collect() },
            QuestionBody::Word {
                before: String::new(),
                after: String::new(),
                accepted: vec!["dela".into()],
            },
            QuestionBody::Point {
                picture: Picture {
                    media: MediaId::from_u128(1),
                    alt: "En vy".into(),
                    width: 4,
                    height: 3,
                },
                areas: vec![area("a", false), area("b", true)],
            },
        ];
        for body in bodies {
            let question = question(body);
            for seed in 0..50 {
                let fields = question.right_fields(seed);
                let reply = Reply::read(&question.face(seed), &fields).expect("a whole reply");
                assert!(question.judged(seed, &reply).expect("fits").is_right, "{question:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn only_the_right_order_is_right(seed: u64, count in 2usize..7, given in 0usize..5040) {
            let question = order_of(count);
            let QuestionFace::Order { items } = question.face(seed) else { panic!("an order") };
            let right: Vec<u8> =
                (0..count).map(|at| shown(&items, &format!("sak {at}"))).collect();
            prop_assert!(question.judged(seed, &Reply::Order(right.clone())).expect("fits").is_right);
            let mut pool = right.clone();
            let mut rest = given;
            let other: Vec<u8> = (0..count)
                .map(|_| {
                    let at = rest % pool.len();
                    rest /= pool.len();
                    pool.remove(at)
                })
                .collect();
            let verdict = question.judged(seed, &Reply::Order(other.clone())).expect("fits");
            prop_assert_eq!(verdict.is_right, other == right);
        }

        #[test]
        fn a_hostile_order_is_refused_not_judged(seed: u64, given in prop::collection::vec(0u8..9, 0..9)) {
            let question = order_of(4);
            let mut sorted = given.clone();
            sorted.sort_unstable();
            let judged = question.judged(seed, &Reply::Order(given));
            prop_assert_eq!(judged.is_ok(), sorted == [0, 1, 2, 3]);
        }
    }
}
