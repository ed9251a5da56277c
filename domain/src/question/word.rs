//! A word that was typed, held against those that fit.
//!
//! Typography never counts: it is taken away before words are compared. A slip of the fingers is forgiven
//! in a long word and its spelling shown, but only where it cannot have made another word: not in a
//! prefix, not in an ending, and never where what was typed is a word itself.

use super::Verdict;
use crate::{fault::Fault, text::loosened};

/// What judging a typed word needs to know of the language.
#[derive(Clone, Copy)]
pub struct WordRules<'r> {
    /// A text without its typography: capitals, outer marks, kinds of hyphens and blanks.
    pub plain: fn(&str) -> String,
    /// Whether a plain text is a word with a meaning of its own.
    pub is_word: &'r dyn Fn(&str) -> bool,
}

/// The shortest word in which a slip is forgiven: in shorter ones most slips make another word.
const MIN_FORGIVEN: usize = 6;
/// The shortest word in which any letter may be wrong, or one too many.
const MIN_ANY_SLIP: usize = 8;
/// What must be left of a word before its ending, or after its prefix.
const MIN_STEM: usize = 3;

/// Decides a typed word: right as it is, right but for a slip, or wrong.
pub(super) fn judge(
    accepted: &[String],
    word: &str,
    rules: WordRules<'_>,
) -> Result<Verdict, Fault> {
    let typed = (rules.plain)(word);
    // What fits may be a mark alone.
    if accepted.iter().any(|fits| fits.trim() == word.trim()) && !word.trim().is_empty() {
        return Ok(Verdict::plain(true));
    }
    if typed.is_empty() {
        return Err(Fault::Empty);
    }
    let fits: Vec<(&String, String)> =
        accepted.iter().map(|fits| (fits, (rules.plain)(fits))).collect();
    if fits.iter().any(|(_, fits)| *fits == typed) {
        return Ok(Verdict::plain(true));
    }
    let is_other = (rules.is_word)(&typed)
        || typed.split(' ').any(|word| !is_of(&fits, word) && (rules.is_word)(word));
    let near = fits
        .iter()
        .find(|(_, fits)| is_written_apart(fits, &typed) || !is_other && is_slip(fits, &typed));
    Ok(near.map_or_else(
        || Verdict::plain(false),
        |(fits, _)| Verdict { spelling: Some((*fits).clone()), ..Verdict::plain(true) },
    ))
}

/// Whether a word is one of those that fit, or a part of them.
fn is_of(fits: &[(&String, String)], word: &str) -> bool {
    fits.iter().any(|(_, fits)| fits.split(' ').any(|part| part == word))
}

/// Whether something typed is what fits, written apart where that is written together, or the other way
/// round.
fn is_written_apart(fits: &str, typed: &str) -> bool {
    let together = |text: &str| text.replace([' ', '-'], "");
    fits.chars().count() >= MIN_FORGIVEN && together(fits) == together(typed)
}

/// Whether something typed is what fits but for one slip that cannot have made another word.
fn is_slip(fits: &str, typed: &str) -> bool {
    let (fits, typed): (Vec<&str>, Vec<&str>) =
        (fits.split(' ').collect(), typed.split(' ').collect());
    let mut others = fits.iter().zip(&typed).filter(|(fits, typed)| fits != typed);
    match (fits.len() == typed.len(), others.next(), others.next()) {
        (true, Some((fits, typed)), None) => is_slip_in_word(fits, typed),
        _ => false,
    }
}

fn is_slip_in_word(fits: &str, typed: &str) -> bool {
    let is_word = |word: &str| word.chars().all(|c| c.is_alphabetic() || c == '-');
    let (letters, typed_letters): (Vec<char>, Vec<char>) =
        (fits.chars().collect(), typed.chars().collect());
    // A digit is never a slip.
    if letters.len() < MIN_FORGIVEN || !is_word(fits) || !is_word(typed) {
        return false;
    }
    let slip = slip(&letters, &typed_letters);
    if let Some(Slip::Unmarked) = slip {
        return true;
    }
    if letters.first() != typed_letters.first()
        || is_other_prefix(fits, typed)
        || is_other_form(fits, typed)
    {
        return false;
    }
    match slip {
        None => false,
        Some(Slip::Missing | Slip::Swapped | Slip::Doubled | Slip::Unmarked) => true,
        Some(Slip::Added | Slip::Changed) => letters.len() >= MIN_ANY_SLIP,
    }
}

/// One slip of the fingers.
enum Slip {
    Missing,
    Added,
    /// A letter typed twice.
    Doubled,
    Changed,
    /// The keyboard lacks å, ä and ö.
    Unmarked,
    /// Two neighbours changed places.
    Swapped,
}

fn slip(fits: &[char], typed: &[char]) -> Option<Slip> {
    let same = fits.iter().zip(typed).take_while(|(left, right)| left == right).count();
    let (rest, typed_rest) = (&fits[same..], &typed[same..]);
    let (first, typed_first) = (rest.first(), typed_rest.first());
    let after = |letters: &'_ [char]| letters.get(1..).unwrap_or_default().to_vec();
    if after(rest) == typed_rest {
        return Some(Slip::Missing);
    }
    if rest == after(typed_rest) {
        let is_doubled = same > 0 && typed_first == fits.get(same - 1);
        return Some(if is_doubled { Slip::Doubled } else { Slip::Added });
    }
    if after(rest) == after(typed_rest) {
        let is_unmarked = first.map(|c| loosened(*c)) == typed_first.copied();
        return Some(if is_unmarked { Slip::Unmarked } else { Slip::Changed });
    }
    let is_swapped = rest.len() >= 2
        && typed_rest.len() >= 2
        && (rest[0], rest[1]) == (typed_rest[1], typed_rest[0])
        && rest[2..] == typed_rest[2..];
    is_swapped.then_some(Slip::Swapped)
}

/// Prefixes that make another word of a word.
const PREFIXES: [&str; 55] = [
    "", "a", "an", "anti", "av", "be", "bi", "bort", "dis", "e", "efter", "en", "er", "fel",
    "fram", "från", "för", "före", "ge", "gen", "genom", "hop", "i", "icke", "il", "im", "in",
    "inne", "ir", "kon", "kvar", "miss", "mot", "ned", "ner", "o", "om", "pre", "pro", "på", "re",
    "sam", "sär", "till", "u", "under", "upp", "ur", "ut", "van", "vid", "å", "åter", "över",
    "icke-",
];

/// Whether two words differ in their prefix alone.
fn is_other_prefix(fits: &str, typed: &str) -> bool {
    PREFIXES.iter().any(|prefix| {
        let Some(stem) = fits.strip_prefix(prefix) else { return false };
        stem.chars().count() >= MIN_STEM
            && PREFIXES.iter().any(|other| typed.strip_prefix(other) == Some(stem))
    })
}

/// Endings that make another form of a word: another number, time or kind of it.
const ENDINGS: [&str; 57] = [
    "", "a", "ad", "ade", "ades", "an", "ande", "ar", "are", "arna", "ars", "as", "ast", "at",
    "ats", "d", "da", "dd", "de", "des", "e", "el", "eln", "en", "ena", "ende", "ens", "er",
    "erna", "ers", "es", "et", "ets", "het", "hets", "ig", "ing", "ings", "ingen", "isk", "it",
    "lig", "m", "n", "na", "nad", "nas", "ne", "ns", "o", "or", "orna", "r", "s", "t", "ts", "tt",
];

/// Whether two words are forms of one: they differ in their ending alone. An author lists the forms that
/// fit. Typing the last letter twice is not another form, but where that makes an ending.
fn is_other_form(fits: &str, typed: &str) -> bool {
    let is_doubled = |ending: &str| {
        let last = fits.chars().next_back();
        ending.chars().count() == 1 && ending.chars().next() == last && last != Some('t')
    };
    ENDINGS.iter().any(|ending| {
        let Some(stem) = fits.strip_suffix(ending) else { return false };
        stem.chars().count() >= MIN_STEM
            && ENDINGS.iter().any(|other| {
                typed.strip_suffix(other) == Some(stem) && !(ending.is_empty() && is_doubled(other))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn rules(is_word: &dyn Fn(&str) -> bool) -> WordRules<'_> {
        WordRules { plain: |text| text.trim_matches([' ', '.']).to_lowercase(), is_word }
    }

    #[derive(Debug, PartialEq)]
    enum Is {
        Right,
        Slip,
        Wrong,
    }

    fn judged(accepted: &[&str], word: &str, others: &[&str]) -> Is {
        let accepted: Vec<String> = accepted.iter().map(|&word| word.into()).collect();
        let is_word = |word: &str| others.contains(&word);
        let verdict = judge(&accepted, word, rules(&is_word)).expect("fits");
        match (verdict.is_right, verdict.spelling) {
            (true, None) => Is::Right,
            (true, Some(_)) => Is::Slip,
            (false, _) => Is::Wrong,
        }
    }

    #[rstest]
    #[case("Legitimation", Is::Right)]
    #[case("  legitimation. ", Is::Right)]
    #[case("legitmation", Is::Slip)]
    #[case("legitimatoin", Is::Slip)]
    #[case("legitimationn", Is::Slip)]
    #[case("legitemation", Is::Slip)]
    #[case("legi timation", Is::Slip)]
    #[case("legitem", Is::Wrong)]
    #[case("BankID", Is::Wrong)]
    fn one_slip_is_forgiven(#[case] word: &str, #[case] expected: Is) {
        assert_eq!(judged(&["legitimation"], word, &[]), expected);
    }

    #[rstest]
    #[case::denied("sparad", "osparad")]
    #[case::denied_no_more("osparad", "sparad")]
    #[case::another_prefix("avslutat", "anslutat")]
    #[case::a_prefix_more("ställning", "iställning")]
    #[case::another_form("journalen", "journaler")]
    #[case::another_time("sparade", "sparande")]
    #[case::of_whom("delegering", "delegerings")]
    #[case::not_of_one_kind("genomförd", "genomfört")]
    #[case::a_letter_more_in_a_short_word("sparad", "sparkad")]
    #[case::another_letter_in_a_short_word("sparad", "spanad")]
    #[case::another_first_letter("delegering", "relegering")]
    #[case::two_slips("delegering", "dlegerring")]
    #[case::a_digit("version2024", "version2025")]
    #[case::a_short_one_of_two_words("lämnat över", "lämnat öfver")]
    fn another_word_is_wrong(#[case] fits: &str, #[case] word: &str) {
        assert_eq!(judged(&[fits], word, &[]), Is::Wrong);
    }

    #[rstest]
    #[case::a_word_of_the_lesson("anledning", "avledning")]
    #[case::å_is_not_a("spårning", "sparning")]
    #[case::a_word_among_several("lämnat underlag", "lämnat undelag")]
    fn a_word_of_its_own_is_wrong(#[case] fits: &str, #[case] word: &str) {
        let others = ["avledning", "sparning", "undelag"];
        assert_eq!(judged(&[fits], word, &others), Is::Wrong);
    }

    #[test]
    fn what_the_author_accepts_comes_first() {
        assert_eq!(judged(&["sparad", "osparad"], "osparad", &["osparad"]), Is::Right);
        assert_eq!(judged(&["återkommande"], "aterkommande", &[]), Is::Slip);
    }

    #[test]
    fn a_short_word_must_be_right() {
        assert_eq!(judged(&["dela"], "dola", &[]), Is::Wrong);
        assert_eq!(judge(&["dela".into()], " . ", rules(&|_| false)), Err(Fault::Empty));
    }
}
