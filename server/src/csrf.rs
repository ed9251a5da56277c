//! Nobody else's page may make a browser change anything here: server functions have no guard
//! of their own.
//!
//! Browsers say where a request comes from in `Sec-Fetch-Site`, or, when they are older or the
//! address is not TLS, in `Origin`. What says neither is no browser; it may only act where it
//! brings no session.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, Method, StatusCode, Uri,
        header::{COOKIE, HOST, ORIGIN},
        uri::Authority,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::config::PublicUrl;

const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// Who may send what changes something.
#[derive(Clone)]
pub struct Guard {
    /// The host people use, in case a proxy puts another into `Host`.
    public: Option<Arc<str>>,
}

impl Guard {
    /// The guard of the host that was asked, and of the public address.
    pub fn new(public: Option<&PublicUrl>) -> Self {
        Self { public: public.map(|url| url.authority().into()) }
    }

    fn allows(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
        if method.is_safe() {
            return true;
        }
        if let Some(site) = headers.get(SEC_FETCH_SITE) {
            return site == "same-origin" || site == "none";
        }
        let Some(origin) = headers.get(ORIGIN) else { return !headers.contains_key(COOKIE) };
        let Some((scheme, origin)) = origin.to_str().ok().and_then(|it| it.split_once("://"))
        else {
            return false;
        };
        let default_port = if scheme == "https" { ":443" } else { ":80" };
        let is_origin = |host: &str| {
            let host = host.strip_suffix(default_port).unwrap_or(host);
            origin.strip_suffix(default_port).unwrap_or(origin).eq_ignore_ascii_case(host)
        };
        let asked = headers.get(HOST).map(|host| host.to_str().unwrap_or_default());
        let asked = asked.or_else(|| uri.authority().map(Authority::as_str));
        asked.is_some_and(is_origin) || self.public.as_deref().is_some_and(is_origin)
    }
}

/// Refuses what comes from elsewhere.
pub async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if guard.allows(request.method(), request.uri(), request.headers()) {
        return next.run(request).await;
    }
    tracing::debug!("refused a request from another site");
    (StatusCode::FORBIDDEN, "This came from another site.\n").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const OURS: &str = "http://kvarten.example:3000";
    const PUBLIC: &str = "https://lara.example";

    #[rstest]
    #[case::reading(Method::GET, &[("sec-fetch-site", "cross-site"), ("cookie", "kvarten=1")], true)]
    #[case::head(Method::HEAD, &[("origin", "https://elsewhere.example")], true)]
    #[case::own_page(Method::POST, &[("sec-fetch-site", "same-origin"), ("cookie", "kvarten=1")], true)]
    #[case::typed_address(Method::POST, &[("sec-fetch-site", "none")], true)]
    #[case::subdomain(Method::POST, &[("sec-fetch-site", "same-site"), ("origin", OURS)], false)]
    #[case::elsewhere(Method::POST, &[("sec-fetch-site", "cross-site"), ("origin", OURS)], false)]
    #[case::nonsense(Method::POST, &[("sec-fetch-site", "")], false)]
    #[case::own_origin(Method::POST, &[("origin", OURS), ("cookie", "kvarten=1")], true)]
    #[case::own_origin_in_capitals(Method::POST, &[("origin", "http://KVARTEN.example:3000")], true)]
    #[case::other_port(Method::POST, &[("origin", "http://kvarten.example")], false)]
    #[case::other_origin(Method::POST, &[("origin", "https://elsewhere.example")], false)]
    #[case::longer_origin(Method::POST, &[("origin", "http://kvarten.example:3000.elsewhere.example")], false)]
    #[case::origin_withheld(Method::POST, &[("origin", "null")], false)]
    #[case::public_origin(Method::POST, &[("origin", PUBLIC), ("cookie", "kvarten=1")], true)]
    #[case::public_origin_with_port(Method::PUT, &[("origin", "https://lara.example:443")], true)]
    #[case::public_origin_other_port(Method::PUT, &[("origin", "https://lara.example:80")], false)]
    #[case::program(Method::POST, &[], true)]
    #[case::program_with_a_session(Method::POST, &[("cookie", "kvarten=1")], false)]
    #[case::deleting(Method::DELETE, &[("cookie", "kvarten=1")], false)]
    fn only_our_own_pages_may_change_things(
        #[case] method: Method,
        #[case] sent: &[(&'static str, &'static str)],
        #[case] is_allowed: bool,
    ) {
        let public = PublicUrl::parse(PUBLIC).expect("an address");
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "kvarten.example:3000".parse().expect("a host"));
        for (name, value) in sent {
            headers.insert(*name, value.parse().expect("a value"));
        }
        let guard = Guard::new(Some(&public));
        assert_eq!(guard.allows(&method, &Uri::from_static("/api/x"), &headers), is_allowed);
    }

    #[test]
    fn the_host_of_http_2_stands_in_the_address() {
        let headers =
            HeaderMap::from_iter([(ORIGIN, "https://kvarten.example".parse().expect("it"))]);
        let uri = Uri::from_static("https://kvarten.example/api/x");
        assert!(Guard::new(None).allows(&Method::POST, &uri, &headers));
    }
}
