//! Keeping the map: systems, what their levels mean, what is required. Whoever has the right to is
//! given a [`Map`]: see `Administrator::map` and `Operator::map`.

mod programs;
mod requirements;
mod statements;
mod systems;

use kvarten_domain::{SystemId, Timestamp, text::loosened};
use kvarten_entity::{Column, bank_revision, system};
use sea_orm::{EntityTrait, QuerySelect};
use serde::Serialize;
use sha2::{Digest, Sha256};

pub use programs::ProgramEdit;
pub use requirements::RequirementEdit;
pub use statements::{MOST_STATEMENTS, StatementEdit};
pub use systems::SystemEdit;
pub(crate) use systems::{level_state, require_lesson, system_state};

use crate::{
    ServiceError, Services,
    authoring::bank_changed,
    store::WriteTransaction,
    text::{fold, line as filled, optional_line as at_most},
};

/// The right to change the map, as of a point in time.
#[derive(Clone, Copy, Debug)]
pub struct Map<'s> {
    services: &'s Services,
    now: Timestamp,
}

impl<'s> Map<'s> {
    pub(crate) const fn of(services: &'s Services, now: Timestamp) -> Self {
        Self { services, now }
    }

    /// Commits, and lets every process know.
    async fn done(&self, writing: WriteTransaction) -> Result<(), ServiceError> {
        bank_changed(&writing).await?;
        writing.commit().await?;
        self.services.bank.forget();
        Ok(())
    }
}

/// A system that is held until the transaction ends: who changes it meanwhile waits.
async fn hold(writing: &WriteTransaction, system: SystemId) -> Result<system::Model, ServiceError> {
    let held = system::Entity::find_by_id(system.key()).lock_exclusive().one(writing).await?;
    held.ok_or(ServiceError::NotFound)
}

/// A word for how something stands, from everything that can be changed of it: another where anything
/// has been.
pub(crate) fn state(parts: impl Serialize) -> Result<String, ServiceError> {
    let digest = Sha256::digest(serde_json::to_vec(&parts)?);
    let beginning = digest.iter().take(8).fold(0, |word: u64, byte| word << 8 | u64::from(*byte));
    Ok(format!("{beginning:016x}"))
}

/// Holds the bank until the transaction ends: whoever adds to it meanwhile waits, so that no name is
/// given twice and nothing is added twice.
pub(crate) async fn hold_bank(writing: &WriteTransaction) -> Result<(), ServiceError> {
    bank_revision::Entity::find_by_id(1).lock_exclusive().one(writing).await?;
    Ok(())
}

/// A code that nothing of its kind has: the name in small letters, everything else hyphens; or a word
/// where nothing is left of it.
fn free_code(name: &str, word: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let plain = |c: char| {
        let c = loosened(c);
        if c.is_ascii_alphanumeric() { c } else { '-' }
    };
    let code: String = fold(name).chars().map(plain).collect();
    let words: Vec<&str> = code.split('-').filter(|word| !word.is_empty()).collect();
    let code = if words.is_empty() { word.to_owned() } else { words.join("-") };
    let mut number = 1;
    let mut free = code.clone();
    while is_taken(&free) {
        number += 1;
        free = format!("{code}-{number}");
    }
    free
}
