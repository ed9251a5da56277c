//! Use cases told as stories, each run on SQLite and on the PostgreSQL server that
//! `KVARTEN_TEST_POSTGRES` names (`none` does without).

mod competence;
mod ladder;
mod leaderboard;
mod learning;
mod manager;
mod map;
mod migrations;
mod privacy;
mod referrals;
mod replies;
mod rights;
mod sign_in;
mod statements;
mod town;
mod trends;
