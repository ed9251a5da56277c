//! Reads the text of a field. Every column that people fill is filled through here, so that what is
//! stored is in NFC and holds nothing that cannot be seen.

use kvarten_domain::Fault;

use super::{
    characters::{check, tidy_line, tidy_lines},
    form::{nfc, nfkc},
};
use crate::ServiceError;

fn checked(
    field: &'static str,
    text: String,
    most: usize,
    has_lines: bool,
) -> Result<String, ServiceError> {
    if text.chars().count() > most {
        return Err(ServiceError::invalid(field, Fault::TooLong));
    }
    check(&text, has_lines).map_err(|fault| ServiceError::invalid(field, fault))?;
    Ok(text)
}

/// A line of at most so many characters; may be empty.
pub(crate) fn optional_line(
    field: &'static str,
    text: &str,
    most: usize,
) -> Result<String, ServiceError> {
    checked(field, nfc(&tidy_line(text)), most, false)
}

/// A line of 1 to so many characters.
pub(crate) fn line(field: &'static str, text: &str, most: usize) -> Result<String, ServiceError> {
    let text = optional_line(field, text, most)?;
    if text.is_empty() { Err(ServiceError::invalid(field, Fault::Empty)) } else { Ok(text) }
}

/// A text of several lines and at most so many characters; may be empty.
pub(crate) fn paragraphs(
    field: &'static str,
    text: &str,
    most: usize,
) -> Result<String, ServiceError> {
    checked(field, nfc(&tidy_lines(text)), most, true)
}

/// A code, number or address that names something, as it is stored: small letters, without what comes
/// along in copying.
pub(crate) fn identifier(text: &str) -> String {
    nfkc(&tidy_line(text)).trim().to_lowercase()
}
