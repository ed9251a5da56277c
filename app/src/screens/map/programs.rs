//! Programs: the list, and a new one.

use kvarten_domain::{
    Fault,
    program::{MOST_LESSONS, ProgramForm, ProgramLine},
};
use leptos::{prelude::*, wasm_split::wasm_split};

use crate::{
    address::use_go_on,
    calls,
    form::{Field, FormScreen},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, icon, pairs},
    screens::{loaded, titled},
    text::{date, lang, lesson_option, lessons, minutes, tr},
};

/// How many empty places a form has beyond the lessons there are.
const SPARE: usize = 3;

/// The screen.
#[wasm_split(admin, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn programs() -> Drawn {
    let page = page_data(String::new, |_| calls::programs());
    let set = FormScreen::to::<calls::SetProgram>();
    let go = use_go_on();
    set.on_done(move |code: String| {
        go(&format!("/karta/program/{code}"));
    });
    Ok(loaded(
        Tab::Map,
        false,
        "map",
        page,
        move |(lines, new): (Vec<ProgramLine>, ProgramForm)| {
            let l = lang();
            let title = tr!(l, program.title).to_string();
            titled(&title);
            let list = if lines.is_empty() {
                view! { <p>{tr!(l, program.empty)}</p> }.into_any()
            } else {
                let (ended, going): (Vec<_>, Vec<_>) =
                    lines.iter().partition(|line| line.ended.is_some());
                let list = |lines: Vec<&ProgramLine>| {
                    let rows = lines.into_iter().map(|line| row(l, line));
                    view! { <ul class="rows">{rows.collect_view()}</ul> }
                };
                let ended = (!ended.is_empty()).then(|| {
                    view! {
                        <h2>{tr!(l, program.ended_all)}</h2>
                        {list(ended)}
                    }
                });
                view! { {list(going)} {ended} }.into_any()
            };
            view! {
                <p class="crumb">
                    <a href="/karta">{icon(Icon::Back)} {tr!(l, map.back)}</a>
                </p>
                <h1>{title}</h1>
                <p class="lead">{tr!(l, program.lead)}</p>
                {list}
                <section aria-labelledby="new">
                    <h2 id="new">{tr!(l, program.new)}</h2>
                    {program_form(l, &new, set)}
                </section>
            }
            .into_any()
        },
    ))
}

fn row(l: Locale, line: &ProgramLine) -> AnyView {
    let count = lessons(l, line.program.lessons);
    let time = tr!(l, program.time, time = minutes(l, line.program.minutes)).to_string();
    let whom = line.profession.clone().map_or_else(
        || tr!(l, program.for_all).to_string(),
        |name| tr!(l, program.for_profession, profession = name).to_string(),
    );
    let mut facts = vec![whom, format!("{count}, {time}")];
    facts.extend(line.ended.map(|on| tr!(l, program.ended_on, date = date(l, on)).to_string()));
    view! {
        <li class="rows__item">
            <a href=format!("/karta/program/{}", line.program.code)>{line.program.name.clone()}</a>
            <span class="rows__meta">{facts.join(" · ")}</span>
        </li>
    }
    .into_any()
}

/// A program's fields, of a new one or of one there is.
pub(super) fn program_form(l: Locale, form: &ProgramForm, set: FormScreen) -> AnyView {
    let typed = set.typed("");
    let bank: Vec<(String, String)> = form
        .bank
        .iter()
        .map(|link| {
            let text = lesson_option(l, link);
            (link.slug.clone(), text)
        })
        .collect();
    let places = (form.lessons.len() + SPARE).min(MOST_LESSONS);
    let lessons = (0..places).map(|at| {
        let number = at + 1;
        let id = format!("p-s{number}");
        let chosen = form.lessons.get(at).cloned().unwrap_or_default();
        let chosen = typed.text(&format!("s[s{number}]"), chosen);
        let options = bank.iter().map(|(slug, text)| {
            let is_chosen = chosen == *slug;
            view! { <option value=slug.clone() selected=is_chosen>{text.clone()}</option> }
        });
        view! {
            <li class="field">
                <label class="field__label" for=id.clone()>
                    {tr!(l, program.lessons_field, number = number).to_string()}
                </label>
                <select class="input" id=id name=format!("s[s{number}]")>
                    <option value="">{tr!(l, program.none)}</option>
                    {options.collect_view()}
                </select>
            </li>
        }
    });
    let lessons = lessons.collect_view();
    let is_new = form.revision == 0;
    let is_ended = typed.is_ticked("is_ended", "1", form.is_ended);
    let end = (!is_new).then(|| {
        view! {
            <label class="check" for="p-ended">
                <input type="checkbox" id="p-ended" name="is_ended" value="1" checked=is_ended />
                <span>{tr!(l, program.is_ended)}</span>
            </label>
        }
    });
    let button = if is_new { tr!(l, program.add) } else { tr!(l, program.save) };
    let mut professions = vec![(String::new(), tr!(l, program.everybody).to_string())];
    professions.extend(pairs(&form.professions));
    let (id, revision) = (form.id.to_string(), form.revision.to_string());
    let name =
        Field::new("name", tr!(l, program.name)).id("p-name").value(form.name.clone()).max(80);
    let about = Field::new("about", tr!(l, program.about)).id("p-about").value(form.about.clone());
    let profession = Field::new("profession", tr!(l, program.profession))
        .value(form.profession.clone().unwrap_or_default())
        .choice(professions);
    set.view("form form--wide", move |problem| {
        view! {
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="revision" value=revision />
            {problem}
            {name.view(set)}
            {about.area(3).max(280).view(set)}
            {profession.view(set)}
            <fieldset class="program__lessons">
                <legend class="field__label">{tr!(l, program.lessons)}</legend>
                <p class="small">{tr!(l, program.lessons_hint)}</p>
                {set.fault_line("", "lessons", Some(no_lessons))}
                <ol>{lessons}</ol>
            </fieldset>
            {end}
            {set.button("btn", button)}
        }
        .into_any()
    })
}

fn no_lessons(l: Locale, fault: Fault) -> Option<String> {
    (fault == Fault::Empty).then(|| tr!(l, program.no_lessons).to_string())
}
