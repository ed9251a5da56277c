//! Stored files, for those who are signed in.

use std::path::PathBuf;

use kvarten_domain::MediaId;
use kvarten_entity::{Column, media};
use sea_orm::EntityTrait;

use super::Learner;
use crate::ServiceError;

/// A stored file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Where its bytes are.
    pub path: PathBuf,
    /// Lower-case hexadecimal SHA-256 of its bytes.
    pub sha256: String,
    /// Its name when saved.
    pub name: String,
    /// Media type.
    pub mime: String,
    /// Bytes.
    pub size: u64,
}

impl Learner<'_> {
    /// A stored file.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn media(&self, id: MediaId) -> Result<StoredFile, ServiceError> {
        let row = media::Entity::find_by_id(id.key()).one(self.services.store().read()).await?;
        let row = row.ok_or(ServiceError::NotFound)?;
        Ok(StoredFile {
            path: self.services.media_path(&row.sha256),
            sha256: row.sha256,
            name: row.name,
            mime: row.mime,
            size: u64::try_from(row.size).unwrap_or(0),
        })
    }
}
