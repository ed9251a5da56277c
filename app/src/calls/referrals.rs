//! Pointing the way.

use std::collections::BTreeMap;

use kvarten_domain::{
    PersonId, ReferralId,
    overview::Filter,
    referral::{ReferPage, ReferralLine, Referred},
};
use leptos::{prelude::*, server_fn::codec::Postcard};

use super::WireError;

/// Whom to refer: those whom a filter lets through, or some people.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadReferPage, endpoint = "refer_page", input = Postcard, output = Postcard)]
pub async fn refer_page(filter: Filter, people: Vec<PersonId>) -> Result<ReferPage, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.manager().await?.refer_page(&filter, &people, request.locale).await)
}

/// The day that a field holds; nothing where it is empty.
#[cfg(feature = "ssr")]
fn wish(text: &str) -> Result<Option<kvarten_domain::Date>, WireError> {
    use super::request::pass;
    use kvarten_domain::{Date, Fault};
    use kvarten_service::ServiceError;

    match text.trim() {
        "" => Ok(None),
        text => pass(
            Date::from_iso(text).map(Some).ok_or(ServiceError::invalid("wish", Fault::WrongDate)),
        ),
    }
}

/// Refers people to a lesson or a program. They stand in `p` under their ids, each behind an `m`.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "refer", output = Postcard)]
pub async fn refer(
    batch: ReferralId,
    #[server(default)] to: String,
    #[server(default)] note: String,
    #[server(default)] wish: String,
    #[server(default)] p: BTreeMap<String, String>,
) -> Result<Referred, WireError> {
    use super::request::{Request, form_goes_to, pass};
    use kvarten_service::manager::Pointing;

    let request = Request::signed_in().await?;
    let manager = request.manager().await?;
    let people: Vec<PersonId> =
        p.keys().filter_map(|id| id.trim_start_matches('m').parse().ok()).collect();
    let pointing = Pointing { to, note, wish: self::wish(&wish)? };
    let referred = pass(manager.refer(batch, &people, &pointing).await)?;
    form_goes_to(&format!(
        "/enhet/hanvisningar?skickat={}&nej={}",
        referred.sent,
        referred.skipped.len()
    ));
    Ok(referred)
}

/// The referrals of people in the manager's units, or of one of them.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadReferrals, endpoint = "referrals", input = Postcard, output = Postcard)]
pub async fn referrals(person: Option<PersonId>) -> Result<Vec<ReferralLine>, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.manager().await?.referrals(person).await)
}

/// Changes the line and the wish of a referral.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "change_referral", output = Postcard)]
pub async fn change_referral(
    id: ReferralId,
    revision: u32,
    #[server(default)] note: String,
    #[server(default)] wish: String,
) -> Result<(), WireError> {
    use super::request::{Request, form_goes_to, pass};

    let request = Request::signed_in().await?;
    let manager = request.manager().await?;
    pass(manager.change_referral(id, revision, &note, self::wish(&wish)?).await)?;
    form_goes_to("/enhet/hanvisningar?klart=andrad");
    Ok(())
}

/// Withdraws a referral.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "withdraw_referral", output = Postcard)]
pub async fn withdraw_referral(id: ReferralId, revision: u32) -> Result<(), WireError> {
    use super::request::{Request, form_goes_to, pass};

    let request = Request::signed_in().await?;
    pass(request.manager().await?.withdraw_referral(id, revision).await)?;
    form_goes_to("/enhet/hanvisningar?klart=tillbaka");
    Ok(())
}
