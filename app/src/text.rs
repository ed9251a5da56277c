//! Words, dates and numbers in the reader's language.
//!
//! The language is fixed while a page lives: choosing another loads the page anew.

use kvarten_domain::{Date, lesson::LessonLink};
use leptos::prelude::*;

use crate::i18n::Locale;

/// The reader's language, as a context.
#[derive(Clone, Copy, Debug)]
pub struct Lang(pub Locale);

/// The reader's language.
pub fn lang() -> Locale {
    use_context::<Lang>().map_or(Locale::sv, |lang| lang.0)
}

/// A text from the translation files: `tr!(language, group.key, name = value …)`.
macro_rules! tr {
    ($lang:expr, $($key:tt)+) => {
        leptos_i18n::td_string!($lang, $($key)+)
    };
}
pub(crate) use tr;

impl From<kvarten_domain::Locale> for Lang {
    fn from(locale: kvarten_domain::Locale) -> Self {
        Self(match locale {
            kvarten_domain::Locale::Sv => Locale::sv,
            kvarten_domain::Locale::En => Locale::en,
        })
    }
}

/// A date in words: 21 november 2026.
pub fn date(l: Locale, date: Date) -> String {
    let month = match date.month {
        1 => tr!(l, month.m1),
        2 => tr!(l, month.m2),
        3 => tr!(l, month.m3),
        4 => tr!(l, month.m4),
        5 => tr!(l, month.m5),
        6 => tr!(l, month.m6),
        7 => tr!(l, month.m7),
        8 => tr!(l, month.m8),
        9 => tr!(l, month.m9),
        10 => tr!(l, month.m10),
        11 => tr!(l, month.m11),
        _ => tr!(l, month.m12),
    };
    tr!(l, app.date, day = date.day, month = month, year = date.year).to_string()
}

/// A number with its thousands apart: 1 240 in Swedish, 1,240 in English.
pub fn number(l: Locale, number: u32) -> String {
    let apart = if matches!(l, Locale::sv) { '\u{a0}' } else { ',' };
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(apart);
        }
        text.push(digit);
    }
    text
}

/// Tenths as a decimal number: 12,5 in Swedish, 12.5 in English.
pub fn tenths(l: Locale, tenths: u32) -> String {
    let mark = if matches!(l, Locale::sv) { ',' } else { '.' };
    format!("{}{mark}{}", number(l, tenths / 10), tenths % 10)
}

/// So many minutes, in words.
pub fn minutes(l: Locale, count: impl Into<u32>) -> String {
    let count = count.into();
    if count == 1 {
        tr!(l, app.minute).to_string()
    } else {
        tr!(l, app.minutes, count = count).to_string()
    }
}

/// How many people are shown of how many, in words.
pub fn shown_of(l: Locale, shown: usize, total: usize) -> String {
    if total == 1 {
        tr!(l, unit.one, shown = shown).to_string()
    } else {
        tr!(l, unit.count, shown = shown, total = total).to_string()
    }
}

/// A lesson in a list to choose from.
pub fn lesson_option(l: Locale, link: &LessonLink) -> String {
    let system = link.system.name.clone();
    let place = tr!(l, app.system_level, system = system, level = link.level.number());
    format!("{place}: {}", link.title)
}

/// So many lessons, in words.
pub fn lessons(l: Locale, count: impl Into<u16>) -> String {
    let count = count.into();
    if count == 1 {
        tr!(l, program.count_one).to_string()
    } else {
        tr!(l, program.count, count = count).to_string()
    }
}

/// The tag of a language, for the attribute `lang` of what stands amid another.
pub const fn tag(l: Locale) -> &'static str {
    match l {
        Locale::sv => "sv",
        Locale::en => "en",
    }
}

/// A text as the value of a parameter in an address.
pub fn escaped(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let [high, low] = [byte >> 4, byte & 15].map(|digit| HEX[usize::from(digit)]);
            escaped.extend(['%', char::from(high), char::from(low)]);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_numbers_follow_the_language() {
        let day = Date { year: 2026, month: 11, day: 21 };
        assert_eq!(date(Locale::sv, day), "21 november 2026");
        assert_eq!(date(Locale::en, day), "21 November 2026");
        assert_eq!(number(Locale::sv, 1_240), "1\u{a0}240");
        assert_eq!(number(Locale::en, 1_234_567), "1,234,567");
        assert_eq!(number(Locale::sv, 0), "0");
        assert_eq!(tenths(Locale::sv, 125), "12,5");
        assert_eq!(minutes(Locale::sv, 1u8), "1 minut");
        assert_eq!(minutes(Locale::en, 12u8), "12 minutes");
    }

    #[test]
    fn a_parameter_keeps_what_it_holds() {
        assert_eq!(escaped("/lar?sok=r%C3%A4tt&niva=2"), "/lar%3Fsok%3Dr%25C3%25A4tt%26niva%3D2");
        assert_eq!(escaped("ä"), "%C3%A4");
    }
}
