//! Notes and whole-page messages.

use leptos::{html, prelude::*};

use super::{
    icon::{Icon, icon},
    signs::quarter,
};

/// What a note is about. Never told by colour alone: each has its icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Info,
    Right,
    Wrong,
}

impl Tone {
    const fn look(self) -> (&'static str, Icon, &'static str) {
        match self {
            Self::Info => ("note note--info", Icon::Info, "status"),
            Self::Right => ("note note--right", Icon::Check, "status"),
            Self::Wrong => ("note note--wrong", Icon::Warn, "alert"),
        }
    }
}

/// A note, with a title where it has one.
pub fn note(tone: Tone, title: Option<String>, text: String) -> AnyView {
    note_with(tone, title, text, ().into_any())
}

/// A note of what has just been done, or has not: in the browser it has the focus as soon as it is
/// there, so that it is in sight and read out wherever one was on the page.
pub fn told(tone: Tone, text: String) -> AnyView {
    let place = NodeRef::<html::Div>::new();
    place.on_load(|place| {
        let _ = place.focus();
    });
    view! { <div tabindex="-1" node_ref=place>{note(tone, None, text)}</div> }.into_any()
}

/// A note with something behind its text, such as a link.
pub fn note_with(tone: Tone, title: Option<String>, text: String, more: AnyView) -> AnyView {
    let (class, sign, role) = tone.look();
    let title = title.map(|title| view! { <h2 class="note__title">{title}</h2> });
    view! {
        <div class=class role=role tabindex="-1">
            {icon(sign)}
            <div>{title} <p>{text} " " {more}</p></div>
        </div>
    }
    .into_any()
}

/// A message that fills the page, with where to go.
pub fn message(title: String, text: String, actions: AnyView) -> AnyView {
    view! {
        <div class="message">
            {quarter(0, "message__q")} <h1>{title}</h1> <p>{text}</p>
            <div class="btns">{actions}</div>
        </div>
    }
    .into_any()
}
