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
        ClientAddress,
        request::{device_cookie, form_goes_to, is_form, own_path, pass, remember_name, services},
    };
    use kvarten_service::visitor::{Origin, Visitor};

    let services = services()?;
    let now = kvarten_service::now();
    let address = use_context::<ClientAddress>().map(|address| address.0).unwrap_or_default();
    let is_shared = shared.is_some();
    let device = device_cookie();
    let origin = Origin { address: &address, device: device.as_deref(), is_shared };
    let found = Visitor::enter(&services, now).sign_in(&name, &password, origin).await;
    if found.is_err() && is_form() && !is_shared {
        remember_name(&name);
    }
    begin_session(pass(found)?, is_shared, device.as_deref()).await?;
    let next = own_path(till.as_deref().unwrap_or("/lar")).to_owned();
    form_goes_to(&next);
    Ok(next)
}

/// Begins a session for somebody whose password was right, under a new id, and has the browser
/// remember what it may.
#[cfg(feature = "ssr")]
async fn begin_session(
    person: kvarten_domain::PersonId,
    is_shared: bool,
    device: Option<&str>,
) -> Result<(), WireError> {
    use super::{
        DEVICE_KEY, DEVICE_KIND, PERSON, SHARED,
        request::{
            fail, forget_device, header_of, mark_shared, pass, remember_device, remember_locale,
            remember_menu, services, session_of_any_page,
        },
    };
    use kvarten_service::{SignedIn, device_kind, known_device, session::Lifetime};
    use tower_sessions::{
        Expiry,
        cookie::time::{Duration, OffsetDateTime},
    };

    let services = services()?;
    let now = kvarten_service::now();
    let who = pass(SignedIn::find(&services, person, now).await)?;
    let trouble = |error: tower_sessions::session::Error| fail(error.into());
    let session = session_of_any_page().await?;
    session.clear().await;
    session.cycle_id().await.map_err(trouble)?;
    session.set_expiry(Some(if is_shared {
        Expiry::OnSessionEnd
    } else {
        let lifetime = Duration::seconds(Lifetime::OWN.absolute_seconds);
        Expiry::AtDateTime(OffsetDateTime::now_utc() + lifetime)
    }));
    session.insert(PERSON, person).await.map_err(trouble)?;
    session.insert(SHARED, is_shared).await.map_err(trouble)?;
    let kind = device_kind(&header_of(http::header::USER_AGENT).unwrap_or_default());
    session.insert(DEVICE_KIND, kind).await.map_err(trouble)?;
    if is_shared {
        forget_device();
    } else {
        let known = pass(known_device::remember(&services, device, person, now).await)?;
        session.insert(DEVICE_KEY, known.key).await.map_err(trouble)?;
        remember_device(&known.cookie);
    }
    mark_shared(is_shared);
    remember_menu(&who, is_shared);
    if let Some(locale) = who.locale() {
        remember_locale(locale, is_shared);
    }
    Ok(())
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
    if let Ok(Some(person)) = session.get(super::PERSON).await {
        kvarten_service::session::signed_out(&super::request::services()?, person).await;
    }
    session.flush().await.map_err(|error| fail(error.into()))?;
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

/// Signs out on every device, and has the devices forgotten.
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
