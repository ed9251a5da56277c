//! Lessons as cards: the whole card is the link, its corner the progress.

use kvarten_domain::{
    bank::LessonCard,
    lesson::{LessonLink, Progress},
};
use leptos::prelude::*;

use super::signs::{quarter, quarter_done};
use crate::{
    i18n::Locale,
    text::{date, lang, minutes, tr},
};

fn state(l: Locale, progress: Progress) -> String {
    match progress {
        Progress::New => tr!(l, learn.new).to_string(),
        Progress::Begun { seen, of } if seen >= of => tr!(l, learn.steps_done).to_string(),
        Progress::Begun { seen, of } => tr!(l, learn.begun, seen = seen, of = of).to_string(),
        Progress::Completed { on } => tr!(l, learn.done, date = date(l, on)).to_string(),
    }
}

fn sign(progress: Progress) -> AnyView {
    match progress {
        Progress::New => quarter(0, "card__q"),
        Progress::Begun { seen, of } => {
            quarter(usize::from(seen) * 92 / usize::from(of.max(1)), "card__q")
        }
        Progress::Completed { .. } => quarter_done("card__q"),
    }
}

/// A lesson of the bank. `language` is set where it is not the reader's.
pub fn lesson_card(card: LessonCard) -> AnyView {
    let l = lang();
    let meta =
        tr!(l, app.system_level, system = card.system.name.clone(), level = card.level.number());
    view! {
        <li class="card">
            {sign(card.progress)}
            <h3 class="card__title" lang=card.lang.clone()>
                <a href=format!("/lar/{}", card.slug)>{card.title}</a>
            </h3>
            <p class="card__meta">{format!("{meta}. {}", minutes(l, card.minutes))}</p>
            <p class="card__about" lang=card.lang>{card.summary}</p>
            <p class="card__state">{state(l, card.progress)}</p>
        </li>
    }
    .into_any()
}

/// A lesson to go to next.
pub fn link_card(link: LessonLink) -> AnyView {
    let l = lang();
    let meta =
        tr!(l, app.system_level, system = link.system.name.clone(), level = link.level.number());
    view! {
        <li class="card">
            {quarter(0, "card__q")}
            <h3 class="card__title" lang=link.lang>
                <a href=format!("/lar/{}", link.slug)>{link.title}</a>
            </h3>
            <p class="card__meta">{format!("{meta}. {}", minutes(l, link.minutes))}</p>
        </li>
    }
    .into_any()
}
