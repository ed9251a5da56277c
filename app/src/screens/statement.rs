//! The accessibility statement.

use leptos::{prelude::*, wasm_split::wasm_split};

use super::{languages, titled};
use crate::{
    lazy::Drawn,
    parts::bare_frame,
    text::{lang, tr},
};

/// The accessibility statement.
#[wasm_split(statement, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn statement() -> Drawn {
    let l = lang();
    titled(tr!(l, statement.title));
    let content = view! {
        <article class="prose">
            <h1>{tr!(l, statement.title)}</h1>
            <p class="lead">{tr!(l, statement.lead)}</p>
            <h2>{tr!(l, statement.how)}</h2>
            <p>{tr!(l, statement.how_text)}</p>
            <ul>
                <li>{tr!(l, statement.keyboard)}</li>
                <li>{tr!(l, statement.captions)}</li>
                <li>{tr!(l, statement.zoom)}</li>
                <li>{tr!(l, statement.noscript)}</li>
            </ul>
            <h2>{tr!(l, statement.known)}</h2>
            <p>{tr!(l, statement.known_text)}</p>
            <p>{tr!(l, statement.tested)}</p>
            <h2>{tr!(l, statement.tell)}</h2>
            <p>{tr!(l, statement.tell_text)}</p>
            <h2>{tr!(l, statement.supervision)}</h2>
            <p>{tr!(l, statement.supervision_text)}</p>
        </article>
    };
    Ok(bare_frame("main--text", languages(false, "/tillganglighet"), content.into_any()))
}
