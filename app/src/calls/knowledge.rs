//! What one can and needs.

use std::collections::BTreeMap;

use kvarten_domain::{
    Date, Level, MeaningId,
    knowledge::{Assessed, AssessmentPage, LookLine, Portrait, SystemPage},
};
use leptos::{prelude::*, server_fn::codec::Postcard};

use super::WireError;

/// "Kunskaper": one's own picture, with an earlier day laid under it.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadPortrait, endpoint = "portrait", input = Postcard, output = Postcard)]
pub async fn portrait(then: Option<Date>) -> Result<Portrait, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.portrait(then, request.locale).await)
}

/// One system.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadSystem, endpoint = "system", input = Postcard, output = Postcard)]
pub async fn system(code: String) -> Result<SystemPage, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.system(&code, request.locale).await)
}

/// A level's statements to answer.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadAssessment, endpoint = "assessment", input = Postcard, output = Postcard)]
pub async fn assessment(code: String, level: Option<Level>) -> Result<AssessmentPage, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.assessment(&code, level, request.locale).await)
}

/// The ids that a form's fields stand under, each behind an `m`: a name that begins with a figure
/// would be read as a number.
#[cfg(feature = "ssr")]
fn meanings(said: BTreeMap<String, String>) -> Result<BTreeMap<MeaningId, String>, WireError> {
    use super::request::pass;
    use kvarten_domain::Fault;
    use kvarten_service::ServiceError;

    let unknown = || ServiceError::invalid("statement", Fault::UnknownOption);
    let read = |(id, claim): (String, String)| {
        Ok((id.trim_start_matches('m').parse().map_err(|_| unknown())?, claim))
    };
    pass(said.into_iter().map(read).collect())
}

/// Keeps what one says of a single statement, as soon as it is said. Returns whether the level is
/// answered with it.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "keep_claim", output = Postcard)]
pub async fn keep_claim(
    code: String,
    level: Level,
    meaning: MeaningId,
    claim: String,
) -> Result<bool, WireError> {
    use super::request::{Request, pass};
    use kvarten_domain::Fault;
    use kvarten_service::ServiceError;

    let request = Request::signed_in().await?;
    match request.learner()?.assess(&code, level, &[(meaning, claim)].into()).await {
        Err(ServiceError::Invalid { fault: Fault::Incomplete, .. }) => Ok(false),
        other => pass(other).map(|_| true),
    }
}

/// Keeps what one says of a level's statements: for each the word of a claim.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "assess", output = Postcard)]
pub async fn assess(
    code: String,
    level: Level,
    #[server(default)] said: BTreeMap<String, String>,
) -> Result<Assessed, WireError> {
    use super::request::{Request, form_goes_to, pass};

    let request = Request::signed_in().await?;
    let said = meanings(said)?;
    let assessed = pass(request.learner()?.assess(&code, level, &said).await)?;
    form_goes_to(&match assessed.next {
        Some(next) => format!("/kunskaper/{code}/skatta?niva={}", next.number()),
        None => format!("/kunskaper/{code}?klart=1"),
    });
    Ok(assessed)
}

/// Who has looked at what is known of one.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadLooks, endpoint = "looks", input = Postcard, output = Postcard)]
pub async fn looks() -> Result<Vec<LookLine>, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.looks(request.locale).await)
}
