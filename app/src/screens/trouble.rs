//! What is said when something did not work: what happened, that nothing was lost, what to do.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{languages, titled};
use crate::{
    calls::WireError,
    i18n::Locale,
    parts::{Tone, bare_frame, message, note},
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
        WireError::Elsewhere => {
            (tr!(l, trouble.elsewhere).to_string(), tr!(l, trouble.elsewhere_text).to_string())
        }
        WireError::OtherPerson => (
            tr!(l, trouble.other_person).to_string(),
            tr!(l, trouble.other_person_text).to_string(),
        ),
        WireError::TooLarge => {
            (tr!(l, trouble.too_large).to_string(), tr!(l, trouble.too_large_text).to_string())
        }
        WireError::Unavailable => {
            (tr!(l, trouble.unavailable).to_string(), tr!(l, trouble.unavailable_text).to_string())
        }
        WireError::Busy => {
            (tr!(l, trouble.busy).to_string(), tr!(l, trouble.busy_text).to_string())
        }
        WireError::Foreign => {
            (tr!(l, trouble.foreign).to_string(), tr!(l, trouble.foreign_text).to_string())
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
pub fn sign_in_address() -> String {
    format!("/logga-in?till={}", escaped(&here()))
}

/// A note that a plain form did not do its work.
pub fn failed(l: Locale) -> AnyView {
    let (title, text) = words(l, &WireError::Trouble);
    note(Tone::Wrong, Some(title), text)
}

/// A page's error. On the server, somebody signed out is led to sign in and back.
pub fn trouble(error: &WireError) -> AnyView {
    let l = lang();
    #[cfg(feature = "ssr")]
    if *error == WireError::SignedOut {
        crate::calls::leave_for(&sign_in_address());
    }
    let (title, text) = words(l, error);
    let link = |path: String, text: String| {
        view! { <a class="btn" href=path rel="external">{text}</a> }.into_any()
    };
    let action = match error {
        WireError::SignedOut | WireError::WrongSignIn => {
            link(sign_in_address(), tr!(l, trouble.sign_in).to_string())
        }
        WireError::Denied | WireError::NotFound => {
            link("/lar".into(), tr!(l, app.to_learn).to_string())
        }
        WireError::OtherPerson => link(here(), tr!(l, trouble.reload).to_string()),
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
