//! Trends: of a manager's units, and of the whole municipality.

use kvarten_domain::{UnitId, trends::TrendsPage};
use leptos::{prelude::*, server_fn::codec::Postcard};

use super::WireError;

/// Trends in the manager's units: of a unit and all below it, and of a profession, by its code, where
/// they are given.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadTrends, endpoint = "trends", input = Postcard, output = Postcard)]
pub async fn trends(
    unit: Option<UnitId>,
    profession: Option<String>,
) -> Result<TrendsPage, WireError> {
    use super::request::{Request, pass};
    use kvarten_service::Selection;

    let request = Request::signed_in().await?;
    let selection = Selection { unit, profession };
    pass(request.manager().await?.trends(selection, request.locale).await)
}

/// The same in all units.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadAllTrends, endpoint = "all_trends", input = Postcard, output = Postcard)]
pub async fn all_trends(
    unit: Option<UnitId>,
    profession: Option<String>,
) -> Result<TrendsPage, WireError> {
    use super::request::{Request, pass};
    use kvarten_service::Selection;

    let request = Request::signed_in().await?;
    let selection = Selection { unit, profession };
    pass(request.administrator()?.trends(selection, request.locale).await)
}
