//! Standing referrals.

use kvarten_domain::{StandingId, UnitId, standing::StandingPage};
use leptos::{prelude::*, server_fn::codec::Postcard};

use super::WireError;

/// What stands in the manager's units.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, name = ReadStanding, endpoint = "standing", input = Postcard, output = Postcard)]
pub async fn standing() -> Result<StandingPage, WireError> {
    use super::request::{Request, pass};

    let request = Request::signed_in().await?;
    pass(request.manager().await?.standing(request.locale).await)
}

/// Makes a standing referral.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "make_standing", output = Postcard)]
pub async fn make_standing(
    id: StandingId,
    unit: UnitId,
    #[server(default)] profession: String,
    #[server(default)] to: String,
    #[server(default)] note: String,
    #[server(default)] days: String,
) -> Result<(), WireError> {
    use super::request::{Request, form_goes_to, pass};
    use kvarten_domain::Fault;
    use kvarten_service::{ServiceError, manager::Standing};

    let request = Request::signed_in().await?;
    let manager = request.manager().await?;
    let days = match days.trim() {
        "" => None,
        days => {
            let malformed = ServiceError::invalid("days", Fault::Malformed);
            Some(pass(days.parse::<u16>().map_err(|_| malformed))?)
        }
    };
    let profession = Some(profession).filter(|code| !code.is_empty());
    let standing = Standing { id, unit, profession, to, note, days };
    pass(manager.make_standing(&standing).await)?;
    form_goes_to("/enhet/staende?klart=gjord");
    Ok(())
}

/// Ends a standing referral.
///
/// # Errors
/// See [`WireError`].
#[server(client = super::KvartenClient, endpoint = "end_standing", output = Postcard)]
pub async fn end_standing(id: StandingId) -> Result<(), WireError> {
    use super::request::{Request, form_goes_to, pass};

    let request = Request::signed_in().await?;
    pass(request.manager().await?.end_standing(id).await)?;
    form_goes_to("/enhet/staende?klart=slut");
    Ok(())
}
