//! Text as it is searched and compared: one folding for the server and the browser.
//!
//! Decomposition needs Unicode's tables, which the rules do not carry: it is passed in. The server has it
//! from a library, the browser from JavaScript's `String.prototype.normalize`.

/// Unicode's compatibility decomposition (NFKD, Unicode Annex 15).
pub type Decompose = fn(&str) -> String;

/// A text as it is searched and compared: small letters without diacritics, one kind of blank, hyphen and
/// quotation mark, no apostrophes, nothing that cannot be seen. The Swedish å, ä and ö are letters of
/// their own, with their Nordic and Hungarian forms (æ, ø, ő).
#[must_use]
pub fn fold_diacritics(text: &str, decompose: Decompose) -> String {
    let is_plain = |c: char| {
        c.is_ascii() && !c.is_ascii_control() || matches!(c, 'å' | 'ä' | 'ö' | 'Å' | 'Ä' | 'Ö')
    };
    let mut folded = String::with_capacity(text.len());
    if text.chars().all(is_plain) {
        text.chars().for_each(|c| push_folded(&mut folded, c));
    } else {
        // Accents that stand alone decompose into a blank and a mark: they are apostrophes to those who
        // type them.
        let text: String = text.chars().map(plain_mark).collect();
        for c in decompose(&text).chars().flat_map(char::to_lowercase) {
            push_folded(&mut folded, c);
        }
    }
    folded
}

fn push_folded(folded: &mut String, c: char) {
    if is_mark(c) {
        let letter = match (folded.chars().next_back(), c) {
            (Some('a'), '\u{30a}') => 'å',
            (Some('a'), '\u{308}') => 'ä',
            (Some('o'), '\u{308}' | '\u{30b}') => 'ö',
            _ => return,
        };
        folded.pop();
        folded.push(letter);
        return;
    }
    match plain_mark(c) {
        '\'' => {}
        c if is_unseen(c) => {}
        c if c.is_whitespace() => folded.push(' '),
        'Å' => folded.push('å'),
        'Ä' => folded.push('ä'),
        'Ö' => folded.push('ö'),
        c if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
        c => match base_letters(c) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(c),
        },
    }
}

/// Letters that Unicode does not decompose.
const fn base_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'æ' => "ä",
        'ø' => "ö",
        'ß' => "ss",
        'þ' => "th",
        'œ' => "oe",
        'ð' | 'đ' | 'ɖ' | 'ɗ' => "d",
        'ħ' => "h",
        'ı' | 'ɨ' => "i",
        'ł' | 'ƚ' | 'ɫ' => "l",
        'ŋ' | 'ɲ' | 'ƞ' => "n",
        'ŧ' | 'ƭ' | 'ʈ' => "t",
        'ƀ' | 'ɓ' => "b",
        'ƈ' | 'ȼ' => "c",
        'ə' | 'ɛ' | 'ɇ' | 'ǝ' => "e",
        'ƒ' => "f",
        'ɠ' | 'ǥ' => "g",
        'ɉ' => "j",
        'ƙ' | 'ĸ' => "k",
        'ɔ' | 'ɵ' => "o",
        'ƥ' => "p",
        'ɍ' => "r",
        'ʉ' => "u",
        'ʋ' => "v",
        'ƴ' | 'ɏ' => "y",
        'ƶ' | 'ȥ' => "z",
        'ς' => "σ",
        _ => return None,
    })
}

/// A quotation mark, apostrophe, hyphen or dash as the keyboard has it; anything else as it is.
#[must_use]
pub const fn plain_mark(c: char) -> char {
    match c {
        '‘' | '’' | '‚' | '‛' | '′' | '‵' | '´' | '`' | '‹' | '›' | 'ʼ' | 'ʹ' | 'ʻ' | 'ʽ'
        | '＇' | '｀' | '❛' | '❜' | '\u{384}' | '\u{1fbd}' | '\u{1fbf}' | '\u{1fef}'
        | '\u{1ffd}' | '\u{1ffe}' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '‶' | '«' | '»' | '〝' | '〞' | '〟' | '＂' | '❝' | '❞'
        | 'ˮ' | '「' | '」' | '『' | '』' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '⁃' | '﹘' | '﹣' | '－' | '⸺' | '⸻' => {
            '-'
        }
        c => c,
    }
}

/// Marks over, under and through letters, which searching overlooks. Vowel signs that are letters of
/// their script are none.
const fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{489}'
            | '\u{591}'..='\u{5bd}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Whether a character takes no room, fills a place without being seen, or only says how others are
/// drawn (Unicode's `Default_Ignorable_Code_Point`, controls that are no blanks, and the blank signs
/// that Unicode does not count among blanks).
#[must_use]
pub const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{8}'
            | '\u{e}'..='\u{1f}'
            | '\u{7f}'..='\u{84}'
            | '\u{86}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d159}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a folded text contains a folded word. Where the word has a or o, the text may have å, ä or
/// ö: not every keyboard has those letters. Where the word has them, so must the text.
#[must_use]
pub fn contains_folded(text: &str, word: &str) -> bool {
    if text.contains(word) {
        return true;
    }
    if !text.contains(['å', 'ä', 'ö']) || !word.contains(['a', 'o']) {
        return false;
    }
    text.char_indices().any(|(at, _)| {
        let mut rest = text[at..].chars();
        word.chars().all(|asked| rest.next().is_some_and(|c| c == asked || loosened(c) == asked))
    })
}

/// A folded letter without the marks that make it another letter in Swedish.
#[must_use]
pub const fn loosened(c: char) -> char {
    match c {
        'å' | 'ä' => 'a',
        'ö' => 'o',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// Of what the cases below need.
    fn decompose(text: &str) -> String {
        let parts = |c: char| match c {
            'é' => "e\u{301}".to_owned(),
            'Š' => "S\u{30c}".to_owned(),
            'ć' => "c\u{301}".to_owned(),
            'ó' => "o\u{301}".to_owned(),
            'ü' => "u\u{308}".to_owned(),
            'ő' => "o\u{30b}".to_owned(),
            'İ' => "I\u{307}".to_owned(),
            'å' => "a\u{30a}".to_owned(),
            'ö' => "o\u{308}".to_owned(),
            'Ä' => "A\u{308}".to_owned(),
            '\u{a0}' => " ".to_owned(),
            c => c.to_string(),
        };
        text.chars().map(parts).collect()
    }

    #[rstest]
    #[case("Öberg, André", "öberg, andre")]
    #[case("O\u{308}berg, Andre\u{301}", "öberg, andre")]
    #[case("Šarić", "saric")]
    #[case("İpek Yıldız", "ipek yildiz")]
    #[case("Müller Straße", "muller strasse")]
    #[case("Æbleø Þór Ðe", "äbleö thor de")]
    #[case("Erdős", "erdös")]
    #[case("O’Brien O'Brien O´Brien", "obrien obrien obrien")]
    #[case("Hem\u{ad}tjänst\u{a0}öst\u{200b}", "hemtjänst öst")]
    #[case("nord–syd nord‑syd", "nord-syd nord-syd")]
    fn folding(#[case] text: &str, #[case] folded: &str) {
        assert_eq!(fold_diacritics(text, decompose), folded);
    }

    #[rstest]
    #[case("öberg, andre", "oberg", true)]
    #[case("öberg, andre", "öberg", true)]
    #[case("oberg, andre", "öberg", false)]
    #[case("björkäng", "bjorkäng", true)]
    #[case("björkäng", "ang", true)]
    #[case("ek", "", true)]
    #[case("åsa", "asak", false)]
    fn letters_that_a_keyboard_lacks(
        #[case] text: &str,
        #[case] word: &str,
        #[case] is_found: bool,
    ) {
        assert_eq!(contains_folded(text, word), is_found);
    }
}
