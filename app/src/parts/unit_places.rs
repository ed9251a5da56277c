//! Units on the leaderboard: by points per person, and beside one's own points.

use kvarten_domain::{
    leaderboard::{Leaderboard, MyUnit, UnitPlace},
    points::PointsOverview,
    time::Period,
};
use leptos::prelude::*;

use super::{Icon, icon};
use crate::{
    i18n::Locale,
    text::{number, tenths, tr},
};

/// How many of the best units are always shown.
const FIRST_UNITS: usize = 5;

fn tabs(l: Locale, current: Period) -> AnyView {
    let tab = |period: Period| {
        let text = match period {
            Period::Week => tr!(l, points.tab_week),
            Period::Month => tr!(l, points.tab_month),
            Period::Year => tr!(l, points.tab_year),
        };
        view! {
            <li>
                <a
                    class="tab"
                    href=format!("/poang?period={}", period.code())
                    aria-current=(period == current).then_some("true")
                >
                    {text.to_string()}
                </a>
            </li>
        }
    };
    view! {
        <nav class="tabs" aria-label=tr!(l, points.period)>
            <ul class="tabs__list">{Period::ALL.map(tab)}</ul>
        </nav>
    }
    .into_any()
}

/// A line as long as a figure is of the largest.
fn length(tenths: u32, most: u32) -> AnyView {
    let width = u64::from(tenths) * 100 / u64::from(most.max(1));
    view! {
        <svg class="len" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
            <rect width=width.to_string() height="2" />
        </svg>
    }
    .into_any()
}

/// One's own points in the period beside what units have per person.
pub fn beside_units(l: Locale, points: &PointsOverview, board: &Leaderboard) -> AnyView {
    let mine = match board.period {
        Period::Week => points.week,
        Period::Month => points.month,
        Period::Year => points.year,
    };
    let unit = board.units.iter().find(|unit| unit.is_mine);
    let lines = [
        Some((tr!(l, points.beside_me).to_string(), mine.saturating_mul(10), number(l, mine))),
        unit.map(|unit| {
            let text = tr!(l, points.beside_unit, unit = unit.name.clone()).to_string();
            (text, unit.per_person_tenths, tenths(l, unit.per_person_tenths))
        }),
        board
            .average_tenths
            .map(|average| (tr!(l, points.beside_all).to_string(), average, tenths(l, average))),
    ];
    let lines: Vec<_> = lines.into_iter().flatten().collect();
    if lines.len() < 2 {
        return ().into_any();
    }
    let most = lines.iter().map(|(_, figure, _)| *figure).max().unwrap_or(0);
    let rows = lines.into_iter().map(|(text, figure, shown)| {
        view! {
            <li class="rows__item">
                <span>{text}</span>
                <b class="rows__num">{shown}</b>
                {length(figure, most)}
            </li>
        }
    });
    view! {
        <section aria-labelledby="beside">
            <h2 id="beside">{tr!(l, points.beside)}</h2>
            {tabs(l, board.period)}
            <ul class="rows beside">{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn unit_row(l: Locale, unit: &UnitPlace, most: u32) -> AnyView {
    let tag = unit
        .is_mine
        .then(|| view! { " " <span class="tag tag--me">{tr!(l, points.mine_tag)}</span> });
    view! {
        <tr class=unit.is_mine.then_some("me")>
            <td class="place">{unit.place.to_string()}</td>
            <th scope="row">
                {unit.name.clone()} {tag}
                {length(unit.per_person_tenths, most)}
            </th>
            <td class="num">{tenths(l, unit.per_person_tenths)}</td>
            <td class="num">
                {unit
                    .before_tenths
                    .map_or_else(
                        || {
                            view! {
                                <span aria-hidden="true">"–"</span>
                                <span class="sr">{tr!(l, points.withheld)}</span>
                            }
                                .into_any()
                        },
                        |before| tenths(l, before).into_any(),
                    )}
            </td>
        </tr>
    }
    .into_any()
}

fn unit_table(l: Locale, units: &[UnitPlace], most: u32) -> AnyView {
    let rows = units.iter().map(|unit| unit_row(l, unit, most));
    view! {
        <div class="wide">
        <table class="table">
            <caption class="sr">{tr!(l, points.caption)}</caption>
            <thead>
                <tr>
                    <th scope="col">{tr!(l, points.place)}</th>
                    <th scope="col">{tr!(l, points.unit)}</th>
                    <th class="num" scope="col">
                        {tr!(l, points.per_person)}
                    </th>
                    <th class="num" scope="col">
                        {tr!(l, points.before)}
                    </th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        </div>
    }
    .into_any()
}

/// The first units and those around one's own; all of them when asked for.
fn unit_tables(l: Locale, units: &[UnitPlace]) -> AnyView {
    if units.is_empty() {
        return view! { <p>{tr!(l, points.no_units)}</p> }.into_any();
    }
    let most = units.first().map_or(0, |unit| unit.per_person_tenths);
    let mine = units.iter().position(|unit| unit.is_mine);
    let near = |at: &usize| *at < FIRST_UNITS || mine.is_some_and(|mine| at.abs_diff(mine) <= 1);
    let shown: Vec<UnitPlace> = (0..units.len()).filter(near).map(|at| units[at].clone()).collect();
    let all = (shown.len() < units.len()).then(|| {
        view! {
            <details class="fold">
                <summary class="fold__sum">
                    {icon(Icon::List)}
                    <span>{tr!(l, points.all_units, count = units.len()).to_string()}</span>
                </summary>
                {unit_table(l, units, most)}
            </details>
        }
    });
    let place = mine.map(|at| {
        let (name, place) = (units[at].name.clone(), units[at].place);
        let count = units.len();
        let text = tr!(l, points.my_place, unit = name, place = place, count = count).to_string();
        view! { <p>{text}</p> }
    });
    view! {
        {place}
        {unit_table(l, &shown, most)}
        {all}
    }
    .into_any()
}

/// The units by points per person.
pub fn unit_places(l: Locale, board: &Leaderboard) -> AnyView {
    let mine = match board.my_unit {
        MyUnit::None | MyUnit::Listed => None,
        MyUnit::Small => Some(tr!(l, points.my_unit_small).to_string()),
        MyUnit::Waiting => Some(tr!(l, points.my_unit_waiting).to_string()),
    };
    // The choice of a period is above where there is something to stand beside.
    let is_above = board.average_tenths.is_some();
    view! {
        <section aria-labelledby="units">
            <h2 id="units">{tr!(l, points.units)}</h2>
            {(!is_above).then(|| tabs(l, board.period))}
            {unit_tables(l, &board.units)}
            {mine.map(|text| view! { <p>{text}</p> })}
            <p class="small">{tr!(l, points.small)}</p>
        </section>
    }
    .into_any()
}
