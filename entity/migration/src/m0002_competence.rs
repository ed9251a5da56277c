//! What is required and when, what people say of themselves, evidence that can be renewed, and who
//! has looked at whom.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, blob, integer, small_integer, string, text, uuid, uuid_null,
    },
    sea_orm::{ConnectionTrait, Statement},
};
use uuid::Uuid;

use crate::shape::{id, index, key, refers, table, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What the municipality works with and what it asks.
fn map() -> Vec<TableCreateStatement> {
    vec![
        table("statements")
            .col(id())
            .col(uuid("meaning_id"))
            .col(uuid("system_id"))
            .col(small_integer("level"))
            .col(integer("position"))
            .col(text("text_sv"))
            .col(text("text_en"))
            .col(big_integer("from_at"))
            .col(big_integer_null("until_at"))
            .foreign_key(&mut refers("statements", "system_id", "systems"))
            .to_owned(),
        table("level_validities")
            .col(id())
            .col(uuid("system_id"))
            .col(small_integer("level"))
            .col(small_integer("months"))
            .col(big_integer("from_at"))
            .col(big_integer_null("until_at"))
            .foreign_key(&mut refers("level_validities", "system_id", "systems"))
            .to_owned(),
        table("required_levels")
            .col(id())
            .col(uuid_null("unit_id"))
            .col(uuid("profession_id"))
            .col(uuid("system_id"))
            .col(small_integer("level"))
            .col(big_integer("from_at"))
            .col(big_integer_null("until_at"))
            .foreign_key(&mut refers("required_levels", "unit_id", "units"))
            .foreign_key(&mut refers("required_levels", "profession_id", "professions"))
            .foreign_key(&mut refers("required_levels", "system_id", "systems"))
            .to_owned(),
        table("required_lessons")
            .col(id())
            .col(uuid("lesson_id"))
            .col(big_integer("from_at"))
            .col(big_integer_null("until_at"))
            .foreign_key(&mut refers("required_lessons", "lesson_id", "lessons"))
            .to_owned(),
    ]
}

/// What is known of people.
fn people() -> Vec<TableCreateStatement> {
    vec![
        table("claims")
            .col(uuid("person_id"))
            .col(uuid("meaning_id"))
            .col(string("claim"))
            .col(big_integer("said_at"))
            .primary_key(&mut key(&["person_id", "meaning_id"]))
            .foreign_key(&mut refers("claims", "person_id", "people"))
            .to_owned(),
        table("self_assessments")
            .col(uuid("person_id"))
            .col(uuid("system_id"))
            .col(big_integer("day_at"))
            .col(small_integer("height"))
            .col(big_integer("said_at"))
            .primary_key(&mut key(&["person_id", "system_id", "day_at"]))
            .foreign_key(&mut refers("self_assessments", "person_id", "people"))
            .foreign_key(&mut refers("self_assessments", "system_id", "systems"))
            .to_owned(),
        table("competences")
            .col(uuid("person_id").primary_key())
            .col(blob("facts"))
            .col(big_integer("made_at"))
            .foreign_key(&mut refers("competences", "person_id", "people"))
            .to_owned(),
        table("person_looks")
            .col(id())
            .col(uuid("person_id"))
            .col(uuid_null("viewer_id"))
            .col(string("what"))
            .col(big_integer("day_at"))
            .col(integer("times"))
            .col(big_integer("last_at"))
            .foreign_key(&mut refers("person_looks", "person_id", "people"))
            .foreign_key(&mut refers("person_looks", "viewer_id", "people"))
            .to_owned(),
        table("unit_looks")
            .col(id())
            .col(uuid("unit_id"))
            .col(uuid_null("viewer_id"))
            .col(string("what"))
            .col(big_integer("day_at"))
            .col(integer("times"))
            .col(big_integer("first_at"))
            .col(big_integer("last_at"))
            .foreign_key(&mut refers("unit_looks", "unit_id", "units"))
            .foreign_key(&mut refers("unit_looks", "viewer_id", "people"))
            .to_owned(),
    ]
}

/// Evidence is kept by the climb that gave it: what expires can be earned again.
fn renewable_evidence() -> TableCreateStatement {
    table("evidence")
        .col(uuid("person_id"))
        .col(uuid("attempt_id"))
        .col(uuid("version_id"))
        .col(uuid("lesson_id"))
        .col(uuid("system_id"))
        .col(small_integer("level"))
        .col(big_integer("earned_at"))
        .col(big_integer_null("expires_at"))
        .primary_key(&mut key(&["person_id", "attempt_id"]))
        .foreign_key(&mut refers("evidence", "person_id", "people"))
        .foreign_key(&mut refers("evidence", "attempt_id", "attempts"))
        .foreign_key(&mut refers("evidence", "version_id", "lesson_versions"))
        .foreign_key(&mut refers("evidence", "lesson_id", "lessons"))
        .foreign_key(&mut refers("evidence", "system_id", "systems"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("statements", &["system_id", "level", "position"]),
        index("required_lessons", &["lesson_id"]),
        index("person_looks", &["viewer_id"]),
        index("unit_looks", &["viewer_id"]),
        index("evidence", &["person_id", "lesson_id"]),
        index("evidence", &["attempt_id"]),
        unique("person_looks", &["person_id", "viewer_id", "what", "day_at"]),
        unique("unit_looks", &["unit_id", "viewer_id", "what", "day_at"]),
    ]
}

/// What the first evidence of a person and a version was given for.
const CARRY_EVIDENCE: &str = "INSERT INTO evidence \
    (person_id, attempt_id, version_id, lesson_id, system_id, level, earned_at, expires_at) \
    SELECT person_id, \
        (SELECT id FROM attempts WHERE attempts.person_id = old.person_id \
            AND attempts.version_id = old.version_id AND topped_at IS NOT NULL \
            ORDER BY topped_at, id LIMIT 1), \
        version_id, lesson_id, system_id, level, earned_at, expires_at \
    FROM evidence_before_renewal AS old";

/// Lessons that are required have been so from the start.
const CARRY_REQUIRED: &str = "INSERT INTO required_lessons (id, lesson_id, from_at) \
    SELECT id, id, created_at FROM lessons WHERE is_required";

/// A level was described in one sentence for each language.
const DESCRIPTIONS: &str = "SELECT sv.system_id, sv.level, sv.description, en.description \
    FROM level_descriptions AS sv LEFT JOIN level_descriptions AS en \
        ON en.system_id = sv.system_id AND en.level = sv.level AND en.lang = 'en' \
    WHERE sv.lang = 'sv'";

/// That sentence becomes the level's first statement.
async fn carry_descriptions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let described = Statement::from_string(manager.get_database_backend(), DESCRIPTIONS);
    for row in db.query_all_raw(described).await? {
        let system: Uuid = row.try_get_by_index(0)?;
        let level: i16 = row.try_get_by_index(1)?;
        let sv: String = row.try_get_by_index(2)?;
        let en: Option<String> = row.try_get_by_index(3)?;
        let id = Uuid::now_v7();
        let columns =
            ["id", "meaning_id", "system_id", "level", "position", "text_sv", "text_en", "from_at"];
        let values = [
            id.into(),
            id.into(),
            system.into(),
            level.into(),
            1.into(),
            sv.into(),
            en.unwrap_or_default().into(),
            0i64.into(),
        ];
        let insert = Query::insert()
            .into_table("statements")
            .columns(columns)
            .values_panic(values)
            .to_owned();
        manager.execute(insert).await?;
    }
    Ok(())
}

/// What a system is asked to tell beyond its name.
fn about_systems() -> [TableAlterStatement; 3] {
    let column = |column: &mut ColumnDef| {
        Table::alter().table("systems").add_column(column.to_owned()).to_owned()
    };
    [
        column(string("owner").default("")),
        column(&mut big_integer_null("since_at")),
        column(&mut big_integer_null("retired_at")),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in map().into_iter().chain(people()) {
            manager.create_table(table).await?;
        }
        for change in about_systems() {
            manager.alter_table(change).await?;
        }
        let db = manager.get_connection();
        carry_descriptions(manager).await?;
        db.execute_unprepared("DROP TABLE level_descriptions").await?;
        db.execute_unprepared(CARRY_REQUIRED).await?;
        db.execute_unprepared("ALTER TABLE lessons DROP COLUMN is_required").await?;
        db.execute_unprepared("DROP INDEX ix_evidence_person_id_lesson_id").await?;
        db.execute_unprepared("ALTER TABLE evidence RENAME TO evidence_before_renewal").await?;
        manager.create_table(renewable_evidence()).await?;
        db.execute_unprepared(CARRY_EVIDENCE).await?;
        db.execute_unprepared("DROP TABLE evidence_before_renewal").await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
