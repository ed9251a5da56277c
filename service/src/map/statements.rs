//! What a level means: its statements.

use std::collections::HashMap;

use kvarten_domain::{Fault, Level, StatementId, SystemId};
use kvarten_entity::{Column, statement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr,
};
use uuid::Uuid;

use super::{Map, at_most, filled, hold};
use crate::{ServiceError, store::WriteTransaction};

/// A statement as it is to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementEdit {
    /// The statement it is today; none for a new one.
    pub id: Option<StatementId>,
    /// "Jag kan …": 1–200 characters.
    pub sv: String,
    /// The same in English, where somebody has translated it.
    pub en: String,
    /// Whether only the wording differs: then what people have said of it still counts.
    pub is_same_meaning: bool,
}

/// The most statements of a level. Reading them is to take half a minute.
pub const MOST_STATEMENTS: usize = 8;
/// The longest statement, in characters.
const LONGEST: usize = 200;

impl Map<'_> {
    /// Makes these the statements of a level, in this order, from now on. What is not among them
    /// ends; what reads otherwise is a new wording. The same sent twice is done once.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`]; a statement that is empty, too long or there twice; too many;
    /// [`Fault::Changed`] where somebody else has changed them meanwhile.
    pub async fn set_statements(
        &self,
        system: SystemId,
        level: Level,
        edits: &[StatementEdit],
    ) -> Result<(), ServiceError> {
        let texts = texts_of(edits)?;
        let writing = self.services.store().begin().await?;
        hold(&writing, system).await?;
        let rows = rows_of(&writing, system, level).await?;
        if is_so(&rows, edits, &texts) {
            return Ok(());
        }
        self.put_statements(&writing, (system, level), rows, edits, texts).await?;
        self.done(writing).await
    }

    /// The same for a system that is held, of whose statements `rows` are all there have been.
    pub(super) async fn put_statements(
        &self,
        writing: &WriteTransaction,
        (system, level): (SystemId, Level),
        rows: Vec<statement::Model>,
        edits: &[StatementEdit],
        texts: Vec<(String, String)>,
    ) -> Result<(), ServiceError> {
        let current = rows.into_iter().filter(|row| row.until_at.is_none());
        let mut current: HashMap<Uuid, statement::Model> =
            current.map(|row| (row.id, row)).collect();
        for (position, (edit, (sv, en))) in (1..).zip(edits.iter().zip(texts)) {
            let known = match edit.id {
                None => None,
                Some(id) => Some(
                    current
                        .remove(&id.key())
                        .ok_or(ServiceError::invalid("statement", Fault::Changed))?,
                ),
            };
            if let Some(known) = known.as_ref().filter(|row| row.text_sv == sv && row.text_en == en)
            {
                self.place(writing, known, position).await?;
                continue;
            }
            if let Some(known) = &known {
                self.end(writing, known.id).await?;
            }
            let id = Uuid::now_v7();
            let meaning = known.filter(|_| edit.is_same_meaning).map_or(id, |row| row.meaning_id);
            let row = statement::ActiveModel {
                id: Set(id),
                meaning_id: Set(meaning),
                system_id: Set(system.key()),
                level: Set(i16::from(level.number())),
                position: Set(position),
                text_sv: Set(sv),
                text_en: Set(en),
                from_at: Set(self.now.0),
                until_at: Set(None),
            };
            statement::Entity::insert(row).exec_without_returning(writing).await?;
        }
        for id in current.into_keys() {
            self.end(writing, id).await?;
        }
        Ok(())
    }

    async fn place(
        &self,
        writing: &WriteTransaction,
        known: &statement::Model,
        position: i32,
    ) -> Result<(), ServiceError> {
        if known.position != position {
            statement::Entity::update_many()
                .col_expr(statement::Column::Position, Expr::value(position))
                .filter(statement::Column::Id.eq(known.id))
                .exec(writing)
                .await?;
        }
        Ok(())
    }

    async fn end(&self, writing: &WriteTransaction, id: Uuid) -> Result<(), ServiceError> {
        statement::Entity::update_many()
            .col_expr(statement::Column::UntilAt, Expr::value(self.now.0))
            .filter(statement::Column::Id.eq(id))
            .exec(writing)
            .await?;
        Ok(())
    }
}

/// The texts of statements as they are kept, in both languages.
pub(super) fn texts_of(edits: &[StatementEdit]) -> Result<Vec<(String, String)>, ServiceError> {
    let mut texts: Vec<(String, String)> = Vec::with_capacity(edits.len());
    for edit in edits {
        let sv = filled("statement", &edit.sv, LONGEST)?;
        if texts.iter().any(|(other, _)| *other == sv) {
            return Err(ServiceError::invalid("statement", Fault::Repeated));
        }
        texts.push((sv, at_most("statement", &edit.en, LONGEST)?));
    }
    if edits.len() > MOST_STATEMENTS {
        return Err(ServiceError::invalid("statement", Fault::TooMany));
    }
    Ok(texts)
}

/// Every wording a level has had, in order.
pub(super) async fn rows_of(
    writing: &WriteTransaction,
    system: SystemId,
    level: Level,
) -> Result<Vec<statement::Model>, ServiceError> {
    let rows = statement::Entity::find()
        .filter(statement::Column::SystemId.eq(system.key()))
        .filter(statement::Column::Level.eq(i16::from(level.number())))
        .order_by_asc(statement::Column::Position);
    Ok(rows.all(writing).await?)
}

/// Whether the statements of a level are as they are to be: as when they are sent again, with the ids
/// of what they were before. `rows` are those that have ended, too.
pub(super) fn is_so(
    rows: &[statement::Model],
    edits: &[StatementEdit],
    texts: &[(String, String)],
) -> bool {
    let current: Vec<_> = rows.iter().filter(|row| row.until_at.is_none()).collect();
    current.len() == edits.len()
        && current.iter().zip(edits).zip(texts).all(|((now, edit), (sv, en))| {
            let is_meant = match edit.id {
                None => true,
                Some(id) if id.key() == now.id => true,
                Some(id) => rows.iter().find(|row| row.id == id.key()).is_some_and(|before| {
                    edit.is_same_meaning == (before.meaning_id == now.meaning_id)
                }),
            };
            is_meant && now.text_sv == *sv && now.text_en == *en
        })
}
