//! Desks: whoever comes while somebody is being served waits, and the next to be served is served
//! together with all who wait. What a statement or a transaction costs is then shared by them.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

use crate::ServiceError;

/// How many are served together at most.
pub(crate) const MOST: usize = 128;
/// How long a lookup may take, for all who wait for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// A desk. `A` is what is brought to it and `T` what is told.
pub(crate) struct Desk<A, T>(Arc<Mutex<Queue<A, T>>>);

struct Queue<A, T> {
    is_open: bool,
    waiting: Vec<(A, oneshot::Sender<Word<A, T>>)>,
}

/// What comes of waiting.
pub(crate) enum Word<A, T> {
    /// Somebody else saw to it.
    Told(T),
    /// It is one's own turn, with what one brought.
    Turn(Turn<A, T>, A),
}

/// The right to serve; goes to the next who waits when it is dropped.
pub(crate) struct Turn<A, T>(Arc<Mutex<Queue<A, T>>>);

/// Somebody who waits to be told.
pub(crate) struct Waiting<A, T>(oneshot::Sender<Word<A, T>>);

impl<A, T> Default for Desk<A, T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Queue { is_open: true, waiting: Vec::new() })))
    }
}

impl<A, T> fmt::Debug for Desk<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

impl<A, T> Desk<A, T> {
    /// Brings something: it is one's own turn at once, or somebody's who waits already. Nothing
    /// where they could not see to it.
    pub(crate) async fn bring(&self, brought: A) -> Option<Word<A, T>> {
        let word = {
            let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if queue.is_open {
                queue.is_open = false;
                return Some(Word::Turn(Turn(Arc::clone(&self.0)), brought));
            }
            let (tell, word) = oneshot::channel();
            queue.waiting.push((brought, tell));
            word
        };
        word.await.ok()
    }
}

impl<A, T> Turn<A, T> {
    /// Those who wait and are wanted, in the order they came, so many at most.
    pub(crate) fn others(
        &self,
        most: usize,
        mut is_wanted: impl FnMut(&A) -> bool,
    ) -> Vec<(A, Waiting<A, T>)> {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Who has hung up is not served.
        queue.waiting.retain(|(_, tell)| !tell.is_closed());
        let wanted = queue.waiting.extract_if(.., |(brought, _)| is_wanted(brought));
        wanted.take(most).map(|(brought, tell)| (brought, Waiting(tell))).collect()
    }
}

impl<A, T> Drop for Turn<A, T> {
    fn drop(&mut self) {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queue.waiting.retain(|(_, tell)| !tell.is_closed());
        if queue.waiting.is_empty() {
            queue.is_open = true;
            return;
        }
        let (brought, tell) = queue.waiting.remove(0);
        drop(queue);
        // Somebody who hangs up at this very moment drops the turn, and with it passes it on.
        drop(tell.send(Word::Turn(Self(Arc::clone(&self.0)), brought)));
    }
}

impl<A, T> Waiting<A, T> {
    /// Tells them; whoever has hung up meanwhile is told nothing.
    pub(crate) fn tell(self, told: T) {
        drop(self.0.send(Word::Told(told)));
    }
}

/// A desk where things are looked up by their keys.
pub(crate) type Lookups<K, V> = Desk<K, Result<Option<V>, ServiceError>>;

impl<K, V> Lookups<K, V>
where
    K: Clone + Ord + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The thing with a key. `load` is given the keys that are asked for, so many that their
    /// number is a power of two (one may stand there again): statements then have few shapes. It
    /// runs on a task of its own: whoever hangs up does not take the others along.
    ///
    /// # Errors
    /// Those of `load`, and [`ServiceError::Interrupted`] where it takes too long.
    pub(crate) async fn look_up<F>(
        &self,
        key: K,
        load: impl FnOnce(Vec<K>) -> F,
    ) -> Result<Option<V>, ServiceError>
    where
        F: Future<Output = Result<BTreeMap<K, V>, ServiceError>> + Send + 'static,
    {
        let mut word = self.bring(key.clone()).await;
        if word.is_none() {
            // Whoever looked it up for us did not get an answer; that may have been their own fault.
            word = self.bring(key.clone()).await;
        }
        let turn = match word {
            Some(Word::Told(found)) => return found,
            Some(Word::Turn(turn, _)) => turn,
            None => return Err(ServiceError::Interrupted),
        };
        let others = turn.others(MOST - 1, |_| true);
        let mut keys: Vec<K> =
            others.iter().map(|(key, _)| key.clone()).chain([key.clone()]).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.resize(keys.len().next_power_of_two(), key.clone());
        let loading = load(keys);
        let serving = async move {
            let found = timeout(PATIENCE, loading).await.unwrap_or(Err(ServiceError::Interrupted));
            if let Err(error @ ServiceError::Unavailable(_)) = &found {
                // Everything queued would fail after the same wait; fail it now.
                let later = turn.others(usize::MAX, |_| true);
                for (_, waiting) in others.into_iter().chain(later) {
                    waiting.tell(Err(error.for_sharer()));
                }
                return found.map(|_| None);
            }
            drop(turn);
            let found = found?;
            for (key, waiting) in others {
                waiting.tell(Ok(found.get(&key).cloned()));
            }
            Ok(found.get(&key).cloned())
        };
        tokio::spawn(serving).await.unwrap_or(Err(ServiceError::Interrupted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Numbers = Lookups<u32, u32>;

    /// Looks up the square of a number below ten, and writes down what was asked together.
    async fn square(
        desk: Arc<Numbers>,
        asked: Arc<Mutex<Vec<Vec<u32>>>>,
        number: u32,
    ) -> Result<Option<u32>, ServiceError> {
        desk.look_up(number, |keys: Vec<u32>| async move {
            tokio::task::yield_now().await;
            asked.lock().expect("whole").push(keys.clone());
            if keys.contains(&13) {
                return Err(ServiceError::Interrupted);
            }
            Ok(keys.into_iter().filter(|key| *key < 10).map(|key| (key, key * key)).collect())
        })
        .await
    }

    #[tokio::test]
    async fn whoever_comes_meanwhile_is_looked_up_together() {
        let (desk, asked) = (Arc::new(Numbers::default()), Arc::default());
        let all = [1, 2, 3, 3, 4, 12].map(|number| {
            let (desk, asked) = (Arc::clone(&desk), Arc::clone(&asked));
            tokio::spawn(square(desk, asked, number))
        });
        let mut found = Vec::new();
        for one in all {
            found.push(one.await.expect("ended").expect("found"));
        }
        assert_eq!(found, [Some(1), Some(4), Some(9), Some(9), Some(16), None]);
        assert_eq!(*asked.lock().expect("whole"), [vec![1], vec![2, 3, 4, 12]]);
    }

    #[tokio::test]
    async fn whoever_waits_asks_again_where_a_lookup_fails() {
        let (desk, asked) = (Arc::new(Numbers::default()), Arc::default());
        let all = [1, 13, 2, 3].map(|number| {
            let (desk, asked) = (Arc::clone(&desk), Arc::clone(&asked));
            tokio::spawn(square(desk, asked, number))
        });
        let mut found = Vec::new();
        for one in all {
            found.push(one.await.expect("ended").ok());
        }
        assert_eq!(found, [Some(Some(1)), None, Some(Some(4)), Some(Some(9))]);
    }

    #[tokio::test(start_paused = true)]
    async fn queued_lookups_fail_at_once_when_the_database_is_unavailable() {
        let desk = Arc::new(Numbers::default());
        let unavailable = || async {
            tokio::time::sleep(Duration::from_secs(4)).await;
            Err(ServiceError::Unavailable(sea_orm::DbErr::Custom("unavailable".into())))
        };
        let begun = tokio::time::Instant::now();
        let all = [1, 2, 3].map(|number| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move { desk.look_up(number, |_| unavailable()).await })
        });
        for one in all {
            assert!(matches!(one.await.expect("ended"), Err(ServiceError::Unavailable(_))));
        }
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert!(matches!(square(desk, Arc::default(), 2).await, Ok(Some(4))), "back again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_lookup_that_hangs_is_given_up() {
        let desk = Arc::new(Numbers::default());
        let hanging = tokio::spawn({
            let desk = Arc::clone(&desk);
            async move { desk.look_up(1, |_| std::future::pending()).await }
        });
        tokio::task::yield_now().await;
        let waiting = square(desk, Arc::default(), 2).await;
        assert!(matches!(hanging.await, Ok(Err(ServiceError::Interrupted))));
        assert!(matches!(waiting, Ok(Some(4))));
    }

    #[tokio::test]
    async fn who_hangs_up_during_their_turn_passes_it_on() {
        let desk = Numbers::default();
        let Some(Word::Turn(first, _)) = desk.bring(1).await else { panic!("nobody is here") };
        let mut second = Box::pin(desk.bring(2));
        let mut third = Box::pin(desk.bring(3));
        tokio::select! {
            biased;
            _ = &mut second => panic!("the first has the turn"),
            _ = &mut third => panic!("the first has the turn"),
            () = tokio::task::yield_now() => {}
        }
        drop(first);
        drop(second);
        let Some(Word::Turn(turn, 3)) = third.await else { panic!("the third has the turn") };
        drop(turn);
        assert!(matches!(desk.bring(4).await, Some(Word::Turn(_, 4))), "nobody is here again");
    }
}
