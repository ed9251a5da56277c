//! The schema, brought up to date and looked at.

use kvarten_entity::migration::{Migrator, MigratorTrait, SchemaManager, seaql_migrations};
use sea_orm::{DbErr, EntityTrait};

use super::{Store, StoreError};
use crate::{ServiceError, competence::pack_missing, text::convert_stored_text};

impl Store {
    /// Brings the schema up to date.
    ///
    /// # Errors
    /// A database from a newer version, or one that refuses a step.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.applied().await?;
        Migrator::up(self.write.connection(), None).await?;
        pack_missing(self).await.map_err(|error| match error {
            ServiceError::Unavailable(error)
            | ServiceError::StorageFailed(error)
            | ServiceError::Conflict(error)
            | ServiceError::Database(error) => StoreError::Database(error),
            other => StoreError::Database(DbErr::Custom(other.to_string())),
        })?;
        convert_stored_text(self).await?;
        Ok(())
    }

    /// Makes sure that the schema is the one this program knows. Only reads.
    ///
    /// # Errors
    /// A database from a newer version, or one that needs `migrate`.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        let applied = self.applied().await?;
        match Migrator::migrations().len() - applied {
            0 => Ok(()),
            missing => Err(StoreError::Older(missing)),
        }
    }

    /// How many steps the database has been through, all of them known to this program.
    async fn applied(&self) -> Result<usize, StoreError> {
        let table = Migrator::migration_table_name().to_string();
        if !SchemaManager::new(&self.read).has_table(table).await? {
            return Ok(0);
        }
        let known = Migrator::get_migration_files();
        let applied = seaql_migrations::Entity::find().all(&self.read).await?;
        let newer =
            applied.iter().find(|step| !known.iter().any(|file| file.name() == step.version));
        match newer {
            Some(step) => Err(StoreError::Newer(step.version.clone())),
            None => Ok(applied.len()),
        }
    }
}
