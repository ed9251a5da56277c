//! What is kept about oneself, as a file.

use axum::{
    extract::State,
    http::{
        HeaderMap, Uri,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use kvarten_service::{Services, learner::Learner, now};
use tower_sessions::Session;

use crate::{
    answers::{Refusal, Trouble, locale_of, signed_in},
    personal_file::warning,
};

/// `/mina-uppgifter.json`.
pub async fn my_data(
    State(services): State<Services>,
    session: Session,
    asked: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let data = find(&services, &session, &asked, &headers).await.map_err(Refusal::of(&headers))?;
    let data = match data {
        Ok(data) => data,
        Err(warning) => return Ok(warning),
    };
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CONTENT_DISPOSITION, "attachment; filename=\"mina-uppgifter.json\""),
    ];
    Ok((headers, data).into_response())
}

/// The file, or the way to the warning before it.
async fn find(
    services: &Services,
    session: &Session,
    asked: &Uri,
    headers: &HeaderMap,
) -> Result<Result<String, Response>, Trouble> {
    let who = signed_in(services, session).await?;
    let learner = Learner::enter(services, &who, now())?;
    if let Some(warning) = warning(session, asked).await? {
        return Ok(Err(warning));
    }
    let data = learner.my_data(locale_of(&who, headers)).await?;
    Ok(Ok(format!("{data:#}\n")))
}
