//! Use cases told as stories, each run on SQLite and, where `KVARTEN_TEST_POSTGRES` names a
//! server, on PostgreSQL.

mod ladder;
mod leaderboard;
mod learning;
mod migrations;
mod privacy;
mod replies;
mod rights;
mod sign_in;
mod statements;
mod town;
