//! What somebody may do before they are signed in: sign in.

use kvarten_domain::{Fault, PersonId, Timestamp};
use kvarten_entity::{Key, person, sign_in_throttle};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::OnConflict,
};
use sha2::{Digest, Sha256};

use crate::{ServiceError, Services, password::verify_password};

/// The longest sign-in name and password that are looked at, in bytes.
const MAX_INPUT: usize = 1_000;

/// How tries are counted: so many are free, then each doubles the wait.
#[derive(Clone, Copy, Debug)]
struct Throttle {
    free: i32,
    first_wait_seconds: i64,
    longest_wait_seconds: i64,
    /// Failures older than this are forgotten.
    memory_seconds: i64,
}

/// For one account, whoever tries.
const ACCOUNT: Throttle =
    Throttle { free: 5, first_wait_seconds: 30, longest_wait_seconds: 900, memory_seconds: 3_600 };

/// For one network address, whatever account. A whole municipality may share an address.
const ADDRESS: Throttle =
    Throttle { free: 100, first_wait_seconds: 60, longest_wait_seconds: 900, memory_seconds: 900 };

impl Throttle {
    fn wait_seconds(self, failures: i32) -> i64 {
        let over = failures - self.free;
        if over < 0 {
            return 0;
        }
        let doubled = self.first_wait_seconds << over.min(10);
        doubled.min(self.longest_wait_seconds)
    }
}

/// Somebody who has not signed in.
#[derive(Clone, Copy, Debug)]
pub struct Visitor<'s> {
    services: &'s Services,
    now: Timestamp,
}

impl<'s> Visitor<'s> {
    /// Anybody may be a visitor.
    #[must_use]
    pub const fn enter(services: &'s Services, now: Timestamp) -> Self {
        Self { services, now }
    }

    /// Finds who signs in with an e-mail address or employee number and a password. `address` is
    /// where the request comes from; only a digest of it is kept, for a day at most.
    ///
    /// # Errors
    /// An empty field, [`ServiceError::WrongSignIn`] (the same, after the same work, whether the
    /// person or the password is wrong), or [`ServiceError::Wait`] after too many failures.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        address: &str,
    ) -> Result<PersonId, ServiceError> {
        let name = name.trim().to_lowercase();
        if name.is_empty() {
            return Err(ServiceError::invalid("name", Fault::Empty));
        }
        if password.is_empty() {
            return Err(ServiceError::invalid("password", Fault::Empty));
        }
        if name.len() > MAX_INPUT || password.len() > MAX_INPUT {
            return Err(ServiceError::WrongSignIn);
        }
        let found = person::Entity::find()
            .filter(
                Condition::any()
                    .add(person::Column::Email.eq(&name))
                    .add(person::Column::EmployeeNumber.eq(&name)),
            )
            .one(self.services.store().read())
            .await?;
        let found = found.filter(|person| person.left_at.is_none_or(|left| left > self.now.0));
        // Both of a person's sign-in names count as one account; an unknown name as one, too.
        let account = found.as_ref().map_or(name, |person| person.id.to_string());
        let counted = [(key("account", &account), ACCOUNT), (key("address", address), ADDRESS)];
        self.refuse_while_waiting(&counted).await?;
        let stored = found.as_ref().and_then(|person| person.password_hash.clone());
        let fits = verify_password(password.to_owned(), stored).await;
        match found {
            Some(person) if fits => {
                self.forget(&counted[0].0).await?;
                Ok(person.id.id())
            }
            _ => {
                self.count_failure(&counted).await?;
                Err(ServiceError::WrongSignIn)
            }
        }
    }

    async fn refuse_while_waiting(
        &self,
        counted: &[(String, Throttle)],
    ) -> Result<(), ServiceError> {
        let rows = sign_in_throttle::Entity::find()
            .filter(sign_in_throttle::Column::Key.is_in(counted.iter().map(|(key, _)| key)))
            .all(self.services.store().read())
            .await?;
        let until = rows.iter().map(|row| Timestamp(row.until_at)).max().unwrap_or_default();
        match self.now.seconds_until(until) {
            0 => Ok(()),
            seconds => Err(ServiceError::Wait { seconds }),
        }
    }

    async fn count_failure(&self, counted: &[(String, Throttle)]) -> Result<(), ServiceError> {
        let writing = self.services.store().begin().await?;
        for (key, throttle) in counted {
            let row = sign_in_throttle::Entity::find_by_id(key.clone()).one(&writing).await?;
            let remembered = row.filter(|row| {
                self.now < Timestamp(row.last_at).plus_seconds(throttle.memory_seconds)
            });
            let failures = remembered.map_or(0, |row| row.failures).saturating_add(1);
            let until = self.now.plus_seconds(throttle.wait_seconds(failures));
            let row = sign_in_throttle::ActiveModel {
                key: Set(key.clone()),
                failures: Set(failures),
                last_at: Set(self.now.0),
                until_at: Set(until.0),
            };
            let replace = OnConflict::column(sign_in_throttle::Column::Key)
                .update_columns([
                    sign_in_throttle::Column::Failures,
                    sign_in_throttle::Column::LastAt,
                    sign_in_throttle::Column::UntilAt,
                ])
                .to_owned();
            sign_in_throttle::Entity::insert(row)
                .on_conflict(replace)
                .exec_without_returning(&writing)
                .await?;
        }
        writing.commit().await?;
        Ok(())
    }

    async fn forget(&self, key: &str) -> Result<(), ServiceError> {
        sign_in_throttle::Entity::delete_by_id(key.to_owned())
            .exec(self.services.store().write())
            .await?;
        Ok(())
    }
}

fn key(kind: &str, value: &str) -> String {
    format!("{:x}", Sha256::digest(format!("{kind}:{value}").as_bytes()))
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
