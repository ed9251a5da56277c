//! Stopping mail, for whoever follows the link in one: nobody has to sign in.

use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{languages, titled};
use crate::{
    lazy::Drawn,
    parts::{Tone, bare_frame, note},
    text::{lang, tr},
};

/// The screen.
#[wasm_split(more, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn mail() -> Drawn {
    let l = lang();
    let word = use_params_map().with_untracked(|params| params.get("word").unwrap_or_default());
    let is_done = use_query_map().with_untracked(|query| query.get("klart").is_some());
    let title = tr!(l, mail.stop_title).to_string();
    titled(&title);
    let inside = if is_done {
        note(Tone::Right, None, tr!(l, mail.stopped).to_string())
    } else {
        // Reading a page changes nothing: programs that look through mail follow every link.
        view! {
            <p>{tr!(l, mail.stop_text)}</p>
            <form method="post" action=format!("/mejl/{}", crate::text::escaped(&word))>
                <button class="btn">{tr!(l, mail.stop_do)}</button>
            </form>
        }
        .into_any()
    };
    let content = view! {
        <h1>{title}</h1>
        {inside}
    };
    let here = format!("/mejl/{}", crate::text::escaped(&word));
    Ok(bare_frame("main--narrow", languages(false, &here), content.into_any()))
}
