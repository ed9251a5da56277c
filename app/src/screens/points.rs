//! "Poäng": one's own, the units', and those around one.

use kvarten_domain::{
    leaderboard::{Leaderboard, PersonPlace, UnitPlace},
    points::{EarnedFor, PointsLine, PointsOverview},
    time::Period,
};
use leptos::{prelude::*, wasm_split::wasm_split};

use super::{loaded, titled};
use crate::{
    address::use_query,
    calls::{self, JoinLeaderboard, LeaveLeaderboard},
    form::{Field, FormScreen},
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, icon, quarter},
    text::{date, lang, number, tenths, tr},
};

/// How many of the best units are always shown.
const FIRST_UNITS: usize = 5;

/// The screen.
#[wasm_split(points, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn points() -> Drawn {
    let query = use_query();
    let page = page_data(
        move || query.with(|query| query.get("period").unwrap_or_default()),
        |period| async move {
            Ok((calls::points().await?, calls::leaderboard(Period::from_code(&period)).await?))
        },
    );
    let join = FormScreen::to::<JoinLeaderboard>();
    let leave = FormScreen::to::<LeaveLeaderboard>();
    join.on_done(move |()| page.refetch());
    leave.on_done(move |()| page.refetch());
    Ok(loaded(
        Tab::Points,
        false,
        "points",
        page,
        move |(points, board): (PointsOverview, Leaderboard)| content(&points, &board, join, leave),
    ))
}

fn content(
    points: &PointsOverview,
    board: &Leaderboard,
    join: FormScreen,
    leave: FormScreen,
) -> AnyView {
    let l = lang();
    let title = tr!(l, app.points).to_string();
    titled(&title);
    view! {
        <h1>{title}</h1>
        <div class="split split--even">
            <div>{mine(l, points)}</div>
            <div>{units(l, board)} {near(l, board, join, leave)}</div>
        </div>
    }
    .into_any()
}

fn mine(l: Locale, points: &PointsOverview) -> AnyView {
    let latest = if points.latest.is_empty() {
        view! {
            <div class="empty">
                {quarter(0, "empty__q")} <h2>{tr!(l, points.empty_title)}</h2>
                <p>{tr!(l, points.empty_text)}</p>
                <a class="btn" href="/lar">
                    {tr!(l, learn.take)}
                </a>
            </div>
        }
        .into_any()
    } else {
        view! {
            <section aria-labelledby="latest">
                <h2 id="latest">{tr!(l, points.latest)}</h2>
                <ul class="rows">
                    {points.latest.iter().map(|line| latest_row(l, line)).collect_view()}
                </ul>
            </section>
        }
        .into_any()
    };
    view! {
        <section class="total" aria-labelledby="mine">
            <h2 id="mine" class="total__eyebrow">
                {tr!(l, points.mine)}
            </h2>
            <p class="total__num">{number(l, points.total)}</p>
            <dl class="total__by">
                <div>
                    <dt>{tr!(l, points.week)}</dt>
                    <dd>{number(l, points.week)}</dd>
                </div>
                <div>
                    <dt>{tr!(l, points.month)}</dt>
                    <dd>{number(l, points.month)}</dd>
                </div>
                <div>
                    <dt>{tr!(l, points.year)}</dt>
                    <dd>{number(l, points.year)}</dd>
                </div>
            </dl>
        </section>
        {latest}
    }
    .into_any()
}

fn latest_row(l: Locale, line: &PointsLine) -> AnyView {
    let text = match line.earned_for {
        EarnedFor::Questions => tr!(l, points.questions),
        EarnedFor::Refresher => tr!(l, points.refresher),
        EarnedFor::Completion => tr!(l, points.completion),
    };
    view! {
        <li class="rows__item">
            <span>{text} " " <span lang=line.lang.clone()>{line.lesson.clone()}</span></span>
            <b class="rows__num">{format!("+{}", number(l, line.points))}</b>
            <span class="rows__meta">{date(l, line.on)}</span>
        </li>
    }
    .into_any()
}

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

fn unit_row(l: Locale, unit: &UnitPlace, most: u32) -> AnyView {
    let width = u64::from(unit.per_person_tenths) * 100 / u64::from(most.max(1));
    let tag = unit
        .is_mine
        .then(|| view! { " " <span class="tag tag--me">{tr!(l, points.mine_tag)}</span> });
    view! {
        <tr class=unit.is_mine.then_some("me")>
            <td class="place">{unit.place.to_string()}</td>
            <th scope="row">
                {unit.name.clone()} {tag}
                <svg class="len" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
                    <rect width=width.to_string() height="2" />
                </svg>
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
    let most = units.first().map_or(0, |unit| unit.per_person_tenths);
    if most == 0 && units.iter().all(|unit| unit.before_tenths.unwrap_or(0) == 0) {
        return view! { <p>{tr!(l, points.no_units)}</p> }.into_any();
    }
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

fn units(l: Locale, board: &Leaderboard) -> AnyView {
    let small = board.is_my_unit_small.then(|| view! { <p>{tr!(l, points.my_unit_small)}</p> });
    view! {
        <section aria-labelledby="units">
            <h2 id="units">{tr!(l, points.units)}</h2>
            {tabs(l, board.period)}
            {unit_tables(l, &board.units)}
            {small}
            <p class="small">{tr!(l, points.small)}</p>
        </section>
    }
    .into_any()
}

fn person_row(l: Locale, person: &PersonPlace) -> AnyView {
    let tag = person
        .is_me
        .then(|| view! { " " <span class="tag tag--me">{tr!(l, points.me_tag)}</span> });
    view! {
        <li class=if person.is_me { "rows__item me" } else { "rows__item" }>
            <span>
                <b class="place">{person.place.to_string()}</b>
                " "
                {person.alias.clone()}
                {tag}
            </span>
            <b class="rows__num">{number(l, person.points)}</b>
        </li>
    }
    .into_any()
}

fn near(l: Locale, board: &Leaderboard, join: FormScreen, leave: FormScreen) -> AnyView {
    let title = tr!(l, points.near).to_string();
    if board.alias.is_some() {
        let rows = board.around.iter().map(|person| person_row(l, person)).collect_view();
        let button = move |problem| {
            view! { {problem} {leave.button("btn btn--quiet", tr!(l, points.leave))} }.into_any()
        };
        return view! {
            <section aria-labelledby="near">
                <h2 id="near">{title}</h2>
                <ol class="rows near">{rows}</ol>
                {leave.view("", button)}
                <p class="small">{tr!(l, points.leave_text)}</p>
            </section>
        }
        .into_any();
    }
    let fields = move |problem| {
        view! {
            {problem}
            {Field::new("alias", tr!(l, points.alias))
                .id("alias")
                .max(24)
                .hint(tr!(l, points.alias_hint))
                .view(join)}
            {join.button("btn btn--quiet", tr!(l, points.join))}
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="near">
            <h2 id="near">{title}</h2>
            <p>{tr!(l, points.join_text)}</p>
            {join.view("form", fields)}
        </section>
    }
    .into_any()
}
