//! What everybody who works here may do: learn.

mod account;
mod assessing;
mod completion;
mod knowledge;
mod ladder;
mod leaderboard;
mod learn;
mod lesson;
mod media;
mod points;
mod programs;
mod referrals;
mod replies;

use kvarten_domain::{Role, Timestamp};

use crate::{ServiceError, Services, SignedIn, audit::denied};

pub(crate) use completion::ledger_row;
pub use media::StoredFile;
pub(crate) use replies::ReplyDesk;

/// A person who learns. Every role does.
#[derive(Clone, Copy, Debug)]
pub struct Learner<'s> {
    services: &'s Services,
    who: &'s SignedIn,
    now: Timestamp,
}

impl<'s> Learner<'s> {
    /// Enters as a learner.
    ///
    /// # Errors
    /// [`ServiceError::Denied`] for somebody with no place in the organisation today.
    pub fn enter(
        services: &'s Services,
        who: &'s SignedIn,
        now: Timestamp,
    ) -> Result<Self, ServiceError> {
        if who.unit.is_none() && who.roles.is_empty() {
            return Err(denied(services, who, Role::Staff));
        }
        Ok(Self { services, who, now })
    }
}
