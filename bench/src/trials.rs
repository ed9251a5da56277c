//! The load trial at full size, and its report.

use std::time::Duration;

use kvarten_bench::{
    Failure, Program,
    hostile::hostile_inputs,
    percentile,
    trial::{Size, attack},
};

use crate::report::{Figure, Report};

/// How many people the municipality has.
const PEOPLE: usize = 1_000;
const SIZE: Size =
    Size { stalled: 1_000, sign_ins: 300, neighbours: 500, lasting: Duration::from_secs(30) };

/// What the figures are.
const NOTES: &str = "
One program serves a municipality made from a seed, on SQLite. From one address of this machine come a \
thousand connections that stall and are opened again whenever they are closed – half never end the head \
of their request, half never read what they asked for – and three hundred that sign in one after the \
other, half of them with the right password of one account. Behind the same address five hundred \
colleagues have a connection each and open Lär every four seconds. Meanwhile one reader at another \
address opens Lär, fifty times a second at most, and one person at a third signs in twice a second. \
Attack, readers and program share the cores. Times are from asking to the end of the answer, with the \
connection where there is none yet.

Hostile inputs are sent one after the other to a program at rest by somebody signed in; of five tries \
the fastest counts.
";

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}

/// Tries a program, and writes `docs/trials.md`.
pub async fn measure(file: &str) -> Result<(), Failure> {
    let program = Program::start(file, PEOPLE).await?;
    let mut report = Report::default();
    for (name, milliseconds, status) in hostile_inputs(&program).await? {
        let name = format!("Hostile input: {name} ({status}), ms");
        report.add(Figure::at_most(name, milliseconds, 50.0));
    }
    let mut seen = attack(&program, SIZE).await?;
    report.add(Figure::told("Pages read from another address", count(seen.pages_ms.len())));
    report.add(Figure::at_most("Of these failed", count(seen.pages_failed), 0.0));
    let p99 = percentile(&mut seen.pages_ms, 99);
    report.add(Figure::at_most("Lär from another address, p99, ms", p99, 200.0));
    report.add(Figure::told("Sign-ins from another address", count(seen.sign_ins_ms.len())));
    report.add(Figure::at_most("Of these refused", count(seen.sign_ins_failed), 0.0));
    let worst = percentile(&mut seen.sign_ins_ms, 100);
    report.add(Figure::at_most("Signing in from another address, slowest, ms", worst, 3_000.0));
    report.add(Figure::told("Pages read behind the same address", count(seen.neighbours_ms.len())));
    report.add(Figure::at_most("Of these failed", count(seen.neighbours_failed), 0.0));
    let neighbours = percentile(&mut seen.neighbours_ms, 99);
    report.add(Figure::told("Lär behind the same address, p99, ms", neighbours));
    report.add(Figure::told("Stalled connections that were closed", count(seen.cut)));
    report.add(Figure::told("Memory at its highest, MB", program.highest_memory_mb()?));
    report.write_as("docs/trials.md", "Load trial", "make trial", NOTES)
}
