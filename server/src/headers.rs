//! Headers of every answer, after the OWASP Secure Headers Project.

use axum::{
    http::{
        HeaderName, HeaderValue,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            X_CONTENT_TYPE_OPTIONS, X_DNS_PREFETCH_CONTROL, X_FRAME_OPTIONS,
        },
    },
    response::Response,
};

use crate::{config::HttpConfig, policy};

/// What no page needs. Names that browsers do not know would be complained of in their consoles.
const DENIED: &str = "accelerometer=(), camera=(), display-capture=(), \
     encrypted-media=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), \
     screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

/// The same for every answer. `Referrer-Policy` leaves our own pages the referrer: forms without
/// scripts are sent back to where they were filled in by it.
const ALWAYS: [(HeaderName, HeaderValue); 9] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(DENIED)),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-embedder-policy"),
        HeaderValue::from_static("require-corp"),
    ),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (X_DNS_PREFETCH_CONTROL, HeaderValue::from_static("off")),
    (
        HeaderName::from_static("x-permitted-cross-domain-policies"),
        HeaderValue::from_static("none"),
    ),
];

/// A year; the host has been asked for over TLS once already.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");
/// What is not said to be kept may hold what only one person should see.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Adds the headers to an answer; its own policy and caching stay.
pub fn adder(http: &HttpConfig) -> impl Fn(Response) -> Response + Clone + Send + Sync + 'static {
    let is_secure = http.is_secure();
    move |mut response| {
        let headers = response.headers_mut();
        headers.reserve(ALWAYS.len() + 3);
        for (name, value) in ALWAYS {
            headers.insert(name, value);
        }
        headers.entry(CONTENT_SECURITY_POLICY).or_insert(policy::FOR_OTHERS);
        headers.entry(CACHE_CONTROL).or_insert(NO_STORE);
        if is_secure {
            headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
        }
        response
    }
}
