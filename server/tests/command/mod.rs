//! Running the program and looking at how it ends.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// The program with a data folder, without settings of the machine.
pub fn kvarten(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kvarten"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("KVARTEN_") || name.starts_with("LEPTOS_") || name == "DATABASE_URL" {
            command.env_remove(name);
        }
    }
    command.args(arguments).env("KVARTEN_DATA", data).env("LEPTOS_SITE_ADDR", "127.0.0.1:0");
    command.env("LEPTOS_HASH_FILES", "false");
    command.stdin(Stdio::null());
    command
}

pub fn run(data: &Path, arguments: &[&str]) -> Output {
    kvarten(data, arguments).output().expect("the program")
}

/// What it said on standard error.
pub fn said(output: &Output) -> String {
    let all = String::from_utf8_lossy(&output.stderr);
    let lines = all.lines().filter(|line| !line.contains("\"target\":\"kvarten::security\""));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// It refused in one line, without a panic.
pub fn assert_refused(output: &Output, why: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("error: ") && said.contains(why), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
}

/// A data folder with an empty database.
pub fn migrated() -> TempDir {
    let data = tempfile::tempdir().expect("a folder");
    let output = run(data.path(), &["migrate"]);
    assert!(output.status.success(), "{}", said(&output));
    data
}
