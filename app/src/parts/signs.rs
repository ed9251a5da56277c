//! The sign of Kvarten: a quarter of a circle, as progress; and a ring of quarters, as a level.

use leptos::prelude::*;

const ARC: &str = "M0 16A16 16 0 0 1 16 32";

/// A quarter that fills: per cent, and the class that places it.
pub fn quarter(percent: usize, class: &'static str) -> AnyView {
    let filled = (percent > 0).then(|| {
        let dash = format!("{} 100", percent.min(100));
        view! { <path class="q__f" d=ARC pathLength="100" stroke-dasharray=dash /> }
    });
    view! {
        <svg class=format!("q {class}") viewBox="0 0 32 32" aria-hidden="true">
            <path d=ARC />
            {filled}
        </svg>
    }
    .into_any()
}

/// A full quarter with a tick.
pub fn quarter_done(class: &'static str) -> AnyView {
    view! {
        <svg class=format!("q q--done {class}") viewBox="0 0 32 32" aria-hidden="true">
            <path d=ARC />
            <path class="q__f" d=ARC pathLength="100" stroke-dasharray="100 100" />
            <path class="q__c" d="M5.5 20.5l4.5 4.5 8.5-9.5" />
        </svg>
    }
    .into_any()
}

/// A ring of four quarters, as many filled as the level; 0 for none.
pub fn ring(level: u8, is_big: bool) -> AnyView {
    let class = format!("lv lv--{level}{}", if is_big { " lv--big" } else { "" });
    let filled = (level > 0).then(|| view! { <circle class="lv__f" cx="16" cy="16" r="12" /> });
    view! {
        <svg class=class viewBox="0 0 32 32" aria-hidden="true">
            <circle cx="16" cy="16" r="12" />
            {filled}
        </svg>
    }
    .into_any()
}
