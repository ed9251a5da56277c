//! When two passwords are the same: the profile `OpaqueString` of PRECIS (RFC 8265, section 4.2).
//!
//! Every blank becomes the ASCII space, and the text is put into normalisation form C. Characters
//! that cannot be seen or typed are refused in a new password, and left out when signing in.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory as Category, UnicodeGeneralCategory};

/// A password with characters that cannot be seen or typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Disallowed;

/// Whether a character is not allowed in a password: it is a control or format character, is not
/// assigned, or is shown as nothing (`Default_Ignorable_Code_Point`, and the blank Braille
/// pattern).
fn is_disallowed(c: char) -> bool {
    let is_blank = matches!(
        c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    is_blank
        || matches!(
            c.general_category(),
            Category::Control
                | Category::Format
                | Category::LineSeparator
                | Category::ParagraphSeparator
                | Category::PrivateUse
                | Category::Surrogate
                | Category::Unassigned
        )
}

fn is_symbol(c: char) -> bool {
    use Category::{
        CurrencySymbol, EnclosingMark, MathSymbol, ModifierSymbol, OtherPunctuation, OtherSymbol,
    };
    matches!(
        c.general_category(),
        OtherSymbol
            | MathSymbol
            | CurrencySymbol
            | ModifierSymbol
            | OtherPunctuation
            | EnclosingMark
    ) || c.is_ascii_digit()
}

/// The text without what only says how the symbol before it is drawn: variation selectors and
/// joiners. Telephones put them into emoji, or do not, without being asked.
fn without_variations(text: &str) -> impl Iterator<Item = char> {
    let mut is_after_symbol = false;
    text.chars().filter(move |c| {
        let is_variation = matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200d}');
        if is_variation && is_after_symbol {
            return false;
        }
        is_after_symbol = is_symbol(*c);
        true
    })
}

fn with_plain_spaces(c: char) -> char {
    if c.general_category() == Category::SpaceSeparator { ' ' } else { c }
}

/// A new password as it is hashed.
///
/// # Errors
/// [`Disallowed`].
pub(crate) fn normalise(password: &str) -> Result<String, Disallowed> {
    let text: String = without_variations(password).map(with_plain_spaces).nfc().collect();
    if text.chars().any(is_disallowed) { Err(Disallowed) } else { Ok(text) }
}

/// What a password that is typed may have been hashed as: normalised first, then as earlier
/// versions did, which took it as it came, from keyboards that compose å and keyboards that do not.
pub(super) fn forms(typed: &str) -> Vec<String> {
    let visible = without_variations(typed).map(with_plain_spaces).filter(|c| !is_disallowed(*c));
    let normalised: String = visible.nfc().collect();
    let decomposed: String = normalised.nfd().collect();
    let mut forms = vec![normalised];
    for form in [typed.to_owned(), decomposed] {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// A password that came as the first line of a file or a pipe: without the byte-order mark before
/// it and the end of the line behind it.
#[must_use]
pub fn without_marks(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.split(['\n', '\r']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::composed("kaffe på bryggan", "kaffe på bryggan")]
    #[case::decomposed("kaffe pa\u{30a} bryggan", "kaffe på bryggan")]
    #[case::no_break_space("kaffe\u{a0}på\u{202f}bryggan", "kaffe på bryggan")]
    #[case::ideographic_space("kaffe\u{3000}på bryggan", "kaffe på bryggan")]
    #[case::ohm_sign("\u{2126}-mätare", "\u{3a9}-mätare")]
    #[case::full_width_stays("ｋａｆｆｅ", "ｋａｆｆｅ")]
    #[case::case_stays("Kaffe", "Kaffe")]
    #[case::emoji("❤\u{fe0f} kaffe", "❤ kaffe")]
    #[case::joined_emoji("👩\u{200d}🍳 lagar", "👩🍳 lagar")]
    #[case::outer_blanks_stay(" kaffe ", " kaffe ")]
    fn the_same_password_is_the_same_text(#[case] typed: &str, #[case] expected: &str) {
        assert_eq!(normalise(typed).as_deref(), Ok(expected));
        assert_eq!(forms(typed)[0], expected);
    }

    #[rstest]
    #[case::zero_width_space("kaffe\u{200b}på")]
    #[case::zero_width_joiner("kaffe\u{200d}på")]
    #[case::zero_width_non_joiner("kaffe\u{200c}på")]
    #[case::byte_order_mark("\u{feff}kaffe")]
    #[case::word_joiner("kaffe\u{2060}")]
    #[case::soft_hyphen("kaf\u{ad}fe")]
    #[case::bidi("\u{202e}kaffe")]
    #[case::isolate("kaffe\u{2066}")]
    #[case::control("kaffe\u{7}")]
    #[case::line_end("kaffe\n")]
    #[case::line_separator("kaffe\u{2028}")]
    #[case::hangul_filler("kaffe\u{3164}")]
    #[case::half_width_filler("kaffe\u{ffa0}")]
    #[case::blank_braille("kaffe\u{2800}")]
    #[case::tag("kaffe\u{e0041}")]
    #[case::selector("kaffe\u{fe0f}")]
    #[case::mongolian("kaffe\u{180e}")]
    #[case::grapheme_joiner("kaffe\u{34f}")]
    #[case::private_use("kaffe\u{e000}")]
    #[case::not_a_character("kaffe\u{ffff}")]
    fn what_cannot_be_seen_is_refused_and_left_out(#[case] typed: &str) {
        assert_eq!(normalise(typed), Err(Disallowed), "{typed:?}");
        let visible = &forms(typed)[0];
        assert!(visible.chars().all(|c| !is_disallowed(c)), "{visible:?}");
        assert!(normalise(visible).is_ok());
    }

    #[rstest]
    #[case("kaffe på bryggan\n", "kaffe på bryggan")]
    #[case("kaffe på bryggan\r\nmer", "kaffe på bryggan")]
    #[case("\u{feff}kaffe", "kaffe")]
    #[case("", "")]
    fn marks_around_a_line_are_no_part_of_it(#[case] read: &str, #[case] expected: &str) {
        assert_eq!(without_marks(read), expected);
    }

    proptest! {
        /// Normalising twice changes nothing, and whatever was set can be typed.
        #[test]
        fn normalising_is_stable(text in any::<String>()) {
            if let Ok(once) = normalise(&text) {
                prop_assert_eq!(normalise(&once), Ok(once.clone()));
                prop_assert_eq!(&forms(&text)[0], &once);
            }
            let typed = &forms(&text)[0];
            prop_assert_eq!(&forms(typed)[0], typed);
        }
    }
}
