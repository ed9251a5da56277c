//! "Poäng": one's own, the units', and those around one.

use kvarten_domain::{
    leaderboard::{Leaderboard, Participant},
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
    parts::{Tab, beside_units, quarter, unit_places},
    text::{date, lang, number, tr},
};

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
            <div>
                {beside_units(l, points, board)} {unit_places(l, board)}
                {near(l, board, join, leave)}
            </div>
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

fn person_row(l: Locale, person: &Participant) -> AnyView {
    let tag = person
        .is_me
        .then(|| view! { " " <span class="tag tag--me">{tr!(l, points.me_tag)}</span> });
    view! {
        <li class=if person.is_me { "rows__item me" } else { "rows__item" }>
            <span>
                {person.alias.clone()}
                {tag}
            </span>
        </li>
    }
    .into_any()
}

fn near(l: Locale, board: &Leaderboard, join: FormScreen, leave: FormScreen) -> AnyView {
    let title = tr!(l, points.near).to_string();
    if board.alias.is_some() {
        let rows = board.around.iter().map(|person| person_row(l, person)).collect_view();
        let count = match board.participants {
            0 | 1 => tr!(l, points.only_me).to_string(),
            count => tr!(l, points.participants, count = count).to_string(),
        };
        let button = move |problem| {
            view! { {problem} {leave.button("btn btn--quiet", tr!(l, points.leave))} }.into_any()
        };
        return view! {
            <section aria-labelledby="near">
                <h2 id="near">{title}</h2>
                <p>{count}</p>
                <ul class="rows near">{rows}</ul>
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
