//! The load trial in small: an attack from one address, and pages from others meanwhile.

use std::time::Duration;

use kvarten_bench::{
    Client, Program,
    hostile::hostile_inputs,
    trial::{Size, attack},
};

const SIZE: Size =
    Size { stalled: 120, sign_ins: 20, neighbours: 20, lasting: Duration::from_secs(6) };
/// So many times as long as in an optimised program, on a machine where other tests run.
const SLOW: f64 = 20.0;

async fn program() -> Program {
    let file = env!("CARGO_BIN_EXE_kvarten");
    Program::start_without_site(file, 60, None).await.expect("it starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_are_served_while_one_address_attacks() {
    let program = program().await;
    let seen = attack(&program, SIZE).await.expect("it goes through");
    assert!(!seen.pages_ms.is_empty() && !seen.neighbours_ms.is_empty(), "{seen:?}");
    assert_eq!((seen.pages_failed, seen.neighbours_failed), (0, 0), "{}", program.log());
    let slowest = seen.pages_ms.iter().copied().fold(0.0, f64::max);
    assert!(slowest < 200.0 * SLOW, "{slowest} ms");
    let mut client = Client::connect(program.address()).await.expect("a connection");
    let answer = client.get("/readyz", "").await.expect("an answer");
    assert_eq!(answer.status, 200);
    assert!(!program.log().contains("panicked"), "{}", program.log());
}

#[tokio::test]
async fn no_input_costs_much() {
    let program = program().await;
    for (name, milliseconds, status) in hostile_inputs(&program).await.expect("answers") {
        assert!(milliseconds < 50.0 * SLOW, "{name}: {milliseconds} ms");
        assert!(status < 500, "{name}: {status}");
    }
}
