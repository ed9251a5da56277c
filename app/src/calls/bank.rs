//! The bank.

use kvarten_domain::bank::{Filter, LearnPage};
use leptos::{prelude::*, server_fn::codec::Postcard};

use super::WireError;

/// "Lär".
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadLearnPage, endpoint = "learn_page", input = Postcard, output = Postcard)]
pub async fn learn_page(filter: Filter) -> Result<LearnPage, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.learn_page(&filter, request.locale).await)
}
