//! A page for what is refused before there is an application to draw it: too long, too much, from
//! elsewhere, or after something broke. It needs no database, no program and no script.

use kvarten_domain::Locale;
use leptos::{prelude::*, tachys::view::RenderHtml};

use crate::{
    calls::WireError,
    parts::{bare_frame, message},
    screens::words,
    text::{Lang, tag, tr},
};

/// Where to go from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Onward {
    /// The same again, or back to the form that was sent.
    Again(String),
    /// To sign in.
    SignIn,
    /// To the first page.
    Learn,
}

/// The page, with the styles at a path of this site.
#[must_use]
pub fn refusal_page(locale: Locale, style: &str, error: &WireError, onward: Onward) -> String {
    let Lang(l) = locale.into();
    let (title, text) = words(l, error);
    let (path, label) = match onward {
        Onward::Again(path) => (path, tr!(l, trouble.again).to_string()),
        Onward::SignIn => ("/logga-in".to_owned(), tr!(l, trouble.sign_in).to_string()),
        Onward::Learn => ("/lar".to_owned(), tr!(l, app.to_learn).to_string()),
    };
    let owner = Owner::new();
    let style = style.to_owned();
    let html = owner.with(|| {
        provide_context(Lang(l));
        let link = view! { <a class="btn" href=path>{label}</a> }.into_any();
        let page_title = format!("{title} – Kvarten");
        view! {
            <!DOCTYPE html>
            <html lang=tag(l)>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <title>{page_title}</title>
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                    <link rel="stylesheet" href=style />
                </head>
                <body>{bare_frame("", ().into_any(), message(title, text, link))}</body>
            </html>
        }
        .to_html()
    });
    owner.cleanup();
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_happened_and_leads_on() {
        let again = Onward::Again("/enhet?namn=%22%3E&x=\"><script>".to_owned());
        let page = refusal_page(Locale::Sv, "/pkg/kvarten.css", &WireError::Busy, again);
        assert!(page.contains("<html lang=\"sv\"") && page.contains("/pkg/kvarten.css"), "{page}");
        assert!(page.contains("Kvarten hinner inte svara just nu"), "{page}");
        assert!(page.contains("Försök igen") && !page.contains("<script"), "{page}");
        let page = refusal_page(Locale::En, "/x.css", &WireError::TooLarge, Onward::Learn);
        assert!(page.contains("too much at once") && page.contains("href=\"/lar\""));
    }
}
