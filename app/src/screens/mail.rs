//! Stopping mail, for whoever follows the link in one: nobody has to sign in.

use std::sync::Arc;

use leptos::{prelude::*, wasm_split::wasm_split};

use super::{awaited, languages, titled, trouble};
use crate::{
    address::{use_part, use_query},
    calls::{self, WireError},
    lazy::Drawn,
    page::{Payload, page_data},
    parts::{Tone, bare_frame, note},
    text::{escaped, lang, tr},
};

/// Where mail is stopped, below the address of the site.
#[must_use]
pub fn stop_path(word: &str) -> String {
    format!("/mejl/{}", escaped(word))
}

/// The screen.
#[wasm_split(more, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn mail() -> Drawn {
    let part = use_part("word");
    let word = move || part.get();
    let page = page_data(word, calls::mail_stop);
    let here = stop_path(&untrack(word));
    let has_failed = use_query().with_untracked(|query| query.get("fel").is_some());
    let draw = {
        let here = here.clone();
        move |payload: Payload| match payload.open::<bool>() {
            Some(is_stopped) => content(&here, is_stopped, has_failed),
            None => trouble::trouble(&WireError::Trouble),
        }
    };
    Ok(bare_frame("main--narrow", languages(false, &here), awaited(page, Arc::new(draw))))
}

fn content(here: &str, is_stopped: bool, has_failed: bool) -> AnyView {
    let l = lang();
    let title = tr!(l, mail.stop_title).to_string();
    titled(&title);
    let inside = if is_stopped {
        note(Tone::Right, None, tr!(l, mail.stopped).to_string())
    } else {
        // Reading a page changes nothing: programs that look through mail follow every link.
        view! {
            {has_failed.then(|| trouble::failed(l))}
            <p>{tr!(l, mail.stop_text)}</p>
            <form method="post" action=here.to_owned()>
                <button class="btn">{tr!(l, mail.stop_do)}</button>
            </form>
        }
        .into_any()
    };
    view! {
        <h1>{title}</h1>
        {inside}
    }
    .into_any()
}
