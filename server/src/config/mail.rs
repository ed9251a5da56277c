//! Where mail goes out.

use std::fmt;

use lettre::{AsyncSmtpTransport, Tokio1Executor, message::Mailbox};
use url::Url;

use super::is_this_machine;

/// How mail is sent.
#[derive(Clone)]
pub struct MailConfig {
    /// Where the mail server is, with its password: `smtps://user:password@smtp.example`.
    url: String,
    /// Who it is from.
    pub from: Mailbox,
}

/// The address of the server holds a password.
impl fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailConfig").field("from", &self.from).finish_non_exhaustive()
    }
}

impl MailConfig {
    /// Settings that have been read.
    #[must_use]
    pub fn new(url: MailUrl, from: Mailbox) -> Self {
        Self { url: url.0, from }
    }

    /// The way to the mail server. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// An address that the library cannot use; it has been looked at when it was read.
    pub fn transport(
        &self,
    ) -> Result<AsyncSmtpTransport<Tokio1Executor>, lettre::transport::smtp::Error> {
        Ok(AsyncSmtpTransport::<Tokio1Executor>::from_url(&self.url)?
            .timeout(Some(super::MAIL_TIMEOUT))
            .build())
    }
}

/// The address of a mail server.
pub struct MailUrl(String);

impl MailUrl {
    /// Reads `smtps://user:password@host` (TLS from the first byte), `smtp://host?tls=required`
    /// (STARTTLS) or `smtp://host` (no TLS, for a server on the same machine or network). A password
    /// goes without TLS to this machine only; `tls=opportunistic` is without TLS when an attacker on
    /// the path wants it so.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it: it may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let is_smtp = text.starts_with("smtp://") || text.starts_with("smtps://");
        if let Ok(url) = Url::parse(text)
            && is_smtp
            && is_password_exposed(&url)
        {
            return Err("a password would go over the network without TLS; use smtps://, or add \
                ?tls=required"
                .to_owned());
        }
        match AsyncSmtpTransport::<Tokio1Executor>::from_url(text) {
            Ok(_) if is_smtp => Ok(Self(text.to_owned())),
            _ => Err("it is not an address such as smtps://user:password@smtp.example or \
                smtp://localhost:25"
                .to_owned()),
        }
    }
}

fn is_password_exposed(url: &Url) -> bool {
    // As the mail library reads it: the first `tls` counts.
    let tls = url.query_pairs().find(|(key, _)| key == "tls");
    let is_encrypted = url.scheme() == "smtps" || tls.is_some_and(|(_, value)| value == "required");
    let is_local = url.host_str().is_some_and(is_this_machine);
    url.password().is_some() && !is_encrypted && !is_local
}

/// Reads `Kvarten <kvarten@kommun.example>` or a bare address.
///
/// # Errors
/// What is wrong with it.
pub fn sender(text: &str) -> Result<Mailbox, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not a sender such as `Kvarten <kvarten@kommun.example>`"))
}
