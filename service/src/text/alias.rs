//! A name chosen for the leaderboard.

use icu_properties::props::{EnumeratedProperty, GeneralCategory};
use kvarten_domain::{Fault, text::plain_mark};
use unicode_security::{GeneralSecurityProfile, MixedScript};

use super::{
    characters::{check, tidy_line},
    form::nfkc,
    identity::lookalike_key,
};

/// The longest name, in characters.
const MAX_ALIAS: usize = 24;

/// A name chosen for the leaderboard: 2–24 characters of one alphabet, with something to read in it. In
/// NFKC: letters of other widths and faces are the letters that they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Alias(String);

impl Alias {
    /// Reads a chosen name.
    ///
    /// # Errors
    /// Empty, too short, too long; with characters that cannot be seen, with letters of several
    /// alphabets (UTS 39, section 5.1), or with others than letters, digits, blanks and simple marks.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let name = tidy_line(&nfkc(&tidy_line(text)));
        match name.chars().count() {
            0 if text.trim().is_empty() => return Err(Fault::Empty),
            0 => return Err(Fault::HiddenCharacters),
            1 => return Err(Fault::TooShort),
            2..=MAX_ALIAS => {}
            _ => return Err(Fault::TooLong),
        }
        check(&name, false)?;
        if !name.chars().all(is_plain) || !name.contains(char::is_alphanumeric) {
            return Err(Fault::Malformed);
        }
        let letters: String = name.chars().filter(|c| c.is_alphanumeric() || is_mark(*c)).collect();
        if !letters.is_single_script() {
            return Err(Fault::MixedScripts);
        }
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as it is compared, so that two people cannot look alike.
    #[must_use]
    pub fn key(&self) -> String {
        lookalike_key(&self.0)
    }

    /// Whether the name is a person's real name, however it is put together.
    #[must_use]
    pub fn is_name_of(&self, given: &str, family: &str) -> bool {
        let words = |name: &str| -> Vec<String> {
            let words = name.split(|c: char| !c.is_alphanumeric() && !is_mark(c));
            words.map(lookalike_key).filter(|word| !word.is_empty()).collect()
        };
        let own = words(&self.0);
        let (given, family) = (words(given), words(family));
        if given.is_empty() || family.is_empty() {
            return false;
        }
        let (together, given_all, family_all) = (own.concat(), given.concat(), family.concat());
        let has = |name: &[String]| name.iter().all(|word| own.contains(word));
        together == given_all.clone() + &family_all
            || together == family_all + &given_all
            || has(&given) && has(&family)
            // The name that one of several is called by.
            || given.iter().any(|one| own.contains(one)) && has(&family)
    }
}

fn is_mark(c: char) -> bool {
    use GeneralCategory::{NonspacingMark, SpacingMark};
    matches!(GeneralCategory::for_char(c), NonspacingMark | SpacingMark)
}

/// Letters and digits of alphabets in use (UTS 39, section 3.1), and simple marks.
fn is_plain(c: char) -> bool {
    match plain_mark(c) {
        ' ' | '-' | '.' | '\'' | '!' | '&' => true,
        c => (c.is_alphanumeric() || is_mark(c)) && c.identifier_allowed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Blåsippan", "Blåsippan")]
    #[case("  Tålamodige   Ture ", "Tålamodige Ture")]
    #[case("O’Hara & Co.", "O’Hara & Co.")]
    #[case("Bla\u{30a}sippan", "Blåsippan")]
    #[case("Ａｌｍａ", "Alma")]
    #[case("𝓐𝓵𝓶𝓪", "Alma")]
    #[case("Sol\u{200b}ros", "Solros")]
    #[case("Владимир", "Владимир")]
    #[case("محمد ٢", "محمد ٢")]
    #[case("さくら 桜", "さくら 桜")]
    #[case("Şeker 7", "Şeker 7")]
    fn chosen_names(#[case] text: &str, #[case] name: &str) {
        assert_eq!(Alias::read(text).as_ref().map(Alias::as_str), Ok(name));
    }

    #[rstest]
    #[case("", Fault::Empty)]
    #[case("   ", Fault::Empty)]
    #[case("x", Fault::TooShort)]
    #[case("en alldeles för lång benämning", Fault::TooLong)]
    #[case::two_fillers("\u{3164}\u{3164}", Fault::HiddenCharacters)]
    #[case::half_width_fillers("\u{ffa0}\u{ffa0}", Fault::HiddenCharacters)]
    #[case::a_filler_in_a_name("Anna\u{115f}", Fault::HiddenCharacters)]
    #[case::blank_braille("\u{2800}\u{2800}", Fault::HiddenCharacters)]
    #[case::zero_widths("\u{200b}\u{200b}\u{feff}", Fault::HiddenCharacters)]
    #[case::joiners("\u{200d}\u{200d}", Fault::HiddenCharacters)]
    #[case::turned("\u{202e}bakvänd", Fault::HiddenCharacters)]
    #[case::marks_upon_marks(
        "Za\u{300}\u{316}\u{317}\u{318}\u{319}\u{31c}",
        Fault::HiddenCharacters
    )]
    #[case::marks_alone("..", Fault::Malformed)]
    #[case::hyphens("-- --", Fault::Malformed)]
    #[case("<b>fet</b>", Fault::Malformed)]
    #[case::an_emoji("Anna 🌼", Fault::Malformed)]
    #[case::phonetic("ɐlma", Fault::Malformed)]
    #[case::runes("ᚠᚢᚦ", Fault::Malformed)]
    #[case::cyrillic_a("Аlma", Fault::MixedScripts)]
    #[case::greek_o("Rοland", Fault::MixedScripts)]
    #[case::cyrillic_in_the_end("Rosа", Fault::MixedScripts)]
    #[case::digits_of_others("Alma ٢", Fault::MixedScripts)]
    fn no_names(#[case] text: &str, #[case] fault: Fault) {
        assert_eq!(Alias::read(text), Err(fault));
    }

    #[rstest]
    #[case("Alma Berg", true)]
    #[case("berg, alma", true)]
    #[case("AlmaBerg", true)]
    #[case("ALMA-BERG 2", true)]
    #[case("A1ma Berg", true)]
    #[case("Alrna Berg!", true)]
    #[case("Alma", false)]
    #[case("Berg", false)]
    #[case("Alma Bergman", false)]
    #[case("Almas bergstopp", false)]
    fn real_names(#[case] text: &str, #[case] is_hers: bool) {
        let text = text.replace(',', "");
        let alias = Alias::read(&text).expect("a name");
        assert_eq!(alias.is_name_of("Alma", "Berg"), is_hers);
    }

    #[test]
    fn one_of_several_given_names_is_enough() {
        let alias = Alias::read("Karin Öst").expect("a name");
        assert!(alias.is_name_of("Anna-Karin", "Öst"));
    }
}
