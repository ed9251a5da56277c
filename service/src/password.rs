//! Passwords: argon2id at the parameters OWASP recommends (19 MiB, 2 passes, 1 lane).

use std::sync::LazyLock;

use argon2::{
    Argon2, PasswordHash, PasswordHasher, PasswordVerifier,
    password_hash::{SaltString, rand_core::OsRng},
};
use tokio::sync::Semaphore;

/// One at a time: each needs 19 MiB and a whole core, which pages need too. Some fifty a second.
static TURNS: Semaphore = Semaphore::const_new(1);

/// A hash of nothing anybody knows, verified for people who do not exist, so that the answer
/// takes as long as for those who do.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash(SaltString::generate(&mut OsRng).as_ref()));

fn hash(password: &str) -> String {
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.expect("the parameters are the library's own").to_string()
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let _turn = TURNS.acquire().await.expect("the semaphore is never closed");
    tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
}

/// The hash of a new password, in PHC string format.
pub async fn hash_password(password: String) -> String {
    in_turn(move || hash(&password)).await
}

/// Whether a password fits a hash. Without a hash it never does, after the same time.
pub async fn verify_password(password: String, stored: Option<String>) -> bool {
    in_turn(move || {
        let is_known = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.clone());
        let fits = PasswordHash::new(&stored).is_ok_and(|stored| {
            Argon2::default().verify_password(password.as_bytes(), &stored).is_ok()
        });
        is_known && fits
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let stored = hash_password("kaffe på bryggan".into()).await;
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify_password("kaffe på bryggan".into(), Some(stored.clone())).await);
        assert!(!verify_password("te på bryggan".into(), Some(stored)).await);
        assert!(!verify_password("kaffe på bryggan".into(), None).await);
        assert!(!verify_password("x".into(), Some("not a hash".into())).await);
    }
}
