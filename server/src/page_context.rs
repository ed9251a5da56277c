//! What pages and plain forms need of the session: whose page it is, and what a form that was refused
//! held, so that it comes back with everything that was typed and ticked in it.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT, CONTENT_TYPE, LOCATION},
    },
    middleware::Next,
    response::Response,
};
use kvarten_app::{
    PageOwner, RefusedForm,
    calls::{PERSON, WireError, call_name},
};
use kvarten_domain::PersonId;
use kvarten_service::page_owner;
use tower_sessions::Session;

use crate::{answers::refusal, pages::LONGEST_CALL};

/// The session's key for a form that was refused.
const REFUSED: &str = "refused";
/// The name of the hidden field that tells forms of one kind apart, and of what says it in an address.
const ROW: (&str, &str) = ("row", "rad");

async fn person(session: &Session) -> Result<Option<PersonId>, WireError> {
    session.get::<PersonId>(PERSON).await.map_err(WireError::from)
}

/// Finds whose page it is, and what a form held that leads back to it.
pub async fn of_page(session: Session, mut request: Request, next: Next) -> Response {
    // Without the sessions there is no page, and asking once more would only take longer.
    let person = match person(&session).await {
        Ok(person) => person,
        Err(error) => return refusal(StatusCode::SERVICE_UNAVAILABLE, error),
    };
    if let Some(person) = person {
        request.extensions_mut().insert(PageOwner(page_owner(person)));
        let query = request.uri().query().unwrap_or_default();
        if form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "fel")
            && let Ok(Some(form)) = session.remove::<RefusedForm>(REFUSED).await
        {
            request.extensions_mut().insert(form);
        }
    }
    next.run(request).await
}

fn contains(headers: &HeaderMap, name: &axum::http::HeaderName, part: &str) -> bool {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains(part))
}

/// Remembers what a plain form held, where it is refused and led back to its page.
pub async fn of_form(session: Session, request: Request, next: Next) -> Response {
    let is_form = contains(request.headers(), &ACCEPT, "text/html")
        && contains(request.headers(), &CONTENT_TYPE, "application/x-www-form-urlencoded");
    if !is_form {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_CALL).await else {
        return crate::pages::too_much();
    };
    let call = call_name(parts.uri.path()).to_owned();
    let response = next.run(Request::from_parts(parts, Body::from(body.clone()))).await;
    remember(&session, call, &body, response).await
}

async fn remember(
    session: &Session,
    call: String,
    body: &Bytes,
    mut response: Response,
) -> Response {
    let location = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
    let Some(location) = location.filter(|to| to.contains("fel=")).map(str::to_owned) else {
        return response;
    };
    let fields: Vec<(String, String)> = form_urlencoded::parse(body)
        .into_owned()
        .filter(|(name, _)| !name.contains("password"))
        .collect();
    if let Some((_, row)) = fields.iter().find(|(name, _)| name == ROW.0) {
        let (page, anchor) = location.split_once('#').unwrap_or((&location, ""));
        let row: String = form_urlencoded::byte_serialize(row.as_bytes()).collect();
        let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
        if let Ok(to) = HeaderValue::try_from(format!("{page}&{}={row}{anchor}", ROW.1)) {
            response.headers_mut().insert(LOCATION, to);
        }
    }
    if let Ok(Some(_)) = person(session).await
        && let Err(error) = session.insert(REFUSED, RefusedForm { call, fields }).await
    {
        tracing::error!(%error, "a refused form is not remembered");
    }
    response
}
