//! The first schema: people and units, the bank, the ladder, points and evidence.
//!
//! Points in time are milliseconds since 1970 in UTC; ids are UUIDs; `body` columns hold JSON.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, boolean, integer, small_integer, string, string_null, text,
        uuid, uuid_null,
    },
};

use crate::shape::{id, index, key, refers, table, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

fn organisation() -> Vec<TableCreateStatement> {
    vec![
        table("units")
            .col(id())
            .col(uuid_null("parent_id"))
            .col(string("kind"))
            .col(string("name"))
            .col(big_integer("created_at"))
            .col(big_integer_null("closed_at"))
            .foreign_key(&mut refers("units", "parent_id", "units"))
            .to_owned(),
        table("professions")
            .col(id())
            .col(string("code").unique_key())
            .col(string("name_sv"))
            .col(string("name_en"))
            .to_owned(),
        table("people")
            .col(id())
            .col(string("employee_number").unique_key())
            .col(string_null("email").unique_key())
            .col(string("given_name"))
            .col(string("family_name"))
            .col(string_null("locale"))
            .col(string_null("password_hash"))
            .col(big_integer("created_at"))
            .col(big_integer_null("left_at"))
            .to_owned(),
        table("employments")
            .col(id())
            .col(uuid("person_id"))
            .col(uuid("unit_id"))
            .col(uuid("profession_id"))
            .col(big_integer("from_at"))
            .col(big_integer_null("until_at"))
            .foreign_key(&mut refers("employments", "person_id", "people"))
            .foreign_key(&mut refers("employments", "unit_id", "units"))
            .foreign_key(&mut refers("employments", "profession_id", "professions"))
            .to_owned(),
        table("role_grants")
            .col(id())
            .col(uuid("person_id"))
            .col(uuid("unit_id"))
            .col(string("role"))
            .col(big_integer("from_at"))
            .col(big_integer_null("until_at"))
            .foreign_key(&mut refers("role_grants", "person_id", "people"))
            .foreign_key(&mut refers("role_grants", "unit_id", "units"))
            .to_owned(),
        table("sessions")
            .col(string("key").primary_key())
            .col(uuid_null("person_id"))
            .col(boolean("is_shared"))
            .col(text("data"))
            .col(big_integer("created_at"))
            .col(big_integer("seen_at"))
            .col(big_integer("expires_at"))
            .foreign_key(&mut refers("sessions", "person_id", "people"))
            .to_owned(),
        table("sign_in_throttles")
            .col(string("key").primary_key())
            .col(integer("failures"))
            .col(big_integer("last_at"))
            .col(big_integer("until_at"))
            .to_owned(),
    ]
}

fn bank() -> Vec<TableCreateStatement> {
    vec![
        table("systems")
            .col(id())
            .col(string("code").unique_key())
            .col(string("name"))
            .col(string("about"))
            .col(integer("position"))
            .to_owned(),
        table("level_descriptions")
            .col(uuid("system_id"))
            .col(small_integer("level"))
            .col(string("lang"))
            .col(text("description"))
            .primary_key(&mut key(&["system_id", "level", "lang"]))
            .foreign_key(&mut refers("level_descriptions", "system_id", "systems"))
            .to_owned(),
        table("media")
            .col(id())
            .col(string("sha256"))
            .col(string("name"))
            .col(string("mime"))
            .col(big_integer("size"))
            .col(big_integer("created_at"))
            .to_owned(),
        table("lessons")
            .col(id())
            .col(string("slug").unique_key())
            .col(uuid("system_id"))
            .col(small_integer("level"))
            .col(boolean("is_required"))
            .col(uuid_null("owner_id"))
            .col(uuid_null("published_version_id"))
            .col(big_integer("created_at"))
            .col(big_integer_null("archived_at"))
            .foreign_key(&mut refers("lessons", "system_id", "systems"))
            .foreign_key(&mut refers("lessons", "owner_id", "people"))
            .to_owned(),
        table("lesson_versions")
            .col(id())
            .col(uuid("lesson_id"))
            .col(integer("number"))
            .col(string("lang"))
            .col(string("title"))
            .col(text("summary"))
            .col(text("keywords"))
            .col(string("routine_name"))
            .col(text("routine_html"))
            .col(small_integer("minutes"))
            .col(big_integer("created_at"))
            .col(big_integer("published_at"))
            .col(big_integer("review_at"))
            .foreign_key(&mut refers("lesson_versions", "lesson_id", "lessons"))
            .to_owned(),
        table("lesson_professions")
            .col(uuid("lesson_id"))
            .col(uuid("profession_id"))
            .primary_key(&mut key(&["lesson_id", "profession_id"]))
            .foreign_key(&mut refers("lesson_professions", "lesson_id", "lessons"))
            .foreign_key(&mut refers("lesson_professions", "profession_id", "professions"))
            .to_owned(),
        table("steps")
            .col(id())
            .col(uuid("version_id"))
            .col(small_integer("number"))
            .col(string("title"))
            .col(small_integer("minutes"))
            .col(text("source"))
            .col(text("body"))
            .foreign_key(&mut refers("steps", "version_id", "lesson_versions"))
            .to_owned(),
        table("rungs")
            .col(uuid("version_id"))
            .col(small_integer("number"))
            .col(small_integer("draw"))
            .primary_key(&mut key(&["version_id", "number"]))
            .foreign_key(&mut refers("rungs", "version_id", "lesson_versions"))
            .to_owned(),
        table("questions")
            .col(id())
            .col(uuid("version_id"))
            .col(small_integer("rung"))
            .col(small_integer("number"))
            .col(text("prompt"))
            .col(text("hint"))
            .col(text("explanation"))
            .col(text("body"))
            .foreign_key(&mut refers("questions", "version_id", "lesson_versions"))
            .to_owned(),
        table("bank_revisions")
            .col(integer("id").primary_key())
            .col(big_integer("revision"))
            .to_owned(),
    ]
}

fn learning() -> Vec<TableCreateStatement> {
    vec![
        table("visits")
            .col(uuid("person_id"))
            .col(uuid("version_id"))
            .col(uuid_null("step_id"))
            .col(big_integer("started_at"))
            .col(big_integer("visited_at"))
            .primary_key(&mut key(&["person_id", "version_id"]))
            .foreign_key(&mut refers("visits", "person_id", "people"))
            .foreign_key(&mut refers("visits", "version_id", "lesson_versions"))
            .foreign_key(&mut refers("visits", "step_id", "steps"))
            .to_owned(),
        table("step_states")
            .col(uuid("person_id"))
            .col(uuid("step_id"))
            .col(uuid("version_id"))
            .col(big_integer_null("seen_at"))
            .col(big_integer("ticks"))
            .col(integer("video_seconds"))
            .primary_key(&mut key(&["person_id", "step_id"]))
            .foreign_key(&mut refers("step_states", "person_id", "people"))
            .foreign_key(&mut refers("step_states", "step_id", "steps"))
            .foreign_key(&mut refers("step_states", "version_id", "lesson_versions"))
            .to_owned(),
        table("attempts")
            .col(id())
            .col(uuid("person_id"))
            .col(uuid("version_id"))
            .col(integer("number"))
            .col(big_integer("seed"))
            .col(boolean("is_refresher"))
            .col(big_integer("started_at"))
            .col(big_integer_null("topped_at"))
            .foreign_key(&mut refers("attempts", "person_id", "people"))
            .foreign_key(&mut refers("attempts", "version_id", "lesson_versions"))
            .to_owned(),
        table("answers")
            .col(id())
            .col(uuid("person_id"))
            .col(uuid("attempt_id"))
            .col(integer("number"))
            .col(uuid("question_id"))
            .col(text("reply"))
            .col(boolean("is_right"))
            .col(integer("points"))
            .col(big_integer("answered_at"))
            .foreign_key(&mut refers("answers", "person_id", "people"))
            .foreign_key(&mut refers("answers", "attempt_id", "attempts"))
            .foreign_key(&mut refers("answers", "question_id", "questions"))
            .to_owned(),
        table("points_entries")
            .col(uuid("person_id"))
            .col(string("kind"))
            .col(uuid("subject_id"))
            .col(uuid("lesson_id"))
            .col(uuid_null("unit_id"))
            .col(integer("points"))
            .col(big_integer("earned_at"))
            .primary_key(&mut key(&["person_id", "kind", "subject_id"]))
            .foreign_key(&mut refers("points_entries", "person_id", "people"))
            .foreign_key(&mut refers("points_entries", "lesson_id", "lessons"))
            .foreign_key(&mut refers("points_entries", "unit_id", "units"))
            .to_owned(),
        table("unit_points_kept")
            .col(uuid("unit_id"))
            .col(big_integer("day_at"))
            .col(big_integer("points"))
            .primary_key(&mut key(&["unit_id", "day_at"]))
            .foreign_key(&mut refers("unit_points_kept", "unit_id", "units"))
            .to_owned(),
        table("evidence")
            .col(uuid("person_id"))
            .col(uuid("version_id"))
            .col(uuid("lesson_id"))
            .col(uuid("system_id"))
            .col(small_integer("level"))
            .col(big_integer("earned_at"))
            .col(big_integer_null("expires_at"))
            .primary_key(&mut key(&["person_id", "version_id"]))
            .foreign_key(&mut refers("evidence", "person_id", "people"))
            .foreign_key(&mut refers("evidence", "version_id", "lesson_versions"))
            .foreign_key(&mut refers("evidence", "lesson_id", "lessons"))
            .foreign_key(&mut refers("evidence", "system_id", "systems"))
            .to_owned(),
        table("leaderboard_members")
            .col(uuid("person_id").primary_key())
            .col(string("alias"))
            .col(string("alias_folded").unique_key())
            .col(big_integer("joined_at"))
            .foreign_key(&mut refers("leaderboard_members", "person_id", "people"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("employments", &["person_id", "until_at"]),
        index("employments", &["unit_id", "until_at"]),
        index("role_grants", &["person_id", "until_at"]),
        index("sessions", &["person_id"]),
        index("sessions", &["expires_at"]),
        unique("lesson_versions", &["lesson_id", "number"]),
        unique("steps", &["version_id", "number"]),
        unique("questions", &["version_id", "rung", "number"]),
        index("step_states", &["person_id", "version_id"]),
        unique("attempts", &["person_id", "version_id", "number"]),
        unique("answers", &["attempt_id", "number"]),
        index("answers", &["person_id"]),
        index("points_entries", &["earned_at", "unit_id", "points"]),
        index("points_entries", &["person_id", "earned_at", "points"]),
        index("evidence", &["person_id", "lesson_id"]),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in organisation().into_iter().chain(bank()).chain(learning()) {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        let first = Query::insert()
            .into_table("bank_revisions")
            .columns(["id", "revision"])
            .values_panic([1.into(), 0i64.into()])
            .to_owned();
        manager.execute(first).await
    }
}
