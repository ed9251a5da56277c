//! Kvarten from outside, as its measurements and its hardest tests need it: a program of its own
//! with a municipality of its own, connections to it, and people who climb.

mod client;
mod climber;
pub mod hostile;
mod program;
pub mod trial;

use std::error::Error;

pub use client::{Answer, Client};
pub use climber::Climber;
pub use program::{Program, Town};

/// What may go wrong.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The value below which so many of a hundred values lie.
pub fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() * percent).div_ceil(100).saturating_sub(1);
    values.get(at).copied().unwrap_or(0.0)
}
