//! How many guesses a password is worth to somebody who knows how people choose: the fewest bits
//! over all ways to part it into words, years, walks over the keyboard, repeats and single signs.

use std::collections::HashMap;

use super::{
    dictionary::{Dictionary, MAX_WORD, fold_letter, unmasked},
    keyboard::walk,
};

/// Bits of a sign that is part of nothing.
const LETTER_BITS: f64 = 3.5;
const DIGIT_BITS: f64 = 3.3;
const SYMBOL_BITS: f64 = 3.5;
/// Bits of a blank, a hyphen or the like between words, and of `!` or `?` at the end.
const SEPARATOR_BITS: f64 = 1.0;
/// Bits of a year between 1900 and 2099.
const YEAR_BITS: f64 = 5.0;
/// Bits of a date with and without its century.
const DATE_BITS: f64 = 12.0;
/// Bits that writing a word with capitals, signs for letters or backwards adds.
const DISGUISE_BITS: f64 = 1.0;

/// A password that is being weighed.
struct Weighing<'d> {
    words: &'d Dictionary,
    typed: Vec<char>,
    folded: Vec<char>,
    repeats: HashMap<(usize, usize), f64>,
}

/// The bits of a password: about the logarithm of the guesses it takes.
pub(super) fn bits(password: &str, words: &Dictionary) -> f64 {
    let typed: Vec<char> = password.chars().collect();
    let folded = typed.iter().map(|c| fold_letter(*c)).collect();
    let end = typed.len();
    Weighing { words, typed, folded, repeats: HashMap::new() }.between(0, end)
}

impl Weighing<'_> {
    /// The fewest bits of a part of the password.
    fn between(&mut self, start: usize, end: usize) -> f64 {
        let mut best = vec![f64::INFINITY; end - start + 1];
        best[0] = 0.0;
        for at in start..end {
            let so_far = best[at - start];
            let mut offer = |length: usize, bits: f64| {
                let place = &mut best[at - start + length];
                *place = place.min(so_far + bits);
            };
            offer(1, self.single(at));
            for (length, bits) in self.patterns(at, end) {
                offer(length, bits);
            }
            for length in 3..=MAX_WORD.min(end - at) {
                if let Some(bits) = self.word(at, at + length) {
                    offer(length, bits);
                }
            }
            for (period, times) in self.repeats_at(at, end) {
                // A whole that repeats is weighed once; its parts are shorter, so this ends.
                let known = self.repeats.get(&(at, period)).copied();
                let once = known.unwrap_or_else(|| self.between(at, at + period));
                self.repeats.insert((at, period), once);
                let all = once + f64::from(u32::try_from(times).unwrap_or(u32::MAX)).log2();
                let place = &mut best[at - start + period * times];
                *place = place.min(so_far + all);
            }
        }
        best[end - start]
    }

    fn single(&self, at: usize) -> f64 {
        let c = self.typed[at];
        let is_last = at + 1 == self.typed.len();
        match c {
            ' ' | '-' | '_' | '.' | ',' | '\'' => SEPARATOR_BITS,
            '!' | '?' | '*' | '#' if is_last || self.typed[at + 1] == c => SEPARATOR_BITS,
            c if c.is_ascii_digit() => DIGIT_BITS,
            c if c.is_alphanumeric() => LETTER_BITS,
            _ => SYMBOL_BITS,
        }
    }

    /// Walks, sequences, years and dates that begin here: how long they are, and their bits.
    fn patterns(&self, at: usize, end: usize) -> Vec<(usize, f64)> {
        let mut found = Vec::new();
        let (longest, turns) = walk(&self.typed[at..end]);
        let (folded, folded_turns) = walk(&self.folded[at..end]);
        for (longest, turns) in [(longest, turns), (folded, folded_turns)] {
            found.extend((4..=longest).map(|length| (length, 4.0 + 1.5 * f64::from(turns))));
        }
        let sequence = sequence(&self.folded[at..end]);
        found.extend((3..=sequence).map(|length| (length, 4.0)));
        let digits: String =
            self.typed[at..end].iter().take(8).take_while(|c| c.is_ascii_digit()).collect();
        if digits.len() >= 4 && (digits.starts_with("19") || digits.starts_with("20")) {
            found.push((4, YEAR_BITS));
        }
        if digits.len() >= 8 && is_date(&digits[4..8]) {
            found.push((8, DATE_BITS));
        }
        if digits.len() >= 6 && is_date(&digits[2..6]) {
            found.push((6, DATE_BITS));
        }
        found
    }

    /// The bits of a word of the dictionary, as it is or in disguise.
    fn word(&self, start: usize, end: usize) -> Option<f64> {
        let folded = &self.folded[start..end];
        let plain: String = folded.iter().collect();
        let mut best = self.words.bits(&plain);
        let mut offer = |word: String| {
            if let Some(bits) = self.words.bits(&word) {
                best =
                    Some(best.map_or(bits + DISGUISE_BITS, |best| best.min(bits + DISGUISE_BITS)));
            }
        };
        if folded.iter().any(|c| !c.is_alphabetic()) {
            for one in ['i', 'l'] {
                offer(folded.iter().map(|c| unmasked(*c, one)).collect());
            }
        }
        offer(folded.iter().rev().collect());
        // Letters parted by a sign each are the word all the same: s-o-m-m-a-r.
        if folded.len() >= 7 && folded.len() % 2 == 1 && is_parted(folded) {
            offer(folded.iter().step_by(2).collect());
        }
        let has_capitals = self.typed[start..end].iter().any(|c| c.is_uppercase());
        best.map(|bits| if has_capitals { bits + DISGUISE_BITS } else { bits })
    }

    /// What repeats from here on: how long it is, and how many times it is there.
    fn repeats_at(&self, at: usize, end: usize) -> Vec<(usize, usize)> {
        let text = &self.folded[at..end];
        let mut found = Vec::new();
        for period in 1..=text.len() / 2 {
            let same = (period..text.len()).take_while(|i| text[*i] == text[*i - period]).count();
            let times = same / period + 1;
            // A shorter period tells the same with fewer bits.
            let is_new = !found.iter().any(|(shorter, _)| period % shorter == 0);
            if times >= 2 && is_new && (period > 1 || times >= 3) {
                found.push((period, times));
            }
        }
        found
    }
}

/// Whether every second character is one and the same sign.
fn is_parted(text: &[char]) -> bool {
    let sign = text[1];
    !sign.is_alphanumeric() && text.iter().skip(1).step_by(2).all(|c| *c == sign)
}

/// The longest run that begins a text in which each character follows, or precedes, the one before.
fn sequence(text: &[char]) -> usize {
    let delta = |i: usize| i64::from(u32::from(text[i])) - i64::from(u32::from(text[i - 1]));
    if text.len() < 2 || delta(1).abs() != 1 || !text[0].is_alphanumeric() {
        return 1;
    }
    let first = delta(1);
    1 + (1..text.len()).take_while(|i| delta(*i) == first && text[*i].is_alphanumeric()).count()
}

/// Whether four digits are a month and a day, or a day and a month.
fn is_date(digits: &str) -> bool {
    let number = |range: std::ops::Range<usize>| digits[range].parse::<u32>().unwrap_or(0);
    let is = |month: u32, day: u32| (1..=12).contains(&month) && (1..=31).contains(&day);
    is(number(0..2), number(2..4)) || is(number(2..4), number(0..2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn weigh(password: &str) -> f64 {
        bits(password, &Dictionary::default())
    }

    #[rstest]
    #[case("aaaaaaaaaaaaaaaaaaaa", 10.0)]
    #[case("abcabcabcabcabcabc", 10.0)]
    #[case("123456789012345678", 12.0)]
    #[case("qwertyuiopasdfghjkl", 12.0)]
    #[case("1qaz2wsx3edc4rfv5tgb", 26.0)]
    #[case("Sommaren2026Sommaren2026", 14.0)]
    #[case("drowssapdrowssap", 7.0)]
    #[case("s-o-m-m-a-r-2-0-2-6", 27.0)]
    fn what_has_a_pattern_weighs_little(#[case] password: &str, #[case] most: f64) {
        let bits = weigh(password);
        assert!(bits <= most, "{bits}");
    }

    proptest! {
        /// Weighing ends for whatever is typed, and a longer password never weighs less than nothing.
        #[test]
        fn weighing_is_total(password in "\\PC{0,60}") {
            prop_assert!(weigh(&password) >= 0.0);
        }
    }

    #[test]
    fn a_long_password_is_weighed_in_no_time() {
        let begun = std::time::Instant::now();
        weigh(&"ab".repeat(100));
        weigh(&"abcdefghij1234567890".repeat(10));
        assert!(begun.elapsed() < std::time::Duration::from_secs(3), "{:?}", begun.elapsed());
    }
}
