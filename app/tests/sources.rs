//! What the sources must not contain: constructs that escape nothing, or read an address twice.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The Rust sources of folders, without their tests: path from the checkout, and text.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap();
                let text = text.split("#[cfg(all(test").next().unwrap().to_owned();
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((name.replace('\\', "/"), text));
            }
        }
    }
    assert!(found.len() > 10, "sources were found");
    found.sort();
    found
}

/// Fails where a file that is not named contains a construct, or a named one another number of times.
fn only_in(found: &[(String, String)], construct: &str, files: &[(&str, usize)]) {
    for (name, text) in found {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let count = lines.map(|line| line.matches(construct).count()).sum::<usize>();
        let allowed = files.iter().find(|(file, _)| file == name).map_or(0, |(_, count)| *count);
        assert_eq!(count, allowed, "`{construct}` in {name}; see docs/decisions/035-escaping.md");
    }
    for (file, _) in files {
        assert!(found.iter().any(|(name, _)| name == file), "{file} is gone");
    }
}

#[test]
fn what_the_view_macro_does_not_escape_is_written_in_one_place() {
    let app = sources(&["app/src"]);
    only_in(&app, "<textarea", &[("app/src/parts/text_area.rs", 1)]);
    // The page's own scripts, without a word that people wrote.
    only_in(&app, "<script", &[("app/src/app.rs", 3)]);
    only_in(&app, "<style", &[]);
    // A sentence of `locales/`, and the way out of a shared tablet's page.
    only_in(&app, "<noscript", &[("app/src/app.rs", 1), ("app/src/screens/unit/mod.rs", 1)]);
    only_in(&app, "leptos_meta::Title", &[("app/src/screens/mod.rs", 2)]);
    only_in(&app, "<MetaTags", &[("app/src/app.rs", 1)]);
    for construct in [
        "<Title",
        "<Meta ",
        "<Html ",
        "<Body ",
        "<Script",
        "<Style",
        "<Stylesheet",
        "<Link",
        "<iframe",
        "srcdoc",
        "custom_attribute",
        "AttributeValue",
    ] {
        only_in(&app, construct, &[]);
    }
}

#[test]
fn markup_as_a_whole_comes_from_draw_or_from_what_was_sanitised() {
    let app = sources(&["app/src"]);
    only_in(
        &app,
        "inner_html=",
        &[
            // Written by `draw!`.
            ("app/src/parts/radar.rs", 2),
            ("app/src/screens/trends.rs", 2),
            ("app/src/screens/unit/mod.rs", 2),
            // Escaped there.
            ("app/src/parts/text_area.rs", 1),
            // Contents of lessons, sanitised when they are saved.
            ("app/src/screens/lesson.rs", 1),
            ("app/src/screens/step.rs", 2),
        ],
    );
    only_in(&app, "set_inner_html", &[("app/src/screens/unit/live.rs", 1)]);
    for construct in [".inner_html(", "insert_adjacent_html", "set_outer_html", "prop:innerHTML"] {
        only_in(&app, construct, &[]);
    }
}

/// The text of a call, up to its closing bracket.
fn call(text: &str) -> &str {
    let mut depth = 0;
    let mut at = 0;
    let bytes = text.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'r' if text[at..].starts_with("r#\"") => {
                at += 3 + text[at + 3..].find("\"#").unwrap_or(0) + 1;
            }
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'\'' if bytes.get(at + 2) == Some(&b'\'') => at += 2,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return &text[..at];
                }
            }
            _ => {}
        }
        at += 1;
    }
    text
}

/// Whether a text holds a tag in a string: `<p`, `</p`, `<!DOCTYPE`.
fn has_tag(call: &str) -> bool {
    call.match_indices('<').any(|(at, _)| {
        let quotes = call[..at].matches('"').count() - call[..at].matches("\\\"").count();
        let is_quoted = quotes % 2 == 1 || call[..at].contains("r#\"");
        let name = call[at + 1..].trim_start_matches(['/', '!']);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c == 'D')
            && name[end..].starts_with([' ', '>', '/', '"', '\\', '\n']);
        is_quoted && begins
    })
}

#[test]
fn tags_are_written_by_the_view_macro_or_by_draw() {
    for (name, text) in sources(&["app/src", "server/src", "service/src"]) {
        // Markdown becomes markup there, and is sanitised; the shape reads tags and writes none.
        if ["service/src/authoring/markdown.rs", "server/src/shape.rs"].contains(&name.as_str()) {
            continue;
        }
        for writer in ["write!(", "writeln!(", "format!(", "push_str(", "push_drawn(", "concat("] {
            for (at, _) in text.match_indices(writer) {
                let call = call(&text[at..]);
                assert!(
                    !has_tag(call),
                    "{name} writes tags; use `draw!` of app/src/parts/markup.rs:\n{call}"
                );
            }
        }
    }
}

#[test]
fn an_address_is_read_in_one_place() {
    let app = sources(&["app/src"]);
    for construct in ["use_query_map", "use_params::", "query_signal", "ParamsMap"] {
        only_in(&app, construct, &[]);
    }
    for (construct, count) in [("use_params_map", 2), ("use_navigate", 3), ("use_url", 2)] {
        only_in(&app, construct, &[("app/src/address.rs", count)]);
    }
}

#[test]
fn the_check_finds_what_it_looks_for() {
    for writes in [
        r##"write!(html, r#"<td class="a">{name}"#)"##,
        r#"format!("</p>{}", a)"#,
        r#"push_str("<!DOCTYPE html>")"#,
        r#"format!("a {} \"<b>\"", "b")"#,
    ] {
        assert!(has_tag(call(writes)), "{writes}");
    }
    assert!(!has_tag(call(r#"format!("a < {}", Vec::<u8>::new())"#)));
    assert_eq!(call("f(a(b), \")\") + c)"), "f(a(b), \")\"");
}
