//! Who hashes next: fair shares between networks, and within a network between accounts.
//!
//! Waiting requests form a tree: lane, network, account. Each node serves its children in turn, so
//! that a flood from one address, or at one account, only makes itself wait. Lanes share by
//! weight: none starves another.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use super::tree::{Node, Wait};

/// The most requests that wait for one account from one network.
const MAX_PER_ACCOUNT: usize = 4;
/// The most requests that wait from one network: a municipality at the start of a shift.
const MAX_PER_NETWORK: usize = 256;
/// The most requests that wait in all: some ten seconds' work.
const MAX_WAITING: usize = 512;

/// Which lane is served next, where several wait: six of known devices for three of others and one
/// of those that have tried a lot just now.
const SCHEDULE: [Lane; 10] = {
    use Lane::{Busy, Known, Ordinary};
    [Known, Ordinary, Known, Ordinary, Known, Busy, Known, Ordinary, Known, Known]
};

/// After so many tries, right or wrong, an account is busy.
const MAX_RECENT: f64 = 10.0;
/// How long it takes until one try is forgotten.
const FORGET: Duration = Duration::from_secs(3);
/// When forgotten tries are cleared away.
const MAX_ACCOUNTS: usize = 4_096;

/// How urgent a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// From a device that has signed in as this person before.
    Known,
    /// From any other.
    Ordinary,
    /// From an account that has tried a lot just now, whether or not the password was right.
    Busy,
}

/// Where a request waits.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    lane: Lane,
    /// The network, smaller networks in it, and last the account.
    path: Vec<String>,
}

impl Place {
    pub(crate) const fn new(lane: Lane, path: Vec<String>) -> Self {
        Self { lane, path }
    }
}

/// A queue with one turn at a time. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue(Arc<Mutex<State>>);

/// The right to work; goes to the next request when it is dropped.
#[derive(Debug)]
pub(super) struct Turn(Queue);

#[derive(Debug, Default)]
struct State {
    is_busy: bool,
    lanes: BTreeMap<Lane, Node<Waiter>>,
    /// Where in the schedule the next turn is looked for.
    cursor: usize,
    recent: BTreeMap<Vec<String>, (f64, Option<Instant>)>,
}

/// A request that waits.
type Waiter = oneshot::Sender<Turn>;

impl Wait for Waiter {
    fn is_over(&self) -> bool {
        self.is_closed()
    }
}

impl State {
    fn len(&self) -> usize {
        self.lanes.values().map(Node::len).sum()
    }

    /// Counts a try; whether there have been many just now.
    fn is_busy_account(&mut self, path: &[String], now: Instant) -> bool {
        let level_of = |(level, at): &(f64, Option<Instant>)| {
            let passed = at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
            level - passed.as_secs_f64() / FORGET.as_secs_f64()
        };
        if self.recent.len() >= MAX_ACCOUNTS {
            self.recent.retain(|_, entry| level_of(entry) > 0.0);
        }
        let entry = self.recent.entry(path.to_vec()).or_default();
        let level = level_of(entry).max(0.0) + 1.0;
        *entry = (level.min(2.0 * MAX_RECENT), Some(now));
        level > MAX_RECENT
    }

    /// Whether there is room for one more; makes room where others take more than their share.
    fn make_room(&mut self, place: &Place) -> bool {
        let network = &place.path[..1.min(place.path.len())];
        let lane = self.lanes.entry(place.lane).or_default();
        if lane.len_at(&place.path) >= MAX_PER_ACCOUNT || lane.len_at(network) >= MAX_PER_NETWORK {
            lane.forget_over();
        }
        if lane.len_at(&place.path) >= MAX_PER_ACCOUNT || lane.len_at(network) >= MAX_PER_NETWORK {
            return false;
        }
        let own = lane.len_at(network) + 1;
        if self.len() < MAX_WAITING {
            return true;
        }
        self.lanes.values_mut().for_each(Node::forget_over);
        if self.len() < MAX_WAITING {
            return true;
        }
        // From the least urgent lane that is not more urgent than this one.
        let crowded = self.lanes.iter_mut().rev().find(|(lane, node)| {
            **lane >= place.lane && (**lane > place.lane || node.largest() > own) && node.len() > 0
        });
        crowded.is_some_and(|(_, node)| {
            node.drop_newest();
            true
        })
    }

    fn next(&mut self) -> Option<Waiter> {
        let start = SCHEDULE[self.cursor];
        self.cursor = (self.cursor + 1) % SCHEDULE.len();
        let order = [start, Lane::Known, Lane::Ordinary, Lane::Busy];
        order.iter().find_map(|lane| self.lanes.get_mut(lane)?.pop())
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn; none where there is no place left to wait in.
    pub(super) async fn wait(&self, mut place: Place) -> Option<Turn> {
        let turn = {
            let mut state = self.state();
            if state.is_busy_account(&place.path, Instant::now()) {
                place.lane = Lane::Busy;
            }
            if !state.is_busy {
                state.is_busy = true;
                return Some(Turn(self.clone()));
            }
            if !state.make_room(&place) {
                return None;
            }
            let (give, turn) = oneshot::channel();
            let lane = state.lanes.entry(place.lane).or_default();
            lane.push(&place.path, give);
            turn
        };
        turn.await.ok()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        loop {
            let next = {
                let mut state = self.0.state();
                let next = state.next();
                if next.is_none() {
                    state.is_busy = false;
                }
                next
            };
            let Some(next) = next else { return };
            if next.is_closed() {
                continue;
            }
            // A client that hangs up at this very moment drops the turn, and so passes it on.
            drop(next.send(Self(self.0.clone())));
            return;
        }
    }
}

#[cfg(test)]
mod tests;
