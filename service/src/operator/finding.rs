//! Finding units, and listing them.

use kvarten_domain::{UnitId, unit::UnitKind};

use super::{Operator, UnitInfo, directory::Directory};
use crate::ServiceError;

impl Operator<'_> {
    /// Every unit, each before those below it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn units(&self) -> Result<Vec<UnitInfo>, ServiceError> {
        Ok(Directory::load(self.services.store().read()).await?.all())
    }

    /// The units that a name or a path may mean, to choose from.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn units_called(&self, text: &str) -> Result<Vec<UnitInfo>, ServiceError> {
        let directory = Directory::load(self.services.store().read()).await?;
        let mut called: Vec<UnitInfo> =
            directory.called(text).into_iter().map(|unit| directory.info(unit)).collect();
        called.sort_by(|one, other| (&one.path, one.id).cmp(&(&other.path, other.id)));
        Ok(called)
    }

    /// The open unit with a name, a path (`Vård › Äldreboende › Solgläntan`, or with `/`), the end of
    /// one, or an id.
    ///
    /// # Errors
    /// An unknown unit, several that may be meant, or one that is closed: the fault says which.
    pub async fn find_unit(&self, name: &str) -> Result<UnitId, ServiceError> {
        Directory::load(self.services.store().read()).await?.find(name, false)
    }

    /// The same, also where it is closed.
    ///
    /// # Errors
    /// As for [`Operator::find_unit`], but for closed ones.
    pub async fn find_any_unit(&self, name: &str) -> Result<UnitId, ServiceError> {
        Directory::load(self.services.store().read()).await?.find(name, true)
    }

    /// The municipality, if there is one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn municipality(&self) -> Result<Option<UnitId>, ServiceError> {
        let all = self.units().await?;
        Ok(all.into_iter().find(|unit| unit.kind == UnitKind::Municipality).map(|unit| unit.id))
    }
}
