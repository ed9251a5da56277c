//! The process: settings, router, sessions, stored files, jobs and the command line. What Kvarten
//! does is decided in `kvarten-service`; here it is put on a machine and on the network.

mod access_log;
mod answers;
mod asking;
mod cells;
pub mod cli;
mod client_address;
mod commands;
pub mod config;
mod crowd;
mod csrf;
pub mod demo_content;
mod failure;
mod guarded;
mod headers;
mod health;
mod jobs;
mod listen;
pub mod logging;
pub mod mail;
mod mail_stop;
mod media;
mod my_data;
mod opening;
mod page_context;
mod pages;
mod personal_file;
mod policy;
mod postgres_tools;
mod private_files;
mod router;
mod serve;
mod session_store;
mod shape;
mod site;
mod terminal;
mod trouble;
mod unit_files;

pub use failure::Failure;
pub use router::router;
pub use session_store::{SessionTable, session_cookie_name};
