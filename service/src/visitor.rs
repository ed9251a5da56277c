//! What somebody may do before they are signed in: sign in.

use kvarten_domain::{Fault, PersonId, Timestamp};
use kvarten_entity::{Key, person};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::{ServiceError, Services, password::PasswordTurn, throttle::Tries};

/// The longest sign-in name and password that are looked at, in bytes.
const MAX_INPUT: usize = 1_000;

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
        if name.len() > MAX_INPUT || password.len() > MAX_INPUT || name.contains(char::is_control) {
            return Err(ServiceError::WrongSignIn);
        }
        let tries = Tries::to_sign_in(&name, address, self.now);
        tries.check(self.services).await?;
        let turn = PasswordTurn::wait().await?;
        let (services, password) = (self.services.clone(), password.to_owned());
        let attempt = try_password(services, tries, turn, name, password, self.now);
        // On a task of its own: a try is counted, or forgiven, whoever hangs up.
        tokio::spawn(attempt).await.unwrap_or(Err(ServiceError::Interrupted))
    }
}

async fn find(
    services: &Services,
    name: &str,
    now: Timestamp,
) -> Result<Option<person::Model>, ServiceError> {
    let found = person::Entity::find()
        .filter(
            Condition::any()
                .add(person::Column::Email.eq(name))
                .add(person::Column::EmployeeNumber.eq(name)),
        )
        .one(services.store().read())
        .await?;
    Ok(found.filter(|person| person.left_at.is_none_or(|left| left > now.0)))
}

async fn try_password(
    services: Services,
    tries: Tries,
    turn: PasswordTurn,
    name: String,
    password: String,
    now: Timestamp,
) -> Result<PersonId, ServiceError> {
    // Once more: others may have failed while this one waited.
    tries.check(&services).await?;
    let found = find(&services, &name, now).await?;
    let stored = found.as_ref().and_then(|person| person.password_hash.clone());
    let (_turn, fits) = turn.verify(password, stored.clone()).await;
    let Some(person) = found.filter(|_| fits) else {
        tries.failed(&services).await?;
        return Err(ServiceError::WrongSignIn);
    };
    // A password that was replaced meanwhile opens nothing.
    let still = find(&services, &name, now).await?;
    if still.is_none_or(|still| still.password_hash != stored) {
        return Err(ServiceError::WrongSignIn);
    }
    tries.succeeded(&services).await?;
    Ok(person.id.id())
}
