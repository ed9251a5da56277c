//! A word that was typed, held against those that fit.

use super::Verdict;
use crate::fault::Fault;

/// Case, outer marks and doubled blanks do not count; in a word of six letters or more one slip
/// (a letter missing, added, changed or swapped with its neighbour) is let pass and shown.
pub(super) fn judge(accepted: &[String], word: &str) -> Result<Verdict, Fault> {
    let said = normalised(word);
    if said.is_empty() {
        return Err(Fault::Empty);
    }
    if accepted.iter().any(|fits| normalised(fits) == said) {
        return Ok(Verdict::plain(true));
    }
    let near = accepted
        .iter()
        .find(|fits| fits.chars().count() >= 6 && is_one_slip(&normalised(fits), &said));
    Ok(near.map_or_else(
        || Verdict::plain(false),
        |fits| Verdict { spelling: Some(fits.clone()), ..Verdict::plain(true) },
    ))
}

fn normalised(word: &str) -> String {
    let words: Vec<&str> = word.split_whitespace().collect();
    let outer = |mark: char| matches!(mark, '.' | ',' | '!' | '?' | '"' | '”' | '\'');
    words.join(" ").trim_matches(outer).to_lowercase()
}

fn is_one_slip(fits: &str, said: &str) -> bool {
    let (fits, said): (Vec<char>, Vec<char>) = (fits.chars().collect(), said.chars().collect());
    let same = fits.iter().zip(&said).take_while(|(left, right)| left == right).count();
    let (fits, said) = (&fits[same..], &said[same..]);
    let without_first = |letters: &'_ [char]| letters.get(1..).unwrap_or_default().to_vec();
    let is_missing = without_first(fits) == said;
    let is_added = fits == without_first(said);
    let is_changed = without_first(fits) == without_first(said);
    let is_swapped = fits.len() >= 2
        && said.len() >= 2
        && (fits[0], fits[1]) == (said[1], said[0])
        && fits[2..] == said[2..];
    is_missing || is_added || is_changed || is_swapped
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Legitimation", true, false)]
    #[case("  legitimation. ", true, false)]
    #[case("legitmation", true, true)]
    #[case("legitimatoin", true, true)]
    #[case("legitimationn", true, true)]
    #[case("legitemation", true, true)]
    #[case("legitem", false, false)]
    #[case("BankID", false, false)]
    fn one_slip_is_forgiven(#[case] word: &str, #[case] is_right: bool, #[case] slip: bool) {
        let verdict = judge(&["legitimation".into()], word).expect("fits");
        assert_eq!((verdict.is_right, verdict.spelling.is_some()), (is_right, slip));
    }

    #[test]
    fn a_short_word_must_be_right() {
        let accepted = ["dela".into()];
        assert!(!judge(&accepted, "dola").expect("fits").is_right);
        assert_eq!(judge(&accepted, " . "), Err(Fault::Empty));
    }
}
