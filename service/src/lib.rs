//! Use cases. Each module loads what a decision needs, asks the rules, and writes the result in
//! one transaction. Who may do what is decided here, by type: a use case is a method of a role,
//! and a role is entered with proof.

pub mod administrator;
pub mod audit;
pub mod authoring;
mod bank;
mod calendar;
mod competence;
pub mod demo;
mod desk;
mod device;
mod disclosure;
mod email;
mod error;
mod in_flight;
pub mod known_device;
pub mod learner;
pub mod manager;
pub mod map;
mod network;
pub mod operator;
pub mod outbox;
mod password;
pub mod privacy;
mod read_only;
mod secret;
pub mod session;
mod signed_in;
mod spacing;
mod standing;
mod store;
pub mod text;
mod throttle;
pub mod visitor;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use kvarten_domain::{Id, Timestamp};
use tokio::sync::OnceCell;

pub use bank::Bank;
pub use calendar::Calendar;
pub use competence::{Selection, facts_kept, facts_told};
pub use device::device_kind;
pub use disclosure::{DisclosureRefresh, refresh_disclosure};
pub use email::{read_email, shown_email};
pub use error::ServiceError;
pub use password::without_marks;
pub use signed_in::{SignedIn, page_owner};
pub use standing::send_standing;
pub use store::{Store, StoreError, WriteTransaction};

/// What every use case stands on. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Services {
    store: Store,
    calendar: Calendar,
    bank: Arc<bank::BankCache>,
    media: Arc<PathBuf>,
    replies: Arc<learner::ReplyDesk>,
    sessions: Arc<session::SessionDesk>,
    people: Arc<signed_in::PeopleDesk>,
    templates: Arc<store::Templates>,
    digest_key: Arc<OnceCell<secret::DigestKey>>,
    spacing: Arc<spacing::Spacing>,
    in_flight: in_flight::InFlight,
}

impl Services {
    /// Services over a database, a calendar and the folder that holds stored files.
    #[must_use]
    pub fn new(store: Store, calendar: Calendar, media: PathBuf) -> Self {
        Self {
            store,
            calendar,
            bank: Arc::default(),
            media: Arc::new(media),
            replies: Arc::default(),
            sessions: Arc::default(),
            people: Arc::default(),
            templates: Arc::default(),
            digest_key: Arc::default(),
            spacing: Arc::default(),
            in_flight: in_flight::InFlight::default(),
        }
    }

    /// The database.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The municipality's calendar.
    #[must_use]
    pub const fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The data folder: the one that the folder of stored files lies in.
    fn data_folder(&self) -> &Path {
        self.media
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
    }

    /// The list of what stays revoked.
    #[must_use]
    pub fn revocations(&self) -> privacy::RevocationList {
        privacy::RevocationList::in_folder(self.data_folder())
    }

    /// The file that holds the bytes with a digest (lower-case hexadecimal SHA-256).
    #[must_use]
    pub fn media_path(&self, sha256: &str) -> PathBuf {
        self.media.join(sha256)
    }
}

/// A fresh id: a UUID of version 7, so that ids made later sort later.
#[must_use]
pub fn new_id<I: Id>() -> I {
    I::from_u128(uuid::Uuid::now_v7().as_u128())
}

/// The clock's time. Use cases take the time as a value; only the outermost layer asks this.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}
