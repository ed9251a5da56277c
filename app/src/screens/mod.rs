//! The screens, one file each.

mod enter;
mod knowledge;
mod ladder;
mod learn;
mod lesson;
mod more;
mod points;
mod statement;
mod step;
mod top;
mod trouble;

pub use enter::{Enter, Start};
pub use knowledge::Knowledge;
pub use ladder::Ladder;
pub use learn::Learn;
pub use lesson::Lesson;
pub use more::More;
pub use points::Points;
pub use statement::Statement;
pub use step::Step;
pub use trouble::not_found;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    calls::WireError,
    parts::{Tab, frame},
};

/// The choice of language, as a form that works anywhere. `back` is where to stand afterwards.
fn languages(is_big: bool, back: &'static str) -> AnyView {
    let current = crate::text::lang();
    let button = |tag: &'static str, name: &'static str, which: crate::i18n::Locale| {
        view! {
            <button
                class="lang__btn"
                name="lang"
                value=tag
                lang=tag
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
            action="/api/choose_locale"
        >
            <input type="hidden" name="back" value=back />
            {button("sv", "Svenska", crate::i18n::Locale::sv)}
            {button("en", "English", crate::i18n::Locale::en)}
        </form>
    }
    .into_any()
}

/// The page's title and, once what it needs is there, its content in the frame; while waiting,
/// the frame with nothing but a line saying so; in trouble, what to do.
fn loaded<T: Clone + Send + Sync + 'static>(
    tab: Tab,
    is_focus: bool,
    class: &'static str,
    resource: Resource<Result<T, WireError>>,
    content: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView {
    let waiting = crate::text::tr!(crate::text::lang(), app.loading).to_string();
    let inner = view! {
        <Transition fallback=move || view! { <p class="small" role="status">{waiting.clone()}</p> }>
            {move || {
                let content = content.clone();
                Suspend::new(async move {
                    match resource.await {
                        Ok(value) => content(value),
                        Err(error) => trouble::trouble(&error),
                    }
                })
            }}
        </Transition>
    };
    frame(tab, is_focus, class, inner.into_any())
}

/// A page's title.
fn titled(text: String) -> AnyView {
    view! { <Title text /> }.into_any()
}
