//! The order of names: Swedish, as the Common Locale Data Repository has it.

use std::sync::LazyLock;

use icu_collator::{
    Collator, CollatorBorrowed, CollatorPreferences, options::CollatorOptions,
    preferences::CollationNumericOrdering,
};
use icu_locale_core::locale;
use kvarten_domain::text::plain_mark;

use super::form::nfc;

static SWEDISH: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| {
    let mut preferences = CollatorPreferences::from(&locale!("sv"));
    preferences.numeric_ordering = Some(CollationNumericOrdering::True);
    Collator::try_new(preferences, CollatorOptions::default())
        .expect("the data of the order are part of the program")
});

/// What a name is sorted by. Keys of equal names are equal; the order of keys is that of the names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CollationKey(Vec<u8>);

/// The key of a name: å, ä and ö last, w a letter of its own, other letters with marks beside those
/// without, numbers by their value, capitals beside small letters.
#[must_use]
pub fn collation_key(name: &str) -> CollationKey {
    key_of(name.chars())
}

/// The key of a person: by family name, then by given name.
#[must_use]
pub fn person_key(family: &str, given: &str) -> CollationKey {
    // Sorts before every letter, blank and mark (UTS 10, section 11.1.1).
    key_of(family.chars().chain(['\u{fffe}']).chain(given.chars()))
}

fn key_of(name: impl Iterator<Item = char>) -> CollationKey {
    let name: String = name.map(plain_mark).collect();
    let name: String = nfc(&name).chars().map(beside_its_base).collect();
    let mut key = Vec::with_capacity(name.len() * 3);
    let Ok(()) = SWEDISH.write_sort_key_to(&name, &mut key);
    CollationKey(key)
}

/// CLDR puts these by their sound beside ä and ö. A reader looks for them at the letter that they are.
const fn beside_its_base(c: char) -> char {
    match c {
        'ę' => 'ė',
        'Ę' => 'Ė',
        'ô' => 'õ',
        'Ô' => 'Õ',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// In their order.
    const NAMES: [&str; 99] = [
        "Aa",
        "Abdi",
        "Açıkgöz",
        "Ādams",
        "Adamsson",
        "Alm",
        "Andersson",
        "ANDERSSON",
        "Àndersson",
        "Ángel",
        "Bajić",
        "Berg",
        "Berg Lind",
        "Berg-Lind",
        "Bergman",
        "Bērziņš",
        "Cabral",
        "Çelik",
        "Çetin",
        "Čović",
        "Cox",
        "Ćurić",
        "Dag",
        "Đorđević",
        "Ðorri",
        "Douglas",
        "Ek",
        "Eklund",
        "Éluard",
        "Erdoğan",
        "Ęski",
        "Farah",
        "Gustafsson",
        "Gül",
        "Gülşen",
        "Hasan",
        "Ħili",
        "Ibrahim",
        "Ilić",
        "İnönü",
        "Isaksson",
        "Işık",
        "İşler",
        "Iversen",
        "Jovanović",
        "Koç",
        "Lecker",
        "Łęcki",
        "Lind",
        "Łoś",
        "Müller",
        "Nguyễn",
        "Ñíguez",
        "Nilsson",
        "O'Brien",
        "O’Connor",
        "Olsson",
        "Ōmori",
        "Ôno",
        "Óskarsson",
        "Persson",
        "Qvist",
        "Řehoř",
        "Ridder",
        "Šabanović",
        "Şahin",
        "Samuelsson",
        "Šarić",
        "Sjö",
        "Straße",
        "Strasser",
        "Svensson",
        "Świątek",
        "Tanaka",
        "Team 2",
        "Team 10",
        "Þór",
        "Ţugui",
        "Ueda",
        "Vik",
        "von Essen",
        "Wałęsa",
        "Wall",
        "Walter",
        "Westin",
        "Yılmaz",
        "Ünal",
        "Żak",
        "Žarko",
        "Zetterlund",
        "Åberg",
        "Ågren",
        "Æbelø",
        "Älg",
        "Ärlig",
        "Öberg",
        "Őry",
        "Østergård",
        "Östlund",
    ];

    fn by_key<'n>(names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
        let mut names: Vec<&str> = names.collect();
        names.sort_by_cached_key(|name| collation_key(name));
        names
    }

    #[test]
    fn names_of_many_languages_are_in_swedish_order() {
        assert_eq!(by_key(NAMES.into_iter().rev()), NAMES);
    }

    #[test]
    fn a_name_is_at_the_same_place_in_any_form() {
        let apart: Vec<String> = NAMES.iter().map(|name| nfd(name)).collect();
        assert_eq!(by_key(apart.iter().rev().map(String::as_str)), apart);
    }

    #[test]
    fn people_are_in_the_order_of_their_family_names() {
        let mut people = [
            ("Berg-Lind", "Alma"),
            ("Berg", "Östen"),
            ("Bergman", "Alma"),
            ("Berg", "Åsa"),
            ("Berg Lind", "Alma"),
            ("Berg", "Zoë"),
        ];
        people.sort_by_cached_key(|(family, given)| person_key(family, given));
        let names = people.map(|(family, given)| format!("{family}, {given}"));
        let expected = [
            "Berg, Zoë",
            "Berg, Åsa",
            "Berg, Östen",
            "Berg Lind, Alma",
            "Berg-Lind, Alma",
            "Bergman, Alma",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn marks_from_other_keyboards_are_the_same_marks() {
        assert_eq!(collation_key("O’Brien"), collation_key("O'Brien"));
        assert_eq!(collation_key("Lind–Berg"), collation_key("Lind-Berg"));
    }

    fn nfd(text: &str) -> String {
        icu_normalizer::DecomposingNormalizerBorrowed::new_nfd().normalize(text).into_owned()
    }

    proptest! {
        #[test]
        fn the_form_of_a_name_does_not_matter(name in "[A-Za-zåäöÅÄÖéüçšŁęôœ ’-]{0,12}") {
            prop_assert_eq!(collation_key(&name), collation_key(&nfd(&name)));
        }
    }
}
