//! Screens in parts of the program of their own, which the browser asks for when one of them is
//! opened for the first time.

use std::{future::Future, pin::Pin};

use leptos::{prelude::*, wasm_split::SplitLoaderError};
use leptos_router::ChooseView;

/// What a screen in a part of its own draws; an error where the part did not come.
pub type Drawn = Result<AnyView, SplitLoaderError>;

/// Such a screen, as the view of a route. All are of one type, so that routes are compiled once.
#[derive(Clone, Copy)]
pub struct Lazy(pub fn() -> Pin<Box<dyn Future<Output = Drawn>>>);

impl ChooseView for Lazy {
    async fn choose(self) -> AnyView {
        let drawn = self.0().await;
        #[cfg(feature = "hydrate")]
        crate::hydration::focus_on_page();
        match drawn {
            Ok(view) => view,
            Err(_) => elsewhere().await,
        }
    }

    async fn preload(&self) {}
}

/// Where a part does not come (the network is gone, or the server has a newer program), the page is
/// asked of the server, and the one that is shown stays until it comes.
async fn elsewhere() -> AnyView {
    let path = crate::screens::here();
    let _ = window().location().assign(&path);
    std::future::pending().await
}
