//! A manager points a person to a lesson or a program.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "referrals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    pub sender_id: Option<Uuid>,
    pub lesson_id: Option<Uuid>,
    pub program_id: Option<Uuid>,
    pub standing_id: Option<Uuid>,
    pub note: String,
    pub wish_at: Option<i64>,
    pub sent_at: i64,
    pub seen_at: Option<i64>,
    pub withdrawn_at: Option<i64>,
    pub changed_at: i64,
    pub revision: i32,
    pub is_told_new: bool,
    pub is_told_week: bool,
    pub is_told_day: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
