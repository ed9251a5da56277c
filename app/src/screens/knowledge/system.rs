//! One system: what its levels mean, and where one stands.

use kvarten_domain::knowledge::{LevelKnowledge, LevelLesson, SystemPage};
use leptos::{prelude::*, wasm_split::wasm_split};

use super::{BASE, Voice, lesson_row};
use crate::{
    address::{use_part, use_query},
    calls,
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, icon, note_with, ring},
    screens::{loaded, titled},
    text::{date, lang, tr},
};

/// The screen.
#[wasm_split(knowledge, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn system() -> Drawn {
    let part = use_part("system");
    let query = use_query();
    let code = move || part.get();
    let is_done = move || query.with_untracked(|query| query.get("klart").is_some());
    let page = page_data(code, calls::system);
    Ok(loaded(Tab::Knowledge, false, "knowledge", page, move |page| content(&page, is_done())))
}

fn content(page: &SystemPage, is_done: bool) -> AnyView {
    let l = lang();
    titled(&page.system.name);
    view! {
        <p class="crumb">
            <a href="/kunskaper">{icon(Icon::Back)} {tr!(l, knowledge.back)}</a>
        </p>
        <h1>{page.system.name.clone()}</h1>
        <p class="lead">{page.about.clone()}</p>
        {is_done.then(|| done(l, page))}
        {system_picture(l, page, Voice::Own)}
    }
    .into_any()
}

/// Where a person stands in a system, and what its levels mean.
pub fn system_picture(l: Locale, page: &SystemPage, voice: Voice) -> AnyView {
    let owner = (!page.owner.is_empty()).then(|| {
        let text = tr!(l, knowledge.owner, owner = page.owner.clone()).to_string();
        view! { <p class="small">{text}</p> }
    });
    let assess = (voice == Voice::Own).then(|| {
        let (class, text, query) = if page.said.is_some() {
            ("btn btn--quiet", tr!(l, knowledge.assess_again).to_string(), "?niva=1")
        } else {
            ("btn", tr!(l, knowledge.assess).to_string(), "")
        };
        view! {
            <div class="btns">
                <a class=class href=format!("{BASE}{}/skatta{query}", page.system.code)>
                    {text}
                </a>
            </div>
        }
    });
    view! {
        <div class="stand">
            {ring(page.shown.number(), true)}
            <ul class="stand__facts">
                {facts(l, page, voice)
                    .into_iter()
                    .map(|text| view! { <li>{text}</li> })
                    .collect_view()}
            </ul>
        </div>
        {assess}
        <ol class="steps-of">
            {page.levels.iter().map(|level| level_card(l, page, level)).collect_view()}
        </ol>
        {owner}
    }
    .into_any()
}

/// What came of the assessment just made, and what to do next.
fn done(l: Locale, page: &SystemPage) -> AnyView {
    let text = match page.said.map(|(height, _)| height.number()) {
        Some(0) | None => tr!(l, knowledge.done_none).to_string(),
        Some(level) => tr!(l, knowledge.done_level, level = level).to_string(),
    };
    let next = page.next_to_assess.as_ref().map(|next| {
        let text = tr!(l, knowledge.done_next, system = next.name.clone()).to_string();
        view! { <a href=format!("{BASE}{}/skatta", next.code)>{text}</a> }
    });
    note_with(Tone::Right, Some(tr!(l, knowledge.done_title).to_string()), text, next.into_any())
}

/// Where one stands, in words.
fn facts(l: Locale, page: &SystemPage, voice: Voice) -> [String; 3] {
    if voice == Voice::Manager {
        let said = page.said.map_or_else(
            || tr!(l, knowledge.not_said).to_string(),
            |(height, on)| format!("{} ({})", height.number(), date(l, on)),
        );
        let required =
            page.required.map_or_else(|| "–".to_owned(), |level| level.number().to_string());
        return [
            format!("{}: {required}", tr!(l, knowledge.required)),
            format!("{}: {}", tr!(l, knowledge.shown), page.shown.number()),
            format!("{}: {said}", tr!(l, knowledge.said)),
        ];
    }
    let required = match page.required {
        Some(level) => tr!(l, knowledge.now_required, level = level.number()).to_string(),
        None => tr!(l, knowledge.now_not_required).to_string(),
    };
    let shown = match page.shown.level() {
        Some(level) => tr!(l, knowledge.now_shown, level = level.number()).to_string(),
        None => tr!(l, knowledge.now_shown_none).to_string(),
    };
    let said = match page.said {
        None => tr!(l, knowledge.now_not_said).to_string(),
        Some((height, on)) if height.number() == 0 => {
            tr!(l, knowledge.now_said_none, date = date(l, on)).to_string()
        }
        Some((height, on)) => {
            tr!(l, knowledge.now_said, level = height.number(), date = date(l, on)).to_string()
        }
    };
    [required, shown, said]
}

fn level_card(l: Locale, page: &SystemPage, level: &LevelKnowledge) -> AnyView {
    let number = level.level.number();
    let tag = |text: String| view! { <span class="tag">{text}</span> };
    let is_shown =
        page.shown.number() >= number && level.lessons.iter().any(|lesson| lesson.is_required);
    let shown = is_shown.then(|| tag(tr!(l, knowledge.level_shown).to_string()));
    let required = (page.required == Some(level.level))
        .then(|| tag(tr!(l, knowledge.level_required).to_string()));
    let statements = if level.statements.is_empty() {
        view! { <p>{tr!(l, knowledge.no_statements)}</p> }.into_any()
    } else {
        let rows = level.statements.iter().map(|statement| {
            view! { <li lang=statement.lang.clone()>{statement.text.clone()}</li> }
        });
        view! { <ul class="statements">{rows.collect_view()}</ul> }.into_any()
    };
    let holds = level.months.filter(|_| !level.lessons.is_empty()).map(|months| {
        let text = if months == 1 {
            tr!(l, knowledge.holds_one).to_string()
        } else {
            tr!(l, knowledge.holds, months = months).to_string()
        };
        view! { <p class="small">{text}</p> }
    });
    let lessons = if level.lessons.is_empty() {
        view! { <p class="small">{tr!(l, knowledge.no_lessons)}</p> }.into_any()
    } else {
        let rows = level.lessons.iter().map(|lesson| level_lesson(l, lesson));
        view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <li class="level-card" id=format!("niva-{number}")>
            <h2 class="level-card__title">
                {tr!(l, knowledge.level, level = number).to_string()} " " {required} {shown}
            </h2>
            {statements}
            {lessons}
            {holds}
        </li>
    }
    .into_any()
}

fn level_lesson(l: Locale, lesson: &LevelLesson) -> AnyView {
    let state = if lesson.is_completed {
        Some(tr!(l, knowledge.lesson_done).to_string())
    } else if lesson.is_required {
        None
    } else {
        Some(tr!(l, knowledge.lesson_extra).to_string())
    };
    match state {
        None => lesson_row(l, &lesson.lesson),
        Some(state) => view! {
            <li class="rows__item">
                <a href=format!("/lar/{}", lesson.lesson.slug) lang=lesson.lesson.lang.clone()>
                    {lesson.lesson.title.clone()}
                </a>
                <span class="tag">{state}</span>
            </li>
        }
        .into_any(),
    }
}
