//! Signing in. The page after it is a new one, with or without a script.

use kvarten_domain::Fault;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{languages, titled};
use crate::{
    calls::{SignIn, WireError},
    i18n::Locale,
    parts::{Tone, bare_frame, error_line, note},
    post::Post,
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
        Some(WireError::Invalid { .. }) => ().into_any(),
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
        None => ().into_any(),
    }
}

fn is_empty(error: Signal<Option<WireError>>, field: &str) -> bool {
    error.with(|error| error.as_ref().and_then(|error| error.fault_of(field))) == Some(Fault::Empty)
}

/// What stood in the field for the name when the form was refused, without the script.
fn typed_name() -> Option<String> {
    #[cfg(feature = "ssr")]
    return crate::calls::typed_name();
    #[cfg(not(feature = "ssr"))]
    None
}

/// The sign-in screen.
#[component]
pub fn Enter() -> impl IntoView {
    let l = lang();
    let query = use_query_map().get_untracked();
    let refused = query.get("fel").and_then(|text| WireError::from_code(&text));
    let is_out = query.get("ut").is_some();
    let post = Post::to::<SignIn>();
    Effect::new(move |_| {
        if let Some(path) = post.done::<String>() {
            // A new page: nothing of whoever was here before stays in memory.
            let _ = window().location().assign(&path);
        }
    });
    let error = Signal::derive(move || match post.outcome() {
        Some(outcome) => outcome.err(),
        None => refused.clone(),
    });
    let notice = move || error.with(|error| notice(l, error.as_ref(), is_out));
    let no_name = Signal::derive(move || is_empty(error, "name"));
    let no_password = Signal::derive(move || is_empty(error, "password"));
    let is_shown = RwSignal::new(false);
    let fields = view! {
                <input type="hidden" name="till" value=query.get("till").unwrap_or_default() />
                <div class="field">
                    <label class="field__label" for="name">
                        {tr!(l, enter.name)}
                    </label>
                    {move || {
                        no_name
                            .get()
                            .then(|| error_line("name-error", tr!(l, enter.name_empty).to_string()))
                    }}
                    <input
                        class="input"
                        id="name"
                        name="name"
                        type="text"
                        value=typed_name()
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        aria-invalid=move || no_name.get().then_some("true")
                        aria-describedby=move || no_name.get().then_some("name-error")
                    />
                </div>
                <div class="field">
                    <label class="field__label" for="password">
                        {tr!(l, enter.password)}
                    </label>
                    {move || {
                        no_password
                            .get()
                            .then(|| {
                                let text = tr!(l, enter.password_empty).to_string();
                                error_line("password-error", text)
                            })
                    }}
                    <input
                        class="input"
                        id="password"
                        name="password"
                        type=move || if is_shown.get() { "text" } else { "password" }
                        autocomplete="current-password"
                        required
                        aria-invalid=move || no_password.get().then_some("true")
                        aria-describedby=move || no_password.get().then_some("password-error")
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
                <button class="btn btn--wide" aria-busy=move || post.is_pending().then_some("true")>
                    {tr!(l, enter.title)}
                </button>
    };
    titled(tr!(l, enter.title));
    let content = view! {
        <div class="enter">
            <svg class="enter__q" viewBox="0 0 32 32" aria-hidden="true">
                <path d="M0 0a32 32 0 0 1 32 32H0z" />
            </svg>
            <h1>{tr!(l, enter.title)}</h1>
            <p class="lead">{tr!(l, enter.lead)}</p>
            {notice}
            {post.form("form", fields.into_any())}
            <p class="small">{tr!(l, enter.forgot)}</p>
        </div>
    };
    bare_frame("main--narrow", languages(false, "/logga-in"), content.into_any())
}
