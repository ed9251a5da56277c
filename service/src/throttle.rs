//! How often a password may be tried.
//!
//! Tries are counted while one holds the permit to verify a password, of which there is one in a
//! process: none that come at the same moment can all pass for the first. A device that has signed
//! in as the person before has a count of its own, and waits for nobody else's failures.

use std::time::Duration;

use kvarten_domain::{PersonId, Timestamp};
use kvarten_entity::sign_in_throttle;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use crate::{
    ServiceError, Services,
    network::{Network, largest},
    secret::DigestKey,
    spacing::MAX_HOLD_MS,
};

/// How failures are counted: so many are free, then each doubles the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rule {
    free: i32,
    first_wait_seconds: i64,
    longest_wait_seconds: i64,
    /// One failure is forgotten after each.
    decay_seconds: i64,
}

/// For one account from one network, on devices that are not known.
const ACCOUNT_HERE: Rule =
    Rule { free: 5, first_wait_seconds: 2, longest_wait_seconds: 1_800, decay_seconds: 1_200 };

/// For one account from anywhere, on devices that are not known. One network alone, which
/// [`ACCOUNT_HERE`] holds back, does not reach this.
const ACCOUNT: Rule =
    Rule { free: 25, first_wait_seconds: 10, longest_wait_seconds: 900, decay_seconds: 900 };

/// For a device that has signed in as this person before.
const DEVICE: Rule =
    Rule { free: 5, first_wait_seconds: 5, longest_wait_seconds: 900, decay_seconds: 600 };

/// For the old password of a person who is signed in.
const CONFIRM: Rule =
    Rule { free: 5, first_wait_seconds: 30, longest_wait_seconds: 900, decay_seconds: 3_600 };

/// For one network of one customer, whatever account. A municipality may share an address: nothing
/// is refused for it alone, but tries on devices that are not known come one after another.
const NETWORK: Rule =
    Rule { free: 100, first_wait_seconds: 0, longest_wait_seconds: 0, decay_seconds: 9 };

impl Rule {
    fn wait_seconds(self, failures: i32) -> i64 {
        let over = failures - self.free;
        if over < 0 {
            return 0;
        }
        let doubled = self.first_wait_seconds << Ord::min(over, 20);
        Ord::min(doubled, self.longest_wait_seconds)
    }

    /// What is left of failures that were counted at some time.
    fn remembered(self, row: &sign_in_throttle::Model, now: Timestamp) -> i32 {
        let passed = Ord::max(now.0 - row.last_at, 0) / (self.decay_seconds * 1_000);
        i32::try_from(i64::from(row.failures) - passed).unwrap_or(0).max(0)
    }
}

#[derive(Clone, Debug)]
struct Counted {
    /// A keyed digest of what it is for.
    key: String,
    rule: Rule,
    /// Whether a right password forgets its failures.
    is_forgiven: bool,
}

impl Counted {
    fn new(keys: &DigestKey, kind: &str, value: &str, rule: Rule) -> Self {
        Self { key: keys.digest(kind, value), rule, is_forgiven: false }
    }

    fn forgiven(self) -> Self {
        Self { is_forgiven: true, ..self }
    }

    fn of_network(keys: &DigestKey, network: &Network) -> Self {
        let rule = Rule { free: NETWORK.free * network.share, ..NETWORK };
        Self::new(keys, "network", &network.name, rule)
    }

    fn is_network(&self) -> bool {
        self.rule.longest_wait_seconds == 0
    }
}

/// What a try is counted for.
#[derive(Clone, Debug)]
pub(crate) struct LoginThrottle {
    now: Timestamp,
    counted: Vec<Counted>,
}

impl LoginThrottle {
    /// To sign in under a name from some networks, on a device that is not known. A name that no
    /// person has counts as one that a person has.
    pub(crate) fn of_stranger(
        keys: &DigestKey,
        name: &str,
        networks: &[Network],
        now: Timestamp,
    ) -> Self {
        let here = format!("{name}\n{}", largest(networks));
        let accounts = [
            Counted::new(keys, "account here", &here, ACCOUNT_HERE).forgiven(),
            Counted::new(keys, "account", name, ACCOUNT),
        ];
        let networks = networks.iter().map(|network| Counted::of_network(keys, network));
        let mut counted: Vec<_> = networks.chain(accounts).collect();
        // Rows are held in one order everywhere, so that nobody waits in a circle.
        counted.sort_by(|one, other| one.key.cmp(&other.key));
        Self { now, counted }
    }

    /// To sign in on a device that has signed in as this person before.
    pub(crate) fn of_device(keys: &DigestKey, device: &str, now: Timestamp) -> Self {
        Self { now, counted: vec![Counted::new(keys, "device", device, DEVICE).forgiven()] }
    }

    /// Of a person who is signed in, to give their password once more.
    pub(crate) fn to_confirm(keys: &DigestKey, person: PersonId, now: Timestamp) -> Self {
        let counted = Counted::new(keys, "person", &person.to_string(), CONFIRM).forgiven();
        Self { now, counted: vec![counted] }
    }

    async fn rows(
        &self,
        services: &Services,
    ) -> Result<Vec<sign_in_throttle::Model>, ServiceError> {
        let keys = self.counted.iter().map(|counted| &counted.key);
        Ok(sign_in_throttle::Entity::find()
            .filter(sign_in_throttle::Column::Key.is_in(keys))
            .all(services.store().read())
            .await?)
    }

    /// How long the account or device has to wait, in milliseconds.
    fn wait_ms(&self, rows: &[sign_in_throttle::Model]) -> i64 {
        let until = rows.iter().map(|row| row.until_at).max().unwrap_or_default();
        Ord::max(until - self.now.0, 0)
    }

    fn refusal(wait_ms: i64) -> ServiceError {
        let seconds = (Ord::max(wait_ms, 0) + 999) / 1_000;
        ServiceError::Wait { seconds: u32::try_from(seconds).unwrap_or(u32::MAX) }
    }

    /// Refuses a try where waiting is due.
    ///
    /// # Errors
    /// [`ServiceError::Wait`].
    pub(crate) async fn check(&self, services: &Services) -> Result<(), ServiceError> {
        match self.wait_ms(&self.rows(services).await?) {
            0 => Ok(()),
            wait => Err(Self::refusal(wait)),
        }
    }

    /// Waits where waiting is due and short, and refuses the try where it is long.
    ///
    /// # Errors
    /// [`ServiceError::Wait`].
    pub(crate) async fn hold(&mut self, services: &Services) -> Result<(), ServiceError> {
        let rows = self.rows(services).await?;
        let mut wait = self.wait_ms(&rows);
        if wait > MAX_HOLD_MS {
            return Err(Self::refusal(wait));
        }
        for counted in self.counted.iter().filter(|counted| counted.is_network()) {
            let row = rows.iter().find(|row| row.key == counted.key);
            let failures = row.map_or(0, |row| counted.rule.remembered(row, self.now));
            if failures >= counted.rule.free {
                let place = services.spacing.reserve(&counted.key, self.now);
                wait = Ord::max(wait, place.map_err(Self::refusal)?);
            }
        }
        if wait == 0 {
            return Ok(());
        }
        let held = services.spacing.hold().ok_or_else(|| Self::refusal(wait))?;
        tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
        drop(held);
        self.now = Timestamp(self.now.0 + wait);
        Ok(())
    }

    /// Writes down that the try failed.
    pub(crate) async fn failed(&self, services: &Services) -> Result<(), ServiceError> {
        let rows = self.rows(services).await?;
        let writing = services.store().begin().await?;
        for Counted { key, rule, .. } in &self.counted {
            let row = rows.iter().find(|row| row.key == *key);
            let remembered = row.map_or(0, |row| rule.remembered(row, self.now));
            let failures = remembered.saturating_add(1);
            // No wait is no time at all: another process's clock may be a moment behind this one.
            let until = match rule.wait_seconds(failures) {
                0 => Timestamp::default(),
                seconds => self.now.plus_seconds(seconds),
            };
            let row = sign_in_throttle::ActiveModel {
                key: Set(key.clone()),
                failures: Set(failures),
                last_at: Set(self.now.0),
                until_at: Set(until.0),
            };
            let anew = OnConflict::column(sign_in_throttle::Column::Key)
                .update_columns([
                    sign_in_throttle::Column::Failures,
                    sign_in_throttle::Column::LastAt,
                    sign_in_throttle::Column::UntilAt,
                ])
                .to_owned();
            sign_in_throttle::Entity::insert(row)
                .on_conflict(anew)
                .exec_without_returning(&writing)
                .await?;
        }
        writing.commit().await?;
        Ok(())
    }

    /// Forgets the failures at this place of an account whose password was right. Those of a
    /// network, and of the account elsewhere, stay until they are old: they may be somebody else's.
    pub(crate) async fn succeeded(&self, services: &Services) -> Result<(), ServiceError> {
        let forgiven = self.counted.iter().filter(|counted| counted.is_forgiven);
        sign_in_throttle::Entity::delete_many()
            .filter(sign_in_throttle::Column::Key.is_in(forgiven.map(|counted| &counted.key)))
            .filter(sign_in_throttle::Column::LastAt.lte(self.now.0))
            .exec(services.store().write())
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(4, 0)]
    #[case(5, 2)]
    #[case(6, 4)]
    #[case(8, 16)]
    #[case(15, 1_800)]
    #[case(i32::MAX, 1_800)]
    fn each_failure_too_many_doubles_the_wait(#[case] failures: i32, #[case] seconds: i64) {
        assert_eq!(ACCOUNT_HERE.wait_seconds(failures), seconds);
    }

    #[test]
    fn failures_are_forgotten_one_by_one() {
        let row = |failures| sign_in_throttle::Model {
            key: String::new(),
            failures,
            last_at: 0,
            until_at: 0,
        };
        let after = |seconds: i64| Timestamp(seconds * 1_000);
        assert_eq!(ACCOUNT.remembered(&row(25), after(899)), 25);
        assert_eq!(ACCOUNT.remembered(&row(25), after(900)), 24);
        assert_eq!(ACCOUNT.remembered(&row(2), after(90_000)), 0);
        assert_eq!(ACCOUNT.remembered(&row(2), Timestamp(-5)), 2, "a clock that is behind");
    }

    #[test]
    fn one_network_alone_does_not_use_up_an_account() {
        // As fast as it may, for a week.
        let (mut here, mut all) = ((0, 0_i64), (0, 0_i64));
        let mut now = 0;
        let model = |(failures, last_at): (i32, i64)| sign_in_throttle::Model {
            key: String::new(),
            failures,
            last_at: last_at * 1_000,
            until_at: 0,
        };
        let mut tries = 0;
        while now < 7 * 86_400 {
            let at = Timestamp(now * 1_000);
            here = (ACCOUNT_HERE.remembered(&model(here), at) + 1, now);
            all = (ACCOUNT.remembered(&model(all), at) + 1, now);
            tries += 1;
            assert!(all.0 < ACCOUNT.free, "after {tries} tries at {now}");
            now += Ord::max(ACCOUNT_HERE.wait_seconds(here.0), 1);
        }
        assert!(tries < 100 * 7, "{tries}");
    }
}
