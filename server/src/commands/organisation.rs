//! `kvarten unit …` and `kvarten profession …`: where people belong.

use clap::Subcommand;
use kvarten_domain::{Fault, UnitId, unit::UnitKind};
use kvarten_service::{ServiceError, now, operator::Operator};

use super::find;
use crate::{Failure, config::Config, opening, terminal::say};

#[derive(Debug, Subcommand)]
pub enum UnitCommand {
    /// Add a unit to the organisation.
    ///
    /// The municipality comes first and belongs to nothing; below it administrations, below
    /// those operations, below those units. A level may be left out.
    Create {
        /// What it is called; no other unit of the same parent is called that
        name: String,
        /// municipality, administration, operation or unit
        #[arg(long, value_parser = kind, default_value = "unit")]
        kind: UnitKind,
        /// Name, path or id of what it belongs to
        #[arg(long = "in", value_name = "UNIT")]
        above: Option<String>,
    },
    /// Write out the organisation: names, kinds and ids, each unit below what it belongs to.
    List {
        /// Closed units, too
        #[arg(long)]
        closed: bool,
    },
    /// Give a unit another name.
    ///
    /// Everything that happened there stays with it.
    Rename {
        /// Name, path (Vård/Äldreboende/Solgläntan) or id
        unit: String,
        /// What it is called from now on
        name: String,
    },
    /// Let a unit, and everything below it, belong to another.
    ///
    /// Managers of what it belonged to no longer see it; managers of what it belongs to now do.
    Move {
        /// Name, path (Vård/Äldreboende/Solgläntan) or id
        unit: String,
        /// Name, path or id of what it belongs to from now on
        #[arg(long = "in", value_name = "UNIT")]
        above: String,
    },
    /// Close a unit in which no one works any more.
    ///
    /// What happened there stays. No one can be hired into it, and lists to choose from leave it
    /// out. Roles held there end, with the sessions of those who hold them. To merge two units,
    /// move the people of one into the other (`kvarten person move`), then close it.
    Close {
        /// Name, path (Vård/Äldreboende/Solgläntan) or id
        unit: String,
    },
    /// Open a closed unit again, where it was.
    Reopen {
        /// Name, path (Vård/Äldreboende/Solgläntan) or id
        unit: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum ProfessionCommand {
    /// Add a profession that people can have.
    Create {
        /// A short word for it, such as underskoterska
        code: String,
        /// What it is called in Swedish
        #[arg(long)]
        sv: String,
        /// What it is called in English
        #[arg(long)]
        en: String,
    },
    /// Write out the professions: code, Swedish and English name, and id.
    List,
}

fn kind(code: &str) -> Result<UnitKind, String> {
    UnitKind::from_code(code).ok_or_else(|| {
        let codes = UnitKind::ALL.map(UnitKind::code).join(", ");
        format!("there is no such kind; there are: {codes}")
    })
}

/// Does what is asked of the organisation.
pub async fn unit(config: &Config, command: UnitCommand) -> Result<(), Failure> {
    let services = opening::open(config).await?;
    let operator = Operator::enter(&services, now());
    let done = match command {
        UnitCommand::Create { name, kind, above } => {
            create(operator, &name, kind, above.as_deref()).await
        }
        UnitCommand::List { closed } => list(operator, closed).await,
        UnitCommand::Rename { unit, name } => rename(operator, &unit, &name).await,
        UnitCommand::Move { unit, above } => move_below(operator, &unit, &above).await,
        UnitCommand::Close { unit } => close(operator, &unit).await,
        UnitCommand::Reopen { unit } => reopen(operator, &unit).await,
    };
    services.store().close().await;
    done
}

/// What a use case says of a unit, in words.
fn refused(error: ServiceError) -> Failure {
    let ServiceError::Invalid { field, fault } = error else { return error.into() };
    let words = match (field, fault) {
        ("name", Fault::Taken) => "another unit of the same parent has that name",
        ("kind", Fault::WrongPlace) => {
            "a unit of that kind cannot belong there: the order is municipality, administration, \
             operation, unit"
        }
        ("parent", Fault::WrongPlace) => {
            "a unit cannot be moved below itself, and the municipality cannot be moved"
        }
        ("parent", Fault::Retired) => "what it would belong to is closed",
        ("people", Fault::InUse) => {
            "people work there; move them first (`kvarten person list --unit …`, \
             `kvarten person move`)"
        }
        ("units", Fault::InUse) => "units below it are open; close or move them first",
        ("unit", Fault::WrongPlace) => "the municipality cannot be closed",
        ("unit", Fault::Retired) => "the unit is closed",
        ("unit", Fault::Changed) => "the unit is open",
        (field, fault) => return ServiceError::Invalid { field, fault }.into(),
    };
    Failure::Refused(words.to_owned())
}

async fn create(
    operator: Operator<'_>,
    name: &str,
    kind: UnitKind,
    above: Option<&str>,
) -> Result<(), Failure> {
    let above = match above {
        Some(above) => Some(find::unit(operator, above).await?),
        None => None,
    };
    let id = operator.create_unit(name, kind, above).await.map_err(refused)?;
    say(format_args!("{} has been added ({id}).", path_of(operator, id).await?));
    Ok(())
}

async fn path_of(operator: Operator<'_>, id: UnitId) -> Result<String, Failure> {
    let all = operator.units().await?;
    Ok(all.into_iter().find(|unit| unit.id == id).map(|unit| unit.path).unwrap_or_default())
}

async fn list(operator: Operator<'_>, with_closed: bool) -> Result<(), Failure> {
    for unit in operator.units().await? {
        if with_closed || !unit.is_closed {
            let indent = "  ".repeat(unit.depth);
            let closed = if unit.is_closed { "\tclosed" } else { "" };
            say(format_args!("{indent}{}\t{}\t{}{closed}", unit.name, unit.kind.code(), unit.id));
        }
    }
    Ok(())
}

async fn rename(operator: Operator<'_>, unit: &str, name: &str) -> Result<(), Failure> {
    let id = find::any_unit(operator, unit).await?;
    operator.rename_unit(id, name).await.map_err(refused)?;
    say(format_args!("It is called {} now.", path_of(operator, id).await?));
    Ok(())
}

async fn move_below(operator: Operator<'_>, unit: &str, above: &str) -> Result<(), Failure> {
    let id = find::unit(operator, unit).await?;
    let parent = find::unit(operator, above).await?;
    operator.move_unit(id, parent).await.map_err(refused)?;
    say(format_args!("It is {} now.", path_of(operator, id).await?));
    Ok(())
}

async fn close(operator: Operator<'_>, unit: &str) -> Result<(), Failure> {
    let id = find::any_unit(operator, unit).await?;
    operator.close_unit(id).await.map_err(refused)?;
    say("It is closed. What happened there stays; `kvarten unit reopen` opens it again.");
    Ok(())
}

async fn reopen(operator: Operator<'_>, unit: &str) -> Result<(), Failure> {
    let id = find::any_unit(operator, unit).await?;
    operator.reopen_unit(id).await.map_err(refused)?;
    say("It is open again.");
    Ok(())
}

/// Does what is asked of professions.
pub async fn profession(config: &Config, command: ProfessionCommand) -> Result<(), Failure> {
    let services = opening::open(config).await?;
    let operator = Operator::enter(&services, now());
    let done = match command {
        ProfessionCommand::Create { code, sv, en } => {
            let added = operator.create_profession(&code, &sv, &en).await;
            added.map(|id| say(format_args!("{code} has been added ({id}).")))
        }
        ProfessionCommand::List => operator.list_professions().await.map(|all| {
            for one in all {
                say(format_args!("{}\t{}\t{}\t{}", one.code, one.sv, one.en, one.id));
            }
        }),
    };
    services.store().close().await;
    Ok(done?)
}
