//! The commands that do their work and end.

pub mod backup;
pub mod demo;
pub mod mail;
pub mod organisation;
pub mod person;
