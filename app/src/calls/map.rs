//! Keeping the map.

#![expect(clippy::too_many_arguments, reason = "a form has as many fields as it has")]

use std::collections::BTreeMap;

use kvarten_domain::{
    Date, LessonId, Level, SystemId, UnitId,
    map::{Changes, RequirementsPage, SystemForm, SystemLine},
};
use leptos::{prelude::*, server_fn::codec::Postcard};
use serde::{Deserialize, Serialize};

use super::WireError;

/// Every system there is or was, and the id that a new one is to have.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadMap, endpoint = "map", input = Postcard, output = Postcard)]
pub async fn map_page() -> Result<(Vec<SystemLine>, String), WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    let systems = pass(request.administrator()?.systems().await)?;
    Ok((systems, kvarten_service::new_id::<SystemId>().to_string()))
}

/// A system to be changed.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadMapSystem, endpoint = "map_system", input = Postcard, output = Postcard)]
pub async fn map_system(code: String) -> Result<SystemForm, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.administrator()?.system(&code).await)
}

/// What is required, of the municipality or in a unit, on a day.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadRequirements, endpoint = "requirements", input = Postcard, output = Postcard)]
pub async fn requirements(
    unit: Option<UnitId>,
    on: Option<Date>,
) -> Result<RequirementsPage, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.administrator()?.requirements(unit, on, request.locale).await)
}

/// The beginning of the day that a date field holds; nothing where it is empty.
#[cfg(feature = "ssr")]
fn day(
    services: &kvarten_service::Services,
    field: &'static str,
    text: &str,
) -> Result<Option<kvarten_domain::Timestamp>, WireError> {
    use super::request::pass;
    use kvarten_domain::Fault;
    use kvarten_service::ServiceError;

    if text.trim().is_empty() {
        return Ok(None);
    }
    let day = Date::from_iso(text.trim()).and_then(|day| services.calendar().start_of_day(day));
    pass(day.ok_or(ServiceError::invalid(field, Fault::WrongDate))).map(Some)
}

/// Adds a system. Returns its code.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "create_system", output = Postcard)]
pub async fn create_system(
    id: SystemId,
    #[server(default)] name: String,
    #[server(default)] about: String,
    #[server(default)] owner: String,
    #[server(default)] since: String,
) -> Result<String, WireError> {
    use super::request::{Request, form_goes_to, pass};
    use kvarten_service::map::SystemEdit;

    let request = Request::signed_in().await?;
    let administrator = request.administrator()?;
    let since = day(&request.services, "since", &since)?;
    let edit = SystemEdit { name, about, owner, since, retired: None };
    let code = pass(administrator.map().create_system(id, &edit).await)?;
    form_goes_to(&format!("/karta/{code}"));
    Ok(code)
}

/// Changes what is said of a system.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "change_system", output = Postcard)]
pub async fn change_system(
    id: SystemId,
    code: String,
    #[server(default)] seen: String,
    #[server(default)] name: String,
    #[server(default)] about: String,
    #[server(default)] owner: String,
    #[server(default)] since: String,
    #[server(default)] retired: String,
) -> Result<(), WireError> {
    use super::request::{Request, form_goes_to, pass};
    use kvarten_service::map::SystemEdit;

    let request = Request::signed_in().await?;
    let administrator = request.administrator()?;
    let since = day(&request.services, "since", &since)?;
    let retired = day(&request.services, "retired", &retired)?;
    let edit = SystemEdit { name, about, owner, since, retired };
    pass(administrator.map().change_system(id, Some(&seen), &edit).await)?;
    form_goes_to(&format!("/karta/{code}?klart=1"));
    Ok(())
}

/// A statement as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementFields {
    /// The wording it is today; empty for a new one.
    #[serde(default)]
    pub id: String,
    /// In Swedish; a new one that is empty is left out.
    #[serde(default)]
    pub sv: String,
    /// In English.
    #[serde(default)]
    pub en: String,
    /// Set where only the wording differs.
    #[serde(default)]
    pub same: Option<String>,
}

/// The name of a field of a level's form, in errors: there are four such forms on one page.
#[must_use]
pub fn level_field(level: Level, field: &'static str) -> &'static str {
    let names = match field {
        "months" => ["months1", "months2", "months3", "months4"],
        "statement" => ["statement1", "statement2", "statement3", "statement4"],
        _ => return field,
    };
    names[usize::from(level.number()) - 1]
}

/// Changes a level: its statements and for how many months it holds. Statements stand under `s0`,
/// `s1` …, which gives their order.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "change_level", output = Postcard)]
pub async fn change_level(
    id: SystemId,
    code: String,
    level: Level,
    #[server(default)] seen: String,
    #[server(default)] months: String,
    #[server(default)] s: BTreeMap<String, StatementFields>,
) -> Result<(), WireError> {
    use super::request::{Request, form_goes_to, pass};
    use kvarten_domain::StatementId;
    use kvarten_service::{ServiceError, map::StatementEdit};

    let request = Request::signed_in().await?;
    let map = request.administrator()?.map();
    let months = match months.trim() {
        "" => None,
        // What is no such number is no number of months.
        text => Some(text.parse::<u8>().unwrap_or(0)),
    };
    let mut edits = Vec::with_capacity(s.len());
    for fields in s.into_values() {
        let id = fields.id.parse::<StatementId>().ok();
        // A statement that is emptied goes; a new one that was never filled in never came.
        if fields.sv.trim().is_empty() && fields.en.trim().is_empty() {
            continue;
        }
        edits.push(StatementEdit {
            id,
            sv: fields.sv,
            en: fields.en,
            is_same_meaning: fields.same.is_some(),
        });
    }
    pass(map.change_level(id, level, &seen, &edits, months).await.map_err(|error| match error {
        // There are four such forms on the page.
        ServiceError::Invalid { field, fault } => {
            ServiceError::Invalid { field: level_field(level, field), fault }
        }
        error => error,
    }))?;
    form_goes_to(&format!("/karta/{code}?klart={}#niva-{}", level.number(), level.number()));
    Ok(())
}

/// Says whether a lesson is required for its level.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "require_lesson", output = Postcard)]
pub async fn require_lesson(
    lesson: LessonId,
    code: String,
    #[server(default)] required: Option<String>,
) -> Result<(), WireError> {
    use super::request::{Request, form_goes_to, pass};

    let request = Request::signed_in().await?;
    let map = request.administrator()?.map();
    pass(map.set_required_lesson(lesson, required.is_some()).await)?;
    form_goes_to(&format!("/karta/{code}?klart=1"));
    Ok(())
}

/// Changes what is required from a day on. The fields `c` stand under `profession.system`, and hold
/// two figures: what the editor saw there, and what it is to be; 0 for nothing. Where something else was
/// decided for later, its day and its figure follow.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "set_requirements", output = Postcard)]
pub async fn set_requirements(
    #[server(default)] unit: String,
    #[server(default)] from: String,
    #[server(default)] c: BTreeMap<String, String>,
) -> Result<Changes, WireError> {
    use super::request::{Request, form_goes_to, pass};
    use kvarten_domain::Fault;
    use kvarten_service::ServiceError;

    let request = Request::signed_in().await?;
    let administrator = request.administrator()?;
    let unit = match unit.as_str() {
        "" => None,
        text => {
            let unknown = ServiceError::invalid("unit", Fault::UnknownOption);
            Some(pass(text.parse::<UnitId>().map_err(|_| unknown))?)
        }
    };
    let from = day(&request.services, "from", &from)?;
    let changes = pass(administrator.set_requirements(unit, from, &c).await)?;
    let unit = unit.map_or_else(String::new, |unit| format!("&enhet={unit}"));
    let refused: Vec<String> = changes
        .refused
        .iter()
        .take(20)
        .map(|(profession, system, fault)| format!("{profession}.{system}.{}", fault.code()))
        .collect();
    form_goes_to(&format!("/karta/krav?klart={}{unit}&nej={}", changes.changed, refused.join(",")));
    Ok(changes)
}
