//! Assessing oneself: reading what a level means, statement by statement.

use kvarten_domain::{
    Fault, Level,
    assessment::Claim,
    knowledge::{Assessed, AssessmentPage, StatementLine},
};
use leptos::{prelude::*, wasm_split::wasm_split};
use wasm_bindgen::JsCast;

use super::BASE;
use crate::{
    address::{use_go_on, use_part, use_query},
    calls::{self, WireError},
    form::{FormScreen, Typed, keep, unsent_line},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, icon},
    screens::{loaded, titled},
    text::{lang, tr},
};

/// The screen.
#[wasm_split(knowledge, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn assess() -> Drawn {
    let part = use_part("system");
    let query = use_query();
    let code = move || part.get();
    let level = move || query.with(|query| query.get("niva").unwrap_or_default());
    let page = page_data(
        move || format!("{}?{}", code(), level()),
        |asked| async move {
            let (code, level) = asked.split_once('?').unwrap_or((&asked, ""));
            let level = level.parse().ok().and_then(Level::new);
            calls::assessment(code.to_owned(), level).await
        },
    );
    let form = FormScreen::to::<calls::Assess>().with_words(words);
    let go = use_go_on();
    form.on_done(move |Assessed { next, .. }| {
        let code = part.get_untracked();
        let path = match next {
            Some(next) => format!("{BASE}{code}/skatta?niva={}", next.number()),
            None => format!("{BASE}{code}?klart=1"),
        };
        if go(&path) {
            crate::parts::focus("main");
        }
    });
    Ok(loaded(Tab::Knowledge, true, "knowledge", page, move |page| content(&page, form)))
}

fn words(l: Locale, error: &WireError) -> Option<(Option<String>, String)> {
    let text = match error.fault_of("statement")? {
        Fault::Incomplete => tr!(l, knowledge.assess_missing),
        Fault::Changed => tr!(l, knowledge.assess_changed),
        _ => return None,
    };
    Some((None, text.to_string()))
}

fn content(page: &AssessmentPage, form: FormScreen) -> AnyView {
    let l = lang();
    let name = page.system.name.clone();
    let title = tr!(l, knowledge.assess_title, system = name).to_string();
    titled(&title);
    let (level, last) = (page.level.number(), page.last.number());
    let code = page.system.code.clone();
    let typed = form.typed("");
    let statements = page
        .statements
        .iter()
        .enumerate()
        .map(|(at, line)| statement(l, at, line, (&code, page.level), &typed))
        .collect_view();
    let is_missing = move || {
        form.error().and_then(|error| error.fault_of("statement")) == Some(Fault::Incomplete)
    };
    // What is not answered yet is where to go on.
    Effect::new(move |_| {
        if is_missing() {
            request_animation_frame(|| {
                let first = document().query_selector(".said:not(:has(:checked)) .claim__in");
                if let Some(Ok(first)) =
                    first.ok().flatten().map(JsCast::dyn_into::<web_sys::HtmlElement>)
                {
                    let _ = first.focus();
                }
            });
        }
    });
    let before = page.before.map(|before| {
        view! {
            <a class="btn btn--quiet" href=format!("{BASE}{code}/skatta?niva={}", before.number())>
                {tr!(l, knowledge.assess_before)}
            </a>
        }
    });
    let code = page.system.code.clone();
    let fields = move |problem| {
        view! {
            <input type="hidden" name="code" value=code />
            <input type="hidden" name="level" value=level.to_string() />
            {statements}
            {unsent_line(l, tr!(l, knowledge.assess_kept).to_string())}
            <div class="actions">
                {problem}
                {before}
                {form.button("btn", view! { {tr!(l, knowledge.assess_next)} {icon(Icon::Next)} })}
            </div>
        }
        .into_any()
    };
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
        <div class:assess--missing=is_missing>{form.view("assess", fields)}</div>
    }
    .into_any()
}

/// A statement with its three answers. With the script, each answer is kept as soon as it is given.
fn statement(
    l: Locale,
    at: usize,
    line: &StatementLine,
    (code, level): (&str, Level),
    typed: &Typed,
) -> AnyView {
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
            let (level, meaning) = (level.number().to_string(), meaning.to_string());
            let fields = [
                ("code", code.as_str()),
                ("level", level.as_str()),
                ("meaning", meaning.as_str()),
                ("claim", claim.code()),
            ];
            keep("/api/keep_claim", format!("{code} {meaning}"), &fields, true);
        };
        let id = format!("s{at}-{}", claim.code());
        let is_on = typed.is_ticked(&name, claim.code(), line.claim == Some(claim));
        view! {
            <div class="claim">
                <input
                    class="claim__in"
                    type="radio"
                    id=id.clone()
                    name=name.clone()
                    value=claim.code()
                    checked=is_on
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
