//! The tables, one file each. What is decided about their contents is decided elsewhere.
//!
//! Points in time are milliseconds since 1970 in UTC. Columns left out of serialisation are
//! secrets, which no export may carry.

use kvarten_domain::Id;
use uuid::Uuid;

pub use kvarten_migration as migration;

pub mod answer;
pub mod attempt;
pub mod backfill;
pub mod bank_revision;
pub mod claim;
pub mod cohort;
pub mod cohort_member;
pub mod competence;
pub mod disclosure_run;
pub mod employment;
pub mod evidence;
pub mod known_device;
pub mod leaderboard_member;
pub mod lesson;
pub mod lesson_profession;
pub mod lesson_version;
pub mod level_validity;
pub mod mail;
pub mod mail_choice;
pub mod mail_failure;
pub mod media;
pub mod person;
pub mod person_look;
pub mod points_entry;
pub mod profession;
pub mod program;
pub mod program_lesson;
pub mod question;
pub mod referral;
pub mod required_lesson;
pub mod required_level;
pub mod restore_marker;
pub mod role_grant;
pub mod rung;
pub mod self_assessment;
pub mod server_secret;
pub mod session;
pub mod sign_in_throttle;
pub mod standing_referral;
pub mod statement;
pub mod step;
pub mod step_state;
pub mod system;
pub mod unit;
pub mod unit_look;
pub mod unit_points_kept;
pub mod unit_points_step;
pub mod visit;
pub mod write_check;

/// An id as a column value.
pub trait Column: Id {
    /// The column value.
    fn key(self) -> Uuid {
        Uuid::from_u128(self.as_u128())
    }
}

impl<I: Id> Column for I {}

/// A column value as an id.
pub trait Key {
    /// The id.
    fn id<I: Id>(self) -> I;
}

impl Key for Uuid {
    fn id<I: Id>(self) -> I {
        I::from_u128(self.as_u128())
    }
}
