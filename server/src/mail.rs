//! Mail goes out: what the outbox gives is written in the reader's language and handed to the mail
//! server.

use kvarten_app::letters::{self, Letter};
use kvarten_domain::Timestamp;
use kvarten_service::{
    ServiceError, Services,
    outbox::{Delivery, Noted, Outgoing, note_delivery, plan_mail, take_mail},
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
        let id = outgoing.id.to_string();
        let to = outgoing.to.parse().map(|address| Mailbox::new(None, address));
        let message =
            to.ok().and_then(|to| self.message(&id, to, letter, Some(&outgoing.digest.stop)).ok());
        let Some(message) = message else {
            tracing::warn!(mail = id, "what is stored as an address cannot be written to");
            return Delivery::Refused { code: None };
        };
        match self.transport.send(message).await {
            Ok(_) => Delivery::Sent,
            Err(error) => {
                let code = error.status().map(u16::from);
                // What the server says may name the address.
                tracing::warn!(mail = id, code, "a mail was not taken");
                if error.is_permanent() && is_about_the_address(code, &reply_of(&error)) {
                    Delivery::Refused { code }
                } else {
                    Delivery::Failed { code }
                }
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
        let mut refused = Vec::new();
        while let Some(outgoing) = take_mail(services, now()).await? {
            let delivery = self.deliver(&outgoing).await;
            if delivery == Delivery::Sent {
                sending.sent += 1;
            } else {
                sending.failed += 1;
            }
            if let Delivery::Refused { code: Some(_) } = delivery {
                refused.push((outgoing, delivery));
            } else {
                note(services, &outgoing, delivery, now()).await?;
            }
            // A server that does not answer is not asked for every mail there is.
            if sending.failed >= MOST_FAILURES {
                break;
            }
        }
        let is_everybody = sending.sent == 0 && refused.len() >= SUSPICIOUS_REFUSALS;
        if is_everybody {
            tracing::error!(
                refused = refused.len(),
                "the mail server refuses every address: the sender or the settings may be wrong"
            );
        }
        for (outgoing, delivery) in refused {
            let delivery = match delivery {
                Delivery::Refused { code } if is_everybody => Delivery::Failed { code },
                delivery => delivery,
            };
            note(services, &outgoing, delivery, now()).await?;
        }
        Ok(sending)
    }
}

/// Notes how sending a mail went, also in the log where it is given up.
async fn note(
    services: &Services,
    outgoing: &Outgoing,
    delivery: Delivery,
    now: Timestamp,
) -> Result<(), ServiceError> {
    if note_delivery(services, outgoing, delivery, now).await? == Noted::GivenUp {
        tracing::warn!(
            mail = %outgoing.id,
            person = %outgoing.person,
            is_refused = matches!(delivery, Delivery::Refused { .. }),
            "a mail was given up; `kvarten mail problems` lists whom mail does not reach"
        );
    }
    Ok(())
}

/// What the server said with its code.
fn reply_of(error: &lettre::transport::smtp::Error) -> String {
    std::error::Error::source(error).map(ToString::to_string).unwrap_or_default()
}

/// Whether a permanent refusal is about the reader's address. The enhanced code (RFC 3463) says so
/// where there is one: addresses (but for the sender's) and mailboxes. Else the code does. A wrong
/// password, sender or policy is put right in the settings, and the mail is sent then.
fn is_about_the_address(code: Option<u16>, reply: &str) -> bool {
    let enhanced = reply.split_whitespace().next().unwrap_or_default();
    let mut numbers = enhanced.split('.').map(str::parse::<u16>);
    match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(5)), Some(Ok(subject)), Some(Ok(detail)), None) => match subject {
            1 => !matches!(detail, 7 | 8),
            2 => true,
            _ => false,
        },
        _ => matches!(code, Some(510 | 511 | 521 | 525 | 550..=553 | 556)),
    }
}

/// After how many failures in a row of work the rest waits for the next turn.
const MOST_FAILURES: u32 = 20;
/// So many refusals in one turn, and no mail that was taken, are not about the addresses.
const SUSPICIOUS_REFUSALS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::no_such_user(550, "5.1.1 No such user", true)]
    #[case::no_words(550, "", true)]
    #[case::plain(553, "mailbox name not allowed", true)]
    #[case::disabled(550, "5.2.1 Mailbox disabled", true)]
    #[case::sender(550, "5.1.8 Sender's domain", false)]
    #[case::sender(553, "5.1.7 Bad sender", false)]
    #[case::relay(550, "5.7.1 Relaying denied", false)]
    #[case::relay(554, "5.7.1 Relay access denied", false)]
    #[case::unknown(554, "5.1.1 Recipient rejected", true)]
    #[case::unknown(554, "Transaction failed", false)]
    #[case::password(535, "5.7.8 Authentication failed", false)]
    #[case::password(530, "Authentication required", false)]
    #[case::syntax(501, "Syntax error", false)]
    fn whom_a_refusal_is_about(#[case] code: u16, #[case] reply: &str, #[case] expected: bool) {
        assert_eq!(is_about_the_address(Some(code), reply), expected);
    }
}
