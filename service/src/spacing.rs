//! Tries that wait at the server: those of a network that has failed too often come one after another.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use kvarten_domain::Timestamp;

/// How far apart tries from such a network are.
const SPACING_MS: i64 = 1_000;

/// Waits up to this long are waited here; for longer ones the client is asked to come back.
pub(crate) const MAX_HOLD_MS: i64 = 8_000;
/// How many may be held at the same time.
const MAX_HELD: usize = 500;

/// When the next try from a network that has failed too often may begin, for each.
#[derive(Debug, Default)]
pub(crate) struct Spacing {
    next: Mutex<BTreeMap<String, i64>>,
    held: AtomicUsize,
}

impl Spacing {
    /// How long to wait for a place of one's own, in milliseconds.
    pub(crate) fn reserve(&self, key: &str, now: Timestamp) -> Result<i64, i64> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.retain(|_, at| *at > now.0);
        let at = next.get(key).copied().unwrap_or(now.0);
        let wait = at - now.0;
        if wait > MAX_HOLD_MS {
            return Err(wait);
        }
        next.insert(key.to_owned(), at + SPACING_MS);
        Ok(wait)
    }

    /// Counts one that is held; none where as many are held as there may be.
    pub(crate) fn hold(&self) -> Option<Held<'_>> {
        Held::new(&self.held)
    }
}

/// One that is held here; counted for as long.
pub(crate) struct Held<'s>(&'s AtomicUsize);

impl<'s> Held<'s> {
    fn new(count: &'s AtomicUsize) -> Option<Self> {
        let before = count.fetch_add(1, Ordering::AcqRel);
        let held = Self(count);
        (before < MAX_HELD).then_some(held)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_from_a_throttled_network_come_one_after_another() {
        let spacing = Spacing::default();
        let waits: Vec<_> = (0..10).map(|_| spacing.reserve("a", Timestamp(0))).collect();
        assert_eq!(waits[..3], [Ok(0), Ok(1_000), Ok(2_000)]);
        assert_eq!(waits[9], Err(9_000));
        assert_eq!(spacing.reserve("b", Timestamp(0)), Ok(0));
        assert_eq!(spacing.reserve("a", Timestamp(60_000)), Ok(0));
    }
}
