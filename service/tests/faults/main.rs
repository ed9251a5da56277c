//! Databases that fail during writes: every acknowledged write is durable, and every lost write was
//! reported as an error. A test binary of its own, as the simulated disk failure affects the whole
//! process; the tests run one at a time.

#[path = "../it/town/mod.rs"]
#[allow(dead_code, reason = "the stories use more of it")]
mod town;

mod disk;
mod every_write;
mod fault;
mod full;
mod measure;
mod postgres;
mod table;
mod two;

/// Held by each test, so that they run one at a time under any test runner.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
