//! Forms that work anywhere: a browser without the script posts them and is led on; a page that is
//! alive posts them itself and stays.

use std::sync::Arc;

use codee::{Decoder, binary::PostcardCodec};
use gloo::net::http::Request;
use leptos::{
    prelude::*,
    server_fn::{ServerFn, error::FromServerFnError},
    task::spawn_local,
};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;

use crate::calls::WireError;

/// A form's call: where it goes, and what came of the last time.
#[derive(Clone, Copy)]
pub struct Post {
    path: &'static str,
    /// Whether what was typed goes once it has been sent.
    is_fresh: bool,
    pending: RwSignal<bool>,
    answer: RwSignal<Option<Result<Arc<[u8]>, WireError>>>,
}

/// The form's fields, with those of the button that sent it.
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

async fn send(path: &str, fields: web_sys::UrlSearchParams) -> Result<Arc<[u8]>, WireError> {
    let request = Request::post(path).header("Accept", "application/octet-stream").body(fields);
    let response = match request {
        Ok(request) => request.send().await.map_err(|_| WireError::Offline)?,
        Err(_) => return Err(WireError::Trouble),
    };
    let bytes = response.binary().await.map_err(|_| WireError::Offline)?;
    if response.ok() { Ok(bytes.into()) } else { Err(WireError::de(bytes.into())) }
}

impl Post {
    /// A form for a call.
    pub fn to<Call: ServerFn>() -> Self {
        Self {
            path: Call::PATH,
            is_fresh: false,
            pending: RwSignal::new(false),
            answer: RwSignal::new(None),
        }
    }

    /// The same, for adding one after another: what was typed goes once it has been sent.
    pub fn fresh(self) -> Self {
        Self { is_fresh: true, ..self }
    }

    /// The form, with a class and its fields.
    pub fn form(self, class: &'static str, fields_of: AnyView) -> AnyView {
        let submit = move |event: web_sys::SubmitEvent| {
            let Some(fields) = fields(&event) else { return };
            event.prevent_default();
            if self.pending.get_untracked() {
                return;
            }
            self.pending.set(true);
            let form = event.current_target().and_then(|form| form.dyn_into().ok());
            spawn_local(async move {
                let answer = send(self.path, fields).await;
                if let Some(form) = form.filter(|_| self.is_fresh && answer.is_ok()) {
                    web_sys::HtmlFormElement::reset(&form);
                }
                self.pending.set(false);
                self.answer.set(Some(answer));
            });
        };
        view! {
            <form class=class method="post" action=self.path novalidate on:submit=submit>
                {fields_of}
            </form>
        }
        .into_any()
    }

    /// Whether an answer is awaited.
    pub fn is_pending(self) -> bool {
        self.pending.get()
    }

    /// What came of it the last time, if it did its work.
    pub fn done<T: DeserializeOwned>(self) -> Option<T> {
        self.answer.with(|answer| match answer {
            Some(Ok(bytes)) => PostcardCodec::decode(bytes).ok(),
            _ => None,
        })
    }

    /// Whether it did its work the last time, and why not if not; nothing before the first time.
    pub fn outcome(self) -> Option<Result<(), WireError>> {
        self.answer.with(|answer| {
            answer.as_ref().map(|answer| answer.as_ref().map(|_| ()).map_err(Clone::clone))
        })
    }

    /// Forgets what came of it.
    pub fn forget(self) {
        self.answer.set(None);
    }
}
