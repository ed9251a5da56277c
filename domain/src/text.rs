//! Text that people type.

/// Whether a character changes how others are shown, or cannot be shown at all: control characters
/// and the marks that turn the direction of writing (Unicode Annex 9, section 2).
#[must_use]
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
