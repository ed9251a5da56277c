//! A system to be changed: what is said of it, and its four levels.

use kvarten_domain::map::{LessonForm, LevelForm, SystemForm};
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{errors, field, problem};
use crate::{
    calls::{self, WireError, level_field},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, fault_text, field_error, icon, told},
    post::Post,
    screens::{loaded, titled},
    text::{lang, tr},
};

/// The screen.
#[wasm_split(admin, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn map_system() -> Drawn {
    let params = use_params_map();
    let query = use_query_map();
    let code = move || params.with(|params| params.get("system").unwrap_or_default());
    let is_done = move || query.with_untracked(|query| query.get("klart").is_some());
    let page = page_data(code, calls::map_system);
    let about = Post::to::<calls::ChangeSystem>();
    let level = Post::to::<calls::ChangeLevel>().fresh();
    let lesson = Post::to::<calls::RequireLesson>();
    let saved = RwSignal::new(false);
    Effect::new(move |_| {
        for post in [about, level, lesson] {
            if let Some(Ok(())) = post.outcome() {
                post.forget();
                saved.set(true);
                page.refetch();
            }
        }
    });
    let (about_error, level_error) = (errors(about), errors(level));
    Ok(loaded(Tab::Map, false, "map", page, move |page: SystemForm| {
        let l = lang();
        titled(&page.system.name);
        let done = is_done() || saved.get_untracked();
        saved.set(false);
        let forms =
            page.levels.iter().map(|form| level_form(l, &page, form, (level, lesson), level_error));
        view! {
            <p class="crumb">
                <a href="/karta">{icon(Icon::Back)} {tr!(l, map.back)}</a>
            </p>
            <h1>{page.system.name.clone()}</h1>
            {done.then(|| told(Tone::Right, tr!(l, map.saved).to_string()))}
            <section aria-labelledby="about">
                <h2 id="about">{tr!(l, map.system)}</h2>
                {about_form(l, &page, about, about_error)}
            </section>
            {forms.collect_view()}
        }
        .into_any()
    }))
}

fn about_form(
    l: Locale,
    page: &SystemForm,
    post: Post,
    error: Signal<Option<WireError>>,
) -> AnyView {
    let day =
        |day: Option<kvarten_domain::Date>| day.map(kvarten_domain::Date::iso).unwrap_or_default();
    let fields = view! {
        <input type="hidden" name="id" value=page.id.to_string() />
        <input type="hidden" name="code" value=page.system.code.clone() />
        <input type="hidden" name="seen" value=page.seen.clone() />
        {problem(l, error)}
        {move || {
            let fault = error.get().and_then(|error| error.fault_of("system"));
            fault.map(|fault| field_error(fault_text(l, fault)))
        }}
        {field(l, ("s-name".into(), "name"), tr!(l, map.name).to_string(), page.system.name.clone(), ("text", "60"), error)}
        {field(l, ("s-about".into(), "about"), tr!(l, map.about).to_string(), page.about.clone(), ("text", "160"), error)}
        {field(l, ("s-owner".into(), "owner"), tr!(l, map.owner).to_string(), page.owner.clone(), ("text", "80"), error)}
        {field(l, ("s-since".into(), "since"), tr!(l, map.since_field).to_string(), day(page.since), ("date", "10"), error)}
        {field(l, ("s-retired".into(), "retired"), tr!(l, map.retired_field).to_string(), day(page.retired), ("date", "10"), error)}
        <p class="small">{tr!(l, map.retired_hint)}</p>
        <button class="btn" aria-disabled=move || post.is_pending().then_some("true")>
            {tr!(l, map.save)}
        </button>
    };
    post.form("form", fields.into_any())
}

/// One statement's fields. `at` is its place; one more than there are is for a new one.
fn statement(
    l: Locale,
    (level, at): (u8, usize),
    known: Option<&kvarten_domain::map::StatementForm>,
) -> AnyView {
    let number = at + 1;
    let (sv_label, en_label) = match known {
        Some(_) => (
            tr!(l, map.statement_sv, number = number).to_string(),
            tr!(l, map.statement_en, number = number).to_string(),
        ),
        None => (tr!(l, map.statement_new).to_string(), tr!(l, map.statement_new_en).to_string()),
    };
    let (sv_id, en_id, same_id) =
        (format!("l{level}-{at}-sv"), format!("l{level}-{at}-en"), format!("l{level}-{at}-same"));
    let (sv, en) = known.map(|known| (known.sv.clone(), known.en.clone())).unwrap_or_default();
    let same = known.map(|_| {
        view! {
            <label class="check" for=same_id.clone()>
                <input type="checkbox" id=same_id.clone() name=format!("s[s{at}][same]") value="1" />
                <span>{tr!(l, map.same)}</span>
            </label>
        }
    });
    view! {
        <div class="statement">
            <input
                type="hidden"
                name=format!("s[s{at}][id]")
                value=known.map(|known| known.id.to_string()).unwrap_or_default()
            />
            <div class="field">
                <label class="field__label" for=sv_id.clone()>{sv_label}</label>
                <input class="input" id=sv_id name=format!("s[s{at}][sv]") value=sv lang="sv" maxlength="200" autocomplete="off" />
            </div>
            <div class="field">
                <label class="field__label" for=en_id.clone()>{en_label}</label>
                <input class="input" id=en_id name=format!("s[s{at}][en]") value=en lang="en" maxlength="200" autocomplete="off" />
            </div>
            {same}
        </div>
    }
    .into_any()
}

fn level_form(
    l: Locale,
    page: &SystemForm,
    form: &LevelForm,
    (post, lesson): (Post, Post),
    error: Signal<Option<WireError>>,
) -> AnyView {
    let level = form.level.number();
    let known = form
        .statements
        .iter()
        .enumerate()
        .map(|(at, known)| statement(l, (level, at), Some(known)));
    let known = known.collect_view();
    let new = statement(l, (level, form.statements.len()), None);
    let months_id = format!("l{level}-months");
    let months = form.months.map(|months| months.to_string()).unwrap_or_default();
    let which = form.level;
    let wrong = move |name: &'static str| {
        move || {
            let field = level_field(which, name);
            let fault = error.get().and_then(|error| error.fault_of(field));
            fault.map(|fault| {
                let text = match name {
                    "months" => tr!(l, map.months_wrong).to_string(),
                    _ => fault_text(l, fault),
                };
                field_error(text)
            })
        }
    };
    let fields = view! {
        <input type="hidden" name="id" value=page.id.to_string() />
        <input type="hidden" name="code" value=page.system.code.clone() />
        <input type="hidden" name="level" value=level.to_string() />
        <input type="hidden" name="seen" value=form.seen.clone() />
        <p class="small">{tr!(l, map.statement_hint)}</p>
        {wrong("statement")}
        {known}
        {new}
        <div class="field">
            <label class="field__label" for=months_id.clone()>
                {tr!(l, map.months)}
            </label>
            {wrong("months")}
            <input class="input input--short" id=months_id name="months" value=months inputmode="numeric" maxlength="3" autocomplete="off" />
            <p class="small">{tr!(l, map.months_hint)}</p>
        </div>
        <button class="btn" aria-disabled=move || post.is_pending().then_some("true")>
            {tr!(l, map.save)}
            <span class="sr">": " {tr!(l, map.level, level = level).to_string()}</span>
        </button>
    }
    .into_any();
    let lessons = if form.lessons.is_empty() {
        view! { <p class="small">{tr!(l, map.no_lessons)}</p> }.into_any()
    } else {
        let rows = form.lessons.iter().map(|one| lesson_row(l, &page.system.code, one, lesson));
        view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <section id=format!("niva-{level}") aria-labelledby=format!("h-{level}")>
            <h2 id=format!("h-{level}")>{tr!(l, map.level, level = level).to_string()}</h2>
            {post.form("form form--wide", fields)}
            <h3>{tr!(l, map.level_lessons)}</h3>
            {lessons}
        </section>
    }
    .into_any()
}

fn lesson_row(l: Locale, code: &str, form: &LessonForm, post: Post) -> AnyView {
    let (text, tag) = if form.is_required {
        (tr!(l, map.unrequire).to_string(), Some(tr!(l, map.is_required).to_string()))
    } else {
        (tr!(l, map.require).to_string(), None)
    };
    let required =
        (!form.is_required).then(|| view! { <input type="hidden" name="required" value="1" /> });
    let fields = view! {
        <input type="hidden" name="lesson" value=form.id.to_string() />
        <input type="hidden" name="code" value=code.to_owned() />
        {required}
        <button class="btn btn--quiet">
            {text} <span class="sr">": " {form.lesson.title.clone()}</span>
        </button>
    }
    .into_any();
    view! {
        <li class="rows__item">
            <span>
                <a href=format!("/lar/{}", form.lesson.slug) lang=form.lesson.lang.clone()>
                    {form.lesson.title.clone()}
                </a> " " {tag.map(|tag| view! { <span class="tag">{tag}</span> })}
            </span>
            {post.form("", fields)}
        </li>
    }
    .into_any()
}
