//! Stopping mail: one request, from a mail program or from the page a mail leads to. Nobody has to
//! sign in; the word in the address is the proof.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use kvarten_app::letters::stop_path;
use kvarten_service::{ServiceError, Services, now, outbox::stop_mail};

/// `POST /mejl/{word}`.
pub async fn stop(State(services): State<Services>, Path(word): Path<String>) -> Response {
    match stop_mail(&services, &word, now()).await {
        Ok(()) => Redirect::to(&format!("{}?klart=1", stop_path(&word))).into_response(),
        Err(ServiceError::NotFound) => {
            (StatusCode::NOT_FOUND, "There is no such address.\n").into_response()
        }
        Err(error) => {
            tracing::error!(%error, "mail was not stopped");
            (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.\n").into_response()
        }
    }
}
