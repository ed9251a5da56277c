//! Kvarten from outside, as its measurements and its hardest tests need it: a program of its own
//! with a municipality of its own, connections to it, and people who climb.

mod client;
mod climber;
mod program;

use std::error::Error;

pub use client::{Answer, Client};
pub use climber::Climber;
pub use program::{Program, Town};

/// What may go wrong.
pub type Failure = Box<dyn Error + Send + Sync>;
