//! The networks that a client's address belongs to.

use std::net::{IpAddr, Ipv6Addr};

/// A network, smallest first, and how many customers it may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    /// As text, such as `192.0.2.7` or `2001:db8::/48`.
    pub(crate) name: String,
    /// How many times as much may come from here as from one address.
    pub(crate) share: i32,
}

/// Prefixes of IPv6 that one customer may hold, and how much more may come from the larger ones.
const PREFIXES: [(u8, i32); 3] = [(64, 1), (56, 2), (48, 4)];

/// The networks of an address, smallest first. Of IPv4 it is the address itself; of IPv6 the /64,
/// the /56 and the /48, any of which may be one customer's. What is no address is a network of its own.
pub(crate) fn networks(address: &str) -> Vec<Network> {
    match address.parse().map(|address: IpAddr| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let prefix = |(length, share): (u8, i32)| {
                let bits = address.to_bits() & (u128::MAX << (128 - u32::from(length)));
                Network { name: format!("{}/{length}", Ipv6Addr::from_bits(bits)), share }
            };
            PREFIXES.into_iter().map(prefix).collect()
        }
        Ok(address) => vec![Network { name: address.to_string(), share: 1 }],
        Err(_) => vec![Network { name: address.to_owned(), share: 1 }],
    }
}

/// The largest of the networks of an address: whoever has it shares the queue as one.
pub(crate) fn largest(networks: &[Network]) -> &str {
    networks.last().map_or("", |network| &network.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("192.0.2.7", &["192.0.2.7"])]
    #[case("::ffff:192.0.2.7", &["192.0.2.7"])]
    #[case("2001:db8:1:2::", &["2001:db8:1:2::/64", "2001:db8:1::/56", "2001:db8:1::/48"])]
    #[case("2001:db8:1:ff42::1", &["2001:db8:1:ff42::/64", "2001:db8:1:ff00::/56", "2001:db8:1::/48"])]
    #[case("", &[""])]
    fn an_address_is_in_these_networks(#[case] address: &str, #[case] expected: &[&str]) {
        let names: Vec<_> = networks(address).into_iter().map(|network| network.name).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn larger_networks_may_send_more() {
        let shares: Vec<_> = networks("2001:db8::1").iter().map(|network| network.share).collect();
        assert_eq!(shares, [1, 2, 4]);
        assert_eq!(largest(&networks("2001:db8::1")), "2001:db8::/48");
    }
}
