//! No page of another site may make a browser change anything here: server functions have no guard
//! of their own.
//!
//! Browsers say where a request comes from in `Sec-Fetch-Site`, or, when they are older or the
//! address is not TLS, in `Origin`. What says neither is no browser; it may only act where it
//! brings no session.
//!
//! Reading may change something, too: who looks at others is noted, and what was pointed to is seen.
//! So a session is read only for what its person does: for pages that are opened, and for what our own
//! pages ask for. (Decision 013.)

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, Method, StatusCode, Uri,
        header::{COOKIE, HOST, ORIGIN},
        uri::Authority,
    },
    middleware::Next,
    response::Response,
};
use kvarten_app::calls::WireError;

use crate::{answers::refusal, config::PublicUrl, mail_stop};

const SEC_FETCH_SITE: &str = "sec-fetch-site";
const SEC_FETCH_MODE: &str = "sec-fetch-mode";
const SEC_FETCH_DEST: &str = "sec-fetch-dest";
/// How browsers say that they ask in advance, today and in older versions.
const IN_ADVANCE: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

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
    // Stopping mail takes a word that only its reader has, and no session.
    if let Some(request) = mail_stop::one_click(request).await {
        return next.run(request).await;
    }
    tracing::debug!("refused a request from another site");
    refusal(StatusCode::FORBIDDEN, WireError::Foreign)
}

/// What is read with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Pages, and files that are saved.
    Pages,
    /// Stored files, which pages show.
    Media,
}

/// What becomes of a request that reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Read,
    /// As if nobody were signed in.
    ReadAsNobody,
    /// It comes from elsewhere, and nobody has opened it.
    Foreign,
    /// Nobody has opened it yet.
    TooEarly,
}

impl Reading {
    fn judge(self, method: &Method, headers: &HeaderMap) -> Verdict {
        if !method.is_safe() || !headers.contains_key(COOKIE) {
            return Verdict::Read;
        }
        let word = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let is_in_advance = |name: &&str| {
            let said = word(name).unwrap_or_default().to_ascii_lowercase();
            ["prefetch", "prerender", "preview"].iter().any(|purpose| said.contains(purpose))
        };
        if IN_ADVANCE.iter().any(is_in_advance) {
            return Verdict::TooEarly;
        }
        let dest = word(SEC_FETCH_DEST);
        match word(SEC_FETCH_SITE) {
            // An older browser, or none; a page of ours; an address that was typed.
            None | Some("same-origin" | "none") => match (self, dest) {
                (Self::Media, _) | (Self::Pages, None | Some("document" | "empty")) => {}
                _ => return Verdict::Foreign,
            },
            // A link there that was followed is opened here.
            Some(_) if word(SEC_FETCH_MODE) == Some("navigate") && dest == Some("document") => {}
            Some(_) => return Verdict::Foreign,
        }
        // Nothing is seen of a page of which only the head is sent.
        let is_seen = self == Self::Media || *method == Method::GET;
        if is_seen { Verdict::Read } else { Verdict::ReadAsNobody }
    }
}

/// Reads a session only for what its person does.
pub async fn read_by_the_person(
    State(reading): State<Reading>,
    mut request: Request,
    next: Next,
) -> Response {
    match reading.judge(request.method(), request.headers()) {
        Verdict::Read => next.run(request).await,
        Verdict::ReadAsNobody => {
            request.headers_mut().remove(COOKIE);
            next.run(request).await
        }
        Verdict::Foreign => refusal(StatusCode::FORBIDDEN, WireError::Foreign),
        // Browsers throw such an answer away, and ask again when the page is opened.
        Verdict::TooEarly => refusal(StatusCode::SERVICE_UNAVAILABLE, WireError::Busy),
    }
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

    const OPENED: [(&str, &str); 2] =
        [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];

    #[rstest]
    #[case::program(&[], Verdict::Read)]
    #[case::typed(&[("sec-fetch-site", "none"), OPENED[0], OPENED[1]], Verdict::Read)]
    #[case::own_link(&[("sec-fetch-site", "same-origin"), OPENED[0], OPENED[1]], Verdict::Read)]
    #[case::own_script(&[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "empty")], Verdict::Read)]
    #[case::link_elsewhere(&[("sec-fetch-site", "cross-site"), OPENED[0], OPENED[1]], Verdict::Read)]
    #[case::link_next_door(&[("sec-fetch-site", "same-site"), OPENED[0], OPENED[1]], Verdict::Read)]
    #[case::nothing_more(&[("sec-fetch-site", "cross-site")], Verdict::Foreign)]
    #[case::picture_next_door(&[("sec-fetch-site", "same-site"), ("sec-fetch-dest", "image")], Verdict::Foreign)]
    #[case::frame(&[("sec-fetch-site", "cross-site"), OPENED[0], ("sec-fetch-dest", "iframe")], Verdict::Foreign)]
    #[case::script_elsewhere(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), OPENED[1]], Verdict::Foreign)]
    #[case::nonsense(&[("sec-fetch-site", "x")], Verdict::Foreign)]
    #[case::own_picture(&[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "image")], Verdict::Foreign)]
    #[case::picture_by_itself(&[("sec-fetch-dest", "image")], Verdict::Foreign)]
    #[case::in_advance(&[("sec-purpose", "prefetch"), ("sec-fetch-site", "none")], Verdict::TooEarly)]
    #[case::drawn_in_advance(&[("sec-purpose", "prefetch;prerender")], Verdict::TooEarly)]
    #[case::older(&[("purpose", "Prefetch")], Verdict::TooEarly)]
    fn a_session_is_read_for_what_its_person_does(
        #[case] sent: &[(&'static str, &'static str)],
        #[case] expected: Verdict,
    ) {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.insert(*name, value.parse().expect("a value"));
        }
        assert_eq!(Reading::Pages.judge(&Method::GET, &headers), Verdict::Read, "signed out");
        headers.insert(COOKIE, "kvarten=1".parse().expect("a cookie"));
        assert_eq!(Reading::Pages.judge(&Method::GET, &headers), expected);
        let head = Reading::Pages.judge(&Method::HEAD, &headers);
        assert_eq!(head, if expected == Verdict::Read { Verdict::ReadAsNobody } else { expected });
    }

    #[test]
    fn our_pages_show_stored_files() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "kvarten=1".parse().expect("a cookie"));
        headers.insert(SEC_FETCH_SITE, "same-origin".parse().expect("a word"));
        headers.insert(SEC_FETCH_DEST, "video".parse().expect("a word"));
        assert_eq!(Reading::Media.judge(&Method::GET, &headers), Verdict::Read);
        assert_eq!(Reading::Media.judge(&Method::HEAD, &headers), Verdict::Read);
        headers.insert(SEC_FETCH_SITE, "same-site".parse().expect("a word"));
        assert_eq!(Reading::Media.judge(&Method::GET, &headers), Verdict::Foreign);
    }
}
