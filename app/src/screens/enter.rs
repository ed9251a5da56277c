//! Signing in. A plain form: the page after it is a new one.

use crate::at_once::IntoAnyAtOnce;
use kvarten_domain::Fault;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{languages, titled};
use crate::{
    calls::WireError,
    i18n::Locale,
    parts::{Tone, bare_frame, error_line, note},
    text::{lang, tr},
};

/// The start leads to where one learns.
#[component]
pub fn Start() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::calls::leave_for("/lar");
    #[cfg(not(feature = "ssr"))]
    {
        let navigate = leptos_router::hooks::use_navigate();
        Effect::new(move |_| navigate("/lar", leptos_router::NavigateOptions::default()));
    }
}

fn notice(l: Locale, error: Option<&WireError>, is_out: bool) -> AnyView {
    let text = |title: String, text: String| note(Tone::Wrong, Some(title), text);
    match error {
        Some(WireError::Wait { seconds }) => {
            let title = if *seconds > 90 {
                tr!(l, enter.wait_minutes_title, minutes = seconds.div_ceil(60)).to_string()
            } else {
                tr!(l, enter.wait_title, seconds = *seconds).to_string()
            };
            text(title, tr!(l, enter.wait_text).to_string())
        }
        Some(WireError::Invalid { .. }) => ().any(),
        Some(WireError::WrongSignIn | WireError::SignedOut) => {
            text(tr!(l, enter.wrong_title).to_string(), tr!(l, enter.wrong_text).to_string())
        }
        Some(error) => {
            let (title, words) = super::trouble::words(l, error);
            text(title, words)
        }
        None if is_out => note(
            Tone::Info,
            Some(tr!(l, enter.out_title).to_string()),
            tr!(l, enter.out_text).to_string(),
        ),
        None => ().any(),
    }
}

/// The sign-in screen.
#[component]
pub fn Enter() -> impl IntoView {
    let l = lang();
    let query = use_query_map().get_untracked();
    let error = query.get("fel").and_then(|text| WireError::from_code(&text));
    let is_empty = |field| error.as_ref().is_some_and(|e| e.fault_of(field) == Some(Fault::Empty));
    let (no_name, no_password) = (is_empty("name"), is_empty("password"));
    let notice = notice(l, error.as_ref(), query.get("ut").is_some());
    let is_shown = RwSignal::new(false);
    let content = view! {
        {titled(tr!(l, enter.title).to_string())}
        <div class="enter">
            <svg class="enter__q" viewBox="0 0 32 32" aria-hidden="true">
                <path d="M0 0a32 32 0 0 1 32 32H0z" />
            </svg>
            <h1>{tr!(l, enter.title)}</h1>
            <p class="lead">{tr!(l, enter.lead)}</p>
            {notice}
            <form class="form" method="post" action="/api/sign_in" novalidate>
                <input type="hidden" name="till" value=query.get("till").unwrap_or_default() />
                <div class="field">
                    <label class="field__label" for="name">
                        {tr!(l, enter.name)}
                    </label>
                    {no_name
                        .then(|| error_line("name-error", tr!(l, enter.name_empty).to_string()))}
                    <input
                        class="input"
                        id="name"
                        name="name"
                        type="text"
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        aria-invalid=no_name.then_some("true")
                        aria-describedby=no_name.then_some("name-error")
                    />
                </div>
                <div class="field">
                    <label class="field__label" for="password">
                        {tr!(l, enter.password)}
                    </label>
                    {no_password
                        .then(|| {
                            error_line("password-error", tr!(l, enter.password_empty).to_string())
                        })}
                    <input
                        class="input"
                        id="password"
                        name="password"
                        type=move || if is_shown.get() { "text" } else { "password" }
                        autocomplete="current-password"
                        required
                        aria-invalid=no_password.then_some("true")
                        aria-describedby=no_password.then_some("password-error")
                    />
                    <label class="check check--small js">
                        <input
                            type="checkbox"
                            on:change=move |event| is_shown.set(event_target_checked(&event))
                        />
                        <span>{tr!(l, enter.show)}</span>
                    </label>
                </div>
                <label class="check check--card">
                    <input type="checkbox" name="shared" value="1" aria-describedby="shared-hint" />
                    <span>{tr!(l, enter.shared)}</span>
                </label>
                <p class="field__hint" id="shared-hint">
                    {tr!(l, enter.shared_hint)}
                </p>
                <button class="btn btn--wide">{tr!(l, enter.title)}</button>
            </form>
            <p class="small">{tr!(l, enter.forgot)}</p>
        </div>
    };
    bare_frame("main--narrow", languages(false, "/logga-in"), content.any())
}
