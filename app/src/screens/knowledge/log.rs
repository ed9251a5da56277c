//! Who has looked at what is known of one.

use kvarten_domain::knowledge::{Look, LookLine, MOST_LOOKS};
use leptos::{prelude::*, wasm_split::wasm_split};

use crate::{
    calls,
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, icon},
    screens::{loaded, titled},
    text::{date, lang, tr},
};

/// The screen.
#[wasm_split(knowledge, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn log() -> Drawn {
    let page = page_data(String::new, |_| calls::looks());
    Ok(loaded(Tab::Knowledge, false, "knowledge", page, |lines: Vec<LookLine>| content(&lines)))
}

fn content(lines: &[LookLine]) -> AnyView {
    let l = lang();
    let title = tr!(l, knowledge.log_title).to_string();
    titled(&title);
    let is_cut = lines.len() >= MOST_LOOKS;
    let inside = if lines.is_empty() {
        view! { <p>{tr!(l, knowledge.log_none)}</p> }.into_any()
    } else {
        let rows = lines.iter().map(|line| row(l, line));
        view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <p class="crumb">
            <a href="/kunskaper">{icon(Icon::Back)} {tr!(l, knowledge.back)}</a>
        </p>
        <h1>{title}</h1>
        <p class="lead">{tr!(l, knowledge.log_lead)}</p>
        {inside}
        {is_cut.then(|| view! { <p class="small">{tr!(l, knowledge.log_most, count = MOST_LOOKS)}</p> })}
    }
    .into_any()
}

fn row(l: Locale, line: &LookLine) -> AnyView {
    let unit = line.unit.clone().unwrap_or_default();
    let what = match line.what {
        Look::Person => tr!(l, knowledge.log_person).to_string(),
        Look::Unit => tr!(l, knowledge.log_unit, unit = unit).to_string(),
        Look::File => tr!(l, knowledge.log_file, unit = unit).to_string(),
    };
    let on = date(l, line.on);
    let time = format!("{:02}.{:02}", line.at.0, line.at.1);
    let when = if line.times > 1 {
        tr!(l, knowledge.log_times, date = on, count = line.times, time = time).to_string()
    } else {
        tr!(l, knowledge.log_when, date = on, time = time).to_string()
    };
    let viewer = line.viewer.clone().unwrap_or_else(|| tr!(l, knowledge.log_unknown).to_string());
    let who = match &line.profession {
        Some(profession) => format!("{viewer}, {profession}"),
        None => viewer,
    };
    view! {
        <li class="rows__item">
            <span>{who}</span>
            <span class="rows__meta">{format!("{what}. {when}")}</span>
        </li>
    }
    .into_any()
}
