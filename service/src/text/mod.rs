//! What people type: one model for all of it.
//!
//! * [`form`]: Unicode's normal forms. Everything that is stored is in NFC.
//! * [`characters`]: what no text may hold.
//! * [`field`]: reads the text of a field, in NFC, checked. The only way into a column that people fill.
//! * [`collation`]: the order of names.
//! * [`identity`]: which names are the same name, and which look alike.
//! * [`Alias`]: a name for the leaderboard.
//! * [`gap`]: what counts in a word for a gap.
//! * [`columns`]: every text column of the schema, and whether people fill it.

mod alias;
mod backfill;
pub mod characters;
pub mod collation;
pub mod columns;
mod field;
pub mod form;
pub(crate) mod gap;
pub mod identity;
mod swedish;

pub use alias::Alias;
pub use collation::{CollationKey, collation_key};
pub use form::{nfc, nfkd};
pub use identity::{identity_key, lookalike_key};

pub use backfill::{Findings, convert_stored_text};
pub(crate) use field::{identifier, line, optional_line, paragraphs};

use kvarten_domain::text::fold_diacritics;

/// A text as it is searched and compared; see [`fold_diacritics`].
#[must_use]
pub fn fold(text: &str) -> String {
    fold_diacritics(text, nfkd)
}
