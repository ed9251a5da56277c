//! Runs writes during a fault and after it, and checks that no write is left out.

use std::{collections::BTreeSet, fs, path::Path, sync::Mutex};

use kvarten_service::ServiceError;

use crate::{
    fault::{Fault, is_not_saved},
    town::Town,
};

/// Runs writes, and records which functions wrote.
pub struct Table<'t> {
    pub town: &'t Town,
    fault: Fault,
    covered: Mutex<BTreeSet<&'static str>>,
}

/// Functions that write but are not covered here, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("competence/facts.rs pack_missing", "a step of `kvarten migrate`"),
    ("demo/mod.rs load", "the demonstration"),
    ("disclosure/mod.rs refresh_disclosure", "a job in one transaction, repeated every hour"),
    ("known_device.rs apply_retention", "a part of tidy"),
    ("demo/past/mod.rs make", "the demonstration"),
    ("learner/lesson.rs watch", "as finish_step, of a film"),
    ("outbox/send.rs put_away", "follows a claim, which fails first"),
    ("privacy/reconcile.rs drop_replaced_passwords", "at a start, which fails with it"),
    ("privacy/reconcile.rs renew_marker", "at a start, which fails with it"),
    ("privacy/scrub.rs vacuum_postgres", "stores nothing"),
    ("secret.rs read_or_make", "made before its first use, which fails with it"),
    ("session.rs load", "the last use of a session is best effort"),
    ("store.rs begin", "begins transactions for callers"),
    ("store/write_check.rs check_writing", "not a use case; tested separately"),
    ("text/backfill.rs convert_stored_text", "a step of `kvarten migrate`"),
    ("visitor.rs renew_hash", "the next sign-in renews it"),
];

impl<'t> Table<'t> {
    pub fn new(town: &'t Town, fault: Fault) -> Self {
        Self { town, fault, covered: Mutex::default() }
    }

    /// Runs a write during the fault: it must return an error and change nothing. Runs it again
    /// without the fault: it must succeed and be visible to a new connection. `place` is the
    /// function that writes.
    pub async fn write<T, F>(&self, place: &'static str, work: impl Fn() -> F) -> T
    where
        F: Future<Output = Result<T, ServiceError>>,
    {
        let before = self.fault.contents().await;
        self.fault.begin().await;
        let refused = work().await.map(|_| ());
        self.fault.end().await;
        assert!(refused.as_ref().is_err_and(is_not_saved), "{place}: {refused:?}");
        assert_eq!(self.fault.contents().await, before, "{place}: something was saved");
        let done = work().await.unwrap_or_else(|error| panic!("{place}, afterwards: {error:?}"));
        let after = self.fault.contents_anew(self.town).await;
        assert_ne!(after, before, "{place}: acknowledged but not saved");
        self.covered.lock().expect("whole").insert(place);
        done
    }

    /// Runs a step that is not under test.
    pub async fn prepare<T>(&self, work: impl Future<Output = Result<T, ServiceError>>) -> T {
        work.await.expect("prepared")
    }

    /// Fails where a function that writes is neither covered nor listed as an exception.
    pub fn assert_complete(&self) {
        let covered = self.covered.lock().expect("whole");
        let exceptions = EXCEPTIONS.iter().map(|(place, _)| *place);
        let known: BTreeSet<String> =
            covered.iter().copied().chain(exceptions).map(str::to_owned).collect();
        assert_eq!(known, places(), "every function that writes is covered or listed");
    }
}

/// The functions that write: those that begin a transaction or use the write connection.
fn places() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut found) = (vec![root.clone()], BTreeSet::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("a text");
            let name = path.strip_prefix(&root).expect("inside").display();
            let mut function = String::new();
            for line in text.lines() {
                if let Some((_, rest)) = line.split_once("fn ") {
                    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                    rest[..end.unwrap_or(rest.len())].clone_into(&mut function);
                }
                let is_begun =
                    [".store().begin()", "store.begin()", "self.begin()", "write.begin()"];
                let is_single = ["store().write()", "store.write()"];
                if is_begun.iter().chain(&is_single).any(|sign| line.contains(sign)) {
                    found.insert(format!("{name} {function}"));
                }
            }
        }
    }
    found
}
