//! What is kept about oneself, as a file.

use axum::{
    extract::State,
    http::{
        HeaderMap,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use kvarten_service::{Services, learner::Learner, now};
use tower_sessions::Session;

use crate::answers::{Refusal, Trouble, signed_in};

/// `/mina-uppgifter.json`.
pub async fn my_data(
    State(services): State<Services>,
    session: Session,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let data = find(&services, &session).await.map_err(Refusal::of(&headers))?;
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CONTENT_DISPOSITION, "attachment; filename=\"mina-uppgifter.json\""),
    ];
    Ok((headers, data).into_response())
}

async fn find(services: &Services, session: &Session) -> Result<String, Trouble> {
    let who = signed_in(services, session).await?;
    let data = Learner::enter(services, &who, now())?.my_data().await?;
    Ok(format!("{data:#}\n"))
}
