//! What is said when something did not work: what happened, that nothing was lost, what to do.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{languages, titled};
use crate::{
    calls::WireError,
    i18n::Locale,
    parts::{Tone, bare_frame, message, note_with},
    text::{escaped, lang, tr},
};

/// Title and text for an error.
pub fn words(l: Locale, error: &WireError) -> (String, String) {
    match error {
        WireError::SignedOut | WireError::WrongSignIn => {
            (tr!(l, trouble.signed_out).to_string(), tr!(l, trouble.signed_out_text).to_string())
        }
        WireError::Denied => {
            (tr!(l, trouble.denied).to_string(), tr!(l, trouble.denied_text).to_string())
        }
        WireError::NotFound => {
            (tr!(l, trouble.not_found).to_string(), tr!(l, trouble.not_found_text).to_string())
        }
        WireError::Wait { seconds } => (
            tr!(l, trouble.trouble).to_string(),
            tr!(l, trouble.wait, seconds = *seconds).to_string(),
        ),
        WireError::Offline => {
            (tr!(l, trouble.offline).to_string(), tr!(l, trouble.offline_text).to_string())
        }
        WireError::Invalid { .. } | WireError::IdTaken | WireError::Trouble => {
            (tr!(l, trouble.trouble).to_string(), tr!(l, trouble.trouble_text).to_string())
        }
    }
}

/// The path of the page, with what stands behind the question mark.
pub fn here() -> String {
    let location = use_location();
    let (path, query) = (location.pathname.get_untracked(), location.search.get_untracked());
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// Where to sign in, to come back here afterwards.
fn sign_in() -> String {
    format!("/logga-in?till={}", escaped(&here()))
}

/// A note that something sent did not do its work. Whoever was signed out meanwhile is led to sign
/// in, and back.
pub fn failed(l: Locale, error: &WireError) -> AnyView {
    let (title, text) = words(l, error);
    if *error != WireError::SignedOut {
        return note_with(Tone::Wrong, Some(title), text, ().into_any());
    }
    let link = view! { <a href=sign_in() rel="external">{tr!(l, trouble.sign_in)}</a> };
    note_with(Tone::Wrong, Some(title), tr!(l, trouble.not_sent).to_string(), link.into_any())
}

/// A page's error. On the server, somebody signed out is led to sign in and back.
pub fn trouble(error: &WireError) -> AnyView {
    let l = lang();
    #[cfg(feature = "ssr")]
    if *error == WireError::SignedOut {
        crate::calls::leave_for(&sign_in());
    }
    let (title, text) = words(l, error);
    let link = |path: String, text: String| {
        view! { <a class="btn" href=path rel="external">{text}</a> }.into_any()
    };
    let action = match error {
        WireError::SignedOut | WireError::WrongSignIn => {
            link(sign_in(), tr!(l, trouble.sign_in).to_string())
        }
        WireError::Denied | WireError::NotFound => {
            link("/lar".into(), tr!(l, app.to_learn).to_string())
        }
        _ => link(here(), tr!(l, trouble.again).to_string()),
    };
    titled(&title);
    view! {
        {message(title, text, action)}
    }
    .into_any()
}

/// No such page.
pub fn not_found() -> AnyView {
    bare_frame("", languages(false, "/"), trouble(&WireError::NotFound))
}
