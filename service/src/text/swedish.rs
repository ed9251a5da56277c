//! Swedish words that a slip of the fingers may turn another word into.

use std::{collections::HashSet, sync::LazyLock};

/// One a line: what lessons and screens speak of, and words that are a letter away from another.
const WORDS: &str = include_str!("swedish.txt");

static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| WORDS.lines().collect());

/// Whether a word in small letters is one of them.
pub(super) fn is_word(word: &str) -> bool {
    KNOWN.contains(word)
}
