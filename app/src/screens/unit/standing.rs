//! Standing referrals: what whoever joins is pointed to.

use kvarten_domain::{
    referral::LONGEST_NOTE,
    standing::{StandingLine, StandingPage},
};
use leptos::{prelude::*, wasm_split::wasm_split};

use super::refer::{no_lesson, target_groups};
use crate::{
    address::use_query,
    calls,
    form::{Field, FormScreen},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, icon, pairs, told, unit_pairs},
    screens::{loaded, titled},
    text::{date, lang, tr},
};

/// What was done last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    Made,
    Ended,
}

/// The screen.
#[wasm_split(chef, wasm_split_path = leptos::wasm_split, preload(load_standing), fallible)]
pub fn standing() -> Drawn {
    let query = use_query();
    let page = page_data(String::new, |_| calls::standing());
    let make = FormScreen::to::<calls::MakeStanding>().fresh();
    let end = FormScreen::to::<calls::EndStanding>();
    let done = RwSignal::new(query.with_untracked(|query| match query.get_str("klart") {
        Some("gjord") => Some(Done::Made),
        Some("slut") => Some(Done::Ended),
        _ => None,
    }));
    for (form, what) in [(make, Done::Made), (end, Done::Ended)] {
        form.on_done(move |()| {
            done.set(Some(what));
            page.refetch();
        });
    }
    Ok(loaded(Tab::Unit, false, "refer", page, move |page: StandingPage| {
        content(&page, (make, end), done.get_untracked())
    }))
}

fn content(
    page: &StandingPage,
    (make, end): (FormScreen, FormScreen),
    done: Option<Done>,
) -> AnyView {
    let l = lang();
    let title = tr!(l, standing.title).to_string();
    titled(&title);
    let done = done.map(|done| {
        let text = match done {
            Done::Made => tr!(l, standing.made),
            Done::Ended => tr!(l, standing.ended),
        };
        told(Tone::Right, text.to_string())
    });
    let list = if page.lines.is_empty() {
        view! { <p>{tr!(l, standing.none)}</p> }.into_any()
    } else {
        let rows = page.lines.iter().map(|line| row(l, line, end));
        view! { <ul class="rows">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <p class="crumb">
            <a href="/enhet/hanvisningar">{icon(Icon::Back)} {tr!(l, refer.all_title)}</a>
        </p>
        <h1>{title}</h1>
        <p class="lead">{tr!(l, standing.lead)}</p>
        {done}
        <section aria-labelledby="now">
            <h2 id="now">{tr!(l, standing.now)}</h2>
            {list}
        </section>
        <section aria-labelledby="new">
            <h2 id="new">{tr!(l, standing.new)}</h2>
            {form(l, page, make)}
        </section>
    }
    .into_any()
}

fn row(l: Locale, line: &StandingLine, end: FormScreen) -> AnyView {
    let whom = line.profession.clone().unwrap_or_else(|| tr!(l, standing.all).to_lowercase());
    let mut facts = vec![format!("{}, {whom}", line.unit)];
    facts.extend(line.days.map(|days| match days {
        1 => tr!(l, standing.in_day).to_string(),
        days => tr!(l, standing.in_days, days = days).to_string(),
    }));
    facts.push(tr!(l, standing.sent, count = line.sent).to_string());
    facts.push(tr!(l, standing.since, date = date(l, line.since)).to_string());
    facts.extend(line.from.clone().map(|name| tr!(l, standing.from, name = name).to_string()));
    facts.extend(line.is_over.then(|| tr!(l, standing.over).to_string()));
    let said =
        (!line.note.is_empty()).then(|| view! { <p class="refer__note">{line.note.clone()}</p> });
    let title = line.to.title().to_owned();
    let (id, of) = (line.id.to_string(), title.clone());
    let which = id.clone();
    let fields = move |problem| {
        let text = view! { {tr!(l, standing.end)} <span class="sr">": " {of}</span> };
        view! {
            {problem}
            <input type="hidden" name="id" value=id />
            {end.button("btn btn--quiet", text)}
        }
        .into_any()
    };
    let name = if line.is_over {
        view! { <span>{title}</span> }.into_any()
    } else {
        let lang = line.to.lang().map(str::to_owned);
        view! { <a href=line.to.address() lang=lang>{title}</a> }.into_any()
    };
    view! {
        <li class="rows__item">
            {name}
            <span class="rows__meta">{facts.join(" · ")} {said}</span>
            {end.in_row(which, "", fields)}
        </li>
    }
    .into_any()
}

fn form(l: Locale, page: &StandingPage, make: FormScreen) -> AnyView {
    let units = unit_pairs(&page.units);
    let first = units.first().map(|(id, _)| id.clone()).unwrap_or_default();
    let mut professions = vec![(String::new(), tr!(l, standing.all).to_string())];
    professions.extend(pairs(&page.professions));
    let targets = target_groups(l, &page.targets);
    let id = page.id.to_string();
    make.view("form", move |problem| {
        view! {
            <input type="hidden" name="id" value=id />
            {problem}
            {Field::new("unit", tr!(l, standing.unit))
                .id("n-unit")
                .value(first)
                .choice(units)
                .view(make)}
            {Field::new("profession", tr!(l, standing.profession)).choice(professions).view(make)}
            {Field::new("to", tr!(l, refer.lesson))
                .id("n-to")
                .groups(targets)
                .faults("lesson")
                .sentence(no_lesson)
                .view(make)}
            {Field::new("note", tr!(l, refer.note))
                .id("n-note")
                .area(3)
                .max(LONGEST_NOTE)
                .view(make)}
            {Field::new("days", tr!(l, standing.days))
                .id("n-days")
                .hint(tr!(l, standing.days_hint))
                .sentence(|l, _| Some(tr!(l, standing.days_hint).to_string()))
                .digits()
                .max(3)
                .view(make)}
            {make.button("btn", tr!(l, standing.make))}
        }
        .into_any()
    })
}
