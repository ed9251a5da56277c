//! The document around the application, and its routes.

use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    hooks::use_location,
    path,
};

#[cfg(feature = "ssr")]
use crate::text::tag;
use crate::{lazy::Lazy, screens, text::Lang};

/// The language of the page: on the server from the request, in the browser from the page.
pub(crate) fn page_lang() -> Lang {
    #[cfg(feature = "ssr")]
    let locale = crate::calls::request_locale();
    #[cfg(not(feature = "ssr"))]
    let locale = document()
        .document_element()
        .and_then(|root| root.get_attribute("lang"))
        .and_then(|tag| kvarten_domain::Locale::from_tag(&tag))
        .unwrap_or_default();
    locale.into()
}

/// Where the built files are that every page needs, as paths of this site.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFiles {
    /// The styles.
    pub style: String,
    /// The script that loads the program.
    pub script: String,
    /// The program.
    pub program: String,
}

/// What every page does before the program is there, and where it never comes: it marks the controls
/// that the reader has used, since what a browser puts back by itself is not the reader's; and it resets
/// the forms of a page one comes back to, since what was typed and ticked in them may be another
/// person's.
#[cfg(feature = "ssr")]
const FIRST_SCRIPT: &str = include_str!("first.js");

/// The document.
#[cfg(feature = "ssr")]
#[must_use]
pub fn shell(options: LeptosOptions, files: SiteFiles) -> impl IntoView {
    let SiteFiles { style, script, program } = files;
    let nonce = leptos::nonce::use_nonce();
    // The page can be read and used without the program, which therefore waits until it is drawn
    // and starts in tasks of its own. Going back before that is a new page: the program takes over
    // the one that was drawn.
    let start = format!(
        "const here=()=>location.pathname+location.search,at=here();\
         addEventListener('popstate',e=>{{if(here()!==at&&!document.body.hasAttribute('data-hydrated'))\
         {{e.stopImmediatePropagation();location.reload()}}}});\
         addEventListener('load',()=>(self.requestIdleCallback??setTimeout)(()=>import({script:?})\
         .then(m=>m.begin?m.begin({program:?},at):m.default({{module_or_path:{program:?}}})\
         .then(()=>setTimeout(()=>here()===at&&m.hydrate())))))"
    );
    let lang = tag(page_lang().0);
    let owner = crate::form::page_owner();
    let menu = Some(crate::calls::menu()).filter(|menu| !menu.is_empty());
    let leave = crate::calls::is_shared_tablet().then(|| leave_the_screen(nonce.clone()));
    view! {
        <!DOCTYPE html>
        <html lang=lang data-menu=menu data-owner=owner>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" content="#f5f3ec" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#0f1719" media="(prefers-color-scheme: dark)" />
                <meta name="description" content="Kvarten" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/touch-icon-180.png" />
                <link
                    rel="preload"
                    href="/fonts/atkinson-next-v1.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <link rel="stylesheet" href=style />
                <script nonce=nonce.clone()>{FIRST_SCRIPT}</script>
                <script type="module" nonce=nonce>
                    {start}
                </script>
                {leave}
                <AutoReload options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Clears the screen of a shared tablet when its session has ended for want of use: whoever comes
/// next sees nobody's name. A film that plays is use.
#[cfg(feature = "ssr")]
fn leave_the_screen(nonce: Option<leptos::nonce::Nonce>) -> impl IntoView {
    const SECONDS: u32 = 605;
    let go = "/logga-in?ut=1";
    let script = format!(
        "let t;const go=()=>location.replace({go:?}),\
         used=()=>{{clearTimeout(t);t=setTimeout(go,{SECONDS}e3)}};used();\
         for(const e of ['pointerdown','keydown','scroll','timeupdate'])\
         addEventListener(e,used,{{capture:true,passive:true}});\
         addEventListener('pageshow',e=>e.persisted&&location.reload())"
    );
    view! {
        <noscript>
            <meta http-equiv="refresh" content=format!("{SECONDS};url={go}") />
        </noscript>
        <script type="module" nonce=nonce>
            {script}
        </script>
    }
}

/// Moves the focus to the content when another page is shown.
fn focus_follows_the_page() {
    let location = use_location();
    Effect::new(move |before: Option<String>| {
        let path = location.pathname.get();
        #[cfg(feature = "hydrate")]
        if before.is_some_and(|before| before != path) {
            crate::hydration::focus_on_page();
        }
        #[cfg(not(feature = "hydrate"))]
        drop(before);
        path
    });
}

/// Where no page is.
#[component]
fn Nowhere() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    screens::not_found()
}

/// The application.
#[component]
pub fn App() -> impl IntoView {
    #[cfg(feature = "ssr")]
    provide_meta_context();
    provide_context(page_lang());
    provide_context(screens::LastFilter(StoredValue::default()));
    view! {
        <Router>
            <Watcher />
            <FlatRoutes fallback=Nowhere>
                <Route path=path!("/") view=screens::Start ssr=SsrMode::Async />
                <Route path=path!("/logga-in") view=screens::Enter ssr=SsrMode::Async />
                <Route path=path!("/lar") view=screens::Learn ssr=SsrMode::Async />
                <Route path=path!("/lar/:slug") view=screens::Lesson ssr=SsrMode::Async />
                <Route path=path!("/lar/:slug/stegen") view=screens::Ladder ssr=SsrMode::Async />
                <Route path=path!("/lar/:slug/:step") view=screens::Step ssr=SsrMode::Async />
                <Route path=path!("/kunskaper") view=Lazy(|| Box::pin(screens::knowledge())) ssr=SsrMode::Async />
                <Route path=path!("/kunskaper/insyn") view=Lazy(|| Box::pin(screens::log())) ssr=SsrMode::Async />
                <Route path=path!("/kunskaper/:system") view=Lazy(|| Box::pin(screens::system())) ssr=SsrMode::Async />
                <Route path=path!("/kunskaper/:system/skatta") view=Lazy(|| Box::pin(screens::assess())) ssr=SsrMode::Async />
                <Route path=path!("/karta") view=Lazy(|| Box::pin(screens::map())) ssr=SsrMode::Async />
                <Route path=path!("/karta/krav") view=Lazy(|| Box::pin(screens::requirements())) ssr=SsrMode::Async />
                <Route path=path!("/karta/program") view=Lazy(|| Box::pin(screens::programs())) ssr=SsrMode::Async />
                <Route path=path!("/karta/program/:code") view=Lazy(|| Box::pin(screens::map_program())) ssr=SsrMode::Async />
                <Route path=path!("/karta/laget") view=Lazy(|| Box::pin(screens::map_trends())) ssr=SsrMode::Async />
                <Route path=path!("/karta/:system") view=Lazy(|| Box::pin(screens::map_system())) ssr=SsrMode::Async />
                <Route path=path!("/enhet") view=Lazy(|| Box::pin(screens::unit())) ssr=SsrMode::Async />
                <Route path=path!("/enhet/hanvisa") view=Lazy(|| Box::pin(screens::refer())) ssr=SsrMode::Async />
                <Route path=path!("/enhet/hanvisningar") view=Lazy(|| Box::pin(screens::referrals())) ssr=SsrMode::Async />
                <Route path=path!("/enhet/staende") view=Lazy(|| Box::pin(screens::standing())) ssr=SsrMode::Async />
                <Route path=path!("/enhet/utveckling") view=Lazy(|| Box::pin(screens::unit_trends())) ssr=SsrMode::Async />
                <Route path=path!("/enhet/person/:person") view=Lazy(|| Box::pin(screens::person())) ssr=SsrMode::Async />
                <Route path=path!("/enhet/person/:person/:system") view=Lazy(|| Box::pin(screens::person_system())) ssr=SsrMode::Async />
                <Route path=path!("/program/:code") view=Lazy(|| Box::pin(screens::program())) ssr=SsrMode::Async />
                <Route path=path!("/mejl/:word") view=Lazy(|| Box::pin(screens::mail())) ssr=SsrMode::Async />
                <Route path=path!("/poang") view=Lazy(|| Box::pin(screens::points())) ssr=SsrMode::Async />
                <Route path=path!("/mer") view=Lazy(|| Box::pin(screens::more())) ssr=SsrMode::Async />
                <Route path=path!("/mina-uppgifter") view=Lazy(|| Box::pin(screens::my_data())) ssr=SsrMode::Async />
                <Route path=path!("/fil") view=Lazy(|| Box::pin(screens::shared_file())) ssr=SsrMode::Async />
                <Route path=path!("/tillganglighet") view=Lazy(|| Box::pin(screens::statement())) ssr=SsrMode::Async />
            </FlatRoutes>
        </Router>
    }
}

/// Watches where the reader goes.
#[component]
fn Watcher() -> impl IntoView {
    focus_follows_the_page();
}
