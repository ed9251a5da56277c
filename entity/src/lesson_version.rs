//! One version of a lesson; never changed once published.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "lesson_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub lesson_id: Uuid,
    pub number: i32,
    pub lang: String,
    pub title: String,
    pub summary: String,
    pub keywords: String,
    pub routine_name: String,
    pub routine_html: String,
    pub minutes: i16,
    pub created_at: i64,
    pub published_at: i64,
    pub review_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
