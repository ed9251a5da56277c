//! The program on a failing disk: every write returns an error, the process exits in order when the
//! failure lasts, and every acknowledged answer survives.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use kvarten_bench::{Client, Climber, Program};
use kvarten_domain::AnswerId;
use kvarten_entity::{Column, answer};
use kvarten_service::Store;
use sea_orm::EntityTrait;
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    time::{sleep, timeout},
};

/// Serves a program's database with `SIGXFSZ` ignored, so that a limit on the file size makes writes
/// fail as on a full disk.
fn serve(program: &Program, data: &std::path::Path) -> Child {
    Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" serve", env!("CARGO_BIN_EXE_kvarten")])
        .env("KVARTEN_DATA", data)
        .env("DATABASE_URL", program.database())
        .env("LEPTOS_SITE_ADDR", program.address())
        .env("LEPTOS_HASH_FILES", "false")
        .env("KVARTEN_LOG", "off")
        .env_remove("KVARTEN_TEST_POSTGRES")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts")
}

/// Limits the file size of a process; false where the machine does not allow it.
async fn limit(process: &Child, limit: &str) -> bool {
    let id = process.id().expect("it runs").to_string();
    let limited =
        Command::new("prlimit").args(["--pid", &id, &format!("--fsize={limit}:")]).status().await;
    limited.is_ok_and(|status| status.success())
}

async fn readiness(program: &Program) -> u16 {
    match Client::connect(program.address()).await {
        Ok(mut client) => client.get("/readyz", "").await.map_or(0, |answer| answer.status),
        Err(_) => 0,
    }
}

async fn until_ready(program: &Program) {
    let begun = Instant::now();
    while readiness(program).await != 200 {
        assert!(begun.elapsed() < Duration::from_secs(20), "not ready");
        sleep(Duration::from_millis(50)).await;
    }
}

/// Replies once; starts a new attempt after the top.
async fn reply(climber: &mut Climber) -> Result<AnswerId, kvarten_bench::Failure> {
    let ladder = climber.start().await?;
    Ok(climber.reply(&ladder).await?.0.answer)
}

async fn assert_saved(program: &Program, acknowledged: &[AnswerId]) {
    let store = Store::connect(program.database()).await.expect("opens");
    for answer in acknowledged {
        let row = answer::Entity::find_by_id(answer.key()).one(store.read()).await.expect("read");
        assert!(row.is_some(), "{answer} was acknowledged");
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_answers_survive_and_a_lasting_failure_ends_the_process() {
    let file = env!("CARGO_BIN_EXE_kvarten");
    let mut program = Program::start_without_site(file, 400, None).await.expect("it starts");
    program.kill().await.expect("it ran");
    let data = tempfile::tempdir().expect("a folder");
    let mut running = serve(&program, data.path());
    until_ready(&program).await;
    // Another data folder: the database counts as restored, and sessions have ended.
    let mut climber = Climber::sign_in(program.address(), "20101").await.expect("signed in");
    let mut acknowledged = vec![reply(&mut climber).await.expect("saved")];
    if !limit(&running, "0").await {
        eprintln!("skipped: prlimit is missing or not allowed");
        return;
    }

    // A short failure: writes fail during it and work after it.
    for _ in 0..2 {
        reply(&mut climber).await.expect_err("not saved");
    }
    sleep(Duration::from_millis(2_100)).await;
    assert_eq!(readiness(&program).await, 503);
    assert!(limit(&running, "unlimited").await);
    for _ in 0..30 {
        acknowledged.push(reply(&mut climber).await.expect("saved"));
    }
    assert_saved(&program, &acknowledged).await;
    sleep(Duration::from_millis(2_100)).await;
    assert_eq!(readiness(&program).await, 200);

    // A lasting failure: writes fail until the process exits with a reason.
    assert!(limit(&running, "0").await);
    let ending = async {
        loop {
            if let Some(status) = running.try_wait().expect("known") {
                return status;
            }
            assert!(reply(&mut climber).await.is_err(), "not saved");
            drop(climber.connect_again(program.address()).await);
            sleep(Duration::from_millis(100)).await;
        }
    };
    let status = timeout(Duration::from_mins(1), ending).await.expect("it ends");
    assert_eq!(status.code(), Some(1));
    let mut said = String::new();
    let mut stderr = running.stderr.take().expect("a pipe");
    stderr.read_to_string(&mut said).await.expect("words");
    let mut stdout = running.stdout.take().expect("a pipe");
    stdout.read_to_string(&mut said).await.expect("words");
    assert!(said.contains("consecutive writes to the database failed"), "{said}");

    program.serve().await.expect("it starts again");
    // The first data folder again: one more restored database.
    let mut climber = Climber::sign_in(program.address(), "20101").await.expect("signed in");
    acknowledged.push(reply(&mut climber).await.expect("saved"));
    assert_saved(&program, &acknowledged).await;
}
