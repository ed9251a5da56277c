//! The commands that do their work and end.

pub mod backup;
pub mod demo;
pub mod organisation;
pub mod person;
