//! The built site: WebAssembly, styles, fonts and public files, packed beforehand.

use std::{fs, path::Path};

use axum::{
    Router,
    extract::{Request, State},
    http::{
        HeaderValue, StatusCode, Uri,
        header::{ACCEPT_ENCODING, CACHE_CONTROL, VARY},
    },
    middleware::{self, Next},
    response::Response,
};
use kvarten_app::SiteFiles;
use leptos::config::LeptosOptions;
use tower_http::services::ServeDir;

use crate::Failure;

/// A name that changes with what it names.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// The same name for ever new content, as in development.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// Icons and the like.
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// Shorter parts of a name are not hashes.
const HASH_LENGTH: usize = 16;

/// How long the files of the site keep.
#[derive(Clone)]
struct Keeping {
    /// `/pkg/`.
    package: String,
    is_hashed: bool,
}

/// Where the built files are that every page needs. Their names hold hashes, which the build
/// leaves in a file beside the program.
///
/// # Errors
/// That file is not there, or one that it names: the site is not built, or is somewhere else.
pub fn files(options: &LeptosOptions) -> Result<SiteFiles, Failure> {
    if !options.hash_files {
        return Ok(names(options, ""));
    }
    let path = std::env::current_exe().unwrap_or_default().with_file_name(&*options.hash_file);
    let hashes = fs::read_to_string(&path).map_err(|error| Failure::Site { path, error })?;
    let files = names(options, &hashes);
    for name in [&files.style, &files.script, &files.program] {
        let path = Path::new(&*options.site_root).join(name.trim_start_matches('/'));
        fs::metadata(&path).map_err(|error| Failure::SiteRoot { path, error })?;
    }
    Ok(files)
}

/// The names that hashes such as `js: 6f1c0a…`, one to a line, give; plain ones without a hash.
fn names(options: &LeptosOptions, hashes: &str) -> SiteFiles {
    let package = options.site_pkg_dir_route_base();
    let named = |kind: &str| {
        let hash = hashes
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(of, _)| of.trim() == kind)
            .map_or_else(String::new, |(_, hash)| format!(".{}", hash.trim()));
        format!("{package}{}{hash}.{kind}", options.output_name)
    };
    SiteFiles { style: named("css"), script: named("js"), program: named("wasm") }
}

/// The files of the site; what is none of them goes to `not_found`.
pub fn router(options: &LeptosOptions, not_found: Router) -> Router {
    let files = ServeDir::new(&*options.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(not_found);
    let keeping =
        Keeping { package: options.site_pkg_dir_route_base(), is_hashed: options.hash_files };
    Router::new()
        .fallback_service(files)
        .layer(middleware::from_fn_with_state(keeping, say_how_long))
}

impl Keeping {
    fn of(&self, path: &str) -> HeaderValue {
        if path.starts_with("/fonts/") {
            return FOREVER;
        }
        match path.strip_prefix(&self.package) {
            None => AN_HOUR,
            Some(name) if self.is_hashed && is_hashed(name) => FOREVER,
            Some(_) => ASK_AGAIN,
        }
    }
}

/// Whether a name such as `kvarten.6f1c0a….js` holds a hash. The loader of split WebAssembly has
/// a placeholder in that place.
fn is_hashed(name: &str) -> bool {
    let mut parts = name.rsplit('.').skip(1);
    let is_hash = |part: &str| {
        part.len() >= HASH_LENGTH
            && part.bytes().any(|byte| byte.is_ascii_alphanumeric())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    parts.next().is_some_and(is_hash) && parts.next().is_some()
}

/// The longest name a file can have, in bytes.
const LONGEST_NAME: usize = 255;

async fn say_how_long(
    State(keeping): State<Keeping>,
    mut request: Request,
    next: Next,
) -> Response {
    // Asked for such a name, the file system is in trouble; there is no such file.
    if request.uri().path().split('/').any(|name| name.len() > LONGEST_NAME) {
        *request.uri_mut() = Uri::from_static("/-");
    }
    let keep = keeping.of(request.uri().path());
    let mut response = next.run(request).await;
    // A page that says there is no such file has another status, and keeps itself.
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(CACHE_CONTROL, keep);
        response.headers_mut().insert(VARY, ACCEPT_ENCODING.into());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn names_hold_the_hashes_there_are() {
        let options = LeptosOptions::builder().output_name("kvarten").build();
        let files = names(&options, "css: 0a\njs:1b\nother\n");
        assert_eq!(files.style, "/pkg/kvarten.0a.css");
        assert_eq!(files.script, "/pkg/kvarten.1b.js");
        assert_eq!(files.program, "/pkg/kvarten.wasm");
    }

    #[rstest]
    #[case("/pkg/kvarten.0123456789abcdef0123.js", true, &FOREVER)]
    #[case("/pkg/kvarten.kPx-3_bTgXyZ0123456789.wasm", true, &FOREVER)]
    #[case("/pkg/kvarten-points.0123456789abcdef0123.wasm", true, &FOREVER)]
    #[case("/pkg/kvarten.js", true, &ASK_AGAIN)]
    #[case("/pkg/0123456789abcdef0123.js", true, &ASK_AGAIN)]
    #[case("/pkg/__wasm_split.______________________.js", true, &ASK_AGAIN)]
    #[case("/pkg/kvarten.0123456789abcdef0123.js", false, &ASK_AGAIN)]
    #[case("/fonts/atkinson-next-v1.woff2", false, &FOREVER)]
    #[case("/favicon.svg", true, &AN_HOUR)]
    fn only_a_name_that_changes_is_kept(
        #[case] path: &str,
        #[case] is_hashed: bool,
        #[case] expected: &HeaderValue,
    ) {
        let keeping = Keeping { package: "/pkg/".to_owned(), is_hashed };
        assert_eq!(keeping.of(path), expected);
    }
}
