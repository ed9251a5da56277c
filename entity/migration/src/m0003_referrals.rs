//! Pointing the way: managers refer people to lessons.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, integer, text, uuid, uuid_null},
};

use crate::shape::{id, index, refers, table};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let referrals = table("referrals")
            .col(id())
            .col(uuid("person_id"))
            .col(uuid_null("sender_id"))
            .col(uuid("lesson_id"))
            .col(text("note"))
            .col(big_integer_null("wish_at"))
            .col(big_integer("sent_at"))
            .col(big_integer_null("seen_at"))
            .col(big_integer_null("withdrawn_at"))
            .col(big_integer("changed_at"))
            .col(integer("revision"))
            .foreign_key(&mut refers("referrals", "person_id", "people"))
            .foreign_key(&mut refers("referrals", "sender_id", "people"))
            .foreign_key(&mut refers("referrals", "lesson_id", "lessons"))
            .to_owned();
        manager.create_table(referrals).await?;
        manager.create_index(index("referrals", &["person_id", "withdrawn_at"])).await?;
        manager.create_index(index("referrals", &["sender_id"])).await
    }
}
