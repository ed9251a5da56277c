//! The ladder itself: rungs climbed, the one stood on, those to come.

use kvarten_domain::ladder::RungView;
use leptos::prelude::*;

use super::signs::{quarter, quarter_done};
use crate::text::{lang, tr};

/// The rungs, easy first.
pub fn rungs(rungs: &[RungView]) -> AnyView {
    let l = lang();
    let rung = |rung: &RungView| {
        let is_done = rung.is_climbed();
        let class = if is_done {
            "rung rung--done"
        } else if rung.is_current {
            "rung rung--now"
        } else {
            "rung"
        };
        let state = if is_done {
            tr!(l, ladder.done).to_string()
        } else if rung.is_current {
            tr!(l, ladder.count, right = rung.right, drawn = rung.drawn).to_string()
        } else {
            tr!(l, ladder.coming).to_string()
        };
        let sign = if is_done {
            quarter_done("")
        } else {
            quarter(usize::from(rung.right) * 100 / usize::from(rung.drawn.max(1)), "")
        };
        view! {
            <li class=class aria-current=rung.is_current.then_some("step")>
                {sign} <span class="rung__name">{tr!(l, ladder.rung, number = rung.number)}</span>
                <span class="rung__state">{state}</span>
            </li>
        }
        .into_any()
    };
    view! {
        <ol class="ladder" aria-label=tr!(l, ladder.title)>
            {rungs.iter().map(rung).collect_view()}
        </ol>
    }
    .into_any()
}
