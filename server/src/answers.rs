//! Who asks, and what those are told who may not have what they ask for. For what is not a page
//! and not a function.

use axum::{
    http::{HeaderMap, StatusCode, header::ACCEPT},
    response::{IntoResponse, Redirect, Response},
};
use kvarten_app::calls::PERSON;
use kvarten_domain::PersonId;
use kvarten_service::{ServiceError, Services, SignedIn, now};
use thiserror::Error;
use tower_sessions::Session;

/// Why there is nothing to hand out.
#[derive(Debug, Error)]
pub enum Trouble {
    /// What the use case says.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A spreadsheet could not be written.
    #[error(transparent)]
    Sheet(#[from] rust_xlsxwriter::XlsxError),
    /// The session cannot be read.
    #[error(transparent)]
    Session(#[from] tower_sessions::session::Error),
}

/// What those are told who ask for it.
#[derive(Debug)]
pub struct Refusal {
    trouble: Trouble,
    is_page_wanted: bool,
}

impl Refusal {
    /// A refusal of a request with these headers.
    pub fn of(headers: &HeaderMap) -> impl Fn(Trouble) -> Self + use<> {
        let accepted = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
        let is_page_wanted = accepted.is_some_and(|accept| accept.contains("text/html"));
        move |trouble| Self { trouble, is_page_wanted }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        use ServiceError::{
            Conflict, Denied, Interrupted, NotFound, SignedOut, StorageFailed, Unavailable,
        };

        let status = match &self.trouble {
            // Somebody followed a link after their session had ended.
            Trouble::Service(SignedOut) if self.is_page_wanted => {
                return Redirect::to("/logga-in").into_response();
            }
            Trouble::Service(SignedOut) => StatusCode::UNAUTHORIZED,
            Trouble::Service(Denied) => StatusCode::FORBIDDEN,
            Trouble::Service(NotFound) => StatusCode::NOT_FOUND,
            // The session store only fails when the database does.
            trouble @ (Trouble::Service(
                Unavailable(_) | Conflict(_) | Interrupted | StorageFailed(_),
            )
            | Trouble::Session(_)) => {
                tracing::error!(%trouble, "a request failed");
                let words = "Kvarten cannot read and save right now. Try again in a while.\n";
                return (StatusCode::SERVICE_UNAVAILABLE, words).into_response();
            }
            trouble => {
                tracing::error!(%trouble, "a request failed");
                return (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.\n")
                    .into_response();
            }
        };
        (status, format!("{}\n", self.trouble)).into_response()
    }
}

/// Who is signed in.
///
/// # Errors
/// [`ServiceError::SignedOut`], or those of the database.
pub async fn signed_in(services: &Services, session: &Session) -> Result<SignedIn, Trouble> {
    let person = session.get::<PersonId>(PERSON).await?;
    Ok(SignedIn::find(services, person.ok_or(ServiceError::SignedOut)?, now()).await?)
}
