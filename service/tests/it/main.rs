//! Use cases told as stories, each run on SQLite and on the PostgreSQL server that
//! `KVARTEN_TEST_POSTGRES` names (`none` does without).

mod competence;
mod devices;
mod disclosure;
mod erasure;
mod gaps;
mod ladder;
mod leaderboard;
mod learning;
mod looks;
mod mail_failures;
mod manager;
mod map;
mod migrations;
mod operator;
mod outbox;
mod passwords;
mod places;
mod privacy;
mod programs;
mod referrals;
mod replies;
mod rights;
mod sign_in;
mod standing;
mod statements;
mod text;
mod town;
mod trends;
