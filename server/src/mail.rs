//! Mail goes out: what the outbox gives is written in the reader's language and handed to the mail
//! server.

use kvarten_app::letters::{self, Letter};
use kvarten_domain::Timestamp;
use kvarten_service::{
    ServiceError, Services,
    outbox::{Delivery, Outgoing, note_delivery, plan_mail, take_mail},
};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
};

use crate::{
    Failure,
    config::{HttpConfig, MailConfig},
};

/// A mail server, and what stands in every mail.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// The address of the site, without a slash at its end.
    site: String,
}

/// What sending what is due came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sending {
    /// Mails that were taken by the mail server.
    pub sent: u32,
    /// Mails that were not.
    pub failed: u32,
}

macro_rules! header {
    ($(#[$doc:meta])* $name:ident, $text:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        struct $name(String);

        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($text)
            }

            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}

header!(
    /// Where mail is stopped (RFC 2369).
    ListUnsubscribe,
    "List-Unsubscribe"
);
header!(
    /// That it takes one click, and nobody has to sign in (RFC 8058).
    ListUnsubscribePost,
    "List-Unsubscribe-Post"
);
header!(
    /// That a machine wrote it: no absence is to be told to it (RFC 3834).
    AutoSubmitted,
    "Auto-Submitted"
);

impl Mailer {
    /// The mail server that the settings name. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// Settings that will not do.
    pub fn new(mail: &MailConfig, http: &HttpConfig) -> Result<Self, Failure> {
        let site = http.public_url.as_ref().map(ToString::to_string).unwrap_or_default();
        Ok(Self {
            transport: mail.transport().map_err(Failure::Mail)?,
            from: mail.from.clone(),
            site: site.trim_end_matches('/').to_owned(),
        })
    }

    fn message(
        &self,
        id: &str,
        to: Mailbox,
        letter: Letter,
        stop: Option<&str>,
    ) -> Result<Message, lettre::error::Error> {
        let Letter { subject, plain, html } = letter;
        let host = self.from.email.domain();
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .message_id(Some(format!("<{id}@{host}>")))
            .header(AutoSubmitted("auto-generated".to_owned()));
        if let Some(word) = stop {
            let address = format!("<{}{}>", self.site, letters::stop_path(word));
            message = message
                .header(ListUnsubscribe(address))
                .header(ListUnsubscribePost("List-Unsubscribe=One-Click".to_owned()));
        }
        message.multipart(MultiPart::alternative_plain_html(plain, html))
    }

    /// Sends one mail. A mail that is tried again has the same `Message-ID`.
    async fn deliver(&self, outgoing: &Outgoing) -> Delivery {
        let letter = letters::digest(outgoing.locale, &outgoing.digest, &self.site);
        let Ok(to) = outgoing.to.parse() else { return Delivery::Refused };
        let id = outgoing.id.to_string();
        let Ok(message) = self.message(&id, to, letter, Some(&outgoing.digest.stop)) else {
            return Delivery::Refused;
        };
        match self.transport.send(message).await {
            Ok(_) => Delivery::Sent,
            Err(error) => {
                // What the server says may name the address.
                tracing::warn!(
                    mail = id,
                    code = error.status().map(|code| code.to_string()),
                    "a mail was not taken"
                );
                let is_permanent = error.is_permanent() && !is_about_us(&error);
                if is_permanent { Delivery::Refused } else { Delivery::Failed }
            }
        }
    }

    /// Sends a mail that only shows that mail works.
    ///
    /// # Errors
    /// What the mail server says, or that it does not answer.
    pub async fn try_out(
        &self,
        id: &str,
        to: Mailbox,
        locale: kvarten_domain::Locale,
    ) -> Result<(), Failure> {
        let message = self.message(id, to, letters::trial(locale), None);
        let message = message.map_err(|error| Failure::Refused(error.to_string()))?;
        self.transport.send(message).await.map_err(Failure::Mail)?;
        Ok(())
    }

    /// Plans mail, and sends what is due.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn send_due(
        &self,
        services: &Services,
        now: impl Fn() -> Timestamp,
    ) -> Result<Sending, ServiceError> {
        plan_mail(services, now()).await?;
        let mut sending = Sending::default();
        while let Some(outgoing) = take_mail(services, now()).await? {
            let delivery = self.deliver(&outgoing).await;
            note_delivery(services, &outgoing, delivery, now()).await?;
            if delivery == Delivery::Sent {
                sending.sent += 1;
            } else {
                sending.failed += 1;
            }
            // A server that does not answer is not asked for every mail there is.
            if sending.failed >= MOST_FAILURES {
                break;
            }
        }
        Ok(sending)
    }
}

/// Whether the server refuses us, not the reader: a wrong password or sender is put right in the
/// settings, and the mail is sent then.
fn is_about_us(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538 | 554))
}

/// After how many failures in a row of work the rest waits for the next turn.
const MOST_FAILURES: u32 = 20;
