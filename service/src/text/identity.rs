//! Which names are one and the same name, and which only look alike.

use icu_properties::props::{EnumeratedProperty, Script};
use kvarten_domain::text::loosened;
use unicode_security::skeleton;

use super::{characters::tidy_line, fold, form::nfkd};

/// What two names have in common that people take for one name: capitals, accents, widths and faces of
/// letters, blanks, kinds of hyphens and quotation marks do not count, nor does the alphabet that a
/// letter of the same look comes from.
#[must_use]
pub fn identity_key(name: &str) -> String {
    let latin: String = nfkd(name).chars().map(|c| latin_twin(c).unwrap_or(c)).collect();
    tidy_line(&fold(&latin))
}

/// What two names have in common that look alike on a screen (UTS 39, section 4): besides what
/// [`identity_key`] overlooks also å for a, l for 1 and I, rn for m, and everything that is no letter or
/// digit.
#[must_use]
pub fn lookalike_key(name: &str) -> String {
    let seen: String = nfkd(name)
        .chars()
        .flat_map(|c| match latin_twin(c) {
            Some(twin) => vec![twin],
            None if is_of_latin(c) => vec![c],
            None => skeleton(c.encode_utf8(&mut [0; 4])).collect(),
        })
        .collect();
    let letters = fold(&seen).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let same_strokes = |c: char| match loosened(c) {
        'i' | '1' => 'l',
        '0' => 'o',
        c => c,
    };
    letters.chars().map(same_strokes).collect::<String>().replace("rn", "m").replace("vv", "w")
}

/// The Latin letter that a letter of another alphabet looks like, and that Latin letters look like which
/// have no other form without their marks.
fn latin_twin(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    let mut twin = skeleton(c.encode_utf8(&mut [0; 4])).collect::<Vec<_>>().into_iter();
    match (twin.next(), twin.next()) {
        (Some(twin), None) if twin.is_ascii_alphanumeric() && !is_known_latin(c) => Some(twin),
        _ => None,
    }
}

/// Letters of Latin alphabets that folding knows.
fn is_known_latin(c: char) -> bool {
    fold(c.encode_utf8(&mut [0; 4])).is_ascii()
}

fn is_of_latin(c: char) -> bool {
    matches!(Script::for_char(c), Script::Latin | Script::Common | Script::Inherited)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::capitals("Trappan", "TRAPPAN")]
    #[case::no_break_space("Trappan Norr", "Trappan\u{a0}Norr")]
    #[case::a_blank_at_the_end("Trappan", "Trappan\u{a0}")]
    #[case::two_blanks("Trappan Norr", " Trappan  Norr ")]
    #[case::apart("Söderängen", "So\u{308}dera\u{308}ngen")]
    #[case::accent("Café Linné", "Cafe Linne")]
    #[case::zero_width("Trappan", "Trap\u{200b}pan")]
    #[case::soft_hyphen("Trappan", "Trap\u{ad}pan")]
    #[case::full_width("Trappan 2", "Ｔｒａｐｐａｎ ２")]
    #[case::mathematical("Trappan", "𝐓𝐫𝐚𝐩𝐩𝐚𝐧")]
    #[case::cyrillic("Trappan", "Тrарраn")]
    #[case::greek("Alfa", "Αlfα")]
    #[case::cyrillic_with_a_mark("Zoë", "Zoё")]
    #[case::hyphens("Nord-Syd", "Nord‑Syd")]
    #[case::dashes("Nord-Syd", "Nord–Syd")]
    #[case::quotes("Gruppen \"Ett\"", "Gruppen ”Ett”")]
    #[case::apostrophe("Lena's", "Lena’s")]
    #[case::dotless("Isik", "Işık")]
    #[case::ligature("Profil", "Proﬁl")]
    #[case::sharp_s("Strasse", "Straße")]
    fn one_name(#[case] one: &str, #[case] other: &str) {
        assert_eq!(identity_key(one), identity_key(other));
        assert_eq!(lookalike_key(one), lookalike_key(other));
    }

    #[rstest]
    #[case("Asen", "Åsen")]
    #[case("Ängen", "Engen")]
    #[case("Hemmet 1", "Hemmet 2")]
    #[case("Bam", "Barn")]
    #[case("Ali", "All")]
    #[case("Öst", "Väst")]
    fn other_names(#[case] one: &str, #[case] other: &str) {
        assert_ne!(identity_key(one), identity_key(other));
    }

    #[rstest]
    #[case("Alma Berg", "AIma Berg")]
    #[case("Alma Berg", "Alrna.Berg")]
    #[case("Åsa Öberg", "Asa Oberg")]
    #[case("Olle", "0lle")]
    #[case("Wilma", "VViIma")]
    #[case("Alma Berg", "alma-berg!")]
    #[case("Alma", "Аlmа")]
    #[case("Alma", "Ａｌｍａ")]
    fn names_that_look_alike(#[case] one: &str, #[case] other: &str) {
        assert_eq!(lookalike_key(one), lookalike_key(other));
    }

    #[test]
    fn names_in_other_alphabets_keep_theirs() {
        for (one, other) in [("Мария", "Анна"), ("محمد", "أحمد"), ("美咲", "花子")]
        {
            assert_ne!(identity_key(one), identity_key(other));
            assert!(!lookalike_key(one).is_empty());
        }
    }
}
