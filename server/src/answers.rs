//! Who asks, and what those are told who may not have what they ask for. For what is not a page
//! and not a function; `trouble` gives every answer its last form.

use axum::{
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT, ACCEPT_LANGUAGE},
    },
    response::{IntoResponse, Redirect, Response},
};
use kvarten_app::calls::{PERSON, WireError};
use kvarten_domain::{Locale, PersonId};
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

/// Why an answer is a refusal; for whoever gives it its last form.
#[derive(Clone, Debug)]
pub struct Refused(pub WireError);

/// A refusal, with a line for whoever reads it as it is.
pub fn refusal(status: StatusCode, error: WireError) -> Response {
    let mut response = (status, line_of(&error)).into_response();
    response.extensions_mut().insert(Refused(error));
    response
}

/// The line for programs.
pub fn line_of(error: &WireError) -> String {
    match error {
        WireError::SignedOut | WireError::WrongSignIn => "nobody is signed in\n",
        WireError::Denied => "not allowed\n",
        WireError::NotFound => "not found\n",
        WireError::Busy => "Kvarten is not available right now. Try again shortly.\n",
        WireError::TooLarge => "That is too much at once.\n",
        WireError::Foreign => "This came from another site, or to another address than ours.\n",
        WireError::Invalid { .. } => "This cannot be read.\n",
        _ => "Something went wrong.\n",
    }
    .to_owned()
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
        use ServiceError::SignedOut;

        if self.is_page_wanted && matches!(self.trouble, Trouble::Service(SignedOut)) {
            // Somebody followed a link after their session had ended.
            return Redirect::to("/logga-in").into_response();
        }
        let error = match self.trouble {
            Trouble::Service(error) => WireError::from(error),
            Trouble::Session(error) => WireError::from(error),
            Trouble::Sheet(error) => {
                tracing::error!(%error, "a file was not made");
                WireError::Trouble
            }
        };
        refusal(error.status(), error)
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

/// The language of a file for a person: the one they chose, or their browser's.
#[must_use]
pub fn locale_of(who: &SignedIn, headers: &HeaderMap) -> Locale {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    who.locale().unwrap_or_else(|| Locale::negotiate(accepted.unwrap_or_default()))
}
