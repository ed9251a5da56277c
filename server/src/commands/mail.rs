//! `kvarten mail …`: whether mail works, and whom it does not reach.

use clap::Subcommand;
use kvarten_domain::{Locale, MailId, email::EmailAddress, person::MailFailureKind};
use kvarten_service::{
    ServiceError, Services, new_id, now,
    operator::{MailProblem, MailTrouble, Operator},
    read_email,
};
use lettre::message::Mailbox;

use super::find;
use crate::{Failure, config::Config, mail::Mailer, opening, terminal::say};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Send a mail that only shows that the settings work.
    Try {
        /// The address it goes to
        #[arg(long, value_name = "ADDRESS", value_parser = address)]
        to: EmailAddress,
    },
    /// Write out whom mail does not reach, and why.
    ///
    /// Employee number, name, address, what is wrong, and id. `kvarten person change WHO --email`
    /// gives another address, `kvarten mail confirm WHO` sends to the one there is again.
    Problems,
    /// Send mail again to an address that was refused: it is right after all.
    Confirm {
        /// Employee number, e-mail address or id
        who: String,
    },
    /// Note that a mail came back from an address: nothing more is sent to it until it is changed or
    /// confirmed, and the person is shown that.
    Bounced {
        /// The address it came back from
        address: String,
    },
}

fn address(text: &str) -> Result<EmailAddress, String> {
    read_email(text).map_err(|_| "it is not an address that mail can be sent to".to_owned())
}

/// Does what is asked.
pub async fn perform(config: &Config, command: Command) -> Result<(), Failure> {
    if let Command::Try { to } = &command {
        return try_out(config, to).await;
    }
    let services = opening::open(config).await?;
    let done = look_after(&services, command).await;
    services.store().close().await;
    done
}

async fn try_out(config: &Config, to: &EmailAddress) -> Result<(), Failure> {
    let mail = config.mail.as_ref().ok_or(Failure::NoMail)?;
    let parsed = to.as_str().parse();
    let parsed = parsed.map_err(|error| Failure::Refused(format!("{}: {error}", to.as_str())))?;
    let id = new_id::<MailId>().to_string();
    let mailer = Mailer::new(mail, &config.http)?;
    mailer.try_out(&id, Mailbox::new(None, parsed), Locale::Sv).await?;
    say(format_args!("A mail to {} has been taken by the mail server.", to.as_str()));
    Ok(())
}

async fn look_after(services: &Services, command: Command) -> Result<(), Failure> {
    let operator = Operator::enter(services, now());
    match command {
        Command::Try { .. } => {}
        Command::Problems => {
            let problems = operator.mail_problems().await?;
            if problems.is_empty() {
                say("No mail is known not to have arrived.");
            }
            for MailProblem { person, employee_number, name, address, trouble } in problems {
                let why = words(trouble);
                say(format_args!("{employee_number}\t{name}\t{address}\t{why}\t{person}"));
            }
        }
        Command::Confirm { who } => {
            operator.confirm_address(find::person(operator, &who).await?).await?;
            say("Mail is sent to the address again.");
        }
        Command::Bounced { address } => {
            operator.note_bounce(&address).await.map_err(|error| match error {
                ServiceError::NotFound => Failure::NobodyCalled(address),
                other => other.into(),
            })?;
            say("Nothing more is sent to the address until it is changed or confirmed.");
        }
    }
    Ok(())
}

fn words(trouble: MailTrouble) -> String {
    match trouble {
        MailTrouble::NoAddress => "it is not an address that mail can be sent to".to_owned(),
        MailTrouble::Failed { kind, code, on } => {
            let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
            let on = on.iso();
            match kind {
                MailFailureKind::Refused => format!("refused for good on {on}{code}"),
                MailFailureKind::GivenUp => {
                    format!("not delivered in many tries, last on {on}{code}; tried again weekly")
                }
            }
        }
    }
}
