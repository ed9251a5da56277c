//! Signing in and out.

use leptos::{prelude::*, server_fn::codec::Postcard};

use super::WireError;

/// Signs in with an e-mail address or employee number and a password; `shared` is set on a shared
/// tablet, `till` is where to go then. Returns the path of the page that follows.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "sign_in", output = Postcard)]
pub async fn sign_in(
    #[server(default)] name: String,
    #[server(default)] password: String,
    #[server(default)] shared: Option<String>,
    #[server(default)] till: Option<String>,
) -> Result<String, WireError> {
    use super::{
        ClientAddress, PERSON, SHARED,
        request::{
            form_goes_to, is_form, mark_shared, own_path, pass, remember_locale, remember_menu,
            remember_name, services, session_of_any_page,
        },
    };
    use kvarten_service::{SignedIn, session::Lifetime, visitor::Visitor};
    use tower_sessions::{
        Expiry,
        cookie::time::{Duration, OffsetDateTime},
    };

    let services = services();
    let now = kvarten_service::now();
    let address = use_context::<ClientAddress>().map(|address| address.0).unwrap_or_default();
    let is_shared = shared.is_some();
    let visitor = Visitor::enter(&services, now);
    let found = visitor.sign_in(&name, &password, &address).await;
    if found.is_err() && is_form() && !is_shared {
        remember_name(&name);
    }
    let person = pass(found)?;
    let who = pass(SignedIn::find(&services, person, now).await)?;
    let session = session_of_any_page().await?;
    let expiry = if is_shared {
        Expiry::OnSessionEnd
    } else {
        let lifetime = Duration::seconds(Lifetime::OWN.absolute_seconds);
        Expiry::AtDateTime(OffsetDateTime::now_utc() + lifetime)
    };
    let trouble = |_| super::request::fail(WireError::Unavailable);
    session.clear().await;
    session.cycle_id().await.map_err(trouble)?;
    session.set_expiry(Some(expiry));
    session.insert(PERSON, person).await.map_err(trouble)?;
    session.insert(SHARED, is_shared).await.map_err(trouble)?;
    mark_shared(is_shared);
    remember_menu(&who, is_shared);
    if let Some(locale) = who.locale() {
        remember_locale(locale, is_shared);
    }
    let next = own_path(till.as_deref().unwrap_or("/lar")).to_owned();
    form_goes_to(&next);
    Ok(next)
}

#[cfg(feature = "ssr")]
async fn forget_this_browser() -> Result<(), WireError> {
    use super::{
        SHARED,
        request::{
            fail, forget_locale, forget_menu, is_shared_tablet, leave_for, mark_shared, session,
        },
    };

    let session = session().await?;
    if is_shared_tablet() || matches!(session.get(SHARED).await, Ok(Some(true))) {
        forget_locale();
        mark_shared(false);
    }
    forget_menu();
    session.flush().await.map_err(|_| fail(WireError::Unavailable))?;
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.insert_header(
            http::HeaderName::from_static("clear-site-data"),
            http::HeaderValue::from_static("\"cache\", \"storage\""),
        );
    }
    leave_for("/logga-in?ut=1");
    Ok(())
}

/// Signs out here.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "sign_out", output = Postcard)]
pub async fn sign_out() -> Result<(), WireError> {
    forget_this_browser().await
}

/// Signs out on every device.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "sign_out_everywhere", output = Postcard)]
pub async fn sign_out_everywhere() -> Result<(), WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.sign_out_everywhere().await)?;
    forget_this_browser().await
}
