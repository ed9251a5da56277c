//! The marker of this database, written anew at each start. The data folder holds the same value in a
//! file; they differ when the database was restored.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "restore_markers")]
pub struct Model {
    /// Always 1: there is a single row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    pub value: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
