//! Which connections there are, and which has to go when places are short.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    Limits,
    connection::{Connection, Order, Use, millis, now_ms},
    network::{Network, Room, Shares},
};

/// Of a network's connections that can be spared, one in so many is given up at once: the next to
/// come need not look again.
const AT_ONCE: usize = 16;

/// The places for connections.
#[derive(Debug)]
pub struct Places {
    limits: Limits,
    held: Mutex<Held>,
}

#[derive(Debug)]
struct Held {
    shares: Shares,
    guests: HashMap<u64, Guest>,
    next: u64,
    /// A network that had nothing to spare, and until when it is not looked through again.
    barren: Option<(Network, u64)>,
}

/// A connection that has a place, or had one and is to end.
#[derive(Debug)]
struct Guest {
    connection: Arc<Connection>,
    has_place: bool,
}

/// A place; given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    number: u64,
    places: Arc<Places>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.places.held();
        // What was given up gave its place back then.
        if let Some(guest) = held.guests.remove(&self.number).filter(|guest| guest.has_place) {
            held.shares.give_back(&guest.connection.networks);
        }
    }
}

impl Places {
    pub fn new(limits: Limits) -> Self {
        let shares = Shares::new(limits.most);
        let held = Held { shares, guests: HashMap::new(), next: 0, barren: None };
        Self { limits, held: Mutex::new(held) }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a connection from an address. Where its network has its share, or all places are
    /// taken, idle connections go first, then slow ones; where there are none, the new one is refused.
    pub fn take(self: &Arc<Self>, peer: IpAddr) -> Option<(Place, Arc<Connection>)> {
        let networks = if self.limits.is_counted { Network::all_of(peer) } else { Vec::new() };
        let mut held = self.held();
        // It gets tight: whoever has most gives back what lies idle.
        if held.shares.free() < held.shares.most() / 16 {
            let greediest = held.shares.greediest();
            held.spare(greediest, Use::Idle, &self.limits);
        }
        for _ in 0..3 {
            let over = match held.shares.room_for(&networks) {
                Room::Free => break,
                Room::Over(network) => Some(network),
                Room::Full => held.shares.greediest(),
            };
            if held.spare(over, Use::Slow, &self.limits) == 0 {
                break;
            }
        }
        if held.shares.room_for(&networks) != Room::Free {
            return None;
        }
        held.shares.take(&networks);
        let number = held.next;
        held.next += 1;
        let connection = Arc::new(Connection::new(networks));
        let guest = Guest { connection: Arc::clone(&connection), has_place: true };
        held.guests.insert(number, guest);
        Some((Place { number, places: Arc::clone(self) }, connection))
    }

    /// Ends what has had its time.
    pub fn sweep(&self, limits: &Limits) {
        let now = now_ms();
        let mut held = self.held();
        let overdue: Vec<(u64, Order)> = held
            .guests
            .iter()
            .filter_map(|(number, one)| Some((*number, one.connection.overdue(limits, now)?)))
            .collect();
        for (number, order) in overdue {
            held.give_up(number, order);
        }
    }

    /// Makes room whoever has it: there are no files left.
    pub fn make_room(&self) {
        let mut held = self.held();
        let greediest = held.shares.greediest();
        held.spare(greediest, Use::Slow, &self.limits);
    }

    /// Tells every connection to end.
    pub fn end_all(&self, order: Order) {
        for guest in self.held().guests.values() {
            guest.connection.end(order);
        }
    }
}

impl Held {
    fn give_up(&mut self, number: u64, order: Order) {
        let Some(guest) = self.guests.get_mut(&number) else { return };
        guest.connection.end(order);
        if std::mem::take(&mut guest.has_place) {
            self.shares.give_back(&guest.connection.networks);
        }
    }

    /// Gives up some of what can be spared in a network, or anywhere where none is named: what is idle
    /// and, as far as `most` goes, slow; the longest first. How many that were.
    fn spare(&mut self, network: Option<Network>, most: Use, limits: &Limits) -> usize {
        let now = now_ms();
        if let (Some(network), Some((barren, until))) = (network, self.barren)
            && network == barren
            && now < until
        {
            return 0;
        }
        let is_there = |one: &Connection| network.is_none_or(|it| one.networks.contains(&it));
        let mut spare: Vec<(Use, u64, u64)> = self
            .guests
            .iter()
            .filter(|(_, one)| one.has_place && is_there(&one.connection))
            .map(|(number, one)| (one.connection.in_use(limits, now), *number))
            .filter(|((use_of, _), _)| *use_of <= most)
            .map(|((use_of, since), number)| (use_of, since, number))
            .collect();
        if spare.is_empty() && most == Use::Slow {
            self.barren = network.map(|it| (it, now + millis(limits.slow) / 4));
        }
        spare.sort_unstable();
        let count = spare.len().div_ceil(AT_ONCE);
        for (use_of, _, number) in spare.into_iter().take(count) {
            self.give_up(number, if use_of == Use::Idle { Order::Leave } else { Order::Drop });
        }
        count
    }
}
