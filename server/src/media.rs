//! Stored files, for those who are signed in: whole or in part, and once per browser.

use axum::{
    extract::{Path, Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
            IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED, RANGE,
        },
    },
    response::{IntoResponse, Response},
};
use kvarten_app::calls::SHARED;
use kvarten_domain::MediaId;
use kvarten_service::{
    ServiceError, Services,
    learner::{Learner, StoredFile},
    now,
};
use tower::ServiceExt;
use tower_http::services::ServeFile;
use tower_sessions::Session;

use crate::{
    answers::{Refusal, Trouble, signed_in},
    policy,
};

/// What is stored under an id never changes. `private`, for it is shown to those signed in only.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// On a shared tablet nothing is kept.
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");
/// Kinds that a page shows itself; others are saved.
const SHOWN: [&str; 3] = ["video/", "image/", "text/vtt"];

/// `/media/{id}`.
pub async fn media(
    State(services): State<Services>,
    Path(id): Path<String>,
    session: Session,
    mut request: Request,
) -> Result<Response, Refusal> {
    let refusal = Refusal::of(request.headers());
    let file = find(&services, &session, &id).await.map_err(&refusal)?;
    let tag = HeaderValue::try_from(format!("\"{}\"", file.sha256))
        .map_err(|_| refusal(ServiceError::NotFound.into()))?;
    let mut response = if is_known(request.headers(), &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        heed_the_tag_only(request.headers_mut(), &tag);
        let served = ServeFile::new(&file.path).oneshot(request).await;
        served.unwrap_or_else(|never| match never {}).into_response()
    };
    let status = response.status();
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        let is_shared = matches!(session.get(SHARED).await, Ok(Some(true)));
        describe(response.headers_mut(), &file, tag, if is_shared { NOT_KEPT } else { KEPT });
    }
    Ok(response)
}

async fn find(services: &Services, session: &Session, id: &str) -> Result<StoredFile, Trouble> {
    let who = signed_in(services, session).await?;
    let id: MediaId = id.parse().map_err(|_| ServiceError::NotFound)?;
    Ok(Learner::enter(services, &who, now())?.media(id).await?)
}

/// Whether the browser has it already.
fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut tags = known.flat_map(|line| line.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// Leaves a part only to those whose other parts are of the same file, and no word to the date
/// at which a file came onto this disk.
fn heed_the_tag_only(headers: &mut HeaderMap, tag: &HeaderValue) {
    if headers.get(IF_RANGE).is_some_and(|of| of != tag) {
        headers.remove(RANGE);
    }
    headers.remove(IF_MODIFIED_SINCE);
    headers.remove(IF_UNMODIFIED_SINCE);
}

fn describe(headers: &mut HeaderMap, file: &StoredFile, tag: HeaderValue, kept: HeaderValue) {
    headers.remove(LAST_MODIFIED);
    headers.insert(ETAG, tag);
    headers.insert(CACHE_CONTROL, kept);
    headers.insert(CONTENT_SECURITY_POLICY, policy::FOR_MEDIA);
    let mime = HeaderValue::try_from(&file.mime);
    headers
        .insert(CONTENT_TYPE, mime.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(CONTENT_DISPOSITION, disposition(file));
}

fn disposition(file: &StoredFile) -> HeaderValue {
    if SHOWN.iter().any(|kind| file.mime.starts_with(kind)) {
        return HeaderValue::from_static("inline");
    }
    let name = format!("attachment; filename*=UTF-8''{}", percent_encoded(&file.name));
    HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("attachment"))
}

/// As RFC 8187 has it for names in headers.
fn percent_encoded(name: &str) -> String {
    use std::fmt::Write;

    let mut encoded = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("video/mp4", "film.mp4", "inline")]
    #[case("text/vtt", "film.sv.vtt", "inline")]
    #[case(
        "application/pdf",
        "Fickkort e-post.pdf",
        "attachment; filename*=UTF-8''Fickkort%20e-post.pdf"
    )]
    #[case("application/pdf", "å\"\r\n.pdf", "attachment; filename*=UTF-8''%C3%A5%22%0D%0A.pdf")]
    fn what_a_page_cannot_show_is_saved(
        #[case] mime: &str,
        #[case] name: &str,
        #[case] expected: &str,
    ) {
        let file = StoredFile {
            path: "x".into(),
            sha256: String::new(),
            name: name.to_owned(),
            mime: mime.to_owned(),
            size: 1,
        };
        assert_eq!(disposition(&file), expected);
    }
}
