//! A program to be changed.

use kvarten_domain::program::ProgramForm;
use leptos::{prelude::*, wasm_split::wasm_split};

use super::programs::program_form;
use crate::{
    address::{use_part, use_query},
    calls,
    form::FormScreen,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, icon, told},
    screens::{loaded, titled},
    text::{lang, tr},
};

/// The screen.
#[wasm_split(admin, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn map_program() -> Drawn {
    let (part, query) = (use_part("code"), use_query());
    let code = move || part.get();
    let is_done = move || query.with_untracked(|query| query.get("klart").is_some());
    let page = page_data(code, calls::map_program);
    let set = FormScreen::to::<calls::SetProgram>();
    let saved = RwSignal::new(false);
    set.on_done(move |_: String| {
        saved.set(true);
        page.refetch();
    });
    Ok(loaded(Tab::Map, false, "map", page, move |form: ProgramForm| {
        let l = lang();
        titled(&form.name);
        let done = is_done() || saved.get_untracked();
        saved.set(false);
        let text = if form.is_ended { tr!(l, program.ended) } else { tr!(l, program.saved) };
        view! {
            <p class="crumb">
                <a href="/karta/program">{icon(Icon::Back)} {tr!(l, program.back)}</a>
            </p>
            <h1>{form.name.clone()}</h1>
            {done.then(|| told(Tone::Right, text.to_string()))}
            {program_form(l, &form, set)}
        }
        .into_any()
    }))
}
