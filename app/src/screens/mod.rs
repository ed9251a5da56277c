//! The screens, one file each.

mod enter;
mod knowledge;
mod ladder;
mod learn;
mod lesson;
mod mail;
mod map;
mod more;
mod my_data;
mod points;
mod program;
mod shared_file;
mod statement;
mod step;
mod top;
mod trends;
mod trouble;
mod unit;

pub use enter::{Enter, Start};
pub use knowledge::{assess, knowledge, log, system};
pub use ladder::Ladder;
pub use learn::Learn;
pub use lesson::Lesson;
pub use mail::mail;
#[cfg(feature = "ssr")]
pub use mail::stop_path;
pub use map::{map, map_program, map_system, programs, requirements};
pub use more::more;
pub use my_data::my_data;
pub use points::points;
pub use program::program;
pub use shared_file::shared_file;
#[cfg(feature = "ssr")]
pub use shared_file::{WARNED, shared_file_path};
pub use statement::statement;
pub use step::Step;
pub use trends::{map_trends, unit_trends};
pub use trouble::{here, not_found, sign_in_address, words};
pub use unit::{person, person_system, refer, referrals, standing, unit};

use std::sync::Arc;

use kvarten_domain::overview::Filter;
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::SplitLoaderError;
use serde::de::DeserializeOwned;

use crate::{
    calls::WireError,
    form::form_address,
    page::{Page, Payload},
    parts::{Tab, frame},
};

/// Waits for the part of the program that draws the screen at a path, if it has one of its own.
///
/// # Errors
/// It did not come.
#[cfg(feature = "hydrate")]
pub async fn part_of(path: &str) -> Result<(), SplitLoaderError> {
    // A part has several screens, and each of them asks by itself whether its part is there.
    let mut words = path.split('/').skip(1);
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some("kunskaper"), None | Some(""), ..) => knowledge::load().await,
        (Some("kunskaper"), Some("insyn"), ..) => knowledge::log::load().await,
        (Some("kunskaper"), Some(_), Some("skatta"), _) => knowledge::assess::load().await,
        (Some("kunskaper"), ..) => knowledge::system::load().await,
        (Some("enhet"), Some("person"), Some(_), Some(_)) => unit::load_person_system().await,
        (Some("enhet"), Some("person"), ..) => unit::load_person().await,
        (Some("enhet"), Some("hanvisa"), ..) => unit::load_refer().await,
        (Some("enhet"), Some("hanvisningar"), ..) => unit::load_referrals().await,
        (Some("enhet"), Some("utveckling"), ..) => trends::load_unit().await,
        (Some("enhet"), Some("staende"), ..) => unit::load_standing().await,
        (Some("enhet"), ..) => unit::load().await,
        (Some("karta"), None | Some(""), ..) => map::load().await,
        (Some("karta"), Some("krav"), ..) => map::requirements::load().await,
        (Some("karta"), Some("laget"), ..) => trends::load_map().await,
        (Some("karta"), Some("program"), None | Some(""), _) => map::programs::load().await,
        (Some("karta"), Some("program"), ..) => map::program::load().await,
        (Some("karta"), ..) => map::system::load().await,
        (Some("program"), ..) => program::load().await,
        (Some("mejl"), ..) => mail::load().await,
        (Some("poang"), ..) => points::load().await,
        (Some("mer"), ..) => more::load().await,
        (Some("mina-uppgifter"), ..) => my_data::load().await,
        (Some("fil"), ..) => shared_file::load().await,
        (Some("tillganglighet"), ..) => statement::load().await,
        _ => Ok(()),
    }
}

/// How the matrix of "Min enhet" was filtered last: the way back leads there.
#[derive(Clone, Copy, Debug)]
pub struct LastFilter(pub StoredValue<Filter>);

/// The choice of language, as a form that works anywhere. `back` is where to stand afterwards.
fn languages(is_big: bool, back: &str) -> AnyView {
    let current = crate::text::lang();
    let button = |tag: &'static str, name: &'static str, which: crate::i18n::Locale| {
        view! {
            <button
                class="lang__btn"
                name="lang"
                value=tag
                lang=tag
                translate="no"
                aria-current=(which == current).then_some("true")
            >
                {name}
            </button>
        }
    };
    view! {
        <form
            class=if is_big { "lang lang--big" } else { "lang" }
            method="post"
            action=form_address("/api/choose_locale")
        >
            <input type="hidden" name="back" value=back.to_owned() />
            {button("sv", "Svenska", crate::i18n::Locale::sv)}
            {button("en", "English", crate::i18n::Locale::en)}
        </form>
    }
    .into_any()
}

/// The content of a screen in the frame, once what it needs is there; while waiting, a line saying
/// so; in trouble, what to do.
fn loaded<T: DeserializeOwned + Clone + 'static>(
    tab: Tab,
    is_focus: bool,
    class: &'static str,
    page: Page,
    content: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let draw = move |payload: Payload| match payload.open::<T>() {
        Some(value) => content(value),
        None => trouble::trouble(&WireError::Trouble),
    };
    frame(tab, is_focus, class, awaited(page, Arc::new(draw)))
}

/// Draws a page's data as soon as it is there.
fn awaited(page: Page, draw: Arc<dyn Fn(Payload) -> AnyView + Send + Sync>) -> AnyView {
    let waiting = crate::text::tr!(crate::text::lang(), app.loading).to_string();
    view! {
        <Transition fallback=move || view! { <p class="small" role="status">{waiting.clone()}</p> }>
            {move || {
                let draw = Arc::clone(&draw);
                Suspend::new(async move {
                    match page.await {
                        Ok(payload) => draw(payload),
                        Err(error) => trouble::trouble(&error),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}

/// Names the page: in its head when the server draws it, in the window when the browser does.
fn titled(page: &str) {
    let text = format!("{page} – Kvarten");
    // What is drawn into the head is markup, and names are whatever somebody has written.
    #[cfg(feature = "ssr")]
    let _ = leptos_meta::Title(
        leptos_meta::TitleProps::builder().text(crate::parts::escape_html(&text)).build(),
    );
    #[cfg(not(feature = "ssr"))]
    document().set_title(&text);
    #[cfg(feature = "hydrate")]
    crate::hydration::ask("kvarten:drawn");
}
