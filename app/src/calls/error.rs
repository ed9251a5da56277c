//! The one error that crosses the wire: a kind the interface has words for.

use kvarten_domain::Fault;
use leptos::server_fn::{
    codec::PostcardEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// Why a call did not do its work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The database is unavailable; nothing was saved.
    Unavailable,
    /// The server is in trouble.
    Trouble,
    /// Something other than the server answered: nothing was done.
    Elsewhere,
    /// Another person has signed in in this browser since the page was opened: nothing was done.
    OtherPerson,
    /// More was sent than is taken at once.
    TooLarge,
    /// The server has too much to do: a moment later it may work.
    Busy,
    /// It came from another site, or to another address than this one's.
    Foreign,
}

impl FromServerFnError for WireError {
    type Encoder = PostcardEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let error = match error {
            ServerFnErrorErr::Request(_) => return Self::Offline,
            // In the browser it is the answer that could not be read.
            ServerFnErrorErr::Deserialization(_) if cfg!(not(feature = "ssr")) => {
                return Self::Elsewhere;
            }
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => {
                Self::Invalid { field: String::new(), fault: Fault::Malformed }
            }
            _ => Self::Trouble,
        };
        // What cannot be read is the sender's fault, and is answered as such.
        #[cfg(feature = "ssr")]
        let error = super::request::fail(error);
        error
    }
}

impl WireError {
    /// The words in an address, for a form that is led back.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::SignedOut => "signed_out".into(),
            Self::Denied => "denied".into(),
            Self::NotFound => "not_found".into(),
            Self::Invalid { field, fault } => format!("invalid.{field}.{}", fault.code()),
            Self::WrongSignIn => "wrong_sign_in".into(),
            Self::Wait { seconds } => format!("wait.{seconds}"),
            Self::IdTaken => "id_taken".into(),
            Self::Offline => "offline".into(),
            Self::Unavailable => "unavailable".into(),
            Self::Trouble => "trouble".into(),
            Self::Elsewhere => "elsewhere".into(),
            Self::OtherPerson => "other_person".into(),
            Self::TooLarge => "too_large".into(),
            Self::Busy => "busy".into(),
            Self::Foreign => "foreign".into(),
        }
    }

    /// Reads what a form's redirect says in the address.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let mut words = code.split('.');
        let error = match (words.next()?, words.next(), words.next()) {
            ("signed_out", None, None) => Self::SignedOut,
            ("denied", None, None) => Self::Denied,
            ("not_found", None, None) => Self::NotFound,
            ("invalid", Some(field), Some(fault)) => {
                Self::Invalid { field: field.to_owned(), fault: Fault::from_code(fault)? }
            }
            ("wrong_sign_in", None, None) => Self::WrongSignIn,
            ("wait", Some(seconds), None) => Self::Wait { seconds: seconds.parse().ok()? },
            ("id_taken", None, None) => Self::IdTaken,
            ("offline", None, None) => Self::Offline,
            ("unavailable", None, None) => Self::Unavailable,
            ("trouble", None, None) => Self::Trouble,
            ("elsewhere", None, None) => Self::Elsewhere,
            ("other_person", None, None) => Self::OtherPerson,
            ("too_large", None, None) => Self::TooLarge,
            ("busy", None, None) => Self::Busy,
            ("foreign", None, None) => Self::Foreign,
            _ => return None,
        };
        Some(error)
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
        #[must_use]
        pub const fn status(&self) -> StatusCode {
            match self {
                Self::SignedOut | Self::WrongSignIn => StatusCode::UNAUTHORIZED,
                Self::Denied | Self::Foreign => StatusCode::FORBIDDEN,
                Self::NotFound => StatusCode::NOT_FOUND,
                Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
                Self::Wait { .. } => StatusCode::TOO_MANY_REQUESTS,
                Self::IdTaken | Self::OtherPerson => StatusCode::CONFLICT,
                Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                Self::Offline | Self::Elsewhere | Self::Trouble => {
                    StatusCode::INTERNAL_SERVER_ERROR
                }
                Self::Unavailable | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            }
        }
    }

    impl From<tower_sessions::session::Error> for WireError {
        fn from(error: tower_sessions::session::Error) -> Self {
            use tower_sessions::{session::Error, session_store};

            match error {
                // The sessions are in the database.
                Error::Store(session_store::Error::Backend(_)) => {
                    tracing::error!(%error, "sessions are away");
                    Self::Busy
                }
                error => {
                    tracing::error!(%error, "a session cannot be read");
                    Self::Trouble
                }
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
                error @ (ServiceError::Interrupted
                | ServiceError::Unavailable(_)
                | ServiceError::StorageFailed(_)
                | ServiceError::Conflict(_)) => {
                    tracing::error!(%error, "a call failed; nothing was saved");
                    Self::Unavailable
                }
                error @ (ServiceError::NotPublishable(_)
                | ServiceError::Database(_)
                | ServiceError::Content(_)
                | ServiceError::Packed
                | ServiceError::File(_)) => {
                    tracing::error!(%error, "a call failed");
                    Self::Trouble
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_back_from_an_address() {
        let invalid = |fault| WireError::Invalid { field: "alias".into(), fault };
        let errors = [
            WireError::SignedOut,
            WireError::Denied,
            WireError::NotFound,
            WireError::WrongSignIn,
            WireError::Wait { seconds: 30 },
            WireError::IdTaken,
            WireError::Offline,
            WireError::Unavailable,
            WireError::Trouble,
            WireError::Elsewhere,
            WireError::OtherPerson,
            WireError::TooLarge,
            WireError::Busy,
            WireError::Foreign,
        ];
        for error in errors.into_iter().chain(Fault::ALL.map(invalid)) {
            assert_eq!(WireError::from_code(&error.code()), Some(error));
        }
        for nonsense in ["", "wait", "wait.x", "invalid.alias.x", "<script>", "denied.x"] {
            assert_eq!(WireError::from_code(nonsense), None);
        }
    }
}
