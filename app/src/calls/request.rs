//! What a call knows of its request.

use http::{StatusCode, header, request::Parts};
use kvarten_domain::{Locale, PersonId, Role, Timestamp};
use kvarten_service::{
    Services, SignedIn, administrator::Administrator, learner::Learner, manager::Manager,
    page_owner,
};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use tower_sessions::Session;

use super::{
    OWNER_HEADER, OWNER_QUERY, PERSON, SHARED, WireError, call_name,
    cookies::{self, Kept, keep, kept},
};

/// Where a request comes from, as far as the proxies in front are believed.
#[derive(Clone, Debug)]
pub struct ClientAddress(pub String);

/// A signed-in person's request.
pub(super) struct Request {
    pub(super) services: Services,
    pub(super) session: Session,
    who: SignedIn,
    now: Timestamp,
    pub(super) locale: Locale,
}

/// The services of a call.
///
/// # Errors
/// [`WireError::Trouble`] once the page it was made for is dropped.
pub(super) fn services() -> Result<Services, WireError> {
    use_context::<Services>().ok_or(WireError::Trouble)
}

/// The session of the calling browser, without checking the page's owner. Only sign-in may use it.
pub(super) async fn session_of_any_page() -> Result<Session, WireError> {
    let parts = use_context::<Parts>().ok_or(WireError::Trouble)?;
    // The session layer is around every route.
    parts.extensions.get::<Session>().cloned().ok_or_else(|| fail(WireError::Trouble))
}

/// The session of the browser that calls.
///
/// # Errors
/// [`WireError::OtherPerson`] where the page belongs to a person other than the one who is signed in
/// now: nothing that is done on it may be done in another's name.
pub(super) async fn session() -> Result<Session, WireError> {
    let session = session_of_any_page().await?;
    if let Some(owner) = claimed_owner() {
        let person: Option<PersonId> =
            session.get(PERSON).await.map_err(|error| fail(error.into()))?;
        if person.is_some_and(|person| page_owner(person) != owner) {
            return Err(fail(WireError::OtherPerson));
        }
    }
    Ok(session)
}

/// Whose page a call says it comes from: in a header, or for plain forms in the address.
fn claimed_owner() -> Option<String> {
    let parts = use_context::<Parts>()?;
    let header = parts.headers.get(OWNER_HEADER).and_then(|value| value.to_str().ok());
    header.map(str::to_owned).or_else(|| {
        let mut pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        pairs.find(|(name, _)| name == OWNER_QUERY).map(|(_, value)| value.into_owned())
    })
}

pub(super) fn header_of(name: header::HeaderName) -> Option<String> {
    let parts = use_context::<Parts>()?;
    parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// Whether a plain form or link asks, not the script.
pub(super) fn is_form() -> bool {
    header_of(header::ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

/// The language of a request: the one remembered in its cookie, or the browser's.
#[must_use]
pub fn request_locale() -> Locale {
    kept(cookies::LOCALE).and_then(|tag| Locale::from_tag(&tag)).unwrap_or_else(|| {
        Locale::negotiate(&header_of(header::ACCEPT_LANGUAGE).unwrap_or_default())
    })
}

/// Remembers a language in the browser: for a year, or on a shared tablet until it is closed.
pub(super) fn remember_locale(locale: Locale, is_shared: bool) {
    keep(cookies::LOCALE, locale.tag(), if is_shared { Kept::ThisTime } else { Kept::YEAR });
}

/// Remembers what was typed as the name, for the page that a plain form is led back to. It stays
/// out of the address, which others may read.
pub(super) fn remember_name(name: &str) {
    let name: String = name.chars().take(100).collect();
    keep(cookies::TYPED_NAME, &name, Kept::Seconds(60));
}

fn menu_of(who: &SignedIn) -> String {
    let has = |role: Role| who.has(role);
    let mut menu = Vec::new();
    menu.extend(has(Role::Manager).then_some("unit"));
    menu.extend(has(Role::Administrator).then_some("map"));
    menu.join(" ")
}

/// Remembers which places of the menu somebody has, beyond those of everybody. It opens nothing:
/// every page asks for the right itself.
pub(super) fn remember_menu(who: &SignedIn, is_shared: bool) {
    let menu = menu_of(who);
    if menu != self::menu() {
        let kept = match (menu.is_empty(), is_shared) {
            (true, _) => Kept::Seconds(0),
            (false, true) => Kept::ThisTime,
            (false, false) => Kept::YEAR,
        };
        keep(cookies::MENU, &menu, kept);
    }
}

/// The places of the menu beyond those of everybody, as the browser remembers them.
#[must_use]
pub fn menu() -> String {
    kept(cookies::MENU).unwrap_or_default()
}

/// Forgets them, with whoever they were for.
pub(super) fn forget_menu() {
    if !menu().is_empty() {
        keep(cookies::MENU, "", Kept::Seconds(0));
    }
}

/// Marks the browser of a shared tablet, so that pages leave the screen when nobody uses it, or
/// takes the mark away.
pub(super) fn mark_shared(is_shared: bool) {
    if is_shared {
        keep(cookies::SHARED, "1", Kept::ThisTime);
    } else if is_shared_tablet() {
        keep(cookies::SHARED, "", Kept::Seconds(0));
    }
}

/// Whether the browser is that of a shared tablet.
#[must_use]
pub fn is_shared_tablet() -> bool {
    kept(cookies::SHARED).is_some()
}

/// The cookie of a known device.
pub(super) fn device_cookie() -> Option<String> {
    kept(cookies::DEVICE)
}

/// Remembers the device in its cookie.
pub(super) fn remember_device(cookie: &str) {
    keep(cookies::DEVICE, cookie, Kept::Seconds(kvarten_service::known_device::LIFETIME_SECONDS));
}

/// Removes the device's cookie: a shared tablet is nobody's own.
pub(super) fn forget_device() {
    if device_cookie().is_some() {
        keep(cookies::DEVICE, "", Kept::Seconds(0));
    }
}

/// Forgets the language, which was somebody's.
pub(super) fn forget_locale() {
    keep(cookies::LOCALE, "", Kept::Seconds(0));
}

/// What was typed as the name in the form that was refused just now. It is told once.
#[must_use]
pub fn typed_name() -> Option<String> {
    let name = kept(cookies::TYPED_NAME)?;
    keep(cookies::TYPED_NAME, "", Kept::Seconds(0));
    Some(name)
}

/// Leads the browser to a path of this site.
pub fn leave_for(path: &str) {
    leptos_axum::redirect(path);
}

/// A path of this site, or the start where it is anything else.
#[must_use]
pub fn own_path(path: &str) -> &str {
    let is_own = path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    if is_own { path } else { "/lar" }
}

/// The path of the page a form stood on, and what stands behind its question mark.
fn form_page() -> (String, String) {
    let referer = header_of(header::REFERER).unwrap_or_default();
    let page = referer.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    let page = page.unwrap_or("/lar").split('#').next().unwrap_or_default();
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    (own_path(path).to_owned(), query.to_owned())
}

/// What the address of a page says of how a form went: why it was refused, which form and which row
/// of several it was, or what was done.
const OUTCOMES: [&str; 6] = ["fel", "form", "rad", "klart", "nej", "skickat"];

/// The address of the page a form stood on, to show an error there. What the page was asked for – a
/// unit, a filter, where to go after signing in – stays in it.
fn form_page_with(error: &WireError) -> String {
    let (path, query) = form_page();
    let asked = form_urlencoded::parse(query.as_bytes());
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(asked.filter(|(name, _)| !OUTCOMES.contains(&name.as_ref())))
        .append_pair("fel", &error.code())
        .append_pair("form", call_name(&called_path()))
        .finish();
    format!("{path}?{query}")
}

/// The path that was called.
fn called_path() -> String {
    use_context::<Parts>().map(|parts| parts.uri.path().to_owned()).unwrap_or_default()
}

/// Where to sign in again, and to come back to the page a form stood on. The page says that what
/// the form held was not received.
fn sign_in_page() -> String {
    let (path, query) = form_page();
    let asked = form_urlencoded::parse(query.as_bytes());
    let kept = asked.filter(|(name, _)| !OUTCOMES.contains(&name.as_ref()));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    let page = if query.is_empty() { path } else { format!("{path}?{query}") };
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("till", &page)
        .append_pair("ej", call_name(&called_path()))
        .finish();
    format!("/logga-in?{query}")
}

/// Puts an error into the response: as a status for the script, as a redirect back for a form.
pub(super) fn fail(error: WireError) -> WireError {
    let is_call = use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/api/"));
    if let Some(response) = use_context::<ResponseOptions>() {
        if is_call && is_form() {
            if error == WireError::SignedOut {
                leave_for(&sign_in_page());
                return error;
            }
            leave_for(&form_page_with(&error));
        } else if is_call || error.status() != StatusCode::UNAUTHORIZED {
            response.set_status(error.status());
        }
    }
    error
}

/// Passes on what a service says.
pub(super) fn pass<T>(result: Result<T, kvarten_service::ServiceError>) -> Result<T, WireError> {
    result.map_err(|error| fail(error.into()))
}

/// Leads a plain form on to a path; the script stays where it is.
pub(super) fn form_goes_to(path: &str) {
    if is_form() {
        leave_for(own_path(path));
    }
}

impl Request {
    /// The request of somebody signed in.
    pub(super) async fn signed_in() -> Result<Self, WireError> {
        let services = services()?;
        let session = session().await?;
        let now = kvarten_service::now();
        let person: Option<PersonId> =
            session.get(PERSON).await.map_err(|error| fail(error.into()))?;
        let Some(person) = person else { return Err(fail(WireError::SignedOut)) };
        let who = pass(SignedIn::find(&services, person, now).await)?;
        let request = Self { services, session, who, now, locale: request_locale() };
        // Somebody's part may have changed since they signed in.
        if menu_of(&request.who) != menu() {
            request.remember_menu(request.is_shared().await);
        }
        Ok(request)
    }

    /// As a learner.
    pub(super) fn learner(&self) -> Result<Learner<'_>, WireError> {
        pass(Learner::enter(&self.services, &self.who, self.now))
    }

    /// As a manager.
    pub(super) async fn manager(&self) -> Result<Manager<'_>, WireError> {
        pass(Manager::enter(&self.services, &self.who, self.now).await)
    }

    /// As an administrator.
    pub(super) fn administrator(&self) -> Result<Administrator<'_>, WireError> {
        pass(Administrator::enter(&self.services, &self.who, self.now))
    }

    /// Remembers which places of the menu this person has, beyond those of everybody.
    pub(super) fn remember_menu(&self, is_shared: bool) {
        remember_menu(&self.who, is_shared);
    }

    /// The value of the session's cookie.
    pub(super) fn cookie(&self) -> String {
        self.session.id().map(|id| id.to_string()).unwrap_or_default()
    }

    /// Whether this is a shared tablet.
    pub(super) async fn is_shared(&self) -> bool {
        matches!(self.session.get(SHARED).await, Ok(Some(true)))
    }
}
