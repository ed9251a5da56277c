//! One form for texts. What is stored is converted by the program, which has Unicode's tables, right
//! after this step; a row here says that it has been done.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string},
};

use crate::shape::table;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backfills = table("backfills")
            .col(string("name").primary_key())
            .col(big_integer("done_at"))
            .to_owned();
        manager.create_table(backfills).await
    }
}
