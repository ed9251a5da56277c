//! A system to be changed: what is said of it, and its four levels.

use kvarten_domain::map::{LessonForm, LevelForm, SystemForm};
use leptos::{prelude::*, wasm_split::wasm_split};

use crate::{
    address::{use_part, use_query},
    calls::{self, level_field},
    form::{Field, FormScreen, Typed},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, icon, told},
    screens::{loaded, titled},
    text::{lang, tr},
};

/// The screen.
#[wasm_split(admin, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn map_system() -> Drawn {
    let part = use_part("system");
    let query = use_query();
    let code = move || part.get();
    let is_done = move || query.with_untracked(|query| query.get("klart").is_some());
    let page = page_data(code, calls::map_system);
    let about = FormScreen::to::<calls::ChangeSystem>();
    let level = FormScreen::to::<calls::ChangeLevel>().fresh();
    let lesson = FormScreen::to::<calls::RequireLesson>();
    let saved = RwSignal::new(false);
    for form in [about, level, lesson] {
        form.on_done(move |()| {
            saved.set(true);
            page.refetch();
        });
    }
    Ok(loaded(Tab::Map, false, "map", page, move |page: SystemForm| {
        let l = lang();
        titled(&page.system.name);
        let done = is_done() || saved.get_untracked();
        saved.set(false);
        let forms = page.levels.iter().map(|form| level_form(l, &page, form, (level, lesson)));
        view! {
            <p class="crumb">
                <a href="/karta">{icon(Icon::Back)} {tr!(l, map.back)}</a>
            </p>
            <h1>{page.system.name.clone()}</h1>
            {done.then(|| told(Tone::Right, tr!(l, map.saved).to_string()))}
            <section aria-labelledby="about">
                <h2 id="about">{tr!(l, map.system)}</h2>
                {about_form(l, &page, about)}
            </section>
            {forms.collect_view()}
        }
        .into_any()
    }))
}

fn about_form(l: Locale, page: &SystemForm, form: FormScreen) -> AnyView {
    let day =
        |day: Option<kvarten_domain::Date>| day.map(kvarten_domain::Date::iso).unwrap_or_default();
    let hidden = view! {
        <input type="hidden" name="id" value=page.id.to_string() />
        <input type="hidden" name="code" value=page.system.code.clone() />
        <input type="hidden" name="seen" value=page.seen.clone() />
    };
    let name = Field::new("name", tr!(l, map.name)).id("s-name").value(page.system.name.clone());
    let about = Field::new("about", tr!(l, map.about)).id("s-about").value(page.about.clone());
    let owner = Field::new("owner", tr!(l, map.owner)).id("s-owner").value(page.owner.clone());
    let since = Field::new("since", tr!(l, map.since_field)).id("s-since").value(day(page.since));
    let retired = Field::new("retired", tr!(l, map.retired_field))
        .id("s-retired")
        .value(day(page.retired))
        .hint(tr!(l, map.retired_hint));
    form.view("form", move |problem| {
        view! {
            {hidden}
            {problem}
            {name.max(60).view(form)}
            {about.max(160).view(form)}
            {owner.max(80).view(form)}
            {since.date(None).view(form)}
            {retired.date(None).view(form)}
            {form.button("btn", tr!(l, map.save))}
        }
        .into_any()
    })
}

/// One statement's fields. `at` is its place; one more than there are is for a new one.
fn statement(
    l: Locale,
    (level, at): (u8, usize),
    known: Option<&kvarten_domain::map::StatementForm>,
    typed: &Typed,
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
    let (sv_name, en_name) = (format!("s[s{at}][sv]"), format!("s[s{at}][en]"));
    let (sv, en) = (typed.text(&sv_name, sv), typed.text(&en_name, en));
    let same_name = format!("s[s{at}][same]");
    let is_same = typed.is_ticked(&same_name, "1", false);
    let same = known.map(|_| {
        view! {
            <label class="check" for=same_id.clone()>
                <input type="checkbox" id=same_id.clone() name=same_name value="1" checked=is_same />
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
                <input class="input" id=sv_id name=sv_name value=sv lang="sv" maxlength="200" autocomplete="off" />
            </div>
            <div class="field">
                <label class="field__label" for=en_id.clone()>{en_label}</label>
                <input class="input" id=en_id name=en_name value=en lang="en" maxlength="200" autocomplete="off" />
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
    (set, lesson): (FormScreen, FormScreen),
) -> AnyView {
    let (level, which) = (form.level.number(), form.level);
    let row = level.to_string();
    let typed = set.typed(&row);
    let known = form
        .statements
        .iter()
        .enumerate()
        .map(|(at, known)| statement(l, (level, at), Some(known), &typed));
    let known = known.collect_view();
    let new = statement(l, (level, form.statements.len()), None, &typed);
    let months = Field::new("months", tr!(l, map.months))
        .id(format!("l{level}-months"))
        .value(form.months.map(|months| months.to_string()).unwrap_or_default())
        .hint(tr!(l, map.months_hint))
        .faults(level_field(which, "months"))
        .sentence(|l, _| Some(tr!(l, map.months_wrong).to_string()))
        .digits()
        .max(3);
    let hidden = view! {
        <input type="hidden" name="id" value=page.id.to_string() />
        <input type="hidden" name="code" value=page.system.code.clone() />
        <input type="hidden" name="level" value=row.clone() />
        <input type="hidden" name="seen" value=form.seen.clone() />
    };
    let save = view! {
        {tr!(l, map.save)}
        <span class="sr">": " {tr!(l, map.level, level = level).to_string()}</span>
    };
    let fields = {
        let row = row.clone();
        move |problem| {
            view! {
                {hidden}
                {problem}
                <p class="small">{tr!(l, map.statement_hint)}</p>
                <div>
                    {set.fault_line(&row, level_field(which, "statement"), None)} {known} {new}
                </div>
                {months.in_row(set, &row)}
                {set.button("btn", save)}
            }
            .into_any()
        }
    };
    let lessons = if form.lessons.is_empty() {
        view! { <p class="small">{tr!(l, map.no_lessons)}</p> }.into_any()
    } else {
        let rows = form.lessons.iter().map(|one| lesson_row(l, &page.system.code, one, lesson));
        view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <section id=format!("niva-{level}") aria-labelledby=format!("h-{level}")>
            <h2 id=format!("h-{level}")>{tr!(l, map.level, level = level).to_string()}</h2>
            {set.in_row(row, "form form--wide", fields)}
            <h3>{tr!(l, map.level_lessons)}</h3>
            {lessons}
        </section>
    }
    .into_any()
}

fn lesson_row(l: Locale, code: &str, form: &LessonForm, set: FormScreen) -> AnyView {
    let (text, tag) = if form.is_required {
        (tr!(l, map.unrequire).to_string(), Some(tr!(l, map.is_required).to_string()))
    } else {
        (tr!(l, map.require).to_string(), None)
    };
    let required =
        (!form.is_required).then(|| view! { <input type="hidden" name="required" value="1" /> });
    let (id, code, title) = (form.id.to_string(), code.to_owned(), form.lesson.title.clone());
    let row = id.clone();
    let fields = move |problem| {
        view! {
            {problem}
            <input type="hidden" name="lesson" value=id />
            <input type="hidden" name="code" value=code />
            {required}
            {set.button("btn btn--quiet", view! { {text} <span class="sr">": " {title}</span> })}
        }
        .into_any()
    };
    view! {
        <li class="rows__item">
            <span>
                <a href=format!("/lar/{}", form.lesson.slug) lang=form.lesson.lang.clone()>
                    {form.lesson.title.clone()}
                </a> " " {tag.map(|tag| view! { <span class="tag">{tag}</span> })}
            </span>
            {set.in_row(row, "", fields)}
        </li>
    }
    .into_any()
}
