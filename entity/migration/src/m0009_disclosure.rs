//! Disclosure control: cohorts, and points of units in steps.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, boolean, integer, uuid},
};

use crate::shape::{id, index, key, refers, table};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let cohorts = table("cohorts")
            .col(id())
            .col(big_integer("formed_at"))
            .col(boolean("is_retired"))
            .to_owned();
        let members = table("cohort_members")
            .col(uuid("cohort_id"))
            .col(uuid("person_id"))
            .col(uuid("unit_id"))
            .col(uuid("profession_id"))
            .primary_key(&mut key(&["cohort_id", "person_id"]))
            .foreign_key(&mut refers("cohort_members", "cohort_id", "cohorts"))
            .foreign_key(&mut refers("cohort_members", "person_id", "people"))
            .foreign_key(&mut refers("cohort_members", "unit_id", "units"))
            .foreign_key(&mut refers("cohort_members", "profession_id", "professions"))
            .to_owned();
        let steps = table("unit_points_steps")
            .col(uuid("unit_id"))
            .col(big_integer("day_at"))
            .col(big_integer("points"))
            .primary_key(&mut key(&["unit_id", "day_at"]))
            .foreign_key(&mut refers("unit_points_steps", "unit_id", "units"))
            .to_owned();
        let runs = table("disclosure_runs")
            .col(integer("id").primary_key())
            .col(big_integer("points_until_at"))
            .to_owned();
        for table in [cohorts, members, steps, runs] {
            manager.create_table(table).await?;
        }
        manager.create_index(index("cohort_members", &["person_id"])).await?;
        let first = "INSERT INTO disclosure_runs (id, points_until_at) VALUES (1, 0)";
        manager.get_connection().execute_unprepared(first).await?;
        Ok(())
    }
}
