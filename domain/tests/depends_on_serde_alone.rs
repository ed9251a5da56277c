//! The rules depend on serde's tree alone.

use std::{collections::BTreeSet, env, process::Command};

#[test]
fn the_rules_depend_on_serde_alone() {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["tree", "--package", "kvarten-domain", "--edges", "normal", "--prefix", "none"])
        .args(["--offline", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("names");
    let names: BTreeSet<&str> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let expected = [
        "kvarten-domain",
        "proc-macro2",
        "quote",
        "serde",
        "serde_core",
        "serde_derive",
        "syn",
        "unicode-ident",
    ];
    assert_eq!(names, BTreeSet::from(expected));
}
