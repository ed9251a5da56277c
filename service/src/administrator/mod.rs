//! What an administrator may do: keep the map of systems, levels and requirements.

mod pages;
mod requirements;

use kvarten_domain::{Role, Timestamp};

pub use requirements::Changed;

use crate::{ServiceError, Services, SignedIn, map::Map};

/// An administrator of the municipality.
#[derive(Clone, Copy, Debug)]
pub struct Administrator<'s> {
    services: &'s Services,
    now: Timestamp,
}

impl<'s> Administrator<'s> {
    /// Enters as an administrator.
    ///
    /// # Errors
    /// [`ServiceError::Denied`] for somebody who is none today.
    pub fn enter(
        services: &'s Services,
        who: &'s SignedIn,
        now: Timestamp,
    ) -> Result<Self, ServiceError> {
        if who.has(Role::Administrator) {
            Ok(Self { services, now })
        } else {
            Err(ServiceError::Denied)
        }
    }

    /// The right to change the map.
    #[must_use]
    pub const fn map(&self) -> Map<'s> {
        Map::of(self.services, self.now)
    }
}
