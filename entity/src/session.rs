//! A signed-in browser; the key is a digest of the cookie's value.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub key: String,
    pub person_id: Option<Uuid>,
    pub is_shared: bool,
    #[serde(skip)]
    pub data: String,
    pub created_at: i64,
    pub seen_at: i64,
    pub expires_at: i64,
    /// What kind of device it is, such as "Android, Chrome"; empty where that is unknown.
    pub kind: String,
    /// The known device it is on.
    #[serde(skip)]
    pub device_key: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
