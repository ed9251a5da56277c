//! Text that people type.

/// Whether a character changes how others are shown, or cannot be seen at all: control characters, the
/// marks that turn the direction of writing (Unicode Annex 9, section 2), what takes no room (but for
/// the joiners that some scripts and emoji need) and tags.
#[must_use]
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}'
        )
        || matches!(c, '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// A name as it is compared: small letters, accents gone; å, ä and ö are letters of their own.
#[must_use]
pub fn folded(name: &str) -> String {
    let plain = |c: char| match c {
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'á' | 'à' | 'â' => 'a',
        'ü' | 'ú' => 'u',
        'í' | 'ï' => 'i',
        'ó' | 'ô' => 'o',
        'ø' => 'ö',
        'æ' => 'ä',
        'ñ' => 'n',
        'ç' => 'c',
        c => c,
    };
    name.chars().flat_map(char::to_lowercase).map(plain).collect()
}

/// A name as it is put in order: as in a Swedish list, where å, ä and ö come last.
#[must_use]
pub fn sorted_as(name: &str) -> String {
    let place = |c: char| match c {
        'å' => '{',
        'ä' => '|',
        'ö' => '}',
        c => c,
    };
    folded(name).chars().map(place).collect()
}
