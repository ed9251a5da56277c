//! Units, professions and systems.

use std::collections::HashMap;

use kvarten_domain::{
    Fault, Id, Level, ProfessionId, StatementId, SystemId, UnitId, unit::UnitKind,
};
use kvarten_entity::{Column, Key, profession, unit};
use sea_orm::{ActiveValue::Set, EntityTrait, PaginatorTrait};

use super::{Operator, required};
use crate::{
    ServiceError,
    authoring::bank_changed,
    map::{StatementEdit, SystemEdit, hold_bank},
    new_id,
    text::{self, identity_key},
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
    /// Adds a unit below another, or the municipality itself.
    ///
    /// # Errors
    /// A name that is empty, a kind that cannot stand there, or a second municipality.
    pub async fn create_unit(
        &self,
        name: &str,
        kind: UnitKind,
        parent: Option<UnitId>,
    ) -> Result<UnitId, ServiceError> {
        let name = required("name", name)?;
        let writing = self.services.store().begin().await?;
        hold_bank(&writing).await?;
        let above = match parent {
            None => None,
            Some(parent) => {
                let row = unit::Entity::find_by_id(parent.key())
                    .one(&writing)
                    .await?
                    .ok_or(ServiceError::NotFound)?;
                UnitKind::from_code(&row.kind)
            }
        };
        if !kind.may_stand_below(above) {
            return Err(ServiceError::invalid("kind", Fault::UnknownOption));
        }
        if kind == UnitKind::Municipality && unit::Entity::find().count(&writing).await? > 0 {
            return Err(ServiceError::invalid("municipality", Fault::Taken));
        }
        let id: UnitId = new_id();
        let row = unit::ActiveModel {
            id: Set(id.key()),
            parent_id: Set(parent.map(Column::key)),
            kind: Set(kind.code().to_owned()),
            name: Set(name),
            created_at: Set(self.now.0),
            closed_at: Set(None),
        };
        unit::Entity::insert(row).exec_without_returning(&writing).await?;
        bank_changed(&writing).await?;
        writing.commit().await?;
        self.services.bank.forget();
        Ok(id)
    }

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

    /// The unit with a name or an id.
    ///
    /// # Errors
    /// A name that no unit has, or more than one.
    pub async fn find_unit(&self, name: &str) -> Result<UnitId, ServiceError> {
        let db = self.services.store().read();
        let found = if let Ok(id) = text::identifier(name).parse::<UnitId>() {
            unit::Entity::find_by_id(id.key()).all(db).await?
        } else {
            let wanted = identity_key(name);
            let mut units = unit::Entity::find().all(db).await?;
            units.retain(|unit| identity_key(&unit.name) == wanted);
            units
        };
        match found.as_slice() {
            [one] => Ok(one.id.id()),
            [] => Err(ServiceError::invalid("unit", Fault::UnknownOption)),
            _ => Err(ServiceError::invalid("unit", Fault::Repeated)),
        }
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
