//! A field of several lines.

use leptos::prelude::*;

use super::escape_html;

/// What a form says about a field: whether it is at fault, and by which elements it is described.
pub struct FieldState {
    pub is_invalid: Box<dyn Fn() -> bool + Send>,
    pub described_by: Box<dyn Fn() -> Option<String> + Send>,
    pub has_focus: bool,
}

/// The field with its text. The view macro writes the content of such an element as it is;
/// here it is escaped, on the server as in the browser.
pub fn text_area(
    id: String,
    name: String,
    (rows, most): (u8, Option<usize>),
    text: &str,
    state: FieldState,
) -> AnyView {
    let FieldState { is_invalid, described_by, has_focus } = state;
    let html = escape_html(text);
    // The line break that a page's element begins with is none of its content.
    #[cfg(feature = "ssr")]
    let html = if html.starts_with(['\n', '\r']) { ["\n", &html].concat() } else { html };
    view! {
        <textarea
            class="input"
            id=id
            name=name
            rows=rows.to_string()
            maxlength=most.map(|most| most.to_string())
            autocomplete="off"
            autofocus=has_focus
            aria-describedby=described_by
            aria-invalid=move || is_invalid().then_some("true")
            inner_html=html
        ></textarea>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_stays_in_the_field() {
        let area = |text: &str| {
            let owner = Owner::new();
            let state = FieldState {
                is_invalid: Box::new(|| false),
                described_by: Box::new(|| None),
                has_focus: false,
            };
            owner.with(|| {
                text_area("n".into(), "note".into(), (2, Some(280)), text, state).to_html()
            })
        };
        let hostile = area("</textarea><form action=/x>&lt;\"");
        assert_eq!(hostile.matches('<').count(), 2, "{hostile}");
        assert!(
            hostile.contains(">&lt;/textarea&gt;&lt;form action=/x&gt;&amp;lt;&quot;</textarea>")
        );
        assert!(area("\nAndra raden").contains(">\n\nAndra raden</textarea>"));
        assert!(area("").contains("></textarea>"));
    }
}
