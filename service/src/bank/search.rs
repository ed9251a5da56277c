//! Finding lessons by the words people type: å, ä and ö with or without their marks, other forms
//! of a word, parts of compounds, small slips.

use std::collections::HashMap;

use kvarten_domain::text::{is_unseen, loosened, plain_mark};
use rust_stemmers::{Algorithm, Stemmer};

use crate::text::{self, form::nfkc};

/// One searchable word of the bank, and how much it counts in which lessons.
#[derive(Clone, Debug, Default)]
struct Entry {
    folded: String,
    stem: String,
    /// (lesson, weight)
    lessons: Vec<(usize, f32)>,
}

/// The words of all lessons.
#[derive(Clone, Debug, Default)]
pub struct SearchIndex {
    words: HashMap<String, Entry>,
}

/// A text of a lesson and how much its words count.
pub type Weighted<'t> = (&'t str, f32);

/// A text as it is cut into words: composed, so that no mark parts a word, and without what cannot be
/// seen.
fn plain(text: &str) -> String {
    nfkc(text).chars().filter(|c| !is_unseen(*c)).map(plain_mark).collect()
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && !is_combining(c))
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(LONGEST_WORD).collect::<String>().to_lowercase())
}

/// Marks that compose with no letter, as in "Ọ̀".
const fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Words with a hyphen, written together: "e-post" as "epost".
fn joined(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split_whitespace()
        .filter(|word| word.trim_matches('-').contains('-'))
        .map(|word| words(word).collect::<String>())
}

/// Without marks, those of å, ä and ö neither.
fn fold(word: &str) -> String {
    text::fold(word).chars().map(loosened).collect()
}

/// Words that every text has, which find nothing.
const STOP: [&str; 24] = [
    "och", "att", "det", "den", "som", "för", "med", "till", "hur", "jag", "man", "ett", "the",
    "and", "how", "for", "en", "på", "av", "de", "du", "är", "i", "to",
];

/// How many different words of a text are looked for.
const MOST_WORDS: usize = 12;
/// Longer words are cut, in characters.
const LONGEST_WORD: usize = 40;

impl SearchIndex {
    /// Indexes lessons, each given as its weighted texts.
    pub fn build<'t>(lessons: impl IntoIterator<Item = Vec<Weighted<'t>>>) -> Self {
        let stemmer = Stemmer::create(Algorithm::Swedish);
        let mut index = Self::default();
        for (lesson, texts) in lessons.into_iter().enumerate() {
            let mut weights: HashMap<String, f32> = HashMap::new();
            for (text, weight) in texts {
                let text = plain(text);
                for word in words(&text).chain(joined(&text)) {
                    let best = weights.entry(word).or_default();
                    *best = best.max(weight);
                }
            }
            for (word, weight) in weights {
                let entry = index.words.entry(word).or_insert_with_key(|word| Entry {
                    folded: fold(word),
                    stem: stemmer.stem(word).into_owned(),
                    lessons: Vec::new(),
                });
                entry.lessons.push((lesson, weight));
            }
        }
        index
    }

    /// The lessons in which every word of a text is found, best first, with their score. Of a
    /// long text only the first words are looked for.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<(usize, f32)> {
        let stemmer = Stemmer::create(Algorithm::Swedish);
        let mut asked: Vec<String> = Vec::new();
        let text = plain(text);
        for word in words(&text) {
            if asked.len() == MOST_WORDS {
                break;
            }
            if !asked.contains(&word) {
                asked.push(word);
            }
        }
        if asked.iter().any(|word| !STOP.contains(&word.as_str())) {
            asked.retain(|word| !STOP.contains(&word.as_str()));
        }
        let mut scores: Option<HashMap<usize, f32>> = None;
        for word in asked {
            let of_word = self.find_word(&word, &fold(&word), &stemmer.stem(&word));
            scores = Some(match scores {
                None => of_word,
                Some(before) => before
                    .into_iter()
                    .filter_map(|(lesson, score)| Some((lesson, score + of_word.get(&lesson)?)))
                    .collect(),
            });
        }
        let mut found: Vec<(usize, f32)> = scores.unwrap_or_default().into_iter().collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found
    }

    fn find_word(&self, word: &str, folded: &str, stem: &str) -> HashMap<usize, f32> {
        let mut scores: HashMap<usize, f32> = HashMap::new();
        for (known, entry) in &self.words {
            let likeness = likeness(word, folded, stem, known, entry);
            if likeness > 0.0 {
                for &(lesson, weight) in &entry.lessons {
                    let best = scores.entry(lesson).or_default();
                    *best = best.max(likeness * weight);
                }
            }
        }
        scores
    }
}

/// How alike a typed word and a known one are: 1 the same, 0 not at all.
fn likeness(word: &str, folded: &str, stem: &str, known: &str, entry: &Entry) -> f32 {
    let length = word.chars().count();
    if word == known {
        1.0
    } else if folded == entry.folded {
        0.95
    } else if length >= 3 && stem == entry.stem {
        0.9
    } else if length >= 2 && entry.folded.starts_with(folded) {
        0.8
    } else if length >= 4 && entry.folded.contains(folded) {
        0.6
    } else if entry.folded.chars().count() >= 5 && folded.starts_with(&entry.folded) {
        // "kalenderbokning" finds "kalender".
        0.5
    } else {
        let allowed = match length {
            0..=3 => return 0.0,
            4..=7 => 1,
            _ => 2,
        };
        let close = |other: &str| {
            other.chars().count().abs_diff(length) <= allowed
                && strsim::osa_distance(folded, other) <= allowed
        };
        let folded_stem = fold(&entry.stem);
        if close(&entry.folded) || (length >= 5 && close(&folded_stem)) { 0.4 } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn index() -> SearchIndex {
        SearchIndex::build([
            vec![("Skicka säker e-post i Outlook", 8.0), ("mejl mail personuppgifter", 6.0)],
            vec![
                ("Skriv i journalen så att kollegan förstår", 8.0),
                ("dokumentation genomförandeplan", 6.0),
            ],
            vec![
                ("Rapportera en avvikelse på fem minuter", 8.0),
                ("fallolycka läkemedel lex Sarah", 6.0),
            ],
            vec![("Kom i gång med den digitala kalendern", 8.0), ("planering schema", 6.0)],
        ])
    }

    #[rstest]
    #[case::the_word("avvikelse", 2)]
    #[case::another_form("avvikelser", 2)]
    #[case::definite("avvikelserna", 2)]
    #[case::capitals("OUTLOOK", 0)]
    #[case::the_marks_left_out("saker epost outlok", 0)]
    #[case::a_for_å("kom i gang", 3)]
    #[case::ö_without_dots("genomforandeplan", 1)]
    #[case::begun("kalend", 3)]
    #[case::a_form_of_it("kalender", 3)]
    #[case::inside_a_compound("olycka", 2)]
    #[case::one_letter_wrong("jurnalen", 1)]
    #[case::letters_swapped("dokumentatoin", 1)]
    #[case::plural("läkemedlen", 2)]
    #[case::with_small_words("hur skriver jag i journal", 1)]
    #[case::verb_form("rapporterar", 2)]
    #[case::written_together("epost", 0)]
    #[case::with_its_hyphen("e-post", 0)]
    #[case::in_two_words("e post", 0)]
    #[case::apart("genomfo\u{308}randeplan", 1)]
    #[case::a_soft_hyphen("avvi\u{ad}kelse", 2)]
    #[case::zero_width("avvi\u{200b}kelse", 2)]
    #[case::no_break_space("säker\u{a0}e‑post", 0)]
    #[case::full_width("ＯＵＴＬＯＯＫ", 0)]
    #[case::in_quotes("”avvikelse”", 2)]
    #[case::other_marks("kaléndern", 3)]
    fn the_words_people_type(#[case] text: &str, #[case] lesson: usize) {
        let found = index().find(text);
        assert_eq!(found.first().map(|hit| hit.0), Some(lesson), "{found:?}");
    }

    #[test]
    fn of_a_text_without_end_the_first_words_are_looked_for() {
        let text = format!("outlook {}", "x".repeat(60_000));
        assert!(index().find(&text).is_empty());
        let text = "post ".repeat(10_000);
        assert_eq!(index().find(&text).first().map(|hit| hit.0), Some(0));
    }

    #[rstest]
    #[case("")]
    #[case("   ")]
    #[case("bergsklättring")]
    #[case("outlook avvikelse")]
    #[case("%_'\"<>")]
    fn what_is_not_there_is_not_found(#[case] text: &str) {
        assert!(index().find(text).is_empty());
    }
}
