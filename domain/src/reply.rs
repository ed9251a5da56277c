//! A learner's reply, read from the fields of a form: the browser's script and a plain form post
//! send the same fields.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{fault::Fault, question::QuestionFace};

/// The longest word a gap takes, in characters.
pub const MAX_WORD: usize = 80;

/// A spot in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spot {
    /// An area by its place in the list shown.
    Area(u8),
    /// A point, in per cent of width and height.
    At {
        /// 0 is the left edge, 100 the right.
        x: f32,
        /// 0 is the upper edge, 100 the lower.
        y: f32,
    },
}

/// A reply. Numbers are places on the learner's screen, counted from 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// One option.
    Choice(u8),
    /// Several options.
    Choices(BTreeSet<u8>),
    /// True or false.
    Truth(bool),
    /// The items from first to last.
    Order(Vec<u8>),
    /// For each left in turn, the right chosen.
    Pairs(Vec<u8>),
    /// The word for the gap.
    Word(String),
    /// The spot.
    Spot(Spot),
}

/// The fields of the answer form, by name:
///
/// | question | field | value |
/// |---|---|---|
/// | single choice | `only` | place of the option |
/// | multiple choice | `o0`, `o1` … | anything, for each chosen option |
/// | true or false | `only` | `true` or `false` |
/// | put in order | `o0`, `o1` … | for each item shown, its place, from 1 |
/// | match pairs | `o0`, `o1` … | for each left, the place of its right |
/// | fill in a word | `word` | the word |
/// | point | `only`, or `x` and `y` | place in the list, or per cent |
pub type Fields = BTreeMap<String, String>;

fn number(fields: &Fields, name: &str) -> Result<Option<u8>, Fault> {
    match fields.get(name).map(|value| value.trim()) {
        None | Some("") => Ok(None),
        Some(value) => value.parse().map(Some).map_err(|_| Fault::UnknownOption),
    }
}

fn each(fields: &Fields, count: usize) -> Result<Vec<u8>, Fault> {
    (0..count).map(|at| number(fields, &format!("o{at}"))?.ok_or(Fault::Incomplete)).collect()
}

/// Item shown → place, turned into place → item shown.
fn by_place(places: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut items = vec![None; places.len()];
    for (item, &place) in places.iter().enumerate() {
        let slot = usize::from(place)
            .checked_sub(1)
            .and_then(|place| items.get_mut(place))
            .ok_or(Fault::UnknownOption)?;
        if slot.replace(u8::try_from(item).map_err(|_| Fault::UnknownOption)?).is_some() {
            return Err(Fault::Repeated);
        }
    }
    items.into_iter().map(|item| item.ok_or(Fault::Incomplete)).collect()
}

impl Reply {
    /// Reads the form for a question with this face.
    ///
    /// # Errors
    /// What must be put right before the reply can be judged; that is no miss.
    pub fn read(face: &QuestionFace, fields: &Fields) -> Result<Self, Fault> {
        match face {
            QuestionFace::Single { .. } => {
                number(fields, "only")?.map(Self::Choice).ok_or(Fault::Empty)
            }
            QuestionFace::Multiple { options } => {
                let chosen = fields.keys().filter_map(|name| name.strip_prefix('o'));
                let chosen: BTreeSet<u8> = chosen
                    .filter(|rest| *rest != "nly")
                    .map(|place| place.parse().map_err(|_| Fault::UnknownOption))
                    .collect::<Result<_, _>>()?;
                match chosen.last() {
                    None => Err(Fault::Empty),
                    Some(&last) if usize::from(last) >= options.len() => Err(Fault::UnknownOption),
                    Some(_) => Ok(Self::Choices(chosen)),
                }
            }
            QuestionFace::TrueFalse => match fields.get("only").map(String::as_str) {
                Some("true") => Ok(Self::Truth(true)),
                Some("false") => Ok(Self::Truth(false)),
                None | Some("") => Err(Fault::Empty),
                Some(_) => Err(Fault::UnknownOption),
            },
            QuestionFace::Order { items } => by_place(&each(fields, items.len())?).map(Self::Order),
            QuestionFace::Match { lefts, .. } => each(fields, lefts.len()).map(Self::Pairs),
            QuestionFace::Word { .. } => {
                let word = fields.get("word").map_or("", |word| word.trim());
                match word.chars().count() {
                    0 => Err(Fault::Empty),
                    1..=MAX_WORD => Ok(Self::Word(word.to_owned())),
                    _ => Err(Fault::TooLong),
                }
            }
            QuestionFace::Point { .. } => read_spot(fields).map(Self::Spot),
        }
    }
}

fn read_spot(fields: &Fields) -> Result<Spot, Fault> {
    if let Some(area) = number(fields, "only")? {
        return Ok(Spot::Area(area));
    }
    let percent = |name: &str| match fields.get(name).map(|value| value.trim()) {
        None | Some("") => Err(Fault::Empty),
        Some(value) => value.parse::<f32>().map_err(|_| Fault::UnknownOption),
    };
    Ok(Spot::At { x: percent("x")?, y: percent("y")? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    fn texts(count: usize) -> Vec<String> {
        (0..count).map(|at| at.to_string()).collect()
    }

    #[rstest]
    #[case(&[("only", "1")], Ok(Reply::Choice(1)))]
    #[case(&[], Err(Fault::Empty))]
    #[case(&[("only", "")], Err(Fault::Empty))]
    #[case(&[("only", "-1")], Err(Fault::UnknownOption))]
    #[case(&[("only", "999")], Err(Fault::UnknownOption))]
    #[case(&[("only", "en")], Err(Fault::UnknownOption))]
    fn one_choice(#[case] given: &[(&str, &str)], #[case] expected: Result<Reply, Fault>) {
        let face = QuestionFace::Single { options: texts(3) };
        assert_eq!(Reply::read(&face, &fields(given)), expected);
    }

    #[rstest]
    #[case(&[("o0", "on"), ("o2", "on")], Ok(Reply::Choices([0, 2].into())))]
    #[case(&[], Err(Fault::Empty))]
    #[case(&[("o3", "on")], Err(Fault::UnknownOption))]
    #[case(&[("oops", "on")], Err(Fault::UnknownOption))]
    fn several_choices(#[case] given: &[(&str, &str)], #[case] expected: Result<Reply, Fault>) {
        let face = QuestionFace::Multiple { options: texts(3) };
        assert_eq!(Reply::read(&face, &fields(given)), expected);
    }

    #[rstest]
    #[case(&[("o0", "2"), ("o1", "3"), ("o2", "1")], Ok(Reply::Order(vec![2, 0, 1])))]
    #[case(&[("o0", "2"), ("o1", "3")], Err(Fault::Incomplete))]
    #[case(&[("o0", "2"), ("o1", "2"), ("o2", "1")], Err(Fault::Repeated))]
    #[case(&[("o0", "0"), ("o1", "2"), ("o2", "1")], Err(Fault::UnknownOption))]
    #[case(&[("o0", "4"), ("o1", "2"), ("o2", "1")], Err(Fault::UnknownOption))]
    fn an_order(#[case] given: &[(&str, &str)], #[case] expected: Result<Reply, Fault>) {
        let face = QuestionFace::Order { items: texts(3) };
        assert_eq!(Reply::read(&face, &fields(given)), expected);
    }

    #[test]
    fn a_word_has_an_end() {
        let face = QuestionFace::Word { before: String::new(), after: String::new() };
        let long = "å".repeat(MAX_WORD + 1);
        assert_eq!(Reply::read(&face, &fields(&[("word", &long)])), Err(Fault::TooLong));
        assert_eq!(Reply::read(&face, &fields(&[("word", "  ")])), Err(Fault::Empty));
    }

    proptest! {
        #[test]
        fn no_form_makes_it_fall(
            names in prop::collection::btree_map("[a-z0-9]{0,4}", ".{0,12}", 0..6),
            count in 0usize..5,
        ) {
            for face in [
                QuestionFace::Single { options: texts(count) },
                QuestionFace::Multiple { options: texts(count) },
                QuestionFace::TrueFalse,
                QuestionFace::Order { items: texts(count) },
                QuestionFace::Match { lefts: texts(count), rights: texts(count) },
                QuestionFace::Word { before: String::new(), after: String::new() },
            ] {
                let _ = Reply::read(&face, &names);
            }
        }
    }
}
