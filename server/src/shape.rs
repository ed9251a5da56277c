//! The structure of a page in a number, sent with it: the browser compares it with what it finds
//! before the program takes the page over, as translators and password managers change pages
//! (`frontend/page`, `docs/decisions/034-others-in-the-page.md`).

use axum::{
    body::{Body, to_bytes},
    http::{
        StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};

/// Elements without an end.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements whose content is text whatever it looks like, where scripts run.
const RAW: [&str; 5] = ["script", "style", "textarea", "title", "noscript"];

/// Puts the number of a page's structure into its `body`.
pub async fn mark(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let kind = parts.headers.get(CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    if !kind.starts_with(b"text/html") {
        return Response::from_parts(parts, body);
    }
    let Ok(page) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let marked = std::str::from_utf8(&page).ok().and_then(marked);
    if marked.is_some() {
        parts.headers.remove(CONTENT_LENGTH);
    }
    Response::from_parts(parts, marked.map_or_else(|| Body::from(page), Body::from))
}

fn marked(page: &str) -> Option<String> {
    let at = page.find("<body")? + "<body".len();
    let inside = at + page[at..].find('>')? + 1;
    let shape = shape(&page[inside..]);
    Some([&page[..at], " data-shape=\"", &format!("{shape:x}"), "\"", &page[at..]].concat())
}

/// FNV-1a over the sequence of nodes: `<name` where an element begins, `/` where it ends, `#` for a
/// text and `!` for a comment, up to the scripts at the end of the body.
struct Shape {
    hash: u32,
    depth: usize,
    is_after_text: bool,
}

impl Shape {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.hash =
                (self.hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193);
        }
        self.is_after_text = false;
    }

    fn text(&mut self) {
        if !self.is_after_text {
            self.add(b"#");
            self.is_after_text = true;
        }
    }
}

/// The number of what is inside a body.
fn shape(mut html: &str) -> u32 {
    let mut shape = Shape { hash: 0x811c_9dc5, depth: 0, is_after_text: false };
    while !html.is_empty() {
        let Some(open) = html.find('<') else {
            shape.text();
            break;
        };
        if open > 0 {
            shape.text();
            html = &html[open..];
        }
        if let Some(comment) = html.strip_prefix("<!--") {
            shape.add(b"!");
            html = after(comment, "-->");
        } else if let Some(comment) = html.strip_prefix("<!") {
            shape.add(b"!");
            html = after(comment, ">");
        } else if let Some(tag) = html.strip_prefix("</") {
            if shape.depth == 0 {
                break;
            }
            shape.depth -= 1;
            shape.add(b"/");
            html = after(tag, ">");
        } else if html[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (name, is_closed, rest) = tag(&html[1..]);
            if shape.depth == 0 && name.eq_ignore_ascii_case("script") {
                break;
            }
            html = element(&mut shape, name, is_closed, rest);
        } else {
            shape.text();
            html = &html[1..];
        }
    }
    shape.hash
}

/// Goes into an element, or past it where it can hold none. Returns what follows.
fn element<'h>(shape: &mut Shape, name: &str, is_closed: bool, rest: &'h str) -> &'h str {
    shape.add(b"<");
    shape.add(name.as_bytes());
    if is_closed || VOID.iter().any(|void| name.eq_ignore_ascii_case(void)) {
        shape.add(b"/");
        return rest;
    }
    if !RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw)) {
        shape.depth += 1;
        return rest;
    }
    let end = rest
        .match_indices("</")
        .map(|(at, _)| at)
        .find(|at| {
            let tag = &rest.as_bytes()[at + 2..];
            tag.len() >= name.len() && tag[..name.len()].eq_ignore_ascii_case(name.as_bytes())
        })
        .unwrap_or(rest.len());
    let text = &rest[..end];
    let is_area = name.eq_ignore_ascii_case("textarea");
    let text = if is_area { text.strip_prefix('\n').unwrap_or(text) } else { text };
    if !text.is_empty() {
        shape.text();
    }
    shape.add(b"/");
    after(&rest[end..], ">")
}

/// A tag's name, whether it closes itself, and what follows.
fn tag(html: &str) -> (&str, bool, &str) {
    let name = html.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>');
    let name = &html[..name.unwrap_or(html.len())];
    let mut quote = None;
    for (at, byte) in html.bytes().enumerate().skip(name.len()) {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return (name, html.as_bytes()[at - 1] == b'/', &html[at + 1..]),
            _ => {}
        }
    }
    (name, false, "")
}

fn after<'h>(html: &'h str, end: &str) -> &'h str {
    html.find(end).map_or("", |at| &html[at + end.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_structure_has_one_number_whatever_it_says() {
        let page = r#"<main id="main"><p>Hej</p><input value="a > b"><br></main>"#;
        let other = "<main class='x'><p>A &lt;b> c</p><input><br/></main></body></html><script>";
        assert_eq!(shape(page), shape(other));
        for changed in [
            "<div></div><main><p>Hej</p><input><br></main>",
            "<main><p>Hej</p><input><div></div><br></main>",
            "<main><p><font>Hej</font></p><input><br></main>",
            "<main><p>Hej <mark>d</mark></p><input><br></main>",
            "<main><p></p><input><br></main>",
            "<main><p>Hej<!></p><input><br></main>",
        ] {
            assert_ne!(shape(page), shape(changed), "{changed}");
        }
    }

    #[test]
    fn text_in_a_text_area_is_no_structure() {
        let plain = shape("<textarea>a</textarea><p></p>");
        assert_eq!(plain, shape("<textarea rows=\"2\"><b>&lt;/textarea></textarea><p></p>"));
        assert_eq!(shape("<textarea></textarea>"), shape("<textarea>\n</textarea>"));
        assert_eq!(shape("<p>a</p><script>var x = '<p>'</script><p></p>"), shape("<p>b</p>"));
    }

    #[test]
    fn the_number_is_in_the_body() {
        let page = marked("<html><body class=\"a\"><p>Hej</p></body></html>").expect("a page");
        assert!(page.contains("<body data-shape=\""), "{page}");
        assert_eq!(marked("no page"), None);
    }
}
