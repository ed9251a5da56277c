//! Unicode's normal forms (Unicode Annex 15).

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// Canonical composition: the form in which everything is stored.
#[must_use]
pub fn nfc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// Whether a text is stored as it should be.
#[must_use]
pub fn is_nfc(text: &str) -> bool {
    ComposingNormalizerBorrowed::new_nfc().is_normalized(text)
}

/// Compatibility composition: also without other widths, faces and ligatures of letters.
#[must_use]
pub fn nfkc(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text).into_owned()
}

/// Compatibility decomposition.
#[must_use]
pub fn nfkd(text: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfkd().normalize(text).into_owned()
}
