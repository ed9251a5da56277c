//! The one error that crosses the wire: a kind the interface has words for.

use kvarten_domain::Fault;
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// Why a call did not do its work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WireError {
    /// Nobody is signed in, or not any more.
    SignedOut,
    /// Not allowed.
    Denied,
    /// No such thing.
    NotFound,
    /// Something sent must be put right.
    Invalid {
        /// Name of the field.
        field: String,
        /// What is wrong with it.
        fault: Fault,
    },
    /// Sign-in data that fit nobody.
    WrongSignIn,
    /// Too many tries.
    Wait {
        /// How long, in seconds.
        seconds: u32,
    },
    /// The id of a write was used for another.
    IdTaken,
    /// The server could not be reached.
    Offline,
    /// The server is in trouble.
    Trouble,
}

impl FromServerFnError for WireError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::Invalid { field: String::new(), fault: Fault::Malformed }
            }
            _ => Self::Trouble,
        }
    }
}

impl WireError {
    /// Reads what a form's redirect says in the address.
    #[must_use]
    pub fn from_query(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The fault of a field, where this is one.
    #[must_use]
    pub fn fault_of(&self, name: &str) -> Option<Fault> {
        match self {
            Self::Invalid { field, fault } if field == name => Some(*fault),
            _ => None,
        }
    }
}

#[cfg(feature = "ssr")]
mod server {
    use http::StatusCode;
    use kvarten_service::ServiceError;

    use super::WireError;

    impl WireError {
        /// The status that says the same in HTTP.
        pub(crate) const fn status(&self) -> StatusCode {
            match self {
                Self::SignedOut | Self::WrongSignIn => StatusCode::UNAUTHORIZED,
                Self::Denied => StatusCode::FORBIDDEN,
                Self::NotFound => StatusCode::NOT_FOUND,
                Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
                Self::Wait { .. } => StatusCode::TOO_MANY_REQUESTS,
                Self::IdTaken => StatusCode::CONFLICT,
                Self::Offline | Self::Trouble => StatusCode::INTERNAL_SERVER_ERROR,
            }
        }
    }

    impl From<ServiceError> for WireError {
        fn from(error: ServiceError) -> Self {
            match error {
                ServiceError::SignedOut => Self::SignedOut,
                ServiceError::Denied => Self::Denied,
                ServiceError::NotFound => Self::NotFound,
                ServiceError::Invalid { field, fault } => {
                    Self::Invalid { field: field.to_owned(), fault }
                }
                ServiceError::WrongSignIn => Self::WrongSignIn,
                ServiceError::Wait { seconds } => Self::Wait { seconds },
                ServiceError::IdTaken => Self::IdTaken,
                error @ (ServiceError::NotPublishable(_)
                | ServiceError::Database(_)
                | ServiceError::Content(_)
                | ServiceError::File(_)) => {
                    tracing::error!(%error, "a call failed");
                    Self::Trouble
                }
            }
        }
    }
}
