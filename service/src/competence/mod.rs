//! What people can and need, for whoever may know of it.

mod facts;
mod gaps;
mod looks;
mod portrait;
mod referrals;
mod trends;

pub use facts::{facts_kept, facts_told};
pub(crate) use facts::{facts_of, pack, pack_missing, remake_facts, unpack, unpack_proofs};
pub(crate) use gaps::gaps;
pub(crate) use looks::{look_at_people, look_at_person, look_at_units, looks_at};
pub(crate) use portrait::{Subject, portrait, system_page};
pub(crate) use referrals::{Followed, follow};
pub use trends::Selection;
pub(crate) use trends::{Reader, trends};
