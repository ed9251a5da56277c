//! Passwords: argon2id at the parameters OWASP recommends (19 MiB, 2 passes, 1 lane).

use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use argon2::{
    Argon2, PasswordHash, PasswordHasher, PasswordVerifier,
    password_hash::{SaltString, rand_core::OsRng},
};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::ServiceError;

/// One at a time: each needs 19 MiB and a whole core, which pages need too. Some fifty a second.
static TURNS: Semaphore = Semaphore::const_new(1);

/// How many wait for their turn.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// More than this do not wait: five seconds' work, a whole municipality at the start of a shift.
const MOST_WAITING: usize = 256;

/// How long somebody is asked to wait who cannot wait here, in seconds.
const TRY_AGAIN_SECONDS: u32 = 5;

/// A hash of nothing anybody knows, verified for people who do not exist, so that the answer
/// takes as long as for those who do.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash(SaltString::generate(&mut OsRng).as_ref()));

fn hash(password: &str) -> String {
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.expect("the parameters are the library's own").to_string()
}

/// The right to compute a hash. Only one is held in a process at any time.
#[derive(Debug)]
pub(crate) struct PasswordTurn {
    _permit: SemaphorePermit<'static>,
}

/// Somebody who waits; who hangs up while waiting waits no more.
struct Waiter;

impl Waiter {
    fn new() -> Option<Self> {
        let waiting = WAITING.fetch_add(1, Ordering::AcqRel);
        let waiter = Self;
        (waiting < MOST_WAITING).then_some(waiter)
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::AcqRel);
    }
}

impl PasswordTurn {
    /// Waits for one's turn.
    ///
    /// # Errors
    /// [`ServiceError::Wait`] where too many wait already.
    pub(crate) async fn wait() -> Result<Self, ServiceError> {
        let _waiting = Waiter::new().ok_or(ServiceError::Wait { seconds: TRY_AGAIN_SECONDS })?;
        let permit = TURNS.acquire().await.expect("the semaphore is never closed");
        Ok(Self { _permit: permit })
    }

    /// Work that lasts as long as the turn, whether or not somebody still waits for it.
    async fn work<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> (Self, T) {
        let work = move || {
            let done = work();
            (self, done)
        };
        tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
    }

    /// The hash of a new password, in PHC string format.
    pub(crate) async fn hash(self, password: String) -> (Self, String) {
        self.work(move || hash(&password)).await
    }

    /// Whether a password fits a hash. Without a hash it never does, after the same time.
    pub(crate) async fn verify(self, password: String, stored: Option<String>) -> (Self, bool) {
        self.work(move || {
            let is_known = stored.is_some();
            let stored = stored.unwrap_or_else(|| NOBODY.clone());
            let fits = PasswordHash::new(&stored).is_ok_and(|stored| {
                Argon2::default().verify_password(password.as_bytes(), &stored).is_ok()
            });
            is_known && fits
        })
        .await
    }
}

/// The hash of a new password, in PHC string format.
///
/// # Errors
/// [`ServiceError::Wait`] where too many wait for theirs.
pub(crate) async fn hash_password(password: String) -> Result<String, ServiceError> {
    Ok(PasswordTurn::wait().await?.hash(password).await.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn verify(password: &str, stored: Option<String>) -> bool {
        let turn = PasswordTurn::wait().await.expect("few wait");
        turn.verify(password.into(), stored).await.1
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let stored = hash_password("kaffe på bryggan".into()).await.expect("few wait");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("kaffe på bryggan", Some(stored.clone())).await);
        assert!(!verify("te på bryggan", Some(stored)).await);
        assert!(!verify("kaffe på bryggan", None).await);
        assert!(!verify("x", Some("not a hash".into())).await);
    }

    #[tokio::test]
    async fn who_hangs_up_does_not_give_the_turn_away_while_it_is_worked() {
        let turn = PasswordTurn::wait().await.expect("few wait");
        let (tell, told) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let work = tokio::spawn(turn.work(move || {
            tell.send(()).expect("awaited");
            let _ = ended.recv();
        }));
        tokio::task::spawn_blocking(move || told.recv()).await.expect("ends").expect("begins");
        work.abort();
        assert!(work.await.is_err(), "nobody waits for it any more");
        assert_eq!(TURNS.available_permits(), 0, "and still it is worked on");
        end.send(()).expect("it waits for this");
        drop(TURNS.acquire().await);
    }
}
