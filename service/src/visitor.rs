//! What somebody may do before they are signed in: sign in.

use kvarten_domain::{Fault, PersonId, Timestamp};
use kvarten_entity::{Key, person, sign_in_throttle};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
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
        let doubled = self.first_wait_seconds << Ord::min(over, 10);
        Ord::min(doubled, self.longest_wait_seconds)
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
        let account = (key("account", &account), ACCOUNT);
        let address = (key("address", address), ADDRESS);
        // Always the address first: who holds rows in the same order waits, and never in a circle.
        self.count_try(&[address.clone(), account.clone()]).await?;
        let stored = found.as_ref().and_then(|person| person.password_hash.clone());
        let fits = verify_password(password.to_owned(), stored).await;
        let Some(person) = found.filter(|_| fits) else { return Err(ServiceError::WrongSignIn) };
        self.forgive(&account.0, &address).await?;
        Ok(person.id.id())
    }

    /// Counts a try as a failure before it is one, so that tries at the same time cannot all pass
    /// for the first; refuses it where waiting is due.
    async fn count_try(&self, counted: &[(String, Throttle)]) -> Result<(), ServiceError> {
        let writing = self.services.store().begin().await?;
        let rows = counted.iter().map(|(key, _)| sign_in_throttle::ActiveModel {
            key: Set(key.clone()),
            failures: Set(0),
            last_at: Set(self.now.0),
            until_at: Set(0),
        });
        // Changes nothing in a row that there is, but nobody else may until the end of this.
        let hold = OnConflict::column(sign_in_throttle::Column::Key)
            .update_column(sign_in_throttle::Column::Key)
            .to_owned();
        sign_in_throttle::Entity::insert_many(rows)
            .on_conflict(hold)
            .exec_without_returning(&writing)
            .await?;
        let rows = sign_in_throttle::Entity::find()
            .filter(sign_in_throttle::Column::Key.is_in(counted.iter().map(|(key, _)| key)))
            .all(&writing)
            .await?;
        let until = rows.iter().map(|row| Timestamp(row.until_at)).max().unwrap_or_default();
        match self.now.seconds_until(until) {
            0 => {}
            seconds => return Err(ServiceError::Wait { seconds }),
        }
        for (key, throttle) in counted {
            let remembered = rows.iter().find(|row| {
                row.key == *key
                    && self.now < Timestamp(row.last_at).plus_seconds(throttle.memory_seconds)
            });
            let failures = remembered.map_or(0, |row| row.failures).saturating_add(1);
            // No wait is no time at all: somebody else's clock may stand a moment behind this one.
            let until = match throttle.wait_seconds(failures) {
                0 => Timestamp::default(),
                seconds => self.now.plus_seconds(seconds),
            };
            sign_in_throttle::Entity::update_many()
                .col_expr(sign_in_throttle::Column::Failures, Expr::value(failures))
                .col_expr(sign_in_throttle::Column::LastAt, Expr::value(self.now.0))
                .col_expr(sign_in_throttle::Column::UntilAt, Expr::value(until.0))
                .filter(sign_in_throttle::Column::Key.eq(key))
                .exec(&writing)
                .await?;
        }
        writing.commit().await?;
        Ok(())
    }

    /// Takes back what a try counted that was none: all of the account's, one of the address's.
    async fn forgive(
        &self,
        account: &str,
        (address, throttle): &(String, Throttle),
    ) -> Result<(), ServiceError> {
        let writing = self.services.store().begin().await?;
        let fewer = Expr::col(sign_in_throttle::Column::Failures).sub(1);
        sign_in_throttle::Entity::update_many()
            .col_expr(sign_in_throttle::Column::Failures, fewer)
            .filter(sign_in_throttle::Column::Key.eq(address))
            .filter(sign_in_throttle::Column::Failures.gt(0))
            .exec(&writing)
            .await?;
        sign_in_throttle::Entity::update_many()
            .col_expr(sign_in_throttle::Column::UntilAt, Expr::value(0))
            .filter(sign_in_throttle::Column::Key.eq(address))
            .filter(sign_in_throttle::Column::Failures.lt(throttle.free))
            .exec(&writing)
            .await?;
        sign_in_throttle::Entity::delete_by_id(account.to_owned()).exec(&writing).await?;
        writing.commit().await?;
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
