//! A marker that tells a database that was put back from the one that was in use last.

use sea_orm_migration::{
    prelude::*,
    schema::{small_integer, text},
};

use crate::shape::table;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let markers = table("restore_markers")
            .col(small_integer("id").primary_key())
            .col(text("value"))
            .to_owned();
        manager.create_table(markers).await
    }
}
