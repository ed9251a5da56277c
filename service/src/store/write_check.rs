//! The write check behind `/readyz`.

use kvarten_entity::write_check;
use sea_orm::{
    ActiveValue::Set,
    EntityTrait, TransactionTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use super::{Store, StoreError};

/// The only row.
const ROW: i32 = 1;

impl Store {
    /// Writes a row and reads it back through another connection.
    ///
    /// # Errors
    /// [`StoreError::WriteLost`], or those of the database.
    pub async fn check_writing(&self) -> Result<(), StoreError> {
        // Acquired first, so that a shared pool hands out another connection for the write.
        let reading = self.read.begin().await?;
        let writing = self.begin().await?;
        let one_more = Expr::col((write_check::Entity, write_check::Column::Number)).add(1);
        let again = OnConflict::column(write_check::Column::Id)
            .value(write_check::Column::Number, one_more)
            .to_owned();
        let row = write_check::ActiveModel { id: Set(ROW), number: Set(1) };
        let written = write_check::Entity::insert(row)
            .on_conflict(again)
            .exec_with_returning(&writing)
            .await?;
        writing.commit().await?;
        let found = write_check::Entity::find_by_id(ROW).one(&reading).await?;
        reading.rollback().await?;
        // Another process may have incremented it since.
        let is_visible = found.is_some_and(|found| found.number >= written.number);
        if is_visible { Ok(()) } else { Err(StoreError::WriteLost) }
    }
}
