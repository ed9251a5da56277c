//! Statements that are sent often.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

use kvarten_domain::Timestamp;
use sea_orm::{Statement, Value};
use uuid::Uuid;

/// A statement that is put together once for each number of ids. Each use only changes its values:
/// the ids in it, in their order and from the first again, and the points in time.
#[derive(Debug, Default)]
pub(crate) struct Template(RwLock<BTreeMap<usize, Statement>>);

impl Template {
    /// The statement for some ids and a point in time; `build` puts it together the first time.
    pub(crate) fn of(
        &self,
        ids: &[Uuid],
        now: Timestamp,
        build: impl FnOnce() -> Statement,
    ) -> Statement {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&ids.len()).cloned();
        let Some(mut statement) = known else {
            let new = build();
            let mut statements = self.0.write().unwrap_or_else(PoisonError::into_inner);
            statements.insert(ids.len(), new.clone());
            return new;
        };
        let mut ids = ids.iter().copied().cycle();
        for value in statement.values.iter_mut().flat_map(|values| &mut values.0) {
            match value {
                Value::Uuid(Some(old)) => *old = ids.next().unwrap_or(*old),
                Value::BigInt(Some(old)) => *old = now.0,
                _ => {}
            }
        }
        statement
    }
}

/// The statements that are sent most.
#[derive(Debug, Default)]
pub(crate) struct Templates {
    pub(crate) signed_in: Template,
    pub(crate) begun: Template,
}
