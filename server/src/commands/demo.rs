//! `kvarten demo`.

use clap::Args;
use kvarten_service::{now, operator::Operator};

use crate::{Failure, config::Config, demo_content, opening, terminal::say};

#[derive(Args, Debug)]
pub struct Arguments {
    /// How many people there are
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(5..=100_000))]
    people: u32,
    /// For measurements: how many systems there are, which everybody needs; those the demonstration
    /// does not have are made up
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=200))]
    systems: Option<u32>,
    /// Leave a database that is not empty as it is, without complaint
    #[arg(long)]
    if_empty: bool,
    /// Fill the database even though `KVARTEN_PUBLIC_URL` leads to another machine: all accounts in it have
    /// a public password
    #[arg(long)]
    public_demonstration: bool,
    /// Print whom one can sign in as, as JSON, and do nothing else
    #[arg(long)]
    pub accounts: bool,
}

/// Prints the accounts of the demonstration.
pub fn print_accounts() -> Result<(), Failure> {
    let accounts = demo_content::town().accounts();
    let json = serde_json::to_string_pretty(&accounts);
    say(json.map_err(|error| Failure::Refused(error.to_string()))?);
    Ok(())
}

/// Fills an empty database.
pub async fn fill(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    let services = opening::open(config).await?;
    if !Operator::enter(&services, now()).is_empty().await? {
        services.store().close().await;
        return if arguments.if_empty { Ok(()) } else { Err(not_empty(config)) };
    }
    if !arguments.public_demonstration
        && let Some(url) = config.http.public_url.as_ref().filter(|url| !url.is_of_this_machine())
    {
        services.store().close().await;
        return Err(Failure::Refused(format!(
            "{url} can be reached from other machines, and all accounts of the demonstration have a public \
             password; say --public-demonstration if that is what you want"
        )));
    }
    let people = usize::try_from(arguments.people).unwrap_or(usize::MAX);
    let systems = arguments.systems.and_then(|systems| usize::try_from(systems).ok());
    demo_content::load_wide(&services, people, systems.unwrap_or(0), now()).await?;
    services.store().close().await;
    say(format_args!("The database {} holds a made-up municipality.", config.database));
    Ok(())
}

fn not_empty(config: &Config) -> Failure {
    Failure::Refused(format!(
        "the database {} is not empty, and the demonstration goes into an empty one only; name \
         another folder with KVARTEN_DATA, or remove the database",
        config.database
    ))
}
