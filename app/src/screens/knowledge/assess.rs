//! Assessing oneself: reading what a level means, statement by statement.

use kvarten_domain::{
    Fault, Level,
    assessment::Claim,
    knowledge::{Assessed, AssessmentPage, StatementLine},
};
use leptos::{prelude::*, task::spawn_local, wasm_split::wasm_split};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};
use wasm_bindgen::JsCast;

use super::BASE;
use crate::{
    calls::{self, WireError},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, icon, note},
    post::Post,
    screens::{loaded, titled, trouble::failed},
    text::{lang, tr},
};

/// The screen.
#[wasm_split(knowledge, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn assess() -> Drawn {
    let params = use_params_map();
    let query = use_query_map();
    let code = move || params.with(|params| params.get("system").unwrap_or_default());
    let level = move || query.with(|query| query.get("niva").unwrap_or_default());
    let page = page_data(
        move || format!("{}?{}", code(), level()),
        |asked| async move {
            let (code, level) = asked.split_once('?').unwrap_or((&asked, ""));
            let level = level.parse().ok().and_then(Level::new);
            calls::assessment(code.to_owned(), level).await
        },
    );
    let refused = Memo::new(move |_| {
        query.with(|query| query.get("fel").and_then(|text| WireError::from_code(&text)))
    });
    let post = Post::to::<calls::Assess>();
    let go = use_navigate();
    Effect::new(move |_| {
        if let Some(Assessed { next, .. }) = post.done::<Assessed>() {
            post.forget();
            let code = params.with_untracked(|params| params.get("system").unwrap_or_default());
            let path = match next {
                Some(next) => format!("{BASE}{code}/skatta?niva={}", next.number()),
                None => format!("{BASE}{code}?klart=1"),
            };
            go(&path, NavigateOptions::default());
            crate::parts::focus("main");
        }
    });
    let error = Signal::derive(move || match post.outcome() {
        Some(Err(error)) => Some(error),
        Some(Ok(())) => None,
        None => refused.get(),
    });
    Ok(loaded(Tab::Knowledge, true, "knowledge", page, move |page| content(&page, post, error)))
}

fn content(page: &AssessmentPage, post: Post, error: Signal<Option<WireError>>) -> AnyView {
    let l = lang();
    let name = page.system.name.clone();
    let title = tr!(l, knowledge.assess_title, system = name).to_string();
    titled(&title);
    let (level, last) = (page.level.number(), page.last.number());
    let code = page.system.code.clone();
    let statements = page
        .statements
        .iter()
        .enumerate()
        .map(|(at, line)| statement(l, at, line, (&code, page.level)))
        .collect_view();
    let is_missing = move || {
        let fault = error.get().and_then(|error| error.fault_of("statement"));
        fault == Some(Fault::Incomplete)
    };
    // What is not answered yet is where to go on.
    Effect::new(move |_| {
        if is_missing() {
            let first = document().query_selector(".said:not(:has(:checked)) .claim__in");
            if let Some(Ok(first)) =
                first.ok().flatten().map(JsCast::dyn_into::<web_sys::HtmlElement>)
            {
                let _ = first.focus();
            }
        }
    });
    let problem = move || {
        error.get().map(|error| match error.fault_of("statement") {
            Some(Fault::Incomplete) => {
                note(Tone::Wrong, None, tr!(l, knowledge.assess_missing).to_string())
            }
            Some(Fault::Changed) => {
                note(Tone::Wrong, None, tr!(l, knowledge.assess_changed).to_string())
            }
            _ => failed(l, &error),
        })
    };
    let before = page.before.map(|before| {
        view! {
            <a class="btn btn--quiet" href=format!("{BASE}{code}/skatta?niva={}", before.number())>
                {tr!(l, knowledge.assess_before)}
            </a>
        }
    });
    let fields = view! {
        <input type="hidden" name="code" value=code.clone() />
        <input type="hidden" name="level" value=level.to_string() />
        {statements}
        <div class="actions">
            {problem}
            {before}
            <button class="btn" aria-disabled=move || post.is_pending().then_some("true")>
                {tr!(l, knowledge.assess_next)}
                {icon(Icon::Next)}
            </button>
        </div>
    }
    .into_any();
    view! {
        <p class="crumb">
            <a href=format!("{BASE}{}", page.system.code)>{icon(Icon::Back)} {tr!(l, knowledge.assess_leave)}</a>
        </p>
        <h1>{title}</h1>
        <p class="assess__step">
            {tr!(l, knowledge.assess_step, level = level, last = last).to_string()}
        </p>
        <progress
            class="bar"
            max=last.to_string()
            value=(level - 1).to_string()
            aria-label=tr!(l, knowledge.assess_step, level = level, last = last).to_string()
        ></progress>
        <p>{tr!(l, knowledge.assess_lead)}</p>
        <div class:assess--missing=is_missing>{post.form("assess", fields)}</div>
    }
    .into_any()
}

/// A statement with its three answers. With the script, each answer is kept as soon as it is given.
fn statement(l: Locale, at: usize, line: &StatementLine, (code, level): (&str, Level)) -> AnyView {
    let name = format!("said[m{}]", line.meaning);
    let meaning = line.meaning;
    let options = Claim::ALL.map(|claim| {
        let text = match claim {
            Claim::Can => tr!(l, knowledge.can).to_string(),
            Claim::Partly => tr!(l, knowledge.partly).to_string(),
            Claim::NotYet => tr!(l, knowledge.not_yet).to_string(),
        };
        let code = code.to_owned();
        let keep = move |_| {
            let code = code.clone();
            spawn_local(async move {
                // What could not be kept now is kept with the form.
                let _ = calls::keep_claim(code, level, meaning, claim.code().to_owned()).await;
            });
        };
        let id = format!("s{at}-{}", claim.code());
        view! {
            <div class="claim">
                <input
                    class="claim__in"
                    type="radio"
                    id=id.clone()
                    name=name.clone()
                    value=claim.code()
                    checked=line.claim == Some(claim)
                    on:change=keep
                />
                <label class="claim__label" for=id>{text}</label>
            </div>
        }
    });
    view! {
        <fieldset class="said">
            <legend class="said__text" lang=line.phrase.lang.clone()>
                {line.phrase.text.clone()}
            </legend>
            <div class="claims">{options.into_iter().collect_view()}</div>
        </fieldset>
    }
    .into_any()
}
