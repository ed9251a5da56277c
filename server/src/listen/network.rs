//! Networks that requests come from, and how many places each may take.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
};

/// A network: an address, and how many of its bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

impl Network {
    /// The networks that an address is counted in. Of IPv6 a customer has one of 64, 56 or 48 bits, and
    /// chooses the rest freely.
    pub fn all_of(address: IpAddr) -> Vec<Self> {
        match address.to_canonical() {
            IpAddr::V4(four) => vec![Self { base: four.into(), bits: 32 }],
            IpAddr::V6(six) => [64, 56, 48].map(|bits| Self::six(six, bits)).into(),
        }
    }

    fn six(address: Ipv6Addr, bits: u8) -> Self {
        let unused = 128 - u32::from(bits);
        Self { base: Ipv6Addr::from_bits(address.to_bits() >> unused << unused).into(), bits }
    }

    /// How many places it may have for every four that are free. A whole municipality may be behind
    /// one address.
    const fn for_four(self) -> usize {
        match self.bits {
            64 => 2,
            56 => 3,
            _ => 4,
        }
    }
}

/// Whether there is a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// There is.
    Free,
    /// A network has its share.
    Over(Network),
    /// All are taken.
    Full,
}

/// Places, and who has them. A network may have as many as are left free by all: alone it gets almost
/// half, of two each a third. The last eighth is for those who have few: those who take all they can get
/// leave something for the next.
#[derive(Debug)]
pub struct Shares {
    most: usize,
    taken: usize,
    by: HashMap<Network, usize>,
}

impl Shares {
    /// So many places, all free.
    pub fn new(most: usize) -> Self {
        Self { most, taken: 0, by: HashMap::new() }
    }

    /// How many are free.
    pub const fn free(&self) -> usize {
        self.most.saturating_sub(self.taken)
    }

    /// How many there are.
    pub const fn most(&self) -> usize {
        self.most
    }

    /// Whether there is a place for a request of these networks.
    pub fn room_for(&self, networks: &[Network]) -> Room {
        let free = self.free();
        if free == 0 {
            return Room::Full;
        }
        let open = free.saturating_sub(self.most / 8);
        let is_over = |network: &&Network| {
            let has = self.by.get(network).copied().unwrap_or(0);
            has >= self.few() && has * 4 >= open * network.for_four()
        };
        let over = networks.iter().find(is_over);
        over.map_or(Room::Free, |network| Room::Over(*network))
    }

    /// So many are few.
    fn few(&self) -> usize {
        (self.most / 64).clamp(2, 16)
    }

    /// Takes a place.
    pub fn take(&mut self, networks: &[Network]) {
        self.taken += 1;
        for network in networks {
            *self.by.entry(*network).or_default() += 1;
        }
    }

    /// Gives a place back.
    pub fn give_back(&mut self, networks: &[Network]) {
        self.taken = self.taken.saturating_sub(1);
        for network in networks {
            if let Some(count) = self.by.get_mut(network) {
                *count -= 1;
                if *count == 0 {
                    self.by.remove(network);
                }
            }
        }
    }

    /// The network with the most places.
    pub fn greediest(&self) -> Option<Network> {
        self.by.iter().max_by_key(|(_, count)| **count).map(|(network, _)| *network)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn networks(address: &str) -> Vec<Network> {
        Network::all_of(address.parse().expect("an address"))
    }

    /// Takes what there is for an address; how many that were.
    fn grab(shares: &mut Shares, address: &str) -> usize {
        let networks = networks(address);
        let before = shares.taken;
        while shares.room_for(&networks) == Room::Free {
            shares.take(&networks);
        }
        shares.taken - before
    }

    #[rstest]
    #[case::four("192.0.2.1", 438)]
    #[case::four_in_six("::ffff:192.0.2.1", 438)]
    #[case::six("2001:db8::1", 292)]
    fn one_address_gets_at_most_half(#[case] address: &str, #[case] expected: usize) {
        let mut shares = Shares::new(1_000);
        assert_eq!(grab(&mut shares, address), expected);
        assert!(shares.room_for(&networks("198.51.100.1")) == Room::Free);
    }

    #[test]
    fn many_greedy_addresses_leave_something() {
        let mut shares = Shares::new(1_000);
        for last in 0..12 {
            assert!(grab(&mut shares, &format!("192.0.2.{last}")) > 0, "{last}");
        }
        assert!(shares.free() > 0);
        assert_eq!(shares.room_for(&networks("198.51.100.1")), Room::Free);
    }

    #[test]
    fn a_customer_with_many_networks_is_one_customer() {
        let mut shares = Shares::new(1_000);
        for network in 0..2_000 {
            grab(&mut shares, &format!("2001:db8:0:{network:x}::1"));
        }
        assert!(shares.taken <= 500, "{}", shares.taken);
        assert_eq!(shares.room_for(&networks("2001:db8:1::1")), Room::Free);
    }

    #[test]
    fn what_is_given_back_is_free_again() {
        let mut shares = Shares::new(10);
        let mine = networks("192.0.2.1");
        assert_eq!(grab(&mut shares, "192.0.2.1"), 5, "of ten");
        assert_eq!(shares.room_for(&mine), Room::Over(mine[0]));
        assert_eq!(shares.greediest(), Some(mine[0]));
        for _ in 0..5 {
            shares.give_back(&mine);
        }
        assert_eq!((shares.free(), shares.greediest()), (10, None));
        let mut none = Shares::new(0);
        none.take(&mine);
        assert_eq!(none.room_for(&mine), Room::Full);
    }
}
