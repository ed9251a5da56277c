//! Why a command ended without doing its work, in a line for whoever ran it.

use std::{io, net::SocketAddr, path::PathBuf};

use kvarten_domain::Fault;
use kvarten_service::{ServiceError, StoreError};
use thiserror::Error;

use crate::config::Faults;

/// Why a command ended without doing its work.
#[derive(Debug, Error)]
pub enum Failure {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] Faults),
    /// The data folder cannot be made or written to.
    #[error("the data folder `{}` cannot be written to: {error} (KVARTEN_DATA names another)", folder.display())]
    DataFolder {
        /// Which.
        folder: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The database cannot be used.
    #[error("{}", store_sentence(.0))]
    Store(#[from] StoreError),
    /// The database could no longer be written to.
    #[error("{0}")]
    StorageFailed(String),
    /// The address cannot be listened on.
    #[error("{}", address_sentence(*address, error))]
    Address {
        /// Which.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// The site's files have no names.
    #[error("the site is not built (`scripts/build` does it): {}: {error}", path.display())]
    Site {
        /// The file that should hold their hashes.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The site's files are not where they should be.
    #[error("the site's folder does not hold this program's files (LEPTOS_SITE_ROOT names another): {}: {error}", path.display())]
    SiteRoot {
        /// The first file that is missing.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A use case refused.
    #[error("{}", service_sentence(.0))]
    Service(#[from] ServiceError),
    /// There is no such person.
    #[error("no one has the employee number, e-mail address or id `{0}`")]
    NobodyCalled(String),
    /// A file that cannot be read or written.
    #[error("{}: {error}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The mail server.
    #[error("{}", mail_sentence(.0))]
    Mail(lettre::transport::smtp::Error),
    /// No mail server is set.
    #[error("no mail server is set (KVARTEN_MAIL_URL and KVARTEN_MAIL_FROM name one)")]
    NoMail,
    /// The system refused something else.
    #[error("{0}: {1}")]
    System(&'static str, io::Error),
    /// Anything else there is a sentence for.
    #[error("{0}")]
    Refused(String),
}

fn store_sentence(error: &StoreError) -> String {
    match error {
        StoreError::Database(error) => format!("the database cannot be used: {error}"),
        other => other.to_string(),
    }
}

fn address_sentence(address: SocketAddr, error: &io::Error) -> String {
    let other = "LEPTOS_SITE_ADDR names another address";
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("something else is listening on {address} already; stop it, or: {other}")
        }
        _ => format!("cannot listen on {address}: {error} ({other})"),
    }
}

fn mail_sentence(error: &lettre::transport::smtp::Error) -> String {
    let reason = std::error::Error::source(error).map(|reason| format!(" ({reason})"));
    format!("the mail server did not take it: {error}{}", reason.unwrap_or_default())
}

fn service_sentence(error: &ServiceError) -> String {
    let ServiceError::Invalid { field, fault } = error else { return error.to_string() };
    if (*field, *fault) == ("email", Fault::Malformed) {
        return "the e-mail address is not one that mail can be sent to, such as \
            anna.holm@kommun.example (before the @ a–z, digits and simple marks; one address)"
            .to_owned();
    }
    let what = match fault {
        Fault::Empty => "must be filled in",
        Fault::TooLong => "is too long",
        Fault::TooShort => "is too short",
        Fault::Malformed => "does not look right",
        Fault::UnknownOption => "does not exist",
        Fault::Incomplete => "is not complete",
        Fault::Repeated => "is not the only one of its name; give its id",
        Fault::TooMany => "has too many",
        Fault::Taken => "exists already",
        Fault::WrongPassword => "is not right",
        Fault::TooCommon => "is too easy to guess",
        Fault::Invisible => "has characters that cannot be seen; type it anew",
        Fault::NotMore => "is not more than what is required anyway",
        Fault::Retired => "is no longer in use",
        Fault::WrongDate => "is a date that does not exist",
        Fault::PastDate => "is a day that has passed",
        Fault::EndsTooEarly => "is no later than the day it begins",
        Fault::HiddenCharacters => "has characters that cannot be seen; type it again by hand",
        Fault::MixedScripts => "mixes letters of several alphabets",
        Fault::Changed => "has been changed by somebody else meanwhile",
        Fault::InUse => "is still in use",
        Fault::WrongPlace => "cannot be there",
    };
    let field = if *field == "email" { "e-mail address" } else { field };
    format!("the {} {what}", field.replace('_', " "))
}
