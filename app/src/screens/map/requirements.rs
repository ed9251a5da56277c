//! Professions × systems × required level.

use kvarten_domain::{
    Date, Fault, UnitId,
    bank::Choice,
    lesson::SystemName,
    level::Level,
    map::{Changes, RequirementCell, RequirementsPage},
};
use leptos::{prelude::*, wasm_split::wasm_split};

use crate::{
    address::{Query, use_query},
    calls,
    form::{Field, FormScreen, Typed},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, fault_text, icon, note, told as told_note},
    screens::{loaded, titled},
    text::{date, lang, tr},
};

/// The screen.
#[wasm_split(admin, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn requirements() -> Drawn {
    let query = use_query();
    let page = page_data(
        move || {
            query.with(|query| {
                let of = |name| query.get(name).unwrap_or_default();
                format!("{}?{}", of("enhet"), of("dag"))
            })
        },
        |asked| async move {
            let (unit, day) = asked.split_once('?').unwrap_or((&asked, ""));
            calls::requirements(unit.parse::<UnitId>().ok(), Date::from_iso(day)).await
        },
    );
    let set = FormScreen::to::<calls::SetRequirements>();
    let made: RwSignal<Option<Changes>> = RwSignal::new(None);
    set.on_done(move |changes: Changes| {
        made.set(Some(changes));
        page.refetch();
        // What comes next is to hold from today again, unless another day is chosen.
        crate::parts::empty("r-from");
    });
    let told = Signal::derive(move || made.get().or_else(|| query.with(in_address)));
    Ok(loaded(Tab::Map, false, "map", page, move |page: RequirementsPage| {
        content(&page, set, told)
    }))
}

/// What became of changes, as the address says it.
fn in_address(query: &Query) -> Option<Changes> {
    let refused = query.get("nej").unwrap_or_default();
    let refused = refused.split(',').filter_map(|one| {
        let mut words = one.split('.');
        let (profession, system) = (words.next()?.to_owned(), words.next()?.to_owned());
        Some((profession, system, Fault::from_code(words.next()?)?))
    });
    Some(Changes { changed: query.get("klart")?.parse().ok()?, refused: refused.collect() })
}

fn content(page: &RequirementsPage, set: FormScreen, told: Signal<Option<Changes>>) -> AnyView {
    let l = lang();
    let title = tr!(l, map.requirements).to_string();
    titled(&title);
    let lead = if page.unit.is_some() {
        tr!(l, map.req_lead_unit).to_string()
    } else {
        tr!(l, map.req_lead).to_string()
    };
    let named = page.clone();
    let earlier = (!page.is_today).then(|| {
        let text = tr!(l, map.req_past, date = date(l, page.on)).to_string();
        note(Tone::Info, None, text)
    });
    view! {
        <p class="crumb">
            <a href="/karta">{icon(Icon::Back)} {tr!(l, map.back)}</a>
        </p>
        <h1>{title}</h1>
        <p class="lead">{lead}</p>
        {choose(l, page)}
        {earlier}
        {move || told.get().map(|changes| outcome(l, &named, &changes))}
        {if page.is_today { editor(l, page, set) } else { table(l, page, None) }}
    }
    .into_any()
}

/// What became of changes.
fn outcome(l: Locale, page: &RequirementsPage, changes: &Changes) -> AnyView {
    let text = match changes.changed {
        0 => tr!(l, map.req_done_none).to_string(),
        1 => tr!(l, map.req_done_one).to_string(),
        count => tr!(l, map.req_done, count = count).to_string(),
    };
    let refused = changes.refused.iter().map(|(profession, system, fault)| {
        let professions = page.professions.iter();
        let profession = professions
            .map(|(_, choice, _)| choice)
            .find(|choice| choice.code == *profession)
            .map_or_else(|| profession.clone(), |choice| choice.name.clone());
        let system = page
            .systems
            .iter()
            .map(|(_, name)| name)
            .find(|name| name.code == *system)
            .map_or_else(|| system.clone(), |name| name.name.clone());
        let why = fault_text(l, *fault);
        let text = tr!(l, map.req_refused, profession = profession, system = system, why = why)
            .to_string();
        note(Tone::Wrong, None, text)
    });
    view! {
        {told_note(Tone::Right, text)}
        {refused.collect_view()}
    }
    .into_any()
}

/// The unit and the day that are looked at.
fn choose(l: Locale, page: &RequirementsPage) -> AnyView {
    let chosen = page.unit;
    let option = |unit: &kvarten_domain::map::UnitChoice| {
        let indent = "\u{a0}\u{a0}".repeat(usize::from(unit.depth.saturating_sub(1)));
        view! {
            <option value=unit.id.to_string() selected=Some(unit.id) == chosen>
                {format!("{indent}{}", unit.name)}
            </option>
        }
    };
    let today = (!page.is_today).then(|| {
        view! {
            <a class="btn btn--quiet" href="/karta/krav">
                {tr!(l, map.req_today)}
            </a>
        }
    });
    view! {
        <form class="choose" method="get" action="/karta/krav">
            <div class="field">
                <label class="field__label" for="r-unit">
                    {tr!(l, map.req_unit)}
                </label>
                <select class="input" id="r-unit" name="enhet">
                    <option value="">{tr!(l, map.req_all)}</option>
                    {page.units.iter().skip(1).map(option).collect_view()}
                </select>
            </div>
            <div class="field">
                <label class="field__label" for="r-day">
                    {tr!(l, map.req_day)}
                </label>
                <input class="input" id="r-day" type="date" name="dag" value=page.on.iso() />
            </div>
            <div class="btns">
                <button class="btn btn--quiet">{tr!(l, map.req_show)}</button>
                {today}
            </div>
        </form>
    }
    .into_any()
}

fn editor(l: Locale, page: &RequirementsPage, set: FormScreen) -> AnyView {
    let unit = page.unit.map(|unit| unit.to_string()).unwrap_or_default();
    let table = table(l, page, Some(&set.typed("")));
    let today = page.on.iso();
    set.view("", move |problem| {
        view! {
            <input type="hidden" name="unit" value=unit />
            {problem}
            {table}
            <div class="choose">
                {Field::new("from", tr!(l, map.req_from))
                    .id("r-from")
                    .date(Some(today))
                    .hint(tr!(l, map.req_from_hint))
                    .view(set)}
                {set.button("btn", tr!(l, map.req_save))}
            </div>
        }
        .into_any()
    })
}

/// The table; to be changed where there is what was typed into it.
fn table(l: Locale, page: &RequirementsPage, typed: Option<&Typed>) -> AnyView {
    let heads = page.systems.iter().map(|(_, name)| {
        view! {
            <th scope="col" class="matrix__system">
                <span>{name.name.clone()}</span>
            </th>
        }
    });
    let rows = page.professions.iter().map(|(_, profession, cells)| {
        let cells = cells.iter().zip(&page.systems).map(|(one, (_, system))| {
            let inside = if let Some(typed) = typed {
                edited(l, profession, system, *one, typed)
            } else {
                let shown = one.own.max(one.above);
                view! { {shown.map_or_else(|| "–".to_owned(), |level| level.number().to_string())} }
                    .into_any()
            };
            view! { <td class="req" data-system=system.name.clone()>{inside}</td> }
        });
        view! {
            <tr>
                <th scope="row" class="matrix__who">
                    {profession.name.clone()}
                </th>
                {cells.collect_view()}
            </tr>
        }
    });
    view! {
        <div class="matrix__scroll matrix__scroll--req" tabindex="0" role="region" aria-label=tr!(l, map.requirements)>
            <table class="matrix matrix--req">
                <caption class="sr">{tr!(l, map.requirements)}</caption>
                <thead>
                    <tr>
                        <th scope="col" class="matrix__who">
                            {tr!(l, map.profession)}
                        </th>
                        {heads.collect_view()}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A cell to choose a level in. Its values hold what is there now, what is chosen, and what is decided
/// for later, so that nobody replaces what they have not seen.
fn edited(
    l: Locale,
    profession: &Choice,
    system: &SystemName,
    cell: RequirementCell,
    typed: &Typed,
) -> AnyView {
    let figure = |level: Option<Level>| level.map_or(0, Level::number);
    let seen = figure(cell.own);
    let label =
        tr!(l, map.req_cell, profession = profession.name.clone(), system = system.name.clone())
            .to_string();
    let least = cell.above.map_or(0, Level::number);
    let nothing = if least > 0 { format!("({least})") } else { "–".to_owned() };
    let later =
        cell.next.map_or_else(String::new, |(on, level)| format!("{}{}", on.iso(), figure(level)));
    let name = format!("c[{}.{}]", profession.code, system.code);
    let options =
        (0..=4u8).filter(|level| *level == 0 || *level > least || *level == seen).map(|level| {
            let text = if level == 0 { nothing.clone() } else { level.to_string() };
            let value = format!("{seen}{level}{later}");
            let is_chosen = typed.is_ticked(&name, &value, level == seen);
            view! { <option value=value selected=is_chosen>{text}</option> }
        });
    let options = options.collect_view();
    let next = cell.next.map(|(from, level)| {
        let level = level.map_or_else(|| "–".to_owned(), |level| level.number().to_string());
        let text = tr!(l, map.req_next, level = level, date = date(l, from)).to_string();
        view! { <span class="req__next">{text}</span> }
    });
    view! {
        <select class="req__in" name=name.clone() aria-label=label autocomplete="off">
            {options}
        </select>
        {next}
    }
    .into_any()
}
