//! "Min enhet".

use kvarten_domain::{
    Date, PersonId,
    knowledge::{PersonPage, SystemPage},
    overview::{Filter, FirstRows, Overview},
};
use leptos::{prelude::*, server_fn::codec::Postcard};

use super::WireError;

/// The first rows of those whom a filter lets through.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadFirstRows, endpoint = "first_rows", input = Postcard, output = Postcard)]
pub async fn first_rows(filter: Filter) -> Result<FirstRows, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.manager().await?.first_rows(&filter, request.locale).await)
}

/// Everybody in the manager's units.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadOverview, endpoint = "overview", input = Postcard, output = Postcard)]
pub async fn overview() -> Result<Overview, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.manager().await?.overview(request.locale).await)
}

/// The picture of somebody in the manager's units.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadColleague, endpoint = "colleague", input = Postcard, output = Postcard)]
pub async fn colleague(person: PersonId, then: Option<Date>) -> Result<PersonPage, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.manager().await?.person(person, then, request.locale).await)
}

/// One system, for somebody in the manager's units, and the person's name.
///
/// # Errors
/// See [`WireError`].
#[server(
    client = super::KvartenClient,
    name = ReadColleagueSystem,
    endpoint = "colleague_system",
    input = Postcard,
    output = Postcard
)]
pub async fn colleague_system(
    person: PersonId,
    code: String,
) -> Result<(String, SystemPage), WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.manager().await?.person_system(person, &code, request.locale).await)
}
