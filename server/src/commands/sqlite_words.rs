//! What SQLite's errors mean to the operator who runs a command.

use sea_orm::{DbErr, RuntimeErr, SqlxError};

use crate::Failure;

/// A refusal with a reason in plain words, and SQLite's code for further diagnosis.
pub fn refusal(what: &str, error: &DbErr) -> Failure {
    let code = code(error);
    let why = match code.map(|code| code & 0xff) {
        Some(13) => "the disk is full",
        Some(10) => "the disk cannot be read or written",
        Some(14) => "a file cannot be opened",
        Some(8) => "it may not be written to",
        Some(5 | 6) => "another program is using it",
        Some(11 | 26) => "it is damaged",
        Some(7) => "there is not enough memory",
        _ => return Failure::Refused(format!("{what}: {error}")),
    };
    let code = code.unwrap_or_default();
    Failure::Refused(format!(
        "{what}, and nothing is left of the attempt: {why} (SQLite code {code})"
    ))
}

fn code(error: &DbErr) -> Option<u32> {
    let (DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))
    | DbErr::Conn(RuntimeErr::SqlxError(error))) = error
    else {
        return None;
    };
    let SqlxError::Database(error) = &**error else { return None };
    error.code()?.parse().ok()
}
