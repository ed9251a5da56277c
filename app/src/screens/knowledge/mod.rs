//! "Kunskaper": what one can and needs, system by system.

pub mod assess;
pub mod log;
pub mod system;

pub use assess::assess;
pub use log::log;
pub use system::{system, system_picture};

use kvarten_domain::{
    Date,
    knowledge::{EvidenceLine, GapLine, Hold, Portrait},
    lesson::LessonLink,
    radar::Spoke,
};
use leptos::{prelude::*, wasm_split::wasm_split};

use super::{loaded, titled};
use crate::{
    address::use_query,
    calls,
    i18n::Locale,
    lazy::Drawn,
    page::page_data,
    parts::{Icon, Tab, Tone, icon, note, radar},
    text::{date, lang, minutes, tr},
};

/// The address that a system's code is put behind.
const BASE: &str = "/kunskaper/";

/// How many gaps are shown at first: what to do next, not everything there is to do.
const FIRST_GAPS: usize = 3;

/// The screen.
#[wasm_split(knowledge, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn knowledge() -> Drawn {
    let query = use_query();
    let asked = move || query.with(|query| query.get("da").unwrap_or_default());
    let page = page_data(asked, |day| calls::portrait(Date::from_iso(&day)));
    Ok(loaded(Tab::Knowledge, false, "knowledge", page, move |portrait| {
        content(&portrait, &asked())
    }))
}

/// `asked` is the earlier day that the address names, if it names one.
fn content(portrait: &Portrait, asked: &str) -> AnyView {
    let l = lang();
    let title = tr!(l, app.knowledge).to_string();
    titled(&title);
    let lead = match &portrait.profession {
        Some(profession) => {
            tr!(l, knowledge.lead_profession, profession = profession.clone()).to_string()
        }
        None => tr!(l, knowledge.no_profession).to_string(),
    };
    view! {
        <h1>{title}</h1>
        <p class="lead">{lead}</p>
        {picture(l, portrait, asked, "/kunskaper", Voice::Own)}
        {privacy(l)}
    }
    .into_any()
}

/// Who reads a picture: the person, or their manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// The person themselves.
    Own,
    /// Their manager.
    Manager,
}

/// The picture of a person. `page` is the address it stands at, behind which a system's code is put,
/// and `asked` the earlier day that the address names.
pub fn picture(l: Locale, portrait: &Portrait, asked: &str, page: &str, voice: Voice) -> AnyView {
    let base = format!("{page}/");
    let drawing = if portrait.spokes.is_empty() {
        note(Tone::Info, None, tr!(l, knowledge.no_spokes).to_string())
    } else {
        view! {
            <section aria-labelledby="picture">
                <h2 id="picture" class="sr">
                    {tr!(l, knowledge.radar)}
                </h2>
                {radar(l, portrait, &base)} {compare(l, portrait, asked, page)}
            </section>
        }
        .into_any()
    };
    let call = (voice == Voice::Own).then(|| assess_call(l, &portrait.spokes));
    view! {
        {drawing}
        {call}
        {ending(l, &portrait.evidence, voice)}
        {gaps(l, portrait, &base)}
        {evidence(l, &portrait.evidence)}
        {beyond(l, portrait, &base)}
    }
    .into_any()
}

/// The choice of an earlier day to lay under.
fn compare(l: Locale, portrait: &Portrait, asked: &str, page: &str) -> AnyView {
    let Some(first) = portrait.first else { return ().into_any() };
    let nothing = (!asked.is_empty() && portrait.then.is_none())
        .then(|| note(Tone::Info, None, tr!(l, knowledge.then_nothing).to_string()));
    let off = portrait.then.map(|_| {
        view! {
            <a class="btn btn--quiet" href=page.to_owned()>
                {tr!(l, knowledge.then_off)}
            </a>
        }
    });
    view! {
        <details class="fold compare" open=!asked.is_empty()>
            <summary class="fold__sum">
                {icon(Icon::Again)} <span>{tr!(l, knowledge.then_title)}</span>
            </summary>
            {nothing}
            <form class="compare__form" method="get" action=page.to_owned()>
                <label class="field__label" for="then">
                    {tr!(l, knowledge.then_label)}
                </label>
                <div class="compare__row">
                    <input
                        class="input"
                        id="then"
                        type="date"
                        name="da"
                        min=first.iso()
                        value=portrait.then.unwrap_or(first).iso()
                        required
                    />
                    <button class="btn btn--quiet">{tr!(l, knowledge.then_show)}</button>
                    {off}
                </div>
            </form>
        </details>
    }
    .into_any()
}

/// The invitation to say what one can, as long as there is something to say.
fn assess_call(l: Locale, spokes: &[Spoke]) -> AnyView {
    let left: Vec<&Spoke> = spokes.iter().filter(|spoke| spoke.said.is_none()).collect();
    if left.is_empty() {
        return ().into_any();
    }
    let links = left.iter().map(|spoke| {
        view! {
            <li>
                <a class="chip" href=format!("{BASE}{}/skatta", spoke.system.code)>
                    {spoke.system.name.clone()}
                </a>
            </li>
        }
    });
    view! {
        <section class="call" aria-labelledby="call">
            <h2 id="call">{tr!(l, knowledge.assess_call)}</h2>
            <p>{tr!(l, knowledge.assess_call_text)}</p>
            <p class="small">{tr!(l, knowledge.assess_left)}</p>
            <ul class="chips">{links.collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn ending(l: Locale, evidence: &[EvidenceLine], voice: Voice) -> AnyView {
    let rows: Vec<_> = evidence
        .iter()
        .filter_map(|line| {
            let text = match line.hold {
                Hold::EndsSoon { days: 0, .. } => tr!(l, knowledge.ends_today).to_string(),
                Hold::EndsSoon { on, days } => {
                    tr!(l, knowledge.ends_in, date = date(l, on), days = days).to_string()
                }
                Hold::Ended(on) => tr!(l, knowledge.ended, date = date(l, on)).to_string(),
                Hold::ForGood | Hold::Until(_) => return None,
            };
            let refresh = (voice == Voice::Own).then(|| {
                view! {
                    <a
                        class="btn btn--quiet rows__do"
                        href=format!("/lar/{}/stegen", line.lesson.slug)
                    >
                        {tr!(l, knowledge.refresh)}
                        <span class="sr">": " {line.lesson.title.clone()}</span>
                    </a>
                }
            });
            Some(view! {
                <li class="rows__item">
                    <a href=format!("/lar/{}", line.lesson.slug) lang=line.lesson.lang.clone()>
                        {line.lesson.title.clone()}
                    </a>
                    {refresh}
                    <span class="rows__meta">{text}</span>
                </li>
            })
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    view! {
        <section aria-labelledby="ending">
            <h2 id="ending">{tr!(l, knowledge.ending)}</h2>
            {(voice == Voice::Own).then(|| view! { <p>{tr!(l, knowledge.ending_text)}</p> })}
            <ul class="rows">{rows}</ul>
        </section>
    }
    .into_any()
}

fn gaps(l: Locale, portrait: &Portrait, base: &str) -> AnyView {
    if portrait.spokes.is_empty() {
        return ().into_any();
    }
    let inside = if portrait.gaps.is_empty() {
        note(Tone::Right, None, tr!(l, knowledge.gap_none).to_string())
    } else {
        let cards = |gaps: &[GapLine]| {
            let cards = gaps.iter().map(|gap| gap_card(l, gap, base)).collect_view();
            view! { <ul class="systems">{cards}</ul> }.into_any()
        };
        let (first, rest) = portrait.gaps.split_at(portrait.gaps.len().min(FIRST_GAPS));
        let rest = (!rest.is_empty()).then(|| {
            let text = tr!(l, knowledge.gaps_more, count = rest.len()).to_string();
            view! {
                <details class="fold">
                    <summary class="fold__sum">{icon(Icon::List)} <span>{text}</span></summary>
                    {cards(rest)}
                </details>
            }
        });
        view! { {cards(first)} {rest} }.into_any()
    };
    view! {
        <section aria-labelledby="gaps">
            <h2 id="gaps">{tr!(l, knowledge.gaps)}</h2>
            {inside}
        </section>
    }
    .into_any()
}

/// A lesson to take, in one line.
fn lesson_row(l: Locale, link: &LessonLink) -> AnyView {
    let meta = tr!(
        l,
        knowledge.lesson_meta,
        level = link.level.number(),
        minutes = minutes(l, link.minutes)
    )
    .to_string();
    view! {
        <li class="rows__item">
            <a href=format!("/lar/{}", link.slug) lang=link.lang.clone()>
                {link.title.clone()}
            </a>
            <span class="rows__meta">{meta}</span>
        </li>
    }
    .into_any()
}

fn gap_card(l: Locale, gap: &GapLine, base: &str) -> AnyView {
    let required = gap.required.number();
    let what = match gap.shown.number() {
        0 => tr!(l, knowledge.gap_first, required = required).to_string(),
        shown => tr!(l, knowledge.gap_more, required = required, shown = shown).to_string(),
    };
    let means = gap.next.as_ref().filter(|(_, means)| !means.is_empty()).map(|(level, means)| {
        let rows = means.iter().map(|phrase| {
            view! { <li lang=phrase.lang.clone()>{phrase.text.clone()}</li> }
        });
        view! {
            <p class="small">{tr!(l, knowledge.gap_means, level = level.number()).to_string()}</p>
            <ul class="statements">{rows.collect_view()}</ul>
        }
    });
    let way = if gap.lessons.is_empty() {
        tr!(l, knowledge.gap_no_lessons).to_string()
    } else if gap.closes {
        tr!(l, knowledge.gap_time, time = minutes(l, gap.minutes)).to_string()
    } else {
        tr!(l, knowledge.gap_part, required = required).to_string()
    };
    let lessons = gap.lessons.iter().map(|link| lesson_row(l, link)).collect_view();
    view! {
        <li class="system">
            {crate::parts::ring(gap.shown.number(), true)}
            <h3 class="system__name">
                <a href=format!("{base}{}", gap.system.code)>{gap.system.name.clone()}</a>
            </h3> <p class="system__level">{what}</p> {means} <p class="system__next">{way}</p>
            <ul class="rows">{lessons}</ul>
        </li>
    }
    .into_any()
}

fn evidence(l: Locale, lines: &[EvidenceLine]) -> AnyView {
    let row = |line: &EvidenceLine| {
        let (system, level) = (line.lesson.system.name.clone(), line.lesson.level.number());
        let on = date(l, line.on);
        let text = match line.hold {
            Hold::ForGood => {
                tr!(l, knowledge.earned, system = system, level = level, date = on).to_string()
            }
            Hold::Until(until) | Hold::EndsSoon { on: until, .. } => {
                let until = date(l, until);
                tr!(
                    l,
                    knowledge.earned_until,
                    system = system,
                    level = level,
                    date = on,
                    until = until
                )
                .to_string()
            }
            Hold::Ended(until) => {
                let until = date(l, until);
                tr!(
                    l,
                    knowledge.earned_ended,
                    system = system,
                    level = level,
                    date = on,
                    until = until
                )
                .to_string()
            }
        };
        view! {
            <li class="rows__item">
                <a href=format!("/lar/{}", line.lesson.slug) lang=line.lesson.lang.clone()>
                    {line.lesson.title.clone()}
                </a>
                <span class="rows__meta">{text}</span>
            </li>
        }
    };
    let inside = if lines.is_empty() {
        view! { <p>{tr!(l, knowledge.evidence_none)}</p> }.into_any()
    } else {
        view! { <ul class="rows">{lines.iter().map(row).collect_view()}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="evidence">
            <h2 id="evidence">{tr!(l, knowledge.evidence)}</h2>
            {inside}
        </section>
    }
    .into_any()
}

fn beyond(l: Locale, portrait: &Portrait, base: &str) -> AnyView {
    if portrait.beyond.is_empty() {
        return ().into_any();
    }
    let rows = portrait.beyond.iter().map(|beyond| {
        let said = beyond.said.map_or_else(
            || tr!(l, knowledge.not_said).to_string(),
            |said| said.number().to_string(),
        );
        let shown = beyond.shown.number();
        view! {
            <li class="rows__item">
                <a href=format!("{base}{}", beyond.system.code)>{beyond.system.name.clone()}</a>
                <span class="rows__meta">
                    {tr!(l, knowledge.beyond_line, shown = shown, said = said).to_string()}
                </span>
            </li>
        }
    });
    view! {
        <section aria-labelledby="beyond">
            <h2 id="beyond">{tr!(l, knowledge.beyond)}</h2>
            <p>{tr!(l, knowledge.beyond_text)}</p>
            <ul class="rows">{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn privacy(l: Locale) -> AnyView {
    view! {
        <section class="no-print" aria-labelledby="privacy">
            <h2 id="privacy">{tr!(l, knowledge.privacy)}</h2>
            <p>{tr!(l, knowledge.privacy_text)}</p>
            <div class="btns">
                <a class="btn btn--quiet" href="/kunskaper/insyn">
                    {tr!(l, knowledge.see_log)}
                </a>
                <a class="btn btn--quiet" href="/mina-uppgifter.json" rel="external" download>
                    {tr!(l, knowledge.get_data)}
                </a>
            </div>
        </section>
    }
    .into_any()
}
