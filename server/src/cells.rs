//! Texts of people in files that spreadsheets open.

use kvarten_service::text::{characters::is_disallowed_char, form::nfkc};

/// Text that no spreadsheet takes for a formula: one that begins like a formula gets an apostrophe
/// before it (OWASP, "CSV Injection"). A spreadsheet may overlook blanks and what cannot be seen, take
/// signs of other widths for their own, and begin a cell after an end of line or a separator within it.
#[must_use]
pub fn harmless(text: &str) -> String {
    let is_formula = text.starts_with(ends_cell) || text.split(ends_cell).any(begins_formula);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

/// Ends of lines, and what one spreadsheet or another parts cells by.
const fn ends_cell(c: char) -> bool {
    matches!(
        c,
        '\t' | '\r' | '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' | ';' | ','
    )
}

fn begins_formula(cell: &str) -> bool {
    let is_overlooked = |c: char| c.is_whitespace() || is_disallowed_char(c) || c == '"';
    let cell = nfkc(cell);
    let first = cell.chars().find(|c| !is_overlooked(*c));
    first.is_some_and(|first| matches!(first, '=' | '+' | '-' | '−' | '@' | '|' | '%'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Berg, Alma")]
    #[case("Åsa = bra")]
    #[case("Lind-Berg, Anna-Karin")]
    #[case("O’Brien, D'Arcy")]
    #[case("Öppet 8–17")]
    #[case("Nivå: 3")]
    #[case("")]
    #[case("👩\u{200d}⚕\u{fe0f} Vård")]
    fn what_people_write_stays(#[case] text: &str) {
        assert_eq!(harmless(text), text);
    }

    #[rstest]
    #[case("=1+1")]
    #[case("+46")]
    #[case("-2")]
    #[case("@SUM(A1)")]
    #[case("|calc")]
    #[case("%x")]
    #[case("  =HYPERLINK()")]
    #[case("\t=1")]
    #[case("\r=1")]
    #[case("\n=1")]
    #[case("\tAnna")]
    #[case("=cmd|' /C calc'!A0")]
    #[case("@SUM(1+1)*cmd|' /C calc'!A0")]
    #[case::full_width_equals("＝1+1")]
    #[case::full_width_plus("＋1")]
    #[case::full_width_minus("－1")]
    #[case::full_width_at("＠SUM(A1)")]
    #[case::full_width_bar("｜calc")]
    #[case::small_equals("﹦1")]
    #[case::small_plus("﹢1")]
    #[case::small_minus("﹣1")]
    #[case::small_at("﹫A1")]
    #[case::superscript_equals("⁼1")]
    #[case::subscript_plus("₊1")]
    #[case::superscript_minus("⁻1")]
    #[case::minus_sign("−1")]
    #[case::zero_width("\u{200b}=1")]
    #[case::byte_order("\u{feff}=1")]
    #[case::joiner("\u{200d}=1")]
    #[case::soft_hyphen("\u{ad}=1")]
    #[case::no_break("\u{a0}=1")]
    #[case::ideographic_space("\u{3000}=1")]
    #[case::turned("\u{202e}=1")]
    #[case::filler("\u{3164}=1")]
    #[case::half_width_filler("\u{ffa0}=1")]
    #[case::braille_blank("\u{2800}=1")]
    #[case::variation("\u{fe0f}=1")]
    #[case::tag("\u{e0041}=1")]
    #[case::control("\u{1}=1")]
    #[case::nul("\0=1")]
    #[case::both("\u{200b} \t＝1")]
    #[case::quoted("\"=1\"")]
    #[case::in_a_line_below("Anna\n=1")]
    #[case::after_a_carriage_return("Anna\r＝1")]
    #[case::after_a_tab("Anna\t=1")]
    #[case::after_a_semicolon("Anna;=1")]
    #[case::after_a_comma("Anna,=1")]
    #[case::after_a_line_separator("Anna\u{2028}=1")]
    fn no_text_is_a_formula(#[case] text: &str) {
        assert_eq!(harmless(text), format!("'{text}"));
    }
}
