//! How many tries of one account from one network are under way. A flood is turned away here, before
//! it costs a statement.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The most tries under way of one account from one network with one cookie: one that is being
/// verified and those that wait.
const MAX_TRIES: u32 = 5;

#[derive(Debug, Default)]
struct Entry {
    under_way: u32,
    refused: u64,
}

/// The tries under way. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct InFlight(Arc<Mutex<BTreeMap<String, Entry>>>);

/// One try; it is under way until this is dropped.
#[derive(Debug)]
pub(crate) struct Try {
    all: InFlight,
    key: String,
}

impl InFlight {
    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a try.
    ///
    /// # Errors
    /// How many have been refused, where as many as there may be are under way.
    pub(crate) fn begin(&self, network: &str, account: &str, cookie: &str) -> Result<Try, u64> {
        let key = format!("{network}\n{account}\n{cookie}");
        let mut entries = self.entries();
        let entry = entries.entry(key.clone()).or_default();
        if entry.under_way >= MAX_TRIES {
            entry.refused += 1;
            return Err(entry.refused);
        }
        entry.under_way += 1;
        Ok(Try { all: self.clone(), key })
    }
}

impl Drop for Try {
    fn drop(&mut self) {
        let mut entries = self.all.entries();
        if let Some(entry) = entries.get_mut(&self.key) {
            entry.under_way -= 1;
            if entry.under_way == 0 {
                entries.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_are_under_way() {
        let all = InFlight::default();
        let begun: Vec<_> = (0..MAX_TRIES).map(|_| all.begin("n", "a", "")).collect();
        assert!(begun.iter().all(Result::is_ok));
        assert_eq!(all.begin("n", "a", "").map(drop), Err(1));
        assert_eq!(all.begin("n", "a", "").map(drop), Err(2));
        for (network, account, cookie) in [("m", "a", ""), ("n", "b", ""), ("n", "a", "x")] {
            assert!(all.begin(network, account, cookie).is_ok());
        }
        drop(begun);
        assert!(all.begin("n", "a", "").is_ok());
        assert!(all.entries().is_empty());
    }
}
