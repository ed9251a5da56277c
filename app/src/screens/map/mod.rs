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

use super::{loaded, titled};
use crate::{
    address::use_go_on,
    calls,
    form::{Field, FormScreen},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, icon},
    text::{date, lang, tr},
};

/// The screen.
#[wasm_split(admin, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn map() -> Drawn {
    let page = page_data(String::new, |_| calls::map_page());
    let form = FormScreen::to::<calls::CreateSystem>();
    let go = use_go_on();
    form.on_done(move |code: String| {
        go(&format!("/karta/{code}"));
    });
    Ok(loaded(Tab::Map, false, "map", page, move |(lines, id): (Vec<SystemLine>, String)| {
        content(&lines, &id, form)
    }))
}

fn content(lines: &[SystemLine], id: &str, form: FormScreen) -> AnyView {
    let l = lang();
    let title = tr!(l, map.title).to_string();
    titled(&title);
    let id = id.to_owned();
    let fields = move |problem| {
        view! {
            <input type="hidden" name="id" value=id />
            {problem}
            {Field::new("name", tr!(l, map.name)).id("s-name").max(60).view(form)}
            {Field::new("about", tr!(l, map.about)).id("s-about").max(160).view(form)}
            {Field::new("owner", tr!(l, map.owner)).id("s-owner").max(80).view(form)}
            {Field::new("since", tr!(l, map.since_field)).id("s-since").date(None).view(form)}
            {form.button("btn", tr!(l, map.add))}
        }
        .into_any()
    };
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
            {form.view("form", fields)}
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
