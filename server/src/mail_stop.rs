//! Stopping mail: one request, from a mail program or from the page a mail leads to, which it leads
//! back to. Nobody has to sign in; the word in the address is the proof.

use axum::{
    extract::{Path, State},
    response::Redirect,
};
use kvarten_app::letters::stop_path;
use kvarten_service::{ServiceError, Services, now, outbox::stop_mail};

/// `POST /mejl/{word}`. The page it leads to says whether mail is stopped, and that there is none for
/// a word nobody was sent.
pub async fn stop(State(services): State<Services>, Path(word): Path<String>) -> Redirect {
    let page = stop_path(&word);
    match stop_mail(&services, &word, now()).await {
        Ok(()) | Err(ServiceError::NotFound) => Redirect::to(&page),
        Err(error) => {
            tracing::error!(%error, "mail was not stopped");
            Redirect::to(&format!("{page}?fel=1"))
        }
    }
}
