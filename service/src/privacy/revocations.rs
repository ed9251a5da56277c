//! What stays revoked whatever becomes of the database: erased people and replaced passwords.
//!
//! The list is a file in the data folder, outside of the database and of every copy of it. When an
//! older copy is put back, the list is applied to it again: see [`super::reconcile`]. It holds
//! random ids and digests only, one JSON object a line, and is only ever appended to.

use std::{
    collections::{BTreeMap, HashSet},
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{ServiceError, Services};

/// Name of the file in the data folder, and beside the copies in a backup folder.
pub const FILE_NAME: &str = "revoked.jsonl";

/// A line of the list. Times are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Entry {
    /// A person was erased.
    Erased { erased: Uuid, at: i64 },
    /// A password stopped being valid: SHA-256 of its salted hash.
    Password { password: String, at: i64 },
    /// From here on the database's files hold nothing of those erased before.
    Scrubbed { scrubbed: i64 },
}

/// What the list says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revocations {
    erased: BTreeMap<Uuid, i64>,
    passwords: HashSet<String>,
    scrubbed: Option<i64>,
}

impl Revocations {
    /// Ids of all erased people.
    pub(super) fn erased(&self) -> impl Iterator<Item = Uuid> {
        self.erased.keys().copied()
    }

    pub(super) fn has_passwords(&self) -> bool {
        !self.passwords.is_empty()
    }

    /// Whether a stored hash is of a password that was replaced.
    pub(super) fn is_replaced(&self, hash: &str) -> bool {
        self.passwords.contains(&digest(hash))
    }

    /// Whether a person was erased since the database's files were last scrubbed.
    #[must_use]
    pub fn needs_scrub(&self) -> bool {
        self.erased.values().max().is_some_and(|erased| Some(*erased) >= self.scrubbed)
    }

    fn read(text: &str) -> Self {
        let mut read = Self::default();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match serde_json::from_str(line) {
                Ok(Entry::Erased { erased, at }) => {
                    let last = read.erased.entry(erased).or_insert(at);
                    *last = at.max(*last);
                }
                Ok(Entry::Password { password, .. }) => drop(read.passwords.insert(password)),
                // A time that has not come yet was written while the clock was wrong.
                Ok(Entry::Scrubbed { scrubbed }) if scrubbed <= crate::now().0 => {
                    read.scrubbed = read.scrubbed.max(Some(scrubbed));
                }
                Ok(Entry::Scrubbed { .. }) => {}
                // A line that was cut short when the power went.
                Err(_) => tracing::warn!("a line of {FILE_NAME} is not readable"),
            }
        }
        read
    }
}

fn digest(hash: &str) -> String {
    format!("{:x}", Sha256::digest(hash))
}

/// The list in a folder.
#[derive(Clone, Debug)]
pub struct RevocationList(PathBuf);

impl RevocationList {
    /// The list of a data folder or a backup folder; it need not be there yet.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self(folder.join(FILE_NAME))
    }

    /// Its file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.0
    }

    /// What it says; nothing where there is none.
    ///
    /// # Errors
    /// What the system says.
    pub fn read(&self) -> io::Result<Revocations> {
        match std::fs::read(&self.0) {
            Ok(bytes) => Ok(Revocations::read(&String::from_utf8_lossy(&bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Revocations::default()),
            Err(error) => Err(error),
        }
    }

    /// Adds the lines of another list that this one does not have.
    ///
    /// # Errors
    /// What the system says.
    pub fn merge(&self, other: &Self) -> io::Result<()> {
        let text = match std::fs::read_to_string(&other.0) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let foreign = text.lines().filter_map(|line| serde_json::from_str(line).ok());
        // What was scrubbed there was not scrubbed here.
        let foreign = foreign.filter(|entry| !matches!(entry, Entry::Scrubbed { .. }));
        self.append_new(&foreign.collect::<Vec<_>>())
    }

    /// Appends entries, and returns when they are on the disk.
    pub(super) fn append(&self, entries: &[Entry]) -> io::Result<()> {
        let mut file = self.open_locked()?;
        append_to(&mut file, entries)
    }

    fn append_new(&self, entries: &[Entry]) -> io::Result<()> {
        let mut file = self.open_locked()?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let known: HashSet<String> = text.lines().map(str::to_owned).collect();
        let is_new =
            |entry: &&Entry| serde_json::to_string(entry).is_ok_and(|line| !known.contains(&line));
        let new: Vec<Entry> = entries.iter().filter(is_new).cloned().collect();
        append_to(&mut file, &new)
    }

    /// The file, made where it is missing, for this process alone until it is closed.
    fn open_locked(&self) -> io::Result<File> {
        let mut open = OpenOptions::new();
        open.read(true).append(true).create(true).mode(0o600);
        let file = open.open(&self.0)?;
        // Where the file system has no locks, appending in one piece has to do.
        let _ = file.lock();
        Ok(file)
    }
}

fn append_to(file: &mut File, entries: &[Entry]) -> io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut lines = String::new();
    if !ends_with_newline(file)? {
        lines.push('\n');
    }
    for entry in entries {
        lines.push_str(&serde_json::to_string(entry)?);
        lines.push('\n');
    }
    file.write_all(lines.as_bytes())?;
    file.sync_all()
}

/// Whether the file is empty or ends with a whole line.
fn ends_with_newline(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

impl Entry {
    pub(super) fn erased(erased: Uuid) -> Self {
        Self::Erased { erased, at: crate::now().0 }
    }

    pub(super) fn replaced(hash: &str) -> Self {
        Self::Password { password: digest(hash), at: crate::now().0 }
    }
}

impl Services {
    /// Appends to the list of revocations without holding up other tasks.
    pub(super) async fn append_revocations(&self, entries: Vec<Entry>) -> Result<(), ServiceError> {
        let list = self.revocations();
        let appended = tokio::task::spawn_blocking(move || list.append(&entries)).await;
        Ok(appended.map_err(io::Error::other)??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_line_cut_short_costs_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = RevocationList::in_folder(folder.path());
        assert_eq!(list.read().expect("none yet"), Revocations::default());
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        list.append(&[Entry::erased(first)]).expect("appended");
        let mut torn = OpenOptions::new().append(true).open(list.file()).expect("a file");
        torn.write_all(br#"{"erased":"0000"#).expect("a part of a line");
        list.append(&[Entry::erased(second), Entry::replaced("$argon2id$x")]).expect("appended");
        let read = list.read().expect("a list");
        assert_eq!(read.erased().collect::<Vec<_>>(), [first, second]);
        assert!(read.is_replaced("$argon2id$x") && !read.is_replaced("$argon2id$y"));
        let mode = std::fs::metadata(list.file()).expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }

    #[test]
    fn what_was_erased_is_scrubbed_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = RevocationList::in_folder(folder.path());
        let needs_scrub = || list.read().expect("a list").needs_scrub();
        assert!(!needs_scrub());
        list.append(&[Entry::Scrubbed { scrubbed: 4 }]).expect("appended");
        assert!(!needs_scrub());
        let erased = |at| Entry::Erased { erased: Uuid::from_u128(1), at };
        list.append(&[erased(4)]).expect("appended");
        assert!(needs_scrub(), "in the same millisecond");
        list.append(&[Entry::Scrubbed { scrubbed: 5 }]).expect("appended");
        assert!(!needs_scrub());
        list.append(&[erased(6)]).expect("appended");
        assert!(needs_scrub());
        list.append(&[Entry::Scrubbed { scrubbed: i64::MAX }]).expect("appended");
        assert!(needs_scrub(), "nothing was scrubbed in the future");
    }

    #[test]
    fn a_merged_list_holds_both_and_nothing_twice() {
        let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let [here, there] = folders.each_ref().map(|one| RevocationList::in_folder(one.path()));
        here.append(&[Entry::Erased { erased: Uuid::from_u128(1), at: 1 }]).expect("appended");
        let foreign =
            [Entry::Erased { erased: Uuid::from_u128(2), at: 2 }, Entry::Scrubbed { scrubbed: 9 }];
        there.append(&foreign).expect("appended");
        for _ in 0..2 {
            here.merge(&there).expect("merged");
        }
        let text = std::fs::read_to_string(here.file()).expect("a list");
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(here.read().expect("a list").needs_scrub(), "what was scrubbed there is not here");
        there.merge(&RevocationList::in_folder(&folders[0].path().join("none"))).expect("none");
    }
}
