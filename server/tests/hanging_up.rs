//! Those who hang up: nothing falls over, nothing goes on for them, and the stop is a clean one.

use std::time::Duration;

use kvarten_bench::{Client, Program};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::sleep};

/// Pages with somebody's data in them.
const PAGES: [&str; 16] = [
    "/poang",
    "/lar",
    "/lar/dagens-besok",
    "/lar/dagens-besok/stegen",
    "/lar/dagens-besok/1",
    "/kunskaper",
    "/kunskaper/insyn",
    "/kunskaper/outlook",
    "/karta",
    "/karta/program",
    "/karta/krav",
    "/enhet",
    "/enhet/hanvisningar",
    "/enhet/staende",
    "/enhet/utveckling",
    "/mer",
];
/// How often each page is hung up on, and by how many at once.
const TIMES: u64 = 24;
const AT_ONCE: u64 = 4;
/// Within this time pages are drawn here, most of them.
const LONGEST_MS: u64 = 60;

/// Asks for a page and hangs up a moment later.
async fn hang_up(address: &str, cookie: &str, path: &str, after: Duration) {
    let Ok(mut stream) = TcpStream::connect(address).await else { return };
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/html\r\nCookie: {cookie}\r\n\r\n"
    );
    if stream.write_all(request.as_bytes()).await.is_ok() {
        sleep(after).await;
    }
}

async fn hang_up_often(address: String, cookie: String, seed: u64) {
    let mut dice = seed;
    for path in PAGES {
        for _ in 0..TIMES {
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let after = Duration::from_micros((dice >> 33) % (LONGEST_MS * 1_000));
            hang_up(&address, &cookie, path, after).await;
        }
    }
}

fn assert_calm(program: &Program) {
    let log = program.log();
    let loud = |line: &&str| line.contains("panicked") || line.contains("ERROR");
    assert_eq!(log.lines().find(loud), None, "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hangs_up_leaves_nothing_behind() {
    let file = env!("CARGO_BIN_EXE_kvarten");
    let mut program = Program::start_without_site(file, 60, None).await.expect("it starts");
    let roles = ["staff", "manager", "administrator"];
    program.add_person("1", "Lindvike kommun", &roles).await.expect("a person");
    let mut client = Client::connect(program.address()).await.expect("a connection");
    let cookie = client.sign_in("1").await.expect("signed in");
    let hang_up_all = |from: u64| {
        let one = |seed| hang_up_often(program.address().to_owned(), cookie.clone(), seed);
        (from..from + AT_ONCE).map(|seed| tokio::spawn(one(seed))).collect::<Vec<_>>()
    };
    for one in hang_up_all(1) {
        one.await.expect("it goes through");
    }
    let answer = client.get("/poang", &cookie).await.expect("an answer");
    assert_eq!(answer.status, 200);
    assert_calm(&program);

    let going_on = hang_up_all(100);
    sleep(Duration::from_millis(300)).await;
    assert!(program.stop().await.expect("it ran"), "{}", program.log());
    assert_calm(&program);
    for one in going_on {
        one.abort();
    }
}
