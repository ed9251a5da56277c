//! Units, professions and systems.

use std::collections::HashMap;

use kvarten_domain::{Fault, Id, Locale, ProfessionId, SystemId, UnitId, unit::UnitKind};
use kvarten_entity::{Column, Key, level_description, profession, system, unit};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use super::{Operator, required};
use crate::{ServiceError, authoring, new_id};

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
        writing.commit().await?;
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
        let same = profession::Entity::find().filter(profession::Column::Code.eq(&code));
        if same.count(self.services.store().read()).await? > 0 {
            return Err(ServiceError::invalid("code", Fault::Taken));
        }
        let row = profession::ActiveModel {
            id: Set(id.key()),
            code: Set(code),
            name_sv: Set(required("sv", sv)?),
            name_en: Set(required("en", en)?),
        };
        profession::Entity::insert(row)
            .exec_without_returning(self.services.store().write())
            .await?;
        Ok(id)
    }

    /// Adds a system and what its four levels mean: for each level, in Swedish and English.
    ///
    /// # Errors
    /// A code that is empty or taken.
    pub async fn create_system(
        &self,
        code: &str,
        name: &str,
        about: &str,
        position: i32,
        levels: &[(u8, String, String)],
    ) -> Result<SystemId, ServiceError> {
        let id: SystemId = new_id();
        let writing = self.services.store().begin().await?;
        let row = system::ActiveModel {
            id: Set(id.key()),
            code: Set(required("code", code)?),
            name: Set(required("name", name)?),
            about: Set(about.trim().to_owned()),
            position: Set(position),
        };
        system::Entity::insert(row).exec_without_returning(&writing).await?;
        for (level, sv, en) in levels {
            for (locale, text) in [(Locale::Sv, sv), (Locale::En, en)] {
                let row = level_description::ActiveModel {
                    system_id: Set(id.key()),
                    level: Set(i16::from(*level)),
                    lang: Set(locale.tag().to_owned()),
                    description: Set(required("level", text)?),
                };
                level_description::Entity::insert(row).exec_without_returning(&writing).await?;
            }
        }
        authoring::bank_changed(&writing).await?;
        writing.commit().await?;
        self.services.bank.forget();
        Ok(id)
    }

    /// The unit with a name or an id.
    ///
    /// # Errors
    /// A name that no unit has, or more than one.
    pub async fn find_unit(&self, name: &str) -> Result<UnitId, ServiceError> {
        let name = name.trim();
        let by_name = unit::Column::Name.eq(name);
        let which = match name.parse::<UnitId>() {
            Ok(id) => Condition::any().add(unit::Column::Id.eq(id.key())),
            Err(_) => Condition::any().add(by_name),
        };
        let found = unit::Entity::find().filter(which).all(self.services.store().read()).await?;
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
