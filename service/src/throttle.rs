//! How often a password may be tried.
//!
//! Tries are looked at while one holds the turn to verify a password, of which there is one in a
//! process: none that come at the same moment can all pass for the first.

use kvarten_domain::{PersonId, Timestamp};
use kvarten_entity::sign_in_throttle;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};
use sha2::{Digest, Sha256};

use crate::{ServiceError, Services};

/// How failures are counted: so many are free, then each doubles the wait.
#[derive(Clone, Copy, Debug)]
struct Rule {
    free: i32,
    first_wait_seconds: i64,
    longest_wait_seconds: i64,
    /// Failures are forgotten after this without one.
    memory_seconds: i64,
}

/// For one account, whoever tries.
const ACCOUNT: Rule =
    Rule { free: 5, first_wait_seconds: 30, longest_wait_seconds: 900, memory_seconds: 3_600 };

/// For one network address, whatever account. A whole municipality may share an address.
const ADDRESS: Rule =
    Rule { free: 100, first_wait_seconds: 60, longest_wait_seconds: 900, memory_seconds: 900 };

impl Rule {
    fn wait_seconds(self, failures: i32) -> i64 {
        let over = failures - self.free;
        if over < 0 {
            return 0;
        }
        let doubled = self.first_wait_seconds << Ord::min(over, 10);
        Ord::min(doubled, self.longest_wait_seconds)
    }
}

/// What a try is counted for. Only a digest of each is kept, for a day at most.
#[derive(Clone, Debug)]
pub(crate) struct Tries {
    now: Timestamp,
    counted: Vec<(String, Rule)>,
}

fn key(kind: &str, value: &str) -> String {
    format!("{:x}", Sha256::digest(format!("{kind}:{value}").as_bytes()))
}

impl Tries {
    /// To sign in under a name, as it was typed, from a network address. A name that nobody has
    /// counts as one that somebody has.
    pub(crate) fn to_sign_in(name: &str, address: &str, now: Timestamp) -> Self {
        // Always the address first: who holds rows in the same order waits, and never in a circle.
        let counted = vec![(key("address", address), ADDRESS), (key("account", name), ACCOUNT)];
        Self { now, counted }
    }

    /// Of somebody signed in, to say their password once more.
    pub(crate) fn to_confirm(person: PersonId, now: Timestamp) -> Self {
        Self { now, counted: vec![(key("person", &person.to_string()), ACCOUNT)] }
    }

    async fn rows(
        &self,
        services: &Services,
    ) -> Result<Vec<sign_in_throttle::Model>, ServiceError> {
        let keys = self.counted.iter().map(|(key, _)| key);
        Ok(sign_in_throttle::Entity::find()
            .filter(sign_in_throttle::Column::Key.is_in(keys))
            .all(services.store().read())
            .await?)
    }

    /// Refuses a try where waiting is due.
    ///
    /// # Errors
    /// [`ServiceError::Wait`].
    pub(crate) async fn check(&self, services: &Services) -> Result<(), ServiceError> {
        let rows = self.rows(services).await?;
        let until = rows.iter().map(|row| Timestamp(row.until_at)).max().unwrap_or_default();
        match self.now.seconds_until(until) {
            0 => Ok(()),
            seconds => Err(ServiceError::Wait { seconds }),
        }
    }

    /// Writes down that the try failed.
    pub(crate) async fn failed(&self, services: &Services) -> Result<(), ServiceError> {
        let rows = self.rows(services).await?;
        let writing = services.store().begin().await?;
        for (key, rule) in &self.counted {
            let remembered = rows.iter().find(|row| {
                row.key == *key
                    && self.now < Timestamp(row.last_at).plus_seconds(rule.memory_seconds)
            });
            let failures = remembered.map_or(0, |row| row.failures).saturating_add(1);
            // No wait is no time at all: somebody else's clock may stand a moment behind this one.
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

    /// Forgets the failures of an account whose password was right. Those of a network address
    /// stay until they are old: others come from there, too.
    pub(crate) async fn succeeded(&self, services: &Services) -> Result<(), ServiceError> {
        let Some((account, _)) = self.counted.last() else { return Ok(()) };
        sign_in_throttle::Entity::delete_many()
            .filter(sign_in_throttle::Column::Key.eq(account))
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
    #[case(5, 30)]
    #[case(6, 60)]
    #[case(8, 240)]
    #[case(10, 900)]
    #[case(i32::MAX, 900)]
    fn each_failure_too_many_doubles_the_wait(#[case] failures: i32, #[case] seconds: i64) {
        assert_eq!(ACCOUNT.wait_seconds(failures), seconds);
    }
}
