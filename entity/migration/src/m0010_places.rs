//! Mail that did not arrive, and the administrator's place.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, small_integer_null, text, uuid},
};

use crate::shape::{refers, table};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// An administrator always was one of the whole municipality, wherever the role was written down.
const ADMINISTRATORS: &str = "UPDATE role_grants SET unit_id = \
    (SELECT id FROM units WHERE kind = 'municipality' ORDER BY created_at LIMIT 1) \
    WHERE role = 'administrator' AND until_at IS NULL \
    AND EXISTS (SELECT 1 FROM units WHERE kind = 'municipality')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let failures = table("mail_failures")
            .col(uuid("person_id").primary_key())
            .col(text("address"))
            .col(text("kind"))
            .col(small_integer_null("code"))
            .col(big_integer("failed_at"))
            .foreign_key(&mut refers("mail_failures", "person_id", "people"))
            .to_owned();
        manager.create_table(failures).await?;
        manager.get_connection().execute_unprepared(ADMINISTRATORS).await?;
        Ok(())
    }
}
