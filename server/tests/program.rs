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
        "person show",
        "person change",
        "person role",
        "person role add",
        "person role remove",
        "person password",
        "person leave",
        "person return",
        "person export",
        "person erase",
        "unit create",
        "unit list",
        "unit rename",
        "unit move",
        "unit close",
        "unit reopen",
        "profession create",
        "profession list",
        "mail try",
        "mail problems",
        "mail confirm",
        "mail bounced",
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
                  --unit Solgläntan --profession vard --role staff";
    let below = format!("{person} --role administrator");
    let below = run(data.path(), &below.split_whitespace().collect::<Vec<_>>());
    assert_refused(&below, "an administrator is one of the whole municipality");
    word(&person.split_whitespace().collect::<Vec<_>>());
    word(&["person", "leave", "1"]);
    assert_refused(&run(data.path(), &["person", "leave", "1"]), "they do not work here");
    let back = ["person", "return", "1", "--unit", "Solgläntan", "--profession", "vard"];
    word(&back);
    assert_refused(&run(data.path(), &back), "they work here already");
    word(&["person", "leave", "1"]);
}

/// What a command printed.
fn printed(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).expect("text")
}

/// A municipality with two units of one name, a profession and a person in one of them.
fn town() -> tempfile::TempDir {
    let data = migrated();
    for words in [
        "unit create Lindvike --kind municipality",
        "unit create Norr --kind operation --in Lindvike",
        "unit create Söder --kind operation --in Lindvike",
        "unit create Trappan --in Norr",
        "unit create Trappan --in Söder",
        "profession create vard --sv vårdbiträde --en assistant",
        "person create --employee-number 1 --given-name Alma --family-name Berg \
         --email alma@lindvike.example --unit Norr/Trappan --profession vard",
    ] {
        printed(data.path(), &words.split_whitespace().collect::<Vec<_>>());
    }
    data
}

#[test]
fn places_change_from_the_command_line() {
    let data = town();
    let data = data.path();
    let list = printed(data, &["unit", "list"]);
    let lines: Vec<&str> = list.lines().collect();
    assert!(lines[0].starts_with("Lindvike\tmunicipality\t"), "{list}");
    assert!(lines[2].starts_with("    Trappan\tunit\t"), "{list}");
    let id = lines[2].rsplit('\t').next().expect("an id");
    // A name that two have is not guessed at; both are named with their ids.
    let which = run(data, &["person", "list", "--unit", "Trappan"]);
    assert_refused(&which, "give its path or id: Norr › Trappan (");
    assert!(said(&which).contains(id) && said(&which).contains("Söder › Trappan ("));
    for unit in [id, "Norr/Trappan", "Norr › Trappan", "lindvike > norr > trappan"] {
        assert!(printed(data, &["person", "list", "--unit", unit]).starts_with("1\tAlma Berg\t"));
    }
    let twin = run(data, &["unit", "create", "TRAPPAN\u{a0}", "--in", "Norr"]);
    assert_refused(&twin, "another unit of the same parent has that name");
    assert_refused(&run(data, &["unit", "rename", id, ""]), "the name must be filled in");
    assert_refused(&run(data, &["unit", "rename", id, &"x".repeat(500)]), "the name is too long");
    assert_refused(
        &run(data, &["unit", "rename", "Ingen", "Ek"]),
        "there is no unit called `Ingen`",
    );
    assert!(printed(data, &["unit", "rename", id, "Ekbacken"]).contains("Norr › Ekbacken"));
    assert!(
        printed(data, &["unit", "move", "Ekbacken", "--in", "Söder"]).contains("Söder › Ekbacken")
    );
    assert_refused(&run(data, &["unit", "move", "Lindvike", "--in", "Norr"]), "below itself");
    assert_refused(&run(data, &["unit", "move", "Norr", "--in", "Ekbacken"]), "the order is");
    assert_refused(&run(data, &["unit", "close", "Ekbacken"]), "people work there");
    assert_refused(&run(data, &["unit", "close", "Söder"]), "units below it are open");
    assert_refused(&run(data, &["unit", "close", "Lindvike"]), "cannot be closed");
    printed(data, &["person", "move", "1", "--unit", "Trappan", "--profession", "vard"]);
    printed(data, &["unit", "close", "Ekbacken"]);
    assert_refused(&run(data, &["unit", "close", "Ekbacken"]), "the unit is closed");
    let back = ["person", "move", "1", "--unit", "Ekbacken", "--profession", "vard"];
    assert_refused(&run(data, &back), "is closed (`kvarten unit reopen`");
    assert!(!printed(data, &["unit", "list"]).contains("Ekbacken"));
    assert!(printed(data, &["unit", "list", "--closed"]).contains(&format!("{id}\tclosed")));
    let card = printed(data, &["person", "show", "1"]);
    assert!(card.contains("Works: vard in Söder › Trappan ("), "{card}");
    assert!(
        card.contains("Works: vard in Söder › Ekbacken (") && card.contains(" until "),
        "{card}"
    );
    printed(data, &["unit", "reopen", id]);
    printed(data, &back);
    assert!(printed(data, &["profession", "list"]).starts_with("vard\tvårdbiträde\tassistant\t"));
}

#[test]
fn a_person_changes_from_the_command_line() {
    let data = town();
    let data = data.path();
    let usage = run(data, &["person", "change", "1"]);
    assert_eq!(usage.status.code(), Some(2), "something to change is asked for");
    let words = ["person", "change", "1", "--family-name", "Holm", "--email", "Alma@Exämpel.se"];
    printed(data, &words);
    let card = printed(data, &["person", "show", "alma@exämpel.se"]);
    assert!(card.contains("Name: Alma Holm\n") && card.contains("alma@exämpel.se"), "{card}");
    let id = card.lines().next().and_then(|line| line.strip_prefix("Id: ")).expect("an id");
    let change = |field: &str, text: &str| run(data, &["person", "change", id, field, text]);
    assert_refused(&change("--email", "anna,holm@lindvike.example"), "e-mail address is not one");
    assert_refused(&change("--email", ""), "the e-mail address must be filled in");
    assert_refused(
        &change("--given-name", "Al\u{7}ma"),
        "the given name has characters that cannot be seen",
    );
    assert_refused(&change("--employee-number", "1 2"), "the employee number does not look right");
    assert_refused(&run(data, &["person", "change", "9", "--given-name", "Bo"]), "`9`");
    printed(data, &["person", "change", id, "--no-email", "--employee-number", "77"]);
    assert!(printed(data, &["person", "show", "77"]).contains("E-mail: none\n"));
    let try_out = run(data, &["mail", "try", "--to", "anna,holm@lindvike.example"]);
    assert_eq!(try_out.status.code(), Some(2), "the same rule: {}", said(&try_out));

    let role = |which: &str, words: &str| {
        let words = ["person", "role", which, "77"].into_iter().chain(words.split_whitespace());
        run(data, &words.collect::<Vec<_>>())
    };
    assert_refused(&role("add", "manager"), "say which, --in UNIT");
    assert_refused(&role("add", "manager --in Trappan"), "give its path or id");
    for unit in ["Norr", "Söder"] {
        assert!(role("add", &format!("manager --in {unit}")).status.success());
    }
    assert_refused(&role("add", "manager --in Norr"), "they have that role there");
    assert_refused(&role("add", "administrator --in Norr"), "one of the whole municipality");
    assert!(role("add", "administrator").status.success());
    let card = printed(data, &["person", "show", "77"]);
    for line in
        ["Role: manager in Norr (", "Role: manager in Söder (", "Role: administrator in Lindvike ("]
    {
        assert!(card.contains(line), "{card}");
    }
    assert!(role("remove", "manager --in Norr").status.success());
    assert_refused(&role("remove", "manager --in Norr"), "they do not have that role there");
    assert!(printed(data, &["person", "show", "77"]).contains("Role: manager in Söder ("));
    printed(data, &["person", "leave", "77"]);
    assert_refused(&role("add", "champion --in Norr"), "they do not work here");
}

#[test]
fn whom_mail_does_not_reach_is_listed() {
    let data = town();
    let data = data.path();
    assert!(printed(data, &["mail", "problems"]).contains("No mail is known"));
    assert_refused(
        &run(data, &["mail", "bounced", "bo@lindvike.example"]),
        "`bo@lindvike.example`",
    );
    printed(data, &["mail", "bounced", "alma@lindvike.example"]);
    let problems = printed(data, &["mail", "problems"]);
    assert!(
        problems.starts_with("1\tAlma Berg\talma@lindvike.example\trefused for good"),
        "{problems}"
    );
    printed(data, &["mail", "confirm", "1"]);
    assert!(printed(data, &["mail", "problems"]).contains("No mail is known"));
}

#[tokio::test]
async fn an_address_from_before_does_not_stop_an_upgrade() {
    let data = town();
    let url = format!("sqlite:{}", data.path().join("kvarten.db").display());
    let store = Store::connect(&url).await.expect("a database");
    let wrong = "UPDATE people SET email = 'anna,holm@lindvike.example'";
    store.read().execute_unprepared(wrong).await.expect("written");
    store.close().await;
    let output = run(data.path(), &["migrate"]);
    assert!(output.status.success());
    let log = format!("{}{}", said(&output), String::from_utf8_lossy(&output.stdout));
    assert!(log.contains("the e-mail address cannot be used"), "{log}");
    assert!(!log.contains("anna,holm"), "no address in the log: {log}");
    let problems = printed(data.path(), &["mail", "problems"]);
    assert!(problems.contains("anna,holm@lindvike.example\tit is not an address"), "{problems}");
}
