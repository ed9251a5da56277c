//! Sending a form's fields from the browser, and waiting for contact.

use std::{cell::RefCell, sync::Arc, time::Duration};

use gloo::{events::EventListener, net::http::Request};
use leptos::{prelude::*, server_fn::error::FromServerFnError};
use wasm_bindgen::JsCast;

use crate::calls::{OWNER_HEADER, WireError, foreign_answer, is_own_answer};

/// How long after a try without contact the next one follows.
const RETRY: Duration = Duration::from_secs(5);

/// The fields of the form that an event sends, with those of the button that sent it.
pub(crate) fn fields(event: &web_sys::SubmitEvent) -> Option<web_sys::UrlSearchParams> {
    let form = event.target()?.dyn_into::<web_sys::HtmlFormElement>().ok()?;
    let data = web_sys::FormData::new_with_form(&form).ok()?;
    let button =
        event.submitter().and_then(|button| button.dyn_into::<web_sys::HtmlButtonElement>().ok());
    if let Some(button) = button.filter(|button| !button.name().is_empty()) {
        data.append_with_str(&button.name(), &button.value()).ok()?;
    }
    web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()
}

/// Sends fields to a call.
///
/// # Errors
/// What the server says; [`WireError::Offline`] without an answer, and what an answer that is not
/// the server's own means.
pub(super) async fn send(
    path: &str,
    fields: &web_sys::UrlSearchParams,
) -> Result<Arc<[u8]>, WireError> {
    let mut request = Request::post(path).header("Accept", "application/octet-stream");
    if let Some(owner) = super::page_owner() {
        request = request.header(OWNER_HEADER, &owner);
    }
    let request = request.body(fields.clone()).map_err(|_| WireError::Trouble)?;
    let response = request.send().await.map_err(|_| WireError::Offline)?;
    if !is_own_answer(response.headers().get("content-type").as_deref()) {
        return Err(foreign_answer(response.status()));
    }
    let bytes = response.binary().await.map_err(|_| WireError::Offline)?;
    if response.ok() { Ok(bytes.into()) } else { Err(WireError::de(bytes.into())) }
}

/// What is to be tried again as soon as there is contact.
type Waiting = Vec<Box<dyn Fn()>>;

thread_local! {
    /// What is to be tried again, and what listens for contact.
    static WAITING: RefCell<(Waiting, Option<EventListener>)> = RefCell::default();
}

fn try_again() {
    let waiting = WAITING.with_borrow_mut(|(waiting, _)| std::mem::take(waiting));
    for again in waiting {
        again();
    }
}

/// Runs something when there may be contact again: when the browser says so, or after a while.
pub(super) fn when_in_contact(again: impl Fn() + 'static) {
    WAITING.with_borrow_mut(|(waiting, listener)| {
        if waiting.is_empty() {
            set_timeout(try_again, RETRY);
        }
        waiting.push(Box::new(again));
        listener.get_or_insert_with(|| EventListener::new(&window(), "online", |_| try_again()));
    });
}
