//! The filters: a form whose state is the address. With everybody in the browser it answers as one
//! types.

use kvarten_domain::{
    level::Level,
    overview::{Filter, Order, Overview, Said},
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{live::Live, walk::is_table};
use crate::{
    i18n::Locale,
    parts::{Icon, icon, pairs, select, unit_pairs},
    text::tr,
};

/// After how many days without anything somebody can be looked for.
const IDLE: [u16; 4] = [30, 90, 180, 365];

fn selects(l: Locale, overview: &Overview, filter: &Filter) -> Vec<AnyView> {
    let systems: Vec<_> =
        overview.systems.iter().map(|system| (system.code.clone(), system.name.clone())).collect();
    let gaps = (1..=4u8).map(|gap| {
        let text = if gap == 1 {
            tr!(l, unit.gap_one).to_string()
        } else {
            tr!(l, unit.gap_least, count = gap).to_string()
        };
        (gap.to_string(), text)
    });
    let levels = Level::ALL.map(|level| {
        let number = level.number();
        (number.to_string(), tr!(l, unit.level_least, level = number).to_string())
    });
    let said = Said::ALL.map(|said| {
        let text = match said {
            Said::Above => tr!(l, unit.said_above),
            Said::Below => tr!(l, unit.said_below),
            Said::Nothing => tr!(l, unit.said_nothing),
        };
        (said.code().to_owned(), text.to_string())
    });
    let idle = IDLE.map(|days| (days.to_string(), tr!(l, unit.idle_days, days = days).to_string()));
    let unit = filter.unit.map(|unit| unit.to_string());
    let (gap, level) =
        (filter.gap.map(|gap| gap.to_string()), filter.level.map(|l| l.number().to_string()));
    let idle_chosen = filter.idle.map(|days| days.to_string());
    let any = || tr!(l, unit.any).to_string();
    let mut selects = Vec::new();
    if overview.units.len() > 1 {
        selects.push(select(
            "enhet",
            tr!(l, unit.unit).to_string(),
            tr!(l, unit.all_units).to_string(),
            unit_pairs(&overview.units),
            unit.as_deref(),
        ));
    }
    selects.push(select(
        "yrke",
        tr!(l, unit.profession).to_string(),
        tr!(l, unit.all_professions).to_string(),
        pairs(&overview.professions),
        filter.profession.as_deref(),
    ));
    selects.push(select(
        "system",
        tr!(l, unit.system).to_string(),
        tr!(l, unit.all_systems).to_string(),
        systems,
        filter.system.as_deref(),
    ));
    selects.push(select(
        "behov",
        tr!(l, unit.gap).to_string(),
        any(),
        gaps.collect(),
        gap.as_deref(),
    ));
    selects.push(select(
        "niva",
        tr!(l, unit.level).to_string(),
        any(),
        levels.into(),
        level.as_deref(),
    ));
    selects.push(select(
        "sjalv",
        tr!(l, unit.said).to_string(),
        any(),
        said.into(),
        filter.said.map(Said::code),
    ));
    selects.push(select(
        "stilla",
        tr!(l, unit.idle).to_string(),
        any(),
        idle.into(),
        idle_chosen.as_deref(),
    ));
    selects.push(select(
        "ordning",
        tr!(l, unit.order).to_string(),
        tr!(l, unit.by_name).to_string(),
        vec![("behov".to_owned(), tr!(l, unit.by_gap).to_string())],
        (filter.order == Order::Wanting).then_some("behov"),
    ));
    selects
}

/// The filter that a form holds.
fn filter_of(form: &web_sys::HtmlFormElement) -> Option<Filter> {
    let data = web_sys::FormData::new_with_form(form).ok()?;
    let fields = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    let names = [
        "namn", "enhet", "yrke", "system", "behov", "niva", "sjalv", "stilla", "hanvisad",
        "ordning",
    ];
    let values = names.map(|name| (name, fields.get(name).unwrap_or_default()));
    Some(Filter::from_query(|name| {
        values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }))
}

/// The filter that the page's form holds.
pub fn chosen() -> Option<Filter> {
    let form = document().query_selector(".find--dense").ok()??;
    filter_of(form.dyn_ref()?)
}

/// Takes the filters off the page.
fn close() {
    if let Ok(Some(fold)) = document().query_selector(".find__fold[open]") {
        let _ = fold.remove_attribute("open");
    }
}

/// The form.
pub fn filters(l: Locale, overview: &Overview, filter: &Filter, live: Live) -> AnyView {
    let is_filtered = Filter { name: String::new(), ..filter.clone() } != Filter::default();
    let changed = move |event: web_sys::Event| {
        if !live.is_ready() {
            return;
        }
        let form = event
            .current_target()
            .and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok());
        if let Some(filter) = form.as_ref().and_then(filter_of) {
            live.set(filter);
        }
    };
    // With everybody in the browser a choice answers at once, and the filters can lie over the page.
    let is_live = move || live.count().is_some();
    Effect::new(move |was_live: Option<bool>| {
        if is_live() && was_live == Some(false) && !is_table() {
            close();
        }
        is_live()
    });
    let sent = move |event: web_sys::SubmitEvent| {
        if !live.is_ready() {
            return;
        }
        // It has been done already: what there is to see is shown.
        event.prevent_default();
        if !is_table() {
            close();
        }
        crate::parts::focus("hits");
    };
    let escaped = |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && !is_table() {
            close();
            crate::parts::focus("f-fold");
        }
    };
    view! {
        <form class="find find--dense" class:find--sheet=is_live role="search" action="/enhet" on:input=changed on:submit=sent>
            <div class="find__row">
                <label class="sr" for="f-namn">
                    {tr!(l, unit.find)}
                </label>
                <input
                    class="input find__input"
                    id="f-namn"
                    name="namn"
                    type="search"
                    placeholder=tr!(l, unit.find)
                    value=filter.name.clone()
                    maxlength="100"
                    autocomplete="off"
                />
                <button class="btn btn--icon">
                    {icon(Icon::Search)} <span class="sr">{tr!(l, unit.show)}</span>
                </button>
            </div>
            <details class="fold find__fold" open=is_filtered on:keydown=escaped>
                <summary class="fold__sum" id="f-fold">
                    {icon(Icon::Filter)} <span>{tr!(l, unit.filter)}</span>
                </summary>
                <div class="find__grid">
                    {selects(l, overview, filter)}
                    <label class="check">
                        <input
                            type="checkbox"
                            name="hanvisad"
                            value="1"
                            checked=filter.is_referred
                        />
                        <span>{tr!(l, unit.referred)}</span>
                    </label>
                    <div class="btns find__do">
                        <button class="btn btn--quiet">
                            {move || match live.count() {
                                // At a desk it is said above the table, and no button changes its
                                // width while one types.
                                Some((shown, _)) if !is_table() => {
                                    tr!(l, unit.show_count, count = shown).to_string()
                                }
                                _ => tr!(l, unit.show).to_string(),
                            }}
                        </button>
                        <a class="btn btn--quiet" href="/enhet" rel="external">
                            {tr!(l, unit.clear)}
                        </a>
                    </div>
                </div>
            </details>
        </form>
    }
    .into_any()
}
