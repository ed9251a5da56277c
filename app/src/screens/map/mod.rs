//! The map: systems, what their levels mean, what is required of whom.

pub mod program;
pub mod programs;
pub mod requirements;
pub mod system;

pub use program::map_program;
pub use programs::programs;
pub use requirements::requirements;
pub use system::map_system;

use kvarten_domain::map::SystemLine;
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::{loaded, titled, trouble::failed};
use crate::{
    calls::{self, WireError},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, fault_text, field_error, icon},
    post::Post,
    text::{date, lang, tr},
};

/// The screen.
#[wasm_split(admin, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn map() -> Drawn {
    let page = page_data(String::new, |_| calls::map_page());
    let post = Post::to::<calls::CreateSystem>();
    let go = use_navigate();
    Effect::new(move |_| {
        if let Some(code) = post.done::<String>() {
            post.forget();
            go(&format!("/karta/{code}"), NavigateOptions::default());
        }
    });
    let error = errors(post);
    Ok(loaded(Tab::Map, false, "map", page, move |(lines, id): (Vec<SystemLine>, String)| {
        content(&lines, &id, post, error)
    }))
}

/// What was wrong the last time a form was sent: as its answer says, or the address.
fn errors(post: Post) -> Signal<Option<WireError>> {
    let query = use_query_map();
    let refused = Memo::new(move |_| {
        query.with(|query| query.get("fel").and_then(|text| WireError::from_code(&text)))
    });
    Signal::derive(move || match post.outcome() {
        Some(Err(error)) => Some(error),
        Some(Ok(())) => None,
        None => refused.get(),
    })
}

/// A field of a form, with what is wrong with it.
fn field(
    l: Locale,
    (id, name): (String, &'static str),
    label: String,
    value: String,
    (kind, most): (&'static str, &'static str),
    error: Signal<Option<WireError>>,
) -> AnyView {
    let fault = move || error.get().and_then(|error| error.fault_of(name));
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{label}</label>
            {move || fault().map(|fault| field_error(fault_text(l, fault)))}
            <input
                class="input"
                id=id
                name=name
                type=kind
                value=value
                maxlength=most
                autocomplete="off"
                aria-invalid=move || fault().map(|_| "true")
            />
        </div>
    }
    .into_any()
}

/// A note for what went wrong beyond any field.
fn problem(l: Locale, error: Signal<Option<WireError>>) -> AnyView {
    (move || {
        error
            .get()
            .filter(|error| !matches!(error, WireError::Invalid { .. }))
            .map(|error| failed(l, &error))
    })
    .into_any()
}

fn content(
    lines: &[SystemLine],
    id: &str,
    post: Post,
    error: Signal<Option<WireError>>,
) -> AnyView {
    let l = lang();
    let title = tr!(l, map.title).to_string();
    titled(&title);
    let fields = view! {
        <input type="hidden" name="id" value=id.to_owned() />
        {problem(l, error)}
        {field(l, ("s-name".into(), "name"), tr!(l, map.name).to_string(), String::new(), ("text", "60"), error)}
        {field(l, ("s-about".into(), "about"), tr!(l, map.about).to_string(), String::new(), ("text", "160"), error)}
        {field(l, ("s-owner".into(), "owner"), tr!(l, map.owner).to_string(), String::new(), ("text", "80"), error)}
        {field(l, ("s-since".into(), "since"), tr!(l, map.since_field).to_string(), String::new(), ("date", "10"), error)}
        <button class="btn" aria-disabled=move || post.is_pending().then_some("true")>
            {tr!(l, map.add)}
        </button>
    }
    .into_any();
    let used = lines.iter().filter(|line| line.is_in_use).map(|line| row(l, line));
    let unused: Vec<_> =
        lines.iter().filter(|line| !line.is_in_use).map(|line| row(l, line)).collect();
    let unused = (!unused.is_empty()).then(|| {
        view! {
            <h2>{tr!(l, map.not_in_use)}</h2>
            <ul class="rows">{unused}</ul>
        }
    });
    view! {
        <h1>{title}</h1>
        <p class="lead">{tr!(l, map.lead)}</p>
        <div class="btns">
            <a class="btn" href="/karta/krav">
                {tr!(l, map.requirements)}
                {icon(Icon::Next)}
            </a>
            <a class="btn btn--quiet" href="/karta/program">
                {tr!(l, map.programs)}
                {icon(Icon::Next)}
            </a>
            <a class="btn btn--quiet" href="/karta/laget">
                {tr!(l, trends.title_all)}
            </a>
        </div>
        <h2>{tr!(l, map.in_use)}</h2>
        <ul class="rows">{used.collect_view()}</ul>
        {unused}
        <section aria-labelledby="new">
            <h2 id="new">{tr!(l, map.new)}</h2>
            {post.form("form", fields)}
        </section>
    }
    .into_any()
}

fn row(l: Locale, line: &SystemLine) -> AnyView {
    let lessons = if line.lessons == 1 {
        tr!(l, map.lesson_one).to_string()
    } else {
        tr!(l, map.lessons, count = line.lessons).to_string()
    };
    let mut facts = vec![
        line.about.clone(),
        tr!(l, map.statements, count = line.statements).to_string(),
        lessons,
    ];
    facts.extend(line.since.map(|on| tr!(l, map.since, date = date(l, on)).to_string()));
    facts.extend(line.retired.map(|on| {
        if line.is_in_use {
            tr!(l, map.retiring, date = date(l, on)).to_string()
        } else {
            tr!(l, map.retired, date = date(l, on)).to_string()
        }
    }));
    facts.extend((!line.owner.is_empty()).then(|| line.owner.clone()));
    facts.retain(|fact| !fact.is_empty());
    let undescribed = (!line.undescribed.is_empty()).then(|| {
        let levels: Vec<_> =
            line.undescribed.iter().map(|level| level.number().to_string()).collect();
        let text = tr!(l, map.undescribed, levels = levels.join(", ")).to_string();
        view! { <span class="tag">{text}</span> }
    });
    view! {
        <li class="rows__item">
            <a href=format!("/karta/{}", line.system.code)>{line.system.name.clone()}</a>
            {undescribed}
            <span class="rows__meta">{facts.join(" · ")}</span>
        </li>
    }
    .into_any()
}
