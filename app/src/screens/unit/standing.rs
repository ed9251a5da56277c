//! Standing referrals: what whoever joins is pointed to.

use kvarten_domain::{
    referral::LONGEST_NOTE,
    standing::{StandingLine, StandingPage},
};
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::hooks::use_query_map;

use super::refer::target_options;
use crate::{
    calls::{self, WireError},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, fault_text, field_error, icon, pairs, select, told, unit_pairs},
    post::Post,
    screens::{loaded, titled, trouble::failed},
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
    let query = use_query_map();
    let page = page_data(String::new, |_| calls::standing());
    let make = Post::to::<calls::MakeStanding>().fresh();
    let end = Post::to::<calls::EndStanding>();
    let done = RwSignal::new(query.with_untracked(|query| match query.get_str("klart") {
        Some("gjord") => Some(Done::Made),
        Some("slut") => Some(Done::Ended),
        _ => None,
    }));
    Effect::new(move |_| {
        for (post, what) in [(make, Done::Made), (end, Done::Ended)] {
            if let Some(Ok(())) = post.outcome() {
                post.forget();
                done.set(Some(what));
                page.refetch();
            }
        }
    });
    let error = Signal::derive(move || {
        let of = |post: Post| post.outcome().and_then(Result::err);
        let refused =
            || query.with(|query| query.get("fel").and_then(|it| WireError::from_code(&it)));
        of(make).or_else(|| of(end)).or_else(refused)
    });
    Ok(loaded(Tab::Unit, false, "refer", page, move |page: StandingPage| {
        content(&page, (make, end), done.get_untracked(), error)
    }))
}

fn content(
    page: &StandingPage,
    (make, end): (Post, Post),
    done: Option<Done>,
    error: Signal<Option<WireError>>,
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
            {form(l, page, make, error)}
        </section>
    }
    .into_any()
}

fn row(l: Locale, line: &StandingLine, end: Post) -> AnyView {
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
    let fields = view! {
        <input type="hidden" name="id" value=line.id.to_string() />
        <button class="btn btn--quiet">
            {tr!(l, standing.end)} <span class="sr">": " {title.clone()}</span>
        </button>
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
            {end.form("", fields.into_any())}
        </li>
    }
    .into_any()
}

fn form(l: Locale, page: &StandingPage, post: Post, error: Signal<Option<WireError>>) -> AnyView {
    let wrong = move |name: &'static str| {
        move || {
            let fault = error.get().and_then(|error| error.fault_of(name));
            fault.map(|fault| {
                let text = match name {
                    "lesson" => tr!(l, refer.no_lesson).to_string(),
                    "days" => tr!(l, standing.days_hint).to_string(),
                    _ => fault_text(l, fault),
                };
                field_error(text)
            })
        }
    };
    let other = move || {
        error
            .get()
            .filter(|error| !matches!(error, WireError::Invalid { .. }))
            .map(|error| failed(l, &error))
    };
    let units = unit_pairs(&page.units)
        .into_iter()
        .map(|(id, name)| view! { <option value=id>{name}</option> });
    let profession = select(
        "profession",
        tr!(l, standing.profession).to_string(),
        tr!(l, standing.all).to_string(),
        pairs(&page.professions),
        None,
    );
    let fields = view! {
        <input type="hidden" name="id" value=page.id.to_string() />
        {other}
        <div class="field">
            <label class="field__label" for="n-unit">{tr!(l, standing.unit)}</label>
            <select class="input" id="n-unit" name="unit">{units.collect_view()}</select>
        </div>
        {wrong("profession")}
        {profession}
        <div class="field">
            <label class="field__label" for="n-to">{tr!(l, refer.lesson)}</label>
            {wrong("lesson")}
            <select class="input" id="n-to" name="to">
                <option value="">{tr!(l, refer.choose)}</option>
                {target_options(l, &page.targets, None)}
            </select>
        </div>
        <div class="field">
            <label class="field__label" for="n-note">{tr!(l, refer.note)}</label>
            {wrong("note")}
            <textarea class="input" id="n-note" name="note" rows="3" maxlength=LONGEST_NOTE.to_string()></textarea>
        </div>
        <div class="field">
            <label class="field__label" for="n-days">{tr!(l, standing.days)}</label>
            {wrong("days")}
            <input class="input input--short" id="n-days" name="days" inputmode="numeric" maxlength="3" autocomplete="off" />
            <p class="small">{tr!(l, standing.days_hint)}</p>
        </div>
        <button class="btn" aria-disabled=move || post.is_pending().then_some("true")>
            {tr!(l, standing.make)}
        </button>
    };
    post.form("form", fields.into_any())
}
