//! The steps of a lesson as a list, with what is done.

use kvarten_domain::lesson::{LessonOutline, StepHead, StepKind};
use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::{
    i18n::Locale,
    text::{lang, minutes, tr},
};

fn kind(l: Locale, kind: StepKind) -> String {
    match kind {
        StepKind::Video => tr!(l, lesson.video),
        StepKind::Text => tr!(l, lesson.text),
        StepKind::Picture => tr!(l, lesson.picture),
        StepKind::Checklist => tr!(l, lesson.checklist),
        StepKind::File => tr!(l, lesson.file),
    }
    .to_string()
}

fn meta(l: Locale, step: &StepHead, is_here: bool) -> String {
    let (kind, time) = (kind(l, step.kind), minutes(l, step.minutes));
    if is_here {
        tr!(l, lesson.meta_here, kind = kind, time = time).to_string()
    } else if step.is_seen {
        tr!(l, lesson.meta_done, kind = kind, time = time).to_string()
    } else {
        tr!(l, lesson.meta, kind = kind, time = time).to_string()
    }
}

/// The steps, with the number of the one that is open or to go on with.
pub fn step_items(outline: &LessonOutline, here: Option<u8>) -> Vec<AnyView> {
    let l = lang();
    let item = |step: &StepHead| {
        let is_here = here == Some(step.number);
        let class = if step.is_seen { "toc__item toc__item--done" } else { "toc__item" };
        let sign =
            if step.is_seen { icon(Icon::Check) } else { step.number.to_string().into_any() };
        view! {
            <li class=class>
                <a
                    class="toc__link"
                    href=format!("/lar/{}/{}", outline.slug, step.number)
                    aria-current=is_here.then_some("step")
                >
                    <span class="toc__no">{sign}</span>
                    <span class="toc__title" lang=outline.lang.clone()>{step.title.clone()}</span>
                    <span class="toc__meta">{meta(l, step, is_here)}</span>
                </a>
            </li>
        }
        .into_any()
    };
    outline.steps.iter().map(item).collect()
}

/// The ladder, at the end of the list.
pub fn ladder_item(outline: &LessonOutline) -> AnyView {
    let l = lang();
    let is_done = outline.rungs_climbed >= outline.rungs;
    let text = if outline.rungs_climbed > 0 {
        tr!(l, lesson.ladder_done, climbed = outline.rungs_climbed, count = outline.rungs)
            .to_string()
    } else {
        tr!(l, lesson.ladder_meta, count = outline.rungs).to_string()
    };
    let class = if is_done {
        "toc__item toc__item--ladder toc__item--done"
    } else {
        "toc__item toc__item--ladder"
    };
    view! {
        <li class=class>
            <a class="toc__link" href=format!("/lar/{}/stegen", outline.slug)>
                <span class="toc__no">{icon(if is_done { Icon::Check } else { Icon::Up })}</span>
                <span class="toc__title">{tr!(l, lesson.ladder)}</span>
                <span class="toc__meta">{text}</span>
            </a>
        </li>
    }
    .into_any()
}
