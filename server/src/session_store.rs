//! Sessions for the session layer, kept by `kvarten-service`, and the cookie they are held by.

use async_trait::async_trait;
use axum::{
    extract::Request,
    http::{HeaderValue, header::SET_COOKIE},
    middleware::Next,
    response::Response,
};
use kvarten_app::calls::{DEVICE_KEY, DEVICE_KIND, PERSON, SHARED};
use kvarten_domain::{PersonId, Timestamp};
use kvarten_service::{
    Services, now,
    session::{Lifetime, SessionRecord, Sessions, session_key},
};
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// The cookie's name over TLS: browsers take it from this very host only.
const SECURE_COOKIE: &str = "__Host-kvarten";
/// The cookie's name without TLS.
const COOKIE: &str = "kvarten";

/// The name of the session's cookie.
#[must_use]
pub const fn session_cookie_name(is_secure: bool) -> &'static str {
    if is_secure { SECURE_COOKIE } else { COOKIE }
}

/// The session layer. Its cookie ends with the browser, unless
/// [`last_as_long_as_asked`] says otherwise.
pub fn layer(services: &Services, is_secure: bool) -> SessionManagerLayer<SessionTable> {
    SessionManagerLayer::new(SessionTable::of(services))
        .with_name(session_cookie_name(is_secure))
        .with_secure(is_secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnSessionEnd)
}

/// Lets the cookie of one's own device outlive the browser's end, and that of a shared tablet
/// never, whatever changed in the session.
pub async fn last_as_long_as_asked(session: Session, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if session.is_modified() {
        let is_shared = session.get::<bool>(SHARED).await;
        session.set_expiry(Some(match is_shared {
            Ok(Some(false)) => {
                Expiry::OnInactivity(Duration::seconds(Lifetime::OWN.absolute_seconds))
            }
            _ => Expiry::OnSessionEnd,
        }));
    }
    response
}

/// Makes the order to drop the cookie one that browsers take: a name that begins with `__Host-`
/// may not even be dropped without `Secure`, which the layer leaves out there.
pub fn mark_removal_secure(mut response: Response) -> Response {
    let headers = response.headers_mut().iter_mut();
    for (_, cookie) in headers.filter(|(name, _)| **name == SET_COOKIE) {
        let text = cookie.to_str().unwrap_or_default();
        if text.starts_with(SECURE_COOKIE) && !text.contains("; Secure") {
            let secure = HeaderValue::try_from(format!("{text}; Secure"));
            *cookie = secure.unwrap_or_else(|_| cookie.clone());
        }
    }
    response
}

/// The sessions table, as the session layer wants it.
#[derive(Clone, Debug)]
pub struct SessionTable {
    sessions: Sessions,
}

impl SessionTable {
    /// The sessions of a database.
    #[must_use]
    pub fn of(services: &Services) -> Self {
        Self { sessions: Sessions::of(services) }
    }
}

/// A session as it is kept, ending at `expires_at`.
fn kept(record: &Record, expires_at: impl FnOnce(bool) -> Timestamp) -> Result<SessionRecord> {
    let text = |name: &str| record.data.get(name).and_then(Value::as_str);
    let person = text(PERSON);
    let is_shared = record.data.get(SHARED).and_then(Value::as_bool).unwrap_or(false);
    Ok(SessionRecord {
        person: person.and_then(|id| id.parse::<PersonId>().ok()),
        is_shared,
        data: serde_json::to_string(&record.data)
            .map_err(|error| Error::Encode(error.to_string()))?,
        expires_at: expires_at(is_shared),
        kind: text(DEVICE_KIND).unwrap_or_default().to_owned(),
        device_key: text(DEVICE_KEY).map(str::to_owned),
    })
}

fn point_in_time(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(at.0)
}

fn timestamp(at: OffsetDateTime) -> Timestamp {
    let millis = (at - OffsetDateTime::UNIX_EPOCH).whole_milliseconds();
    Timestamp(i64::try_from(millis).unwrap_or(i64::MAX))
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn backend(error: kvarten_service::ServiceError) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for SessionTable {
    /// The layer calls this for a session without an id, which is also one whose id was renewed.
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = now();
        loop {
            let new = kept(record, |is_shared| {
                now.plus_seconds(Lifetime::of(is_shared).absolute_seconds)
            })?;
            let key = session_key(&record.id.to_string());
            if self.sessions.create(&key, &new, now).await.map_err(backend)? {
                record.expiry_date = point_in_time(new.expires_at);
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    /// Keeps what changed in a session that there still is. When it ends was decided when it
    /// began, and one that was ended meanwhile, on this device or another, stays ended.
    async fn save(&self, record: &Record) -> Result<()> {
        let changed = kept(record, |_| timestamp(record.expiry_date))?;
        let key = session_key(&record.id.to_string());
        self.sessions.save(&key, &changed, now()).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let key = session_key(&id.to_string());
        let Some(found) = self.sessions.load(&key, now()).await.map_err(backend)? else {
            return Ok(None);
        };
        let data = serde_json::from_str(&found.data);
        Ok(Some(Record {
            id: *id,
            data: data.map_err(|error| Error::Decode(error.to_string()))?,
            expiry_date: point_in_time(found.expires_at),
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.sessions.delete(&session_key(&id.to_string())).await.map_err(backend)
    }
}
