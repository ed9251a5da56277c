//! Professions and systems.

use std::collections::HashMap;

use kvarten_domain::{Fault, Id, Level, ProfessionId, StatementId, SystemId};
use kvarten_entity::{Column, profession};
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{Operator, required};
use crate::{
    ServiceError,
    authoring::bank_changed,
    map::{StatementEdit, SystemEdit},
    new_id,
    text::identity_key,
};

/// Ids by code.
#[derive(Clone, Debug)]
pub struct Codes {
    /// Of professions.
    pub professions: HashMap<String, ProfessionId>,
    /// Of systems.
    pub systems: HashMap<String, SystemId>,
}

impl Operator<'_> {
    /// Adds a profession.
    ///
    /// # Errors
    /// A code that is empty or taken.
    pub async fn create_profession(
        &self,
        code: &str,
        sv: &str,
        en: &str,
    ) -> Result<ProfessionId, ServiceError> {
        let id: ProfessionId = new_id();
        let code = required("code", code)?;
        let others = profession::Entity::find().all(self.services.store().read()).await?;
        if others.iter().any(|other| identity_key(&other.code) == identity_key(&code)) {
            return Err(ServiceError::invalid("code", Fault::Taken));
        }
        let row = profession::ActiveModel {
            id: Set(id.key()),
            code: Set(code),
            name_sv: Set(required("sv", sv)?),
            name_en: Set(required("en", en)?),
        };
        let writing = self.services.store().begin().await?;
        profession::Entity::insert(row).exec_without_returning(&writing).await?;
        bank_changed(&writing).await?;
        writing.commit().await?;
        self.services.bank.forget();
        Ok(id)
    }

    /// The ids of professions and systems, by code.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn map_of_codes(&self) -> Result<Codes, ServiceError> {
        let bank = self.services.bank().await?;
        let systems = bank.systems.iter().map(|system| (system.code.clone(), system.id));
        Ok(Codes { professions: self.professions().await?, systems: systems.collect() })
    }

    /// The statements of a level as they read now, in their order.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub async fn statements(
        &self,
        system: SystemId,
        level: Level,
    ) -> Result<Vec<StatementId>, ServiceError> {
        let bank = self.services.bank().await?;
        let system = bank.systems.iter().find(|one| one.id == system);
        let system = system.ok_or(ServiceError::NotFound)?;
        Ok(system.statements_of(level, self.now).map(|statement| statement.id).collect())
    }

    /// Adds a system under a code, with what its levels mean: statements in Swedish and English.
    ///
    /// # Errors
    /// A name that is empty or taken, or a statement that will not do.
    pub async fn create_system(
        &self,
        code: &str,
        edit: &SystemEdit,
        levels: &[(Level, Vec<StatementEdit>)],
    ) -> Result<SystemId, ServiceError> {
        let id = new_id();
        let code = required("code", code)?;
        self.map().add_system(id, Some(&code), edit).await?;
        for (level, statements) in levels {
            self.map().set_statements(id, *level, statements).await?;
        }
        Ok(id)
    }

    /// Ids of professions by code.
    pub(crate) async fn professions(&self) -> Result<HashMap<String, ProfessionId>, ServiceError> {
        let rows = profession::Entity::find().all(self.services.store().read()).await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.code, ProfessionId::from_u128(row.id.as_u128())))
            .collect())
    }
}
