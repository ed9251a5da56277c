//! `kvarten unit …` and `kvarten profession …`: where people belong, before there are any.

use clap::Subcommand;
use kvarten_domain::{UnitId, unit::UnitKind};
use kvarten_service::{ServiceError, now, operator::Operator};

use crate::{Failure, config::Config, opening, terminal::say};

#[derive(Debug, Subcommand)]
pub enum UnitCommand {
    /// Add a unit to the organisation.
    ///
    /// The municipality comes first and stands below nothing; below it administrations, below
    /// those operations, below those units.
    Create {
        /// What it is called
        name: String,
        /// municipality, administration, operation or unit
        #[arg(long, value_parser = kind, default_value = "unit")]
        kind: UnitKind,
        /// Name or id of what it belongs to
        #[arg(long = "in", value_name = "UNIT")]
        above: Option<String>,
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
}

fn kind(code: &str) -> Result<UnitKind, String> {
    UnitKind::from_code(code).ok_or_else(|| {
        let codes = UnitKind::ALL.map(UnitKind::code).join(", ");
        format!("there is no such kind; there are: {codes}")
    })
}

/// Adds a unit.
pub async fn unit(config: &Config, command: UnitCommand) -> Result<(), Failure> {
    let UnitCommand::Create { name, kind, above } = command;
    let services = opening::open(config).await?;
    let added = add_unit(Operator::enter(&services, now()), &name, kind, above.as_deref()).await;
    services.store().close().await;
    say(format_args!("{name} has been added ({}).", added?));
    Ok(())
}

async fn add_unit(
    operator: Operator<'_>,
    name: &str,
    kind: UnitKind,
    above: Option<&str>,
) -> Result<UnitId, ServiceError> {
    let above = match above {
        Some(above) => Some(operator.find_unit(above).await?),
        None => None,
    };
    operator.create_unit(name, kind, above).await
}

/// Adds a profession.
pub async fn profession(config: &Config, command: ProfessionCommand) -> Result<(), Failure> {
    let ProfessionCommand::Create { code, sv, en } = command;
    let services = opening::open(config).await?;
    let added = Operator::enter(&services, now()).create_profession(&code, &sv, &en).await;
    services.store().close().await;
    added?;
    say(format_args!("{code} has been added."));
    Ok(())
}
