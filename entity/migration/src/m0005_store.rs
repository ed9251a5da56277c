//! The row that the write check of `/readyz` increments.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, integer},
};

use crate::shape::table;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let checks = table("write_checks")
            .col(integer("id").primary_key())
            .col(big_integer("number"))
            .to_owned();
        manager.create_table(checks).await
    }
}
