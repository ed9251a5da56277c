//! What one may do before one is signed in: sign in.

use std::time::Duration;

use kvarten_domain::{Fault, Id, PersonId, Timestamp};
use kvarten_entity::{Key, person};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Expr};
use unicode_normalization::UnicodeNormalization;

use crate::{
    ServiceError, Services,
    audit::{self, Entry},
    email::sign_in_names,
    known_device,
    network::{Network, largest, networks},
    password::{HashPermit, Lane, PasswordGuess, Place, Verified},
    throttle::LoginThrottle,
};

/// The longest sign-in name and password that are looked at, in bytes.
const MAX_INPUT: usize = 1_000;

/// How long a try of a flood waits for its refusal, so that it does not come again at once.
const FLOOD_PAUSE: Duration = Duration::from_secs(1);
/// How long it is then asked to wait, in seconds.
const TURNED_AWAY_SECONDS: u32 = 3;

/// A person who has not signed in.
#[derive(Clone, Copy, Debug)]
pub struct Visitor<'s> {
    services: &'s Services,
    now: Timestamp,
}

/// Where a request to sign in comes from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin<'o> {
    /// The network address. Only a digest of it is stored, for a day at most.
    pub address: &'o str,
    /// The cookie of a known device, where the browser has one.
    pub device: Option<&'o str>,
    /// Whether it is a shared tablet.
    pub is_shared: bool,
}

/// A name as it is looked for: compatibility forms folded (full-width letters and digits), small
/// letters, no characters that cannot be seen, no blanks around it.
pub(crate) fn fold_name(name: &str) -> String {
    let visible =
        name.nfkc().filter(|c| !crate::text::characters::is_disallowed_char(*c) || *c == '\t');
    visible.collect::<String>().trim().to_lowercase().nfc().collect()
}

/// A try to sign in, with everything that a task of its own needs.
struct Attempt {
    services: Services,
    throttle: LoginThrottle,
    place: Place,
    name: String,
    guess: PasswordGuess,
    now: Timestamp,
}

impl<'s> Visitor<'s> {
    /// Anybody may be a visitor.
    #[must_use]
    pub const fn enter(services: &'s Services, now: Timestamp) -> Self {
        Self { services, now }
    }

    /// Finds the person who signs in with an e-mail address or employee number and a password.
    ///
    /// # Errors
    /// An empty field, [`ServiceError::WrongSignIn`] (the same, after the same work, whether the
    /// person or the password is wrong), or [`ServiceError::Wait`] after too many failures.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        origin: Origin<'_>,
    ) -> Result<PersonId, ServiceError> {
        let name = fold_name(name);
        if name.is_empty() {
            return Err(ServiceError::invalid("name", Fault::Empty));
        }
        if password.is_empty() {
            return Err(ServiceError::invalid("password", Fault::Empty));
        }
        let entry = Entry {
            account: Some(&name),
            address: Some(origin.address),
            shared: Some(origin.is_shared),
            ..Entry::default()
        };
        if name.len() > MAX_INPUT || password.len() > MAX_INPUT {
            let entry = Entry { account: None, reason: Some("too_long"), ..entry };
            audit::record(self.services, "sign_in_refused", None, entry).await;
            return Err(ServiceError::WrongSignIn);
        }
        let networks = networks(origin.address);
        let cookie = origin.device.unwrap_or_default();
        let begun = self.services.in_flight.begin(largest(&networks), &name, cookie);
        let _under_way = match begun {
            Ok(begun) => begun,
            Err(refused) => return Err(self.turn_away(refused, entry).await),
        };
        let found = find(self.services, &name, self.now).await?;
        let person: Option<PersonId> = found.map(|found| found.id.id());
        // Looked for in any case, so that the time tells nothing.
        let whose = person.unwrap_or(PersonId::from_u128(0));
        let device = known_device::find(self.services, origin.device, whose, self.now).await?;
        let entry = Entry { known_device: Some(device.is_some()), ..entry };
        let done = self.attempt(&name, password, &networks, device).await;
        match &done {
            Ok(id) => audit::record(self.services, "sign_in", Some(*id), entry).await,
            Err(ServiceError::WrongSignIn) => {
                let reason = Some(if person.is_some() { "password" } else { "account" });
                let entry = Entry { reason, ..entry };
                audit::record(self.services, "sign_in_refused", person, entry).await;
            }
            Err(ServiceError::Wait { seconds }) => {
                let entry = Entry { seconds: Some(*seconds), ..entry };
                audit::record(self.services, "sign_in_throttled", person, entry).await;
            }
            Err(_) => {}
        }
        done
    }

    /// Refuses a try of a flood, without haste. Of `refused` refusals in a row, few are logged.
    async fn turn_away(&self, refused: u64, entry: Entry<'_>) -> ServiceError {
        let seconds = TURNED_AWAY_SECONDS;
        if refused.is_power_of_two() {
            let entry = Entry { seconds: Some(seconds), count: Some(refused), ..entry };
            audit::record(self.services, "sign_in_throttled", None, entry).await;
        }
        tokio::time::sleep(FLOOD_PAUSE).await;
        ServiceError::Wait { seconds }
    }

    async fn attempt(
        &self,
        name: &str,
        password: &str,
        networks: &[Network],
        device: Option<String>,
    ) -> Result<PersonId, ServiceError> {
        let keys = self.services.digest_key().await?;
        let lane = if device.is_some() { Lane::Known } else { Lane::Ordinary };
        // The largest network first; last the account, or the device.
        let mut path: Vec<String> =
            networks.iter().rev().map(|network| network.name.clone()).collect();
        path.push(device.clone().unwrap_or_else(|| name.to_owned()));
        let mut throttle = match &device {
            Some(device) => LoginThrottle::of_device(keys, device, self.now),
            None => LoginThrottle::of_stranger(keys, name, networks, self.now),
        };
        throttle.hold(self.services).await?;
        let attempt = Attempt {
            services: self.services.clone(),
            throttle,
            place: Place::new(lane, path),
            name: name.to_owned(),
            guess: PasswordGuess::new(password),
            now: self.now,
        };
        let permit = match HashPermit::wait(attempt.place.clone()).await {
            Ok(permit) => permit,
            Err(full) => {
                tokio::time::sleep(FLOOD_PAUSE).await;
                return Err(full);
            }
        };
        // On a task of its own: a try is counted, or forgiven, even where the client hangs up.
        tokio::spawn(attempt.verify(permit)).await.unwrap_or(Err(ServiceError::Interrupted))
    }
}

async fn find(
    services: &Services,
    name: &str,
    now: Timestamp,
) -> Result<Option<person::Model>, ServiceError> {
    let mut names = sign_in_names(name);
    // Addresses may have been stored by a version that took them as they came.
    names.push(name.nfd().collect());
    let found = person::Entity::find()
        .filter(
            Condition::any()
                .add(person::Column::Email.is_in(names.clone()))
                .add(person::Column::EmployeeNumber.is_in(names)),
        )
        .one(services.store().read())
        .await?;
    Ok(found.filter(|person| person.left_at.is_none_or(|left| left > now.0)))
}

impl Attempt {
    async fn verify(self, permit: HashPermit) -> Result<PersonId, ServiceError> {
        let Self { services, throttle, name, guess, now, .. } = self;
        // Once more: others may have failed while this one waited.
        throttle.check(&services).await?;
        let found = find(&services, &name, now).await?;
        let stored = found.as_ref().and_then(|person| person.password_hash.clone());
        let (permit, verified) = permit.verify(guess.clone(), stored.clone()).await;
        let Some(person) = found.filter(|_| verified != Verified::Wrong) else {
            throttle.failed(&services).await?;
            return Err(ServiceError::WrongSignIn);
        };
        // A password that was replaced meanwhile opens nothing.
        let still = find(&services, &name, now).await?;
        if still.is_none_or(|still| still.password_hash != stored) {
            return Err(ServiceError::WrongSignIn);
        }
        throttle.succeeded(&services).await?;
        if verified == Verified::Outdated {
            renew_hash(&services, &person, permit, &guess).await?;
        }
        Ok(person.id.id())
    }
}

/// Replaces the hash of a password as it once was encoded by one of its normalised form.
async fn renew_hash(
    services: &Services,
    person: &person::Model,
    permit: HashPermit,
    guess: &PasswordGuess,
) -> Result<(), ServiceError> {
    let (_permit, hash) = permit.hash(guess.normalised().to_owned()).await;
    person::Entity::update_many()
        .col_expr(person::Column::PasswordHash, Expr::value(hash))
        .filter(person::Column::Id.eq(person.id))
        .filter(person::Column::PasswordHash.eq(person.password_hash.clone()))
        .exec(services.store().write())
        .await?;
    audit::record(services, "password_rehashed", Some(person.id.id()), Entry::default()).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("  ALMA@Lindvike.example ", "alma@lindvike.example")]
    #[case("１０００１", "10001")]
    #[case("\u{feff}10001\u{200b}", "10001")]
    #[case("\u{a0}10001\u{3000}", "10001")]
    #[case("a\u{30a}sa@exempel.se", "åsa@exempel.se")]
    #[case("ＡＬＭＡ＠lindvike.example", "alma@lindvike.example")]
    #[case("10001\n", "10001")]
    #[case("\u{200b}", "")]
    fn names_are_folded(#[case] typed: &str, #[case] expected: &str) {
        assert_eq!(fold_name(typed), expected);
    }
}
