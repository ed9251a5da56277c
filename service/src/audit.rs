//! The security log: who signed in, what was refused, and what was changed or taken out, without
//! anything that names a person. `docs/security-log.md` lists the events and their fields.
//!
//! People, accounts and networks are written as keyed digests: the same one has the same digest, so
//! that a series of events can be followed, and only a process with the database's key can make it.

use kvarten_domain::{PersonId, Role};

use crate::{ServiceError, Services, SignedIn, network::networks, secret::DigestKey};

/// The target of the security log's events.
pub const TARGET: &str = "kvarten::security";

/// How many hexadecimal digits of a digest are written.
const DIGEST_LENGTH: usize = 16;

/// Who did it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Actor {
    /// The person themselves, or a visitor.
    #[default]
    Person,
    /// Whoever runs the program on the machine.
    Operator,
    /// The program, by its own rules.
    System,
}

impl Actor {
    const fn code(self) -> &'static str {
        match self {
            Self::Person => "self",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }
}

/// What is written beside the event's name and the person. Everything is optional.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entry<'e> {
    /// Who did it.
    pub by: Actor,
    /// The name that was typed to sign in; written as a digest.
    pub account: Option<&'e str>,
    /// The address it came from; written as the digest of its network.
    pub address: Option<&'e str>,
    /// Why, as a code of the event.
    pub reason: Option<&'static str>,
    /// Whether the device has signed in as this person before.
    pub known_device: Option<bool>,
    /// Whether it is a shared tablet.
    pub shared: Option<bool>,
    /// What was taken out: a code.
    pub what: Option<&'static str>,
    /// The roles that hold from now on.
    pub roles: Option<&'e [Role]>,
    /// How many sessions ended.
    pub count: Option<u64>,
    /// How long to wait.
    pub seconds: Option<u32>,
}

fn short(keys: &DigestKey, kind: &str, value: &str) -> String {
    let mut digest = keys.digest(&format!("log {kind}"), value);
    digest.truncate(DIGEST_LENGTH);
    digest
}

fn write(keys: &DigestKey, event: &'static str, person: Option<PersonId>, entry: Entry<'_>) {
    let person = person.map(|person| short(keys, "person", &person.to_string()));
    let account = entry.account.map(|account| short(keys, "account", account));
    let network = entry.address.filter(|address| !address.is_empty()).map(networks);
    let network = network.as_ref().and_then(|networks| networks.first());
    let network = network.map(|network| short(keys, "network", &network.name));
    let roles =
        entry.roles.map(|roles| roles.iter().map(|role| role.code()).collect::<Vec<_>>().join(" "));
    tracing::info!(
        target: TARGET,
        event,
        by = entry.by.code(),
        person,
        account,
        network,
        reason = entry.reason,
        known_device = entry.known_device,
        shared = entry.shared,
        what = entry.what,
        roles,
        count = entry.count,
        seconds = entry.seconds,
    );
}

/// Writes an event into the security log.
pub async fn record(
    services: &Services,
    event: &'static str,
    person: Option<PersonId>,
    entry: Entry<'_>,
) {
    match services.digest_key().await {
        Ok(keys) => write(keys, event, person, entry),
        // The event itself must not be lost with its digests.
        Err(error) => {
            tracing::error!(%error, "the key of the security log cannot be read");
            tracing::info!(target: TARGET, event, by = entry.by.code(), reason = entry.reason);
        }
    }
}

/// Refuses somebody who is signed in what their role does not allow, and writes that down.
pub(crate) fn denied(services: &Services, who: &SignedIn, role: Role) -> ServiceError {
    let person = Some(who.id());
    let reason = Some(role.code());
    if let Some(keys) = services.known_digest_key() {
        write(keys, "access_denied", person, Entry { reason, ..Entry::default() });
    } else {
        let services = services.clone();
        tokio::spawn(async move {
            let entry = Entry { reason, ..Entry::default() };
            record(&services, "access_denied", person, entry).await;
        });
    }
    ServiceError::Denied
}
