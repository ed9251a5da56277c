//! Climbing.

use kvarten_domain::{
    AnswerId, AttemptId, QuestionId,
    ladder::{LadderPage, LadderView, ReplyOutcome},
    reply::Fields,
};
use leptos::{prelude::*, server_fn::codec::Postcard};

use super::WireError;

/// The ladder of a lesson, and what became of the reply with an id.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "ladder", input = Postcard, output = Postcard)]
pub async fn ladder(slug: String, answer: Option<AnswerId>) -> Result<LadderPage, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.ladder(&slug, answer, request.locale).await)
}

/// Begins a climb, or goes on with the one under way.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "start_attempt", output = Postcard)]
pub async fn start_attempt(slug: String, attempt: AttemptId) -> Result<(), WireError> {
    use super::request::{Request, form_goes_to, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.start_attempt(&slug, attempt).await)?;
    form_goes_to(&format!("/lar/{slug}/stegen"));
    Ok(())
}

/// Decides a reply. `pick` holds the fields of the question's form.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "submit_reply", output = Postcard)]
pub async fn submit_reply(
    slug: String,
    answer: AnswerId,
    attempt: AttemptId,
    question: QuestionId,
    #[server(default)] pick: Fields,
) -> Result<(ReplyOutcome, LadderView), WireError> {
    use super::request::{Request, form_goes_to, pass};

    let request = Request::signed_in().await?;
    let decided = request.learner()?.submit_reply(answer, attempt, question, pick).await;
    let decided = pass(decided)?;
    form_goes_to(&format!("/lar/{slug}/stegen?svar={answer}"));
    Ok(decided)
}
