//! The frame around a screen: header, the four destinations, content.

use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::text::{lang, tr};

/// A destination of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Learn,
    Knowledge,
    Points,
    More,
    Unit,
    Map,
}

fn sign() -> impl IntoView {
    view! {
        <svg class="sign" viewBox="0 0 32 32" aria-hidden="true">
            <path class="sign__q" d="M4 4a24 24 0 0 1 24 24H4z" />
        </svg>
    }
}

fn skip() -> impl IntoView {
    view! { <a class="skip" href="#main" rel="external">{tr!(lang(), app.skip)}</a> }
}

/// What a page says where another person has signed in in another tab since it was opened. The page's
/// first script shows it.
fn other() -> impl IntoView {
    let l = lang();
    view! {
        <div class="other" role="alert">
            <p>
                <b>{tr!(l, trouble.other_person)}</b>
                ". "
                {tr!(l, trouble.other_person_here)}
                " "
                <a href="/lar" rel="external">{tr!(l, trouble.go_on_as_they)}</a>
            </p>
        </div>
    }
}

/// The content, hydrated in a task of its own.
fn page(class: &str, content: AnyView) -> AnyView {
    let main =
        view! { <main class=format!("main {class}") id="main" tabindex="-1">{content}</main> };
    #[cfg(feature = "hydrate")]
    let main = crate::hydration::Later(main.into_any());
    main.into_any()
}

/// The places of the menu beyond those of everybody: on the server as the browser remembers them, in
/// the browser as the page says.
fn menu() -> String {
    #[cfg(feature = "ssr")]
    let menu = crate::calls::menu();
    #[cfg(not(feature = "ssr"))]
    let menu = document()
        .document_element()
        .and_then(|root| root.get_attribute("data-menu"))
        .unwrap_or_default();
    menu
}

/// A screen of somebody signed in. `class` styles the content; in a lesson (`is_focus`) the menu
/// is out of the way on a phone.
pub fn frame(tab: Tab, is_focus: bool, class: &'static str, content: AnyView) -> AnyView {
    let l = lang();
    let link = |which: Tab, path: &'static str, sign: Icon, text: String| {
        view! {
            <li>
                <a class="nav__link" href=path aria-current=(which == tab).then_some("page")>
                    {icon(sign)}
                    <span>{text}</span>
                </a>
            </li>
        }
        .into_any()
    };
    let menu = menu();
    let unit = menu
        .contains("unit")
        .then(|| link(Tab::Unit, "/enhet", Icon::Unit, tr!(l, app.unit).to_string()));
    let map = menu
        .contains("map")
        .then(|| link(Tab::Map, "/karta", Icon::Map, tr!(l, app.map).to_string()));
    view! {
        {skip()}
        {other()}
        <div class=if is_focus { "app app--focus" } else { "app" }>
            <header class="top">
                <a class="brand" href="/lar">{sign()} <span translate="no">"Kvarten"</span></a>
            </header>
            <nav class="nav" aria-label=tr!(l, app.menu)>
                <ul class="nav__list">
                    {link(Tab::Learn, "/lar", Icon::Learn, tr!(l, app.learn).to_string())}
                    {link(Tab::Knowledge, "/kunskaper", Icon::Knowledge, tr!(l, app.knowledge).to_string())}
                    {link(Tab::Points, "/poang", Icon::Points, tr!(l, app.points).to_string())}
                    {unit}
                    {map}
                    {link(Tab::More, "/mer", Icon::More, tr!(l, app.more).to_string())}
                </ul>
            </nav>
            {page(class, content)}
        </div>
    }
    .into_any()
}

/// A screen of anybody: no menu. `languages` is the choice of language.
pub fn bare_frame(class: &'static str, languages: AnyView, content: AnyView) -> AnyView {
    let l = lang();
    view! {
        {skip()}
        <div class="page">
            <header class="top">
                <a class="brand" href="/">{sign()} <span translate="no">"Kvarten"</span></a>
                {languages}
            </header>
            {page(class, content)}
            <footer class="foot">
                <p><a href="/tillganglighet">{tr!(l, app.accessibility)}</a></p>
            </footer>
        </div>
    }
    .into_any()
}
