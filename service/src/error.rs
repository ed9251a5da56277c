//! What a use case may answer instead of doing its work.

use kvarten_domain::Fault;
use sea_orm::DbErr;
use thiserror::Error;

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
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] DbErr),
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
}
