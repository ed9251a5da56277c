//! "Jag kan …": one of the statements that say what a level of a system means, as it was
//! worded for a time. Wordings of one meaning share what people have said of it.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "statements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub meaning_id: Uuid,
    pub system_id: Uuid,
    pub level: i16,
    pub position: i32,
    pub text_sv: String,
    pub text_en: String,
    pub from_at: i64,
    pub until_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
