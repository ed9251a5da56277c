//! Programs, standing referrals and mail. A referral may point to a program.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, boolean, integer, integer_null, small_integer, text, uuid,
        uuid_null,
    },
};

use crate::shape::{id, index, refers, table, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        programs(manager).await?;
        standing(manager).await?;
        referrals(manager).await?;
        mail(manager).await
    }
}

async fn programs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let programs = table("programs")
        .col(id())
        .col(text("code"))
        .col(text("name"))
        .col(text("about"))
        .col(uuid_null("profession_id"))
        .col(big_integer("created_at"))
        .col(big_integer_null("ended_at"))
        .col(integer("revision"))
        .foreign_key(&mut refers("programs", "profession_id", "professions"))
        .to_owned();
    manager.create_table(programs).await?;
    manager.create_index(unique("programs", &["code"])).await?;
    let lessons = table("program_lessons")
        .col(id())
        .col(uuid("program_id"))
        .col(uuid("lesson_id"))
        .col(small_integer("position"))
        .foreign_key(&mut refers("program_lessons", "program_id", "programs"))
        .foreign_key(&mut refers("program_lessons", "lesson_id", "lessons"))
        .to_owned();
    manager.create_table(lessons).await?;
    manager.create_index(unique("program_lessons", &["program_id", "lesson_id"])).await
}

async fn standing(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let standing = table("standing_referrals")
        .col(id())
        .col(uuid("unit_id"))
        .col(uuid_null("profession_id"))
        .col(uuid_null("lesson_id"))
        .col(uuid_null("program_id"))
        .col(text("note"))
        .col(integer_null("days"))
        .col(uuid_null("sender_id"))
        .col(big_integer("from_at"))
        .col(big_integer_null("until_at"))
        .foreign_key(&mut refers("standing_referrals", "unit_id", "units"))
        .foreign_key(&mut refers("standing_referrals", "profession_id", "professions"))
        .foreign_key(&mut refers("standing_referrals", "lesson_id", "lessons"))
        .foreign_key(&mut refers("standing_referrals", "program_id", "programs"))
        .foreign_key(&mut refers("standing_referrals", "sender_id", "people"))
        .to_owned();
    manager.create_table(standing).await?;
    manager.create_index(index("standing_referrals", &["unit_id"])).await?;
    manager.create_index(index("standing_referrals", &["sender_id"])).await?;
    manager.create_index(index("employments", &["from_at"])).await
}

/// The columns that the old table has, too.
const KEPT: &str = "id, person_id, sender_id, lesson_id, note, wish_at, sent_at, seen_at, \
    withdrawn_at, changed_at, revision";

/// SQLite cannot let a column be empty afterwards: the table is made anew.
async fn referrals(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let referrals = table("referrals_new")
        .col(id())
        .col(uuid("person_id"))
        .col(uuid_null("sender_id"))
        .col(uuid_null("lesson_id"))
        .col(uuid_null("program_id"))
        .col(uuid_null("standing_id"))
        .col(text("note"))
        .col(big_integer_null("wish_at"))
        .col(big_integer("sent_at"))
        .col(big_integer_null("seen_at"))
        .col(big_integer_null("withdrawn_at"))
        .col(big_integer("changed_at"))
        .col(integer("revision"))
        .col(boolean("is_told_new").default(false))
        .col(boolean("is_told_week").default(false))
        .col(boolean("is_told_day").default(false))
        .foreign_key(&mut refers("referrals_new", "person_id", "people"))
        .foreign_key(&mut refers("referrals_new", "sender_id", "people"))
        .foreign_key(&mut refers("referrals_new", "lesson_id", "lessons"))
        .foreign_key(&mut refers("referrals_new", "program_id", "programs"))
        .foreign_key(&mut refers("referrals_new", "standing_id", "standing_referrals"))
        .to_owned();
    manager.create_table(referrals).await?;
    let copy = format!(
        "INSERT INTO referrals_new ({KEPT}, is_told_new, is_told_week, is_told_day) \
         SELECT {KEPT}, FALSE, FALSE, FALSE FROM referrals"
    );
    manager.get_connection().execute_unprepared(&copy).await?;
    manager.drop_table(Table::drop().table("referrals").to_owned()).await?;
    let rename = Table::rename().table("referrals_new", "referrals").to_owned();
    manager.rename_table(rename).await?;
    manager.create_index(index("referrals", &["person_id", "withdrawn_at"])).await?;
    manager.create_index(index("referrals", &["sender_id"])).await?;
    manager.create_index(index("referrals", &["standing_id"])).await
}

async fn mail(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mails = table("mails")
        .col(id())
        .col(uuid("person_id"))
        .col(big_integer("made_at"))
        .col(big_integer("due_at"))
        .col(small_integer("tries"))
        .col(big_integer_null("claimed_until"))
        .col(big_integer_null("sent_at"))
        .col(big_integer_null("given_up_at"))
        .foreign_key(&mut refers("mails", "person_id", "people"))
        .to_owned();
    manager.create_table(mails).await?;
    manager.create_index(index("mails", &["person_id", "sent_at"])).await?;
    // One that waits, for each person.
    let open = "CREATE UNIQUE INDEX ux_mails_open ON mails (person_id) \
        WHERE sent_at IS NULL AND given_up_at IS NULL";
    manager.get_connection().execute_unprepared(open).await?;
    let choices = table("mail_choices")
        .col(uuid("person_id").primary_key())
        .col(text("word"))
        .col(big_integer_null("stopped_at"))
        .foreign_key(&mut refers("mail_choices", "person_id", "people"))
        .to_owned();
    manager.create_table(choices).await?;
    manager.create_index(unique("mail_choices", &["word"])).await
}
