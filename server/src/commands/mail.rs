//! `kvarten mail …`: whether mail works.

use clap::Subcommand;
use kvarten_domain::{Locale, MailId};
use kvarten_service::new_id;
use lettre::message::Mailbox;

use crate::{Failure, config::Config, mail::Mailer, terminal::say};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Send a mail that only shows that the settings work.
    Try {
        /// The address it goes to
        #[arg(long, value_name = "ADDRESS")]
        to: Mailbox,
    },
}

/// Does what is asked.
pub async fn perform(config: &Config, command: Command) -> Result<(), Failure> {
    let Command::Try { to } = command;
    let mail = config.mail.as_ref().ok_or(Failure::NoMail)?;
    let address = to.email.to_string();
    let id = new_id::<MailId>().to_string();
    Mailer::new(mail, &config.http)?.try_out(&id, to, Locale::Sv).await?;
    say(format_args!("A mail to {address} has been taken by the mail server."));
    Ok(())
}
