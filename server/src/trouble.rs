//! The last form of every answer that says no. Whatever in the process refused, fell or took too long:
//! who asked for bytes gets an error that can be read, who asked for a page gets one, and nobody gets
//! nothing. Every answer to a call says that it is ours: what comes from a gateway, a portal or another
//! server in between does not say so.

use std::sync::Arc;

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri,
        header::{
            ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH,
            CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, ETAG, REFERER, RETRY_AFTER,
        },
    },
    middleware::Next,
    response::Response,
};
use kvarten_app::{
    Onward,
    calls::{ANSWER_TYPE, CookieRules, WireError, own_path},
    refusal_page,
};
use leptos::server_fn::error::FromServerFnError;

use crate::{
    answers::{Refused, line_of},
    asking::is_health,
    policy,
};

/// Says that an answer is ours.
const OURS: HeaderName = HeaderName::from_static("kvarten-answer");
/// In how many seconds to come back when there is too much to do.
const LATER: HeaderValue = HeaderValue::from_static("5");
/// Longer paths are not led back to.
const LONGEST_WAY_BACK: usize = 2_048;

/// What refusals are drawn with.
#[derive(Clone)]
pub struct Troubles {
    style: Arc<str>,
    cookies: CookieRules,
}

/// What of a request its refusal depends on.
struct Asked {
    method: Method,
    uri: Uri,
    accept: Option<HeaderValue>,
    kind: Option<HeaderValue>,
    languages: Option<HeaderValue>,
    cookies: Option<HeaderValue>,
    referer: Option<HeaderValue>,
}

fn text(value: Option<&HeaderValue>) -> &str {
    value.and_then(|value| value.to_str().ok()).unwrap_or_default()
}

impl Asked {
    fn of(request: &Request) -> Self {
        let header = |name| request.headers().get(name).cloned();
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            accept: header(ACCEPT),
            kind: header(CONTENT_TYPE),
            languages: header(ACCEPT_LANGUAGE),
            cookies: header(COOKIE),
            referer: header(REFERER),
        }
    }

    fn is_call(&self) -> bool {
        let path = self.uri.path();
        path == "/api" || path.starts_with("/api/")
    }

    fn wants_page(&self) -> bool {
        text(self.accept.as_ref()).contains("text/html")
    }

    fn wants_bytes(&self) -> bool {
        let accept = text(self.accept.as_ref());
        !self.wants_page()
            && (accept.contains("octet-stream")
                || accept.contains("postcard")
                || text(self.kind.as_ref()).contains("postcard"))
    }

    /// The page a form stood on.
    fn form_page(&self) -> String {
        let referer = text(self.referer.as_ref());
        let path =
            referer.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        let path = path.and_then(|path| path.split('#').next()).unwrap_or("/lar");
        if path.len() > LONGEST_WAY_BACK { "/lar".to_owned() } else { own_path(path).to_owned() }
    }

    fn onward(&self, error: &WireError) -> Onward {
        if matches!(error, WireError::SignedOut | WireError::WrongSignIn) {
            return Onward::SignIn;
        }
        if !self.method.is_safe() {
            return Onward::Again(self.form_page());
        }
        let here = self.uri.path_and_query().map_or("/lar", |it| it.as_str());
        let is_lasting = matches!(
            error,
            WireError::Denied | WireError::NotFound | WireError::TooLarge | WireError::Foreign
        );
        if is_lasting || here.len() > LONGEST_WAY_BACK {
            return Onward::Learn;
        }
        Onward::Again(own_path(here).to_owned())
    }
}

/// What a status means that came without words.
fn meaning_of(status: StatusCode) -> WireError {
    match status.as_u16() {
        401 => WireError::SignedOut,
        403 => WireError::Denied,
        404 | 405 | 410 => WireError::NotFound,
        408 | 503 | 504 => WireError::Busy,
        413 | 414 | 431 => WireError::TooLarge,
        421 => WireError::Foreign,
        400..=499 => {
            WireError::Invalid { field: String::new(), fault: kvarten_domain::Fault::Malformed }
        }
        _ => WireError::Trouble,
    }
}

/// Whether an answer is of a kind, and there is anything in it.
fn is_of_kind(response: &Response, kind: &str) -> bool {
    !is_empty(response) && text(response.headers().get(CONTENT_TYPE)).contains(kind)
}

fn is_empty(response: &Response) -> bool {
    response.body().size_hint().exact() == Some(0)
}

impl Troubles {
    /// With the styles at a path of the site.
    pub fn new(style: &str, cookies: CookieRules) -> Self {
        Self { style: style.into(), cookies }
    }

    fn page(&self, asked: &Asked, error: &WireError) -> String {
        let locale =
            self.cookies.locale(text(asked.cookies.as_ref()), text(asked.languages.as_ref()));
        refusal_page(locale, &self.style, error, asked.onward(error))
    }

    /// Gives a refusal the form that was asked for, unless it has that already.
    fn formed(&self, asked: &Asked, response: Response) -> Response {
        let status = response.status();
        let refused = response.extensions().get::<Refused>();
        let error = refused.map_or_else(|| meaning_of(status), |refused| refused.0.clone());
        let (kind, body) = if asked.is_call() && asked.wants_bytes() {
            if is_of_kind(&response, ANSWER_TYPE) {
                return response;
            }
            (ANSWER_TYPE, Body::from(error.ser()))
        } else if asked.wants_page() && !is_health(asked.uri.path()) {
            if is_of_kind(&response, "text/html") {
                return response;
            }
            ("text/html; charset=utf-8", Body::from(self.page(asked, &error)))
        } else if is_empty(&response) {
            ("text/plain; charset=utf-8", Body::from(line_of(&error)))
        } else {
            return response;
        };
        let (mut parts, _) = response.into_parts();
        describe(&mut parts.headers, kind);
        Response::from_parts(parts, body)
    }
}

fn describe(headers: &mut HeaderMap, kind: &'static str) {
    for name in [CONTENT_LENGTH, CONTENT_ENCODING, ETAG, CACHE_CONTROL] {
        headers.remove(name);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if kind.starts_with("text/html") {
        headers.insert(CONTENT_SECURITY_POLICY, policy::FOR_REFUSALS);
    }
}

/// Gives every answer its last form.
pub async fn give_form(State(troubles): State<Troubles>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let mut response = next.run(request).await;
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        response = troubles.formed(&asked, response);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().entry(RETRY_AFTER).or_insert(LATER);
        }
    }
    if asked.is_call() {
        response.headers_mut().insert(OURS, HeaderValue::from_static("1"));
    }
    response
}
