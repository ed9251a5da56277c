//! `kvarten person show`, `change` and `role`: who a person is, and what changes about them.

use clap::{ArgGroup, Args, Subcommand};
use kvarten_domain::{Fault, Role};
use kvarten_service::{
    ServiceError,
    operator::{EmailChange, Operator, PersonChange, Place},
};

use super::find;
use crate::{Failure, terminal::say};

/// What is to be changed; the rest stays.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("what").required(true).multiple(true).args(["given_name", "family_name", "email", "no_email", "employee_number"])))]
pub struct Change {
    /// Employee number, e-mail address or id
    who: String,
    /// Given name
    #[arg(long)]
    given_name: Option<String>,
    /// Family name
    #[arg(long)]
    family_name: Option<String>,
    /// E-mail address
    #[arg(long)]
    email: Option<String>,
    /// Take the e-mail address away
    #[arg(long, conflicts_with = "email")]
    no_email: bool,
    /// Employee number: 1–20 letters, digits and hyphens
    #[arg(long)]
    employee_number: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum RoleCommand {
    /// Give a person a role, beside those they have.
    ///
    /// The same role can be held in several units. Ends the person's sessions: they sign in again.
    Add(RoleIn),
    /// Take a role from a person; their other roles stay.
    ///
    /// Ends the person's sessions: they sign in again.
    Remove(RoleIn),
}

#[derive(Args, Debug)]
pub struct RoleIn {
    /// Employee number, e-mail address or id
    who: String,
    /// staff, champion, manager or administrator
    #[arg(value_parser = super::person::role)]
    role: Role,
    /// Name, path or id of the unit it is held in. A manager's role counts for the unit and all below
    /// it, a champion's for the unit. An administrator's is held in the municipality, which is meant
    /// when nothing is said; the other roles need a unit.
    #[arg(long = "in", value_name = "UNIT")]
    unit: Option<String>,
}

/// Writes out who a person is.
pub async fn show(operator: Operator<'_>, who: &str) -> Result<(), Failure> {
    let card = operator.person_card(find::person(operator, who).await?).await?;
    say(format_args!("Id: {}", card.id));
    say(format_args!("Employee number: {}", card.employee_number));
    say(format_args!("Name: {} {}", card.given_name, card.family_name));
    let failed = card.mail_failed.map(|day| format!(" (mail has not arrived, {})", day.iso()));
    let email = card.email.unwrap_or_else(|| "none".to_owned());
    say(format_args!("E-mail: {email}{}", failed.unwrap_or_default()));
    if let Some(day) = card.left {
        say(format_args!("Left: {}", day.iso()));
    }
    let line = |what: &str, place: &Place| {
        let until = place.until.map(|day| format!(" until {}", day.iso())).unwrap_or_default();
        let Place { path, unit, what: as_what, from, .. } = place;
        say(format_args!("{what}: {as_what} in {path} ({unit}) since {}{until}", from.iso()));
    };
    card.employments.iter().for_each(|place| line("Works", place));
    card.roles.iter().for_each(|place| line("Role", place));
    Ok(())
}

/// Changes what is asked for.
pub async fn change(operator: Operator<'_>, change: Change) -> Result<(), Failure> {
    let person = find::person(operator, &change.who).await?;
    let email = match (change.email, change.no_email) {
        (Some(address), _) => EmailChange::To(address),
        (None, true) => EmailChange::Remove,
        (None, false) => EmailChange::Keep,
    };
    let changed = PersonChange {
        employee_number: change.employee_number,
        given_name: change.given_name,
        family_name: change.family_name,
        email,
    };
    operator.change_person(person, &changed).await?;
    say("It has been changed.");
    Ok(())
}

/// What a use case says of a role, in words.
fn refused(error: ServiceError) -> Failure {
    let ServiceError::Invalid { field, fault } = error else { return error.into() };
    let words = match (field, fault) {
        ("person", Fault::Retired) => "they do not work here",
        ("role", Fault::Taken) => "they have that role there",
        ("role", Fault::UnknownOption) => "they do not have that role there",
        ("role", Fault::WrongPlace) => {
            "an administrator is one of the whole municipality, not of a unit: leave --in out"
        }
        (field, fault) => return ServiceError::Invalid { field, fault }.into(),
    };
    Failure::Refused(words.to_owned())
}

/// Gives or takes a role.
pub async fn role(operator: Operator<'_>, command: RoleCommand) -> Result<(), Failure> {
    let (RoleCommand::Add(given) | RoleCommand::Remove(given)) = &command;
    let person = find::person(operator, &given.who).await?;
    let unit = match (&given.unit, given.role) {
        (Some(unit), _) => match &command {
            RoleCommand::Add(_) => find::unit(operator, unit).await?,
            RoleCommand::Remove(_) => find::any_unit(operator, unit).await?,
        },
        (None, Role::Administrator) => operator
            .municipality()
            .await?
            .ok_or_else(|| Failure::Refused("there is no municipality yet".to_owned()))?,
        (None, role) => {
            let role = role.code();
            return Err(Failure::Refused(format!(
                "a {role} is one in a unit: say which, --in UNIT"
            )));
        }
    };
    match command {
        RoleCommand::Add(given) => {
            operator.add_role(person, given.role, unit).await.map_err(refused)?;
            say("They have the role now, and every session of theirs has ended.");
        }
        RoleCommand::Remove(given) => {
            operator.remove_role(person, given.role, unit).await.map_err(refused)?;
            say("They no longer have the role, and every session of theirs has ended.");
        }
    }
    Ok(())
}
