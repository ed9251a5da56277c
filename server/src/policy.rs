//! Content-Security-Policy.

use std::fmt::Write;

use axum::http::HeaderValue;
use leptos::config::LeptosOptions;

/// For everything that is not a page: it may load nothing and be framed by nobody.
pub const FOR_OTHERS: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// For stored files, which come from people: nothing in them may run, either.
pub const FOR_MEDIA: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");

/// For pages that refuse: they have styles, and nothing else.
pub const FOR_REFUSALS: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'none'; \
     base-uri 'none'; frame-ancestors 'none'",
);

const BEFORE_NONCE: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'nonce-";
const AFTER_NONCE: &str = "'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
     font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'; connect-src 'self'";

/// For pages: their own scripts, styles, pictures and calls; inline scripts with the nonce.
pub struct PagePolicy {
    after_nonce: String,
}

impl PagePolicy {
    /// The policy; while `cargo leptos watch` runs, with the address that it reloads through.
    /// Where browsers come over TLS, everything does.
    pub fn new(options: &LeptosOptions, is_secure: bool) -> Self {
        let mut after_nonce = AFTER_NONCE.to_owned();
        if std::env::var_os("LEPTOS_WATCH").is_some() {
            let port = options.reload_external_port.unwrap_or(options.reload_port);
            for host in ["127.0.0.1", "localhost"] {
                let _ = write!(after_nonce, " ws://{host}:{port}");
            }
        }
        if is_secure {
            after_nonce.push_str("; upgrade-insecure-requests");
        }
        Self { after_nonce }
    }

    /// The policy of one answer.
    pub fn with_nonce(&self, nonce: &str) -> HeaderValue {
        let policy = [BEFORE_NONCE, nonce, &self.after_nonce].concat();
        HeaderValue::try_from(policy).unwrap_or(FOR_OTHERS)
    }
}
