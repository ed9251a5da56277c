//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use kvarten_service::{now, operator::Operator};

use crate::{
    Failure,
    commands::{backup, demo, mail, organisation, person, restore},
    config::Config,
    logging, opening, private_files, serve,
    terminal::{say, say_aside},
};

const SETTINGS: &str = "\
Settings, from the environment or from the file that KVARTEN_CONFIG names (or kvarten.toml in
the current folder; the key there is given in brackets):
  KVARTEN_DATA             folder of the database and stored files; data  [data]
  DATABASE_URL             sqlite:PATH or postgres://…; kvarten.db in the data folder
                           [database_url]
  LEPTOS_SITE_ADDR         address to listen on; 127.0.0.1:3000  [site_addr]
  LEPTOS_SITE_ROOT         folder of the built site; target/site  [site_root]
  KVARTEN_PUBLIC_URL       the address people use, such as https://kvarten.example; with
                           https, cookies are Secure  [public_url]
  KVARTEN_TRUSTED_PROXIES  how many proxies in front add to X-Forwarded-For; 0
                           [trusted_proxies]
  KVARTEN_TIME_ZONE        where days and weeks begin; Europe/Stockholm  [time_zone]
  KVARTEN_MAIL_URL         the mail server, such as smtps://user:password@smtp.example; without
                           one no mail is sent  [mail_url]
  KVARTEN_MAIL_FROM        who mail is from: Kvarten <kvarten@kommun.example>  [mail_from]
  KVARTEN_LOG              what is logged, such as warn or kvarten_server=debug; info  [log]
  KVARTEN_LOG_FORMAT       text or json; text  [log_format]";

/// Kvarten, a municipality's digital training bank.
#[derive(Debug, Parser)]
#[command(name = "kvarten", version, after_long_help = SETTINGS, after_help = "`kvarten --help` lists the settings, too.")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the application until stopped.
    ///
    /// Refuses a database that is not up to date (run `kvarten migrate` first) or that a newer
    /// version wrote. Stops on Ctrl-C or SIGTERM after finishing the requests it has.
    Serve,
    /// Bring the database up to date, or make it.
    ///
    /// Run it once after installing and after every upgrade; `kvarten backup` first.
    Migrate,
    /// Fill an empty database with a made-up municipality.
    ///
    /// Units, people, lessons and some months of use, always the same for the same number of
    /// people. Everybody in it has a password that anybody can look up: never do this to a
    /// database that real people will use.
    Demo(demo::Arguments),
    /// Add and change people, roles, passwords and employments; hand out and erase what is stored.
    #[command(subcommand)]
    Person(person::Command),
    /// Add, list, rename, move and close parts of the organisation.
    #[command(subcommand)]
    Unit(organisation::UnitCommand),
    /// Add and list professions that people can have.
    #[command(subcommand)]
    Profession(organisation::ProfessionCommand),
    /// See whether mail works, and whom it does not reach.
    #[command(subcommand)]
    Mail(mail::Command),
    /// Copy the database and the stored files into a folder.
    ///
    /// May be run while the server runs. An SQLite database becomes a file with the date and
    /// time in its name; from PostgreSQL one is made with `pg_dump` in its custom format. Stored
    /// files are added to the folder's media/. Nothing in the folder is ever overwritten. The copy
    /// holds no sessions. Two backups into one folder wait for each other.
    Backup(backup::Arguments),
    /// Put a copy of the database and its stored files in place.
    ///
    /// Refused while a server or another command uses the data folder. Ends every session, erases
    /// again who has been erased since, and takes passwords that have been replaced since from
    /// those who had them. An SQLite database that is there gets another name; a PostgreSQL
    /// database must be empty.
    Restore(restore::Arguments),
}

/// Does what the command line says.
#[must_use]
pub fn run() -> ExitCode {
    private_files::set_mask();
    match perform(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say_aside(format_args!("error: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn perform(command: Command) -> Result<(), Failure> {
    if let Command::Demo(arguments) = &command
        && arguments.accounts
    {
        return demo::print_accounts();
    }
    let config = Config::load()?;
    logging::start(&config.log);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::System("the process cannot start", error))?;
    runtime.block_on(async {
        match command {
            Command::Serve => serve::serve(config).await,
            Command::Migrate => migrate(&config).await,
            Command::Demo(arguments) => demo::fill(&config, &arguments).await,
            Command::Person(command) => person::perform(&config, command).await,
            Command::Unit(command) => organisation::unit(&config, command).await,
            Command::Profession(command) => organisation::profession(&config, command).await,
            Command::Mail(command) => mail::perform(&config, command).await,
            Command::Backup(arguments) => Box::pin(backup::back_up(&config, &arguments)).await,
            Command::Restore(arguments) => Box::pin(restore::restore(&config, &arguments)).await,
        }
    })
}

async fn migrate(config: &Config) -> Result<(), Failure> {
    let services = opening::connect(config).await?;
    services.store().migrate().await?;
    opening::reconcile(&services).await?;
    // What was accepted as an address before may be none that mail can be sent to.
    let wrong = Operator::enter(&services, now()).mend_addresses().await?;
    for person in &wrong {
        tracing::warn!(%person, "the e-mail address cannot be used; `kvarten mail problems` says why");
    }
    services.store().close().await;
    say(format_args!("The database {} is up to date.", config.database));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
