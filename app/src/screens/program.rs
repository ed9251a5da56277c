//! A program: its lessons in order, and how far one has come.

use kvarten_domain::program::{ProgramPage, ProgramStep};
use leptos::{prelude::*, wasm_split::wasm_split};

use super::{loaded, titled};
use crate::{
    address::use_part,
    calls,
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, icon, note},
    text::{date, lang, lessons, minutes, tr},
};

/// The screen.
#[wasm_split(more, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn program() -> Drawn {
    let part = use_part("code");
    let code = move || part.get();
    let page = page_data(code, calls::program);
    Ok(loaded(Tab::Learn, false, "program", page, |page: ProgramPage| content(&page)))
}

fn content(page: &ProgramPage) -> AnyView {
    let l = lang();
    let (done, of) = (page.done(), page.steps.len());
    titled(&page.program.name);
    let count = lessons(l, page.program.lessons);
    let time = tr!(l, program.time, time = minutes(l, page.program.minutes)).to_string();
    let about =
        (!page.about.is_empty()).then(|| view! { <p class="lead">{page.about.clone()}</p> });
    let go_on = match page.next() {
        Some(step) => {
            let word = if done == 0 && !step.is_begun {
                tr!(l, program.begin)
            } else {
                tr!(l, program.next)
            };
            let lesson = step.lesson.clone();
            view! {
                <p>
                    <a class="btn" href=format!("/lar/{}", lesson.slug)>
                        <span>{word} ": " <span lang=lesson.lang>{lesson.title}</span></span>
                        {icon(Icon::Next)}
                    </a>
                </p>
            }
            .into_any()
        }
        None => note(Tone::Right, None, tr!(l, program.all_done).to_string()),
    };
    let steps = page.steps.iter().map(|step| row(l, step));
    let progress = tr!(l, program.progress, done = done, of = of).to_string();
    view! {
        <p class="crumb">
            <a href="/lar">{icon(Icon::Back)} {tr!(l, app.learn)}</a>
        </p>
        <h1>{page.program.name.clone()}</h1>
        {about}
        <p class="small">{format!("{count}, {time}")}</p>
        <div class="program__bar">
            <progress class="bar" max=of.to_string() value=done.to_string() aria-label=progress.clone()></progress>
            <span>{progress.clone()}</span>
        </div>
        {go_on}
        <section aria-labelledby="lessons">
            <h2 id="lessons">{tr!(l, program.lessons)}</h2>
            <ol class="rows program__steps">{steps.collect_view()}</ol>
        </section>
    }
    .into_any()
}

fn row(l: Locale, step: &ProgramStep) -> AnyView {
    let lesson = &step.lesson;
    let stage = match (step.done, step.is_begun) {
        (Some(on), _) => tr!(l, program.step_done, date = date(l, on)).to_string(),
        (None, true) => tr!(l, program.step_begun).to_string(),
        (None, false) => tr!(l, program.step_new).to_string(),
    };
    let level = lesson.level.number();
    let place =
        tr!(l, app.system_level, system = lesson.system.name.clone(), level = level).to_string();
    let facts = [place, minutes(l, lesson.minutes), stage];
    view! {
        <li class="rows__item" class:program__done=step.done.is_some()>
            <a href=format!("/lar/{}", lesson.slug) lang=lesson.lang.clone()>
                {lesson.title.clone()}
            </a>
            <span class="rows__meta">{facts.join(" · ")}</span>
        </li>
    }
    .into_any()
}
