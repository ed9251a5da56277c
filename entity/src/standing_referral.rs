//! Whoever joins a unit or profession is pointed to something.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "standing_referrals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub unit_id: Uuid,
    pub profession_id: Option<Uuid>,
    pub lesson_id: Option<Uuid>,
    pub program_id: Option<Uuid>,
    pub note: String,
    pub days: Option<i32>,
    pub sender_id: Option<Uuid>,
    pub from_at: i64,
    pub until_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
