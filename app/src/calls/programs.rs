//! Programs: walking them, and keeping them.

use std::collections::BTreeMap;

use kvarten_domain::{
    ProgramId,
    program::{ProgramForm, ProgramLine, ProgramPage},
};
use leptos::{prelude::*, server_fn::codec::Postcard};

use super::WireError;

/// A program and how far one has come.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadProgram, endpoint = "program", input = Postcard, output = Postcard)]
pub async fn program(code: String) -> Result<ProgramPage, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.program(&code).await)
}

/// Every program there is or was, and one to be made.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadPrograms, endpoint = "programs", input = Postcard, output = Postcard)]
pub async fn programs() -> Result<(Vec<ProgramLine>, ProgramForm), WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    let administrator = request.administrator()?;
    let lines = pass(administrator.programs(request.locale).await)?;
    Ok((lines, pass(administrator.program(None, request.locale).await)?))
}

/// A program to be changed.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadProgramForm, endpoint = "map_program", input = Postcard, output = Postcard)]
pub async fn map_program(code: String) -> Result<ProgramForm, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.administrator()?.program(Some(&code), request.locale).await)
}

/// Adds a program or changes one. Its lessons stand in `s` under their places, each behind an `s`;
/// empty places are left out. Returns its code.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "set_program", output = Postcard)]
pub async fn set_program(
    id: ProgramId,
    #[server(default)] revision: u32,
    #[server(default)] name: String,
    #[server(default)] about: String,
    #[server(default)] profession: String,
    #[server(default)] is_ended: Option<String>,
    #[server(default)] s: BTreeMap<String, String>,
) -> Result<String, WireError> {
    use super::request::{Request, form_goes_to, pass};
    use kvarten_domain::Fault;
    use kvarten_service::{ServiceError, map::ProgramEdit};

    let request = Request::signed_in().await?;
    let administrator = request.administrator()?;
    let mut places: Vec<(u32, &str)> = s
        .iter()
        .filter_map(|(place, slug)| {
            Some((place.trim_start_matches('s').parse().ok()?, slug.trim()))
        })
        .filter(|(_, slug)| !slug.is_empty())
        .collect();
    places.sort_unstable();
    let slugs: Vec<&str> = places.into_iter().map(|(_, slug)| slug).collect();
    let unknown = |field| move |_| ServiceError::invalid(field, Fault::UnknownOption);
    let lessons = administrator.lessons_named(&slugs).await.map_err(unknown("lessons"));
    let profession = match profession.as_str() {
        "" => None,
        code => Some(pass(administrator.profession(code).await.map_err(unknown("profession")))?),
    };
    let edit = ProgramEdit {
        id,
        seen: revision,
        name,
        about,
        profession,
        lessons: pass(lessons)?,
        is_ended: is_ended.is_some(),
    };
    let code = pass(administrator.map().set_program(&edit).await)?;
    form_goes_to(&format!("/karta/program/{code}?klart=1"));
    Ok(code)
}
