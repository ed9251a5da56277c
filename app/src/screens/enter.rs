//! Signing in. The page after it is a new one, with or without a script.

use kvarten_domain::Fault;
use leptos::prelude::*;

use super::{languages, titled};
use crate::{
    address::use_query,
    calls::{SignIn, WireError},
    form::{Field, FormScreen},
    i18n::Locale,
    parts::{Tone, bare_frame, note},
    text::{lang, tr},
};

/// The start leads to where one learns.
#[component]
pub fn Start() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::calls::leave_for("/lar");
    #[cfg(not(feature = "ssr"))]
    {
        let navigate = crate::address::use_go();
        Effect::new(move |_| navigate("/lar", leptos_router::NavigateOptions::default()));
    }
}

fn words(l: Locale, error: &WireError) -> Option<(Option<String>, String)> {
    let words = match error {
        WireError::Wait { seconds } => {
            let title = if *seconds > 90 {
                tr!(l, enter.wait_minutes_title, minutes = seconds.div_ceil(60)).to_string()
            } else {
                tr!(l, enter.wait_title, seconds = *seconds).to_string()
            };
            (Some(title), tr!(l, enter.wait_text).to_string())
        }
        WireError::WrongSignIn | WireError::SignedOut => {
            (Some(tr!(l, enter.wrong_title).to_string()), tr!(l, enter.wrong_text).to_string())
        }
        _ => return None,
    };
    Some(words)
}

/// What was being done when a session was found to have ended, as the address names it: what was
/// sent then was not received.
fn unsent(l: Locale, call: &str) -> AnyView {
    let text = match call {
        "submit_reply" => tr!(l, enter.unsent_reply),
        _ => tr!(l, enter.unsent_form),
    };
    note(Tone::Wrong, Some(tr!(l, enter.unsent_title).to_string()), text.to_string())
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
    let query = use_query().get_untracked();
    let is_out = query.get("ut").is_some();
    let form = FormScreen::to::<SignIn>().with_words(words).sent_by_hand();
    form.on_done(move |path: String| {
        // A new page: nothing of whoever was here before stays in memory.
        let _ = window().location().assign(&path);
    });
    let notice = match query.get("ej") {
        Some(call) => unsent(l, &call),
        None if is_out => note(
            Tone::Info,
            Some(tr!(l, enter.out_title).to_string()),
            tr!(l, enter.out_text).to_string(),
        ),
        None => ().into_any(),
    };
    let is_shown = RwSignal::new(false);
    let till = query.get("till").unwrap_or_default();
    let fields = move |problem: AnyView| {
        view! {
            {problem}
            <input type="hidden" name="till" value=till />
            {Field::new("name", tr!(l, enter.name))
                .id("name")
                .value(typed_name().unwrap_or_default())
                .username()
                .sentence(|l, fault| {
                    (fault == Fault::Empty).then(|| tr!(l, enter.name_empty).to_string())
                })
                .view(form)}
            {Field::new("password", tr!(l, enter.password))
                .id("password")
                .password("current-password")
                .shown_if(is_shown)
                .sentence(|l, fault| {
                    (fault == Fault::Empty).then(|| tr!(l, enter.password_empty).to_string())
                })
                .view(form)}
            <label class="check check--small js">
                <input
                    type="checkbox"
                    on:change=move |event| is_shown.set(event_target_checked(&event))
                />
                <span>{tr!(l, enter.show)}</span>
            </label>
            <label class="check check--card">
                <input type="checkbox" name="shared" value="1" aria-describedby="shared-hint" />
                <span>{tr!(l, enter.shared)}</span>
            </label>
            <p class="field__hint" id="shared-hint">
                {tr!(l, enter.shared_hint)}
            </p>
            {form.button("btn btn--wide", tr!(l, enter.title))}
        }
        .into_any()
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
            {form.view("form", fields)}
            <p class="small">{tr!(l, enter.forgot)}</p>
        </div>
    };
    bare_frame("main--narrow", languages(false, "/logga-in"), content.into_any())
}
