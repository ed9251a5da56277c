//! The Leptos application: screens, the parts they are made of, and the thin API behind them.

#![recursion_limit = "512"]

/// The texts of the translation files, made by the build script.
#[expect(warnings, clippy::all, clippy::pedantic, reason = "generated code")]
mod texts {
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}
use texts::i18n;

mod address;
mod app;
pub mod calls;
#[cfg(feature = "ssr")]
pub mod files;
#[expect(clippy::needless_pass_by_value, reason = "a view owns what it shows")]
mod form;
#[cfg(feature = "hydrate")]
mod hydration;
mod lazy;
#[cfg(feature = "ssr")]
pub mod letters;
mod page;
#[expect(clippy::needless_pass_by_value, reason = "a view owns what it shows")]
mod parts;
#[cfg(feature = "ssr")]
mod refusal;
#[expect(clippy::needless_pass_by_value, reason = "a view owns what it shows")]
#[expect(clippy::unnecessary_wraps, reason = "a screen in a part of its own may not come")]
mod screens;
mod text;

pub use app::App;
#[cfg(feature = "ssr")]
pub use app::{SiteFiles, shell};
#[cfg(feature = "ssr")]
pub use form::{PageOwner, RefusedForm};
#[cfg(feature = "hydrate")]
pub use hydration::hydrate;
#[cfg(feature = "ssr")]
pub use page::Asker;
#[cfg(feature = "ssr")]
pub use refusal::{Onward, refusal_page};
