//! E-mail addresses as people type them: the one rule for what an address is.
//!
//! What is accepted here is what mail can be sent to: the same library reads it when it is. A domain
//! beyond ASCII is stored, compared and written to in its ASCII form, and shown in its own letters.
//! (Decision 033.)

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use kvarten_domain::{
    Fault,
    email::{EmailAddress, MAX_ADDRESS},
};
use lettre::Address;

use crate::text::{characters::is_disallowed_char, identifier, nfc};

/// Reads an address as typed.
///
/// # Errors
/// Empty, too long, or nothing that mail can be sent to.
pub fn read_email(text: &str) -> Result<EmailAddress, Fault> {
    let text = nfc(text.trim());
    if text.is_empty() {
        return Err(Fault::Empty);
    }
    if text.chars().count() > MAX_ADDRESS {
        return Err(Fault::TooLong);
    }
    if text.chars().any(is_disallowed_char) {
        return Err(Fault::Malformed);
    }
    let Some((local, domain)) = text.rsplit_once('@') else { return Err(Fault::Malformed) };
    let ascii = Uts46::new().to_ascii(
        domain.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
        DnsLength::Verify,
    );
    let ascii = ascii.map_err(|_| Fault::Malformed)?;
    let address = EmailAddress::read(&format!("{local}@{ascii}"))?;
    // The library that sends has the last word.
    match address.as_str().parse::<Address>() {
        Ok(_) => Ok(address),
        Err(_) => Err(Fault::Malformed),
    }
}

/// An address as it is shown: with its domain in its own letters.
#[must_use]
pub fn shown_email(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) if domain.contains("xn--") => {
            format!("{local}@{}", idna::domain_to_unicode(domain).0)
        }
        _ => address.to_owned(),
    }
}

/// The names in the database that a typed e-mail address or employee number may mean: as it was typed,
/// and as an address.
pub(crate) fn sign_in_names(text: &str) -> Vec<String> {
    let typed = identifier(text);
    let address = read_email(&typed).ok().map(|address| address.as_str().to_owned());
    let mut names = vec![typed];
    names.extend(address);
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("Anna@EXÄMPEL.se", Ok("anna@xn--exmpel-cua.se"))]
    #[case::decomposed("anna@exa\u{308}mpel.se", Ok("anna@xn--exmpel-cua.se"))]
    #[case::ascii_form("anna@xn--exmpel-cua.se", Ok("anna@xn--exmpel-cua.se"))]
    #[case::wide("anna@ｅｘｅｍｐｅｌ.se", Ok("anna@exempel.se"))]
    #[case::ideographic_stop("anna@exempel。se", Ok("anna@exempel.se"))]
    #[case("straße@straße.de", Err(Fault::Malformed))]
    #[case("anna@straße.de", Ok("anna@xn--strae-oqa.de"))]
    #[case::soft_hyphen("anna@exem\u{ad}pel.se", Err(Fault::Malformed))]
    #[case::zero_width("an\u{200b}na@exempel.se", Err(Fault::Malformed))]
    #[case::right_to_left("anna@exempel.se\u{202e}", Err(Fault::Malformed))]
    #[case::local_part("åsa@exempel.se", Err(Fault::Malformed))]
    #[case::bad_ascii_form("anna@xn--a.se", Err(Fault::Malformed))]
    #[case::comma("anna,holm@lindvike.example", Err(Fault::Malformed))]
    #[case::comma_in_domain("anna@lindvike,example", Err(Fault::Malformed))]
    #[case::empty("", Err(Fault::Empty))]
    fn addresses(#[case] text: &str, #[case] expected: Result<&str, Fault>) {
        let read = read_email(text);
        assert_eq!(read.as_ref().map(EmailAddress::as_str), expected.as_ref().map(|text| *text));
    }

    #[test]
    fn an_address_is_shown_in_its_own_letters() {
        let read = read_email("anna@exämpel.se").expect("an address");
        assert_eq!(shown_email(read.as_str()), "anna@exämpel.se");
        assert_eq!(shown_email("anna@exempel.se"), "anna@exempel.se");
        assert_eq!(
            sign_in_names(" Anna@Exämpel.se"),
            ["anna@exämpel.se", "anna@xn--exmpel-cua.se"]
        );
        assert_eq!(sign_in_names("10001"), ["10001"]);
    }

    proptest! {
        #[test]
        fn what_is_accepted_can_be_sent_to(text in "\\PC{0,20}(@|,|\\.)\\PC{0,20}(\\.[a-zåäö]{1,5})?") {
            if let Ok(address) = read_email(&text) {
                prop_assert!(address.as_str().parse::<Address>().is_ok(), "{address:?}");
                prop_assert!(address.as_str().is_ascii());
                prop_assert_eq!(read_email(address.as_str()), Ok(address.clone()));
                prop_assert_eq!(read_email(&shown_email(address.as_str())), Ok(address));
            }
        }

        #[test]
        fn what_can_be_sent_to_by_a_plain_name_is_accepted(
            local in "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\\.[a-z0-9]{1,9}){0,2}",
            domain in "[a-z0-9]{1,10}(-[a-z0-9]{1,9})?(\\.[a-z0-9]{1,9}){0,2}\\.[a-z]{2,9}",
        ) {
            let text = format!("{local}@{domain}");
            prop_assert!(text.parse::<Address>().is_ok());
            // Hyphens in the third and fourth place mark the ASCII form of another domain.
            if !domain.contains("xn-") {
                prop_assert_eq!(
                    read_email(&text).map(|read| read.as_str().to_owned()),
                    Ok(text.to_lowercase())
                );
            }
        }
    }
}
