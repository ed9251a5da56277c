//! What no text may hold: characters that cannot be seen, that change how others are drawn, or that have
//! no meaning of their own; and more marks than a letter can carry.

use icu_properties::{
    CodePointSetData,
    props::{
        DefaultIgnorableCodePoint, EmojiModifier, EnumeratedProperty, ExtendedPictographic,
        GeneralCategory, Script,
    },
};
use kvarten_domain::{Fault, text::is_unseen};

/// The most marks on one letter. Hebrew with all its points has four.
const MAX_MARKS: usize = 4;

const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';
/// Says that the character before is drawn as an emoji, or as text.
const VARIATIONS: [char; 2] = ['\u{fe0e}', '\u{fe0f}'];

/// Signs that Unicode counts as visible and nobody sees, and those that stand for something lost.
const BLANK_OR_LOST: [char; 6] =
    ['\u{2800}', '\u{1d159}', '\u{13441}', '\u{13442}', '\u{fffc}', '\u{fffd}'];

/// Whether a character may stand in no text, whatever is beside it. Joiners and variation selectors are
/// among them: where they have a meaning, [`check`] takes them.
#[must_use]
pub fn is_disallowed_char(c: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Surrogate, Unassigned,
    };
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    if is_unseen(c)
        || BLANK_OR_LOST.contains(&c)
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
    {
        return true;
    }
    match GeneralCategory::for_char(c) {
        // Emoji of a later Unicode.
        Unassigned => !CodePointSetData::new::<ExtendedPictographic>().contains(c),
        Control | Format | LineSeparator | ParagraphSeparator | PrivateUse | Surrogate => true,
        _ => false,
    }
}

/// What [`is_disallowed_char`] says, and only as many marks as letters can carry. A text of several lines
/// may hold line feeds.
///
/// # Errors
/// [`Fault::HiddenCharacters`].
pub fn check(text: &str, has_lines: bool) -> Result<(), Fault> {
    let hidden = Err(Fault::HiddenCharacters);
    let mut before = None;
    let mut marks = 0;
    for c in text.chars() {
        let is_allowed = (has_lines && c == '\n')
            || !is_disallowed_char(c)
            || before.is_some_and(|before| has_meaning_after(c, before));
        if !is_allowed {
            return hidden;
        }
        if is_mark(c) {
            marks += 1;
            // A mark on nothing is drawn on whatever stands before the text.
            if marks > MAX_MARKS || before.is_none_or(char::is_whitespace) {
                return hidden;
            }
        } else {
            marks = 0;
        }
        before = Some(c);
    }
    Ok(())
}

/// A text of one line without what other programs leave in it: hints on where to break a word, marks of
/// the byte order, directions around a copied name, blanks of other widths, blanks at the ends and in a
/// row.
#[must_use]
pub fn tidy_line(text: &str) -> String {
    let text: String = text.chars().filter(|c| !is_leftover(*c)).collect();
    text.split(is_blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The same for a text of several lines, whose inner blanks stay.
#[must_use]
pub fn tidy_lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}'], "\n");
    let kept = text.chars().filter(|c| !is_leftover(*c)).map(|c| match c {
        '\u{2028}' | '\u{2029}' | '\n' => '\n',
        c if is_blank(c) => ' ',
        c => c,
    });
    kept.collect::<String>().trim().to_owned()
}

/// A blank of any width, or an end of a line.
#[must_use]
pub const fn is_blank(c: char) -> bool {
    c.is_whitespace()
}

/// Soft hyphens, breaking hints and byte order marks, which come along when a text is copied.
const fn is_leftover(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// A mark that is drawn on the letter before it.
fn is_mark(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark};
    !c.is_ascii()
        && !VARIATIONS.contains(&c)
        && matches!(GeneralCategory::for_char(c), NonspacingMark | EnclosingMark)
}

/// Whether a joiner or a variation selector says something of the character before it.
fn has_meaning_after(c: char, before: char) -> bool {
    let is_emoji = CodePointSetData::new::<ExtendedPictographic>().contains(before)
        || CodePointSetData::new::<EmojiModifier>().contains(before)
        || VARIATIONS.contains(&before);
    match c {
        ZWJ => is_emoji && before != '\u{fe0e}' || joins(before),
        ZWNJ => joins(before),
        c if VARIATIONS.contains(&c) => {
            (is_emoji || matches!(before, '0'..='9' | '#' | '*')) && !VARIATIONS.contains(&before)
        }
        _ => false,
    }
}

/// Whether letters of the character's script take other forms beside others.
fn joins(c: char) -> bool {
    let scripts = [
        Script::Arabic,
        Script::Bengali,
        Script::Devanagari,
        Script::Gujarati,
        Script::Gurmukhi,
        Script::Kannada,
        Script::Khmer,
        Script::Malayalam,
        Script::Mongolian,
        Script::Myanmar,
        Script::Oriya,
        Script::Sinhala,
        Script::Syriac,
        Script::Tamil,
        Script::Telugu,
    ];
    scripts.contains(&Script::for_char(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::hangul_filler('\u{3164}')]
    #[case::half_width_filler('\u{ffa0}')]
    #[case::choseong_filler('\u{115f}')]
    #[case::jungseong_filler('\u{1160}')]
    #[case::vowel_separator('\u{180e}')]
    #[case::braille_blank('\u{2800}')]
    #[case::annotation('\u{fff9}')]
    #[case::annotation_end('\u{fffb}')]
    #[case::object('\u{fffc}')]
    #[case::lost('\u{fffd}')]
    #[case::variation('\u{fe00}')]
    #[case::emoji_variation('\u{fe0f}')]
    #[case::variation_supplement('\u{e0100}')]
    #[case::mongolian_variation('\u{180b}')]
    #[case::tag('\u{e0041}')]
    #[case::language_tag('\u{e0001}')]
    #[case::private('\u{e000}')]
    #[case::private_plane('\u{f0000}')]
    #[case::unassigned('\u{378}')]
    #[case::noncharacter('\u{fdd0}')]
    #[case::nul('\0')]
    #[case::escape('\u{1b}')]
    #[case::delete('\u{7f}')]
    #[case::next_line('\u{85}')]
    #[case::soft_hyphen('\u{ad}')]
    #[case::joiner('\u{34f}')]
    #[case::letter_mark('\u{61c}')]
    #[case::zero_width('\u{200b}')]
    #[case::zwj('\u{200d}')]
    #[case::to_the_left('\u{200f}')]
    #[case::overridden('\u{202e}')]
    #[case::isolated('\u{2066}')]
    #[case::word_joiner('\u{2060}')]
    #[case::invisible_plus('\u{2064}')]
    #[case::digit_shapes('\u{206e}')]
    #[case::byte_order('\u{feff}')]
    #[case::line('\u{2028}')]
    #[case::khmer_vowel('\u{17b4}')]
    #[case::null_notehead('\u{1d159}')]
    #[case::beam('\u{1d173}')]
    #[case::shorthand('\u{1bca0}')]
    #[case::hieroglyph_blank('\u{13441}')]
    #[case::number_joiner('\u{110bd}')]
    fn no_text_holds(#[case] c: char) {
        assert!(is_disallowed_char(c));
        for text in [format!("Ann{c}a"), format!("{c}{c}"), format!("Anna{c}")] {
            assert_eq!(check(&text, true), Err(Fault::HiddenCharacters), "{c:?}");
        }
    }

    #[rstest]
    #[case("Åsa Öberg-Lind, f. 1970")]
    #[case("Trần Thị Hương")]
    #[case("Ọ̀ṣọ́")]
    #[case("Владимир Ёлкин")]
    #[case("محمد")]
    #[case("می‌خواهم")]
    #[case("क्‍ष")]
    #[case("שָׁלוֹם")]
    #[case("日本 한국")]
    #[case("Bra jobbat ❤️ 👩‍⚕️ 👍🏽 1️⃣")]
    #[case("½ × 3 µg – ”så”")]
    fn what_people_write_is_allowed(#[case] text: &str) {
        assert_eq!(check(text, false), Ok(()), "{text}");
    }

    #[rstest]
    #[case::forty_marks(&format!("Z{}", "\u{30a}".repeat(40)))]
    #[case::five_marks(&format!("a{}", "\u{316}".repeat(5)))]
    #[case::a_mark_on_nothing("\u{301}Anna")]
    #[case::a_mark_on_a_blank("Anna \u{338}")]
    #[case::lines_where_there_are_none("Anna\nBerg")]
    #[case::a_selector_after_a_letter("A\u{fe0f}")]
    #[case::two_selectors("❤\u{fe0f}\u{fe0f}")]
    #[case::a_joiner_between_letters("An\u{200d}na")]
    fn what_hides_is_not(#[case] text: &str) {
        assert_eq!(check(text, false), Err(Fault::HiddenCharacters));
    }

    #[test]
    fn what_comes_along_in_copying_is_left_out() {
        assert_eq!(tidy_line("\u{feff} Hem\u{ad}tjänst\u{a0}\tÖst\u{200b}\r\n"), "Hemtjänst Öst");
        assert_eq!(tidy_lines(" En\r\nTvå\u{2028}Tre\u{a0}fyra "), "En\nTvå\nTre fyra");
    }
}
