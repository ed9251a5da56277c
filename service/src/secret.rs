//! The server's own secret, which every process on a database shares: the key of all digests of
//! names, people and addresses. Without it a digest cannot be found again by trying all numbers.

use hmac::{Hmac, Mac};
use kvarten_entity::server_secret;
use rand::Rng;
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};
use sha2::Sha256;

use crate::{ServiceError, Services};

/// The name of the key in the table.
const DIGESTS: &str = "digests";

/// The key of digests.
#[derive(Clone)]
pub(crate) struct DigestKey(Vec<u8>);

impl std::fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DigestKey")
    }
}

impl DigestKey {
    /// HMAC-SHA-256 of a value of some kind, in lower-case hexadecimal.
    pub(crate) fn digest(&self, kind: &str, value: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key may have any length");
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        format!("{:x}", mac.finalize().into_bytes())
    }
}

impl Services {
    /// The key of digests, made the first time it is asked for.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn digest_key(&self) -> Result<&DigestKey, ServiceError> {
        self.digest_key.get_or_try_init(|| read_or_make(self)).await
    }

    /// The key of digests, where it has been asked for before.
    pub(crate) fn known_digest_key(&self) -> Option<&DigestKey> {
        self.digest_key.get()
    }
}

async fn read_or_make(services: &Services) -> Result<DigestKey, ServiceError> {
    let read = || async {
        let row = server_secret::Entity::find_by_id(DIGESTS).one(services.store().read()).await?;
        Ok::<_, ServiceError>(row.map(|row| DigestKey(row.value.into_bytes())))
    };
    if let Some(key) = read().await? {
        return Ok(key);
    }
    let value =
        format!("{:032x}{:032x}", rand::rng().random::<u128>(), rand::rng().random::<u128>());
    let row = server_secret::ActiveModel { name: Set(DIGESTS.to_owned()), value: Set(value) };
    // Another process may have been first.
    server_secret::Entity::insert(row)
        .on_conflict(OnConflict::column(server_secret::Column::Name).do_nothing().to_owned())
        .exec_without_returning(services.store().write())
        .await?;
    read().await?.ok_or(ServiceError::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_differ_by_key_kind_and_value() {
        let (one, two) = (DigestKey(b"one".to_vec()), DigestKey(b"two".to_vec()));
        let digest = one.digest("person", "1");
        assert_eq!(digest.len(), 64);
        assert_eq!(digest, one.digest("person", "1"));
        for other in
            [two.digest("person", "1"), one.digest("account", "1"), one.digest("person", "2")]
        {
            assert_ne!(digest, other);
        }
    }
}
