//! E-mail addresses, in the form in which they are stored, compared and written to.

use crate::fault::Fault;

/// The longest address in characters (RFC 5321, section 4.5.3.1.3, without the angle brackets).
pub const MAX_ADDRESS: usize = 254;
const MAX_LOCAL_PART: usize = 64;
const MAX_LABEL: usize = 63;

/// An address that every mail server can be asked to deliver to: a dot-atom (RFC 5322, section 3.2.3),
/// `@`, and a host name of two labels or more (RFC 1123, section 2.1). ASCII, lower case. Domains with
/// other letters are in their ASCII form (RFC 5891): the server crate converts them, as that takes
/// Unicode's tables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address. Upper and lower case are the same; blanks around it are left out.
    ///
    /// # Errors
    /// Empty, too long, or not an address: quoted local parts, comments, display names, address
    /// literals and local parts beyond ASCII are not accepted.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Fault::Empty);
        }
        let Some((local, domain)) = text.split_once('@') else { return Err(Fault::Malformed) };
        if text.len() > MAX_ADDRESS || local.len() > MAX_LOCAL_PART {
            return Err(Fault::TooLong);
        }
        if is_dot_atom(local) && is_host_name(domain) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(Fault::Malformed)
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_dot_atom(text: &str) -> bool {
    let is_atext = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

fn is_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some((_, top)) = text.rsplit_once('.') else { return false };
    // A top level of digits alone is an IP address.
    text.split('.').all(is_label) && !top.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Alma.Berg@Lindvike.example", Ok("alma.berg@lindvike.example"))]
    #[case(" alma+kvarten@exempel.se\u{a0}", Ok("alma+kvarten@exempel.se"))]
    #[case("o'brien@a.b-c.se", Ok("o'brien@a.b-c.se"))]
    #[case("anna@xn--exmpel-cua.se", Ok("anna@xn--exmpel-cua.se"))]
    #[case::nothing("", Err(Fault::Empty))]
    #[case::blank(" \u{a0}", Err(Fault::Empty))]
    #[case::no_at("alma", Err(Fault::Malformed))]
    #[case::no_domain("alma@", Err(Fault::Malformed))]
    #[case::no_local("@exempel.se", Err(Fault::Malformed))]
    #[case::two_ats("a@b@c.se", Err(Fault::Malformed))]
    #[case::blank_inside("a b@c.se", Err(Fault::Malformed))]
    #[case::comma("anna,holm@lindvike.example", Err(Fault::Malformed))]
    #[case::semicolon("a@b.se;c@d.se", Err(Fault::Malformed))]
    #[case::angle("<a@b.se>", Err(Fault::Malformed))]
    #[case::named("Anna <a@b.se>", Err(Fault::Malformed))]
    #[case::quoted("\"anna holm\"@b.se", Err(Fault::Malformed))]
    #[case::comment("anna(x)@b.se", Err(Fault::Malformed))]
    #[case::first_dot(".a@b.se", Err(Fault::Malformed))]
    #[case::last_dot("a.@b.se", Err(Fault::Malformed))]
    #[case::two_dots("a..b@c.se", Err(Fault::Malformed))]
    #[case::line("a@b.se\r\nBcc: c@d.se", Err(Fault::Malformed))]
    #[case::one_label("a@c", Err(Fault::Malformed))]
    #[case::empty_label("a@c..se", Err(Fault::Malformed))]
    #[case::root("a@c.se.", Err(Fault::Malformed))]
    #[case::hyphen("a@-c.se", Err(Fault::Malformed))]
    #[case::underscore("a@b_c.se", Err(Fault::Malformed))]
    #[case::literal("a@[127.0.0.1]", Err(Fault::Malformed))]
    #[case::ip("a@127.0.0.1", Err(Fault::Malformed))]
    #[case::beyond_ascii("åsa@exempel.se", Err(Fault::Malformed))]
    #[case::domain_beyond_ascii("asa@exämpel.se", Err(Fault::Malformed))]
    fn addresses(#[case] text: &str, #[case] expected: Result<&str, Fault>) {
        let read = EmailAddress::read(text);
        assert_eq!(read.as_ref().map(EmailAddress::as_str), expected.as_ref().map(|text| *text));
    }

    #[rstest]
    #[case(64, 59, true)]
    #[case(65, 59, false)]
    #[case(64, 186, true)]
    #[case(64, 187, false)]
    fn long_ones(#[case] local: usize, #[case] domain: usize, #[case] is_accepted: bool) {
        // Labels of 59 letters and a dot each, then what is left.
        let domain: String = (0..domain).map(|at| if at % 60 == 59 { '.' } else { 'd' }).collect();
        let read = EmailAddress::read(&format!("{}@{domain}.se", "a".repeat(local)));
        let expected = if is_accepted { Ok(()) } else { Err(Fault::TooLong) };
        assert_eq!(read.map(|_| ()), expected);
    }
}
