//! Words that passwords are made of, and how many guesses each is worth.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

const COMMON: &str = include_str!("common.txt");
const SWEDISH: &str = include_str!("swedish.txt");

/// The longest word that is looked for, in letters.
pub(super) const MAX_WORD: usize = 30;
/// The fewest letters of a word of the place or the person.
const MIN_WORD: usize = 3;

/// Added to the rank of a Swedish word: the first are about equally common.
const SWEDISH_RANK: u32 = 16;
/// Bits of a word of the place.
const PLACE_BITS: f64 = 5.0;
/// Bits of a word of the person.
const PERSON_BITS: f64 = 2.0;

/// Endings that make no word harder to guess.
const ENDINGS: [&str; 14] =
    ["en", "et", "er", "ar", "or", "na", "s", "n", "t", "a", "ens", "arna", "erna", "orna"];

static BUILT_IN: LazyLock<HashMap<String, f64>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for (word, rank) in COMMON.lines().zip(1_u32..) {
        words.entry(fold(word)).or_insert(f64::from(rank + 1).log2());
    }
    for (word, rank) in SWEDISH.lines().zip(SWEDISH_RANK..) {
        add(&mut words, word, f64::from(rank).log2());
    }
    words
});

/// A word and its forms, where they are not there with fewer bits.
fn add(words: &mut HashMap<String, f64>, word: &str, bits: f64) {
    let word = fold(word);
    let mut keep = |word: String, bits: f64| {
        let known = words.entry(word).or_insert(bits);
        *known = known.min(bits);
    };
    for ending in ENDINGS {
        keep(format!("{word}{ending}"), bits + 1.0);
    }
    keep(word, bits);
}

/// One letter, small and without its diacritics.
pub(super) fn fold_letter(c: char) -> char {
    let c = c.to_lowercase().next().unwrap_or(c);
    let plain = std::iter::once(c).nfd().find(|c| !is_combining_mark(*c));
    match plain.unwrap_or(c) {
        'ø' => 'o',
        'æ' => 'a',
        'ð' => 'd',
        'ł' => 'l',
        plain => plain,
    }
}

fn fold(word: &str) -> String {
    word.nfc().map(fold_letter).collect()
}

/// The letter that a sign stands for, where it does. `1` and `!` may stand for two.
pub(super) fn unmasked(c: char, one: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' => one,
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '6' | '9' => 'g',
        '7' | '+' => 't',
        '8' => 'b',
        '2' => 'z',
        c => c,
    }
}

/// The words to look for.
#[derive(Clone, Debug, Default)]
pub(super) struct Dictionary(HashMap<String, f64>);

impl Dictionary {
    /// The words built in, those of the place and those of the person.
    pub(super) fn new(place: &[String], person: &[String]) -> Self {
        let mut own = HashMap::new();
        for (texts, bits) in [(place, PLACE_BITS), (person, PERSON_BITS)] {
            for word in words_in(texts) {
                add(&mut own, &word, bits);
            }
        }
        Self(own)
    }

    /// How many bits a word is worth, folded; nothing where it is none.
    pub(super) fn bits(&self, word: &str) -> Option<f64> {
        let (own, built_in) = (self.0.get(word), BUILT_IN.get(word));
        match (own, built_in) {
            (Some(own), Some(built_in)) => Some(own.min(*built_in)),
            (own, built_in) => own.or(built_in).copied(),
        }
    }
}

/// The words of some texts, one by one and together: `Alma Berg` is also `almaberg`.
fn words_in(texts: &[String]) -> HashSet<String> {
    let mut words = HashSet::new();
    for text in texts {
        let parts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        words.extend(parts.iter().map(|part| (*part).to_owned()));
        words.insert(parts.concat());
    }
    words.retain(|word| (MIN_WORD..=MAX_WORD).contains(&word.chars().count()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_small_and_whole() {
        assert!(COMMON.len() + SWEDISH.len() <= 100_000);
        assert_eq!(COMMON.lines().count(), 10_000);
        let words = Dictionary::default();
        assert!(words.bits("password").expect("common") < 3.0);
        assert!(words.bits("losenord").is_some() && words.bits("sommaren").is_some());
        assert!(words.bits("bryggan").is_none());
    }

    #[test]
    fn words_of_a_name_count_one_by_one_and_together() {
        let words = Dictionary::new(&["Björkgårdens hemtjänst".into()], &["Alma Berg".into()]);
        for word in ["bjorkgardens", "alma", "berg", "almaberg", "almas"] {
            assert!(words.bits(word).is_some(), "{word}");
        }
    }
}
