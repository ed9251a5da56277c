//! `kvarten backup`, and reading where nothing can be written.

mod command;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use command::{assert_refused, kvarten, migrated, run, said};
use kvarten_service::Store;
use rstest::rstest;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tempfile::TempDir;

/// A digest that is a session's key in these tests.
const SESSION: &str = "5e5510d0c0ffee5e5510d0c0ffee5e5510d0c0ffee5e5510d0c0ffee";

fn with_people() -> TempDir {
    let data = migrated();
    let demo = run(data.path(), &["demo", "--people", "5"]);
    assert!(demo.status.success(), "{}", said(&demo));
    data
}

async fn open(file: &Path) -> Store {
    Store::connect(&format!("sqlite:{}", file.display())).await.expect("a database")
}

async fn execute(store: &Store, sql: &str) {
    store.read().execute_unprepared(sql).await.expect(sql);
}

async fn count(store: &Store, from: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {from}");
    let row = store.read().query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await;
    row.expect("answers").expect("a row").try_get_by_index(0).expect("a number")
}

/// Everything in a folder, its subfolders' files too.
fn names(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            }
            found.push(entry.path().strip_prefix(folder).expect("inside").display().to_string());
        }
    }
    found.sort();
    found
}

/// The copies in a folder, and nothing that is not whole beside them.
fn copies(folder: &Path) -> Vec<PathBuf> {
    let names = names(folder);
    let is_left = |name: &&String| name.contains(".part") || name.contains("-journal");
    assert_eq!(names.iter().find(is_left), None, "{names:?}");
    names
        .iter()
        .filter(|name| name.contains('Z') && name.contains(".db"))
        .map(|name| folder.join(name))
        .collect()
}

/// Runs a shell with mounts of its own; none where the machine does not allow that.
fn with_own_mounts(script: &str) -> Option<Output> {
    let isolated = |script: &str| {
        let mut shell = Command::new("unshare");
        shell.args(["--map-root-user", "--mount", "sh", "-ec", script]);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("KVARTEN_") || name == "DATABASE_URL" {
                shell.env_remove(name);
            }
        }
        shell.stdin(Stdio::null()).output()
    };
    if isolated("mount -t tmpfs none /mnt").is_ok_and(|output| output.status.success()) {
        return Some(isolated(script).expect("a shell"));
    }
    eprintln!("no mounts of one's own here: not tested");
    None
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_kvarten");

#[tokio::test]
async fn several_backups_at_once_all_succeed() {
    let data = with_people();
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("copies");
    for round in 1..=3 {
        let started: Vec<Child> = (0..4)
            .map(|_| {
                let mut backup =
                    kvarten(data.path(), &["backup", target.to_str().expect("a name")]);
                backup.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program")
            })
            .collect();
        for backup in started {
            let output = backup.wait_with_output().expect("an end");
            assert!(output.status.success(), "{}", said(&output));
        }
        assert_eq!(copies(&target).len(), 4 * round, "{:?}", names(&target));
    }
    for copy in copies(&target) {
        let mode = fs::metadata(&copy).expect("a copy").permissions().mode();
        assert_eq!(mode & 0o077, 0, "readable by its owner only");
        let store = open(&copy).await;
        assert_eq!(count(&store, "people").await, 5);
        store.check_schema().await.expect("whole");
    }
}

#[tokio::test]
async fn a_copy_holds_no_session() {
    let data = with_people();
    let store = open(&data.path().join("kvarten.db")).await;
    let person = "(SELECT id FROM people LIMIT 1)";
    execute(
        &store,
        &format!(
            "INSERT INTO sessions (key, person_id, is_shared, data, created_at, seen_at, expires_at) \
             VALUES ('{SESSION}', {person}, 0, '{{}}', 1, 1, 9999999999999)"
        ),
    )
    .await;
    let throttle = "INSERT INTO sign_in_throttles (key, failures, last_at, until_at)";
    execute(&store, &format!("{throttle} VALUES ('{SESSION}', 1, 1, 1)")).await;
    store.close().await;
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(data.path(), &["backup", folder.path().to_str().expect("a name")]);
    assert!(output.status.success(), "{}", said(&output));
    let copy = &copies(folder.path())[0];
    let bytes = fs::read(copy).expect("a copy");
    let found = bytes.windows(SESSION.len()).any(|part| part == SESSION.as_bytes());
    assert!(!found, "not even its bytes");
    let store = open(copy).await;
    for table in ["sessions", "sign_in_throttles", "restore_markers"] {
        assert_eq!(count(&store, table).await, 0, "{table}");
    }
    assert!(count(&store, "people").await > 0);
}

#[test]
fn a_full_disk_leaves_nothing_and_is_named() {
    let data = with_people();
    // Of each size something else does not fit: the copy, or the stored files.
    for size in ["64k", "400k", "1500k"] {
        let target = tempfile::tempdir().expect("a folder");
        let (data, target) = (data.path().display(), target.path().display());
        let script = format!(
            "mount -t tmpfs -o size={size} none {target}
             KVARTEN_DATA={data} {PROGRAM} backup {target} || echo ended $? >&2
             find {target} -name '*.part*' -o -name '*journal*' -o -name '*.db' -o -name '*-wal'"
        );
        let Some(output) = with_own_mounts(&script) else { return };
        let said = said(&output);
        assert!(said.contains("ended 1") && said.contains("the disk is full"), "{size}: {said}");
        assert_eq!(said.trim_end().lines().count(), 2, "{said}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{size}");
    }
}

/// A data folder whose last person is in the log only, as after `kill -9`.
async fn with_a_log(has_index: bool) -> TempDir {
    let from = with_people();
    let store = open(&from.path().join("kvarten.db")).await;
    let insert = "INSERT INTO people (id, employee_number, given_name, family_name, created_at) \
                  VALUES (x'00112233445566778899aabbccddeeff', '77001', 'Siv', 'Lund', 1)";
    execute(&store, insert).await;
    let employ = "INSERT INTO employments (id, person_id, unit_id, profession_id, from_at) \
                  SELECT x'01112233445566778899aabbccddeeff', \
                  x'00112233445566778899aabbccddeeff', id, (SELECT id FROM professions LIMIT 1), 1 \
                  FROM units WHERE name = 'Solgläntan'";
    execute(&store, employ).await;
    let data = tempfile::tempdir().expect("a folder");
    for name in ["kvarten.db", "kvarten.db-wal", "kvarten.db-shm"] {
        if has_index || !name.ends_with("-shm") {
            fs::copy(from.path().join(name), data.path().join(name)).expect("a copy");
        }
    }
    assert!(fs::metadata(data.path().join("kvarten.db-wal")).expect("a log").len() > 0);
    store.close().await;
    fs::create_dir(data.path().join("media")).expect("a folder");
    fs::write(data.path().join("media/0a"), b"a stored file").expect("a file");
    data
}

#[rstest]
#[case::closed(None)]
#[case::with_log_and_index(Some(true))]
#[case::with_log_alone(Some(false))]
#[tokio::test]
async fn a_read_only_disk_can_be_read(#[case] has_index: Option<bool>) {
    let data = match has_index {
        None => with_people(),
        Some(has_index) => with_a_log(has_index).await,
    };
    let people = if has_index.is_some() { 6 } else { 5 };
    let before = names(data.path());
    let target = tempfile::tempdir().expect("a folder");
    let (path, copies_in) = (data.path().display(), target.path().display());
    let script = format!(
        "mount --bind {path} {path}
         mount -o remount,bind,ro {path}
         export KVARTEN_DATA={path} LEPTOS_SITE_ADDR=127.0.0.1:0
         {PROGRAM} backup {copies_in}
         {PROGRAM} person list --unit Solgläntan
         {PROGRAM} person export 10001
         for refused in serve migrate 'person leave 10001' 'person erase 10001 --yes'; do
             {PROGRAM} $refused && echo '!!!' $refused
         done
         true"
    );
    let Some(output) = with_own_mounts(&script) else { return };
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", said(&output));
    assert!(!told.contains("!!!"), "{told}");
    assert!(told.contains("Wrote ") && told.contains("\"tables\""), "{told}");
    assert_eq!(told.contains("77001\tSiv Lund"), has_index.is_some(), "{told}");
    let refusals = said(&output).matches("cannot be written to: Read-only file system").count();
    assert_eq!(refusals, 4, "{}", said(&output));
    let store = open(&copies(target.path())[0]).await;
    assert_eq!(count(&store, "people").await, people);
    store.close().await;
    assert_eq!(names(data.path()), before, "nothing was written");
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let data = with_people();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, b"in the way").expect("a file");
    for target in [&file, &file.join("copies")] {
        let output = run(data.path(), &["backup", target.to_str().expect("a name")]);
        assert_refused(&output, "file");
    }
    let own = run(data.path(), &["backup", data.path().to_str().expect("a name")]);
    assert_refused(&own, "name another folder");
    let target = folder.path().display();
    let script = format!(
        "mount -t tmpfs none {target}; mount -o remount,ro {target}
         KVARTEN_DATA={} {PROGRAM} backup {target} || echo ended $? >&2",
        data.path().display()
    );
    let Some(output) = with_own_mounts(&script) else { return };
    assert!(said(&output).contains("Read-only file system") && said(&output).contains("ended 1"));
}

/// Starts a backup that takes long, and waits until it is in the middle of it.
fn begun(data: &Path, target: &Path) -> Child {
    let mut backup = kvarten(data, &["backup", target.to_str().expect("a name")]);
    let backup = backup.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program");
    let began = Instant::now();
    let media = target.join("media");
    while !media.is_dir() || !names(&media).iter().any(|name| name.contains(".part")) {
        assert!(began.elapsed() < Duration::from_secs(20), "it copies stored files");
        sleep(Duration::from_millis(5));
    }
    backup
}

fn end(backup: Child, signal: &str) -> Output {
    let told = Command::new("kill").args([signal, &backup.id().to_string()]).status();
    assert!(told.expect("kill").success());
    backup.wait_with_output().expect("an end")
}

#[test]
fn a_backup_that_is_stopped_leaves_nothing_and_one_that_is_killed_nothing_for_long() {
    let data = with_people();
    // Large and empty: it takes no room until it is copied.
    let large = fs::File::create(data.path().join("media/1a")).expect("a file");
    large.set_len(16 << 30).expect("a length");
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("copies");
    for signal in ["-TERM", "-INT"] {
        let output = end(begun(data.path(), &target), signal);
        assert_refused(&output, "stopped before it was done; nothing was kept");
        assert_eq!(copies(&target), Vec::<PathBuf>::new());
    }
    end(begun(data.path(), &target), "-KILL");
    assert!(names(&target).iter().any(|name| name.contains(".part")), "it had no time to clean up");
    // And what earlier versions left.
    for name in
        ["kvarten-2026-11-21T23-05-09Z.db.part", "kvarten-2026-11-21T23-05-09Z.db.part-journal"]
    {
        fs::write(target.join(name), b"half").expect("a file");
    }
    fs::write(target.join("notes.part"), b"of another program").expect("a file");
    large.set_len(1).expect("a length");
    let output = run(data.path(), &["backup", target.to_str().expect("a name")]);
    assert!(output.status.success(), "{}", said(&output));
    fs::remove_file(target.join("notes.part")).expect("it was left alone");
    assert_eq!(copies(&target).len(), 1);
}

#[test]
fn files_are_for_their_owner_alone() {
    let data = tempfile::tempdir().expect("a folder");
    fs::set_permissions(data.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
    let in_the_open = |words: &str| {
        let script = format!("umask 000; exec {PROGRAM} {words}");
        let output = Command::new("sh")
            .args(["-c", &script])
            .env("KVARTEN_DATA", data.path())
            .env_remove("DATABASE_URL")
            .env_remove("KVARTEN_TEST_POSTGRES")
            .output()
            .expect("a shell");
        assert!(output.status.success(), "{}", said(&output));
        output
    };
    let assert_private = |folder: &Path| {
        for name in names(folder) {
            let mode = fs::metadata(folder.join(&name)).expect(&name).permissions().mode();
            let is_covered = name.starts_with("media/");
            assert!(is_covered || mode.trailing_zeros() >= 6, "{name}: {mode:o}");
        }
    };
    in_the_open("migrate");
    in_the_open("demo --people 5");
    let target = data.path().join("copies");
    in_the_open(&format!("backup {}", target.display()));
    in_the_open(&format!("person export 10001 --to {}/export.json", data.path().display()));
    in_the_open("person erase 10002 --yes");
    in_the_open(&format!("backup {}", target.display()));
    assert_private(data.path());
    assert_private(&target);
    for name in ["kvarten.db", "media", "revoked.jsonl"] {
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(data.path().join(name), open).expect("a mode");
    }
    let output = in_the_open("migrate");
    assert_eq!(
        said(&output).matches("could be read by other users").count(),
        3,
        "{}",
        said(&output)
    );
    assert_private(data.path());
}
