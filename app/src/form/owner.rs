//! Whose page a page is. Every call carries it, so that nothing is done in the name of a person who
//! has signed in meanwhile in another tab.

#[cfg(not(feature = "ssr"))]
use leptos::prelude::*;

use crate::calls::OWNER_QUERY;

/// Whose page this is, as the server found when it was asked for. A context of pages.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub struct PageOwner(pub String);

/// Whose page this is; nothing on a page of a guest.
pub(crate) fn page_owner() -> Option<String> {
    #[cfg(feature = "ssr")]
    let owner = leptos::prelude::use_context::<PageOwner>().map(|owner| owner.0);
    #[cfg(not(feature = "ssr"))]
    let owner = document().document_element().and_then(|root| root.get_attribute("data-owner"));
    owner
}

/// The address of a call by a form of this page.
pub(crate) fn form_address(path: &str) -> String {
    match page_owner() {
        Some(owner) => format!("{path}?{OWNER_QUERY}={owner}"),
        None => path.to_owned(),
    }
}
