//! Who is counted in which cohort, and where they worked when it was formed.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[expect(clippy::struct_field_names, reason = "columns that refer to rows end in _id")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "cohort_members")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub cohort_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: Uuid,
    pub unit_id: Uuid,
    pub profession_id: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
