//! The languages of the interface. Content carries its own language tag.

use serde::{Deserialize, Serialize};

/// A language the interface speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Swedish, the source language.
    #[default]
    Sv,
    /// English.
    En,
}

impl Locale {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Sv, Self::En];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Sv => "sv",
            Self::En => "en",
        }
    }

    /// The language of a tag such as `sv`, `sv-SE` or `en-GB`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|locale| locale.tag().eq_ignore_ascii_case(primary))
    }

    /// The best language for an `Accept-Language` header (RFC 9110 section 12.5.4): highest
    /// quality first, earlier wins a tie, Swedish where nothing fits.
    #[must_use]
    pub fn negotiate(accept_language: &str) -> Self {
        let mut best: Option<(Self, f32)> = None;
        for part in accept_language.split(',').take(32) {
            let mut fields = part.split(';');
            let Some(locale) = fields.next().and_then(Self::from_tag) else { continue };
            let quality = fields
                .find_map(|field| field.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
            if quality > 0.0 && best.is_none_or(|(_, leader)| quality > leader) {
                best = Some((locale, quality));
            }
        }
        best.map_or_else(Self::default, |(locale, _)| locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", Locale::Sv)]
    #[case("sv-SE,sv;q=0.9,en;q=0.8", Locale::Sv)]
    #[case("en-GB,en;q=0.9", Locale::En)]
    #[case("de,fr;q=0.9", Locale::Sv)]
    #[case("de, en;q=0.3, sv;q=0.7", Locale::Sv)]
    #[case("sv;q=0, en;q=0.1", Locale::En)]
    #[case("en;q=frog", Locale::Sv)]
    fn the_header_chooses(#[case] header: &str, #[case] expected: Locale) {
        assert_eq!(Locale::negotiate(header), expected);
    }
}
