//! "Min enhet": people × systems, filtered at once.

mod filters;
mod live;
mod person;
mod refer;
mod standing;
mod walk;

#[cfg(feature = "hydrate")]
pub use person::{load_person, load_person_system};
pub use person::{person, person_system};
#[cfg(feature = "hydrate")]
pub use refer::{load_refer, load_referrals};
pub use refer::{refer, referrals};
#[cfg(feature = "hydrate")]
pub use standing::load_standing;
pub use standing::standing;

use std::{collections::HashSet, sync::Arc};

use kvarten_domain::overview::{Filter, FirstRows};
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::NavigateOptions;

use super::{LastFilter, loaded, titled};
use crate::{
    address::{use_go, use_query},
    calls,
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Look, Tab, Tone, filter_words, matrix_rows, matrix_totals, note_with},
    text::{date, escaped, lang, shown_of, tr},
};
use live::Live;

/// The screen.
#[wasm_split(chef, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn unit() -> Drawn {
    let query = use_query();
    let filter = move || query.with(|query| Filter::from_query(|name| query.get_str(name)));
    let last = last_filter();
    // What the matrix has put into the address itself is shown already.
    let asked = Memo::new(move |asked: Option<&Filter>| {
        let filter = filter();
        match asked {
            Some(asked) if last.get_value() == filter => asked.clone(),
            _ => filter,
        }
    });
    let page = page_data(
        move || query_of(&asked.get()),
        move |_| calls::first_rows(asked.get_untracked()),
    );
    Ok(loaded(Tab::Unit, false, "unit", page, move |first: FirstRows| {
        content(first, asked.get_untracked())
    }))
}

fn last_filter() -> StoredValue<Filter> {
    use_context::<LastFilter>().map_or_else(StoredValue::default, |last| last.0)
}

/// A filter as an address says it, with its question mark; nothing where everybody is let through.
fn query_of(filter: &Filter) -> String {
    let query = filter.to_query().into_iter();
    let query: Vec<String> =
        query.map(|(name, value)| format!("{name}={}", escaped(&value))).collect();
    if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) }
}

/// The address of the matrix as it was left.
fn last_address() -> String {
    format!("/enhet{}", last_filter().with_value(query_of))
}

/// What there is to do with those who are shown, or picked.
fn buttons(l: Locale, live: Live, is_empty: impl Fn() -> bool + Send + Sync + 'static) -> AnyView {
    view! {
        <div class="btns">
            <a class="btn" href=move || live.referring() rel="external" hidden=is_empty>
                {move || match live.picked() {
                    0 => tr!(l, refer.go).to_string(),
                    count => tr!(l, refer.go_picked, count = count).to_string(),
                }}
            </a>
            {move || {
                (live.picked() > 0)
                    .then(|| {
                        view! {
                            <button class="btn btn--quiet" on:click=move |_| live.pick_nobody(l)>
                                {tr!(l, unit.pick_nobody)}
                            </button>
                        }
                    })
            }}
            <a class="btn btn--quiet" href="/enhet/hanvisningar">
                {tr!(l, refer.all)}
            </a>
            <a class="btn btn--quiet" href=move || live.trends()>
                {tr!(l, trends.title)}
            </a>
            <a class="btn btn--quiet" href=move || format!("/enhet.xlsx{}", live.query()) rel="external">
                {tr!(l, unit.xlsx)}
            </a>
            <a class="btn btn--quiet" href=move || format!("/enhet.csv{}", live.query()) rel="external">
                {tr!(l, unit.csv)}
            </a>
        </div>
    }
    .into_any()
}

/// The systems above their columns.
fn heads(first: &FirstRows, live: Live) -> AnyView {
    let heads = first.overview.systems.iter().enumerate().map(|(at, system)| {
        view! {
            <th scope="col" class="matrix__system" class:is-chosen=move || live.system() == Some(at)>
                <span>{system.name.clone()}</span>
            </th>
        }
    });
    heads.collect_view().into_any()
}

fn content(first: FirstRows, filter: Filter) -> AnyView {
    let l = lang();
    let title = tr!(l, app.unit).to_string();
    titled(&title);
    let name = first.overview.units.first().map(|unit| unit.name.clone()).unwrap_or_default();
    let go = use_go();
    let live = Live::new(l, filter.clone(), Arc::new(go.clone()));
    let fields = filters::filters(l, &first.overview, &filter, live);
    let heads = heads(&first, live);
    let drawn = first.overview.people.len();
    let (shown, total) = (first.shown as usize, first.total as usize);
    let look = Look {
        system: first.overview.system_of(&filter),
        picked: &HashSet::new(),
        is_walked: false,
    };
    let rows = matrix_rows(l, &first.overview, first.overview.people.iter(), (0, 0), look);
    let totals = matrix_totals(l, &first.totals);
    let first_count = shown_of(l, shown, total);
    // Nobody is referred where nobody is shown.
    let is_empty =
        move || live.picked() == 0 && live.count().map_or(shown, |(shown, _)| shown) == 0;
    let nobody = move || {
        is_empty().then(|| {
            let clear =
                view! { <a href="/enhet" rel="external">{tr!(l, unit.clear)}</a> }.into_any();
            note_with(Tone::Info, None, tr!(l, unit.nobody).to_string(), clear)
        })
    };
    let is_more = shown > drawn;
    let asked = first.overview.clone();
    let on_paper = move || {
        let words = live.filter(|filter| filter_words(l, &asked, filter)).into_iter();
        let day = std::iter::once(date(l, asked.today));
        day.chain(words.map(|(name, value)| format!("{name}: {value}")))
            .collect::<Vec<_>>()
            .join(" · ")
    };
    let open = move |path: Option<String>| {
        if let Some(path) = path {
            go(&path, NavigateOptions::default());
        }
    };
    let clicked = {
        let open = open.clone();
        move |event: web_sys::MouseEvent| open(live.clicked(&event))
    };
    let pressed = move |event: web_sys::KeyboardEvent| open(live.pressed(&event));
    view! {
        <h1>{title}</h1>
        <p class="lead">{name}</p>
        {fields}
        {buttons(l, live, is_empty)}
        <p class="paper">{on_paper}</p>
        <p class="hits" id="hits" role="status" tabindex="-1">
            {move || live.count().map_or_else(|| first_count.clone(), |(shown, total)| shown_of(l, shown, total))}
        </p>
        {nobody}
        <div
            class="matrix__scroll"
            tabindex="0"
            role="region"
            aria-label=tr!(l, unit.matrix)
            on:scroll=move |event| live.scrolled(&event)
            on:keydown=pressed
            on:click=clicked
        >
            <table class="matrix" role=move || live.is_live().then_some("grid") aria-rowcount=move || (live.count().map_or(shown, |(shown, _)| shown) + 2).to_string()>
                <caption class="sr">{tr!(l, unit.matrix)}</caption>
                <thead>
                    <tr aria-rowindex="1">
                        <th scope="col" class="matrix__who">
                            {tr!(l, unit.name)}
                        </th>
                        <th scope="col" class="matrix__system">
                            <span>{tr!(l, unit.wanting)}</span>
                        </th>
                        {heads}
                    </tr>
                </thead>
                <tbody inner_html=move || live.totals(l).unwrap_or_else(|| totals.clone())></tbody>
                <tbody class="matrix__people" inner_html=rows></tbody>
            </table>
        </div>
        {move || {
            live.has_more()
                .then(|| {
                    view! {
                        <button class="btn btn--quiet matrix__more" on:click=move |_| live.more()>
                            {tr!(l, unit.more)}
                        </button>
                    }
                })
        }}
        {is_more.then(|| view! { <noscript><p>{tr!(l, unit.more_noscript)}</p></noscript> })}
        <p class="small matrix__key">
            {tr!(l, unit.key)}
        </p>
        <p class="small matrix__keys">{tr!(l, unit.keys)}</p>
        <p class="small">{tr!(l, unit.logged)}</p>
    }
    .into_any()
}
