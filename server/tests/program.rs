//! The program from outside: what it says, and how it ends.

mod command;

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use command::{assert_refused, kvarten, migrated, run, said};
use kvarten_service::Store;
use sea_orm::ConnectionTrait;

#[test]
fn a_wrong_word_is_a_matter_of_usage() {
    let data = tempfile::tempdir().expect("a folder");
    let output = run(data.path(), &["sirve"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("serve"), "{}", said(&output));
}

#[test]
fn every_command_has_help() {
    let data = tempfile::tempdir().expect("a folder");
    for command in [
        "",
        "serve",
        "migrate",
        "demo",
        "person",
        "person create",
        "person password",
        "person leave",
        "person return",
        "person export",
        "person erase",
        "unit create",
        "profession create",
        "mail try",
        "backup",
        "restore",
    ] {
        let words: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let output = run(data.path(), &words);
        assert!(output.status.success() && output.stdout.len() > 100, "{command}");
    }
}

#[test]
fn a_setting_that_does_not_exist_is_refused() {
    let data = tempfile::tempdir().expect("a folder");
    let output = kvarten(data.path(), &["serve"]).env("KVARTEN_PROXIES", "1").output();
    assert_refused(&output.expect("the program"), "is it KVARTEN_TRUSTED_PROXIES?");
}

#[test]
fn a_taken_port_is_named() {
    let data = migrated();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let output = kvarten(data.path(), &["serve"]).env("LEPTOS_SITE_ADDR", &address).output();
    assert_refused(&output.expect("the program"), &format!("listening on {address} already"));
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, b"in the way").expect("a file");
    for command in ["serve", "migrate", "demo"] {
        assert_refused(&run(&file.join("data"), &[command]), "cannot be written to");
    }
}

#[test]
fn a_database_that_is_not_up_to_date_names_the_way() {
    let data = tempfile::tempdir().expect("a folder");
    assert_refused(&run(data.path(), &["serve"]), "run `kvarten migrate`");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let data = migrated();
    let url = format!("sqlite:{}", data.path().join("kvarten.db").display());
    let store = Store::connect(&url).await.expect("a database");
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 1)";
    store.read().execute_unprepared(newer).await.expect("a row");
    store.close().await;
    for command in ["serve", "migrate", "demo"] {
        assert_refused(&run(data.path(), &[command]), "newer version of Kvarten");
    }
}

#[test]
fn a_site_that_is_not_built_is_named() {
    let data = migrated();
    let folder = tempfile::tempdir().expect("a folder");
    let alone = folder.path().join("kvarten");
    std::fs::copy(env!("CARGO_BIN_EXE_kvarten"), &alone).expect("a copy");
    let serve = || {
        let output = Command::new(&alone)
            .arg("serve")
            .env("KVARTEN_DATA", data.path())
            .env("LEPTOS_SITE_ADDR", "127.0.0.1:0")
            .env("LEPTOS_SITE_ROOT", folder.path().join("sit"))
            .env_remove("LEPTOS_HASH_FILES")
            .env_remove("DATABASE_URL")
            .env_remove("KVARTEN_TEST_POSTGRES")
            .output();
        output.expect("the program")
    };
    assert_refused(&serve(), "the site is not built");
    std::fs::write(folder.path().join("hash.txt"), "css: 0a\njs: 0b\nwasm: 0c\n").expect("a file");
    assert_refused(&serve(), "LEPTOS_SITE_ROOT names another");
}

#[test]
fn it_serves_until_it_is_told_to_stop() {
    let data = migrated();
    let mut server = kvarten(data.path(), &["serve"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut line = String::new();
    let mut printed = BufReader::new(server.stdout.take().expect("its output"));
    printed.read_line(&mut line).expect("a line");
    assert!(line.starts_with("Kvarten is on http://127.0.0.1:"), "{line}");
    let told = Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    assert!(told.expect("kill").success());
    assert!(server.wait().expect("an end").success());
}

#[test]
fn the_accounts_need_no_database() {
    let output = run(Path::new("/nowhere"), &["demo", "--accounts"]);
    let accounts: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let accounts = accounts.as_array().expect("a list");
    for role in ["staff", "champion", "manager", "administrator"] {
        let account = accounts.iter().find(|account| account["role"] == role).expect(role);
        for key in ["name", "employee_number", "email", "password"] {
            assert!(account[key].as_str().is_some_and(|text| !text.is_empty()), "{role} {key}");
        }
    }
}

#[test]
fn a_person_can_be_looked_after_from_the_command_line() {
    let data = migrated();
    let demo = run(data.path(), &["demo", "--people", "5"]);
    assert!(demo.status.success(), "{}", said(&demo));
    assert_refused(&run(data.path(), &["demo"]), "is not empty");
    assert!(run(data.path(), &["demo", "--if-empty"]).status.success());

    let create = |number: &str| {
        run(
            data.path(),
            &[
                "person",
                "create",
                "--employee-number",
                number,
                "--given-name",
                "Siv",
                "--family-name",
                "Lund",
                "--unit",
                "Solgläntan",
                "--profession",
                "underskoterska",
            ],
        )
    };
    assert!(create("77001").status.success(), "{}", said(&create("77001")));
    assert_refused(&create("77001"), "the employee number exists already");

    let password = |words: &str| {
        let mut command = kvarten(data.path(), &["person", "password", "77001", "--stdin"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let child = child.as_mut().expect("the program");
        let mut stdin = child.stdin.take().expect("its input");
        writeln!(stdin, "{words}").expect("a line");
        drop(stdin);
        child.wait().expect("an end").code()
    };
    assert_eq!(password("kort"), Some(1));
    assert_eq!(password("en helt egen mening"), Some(0));

    let file = data.path().join("siv.json");
    let export = ["person", "export", "77001", "--to", file.to_str().expect("a name")];
    assert!(run(data.path(), &export).status.success());
    assert!(std::fs::read_to_string(&file).expect("a file").contains("\"Siv\""));
    assert_refused(&run(data.path(), &export), "siv.json");
    assert_refused(&run(data.path(), &["person", "export", "nobody"]), "`nobody`");

    assert_refused(&run(data.path(), &["person", "erase", "77001"]), "--yes");
    assert!(run(data.path(), &["person", "erase", "77001", "--yes"]).status.success());
    assert_refused(&run(data.path(), &["person", "erase", "77001", "--yes"]), "`77001`");
}

#[test]
fn a_backup_is_a_whole_database_with_its_files() {
    let data = migrated();
    assert!(run(data.path(), &["demo", "--people", "5"]).status.success());
    let backups = tempfile::tempdir().expect("a folder");
    let folder = backups.path().join("kvarten's");
    let words = ["backup", folder.to_str().expect("a name")];
    let output = run(data.path(), &words);
    assert!(output.status.success(), "{}", said(&output));
    let names = |folder: &Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("it").file_name().to_string_lossy().into_owned()).collect()
    };
    let copies = names(&folder);
    let copy = copies.iter().find(|name| name.ends_with("Z.db")).expect("a copy");
    let mode = std::fs::metadata(folder.join(copy)).expect("a copy").permissions().mode();
    assert_eq!(mode & 0o077, 0, "readable by its owner only");
    assert_eq!(copies.len(), 2, "{copies:?}");
    let stored = names(&data.path().join("media"));
    assert!(!stored.is_empty());
    let kept = names(&folder.join("media"));
    assert!(stored.iter().all(|name| kept.contains(name)) && stored.len() == kept.len());

    let restored = tempfile::tempdir().expect("a folder");
    std::fs::copy(folder.join(copy), restored.path().join("kvarten.db")).expect("a copy");
    let output = run(restored.path(), &["person", "export", "10001"]);
    assert!(output.status.success(), "{}", said(&output));

    let nothing = tempfile::tempdir().expect("a folder");
    assert_refused(&run(nothing.path(), &words), "there is no database");
}

#[tokio::test]
async fn an_empty_database_gets_its_first_person() {
    let data = migrated();
    let word = |arguments: &[&str]| {
        let output = run(data.path(), arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    };
    word(&["unit", "create", "Lindvike", "--kind", "municipality"]);
    let second = run(data.path(), &["unit", "create", "Storby", "--kind", "municipality"]);
    assert_refused(&second, "the municipality exists already");
    word(&["unit", "create", "Solgläntan", "--in", "Lindvike"]);
    assert_refused(&run(data.path(), &["unit", "create", "Backen", "--in", "Nowhere"]), "unit");
    let profession =
        ["profession", "create", "vard", "--sv", "vårdbiträde", "--en", "care assistant"];
    word(&profession);
    assert_refused(&run(data.path(), &profession), "code");
    let person = "person create --employee-number 1 --given-name Alma --family-name Berg \
                  --unit Solgläntan --profession vard --role staff --role administrator";
    word(&person.split_whitespace().collect::<Vec<_>>());
    word(&["person", "leave", "1"]);
    assert_refused(&run(data.path(), &["person", "leave", "1"]), "not found");
    let back = ["person", "return", "1", "--unit", "Solgläntan", "--profession", "vard"];
    word(&back);
    assert_refused(&run(data.path(), &back), "they work here already");
    word(&["person", "leave", "1"]);
}
