//! What a request must be before anything is done for it: not longer than anybody needs, and to this
//! very host.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, header::HOST, uri::Authority},
    middleware::Next,
    response::Response,
};
use kvarten_app::calls::WireError;

use crate::{answers::refusal, config::PublicUrl};

/// The longest address, in bytes.
const LONGEST_ADDRESS: usize = 4 * 1024;
/// The same where an address holds many people, and where it holds such an address to come back to.
const LONGEST_OF_PEOPLE: usize = 8 * 1024;
/// Pages whose addresses may be as long as that.
const OF_PEOPLE: [&str; 2] = ["/enhet/hanvisa", "/logga-in"];
/// The most values in an address. A page knows a dozen, and compares each with each.
const MOST_VALUES: usize = 64;
/// The longest headers, in bytes: all names and values together.
const LONGEST_HEADERS: usize = 16 * 1024;

/// Whether a path is of those who look after the process.
pub fn is_health(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz")
}

/// What is asked here.
#[derive(Clone)]
pub struct Asking {
    /// The name of the host that people use, where one is set.
    public: Option<Arc<str>>,
}

/// The name of a host, without its port and in lower case.
fn name_of(authority: &Authority) -> String {
    let name = authority.host().trim_end_matches('.');
    name.to_ascii_lowercase()
}

/// Whether a name is that of this machine, or an address.
fn is_literal(name: &str) -> bool {
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    name == "localhost" || bare.parse::<IpAddr>().is_ok()
}

/// The one host that a request is sent to; none where it names none, several, or what is no host.
fn asked_host(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let mut lines = headers.get_all(HOST).iter();
    let authority = match (lines.next(), lines.next(), uri.authority()) {
        (Some(line), None, in_address) => {
            let line: Authority = line.to_str().ok()?.parse().ok()?;
            // Where the address names a host, too, they say the same.
            if in_address.is_some_and(|it| !it.as_str().eq_ignore_ascii_case(line.as_str())) {
                return None;
            }
            line
        }
        // HTTP/2 has it in the address alone.
        (None, None, Some(authority)) => authority.clone(),
        _ => return None,
    };
    let text = authority.as_str();
    let after_name = text.rsplit(']').next().unwrap_or(text);
    let is_port_sound = !after_name.contains(':') || authority.port_u16().is_some();
    let is_sound = !text.contains('@') && !authority.host().is_empty() && is_port_sound;
    is_sound.then(|| name_of(&authority))
}

impl Asking {
    /// Where people come to the public address, if there is one.
    pub fn new(public: Option<&PublicUrl>) -> Self {
        let name = |url: &PublicUrl| url.authority().parse().ok().map(|it| name_of(&it).into());
        Self { public: public.and_then(name) }
    }

    fn refuses(&self, uri: &Uri, headers: &HeaderMap) -> Option<(StatusCode, WireError)> {
        let path = uri.path();
        let query = uri.query().unwrap_or_default();
        let longest = if OF_PEOPLE.contains(&path) { LONGEST_OF_PEOPLE } else { LONGEST_ADDRESS };
        let values = query.bytes().filter(|byte| *byte == b'&').count();
        if path.len() + query.len() > longest || values >= MOST_VALUES {
            return Some((StatusCode::URI_TOO_LONG, WireError::TooLarge));
        }
        let length = headers.iter().map(|(name, value)| name.as_str().len() + value.len());
        if length.sum::<usize>() > LONGEST_HEADERS {
            return Some((StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, WireError::TooLarge));
        }
        let Some(host) = asked_host(uri, headers) else {
            return Some((StatusCode::BAD_REQUEST, WireError::Foreign));
        };
        let public = self.public.as_deref()?;
        // Who looks after the process asks it by its address.
        let is_ours = host == public || (is_health(path) && is_literal(&host));
        (!is_ours).then_some((StatusCode::MISDIRECTED_REQUEST, WireError::Foreign))
    }
}

/// Refuses what is too long, and what is sent to another host.
pub async fn heed(State(asking): State<Asking>, request: Request, next: Next) -> Response {
    match asking.refuses(request.uri(), request.headers()) {
        None => next.run(request).await,
        Some((status, error)) => {
            tracing::debug!(status = status.as_u16(), "refused a request as it was asked");
            refusal(status, error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::as_it_is(&["lara.example"], "/lar", None)]
    #[case::with_a_port(&["lara.example:443"], "/lar", None)]
    #[case::in_capitals(&["LARA.Example."], "/lar", None)]
    #[case::missing(&[], "/lar", Some(400))]
    #[case::twice(&["lara.example", "lara.example"], "/lar", Some(400))]
    #[case::empty(&[""], "/lar", Some(400))]
    #[case::with_a_blank(&["lara.example x"], "/lar", Some(400))]
    #[case::with_a_path(&["lara.example/x"], "/lar", Some(400))]
    #[case::with_a_user(&["u@lara.example"], "/lar", Some(400))]
    #[case::several_in_one(&["lara.example, elsewhere.example"], "/lar", Some(400))]
    #[case::no_port(&["lara.example:http"], "/lar", Some(400))]
    #[case::port_too_large(&["lara.example:99999"], "/lar", Some(400))]
    #[case::foreign(&["elsewhere.example"], "/lar", Some(421))]
    #[case::longer(&["lara.example.elsewhere.example"], "/lar", Some(421))]
    #[case::by_address(&["127.0.0.1:3000"], "/lar", Some(421))]
    #[case::health_by_address(&["10.0.0.9:3000"], "/healthz", None)]
    #[case::health_by_address_of_six(&["[::1]:3000"], "/readyz", None)]
    #[case::health_by_name(&["localhost:3000"], "/healthz", None)]
    #[case::health_of_another(&["elsewhere.example"], "/healthz", Some(421))]
    #[case::health_of_nothing(&[], "/healthz", Some(400))]
    #[case::in_the_address(&["lara.example"], "http://lara.example/lar", None)]
    #[case::another_in_the_address(&["lara.example"], "http://elsewhere.example/lar", Some(400))]
    #[case::in_the_address_alone(&[], "http://lara.example/lar", None)]
    fn one_host_is_asked(
        #[case] lines: &[&'static str],
        #[case] address: &'static str,
        #[case] expected: Option<u16>,
    ) {
        let public = PublicUrl::parse("https://lara.example").expect("an address");
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HOST, line.parse().expect("a value"));
        }
        let refused = Asking::new(Some(&public)).refuses(&Uri::from_static(address), &headers);
        assert_eq!(refused.map(|(status, _)| status.as_u16()), expected);
        if expected == Some(421) {
            let anywhere = Asking::new(None).refuses(&Uri::from_static(address), &headers);
            assert_eq!(anywhere.map(|(status, _)| status.as_u16()), None);
        }
    }

    #[rstest]
    #[case::usual("/enhet?namn=a&yrke=b".into(), None)]
    #[case::long(format!("/lar?sok={}", "a".repeat(5_000)), Some(414))]
    #[case::long_path(format!("/lar/{}", "a/".repeat(2_500)), Some(414))]
    #[case::many_values(format!("/lar?{}", "a&".repeat(64)), Some(414))]
    #[case::of_people(format!("/enhet/hanvisa?person={}", "a".repeat(6_000)), None)]
    #[case::too_many_people(format!("/enhet/hanvisa?person={}", "a".repeat(9_000)), Some(414))]
    fn an_address_has_a_longest_length(#[case] address: String, #[case] expected: Option<u16>) {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "lara.example".parse().expect("a host"));
        let address = address.parse().expect("an address");
        let refused = Asking::new(None).refuses(&address, &headers);
        assert_eq!(refused.map(|(status, _)| status.as_u16()), expected);
    }
}
