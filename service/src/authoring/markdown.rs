//! Markdown to HTML that is safe to show. Done once, when a text is saved.

use std::collections::HashSet;

use ammonia::Builder;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// The safe HTML of a Markdown text. Headings start at the second level, as the page has the
/// first; raw HTML is shown as text; links open safely; pictures are steps of their own.
#[must_use]
pub fn to_safe_html(markdown: &str) -> String {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let events = parser.map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Heading {
            level: pulldown_cmark::HeadingLevel::H1,
            id,
            classes,
            attrs,
        }) => Event::Start(Tag::Heading {
            level: pulldown_cmark::HeadingLevel::H2,
            id,
            classes,
            attrs,
        }),
        Event::End(TagEnd::Heading(pulldown_cmark::HeadingLevel::H1)) => {
            Event::End(TagEnd::Heading(pulldown_cmark::HeadingLevel::H2))
        }
        other => other,
    });
    let mut unsafe_html = String::new();
    html::push_html(&mut unsafe_html, events);
    let tags: HashSet<&str> = [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h2",
        "h3",
        "h4",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
    .into();
    Builder::empty()
        .tags(tags)
        .add_tag_attributes("a", ["href"])
        .add_tag_attributes("ol", ["start"])
        .url_schemes(["https", "http", "mailto", "tel"].into())
        .link_rel(Some("noopener noreferrer"))
        .clean(&unsafe_html)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("# Rubrik", "<h2>Rubrik</h2>\n")]
    #[case("**Aldrig** _så_", "<p><strong>Aldrig</strong> <em>så</em></p>\n")]
    #[case("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;")]
    #[case("hej <b onclick=x>du</b>", "<p>hej &lt;b onclick=x&gt;du&lt;/b&gt;</p>\n")]
    #[case("[x](javascript:alert(1))", "<p><a rel=\"noopener noreferrer\">x</a></p>\n")]
    #[case(
        "[x](https://exempel.se)",
        "<p><a href=\"https://exempel.se\" rel=\"noopener noreferrer\">x</a></p>\n"
    )]
    #[case("![spår](https://exempel.se/p.gif)", "<p></p>\n")]
    fn only_what_is_safe_is_left(#[case] markdown: &str, #[case] html: &str) {
        assert_eq!(to_safe_html(markdown), html);
    }

    proptest! {
        #[test]
        fn nothing_that_runs_gets_through(markdown in "[<>a-z\"'/=:()\\[\\]!# \n]{0,120}") {
            let html = to_safe_html(&markdown);
            for bad in ["<script", "<img", "<iframe", "<svg", "<style"] {
                prop_assert!(!html.contains(bad));
            }
        }
    }
}
