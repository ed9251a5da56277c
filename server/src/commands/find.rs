//! Finding what a command names, or saying which are meant.

use kvarten_domain::{Fault, PersonId, UnitId};
use kvarten_service::{
    ServiceError,
    operator::{Operator, UnitInfo},
};

use crate::Failure;

/// The person with an employee number, an e-mail address or an id.
pub async fn person(operator: Operator<'_>, who: &str) -> Result<PersonId, Failure> {
    operator.find_person(who).await.map_err(|error| match error {
        ServiceError::NotFound => Failure::NobodyCalled(who.to_owned()),
        other => other.into(),
    })
}

/// The open unit with a name, a path or an id.
pub async fn unit(operator: Operator<'_>, text: &str) -> Result<UnitId, Failure> {
    let found = operator.find_unit(text).await;
    or_which(operator, text, found).await
}

/// The same, open or closed.
pub async fn any_unit(operator: Operator<'_>, text: &str) -> Result<UnitId, Failure> {
    let found = operator.find_any_unit(text).await;
    or_which(operator, text, found).await
}

async fn or_which(
    operator: Operator<'_>,
    text: &str,
    found: Result<UnitId, ServiceError>,
) -> Result<UnitId, Failure> {
    let fault = match found {
        Ok(unit) => return Ok(unit),
        Err(ServiceError::Invalid { field: "unit", fault }) => fault,
        Err(other) => return Err(other.into()),
    };
    Err(match fault {
        Fault::Repeated => {
            let all = operator.units_called(text).await?;
            let which = |unit: &UnitInfo| format!("{} ({})", unit.path, unit.id);
            let which: Vec<String> = all.iter().map(which).collect();
            let which = which.join("; ");
            Failure::Refused(format!(
                "there is more than one unit called `{text}`; give its path or id: {which}"
            ))
        }
        Fault::Retired => Failure::Refused(format!(
            "the unit `{text}` is closed (`kvarten unit reopen` opens it again)"
        )),
        Fault::UnknownOption => Failure::Refused(format!(
            "there is no unit called `{text}` (`kvarten unit list` lists them)"
        )),
        fault => ServiceError::invalid("unit", fault).into(),
    })
}
