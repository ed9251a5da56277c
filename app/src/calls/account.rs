//! One's own account.

use kvarten_domain::person::Account;
use leptos::{prelude::*, server_fn::codec::Postcard};

use super::WireError;

/// One's account and devices.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadAccount, endpoint = "account", input = Postcard, output = Postcard)]
pub async fn account() -> Result<Account, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    let mut account = pass(request.learner()?.account(&request.cookie(), request.locale).await)?;
    account.viewer.is_shared = request.is_shared().await;
    request.remember_menu(account.viewer.is_shared);
    Ok(account)
}

/// Chooses the language: in this browser, and for the person where one is signed in.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "choose_locale", output = Postcard)]
pub async fn choose_locale(
    #[server(default)] lang: String,
    #[server(default)] back: Option<String>,
) -> Result<(), WireError> {
    use super::request::{Request, fail, leave_for, own_path, pass, remember_locale};
    use kvarten_domain::{Fault, Locale};

    let invalid = WireError::Invalid { field: "lang".into(), fault: Fault::UnknownOption };
    let locale = Locale::from_tag(&lang).ok_or_else(|| fail(invalid))?;
    let session = super::request::session().await?;
    let is_signed_in =
        matches!(session.get::<kvarten_domain::PersonId>(super::PERSON).await, Ok(Some(_)));
    let mut is_shared = false;
    if is_signed_in {
        let request = Request::signed_in().await?;
        pass(request.learner()?.choose_locale(locale).await)?;
        is_shared = request.is_shared().await;
    }
    remember_locale(locale, is_shared);
    leave_for(own_path(back.as_deref().unwrap_or("/")));
    Ok(())
}

/// Whether mail is stopped to whoever was sent a word; nobody has to sign in.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadMailStop, endpoint = "mail_stop", input = Postcard, output = Postcard)]
pub async fn mail_stop(word: String) -> Result<bool, WireError> {
    use super::request::{pass, services};

    pass(kvarten_service::outbox::is_mail_stopped(&services()?, &word).await)
}

/// Stops mail to oneself, or has it sent again.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "choose_mail", output = Postcard)]
pub async fn choose_mail(#[server(default)] is_wanted: Option<String>) -> Result<(), WireError> {
    use super::request::{Request, form_goes_to, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.choose_mail(is_wanted.is_some()).await)?;
    form_goes_to("/mer#mail");
    Ok(())
}

/// One's address is right after all: mail is sent to it again.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "confirm_address", output = Postcard)]
pub async fn confirm_address() -> Result<(), WireError> {
    use super::request::{Request, form_goes_to, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.confirm_address().await)?;
    form_goes_to("/mer#mail");
    Ok(())
}

/// Changes the password. The session goes on under a new id: a copy of the old cookie is worth
/// nothing.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "change_password", output = Postcard)]
pub async fn change_password(
    #[server(default)] old_password: String,
    #[server(default)] new_password: String,
) -> Result<(), WireError> {
    use super::request::{Request, fail, form_goes_to, pass};

    let request = Request::signed_in().await?;
    let cookie = request.cookie();
    pass(request.learner()?.change_password(&old_password, &new_password, &cookie).await)?;
    request.session.cycle_id().await.map_err(|_| fail(WireError::Trouble))?;
    form_goes_to("/mer?klart=losenord");
    Ok(())
}

/// Signs out one of one's devices.
///
/// # Errors
/// See [`WireError`].
#[server(endpoint = "end_device", output = Postcard)]
pub async fn end_device(#[server(default)] device: String) -> Result<(), WireError> {
    use super::request::{Request, form_goes_to, pass};

    let request = Request::signed_in().await?;
    pass(request.learner()?.end_device(&device).await)?;
    form_goes_to("/mer?klart=enhet");
    Ok(())
}
