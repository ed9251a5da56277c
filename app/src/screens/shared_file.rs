//! The warning before a file with people in it is downloaded on a shared tablet, where it stays.

use leptos::{prelude::*, wasm_split::wasm_split};

use super::{languages, not_found, titled};
use crate::{
    address::use_query,
    calls,
    lazy::Drawn,
    parts::{Icon, bare_frame, icon},
    text::{lang, tr},
};

/// The parameter of a file's address that says that the warning has been read.
#[cfg(feature = "ssr")]
pub const WARNED: &str = "varnad=1";

/// Where the files are, and the pages that lead to them.
const FILES: [(&str, &str); 3] = [
    ("/mina-uppgifter.json", "/mina-uppgifter"),
    ("/enhet.csv", "/enhet"),
    ("/enhet.xlsx", "/enhet"),
];

/// Where the warning before a file is. What the file was asked for with follows as it was written, so
/// that nothing in it is decoded on the way.
#[must_use]
pub fn shared_file_path(file: &str) -> String {
    format!("/fil?till={}", file.replacen('?', "&", 1))
}

/// The file that the address of the warning names.
fn file_in(search: &str) -> String {
    let search = search.trim_start_matches('?');
    search.strip_prefix("till=").unwrap_or_default().replacen('&', "?", 1)
}

/// The address of a file for a reader of the warning.
pub(super) fn with_warning_read(file: &str) -> String {
    format!("{file}{}varnad=1", if file.contains('?') { '&' } else { '?' })
}

/// The screen.
#[wasm_split(more, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
pub fn shared_file() -> Drawn {
    let file = use_query().with_untracked(|query| file_in(&query.raw()));
    let path = file.split('?').next().unwrap_or_default();
    let known = FILES.into_iter().find(|(known, _)| *known == path);
    let Some((_, page)) = known else {
        let _ = calls::no_such();
        return Ok(not_found());
    };
    let l = lang();
    let title = tr!(l, shared_file.title).to_string();
    titled(&title);
    let content = view! {
        <h1>{title}</h1>
        <p>{tr!(l, shared_file.text)}</p>
        <p>{tr!(l, shared_file.advice)}</p>
        <div class="btns">
            <a class="btn btn--quiet" href=with_warning_read(&file) rel="external">
                {icon(Icon::Load)}
                {tr!(l, shared_file.get)}
            </a>
            <a class="btn" href=page>
                {tr!(l, shared_file.back)}
            </a>
        </div>
    };
    let here = shared_file_path(&file);
    Ok(bare_frame("main--narrow", languages(false, &here), content.into_any()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_as_it_was_asked_for() {
        for file in ["/enhet.csv", "/enhet.csv?namn=%C3%A5+b%26c&behov=1", "/mina-uppgifter.json"] {
            let path = shared_file_path(file);
            let search = path.strip_prefix("/fil").expect("the warning");
            assert_eq!(file_in(search), file);
        }
        assert_eq!(with_warning_read("/enhet.csv"), "/enhet.csv?varnad=1");
        assert_eq!(with_warning_read("/enhet.csv?a=b"), "/enhet.csv?a=b&varnad=1");
    }
}
