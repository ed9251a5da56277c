//! Argon2id at the parameters OWASP recommends (19 MiB, 2 passes, 1 lane).

use std::sync::LazyLock;

use argon2::{
    Argon2, PasswordHash, PasswordHasher, PasswordVerifier,
    password_hash::{SaltString, rand_core::OsRng},
};

use super::{
    opaque,
    queue::{Lane, Place, Queue, Turn},
};
use crate::ServiceError;

/// One hash at a time in a process: each needs 19 MiB and a whole core, which pages need too.
/// Some fifty a second.
static QUEUE: LazyLock<Queue> = LazyLock::new(Queue::default);

/// How long a client is asked to wait that gets no place in the queue, in seconds.
const RETRY_SECONDS: u32 = 3;

/// The hash of a random password, verified for people who do not exist, so that the answer takes
/// as long as for those who do.
static DUMMY_HASH: LazyLock<String> =
    LazyLock::new(|| hash(SaltString::generate(&mut OsRng).as_ref()));

fn hash(password: &str) -> String {
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.expect("the parameters are the library's own").to_string()
}

fn fits(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored)
        .is_ok_and(|stored| Argon2::default().verify_password(password.as_bytes(), &stored).is_ok())
}

/// What a password that was typed may have been hashed as.
#[derive(Clone, Debug)]
pub(crate) struct PasswordGuess {
    /// The normalised password first, then the forms that earlier versions hashed.
    forms: Vec<String>,
}

/// What verifying a password gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verified {
    /// It does not fit.
    Wrong,
    /// It fits.
    Right,
    /// It fits a hash of a form that is not used any more: hash it anew.
    Outdated,
}

impl PasswordGuess {
    /// The forms of a password as it was typed.
    pub(crate) fn new(typed: &str) -> Self {
        Self { forms: opaque::forms(typed) }
    }

    /// The form that is hashed today.
    pub(crate) fn normalised(&self) -> &str {
        self.forms.first().map_or("", String::as_str)
    }

    /// Tries each form. How many are tried depends on what was typed and on nothing else where
    /// none fits: neither on whether there is such a person nor on how old their hash is.
    fn verify(&self, stored: Option<&str>) -> Verified {
        let against = stored.unwrap_or(&DUMMY_HASH);
        let at = self.forms.iter().position(|form| fits(form, against));
        match at.filter(|_| stored.is_some()) {
            None => Verified::Wrong,
            Some(0) => Verified::Right,
            Some(_) => Verified::Outdated,
        }
    }
}

/// The right to compute a hash. Only one exists in a process at any time.
#[derive(Debug)]
pub(crate) struct HashPermit {
    _turn: Turn,
}

impl HashPermit {
    /// Waits for a turn.
    ///
    /// # Errors
    /// [`ServiceError::Wait`] where the queue has no place left for this address or account.
    pub(crate) async fn wait(place: Place) -> Result<Self, ServiceError> {
        let turn = QUEUE.wait(place).await;
        turn.map(|turn| Self { _turn: turn }).ok_or(ServiceError::Wait { seconds: RETRY_SECONDS })
    }

    /// Work that holds the permit until it is done, even where the client has hung up.
    async fn work<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> (Self, T) {
        let work = move || {
            let done = work();
            (self, done)
        };
        tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
    }

    /// The hash of a normalised password, in PHC string format.
    pub(crate) async fn hash(self, password: String) -> (Self, String) {
        self.work(move || hash(&password)).await
    }

    /// Whether a password fits a hash. Without a hash it never does, after the same time.
    pub(crate) async fn verify(
        self,
        guess: PasswordGuess,
        stored: Option<String>,
    ) -> (Self, Verified) {
        self.work(move || guess.verify(stored.as_deref())).await
    }
}

/// The hash of a normalised password, in PHC string format, for the operator.
///
/// # Errors
/// [`ServiceError::Wait`] where the queue is full.
pub(crate) async fn hash_password(password: String) -> Result<String, ServiceError> {
    let place = Place::new(Lane::Known, vec!["operator".to_owned()]);
    Ok(HashPermit::wait(place).await?.hash(password).await.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place::new(Lane::Ordinary, vec!["192.0.2.1".into(), "alma".into()])
    }

    async fn verify(password: &str, stored: Option<String>) -> Verified {
        let permit = HashPermit::wait(place()).await.expect("few wait");
        permit.verify(PasswordGuess::new(password), stored).await.1
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let stored = hash_password("kaffe på bryggan".into()).await.expect("few wait");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(verify("kaffe på bryggan", Some(stored.clone())).await, Verified::Right);
        assert_eq!(verify("te på bryggan", Some(stored)).await, Verified::Wrong);
        assert_eq!(verify("kaffe på bryggan", None).await, Verified::Wrong);
        assert_eq!(verify("x", Some("not a hash".into())).await, Verified::Wrong);
    }

    #[tokio::test]
    async fn the_same_password_fits_however_it_is_encoded() {
        let stored = hash_password("kaffe på bryggan".into()).await.expect("few wait");
        for same in [
            "kaffe pa\u{30a} bryggan",
            "kaffe\u{a0}på\u{3000}bryggan",
            "\u{feff}kaffe på bryggan",
            "kaffe\u{200b} på bryggan\u{2060}",
            "kaffe på bryggan\n",
        ] {
            assert_eq!(verify(same, Some(stored.clone())).await, Verified::Right, "{same:?}");
        }
    }

    #[tokio::test]
    async fn a_hash_of_an_earlier_version_fits_and_is_outdated() {
        // What earlier versions hashed, and what is typed today.
        for (old, typed) in [
            ("kaffe pa\u{30a} bryggan", "kaffe pa\u{30a} bryggan"),
            ("kaffe pa\u{30a} bryggan", "kaffe på bryggan"),
            ("kaffe\u{a0}på bryggan", "kaffe\u{a0}på bryggan"),
            ("kaffe\u{200b}bryggan", "kaffe\u{200b}bryggan"),
        ] {
            let stored = hash(old);
            assert_eq!(verify(typed, Some(stored)).await, Verified::Outdated, "{old:?} {typed:?}");
        }
    }

    #[tokio::test]
    async fn hanging_up_does_not_give_the_permit_away_while_it_is_used() {
        let permit = HashPermit::wait(place()).await.expect("few wait");
        let (tell, told) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let work = tokio::spawn(permit.work(move || {
            tell.send(()).expect("awaited");
            let _ = ended.recv();
        }));
        tokio::task::spawn_blocking(move || told.recv()).await.expect("ends").expect("begins");
        work.abort();
        assert!(work.await.is_err(), "nothing waits for it any more");
        let mut next = Box::pin(HashPermit::wait(place()));
        let early = tokio::time::timeout(std::time::Duration::from_millis(50), &mut next).await;
        assert!(early.is_err(), "the permit is still in use");
        end.send(()).expect("it waits for this");
        next.await.expect("a permit");
    }
}
