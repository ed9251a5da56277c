//! A lesson: what it is, its steps, the routine it belongs to.

use kvarten_domain::lesson::{LessonOutline, Place, Progress};
use leptos::prelude::*;

use super::{loaded, titled};
use crate::{
    address::use_part,
    calls,
    i18n::Locale,
    page::page_data,
    parts::{Icon, Tab, icon, ladder_item, quarter, quarter_done, ring, step_items},
    text::{date, lang, minutes, tr},
};

/// The screen.
#[component]
pub fn Lesson() -> impl IntoView {
    let slug = use_part("slug");
    let page = page_data(move || slug.get(), calls::lesson);
    loaded(Tab::Learn, true, "lesson", page, content)
}

fn go_on(l: Locale, outline: &LessonOutline) -> String {
    match (outline.progress, outline.resume) {
        (Progress::New, _) => tr!(l, lesson.begin).to_string(),
        (_, Place::Step(number)) => tr!(l, lesson.go_on_step, number = number).to_string(),
        (_, Place::Ladder) => tr!(l, lesson.go_on_ladder).to_string(),
    }
}

fn content(outline: LessonOutline) -> AnyView {
    let l = lang();
    let (seen, of) = (outline.seen(), outline.steps.len());
    let sign = match outline.progress {
        Progress::Completed { .. } => quarter_done("hero__q"),
        _ => quarter(seen * 92 / of.max(1), "hero__q"),
    };
    let so_far = match outline.progress {
        Progress::Completed { on } => tr!(l, lesson.completed, date = date(l, on)).to_string(),
        Progress::New => tr!(l, lesson.none_done, of = of).to_string(),
        Progress::Begun { .. } => tr!(l, lesson.some_done, seen = seen, of = of).to_string(),
    };
    let here = match (outline.progress, outline.resume) {
        (Progress::Begun { .. }, Place::Step(number)) => Some(number),
        _ => None,
    };
    let system = tr!(
        l,
        app.system_level,
        system = outline.system.name.clone(),
        level = outline.level.number()
    );
    let gives = tr!(
        l,
        lesson.gives_text,
        system = outline.system.name.clone(),
        level = outline.level.number()
    );
    titled(&outline.title);
    view! {
        <p class="crumb">
            <a href="/lar">{icon(Icon::Back)} {tr!(l, app.learn)}</a>
        </p>
        <header class="hero">
            {sign} <h1 lang=outline.lang.clone()>{outline.title.clone()}</h1>
            <p class="hero__meta">
                {ring(outline.level.number(), false)} <span>{system.clone()}</span>
                <span>{minutes(l, outline.minutes)}</span>
            </p>
            <p class="lead" lang=outline.lang.clone()>
                {outline.summary.clone()}
            </p>
        </header>
        <div class="split">
            <section aria-labelledby="steps">
                <h2 id="steps">{tr!(l, lesson.steps)}</h2>
                <p class="small">{so_far}</p>
                <ol class="toc">{step_items(&outline, here)} {ladder_item(&outline)}</ol>
            </section>
            <aside class="aside" aria-labelledby="routine">
                <h2 id="routine">{tr!(l, lesson.routine)}</h2>
                <p>
                    {tr!(l, lesson.routine_name)} " "
                    <b lang=outline.lang.clone()>{outline.routine.name.clone()}</b>
                </p>
                <div
                    class="prose"
                    lang=outline.lang.clone()
                    inner_html=outline.routine.html.clone()
                ></div>
                <h2>{tr!(l, lesson.gives)}</h2>
                <p>{gives.clone()}</p>
            </aside>
        </div>
        <div class="actions">
            <a class="btn btn--big" href=outline.resume.path(&outline.slug)>
                {go_on(l, &outline)}
                {icon(Icon::Next)}
            </a>
        </div>
    }
    .into_any()
}
