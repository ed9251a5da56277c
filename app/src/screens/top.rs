//! The top of a ladder: what was earned, what is now shown, what comes next.

use kvarten_domain::lesson::{LessonOutline, LessonSummary};
use leptos::prelude::*;

use crate::{
    i18n::Locale,
    parts::{Icon, icon, link_card, quarter_done, ring},
    text::{number, tr},
};

fn gain(l: Locale, summary: &LessonSummary) -> AnyView {
    let rungs = summary.rungs.iter().map(|rung| {
        let text = if rung.questions == 1 {
            tr!(l, top.rung_one, number = rung.number).to_string()
        } else {
            tr!(l, top.rung, number = rung.number, count = rung.questions).to_string()
        };
        view! { <div><dt>{text}</dt><dd>{number(l, rung.points)}</dd></div> }
    });
    let completion = (summary.completion > 0).then(|| {
        view! {
            <div>
                <dt>{tr!(l, top.completion)}</dt>
                <dd>{number(l, summary.completion)}</dd>
            </div>
        }
    });
    let this_time = summary.completion + summary.rungs.iter().map(|rung| rung.points).sum::<u32>();
    // After another climb, what it gave is not all there is.
    let this_time = (this_time != summary.points).then(|| {
        view! {
            <div class="sum__all">
                <dt>{tr!(l, top.this_time)}</dt>
                <dd>{number(l, this_time)}</dd>
            </div>
        }
    });
    view! {
        <section class="gain" aria-labelledby="gain">
            <h2 id="gain">{tr!(l, top.gain)}</h2>
            <dl class="sum">
                {rungs.collect_view()} {completion} {this_time}
                <div class="sum__all">
                    <dt>{tr!(l, top.together)}</dt>
                    <dd>{number(l, summary.points)}</dd>
                </div>
            </dl>
            <p>
                <a href="/poang">{tr!(l, top.see_points)}</a>
            </p>
        </section>
    }
    .into_any()
}

fn shown(l: Locale, outline: &LessonOutline, summary: &LessonSummary) -> AnyView {
    let system = outline.system.name.clone();
    let (level, title) = match summary.shown {
        Some(level) if level >= outline.level => {
            (level.number(), tr!(l, top.shown, system = system, level = level.number()).to_string())
        }
        shown => (
            shown.map_or(0, kvarten_domain::Level::number),
            tr!(l, top.not_yet, system = system, level = outline.level.number()).to_string(),
        ),
    };
    let meaning = summary.meaning.clone().map(|text| view! { <p>{format!("”{text}”")}</p> });
    let missing = (!summary.missing_for_level.is_empty()).then(|| {
        let links = summary.missing_for_level.iter().map(|link| {
            view! {
                <li>
                    <a href=format!("/lar/{}", link.slug) lang=link.lang.clone()>
                        {link.title.clone()}
                    </a>
                </li>
            }
        });
        view! {
            <p>{tr!(l, top.missing)}</p>
            <ul>{links.collect_view()}</ul>
        }
    });
    view! {
        <section class="shown" aria-labelledby="shown">
            {ring(level, true)} <h2 id="shown">{title}</h2> {meaning} {missing}
            <p>
                <a href="/kunskaper">{tr!(l, top.see_knowledge)}</a>
            </p>
        </section>
    }
    .into_any()
}

/// The page at the top. `again` is the form that climbs once more.
pub fn top(l: Locale, outline: &LessonOutline, summary: &LessonSummary, again: AnyView) -> AnyView {
    let done = if summary.completed_on.is_some() { tr!(l, top.done) } else { tr!(l, top.almost) };
    let unseen = (!summary.unseen.is_empty()).then(|| {
        let links = summary.unseen.iter().map(|step| {
            view! {
                <li>
                    <a
                        href=format!("/lar/{}/{}", outline.slug, step.number)
                        lang=outline.lang.clone()
                    >
                        {step.title.clone()}
                    </a>
                </li>
            }
        });
        view! {
            <section aria-labelledby="unseen">
                <h2 id="unseen">{tr!(l, top.unseen)}</h2>
                <ul>{links.collect_view()}</ul>
            </section>
        }
    });
    let next = summary.next.clone();
    let go = match (summary.unseen.first(), &next) {
        (Some(step), _) => Some((
            format!("/lar/{}/{}", outline.slug, step.number),
            tr!(l, lesson.go_on_step, number = step.number).to_string(),
        )),
        (None, Some(next)) => Some((format!("/lar/{}", next.slug), tr!(l, top.next).to_string())),
        (None, None) => None,
    };
    let go = go.map(|(path, text)| {
        view! { <a class="btn" href=path>{text} {icon(Icon::Next)}</a> }
    });
    let then = next.map(|next| {
        view! {
            <section aria-labelledby="then">
                <h2 id="then">{tr!(l, top.then)}</h2>
                <ul class="cards">{link_card(next)}</ul>
            </section>
        }
    });
    view! {
        <header class="climbed climbed--top">
            {quarter_done("climbed__q")} <h1>{tr!(l, top.title)}</h1>
            <p class="lead">
                <b lang=outline.lang.clone()>{outline.title.clone()}</b> ". "
                {done.to_string()}
            </p>
        </header>
        <div class="split">
            <div>{gain(l, summary)}</div>
            <div>{shown(l, outline, summary)}</div>
        </div>
        {unseen}
        {then}
        {again}
        <div class="actions">
            <a class="btn btn--quiet" href="/lar">
                {tr!(l, app.to_learn)}
            </a>
            {go}
        </div>
    }
    .into_any()
}
