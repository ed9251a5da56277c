//! Points and leaderboards.

use kvarten_domain::{leaderboard::Leaderboard, points::PointsOverview, time::Period};
use leptos::{prelude::*, server_fn::codec::Postcard};

use super::WireError;

/// One's own points.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "points", input = Postcard, output = Postcard)]
pub async fn points() -> Result<PointsOverview, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.points().await)
}

/// The leaderboard of a period.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadLeaderboard, endpoint = "leaderboard", input = Postcard, output = Postcard)]
pub async fn leaderboard(period: Period) -> Result<Leaderboard, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.leaderboard(period).await)
}

/// Takes part in the leaderboard of individuals.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "join_leaderboard", output = Postcard)]
pub async fn join_leaderboard(#[server(default)] alias: String) -> Result<(), WireError> {
    use super::request::{Request, form_goes_to, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.join_leaderboard(&alias).await)?;
    form_goes_to("/poang");
    Ok(())
}

/// Stops taking part.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "leave_leaderboard", output = Postcard)]
pub async fn leave_leaderboard() -> Result<(), WireError> {
    use super::request::{Request, form_goes_to, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.leave_leaderboard().await)?;
    form_goes_to("/poang");
    Ok(())
}
