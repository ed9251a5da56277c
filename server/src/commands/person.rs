//! `kvarten person …`.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use kvarten_domain::{Fault, Role};
use kvarten_service::{
    ServiceError, now,
    operator::{NewPerson, Operator},
};

use super::{file_failure, find, person_facts};
use crate::{
    Failure,
    cells::harmless,
    config::Config,
    opening,
    terminal::{confirm, read_new_password, say},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add a person.
    ///
    /// Without --stdin they have no password yet; `kvarten person password` gives them one.
    Create(Create),
    /// Write out who works in a unit: employee number, name and id, by name.
    List {
        /// Name, path (Vård/Äldreboende/Solgläntan) or id of the unit
        #[arg(long)]
        unit: String,
    },
    /// Write out who a person is: id, names, address, where they work and have worked, and roles.
    Show {
        /// Employee number, e-mail address or id
        who: String,
    },
    /// Change a person's names, e-mail address or employee number.
    ///
    /// What they have shown stays theirs.
    Change(person_facts::Change),
    /// Give and take roles: several for one person, in several units.
    #[command(subcommand)]
    Role(person_facts::RoleCommand),
    /// Give a person a new password and end their sessions.
    ///
    /// Asks for it twice on the terminal; with --stdin it is the first line of standard input.
    Password {
        /// Employee number, e-mail address or id
        who: String,
        /// Read the password from standard input
        #[arg(long)]
        stdin: bool,
    },
    /// Note that a person works here no more.
    ///
    /// Ends their employment, roles and sessions. What is kept about them is erased two years later.
    Leave {
        /// Employee number, e-mail address or id
        who: String,
    },
    /// Note that somebody works in another unit or as something else from now on.
    ///
    /// What they have shown goes with them. Every role they had ends, in all units; those given
    /// here begin (`kvarten person role` gives and takes single ones). Ends their sessions.
    Move(Return),
    /// Note that somebody who has left works here again.
    ///
    /// They find what they had shown. `kvarten person password` gives them a password.
    Return(Return),
    /// Write out everything that is kept about a person, as JSON.
    Export {
        /// Employee number, e-mail address or id
        who: String,
        /// A new file, which only you may read, instead of standard output
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Erase a person for good.
    ///
    /// What their unit has earned through them stays with the unit, without a name.
    Erase {
        /// Employee number, e-mail address or id
        who: String,
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
}

/// Where somebody works, and as what.
#[derive(Args, Debug)]
pub struct Post {
    /// Name, path (Vård/Äldreboende/Solgläntan) or id of the unit they belong to
    #[arg(long)]
    unit: String,
    /// Code or id of their profession
    #[arg(long)]
    profession: String,
    /// A role they have in that unit: staff, champion or manager; may be repeated. An administrator
    /// is one of the whole municipality: the role is given here to who belongs to the municipality
    /// itself, and to others with `kvarten person role add WHO administrator`
    #[arg(long = "role", value_name = "ROLE", value_parser = role, default_value = "staff")]
    roles: Vec<Role>,
}

#[derive(Args, Debug)]
pub struct Create {
    /// Employee number: 1–20 letters, digits and hyphens
    #[arg(long)]
    employee_number: String,
    /// E-mail address
    #[arg(long)]
    email: Option<String>,
    /// Given name
    #[arg(long)]
    given_name: String,
    /// Family name
    #[arg(long)]
    family_name: String,
    #[command(flatten)]
    post: Post,
    /// Read a first password from standard input
    #[arg(long)]
    stdin: bool,
}

#[derive(Args, Debug)]
pub struct Return {
    /// Employee number, e-mail address or id
    who: String,
    #[command(flatten)]
    post: Post,
}

pub fn role(code: &str) -> Result<Role, String> {
    Role::from_code(code).ok_or_else(|| {
        let codes = Role::ALL.map(Role::code).join(", ");
        format!("there is no such role; there are: {codes}")
    })
}

/// Does what is asked of a person's data.
pub async fn perform(config: &Config, command: Command) -> Result<(), Failure> {
    let services = match command {
        Command::List { .. } | Command::Export { .. } => opening::open_to_read(config).await?,
        _ => opening::open(config).await?,
    };
    let operator = Operator::enter(&services, now());
    let done = match command {
        Command::Create(new) => create(operator, new).await,
        Command::List { unit } => list(operator, &unit).await,
        Command::Show { who } => person_facts::show(operator, &who).await,
        Command::Change(change) => person_facts::change(operator, change).await,
        Command::Role(command) => person_facts::role(operator, command).await,
        Command::Password { who, stdin } => set_password(operator, &who, stdin).await,
        Command::Leave { who } => leave(operator, &who).await,
        Command::Move(to) => move_to(operator, &to).await,
        Command::Return(back) => come_back(operator, &back).await,
        Command::Export { who, to } => export(operator, &who, to.as_deref()).await,
        Command::Erase { who, yes } => erase(operator, &who, yes).await,
    };
    services.store().close().await;
    done
}

/// What a use case says of a place to work in, in words.
fn refused(error: ServiceError) -> Failure {
    let ServiceError::Invalid { field, fault } = error else { return error.into() };
    let words = match (field, fault) {
        ("role", Fault::WrongPlace) => {
            "an administrator is one of the whole municipality, not of a unit; leave the role out \
             here, then: `kvarten person role add WHO administrator`"
        }
        ("person", Fault::Retired) => "they do not work here",
        ("person", Fault::Taken) => "they work here already",
        (field, fault) => return ServiceError::Invalid { field, fault }.into(),
    };
    Failure::Refused(words.to_owned())
}

async fn create(operator: Operator<'_>, new: Create) -> Result<(), Failure> {
    let password = if new.stdin { Some(read_new_password(true)?) } else { None };
    let name = format!("{} {}", new.given_name, new.family_name);
    let person = NewPerson {
        employee_number: new.employee_number,
        email: new.email,
        given_name: new.given_name,
        family_name: new.family_name,
        unit: find::unit(operator, &new.post.unit).await?.to_string(),
        profession: new.post.profession,
        roles: new.post.roles,
        password,
    };
    let id = operator.create_person(&person).await.map_err(refused)?;
    say(format_args!("{name} has been added ({id})."));
    Ok(())
}

async fn list(operator: Operator<'_>, unit: &str) -> Result<(), Failure> {
    let unit = find::any_unit(operator, unit).await?.to_string();
    for person in operator.list_people(&unit).await? {
        say(format_args!("{}\t{}\t{}", person.employee_number, harmless(&person.name), person.id));
    }
    Ok(())
}

async fn set_password(operator: Operator<'_>, who: &str, stdin: bool) -> Result<(), Failure> {
    find::person(operator, who).await?;
    let password = read_new_password(stdin)?;
    operator.set_password(who, &password).await?;
    say("The password has been changed, and every session of theirs ended.");
    Ok(())
}

async fn leave(operator: Operator<'_>, who: &str) -> Result<(), Failure> {
    let person = find::person(operator, who).await?;
    operator.end_employment(person).await.map_err(|error| match error {
        ServiceError::NotFound => Failure::Refused("they do not work here".to_owned()),
        other => other.into(),
    })?;
    say("They work here no more, and every session of theirs has ended.");
    Ok(())
}

async fn move_to(operator: Operator<'_>, to: &Return) -> Result<(), Failure> {
    let person = find::person(operator, &to.who).await?;
    let Post { unit, profession, roles } = &to.post;
    let unit = find::unit(operator, unit).await?.to_string();
    operator.move_person(person, &unit, profession, roles).await.map_err(refused)?;
    say("They have moved, and every session of theirs has ended.");
    Ok(())
}

async fn come_back(operator: Operator<'_>, back: &Return) -> Result<(), Failure> {
    let person = find::person(operator, &back.who).await?;
    let Post { unit, profession, roles } = &back.post;
    let unit = find::unit(operator, unit).await?.to_string();
    operator.employ_again(person, &unit, profession, roles).await.map_err(refused)?;
    say("They work here again.");
    Ok(())
}

async fn export(operator: Operator<'_>, who: &str, to: Option<&Path>) -> Result<(), Failure> {
    let person = find::person(operator, who).await?;
    let data = format!("{:#}", operator.export_person(person).await?);
    let Some(file) = to else {
        say(data);
        return Ok(());
    };
    let new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let mut new = new.map_err(|error| file_failure(file, error))?;
    let written = writeln!(new, "{data}").and_then(|()| new.sync_all());
    written.map_err(|error| {
        let _ = fs::remove_file(file);
        file_failure(file, error)
    })
}

async fn erase(operator: Operator<'_>, who: &str, is_sure: bool) -> Result<(), Failure> {
    let person = find::person(operator, who).await?;
    if !is_sure {
        confirm(&format!("Erase {who} for good?"))?;
    }
    operator.erase_person(person).await?;
    let list = operator.services().revocations();
    if list.read().map_err(|error| file_failure(list.file(), error))?.needs_scrub() {
        say(
            "Erased. Others are reading the database; what its file still holds of them goes within ten \
             minutes while the server runs, or when it starts.",
        );
    } else {
        say("Erased.");
    }
    Ok(())
}
