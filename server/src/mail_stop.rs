//! Stopping mail: one request, from a mail program or from the page a mail leads to. No sign-in
//! is needed; the word in the address is the proof.
//!
//! A mail program posts `List-Unsubscribe=One-Click`, as form or multipart data, and wants no redirect
//! (RFC 8058, section 3.1). The page's form posts nothing and is led back to the page.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Path, Request, State},
    http::{
        HeaderMap, Method, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Redirect, Response},
};
use kvarten_app::{calls::WireError, letters::stop_path};
use kvarten_service::{ServiceError, Services, now, outbox::stop_mail};

use crate::answers::refusal;

/// The longest body that is looked at, in bytes.
const LONGEST_BODY: usize = 8 * 1024;

/// `POST /mejl/{word}`. The page it leads to says whether mail is stopped, and that there is none for
/// a word that was never sent.
pub async fn stop(
    State(services): State<Services>,
    Path(word): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, WireError::TooLarge);
    };
    let stopped = stop_mail(&services, &word, now()).await;
    if let Err(error) = &stopped
        && !matches!(error, ServiceError::NotFound)
    {
        tracing::error!(%error, "mail was not stopped");
    }
    if is_one_click(&headers, body).await {
        return answer(&stopped);
    }
    let page = stop_path(&word);
    match stopped {
        Ok(()) | Err(ServiceError::NotFound) => Redirect::to(&page).into_response(),
        Err(_) => Redirect::to(&format!("{page}?fel=1")).into_response(),
    }
}

/// What a mail program is told: that it is done, or that it is not. It shows no page.
fn answer(stopped: &Result<(), ServiceError>) -> Response {
    let status = match stopped {
        Ok(()) => StatusCode::OK,
        Err(ServiceError::NotFound) => StatusCode::NOT_FOUND,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, [(CACHE_CONTROL, "no-store")]).into_response()
}

fn is_click(name: &str, value: &str) -> bool {
    name.trim().eq_ignore_ascii_case("list-unsubscribe")
        && value.trim().eq_ignore_ascii_case("one-click")
}

/// Whether a body says `List-Unsubscribe=One-Click`, among whatever else.
async fn is_one_click(headers: &HeaderMap, body: Bytes) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "multipart/form-data" => {
            let Ok(boundary) = multer::parse_boundary(kind) else { return false };
            let parts = as_stream(body);
            let mut parts = multer::Multipart::new(parts, boundary);
            while let Ok(Some(part)) = parts.next_field().await {
                let name = part.name().unwrap_or_default().to_owned();
                let Ok(value) = part.text().await else { return false };
                if is_click(&name, &value) {
                    return true;
                }
            }
            false
        }
        // Some programs leave the type out.
        "application/x-www-form-urlencoded" | "" => {
            form_urlencoded::parse(body.trim_ascii()).any(|(name, value)| is_click(&name, &value))
        }
        _ => false,
    }
}

/// A body that is there, as the stream of it that is asked for.
fn as_stream(body: Bytes) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> {
    futures_util::stream::iter([Ok(body)])
}

/// A request as it may pass the guard against other sites' pages: a mail program in a browser posts
/// from its own. Its body is read and put back; none where the request is another one.
pub async fn one_click(request: Request) -> Option<Request> {
    if request.method() != Method::POST || !request.uri().path().starts_with("/mejl/") {
        return None;
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LONGEST_BODY).await.ok()?;
    if !is_one_click(&parts.headers, body.clone()).await {
        return None;
    }
    Some(Request::from_parts(parts, Body::from(body)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const FORM: &str = "application/x-www-form-urlencoded";

    #[rstest]
    #[case(FORM, "List-Unsubscribe=One-Click", true)]
    #[case("Application/X-WWW-Form-URLencoded; charset=UTF-8", "List-Unsubscribe=One-Click", true)]
    #[case(FORM, "LIST-UNSUBSCRIBE=ONE-CLICK", true)]
    #[case(FORM, "List-Unsubscribe=One-Click\r\n", true)]
    #[case(FORM, "a=b&List-Unsubscribe=One%2DClick&c", true)]
    #[case("", "List-Unsubscribe=One-Click", true)]
    #[case(
        "multipart/form-data; boundary=X",
        "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--X\r\nContent-Disposition: \
         form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--X--\r\n",
        true
    )]
    #[case(
        "Multipart/Form-Data; Boundary=\"a b\"",
        "--a b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n\
         --a b--\r\n",
        true
    )]
    #[case("multipart/form-data", "List-Unsubscribe=One-Click", false)]
    #[case("multipart/form-data; boundary=X", "List-Unsubscribe=One-Click", false)]
    #[case("text/plain", "List-Unsubscribe=One-Click", false)]
    #[case("application/json", "{\"List-Unsubscribe\":\"One-Click\"}", false)]
    #[case(FORM, "", false)]
    #[case(FORM, "List-Unsubscribe=Two-Clicks", false)]
    #[case(FORM, "x=List-Unsubscribe=One-Click", false)]
    #[tokio::test]
    async fn one_click_is_known_by_its_body(
        #[case] kind: &str,
        #[case] body: &'static str,
        #[case] expected: bool,
    ) {
        let mut headers = HeaderMap::new();
        if !kind.is_empty() {
            headers.insert(CONTENT_TYPE, kind.parse().expect("a type"));
        }
        assert_eq!(is_one_click(&headers, Bytes::from_static(body.as_bytes())).await, expected);
    }
}
