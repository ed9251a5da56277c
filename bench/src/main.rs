//! Measures Kvarten and prints each figure beside its bar; judges nothing. Writes
//! `docs/performance.md`.
//!
//! `KVARTEN_BIN` is the program to measure, `KVARTEN_BENCH_POSTGRES` the address of an empty
//! PostgreSQL database. With `--server-only` the browser's figures are left out. With `--trial` it is
//! attacked instead, and `docs/trials.md` is written.

mod browser;
mod competence;
mod learn;
mod replies;
mod report;
mod trials;

use std::env;

use kvarten_bench::{Failure, Program};
use report::{Figure, Report};

/// How many people the large municipality has, and the small one it is compared with.
const PEOPLE: usize = 10_000;
const FEW: usize = 1_000;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let is_asked = |word: &str| env::args().any(|argument| argument == word);
    let is_server_only = is_asked("--server-only");
    let program = env::var("KVARTEN_BIN")?;
    if is_asked("--trial") {
        return trials::measure(&program).await;
    }
    let mut report = Report::default();
    let few = {
        let small = Program::start(&program, FEW).await?;
        learn::measure(&small).await?
    };
    let large = Program::start(&program, PEOPLE).await?;
    let many = learn::measure(&large).await?;
    report.add(Figure::at_least("Lär, requests/s at 10 connections", many.per_second, 1_500.0));
    report.add(Figure::at_most("Lär, p99, ms", many.p99_ms, 40.0));
    let ratio = few.per_second / many.per_second;
    report.add(Figure::at_most("Lär, 10 000 people against 1 000, times as long", ratio, 1.2));
    let storm = replies::measure(&large).await?;
    report.add(Figure::told("500 people beginning to climb at once, p99, ms", storm.begun_p99_ms));
    report.add(Figure::at_most("500 people × 20 answers, failed", storm.failed, 0.0));
    report.add(Figure::at_most(
        "500 people × 20 answers, points not in the ledger",
        storm.astray,
        0.0,
    ));
    report.add(Figure::at_most("500 people × 20 answers, p99, ms", storm.p99_ms, 250.0));
    report.add(Figure::told("500 people × 20 answers, answers/s", storm.per_second));
    report.add(Figure::at_most("Memory at its highest, MB", large.highest_memory_mb()?, 120.0));
    drop(large);
    competence::measure(&mut report, &program, env::var("KVARTEN_BENCH_POSTGRES").ok()).await?;
    if !is_server_only {
        browser::measure(&mut report).await?;
    }
    report.write()
}
