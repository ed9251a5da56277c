//! Where a request comes from, by those who can be believed.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of whoever asks (of IPv6, the network); empty where there is no connection, as in tests.
///
/// Each proxy adds, on the right, the address it was asked from. With so many trusted proxies,
/// the entry so far from the right is the last that one of them wrote; what stands further left
/// anybody may have written.
pub fn client_address(headers: &HeaderMap, extensions: &Extensions, trusted_proxies: u8) -> String {
    client_ip(headers, extensions, trusted_proxies)
        .map(|address| customer(address).to_string())
        .unwrap_or_default()
}

/// The same, whole.
pub fn client_ip(
    headers: &HeaderMap,
    extensions: &Extensions,
    trusted_proxies: u8,
) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    forwarded(headers, trusted_proxies).or(peer).map(|address| address.to_canonical())
}

/// Of an IPv6 address the network: the rest is the customer's own to choose, and to change.
fn customer(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() >> 64 << 64)),
    }
}

fn forwarded(headers: &HeaderMap, trusted_proxies: u8) -> Option<IpAddr> {
    let furthest = usize::from(trusted_proxies).checked_sub(1)?;
    let lines = headers.get_all(FORWARDED_FOR);
    let entries: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect();
    let entry = entries.iter().rev().nth(furthest).or(entries.first())?;
    let with_port = || entry.parse::<SocketAddr>().map(|address| address.ip());
    entry.parse().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::no_proxy_is_trusted(0, &["192.0.2.1"], "10.0.0.9")]
    #[case::nothing_said(1, &[], "10.0.0.9")]
    #[case::one_proxy(1, &["192.0.2.1"], "192.0.2.1")]
    #[case::one_proxy_and_a_lie(1, &["198.51.100.7, 192.0.2.1"], "192.0.2.1")]
    #[case::a_lie_on_a_line_of_its_own(1, &["198.51.100.7", "192.0.2.1"], "192.0.2.1")]
    #[case::two_proxies(2, &["198.51.100.7, 192.0.2.1, 10.0.0.8"], "192.0.2.1")]
    #[case::fewer_than_expected(3, &["192.0.2.1, 10.0.0.8"], "192.0.2.1")]
    #[case::with_a_port(1, &["192.0.2.1:4711"], "192.0.2.1")]
    #[case::six(1, &["[2001:db8::1]:4711"], "2001:db8::")]
    #[case::another_of_the_same(1, &["2001:db8::42:1"], "2001:db8::")]
    #[case::another_customer(1, &["2001:db8:0:7::1"], "2001:db8:0:7::")]
    #[case::four_in_six(1, &["::ffff:192.0.2.1"], "192.0.2.1")]
    #[case::nonsense(1, &["unknown"], "10.0.0.9")]
    fn the_last_believable_entry_counts(
        #[case] trusted_proxies: u8,
        #[case] lines: &[&'static str],
        #[case] expected: &str,
    ) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().expect("a value"));
        }
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 9], 5))));
        assert_eq!(client_address(&headers, &extensions, trusted_proxies), expected);
    }
}
