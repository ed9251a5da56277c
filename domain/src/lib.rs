//! The rules of Kvarten: pure functions and types, the same on the server and in the browser.
//!
//! Nothing here reads a clock, draws a random number, touches a file or speaks a language:
//! time and seeds come in as values, texts come from the content.

pub mod assessment;
pub mod bank;
pub mod competence;
pub mod digest;
pub mod email;
pub mod fault;
pub mod id;
pub mod knowledge;
pub mod ladder;
pub mod leaderboard;
pub mod lesson;
pub mod level;
pub mod locale;
pub mod map;
pub mod overview;
pub mod person;
pub mod points;
pub mod privacy;
pub mod program;
pub mod publishing;
pub mod question;
pub mod radar;
pub mod referral;
pub mod reply;
pub mod requirement;
pub mod role;
pub mod shuffle;
pub mod standing;
pub mod text;
pub mod time;
pub mod trends;
pub mod unit;
pub mod withheld;

pub use fault::Fault;
pub use id::*;
pub use level::{Height, Level};
pub use locale::Locale;
pub use role::Role;
pub use time::{Date, Timestamp};
