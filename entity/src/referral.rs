//! A manager points a person to a lesson.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "referrals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    pub sender_id: Option<Uuid>,
    pub lesson_id: Uuid,
    pub note: String,
    pub wish_at: Option<i64>,
    pub sent_at: i64,
    pub seen_at: Option<i64>,
    pub withdrawn_at: Option<i64>,
    pub changed_at: i64,
    pub revision: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
