//! The address people use.

use std::fmt;

use axum::http::Uri;

use super::is_this_machine;

/// A scheme and a host, with a port where it is not the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    is_secure: bool,
    authority: String,
}

impl PublicUrl {
    /// Reads `https://host`, without a path.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not an address such as https://kvarten.example");
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let is_secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        let authority = uri.authority().ok_or_else(wrong)?.as_str();
        if authority.contains('@') {
            return Err(wrong());
        }
        if uri.path() != "/" || uri.query().is_some() {
            return Err(format!(
                "`{text}` must end after the host: Kvarten needs a host of its own"
            ));
        }
        Ok(Self { is_secure, authority: authority.to_ascii_lowercase() })
    }

    /// Whether it is reached over TLS.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Whether it leads to the machine it is used on.
    #[must_use]
    pub fn is_of_this_machine(&self) -> bool {
        let authority = self.authority.parse::<axum::http::uri::Authority>();
        authority.is_ok_and(|authority| is_this_machine(authority.host()))
    }

    /// Host and port.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_secure { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority)
    }
}
