//! `kvarten restore`, and a copy that was put back by hand.

mod command;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Output, Stdio},
    sync::OnceLock,
};

use command::{assert_refused, kvarten, run, said};
use kvarten_service::Store;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use tempfile::TempDir;

const OLD: &str = "en helt egen mening";
const NEW: &str = "en annan lika egen";

/// The program with a data folder, and the database where it is not the one in it.
struct Kvarten {
    data: TempDir,
    database: Option<String>,
}

impl Kvarten {
    fn command(&self, words: &[&str]) -> std::process::Command {
        let mut command = kvarten(self.data.path(), words);
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database);
        }
        command
    }

    fn run(&self, words: &str) -> Output {
        self.command(&words.split_whitespace().collect::<Vec<_>>()).output().expect("the program")
    }

    fn done(&self, words: &str) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words}: {}", said(&output));
        String::from_utf8_lossy(&output.stdout).into_owned() + &said(&output)
    }

    fn set_password(&self, who: &str, password: &str) {
        let mut command = self.command(&["person", "password", who, "--stdin"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it");
        writeln!(child.stdin.take().expect("its input"), "{password}").expect("a line");
        assert!(child.wait().expect("an end").success());
    }

    fn url(&self) -> String {
        let file = self.data.path().join("kvarten.db");
        self.database.clone().unwrap_or_else(|| format!("sqlite:{}", file.display()))
    }

    async fn numbers(&self, sql: &str) -> Vec<String> {
        let store = Store::connect(&self.url()).await.expect("a database");
        let statement = Statement::from_string(store.backend(), sql);
        let rows = store.read().query_all_raw(statement).await.expect(sql);
        let found = rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect();
        store.close().await;
        found
    }

    async fn execute(&self, sql: &str) {
        let store = Store::connect(&self.url()).await.expect("a database");
        store.read().execute_unprepared(sql).await.expect(sql);
        store.close().await;
    }

    async fn session_of(&self, number: &str) {
        self.execute(&format!(
            "INSERT INTO sessions (key, person_id, is_shared, data, created_at, seen_at, expires_at) \
             SELECT 'k' || employee_number, id, {}, '{{}}', 1, 1, 9999999999999 FROM people \
             WHERE employee_number = '{number}'",
            if self.database.is_some() { "false" } else { "0" }
        ))
        .await;
    }

    /// A municipality of four people, each with a password.
    fn with_people(&self) {
        self.done("migrate");
        self.done("unit create Lindvike --kind municipality");
        self.done("profession create vard --sv vårdbiträde --en care");
        for number in ["71001", "71002", "71003", "71004"] {
            self.done(&format!(
                "person create --employee-number {number} --given-name Namn --family-name \
                 Efternamn{number} --unit Lindvike --profession vard"
            ));
            self.set_password(number, OLD);
        }
        fs::create_dir_all(self.data.path().join("media")).expect("a folder");
        fs::write(self.data.path().join("media/0a"), b"a stored file").expect("a file");
    }

    /// What happens after the copy was made: one is erased, one has a new password, one leaves.
    fn afterwards(&self) {
        self.done("person erase 71001 --yes");
        self.set_password("71002", NEW);
        self.done("person leave 71003");
    }

    fn serve(&self) -> (Child, BufReader<std::process::ChildStdout>) {
        let mut command = self.command(&["serve"]);
        let mut server =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
        let mut printed = BufReader::new(server.stdout.take().expect("its output"));
        let mut line = String::new();
        printed.read_line(&mut line).expect("a line");
        assert!(line.starts_with("Kvarten is on "), "{line}");
        (server, printed)
    }

    async fn assert_forgotten(&self) {
        let people = "SELECT employee_number FROM people ORDER BY 1";
        assert_eq!(self.numbers(people).await, ["71002", "71003", "71004"]);
        let with = "SELECT employee_number FROM people WHERE password_hash IS NOT NULL";
        assert_eq!(self.numbers(with).await, ["71004"]);
        assert_eq!(self.numbers("SELECT key FROM sessions").await, Vec::<String>::new());
    }
}

fn stop(mut server: Child) -> String {
    let told =
        std::process::Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    assert!(told.expect("kill").success());
    let mut said = String::new();
    let mut stderr = server.stderr.take().expect("its errors");
    std::io::Read::read_to_string(&mut stderr, &mut said).expect("text");
    assert!(server.wait().expect("an end").success());
    said
}

/// The only file in a folder with an ending.
fn the_file(folder: &Path, ending: &str) -> PathBuf {
    let files = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    let mut files: Vec<_> = files.filter(|file| file.to_string_lossy().ends_with(ending)).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

#[tokio::test]
async fn a_restored_copy_revives_nobody() {
    let town = Kvarten { data: tempfile::tempdir().expect("a folder"), database: None };
    town.with_people();
    let copies = tempfile::tempdir().expect("a folder");
    let backup = format!("backup {}", copies.path().display());
    town.done(&backup);
    let copy = the_file(copies.path(), "Z.db");
    town.session_of("71004").await;
    town.afterwards();
    let restore = format!("restore {}", copy.display());

    let (server, _printed) = town.serve();
    assert_refused(&town.run(&restore), "stop it first");
    // What only copies may go on.
    let others = tempfile::tempdir().expect("a folder");
    town.done(&format!("backup {}", others.path().display()));
    stop(server);

    fs::remove_dir_all(town.data.path().join("media")).expect("removed");
    let told = town.done(&restore);
    assert!(told.contains("erased again: 1"), "{told}");
    assert!(told.contains("they have none now: 71002, 71003"), "{told}");
    assert!(told.contains("Every session has ended"), "{told}");
    town.assert_forgotten().await;
    let left = "SELECT employee_number FROM people WHERE left_at IS NOT NULL";
    assert_eq!(town.numbers(left).await, Vec::<String>::new(), "as it was then");
    let stored = fs::read(town.data.path().join("media/0a")).expect("a stored file");
    assert_eq!(stored, b"a stored file");

    // The database that was there is whole, with a log or without.
    let replaced = the_file(town.data.path(), "Z.db");
    assert!(told.contains(&replaced.display().to_string()), "{told}");
    let names: Vec<_> = fs::read_dir(town.data.path())
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(
        names.iter().all(|name| !name.contains(".part") && !name.contains("restored")),
        "{names:?}"
    );
    for file in [&replaced, &town.data.path().join("kvarten.db")] {
        let mode = fs::metadata(file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", file.display());
    }
    // And can be put back in its turn.
    let told = town.done(&format!("restore {}", replaced.display()));
    assert!(!told.contains("erased again") && !told.contains("they have none now"), "{told}");
    let with = "SELECT employee_number FROM people WHERE password_hash IS NOT NULL ORDER BY 1";
    assert_eq!(town.numbers(with).await, ["71002", "71004"]);
    let (server, _printed) = town.serve();
    assert!(!stop(server).contains("in use last"), "it was told already");
}

#[test]
fn a_person_is_erased_from_the_files_while_the_server_runs() {
    let town = Kvarten { data: tempfile::tempdir().expect("a folder"), database: None };
    town.with_people();
    let (server, _printed) = town.serve();
    let found = || {
        let files = ["kvarten.db", "kvarten.db-wal", "kvarten.db-shm"];
        let of = |name| fs::read(town.data.path().join(name)).unwrap_or_default();
        let name = b"Efternamn71001";
        files.map(|file| of(file).windows(name.len()).filter(|part| part == name).count())
    };
    assert!(found().iter().sum::<usize>() > 0);
    assert!(town.done("person erase 71001 --yes").starts_with("Erased.\n"));
    assert_eq!(found(), [0, 0, 0]);
    stop(server);
    assert_eq!(found(), [0, 0, 0]);
}

#[tokio::test]
async fn a_copy_put_back_by_hand_revives_nobody() {
    let town = Kvarten { data: tempfile::tempdir().expect("a folder"), database: None };
    town.with_people();
    // As earlier versions and other programs make copies: with the sessions in them.
    town.session_of("71004").await;
    let copies = tempfile::tempdir().expect("a folder");
    let copy = copies.path().join("copy.db");
    let database = town.data.path().join("kvarten.db");
    fs::copy(&database, &copy).expect("a copy");
    let (server, _printed) = town.serve();
    stop(server);
    town.afterwards();
    for ending in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{ending}", database.display()));
    }
    fs::copy(&copy, &database).expect("put back");
    let (server, _printed) = town.serve();
    let told = stop(server);
    assert!(told.contains("every session has ended"), "{told}");
    assert!(told.contains("people who had been erased were there again"), "{told}");
    assert!(told.contains("passwords that had been replaced were there again"), "{told}");
    town.assert_forgotten().await;
}

#[tokio::test]
async fn on_a_new_machine_the_list_comes_with_the_copies() {
    let town = Kvarten { data: tempfile::tempdir().expect("a folder"), database: None };
    town.with_people();
    let copies = tempfile::tempdir().expect("a folder");
    let backup = format!("backup {}", copies.path().display());
    town.done(&backup);
    let first = the_file(copies.path(), "Z.db");
    town.afterwards();
    town.done(&backup);
    let new = Kvarten { data: tempfile::tempdir().expect("a folder"), database: None };
    new.done(&format!("restore {}", first.display()));
    new.assert_forgotten().await;
}

#[tokio::test]
async fn what_is_not_a_whole_copy_changes_nothing() {
    let town = Kvarten { data: tempfile::tempdir().expect("a folder"), database: None };
    town.with_people();
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    town.done(&format!("backup {}", folder.path().display()));
    let copy = the_file(folder.path(), "Z.db");
    let whole = fs::read(&copy).expect("a copy");
    fs::write(file("text"), "not a database").expect("a file");
    fs::write(file("cut"), &whole[..whole.len() / 2]).expect("a file");
    let mut damaged = whole.clone();
    for byte in damaged.iter_mut().skip(4_096).step_by(3).take(20_000) {
        *byte ^= 0x5a;
    }
    fs::write(file("damaged"), damaged).expect("a file");
    fs::write(file("dump"), b"PGDMP\x01").expect("a file");
    let other = format!("sqlite:{}", file("other").display());
    let other = Database::connect(format!("{other}?mode=rwc")).await.expect("a database");
    other.execute_unprepared("CREATE TABLE notes (id INTEGER)").await.expect("a table");
    other.close().await.expect("closes");
    let newer = file("newer");
    fs::write(&newer, &whole).expect("a file");
    let store = Store::connect(&format!("sqlite:{}", newer.display())).await.expect("a database");
    let step = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 1)";
    store.read().execute_unprepared(step).await.expect("a row");
    store.close().await;

    for (name, why) in [
        ("missing", "No such file"),
        ("text", "is not an SQLite database"),
        ("cut", "is damaged"),
        ("damaged", "damaged"),
        ("dump", "is not an SQLite database"),
        ("other", "is not a database of Kvarten"),
        ("newer", "newer version of Kvarten"),
    ] {
        assert_refused(&town.run(&format!("restore {}", file(name).display())), why);
    }
    let own = town.data.path().join("kvarten.db");
    assert_refused(&town.run(&format!("restore {}", own.display())), "is the database itself");
    let people = "SELECT employee_number FROM people ORDER BY 1";
    assert_eq!(town.numbers(people).await.len(), 4);
    let names: Vec<_> = fs::read_dir(town.data.path()).expect("a folder").flatten().collect();
    assert!(names.iter().all(|entry| !entry.file_name().to_string_lossy().contains(".part")));
    assert!(run(town.data.path(), &["migrate"]).status.success());
}

/// A database on the test's PostgreSQL server; none where the run does without.
async fn new_postgres() -> Option<String> {
    let server = std::env::var("KVARTEN_TEST_POSTGRES")
        .expect("KVARTEN_TEST_POSTGRES names a PostgreSQL server, or says `none`");
    if server == "none" {
        return None;
    }
    let name = format!("kvarten_{}", uuid::Uuid::now_v7().simple());
    order(&server, format!("CREATE DATABASE {name}")).await;
    let (before, query) = server.split_once('?').unwrap_or((&server, ""));
    let (host, _) = before.rsplit_once('/').expect("an address with a database");
    Some(format!("{host}/{name}?{query}"))
}

async fn order(server: &str, sql: String) {
    let admin = Database::connect(server).await.expect("the test server answers");
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    admin.execute_raw(statement).await.expect("the test server does as it is told");
    admin.close().await.expect("closes");
}

async fn drop_postgres(url: &str) {
    let server = std::env::var("KVARTEN_TEST_POSTGRES").expect("a server");
    let name = url.rsplit_once('/').expect("a name").1;
    let name = name.split('?').next().expect("a name");
    order(&server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
}

/// Whether PostgreSQL's client programs are here, and not older than the server.
fn has_pg_dump() -> bool {
    static HAS: OnceLock<bool> = OnceLock::new();
    *HAS.get_or_init(|| {
        let found = std::process::Command::new("pg_dump").arg("--version").output().is_ok();
        if !found {
            eprintln!("no pg_dump here: not tested");
        }
        found
    })
}

#[tokio::test]
async fn a_dump_of_postgresql_revives_nobody() {
    let Some(url) = new_postgres().await else { return };
    let town =
        Kvarten { data: tempfile::tempdir().expect("a folder"), database: Some(url.clone()) };
    if has_pg_dump() {
        town.with_people();
        town.session_of("71004").await;
        let copies = tempfile::tempdir().expect("a folder");
        town.done(&format!("backup {}", copies.path().display()));
        let copy = the_file(copies.path(), "Z.dump");
        town.afterwards();
        let restore = format!("restore {}", copy.display());
        assert_refused(&town.run(&restore), "the database is not empty");

        let other = new_postgres().await.expect("a database");
        let new = Kvarten { database: Some(other.clone()), ..town };
        let told = new.done(&restore);
        assert!(told.contains("erased again: 1"), "{told}");
        assert!(told.contains("they have none now: 71002, 71003"), "{told}");
        new.assert_forgotten().await;
        drop_postgres(&other).await;
    }
    drop_postgres(&url).await;
}

#[tokio::test]
async fn a_dump_that_fails_leaves_nothing() {
    let Some(url) = new_postgres().await else { return };
    let town =
        Kvarten { data: tempfile::tempdir().expect("a folder"), database: Some(url.clone()) };
    town.done("migrate");
    let programs = tempfile::tempdir().expect("a folder");
    let copies = tempfile::tempdir().expect("a folder");
    let backup = |path: &Path| {
        let target = copies.path().display().to_string();
        let output = town.command(&["backup", &target]).env("PATH", path).output();
        output.expect("the program")
    };
    assert_refused(&backup(programs.path()), "pg_dump is not on the PATH");
    let half_way = "#!/bin/sh\nfor word; do case $word in --file=*) echo half > \"${word#--file=}\";; esac; done\n";
    for (ends, why) in [
        (
            "echo 'pg_dump: error: aborting because of server version mismatch' >&2; exit 1",
            "nothing was kept: pg_dump: error: aborting",
        ),
        ("echo 'could not write: No space left on device' >&2; exit 1", "the disk is full"),
        ("kill -KILL $$", "was ended before it was done"),
    ] {
        let program = programs.path().join("pg_dump");
        fs::write(&program, format!("{half_way}{ends}\n")).expect("a script");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a mode");
        assert_refused(&backup(programs.path()), why);
        assert_eq!(fs::read_dir(copies.path()).expect("a folder").count(), 0, "{why}");
    }
    drop_postgres(&url).await;
}
