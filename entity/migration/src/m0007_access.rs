//! Known devices, what a session's device is, and the server's own secrets.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string, string_null, text, uuid},
};

use crate::shape::{index, refers, table};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let devices = table("known_devices")
            .col(string("key").primary_key())
            .col(uuid("person_id"))
            .col(big_integer("created_at"))
            .col(big_integer("seen_at"))
            .foreign_key(&mut refers("known_devices", "person_id", "people"))
            .to_owned();
        manager.create_table(devices).await?;
        manager.create_index(index("known_devices", &["person_id"])).await?;
        manager.create_index(index("known_devices", &["seen_at"])).await?;
        let secrets =
            table("server_secrets").col(string("name").primary_key()).col(text("value")).to_owned();
        manager.create_table(secrets).await?;
        // SQLite adds one column at a time.
        for mut column in [string("kind").default("").to_owned(), string_null("device_key")] {
            let add = Table::alter().table("sessions").add_column(&mut column).to_owned();
            manager.alter_table(add).await?;
        }
        Ok(())
    }
}
