//! What a use case may answer instead of doing its work.

use kvarten_domain::Fault;
use sea_orm::DbErr;
use thiserror::Error;

use crate::store::{DbErrorKind, DuplicateKind, error_kind};

/// Why a use case did not do its work.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// Nobody is signed in, or not any more.
    #[error("nobody is signed in")]
    SignedOut,
    /// Somebody is signed in who may not do this.
    #[error("not allowed")]
    Denied,
    /// There is no such thing, or none that this person may know of.
    #[error("not found")]
    NotFound,
    /// Something sent must be put right.
    #[error("{field}: {fault:?}")]
    Invalid {
        /// Name of the field.
        field: &'static str,
        /// What is wrong with it.
        fault: Fault,
    },
    /// Sign-in data that fit nobody.
    #[error("wrong sign-in")]
    WrongSignIn,
    /// Too many tries.
    #[error("wait {seconds} s")]
    Wait {
        /// How long.
        seconds: u32,
    },
    /// The id of a write was used for another write.
    #[error("this id is taken")]
    IdTaken,
    /// A write that others were part of was given up.
    #[error("the write was interrupted")]
    Interrupted,
    /// A lesson may not be published.
    #[error("not ready for publishing: {0}")]
    NotPublishable(String),
    /// The database cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Unavailable(DbErr),
    /// The database cannot write, for example on a full disk. The write was rolled back.
    #[error("the database could not write: {0}")]
    StorageFailed(DbErr),
    /// The write conflicted with another and was rolled back; a retry may succeed.
    #[error("the write conflicted with another: {0}")]
    Conflict(DbErr),
    /// The database failed.
    #[error("database: {0}")]
    Database(DbErr),
    /// Stored content could not be read.
    #[error("stored content: {0}")]
    Content(#[from] serde_json::Error),
    /// Packed facts could not be read.
    #[error("packed facts are not readable")]
    Packed,
    /// A file could not be read or written.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
}

impl ServiceError {
    /// A fault in a field.
    #[must_use]
    pub const fn invalid(field: &'static str, fault: Fault) -> Self {
        Self::Invalid { field, fault }
    }

    /// The same error, for another request that shared the failed transaction.
    pub(crate) fn for_sharer(&self) -> Self {
        match self {
            Self::Unavailable(error) => Self::Unavailable(error.clone()),
            Self::StorageFailed(error) => Self::StorageFailed(error.clone()),
            Self::Conflict(error) => Self::Conflict(error.clone()),
            _ => Self::Interrupted,
        }
    }
}

impl From<DbErr> for ServiceError {
    /// The only place where database errors are translated.
    fn from(error: DbErr) -> Self {
        match error_kind(&error) {
            DbErrorKind::Unavailable => Self::Unavailable(error),
            DbErrorKind::StorageFailed => Self::StorageFailed(error),
            DbErrorKind::Conflict | DbErrorKind::Duplicate(DuplicateKind::Retry) => {
                Self::Conflict(error)
            }
            DbErrorKind::Duplicate(DuplicateKind::Field(field)) => {
                Self::invalid(field, Fault::Taken)
            }
            DbErrorKind::Duplicate(DuplicateKind::Id) => Self::IdTaken,
            DbErrorKind::Other => Self::Database(error),
        }
    }
}
