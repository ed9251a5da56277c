//! Passwords: how they are hashed, whose turn it is, what counts as the same password, and which
//! are too easy to guess.

mod dictionary;
mod guesses;
mod hash;
mod keyboard;
mod opaque;
mod policy;
mod queue;
mod tree;

pub use opaque::without_marks;

pub(crate) use hash::{HashPermit, PasswordGuess, Verified, hash_password};
pub(crate) use policy::{About, check_new_password};
pub(crate) use queue::{Lane, Place};
