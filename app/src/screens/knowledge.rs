//! "Kunskaper": what one has shown.

use kvarten_domain::knowledge::{EvidenceLine, KnowledgePage, LevelKnowledge, SystemKnowledge};
use leptos::{prelude::*, wasm_split::wasm_split};

use super::{loaded, titled};
use crate::{
    calls,
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, icon, ring},
    text::{date, lang, tr},
};

/// The screen.
#[wasm_split(knowledge, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn knowledge() -> Drawn {
    let page = page_data(String::new, |_| calls::knowledge());
    Ok(loaded(Tab::Knowledge, false, "knowledge", page, content))
}

fn content(page: KnowledgePage) -> AnyView {
    let l = lang();
    let title = tr!(l, app.knowledge).to_string();
    let lead = if page.evidence.is_empty() {
        view! {
            <div class="empty">
                {ring(0, false)} <h2>{tr!(l, knowledge.empty_title)}</h2>
                <p>{tr!(l, knowledge.empty_text)}</p>
                <a class="btn" href="/lar">
                    {tr!(l, knowledge.empty_go)}
                </a>
            </div>
        }
        .into_any()
    } else {
        view! { <p class="lead">{tr!(l, knowledge.lead)}</p> }.into_any()
    };
    let evidence = (!page.evidence.is_empty()).then(|| {
        view! {
            <section aria-labelledby="evidence">
                <h2 id="evidence">{tr!(l, knowledge.evidence)}</h2>
                <ul class="rows">
                    {page.evidence.iter().map(|line| evidence_row(l, line)).collect_view()}
                </ul>
            </section>
        }
    });
    let has_lessons =
        |system: &SystemKnowledge| system.levels.iter().any(|level| level.required > 0);
    let (taught, untaught): (Vec<_>, Vec<_>) = page.systems.into_iter().partition(has_lessons);
    let untaught = (!untaught.is_empty()).then(|| {
        view! {
            <section aria-labelledby="untaught">
                <h2 id="untaught">{tr!(l, knowledge.untaught)}</h2>
                {untaught.into_iter().map(|system| untaught_system(l, system)).collect_view()}
            </section>
        }
    });
    titled(&title);
    view! {
        <h1>{title}</h1>
        {lead}
        <ul class="systems">
            {taught.into_iter().map(|system| system_card(l, system)).collect_view()}
        </ul>
        {evidence}
        {untaught}
    }
    .into_any()
}

fn evidence_row(l: Locale, line: &EvidenceLine) -> AnyView {
    let (system, level, on) = (line.system.clone(), line.level.number(), date(l, line.on));
    let text = match line.until {
        None => tr!(l, knowledge.earned, system = system, level = level, date = on).to_string(),
        Some(until) => {
            let until = date(l, until);
            tr!(l, knowledge.earned_until, system = system, level = level, date = on, until = until)
                .to_string()
        }
    };
    view! {
        <li class="rows__item">
            <a href=format!("/lar/{}", line.slug) lang=line.lang.clone()>
                {line.lesson.clone()}
            </a>
            <span class="rows__meta">{text}</span>
        </li>
    }
    .into_any()
}

fn meanings(l: Locale, levels: Vec<LevelKnowledge>) -> AnyView {
    let levels = levels.into_iter().map(|level| {
        view! {
            <li>
                <b>{tr!(l, knowledge.level, level = level.level.number()).to_string()}</b>
                ". "
                {level.meaning}
            </li>
        }
    });
    view! { <ul class="levels">{levels.collect_view()}</ul> }.into_any()
}

fn untaught_system(l: Locale, known: SystemKnowledge) -> AnyView {
    view! {
        <details class="fold">
            <summary class="fold__sum">
                {icon(Icon::List)} <span>{known.system.name}</span>
            </summary>
            {meanings(l, known.levels)}
        </details>
    }
    .into_any()
}

fn system_card(l: Locale, known: SystemKnowledge) -> AnyView {
    let shown = known.shown.map_or(0, kvarten_domain::Level::number);
    let level = if shown == 0 {
        tr!(l, knowledge.none).to_string()
    } else {
        tr!(l, knowledge.level_of, level = shown).to_string()
    };
    let can = known
        .levels
        .iter()
        .find(|level| level.level.number() == shown)
        .map(|level| view! { <p class="system__can">{format!("”{}”", level.meaning)}</p> });
    let wanted =
        known.levels.iter().find(|level| level.required > 0 && level.done < level.required);
    let next = match wanted {
        Some(wanted) => toward(l, wanted),
        None => view! { <p class="system__next">{tr!(l, knowledge.highest)}</p> }.into_any(),
    };
    let find = known.next.map(|next| {
        view! {
            <a class="btn btn--quiet" href=format!("/lar/{}", next.slug)>
                <span>{tr!(l, knowledge.find)} " " <span lang=next.lang>{next.title}</span></span>
            </a>
        }
    });
    view! {
        <li class="system">
            {ring(shown, true)} <h2 class="system__name">{known.system.name.clone()}</h2>
            <p class="system__level">{level}</p> {can} {next} {find} <details class="fold">
                <summary class="fold__sum">
                    {icon(Icon::List)} <span>{tr!(l, knowledge.levels)}</span>
                </summary>
                {meanings(l, known.levels)}
            </details>
        </li>
    }
    .into_any()
}

fn toward(l: Locale, wanted: &LevelKnowledge) -> AnyView {
    let (level, done, required) = (wanted.level.number(), wanted.done, wanted.required);
    view! {
        <p class="system__next">
            {tr!(l, knowledge.next, level = level, done = done, required = required).to_string()}
        </p>
        <progress
            class="bar"
            max=required.to_string()
            value=done.to_string()
            aria-label=tr!(l, knowledge.progress, done = done, required = required).to_string()
        ></progress>
    }
    .into_any()
}
