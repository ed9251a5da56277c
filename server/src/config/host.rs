//! Whether a host is this machine.

use std::net::IpAddr;

/// Whether what is sent to a host stays on the machine: a loopback address, or a name that means one.
#[must_use]
pub fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return address.to_canonical().is_loopback();
    }
    let name = bare.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("localhost", true)]
    #[case("LocalHost.", true)]
    #[case("kvarten.localhost", true)]
    #[case("127.0.0.1", true)]
    #[case("127.9.9.9", true)]
    #[case("[::1]", true)]
    #[case("::ffff:127.0.0.1", true)]
    #[case("localhost.example", false)]
    #[case("127.0.0.1.example", false)]
    #[case("10.0.0.1", false)]
    #[case("0.0.0.0", false)]
    #[case("smtp.kommun.example", false)]
    #[case("", false)]
    fn only_loopback_is(#[case] host: &str, #[case] expected: bool) {
        assert_eq!(is_this_machine(host), expected);
    }
}
