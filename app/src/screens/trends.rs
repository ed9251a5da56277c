//! Trends: how many reach what is required, over time and unit beside unit. The same for a manager's
//! own units and for the whole municipality.

use kvarten_domain::{
    UnitId,
    trends::{Counting, SystemTrend, Told, TrendsPage},
};
use leptos::{prelude::*, wasm_split::wasm_split};

use super::{loaded, titled};
use crate::{
    address::use_query,
    calls,
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{
        Icon, Tab, Tone, day_rows, icon, note, pairs, select, told_text, trend_chart, unit_pairs,
        unit_rows,
    },
    text::{date, lang, tenths, tr},
};

/// How many months before today half a year is.
const HALF_A_YEAR: usize = 6;

/// Of a manager's units.
#[wasm_split(chef, wasm_split_path = leptos::wasm_split, preload(load_unit), fallible)]
pub fn unit_trends() -> Drawn {
    let page = page_data(asked(), |asked| async move {
        let (unit, profession) = chosen(&asked);
        calls::trends(unit, profession).await
    });
    Ok(loaded(Tab::Unit, false, "trends", page, |page: TrendsPage| content(&page, Scope::Mine)))
}

/// Of the whole municipality.
#[wasm_split(admin, wasm_split_path = leptos::wasm_split, preload(load_map), fallible)]
pub fn map_trends() -> Drawn {
    let page = page_data(asked(), |asked| async move {
        let (unit, profession) = chosen(&asked);
        calls::all_trends(unit, profession).await
    });
    Ok(loaded(Tab::Map, false, "trends", page, |page: TrendsPage| content(&page, Scope::Whole)))
}

/// What the address asks for: a unit and a profession.
fn asked() -> impl Fn() -> String + Send + Sync + 'static {
    let query = use_query();
    move || {
        query.with(|query| {
            let of = |name| query.get(name).unwrap_or_default();
            format!("{}?{}", of("enhet"), of("yrke"))
        })
    }
}

/// The same, read.
fn chosen(asked: &str) -> (Option<UnitId>, Option<String>) {
    let (unit, profession) = asked.split_once('?').unwrap_or((asked, ""));
    let profession = Some(profession.trim()).filter(|code| !code.is_empty());
    (unit.parse().ok(), profession.map(str::to_owned))
}

/// Of whom trends are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// A manager's units.
    Mine,
    /// The municipality.
    Whole,
}

impl Scope {
    const fn address(self) -> &'static str {
        match self {
            Self::Mine => "/enhet/utveckling",
            Self::Whole => "/karta/laget",
        }
    }

    fn title(self, l: Locale) -> String {
        match self {
            Self::Mine => tr!(l, trends.title).to_string(),
            Self::Whole => tr!(l, trends.title_all).to_string(),
        }
    }

    /// The choice of no unit.
    fn all(self, l: Locale) -> String {
        match self {
            Self::Mine => tr!(l, unit.all_units).to_string(),
            Self::Whole => tr!(l, map.req_all).to_string(),
        }
    }

    fn back(self, l: Locale) -> AnyView {
        let (address, text) = match self {
            Self::Mine => ("/enhet", tr!(l, app.unit).to_string()),
            Self::Whole => ("/karta", tr!(l, map.back).to_string()),
        };
        view! {
            <p class="crumb">
                <a href=address>{icon(Icon::Back)} {text}</a>
            </p>
        }
        .into_any()
    }
}

fn content(page: &TrendsPage, scope: Scope) -> AnyView {
    let l = lang();
    let title = scope.title(l);
    titled(&title);
    let told = if page.people == 0 {
        note(Tone::Info, None, tr!(l, trends.nobody).to_string())
    } else if page.systems.is_empty() {
        note(Tone::Info, None, tr!(l, trends.no_systems).to_string())
    } else if !page.systems.iter().any(SystemTrend::is_told) {
        note(Tone::Info, None, tr!(l, trends.all_withheld).to_string())
    } else {
        view! {
            {charts(l, page)}
            {figures(l, page)}
            {units(l, page)}
        }
        .into_any()
    };
    view! {
        {scope.back(l)}
        <h1>{title}</h1>
        <p class="lead">{tr!(l, trends.lead)}</p>
        {choose(l, page, scope)}
        {whom(l, page, scope)}
        {told}
    }
    .into_any()
}

/// The units to choose from. The one that all others stand below is the choice of none.
fn choosable(page: &TrendsPage) -> &[kvarten_domain::overview::UnitLine] {
    match page.scope.split_first() {
        Some((top, below)) if usize::from(top.below) == below.len() => below,
        _ => &page.scope,
    }
}

/// The form to choose a unit and a profession with. It asks the server.
fn choose(l: Locale, page: &TrendsPage, scope: Scope) -> AnyView {
    let chosen = page.unit.map(|unit| unit.to_string());
    let units = choosable(page);
    let units = (!units.is_empty()).then(|| {
        let label = tr!(l, unit.unit).to_string();
        select("enhet", label, scope.all(l), unit_pairs(units), chosen.as_deref())
    });
    let professions = select(
        "yrke",
        tr!(l, unit.profession).to_string(),
        tr!(l, unit.all_professions).to_string(),
        pairs(&page.professions),
        page.profession.as_deref(),
    );
    let clear = (page.unit.is_some() || page.profession.is_some()).then(|| {
        view! {
            <a class="btn btn--quiet" href=scope.address()>
                {tr!(l, unit.clear)}
            </a>
        }
    });
    view! {
        <form class="choose" method="get" action=scope.address()>
            {units}
            {professions}
            <div class="btns">
                <button class="btn btn--quiet">{tr!(l, unit.show)}</button>
                {clear}
            </div>
        </form>
    }
    .into_any()
}

/// Whom the page is about: how many they are, and how many are left out and why.
fn whom(l: Locale, page: &TrendsPage, scope: Scope) -> AnyView {
    let named = page.unit.and_then(|unit| page.scope.iter().find(|line| line.id == unit));
    let unit = match named {
        Some(line) => line.name.clone(),
        None => match page.scope.as_slice() {
            [only] => only.name.clone(),
            _ => scope.all(l),
        },
    };
    let day = page.days.last().map(|today| date(l, *today)).unwrap_or_default();
    let profession = page.profession.as_ref().and_then(|code| {
        page.professions
            .iter()
            .find(|choice| choice.code == *code)
            .map(|choice| choice.name.clone())
    });
    let head = match profession {
        None => tr!(l, trends.whom, unit = unit, date = day).to_string(),
        Some(profession) => {
            tr!(l, trends.whom_profession, unit = unit, profession = profession, date = day)
                .to_string()
        }
    };
    let mut facts = Vec::new();
    match page.people {
        0 => {}
        1 => facts.push(tr!(l, trends.person).to_string()),
        count => facts.push(tr!(l, trends.people, count = count).to_string()),
    }
    match page.counting {
        Counting::Everybody => facts.push(tr!(l, trends.rule_own).to_string()),
        Counting::Cohorts { left_out, former } => {
            if left_out > 0 {
                facts.push(tr!(l, trends.left_out, count = left_out).to_string());
            }
            if former > 0 {
                facts.push(tr!(l, trends.former, count = former).to_string());
            }
            facts.push(tr!(l, trends.rule).to_string());
        }
    }
    view! {
        <p class="hits">{head}</p>
        <p>{facts.join(" ")}</p>
    }
    .into_any()
}

/// The places of the days a year ago and half a year ago, and of today.
fn moments(page: &TrendsPage) -> [usize; 3] {
    let today = page.days.len().saturating_sub(1);
    [0, today.saturating_sub(HALF_A_YEAR), today]
}

/// A drawing for each system of which there is a figure.
fn charts(l: Locale, page: &TrendsPage) -> AnyView {
    let moments = moments(page);
    let (told, untold): (Vec<&SystemTrend>, Vec<&SystemTrend>) =
        page.systems.iter().partition(|trend| trend.is_told());
    let charts = told.into_iter().map(|trend| {
        let today = trend.days.last().copied().unwrap_or(Told::Unneeded);
        let today = tr!(l, trends.chart_today, told = told_text(l, today)).to_string();
        view! {
            <li class="trend">
                <h3 class="trend__name">{trend.system.name.clone()}</h3>
                <p class="trend__today">{today}</p>
                <div inner_html=trend_chart(l, trend, &page.days, moments)></div>
            </li>
        }
    });
    let charts = charts.collect_view();
    let how = match page.counting {
        Counting::Everybody => tr!(l, trends.how_own).to_string(),
        Counting::Cohorts { .. } => tr!(l, trends.how).to_string(),
    };
    let untold = (!untold.is_empty()).then(|| {
        let names: Vec<_> = untold.iter().map(|trend| trend.system.name.clone()).collect();
        let text = tr!(l, trends.untold, systems = names.join(", ")).to_string();
        view! { <p>{text}</p> }
    });
    view! {
        <section aria-labelledby="share">
            <h2 id="share">{tr!(l, trends.share)}</h2>
            <ul class="trends__charts">{charts}</ul>
            {untold}
            <p class="small">{how}</p>
        </section>
    }
    .into_any()
}

/// What is told, and the mean level beside it.
fn told_cell(l: Locale, label: String, told: Told) -> AnyView {
    let Some(figure) = told.figure() else {
        let text = told_text(l, told);
        let inside = if told == Told::Withheld {
            view! { <span aria-hidden="true">"–"</span> <span class="sr">{text}</span> }.into_any()
        } else {
            view! { {text} }.into_any()
        };
        return view! { <td data-label=label>{inside}</td> }.into_any();
    };
    let level = tr!(l, trends.level, level = tenths(l, figure.level_tenths)).to_string();
    view! {
        <td data-label=label>
            {told_text(l, told)} <span class="trends__level">{level}</span>
        </td>
    }
    .into_any()
}

/// The same figures as a table, and every month to unfold.
fn figures(l: Locale, page: &TrendsPage) -> AnyView {
    let heads = [
        tr!(l, knowledge.then_year).to_string(),
        tr!(l, knowledge.then_half).to_string(),
        tr!(l, trends.today).to_string(),
    ];
    let at = moments(page);
    let rows = page.systems.iter().map(|trend| {
        let cells = at.iter().zip(&heads).map(|(day, head)| {
            told_cell(l, head.clone(), trend.days.get(*day).copied().unwrap_or(Told::Unneeded))
        });
        view! {
            <tr>
                <th scope="row">{trend.system.name.clone()}</th>
                {cells.collect_view()}
            </tr>
        }
    });
    let rows = rows.collect_view();
    let head = |text: &String| view! { <th scope="col">{text.clone()}</th> };
    view! {
        <section aria-labelledby="figures">
            <h2 id="figures">{tr!(l, trends.figures)}</h2>
            <div class="wide">
            <table class="table trends__figures">
                <caption class="sr">{tr!(l, trends.figures)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{tr!(l, unit.system)}</th>
                        {heads.iter().map(head).collect_view()}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            </div>
            <details class="fold">
                <summary class="fold__sum">
                    <span>{tr!(l, trends.months)}</span>
                </summary>
                {shares(
                    l,
                    page,
                    tr!(l, trends.months),
                    tr!(l, trends.day).to_string(),
                    day_rows(l, &page.days, &page.systems),
                )}
            </details>
        </section>
    }
    .into_any()
}

/// The units of the selection, where there are several.
fn units(l: Locale, page: &TrendsPage) -> AnyView {
    if page.units.len() < 2 {
        return ().into_any();
    }
    let title = tr!(l, trends.units).to_string();
    let key = match page.counting {
        Counting::Everybody => tr!(l, trends.key_own).to_string(),
        Counting::Cohorts { .. } => {
            format!("{} {}", tr!(l, trends.key_withheld), tr!(l, trends.key_own))
        }
    };
    view! {
        <section aria-labelledby="units">
            <h2 id="units">{title.clone()}</h2>
            <p>{tr!(l, trends.units_lead)}</p>
            {page.has_more_units.then(|| view! { <p>{tr!(l, trends.units_more)}</p> })}
            {shares(l, page, &title, tr!(l, unit.unit).to_string(), unit_rows(l, &page.units))}
            <p class="small shares__key">{key}</p>
        </section>
    }
    .into_any()
}

/// A table of shares with a column for each system, wider than many screens.
fn shares(l: Locale, page: &TrendsPage, title: &str, who: String, rows: String) -> AnyView {
    let heads = page.systems.iter().map(|trend| {
        view! {
            <th scope="col" class="shares__system">
                <span>{trend.system.name.clone()}</span>
            </th>
        }
    });
    let caption = format!("{title}. {}", tr!(l, trends.share));
    let label = caption.clone();
    view! {
        <div class="shares__scroll" tabindex="0" role="region" aria-label=label>
            <table class="shares">
                <caption class="sr">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col" class="shares__who">
                            {who}
                        </th>
                        {heads.collect_view()}
                    </tr>
                </thead>
                <tbody inner_html=rows></tbody>
            </table>
        </div>
    }
    .into_any()
}
