//! The rules of Kvarten: pure functions and types, the same on the server and in the browser.
//!
//! Nothing here reads a clock, draws a random number, touches a file or speaks a language:
//! time and seeds come in as values, texts come from the content.

pub mod bank;
pub mod fault;
pub mod id;
pub mod knowledge;
pub mod ladder;
pub mod leaderboard;
pub mod lesson;
pub mod level;
pub mod locale;
pub mod person;
pub mod points;
pub mod publishing;
pub mod question;
pub mod reply;
pub mod role;
pub mod shuffle;
pub mod time;
pub mod unit;

pub use fault::Fault;
pub use id::*;
pub use level::Level;
pub use locale::Locale;
pub use role::Role;
pub use time::{Date, Timestamp};
