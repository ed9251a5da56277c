//! Who asks, and what those are told who may not have what they ask for. For what is not a page
//! and not a function.

use axum::{
    http::{HeaderMap, StatusCode, header::ACCEPT},
    response::{IntoResponse, Redirect, Response},
};
use kvarten_app::calls::PERSON;
use kvarten_domain::PersonId;
use kvarten_service::{ServiceError, Services, SignedIn, now};
use tower_sessions::Session;

/// Why something is not handed out.
#[derive(Debug)]
pub struct Refusal {
    error: ServiceError,
    is_page_wanted: bool,
}

impl Refusal {
    /// A refusal of a request with these headers.
    pub fn of(headers: &HeaderMap) -> impl Fn(ServiceError) -> Self + use<> {
        let accepted = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
        let is_page_wanted = accepted.is_some_and(|accept| accept.contains("text/html"));
        move |error| Self { error, is_page_wanted }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self.error {
            // Somebody followed a link after their session had ended.
            ServiceError::SignedOut if self.is_page_wanted => {
                return Redirect::to("/logga-in").into_response();
            }
            ServiceError::SignedOut => StatusCode::UNAUTHORIZED,
            ServiceError::Denied => StatusCode::FORBIDDEN,
            ServiceError::NotFound => StatusCode::NOT_FOUND,
            error => {
                tracing::error!(%error, "a use case failed");
                return (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.\n")
                    .into_response();
            }
        };
        (status, format!("{}\n", self.error)).into_response()
    }
}

/// Who is signed in.
///
/// # Errors
/// [`ServiceError::SignedOut`], or those of the database.
pub async fn signed_in(services: &Services, session: &Session) -> Result<SignedIn, ServiceError> {
    let person = session.get::<PersonId>(PERSON).await.map_err(|error| {
        tracing::error!(%error, "a session cannot be read");
        ServiceError::SignedOut
    })?;
    SignedIn::find(services, person.ok_or(ServiceError::SignedOut)?, now()).await
}
