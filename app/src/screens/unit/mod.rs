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

use kvarten_domain::overview::{Filter, FirstRows};
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::{loaded, titled};
use crate::{
    calls,
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Tab, matrix_rows, matrix_totals},
    text::{lang, tr},
};
use live::Live;

/// The screen.
#[wasm_split(chef, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn unit() -> Drawn {
    let query = use_query_map();
    let filter = move || query.with(|query| Filter::from_query(|name| query.get_str(name)));
    let page = page_data(
        move || query.with(leptos_router::params::ParamsMap::to_query_string),
        move |_| calls::first_rows(untrack(filter)),
    );
    Ok(loaded(Tab::Unit, false, "unit", page, move |first: FirstRows| {
        content(first, untrack(filter))
    }))
}

/// How many are shown of how many.
fn count(l: Locale, shown: usize, total: usize) -> String {
    if total == 1 {
        tr!(l, unit.one, shown = shown).to_string()
    } else {
        tr!(l, unit.count, shown = shown, total = total).to_string()
    }
}

fn content(first: FirstRows, filter: Filter) -> AnyView {
    let l = lang();
    let title = tr!(l, app.unit).to_string();
    titled(&title);
    let name = first.overview.units.first().map(|unit| unit.name.clone()).unwrap_or_default();
    let live = Live::new(l, filter.clone());
    let fields = filters::filters(l, &first.overview, &filter, live);
    let heads = first.overview.systems.iter().map(|system| {
        view! {
            <th scope="col" class="matrix__system">
                <span>{system.name.clone()}</span>
            </th>
        }
    });
    let heads = heads.collect_view();
    let drawn = first.overview.people.len();
    let (shown, total) = (first.shown as usize, first.total as usize);
    let rows = matrix_rows(l, &first.overview, first.overview.people.iter(), (0, 0));
    let totals = matrix_totals(l, &first.totals);
    let first_count = count(l, shown, total);
    let is_more = shown > drawn;
    let go = use_navigate();
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
        <div class="btns">
            <a class="btn" href=move || format!("/enhet/hanvisa{}", live.query()) rel="external">
                {tr!(l, refer.go)}
            </a>
            <a class="btn btn--quiet" href="/enhet/hanvisningar">
                {tr!(l, refer.all)}
            </a>
            <a class="btn btn--quiet" href="/enhet/utveckling">
                {tr!(l, trends.title)}
            </a>
            <a class="btn btn--quiet" href=move || format!("/enhet.xlsx{}", live.query()) rel="external" download>
                {tr!(l, unit.xlsx)}
            </a>
            <a class="btn btn--quiet" href=move || format!("/enhet.csv{}", live.query()) rel="external" download>
                {tr!(l, unit.csv)}
            </a>
        </div>
        <p class="hits" role="status">
            {move || live.count().map_or_else(|| first_count.clone(), |(shown, total)| count(l, shown, total))}
        </p>
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
