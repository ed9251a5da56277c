//! The commands that do their work and end.

pub mod backup;
pub mod demo;
mod find;
pub mod mail;
pub mod organisation;
pub mod person;
pub mod person_facts;
pub mod restore;
mod sqlite_words;

use std::{io, path::Path};

use tokio::signal::unix::{SignalKind, signal};

use crate::Failure;

/// Why a file could not be read or written.
fn file_failure(file: &Path, error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Failure::Refused(format!("the disk is full: there is no room for {}", file.display()))
        }
        _ => Failure::File { file: file.to_path_buf(), error },
    }
}

/// Does work that cleans up after itself when it is dropped, unless the process is told to stop.
async fn unless_stopped(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let hear = |kind| signal(kind).map_err(|error| Failure::System("signals", error));
    let (mut interrupt, mut terminate) =
        (hear(SignalKind::interrupt())?, hear(SignalKind::terminate())?);
    tokio::select! {
        done = work => done,
        _ = interrupt.recv() => Err(stopped()),
        _ = terminate.recv() => Err(stopped()),
    }
}

fn stopped() -> Failure {
    Failure::Refused("stopped before it was done; nothing was kept".to_owned())
}
