//! The demonstration, whose password is public, behind an address that others reach.

mod command;

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};

use command::{assert_refused, kvarten, migrated, said};
use rstest::rstest;

const PASSWORD: &str = "en kvart om dagen";

#[rstest]
#[case("https://kvarten.example")]
#[case("http://kvarten.example:8080")]
#[case("https://192.0.2.1")]
fn the_demonstration_is_not_for_the_public(#[case] url: &str) {
    let data = migrated();
    let demo = |words: &[&str]| {
        let mut command = kvarten(data.path(), &[&["demo", "--people", "5"], words].concat());
        command.env("KVARTEN_PUBLIC_URL", url).output().expect("the program")
    };
    assert_refused(&demo(&[]), "--public-demonstration");
    assert_refused(&demo(&["--if-empty"]), "--public-demonstration");
    let output = demo(&["--public-demonstration"]);
    assert!(output.status.success(), "{}", said(&output));
}

/// What `serve` prints, and what it says beside that, in its first second.
fn served(data: &std::path::Path, url: &str) -> (String, String) {
    let mut command = kvarten(data, &["serve"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut server = command.env("KVARTEN_PUBLIC_URL", url).spawn().expect("the program");
    let mut printed = BufReader::new(server.stdout.take().expect("its output"));
    let mut first = String::new();
    printed.read_line(&mut first).expect("a line");
    sleep(Duration::from_millis(1_500));
    let told = Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    assert!(told.expect("kill").success());
    printed.read_to_string(&mut first).expect("text");
    let mut said = String::new();
    server.stderr.take().expect("its errors").read_to_string(&mut said).expect("text");
    assert!(server.wait().expect("an end").success());
    (first, said)
}

#[test]
fn a_public_server_does_not_print_the_password_and_warns_of_it() {
    let data = migrated();
    let (printed, warned) = served(data.path(), "https://kvarten.example");
    assert!(
        !printed.contains(PASSWORD) && !warned.contains("demonstration's password"),
        "{warned}"
    );

    let demo = kvarten(data.path(), &["demo", "--people", "20"]).output().expect("the program");
    assert!(demo.status.success(), "{}", said(&demo));
    let (printed, warned) = served(data.path(), "http://localhost:3000");
    assert!(printed.contains(PASSWORD), "{printed}");
    assert!(!warned.contains("demonstration's password"), "{warned}");
    // At each start.
    for _ in 0..2 {
        let (printed, warned) = served(data.path(), "https://kvarten.example");
        assert!(!printed.contains(PASSWORD), "{printed}");
        assert!(warned.contains("demonstration's password"), "{warned}");
    }
}

#[rstest]
#[case("postgres://kvarten:hemligt@db.example.invalid/kvarten", true)]
#[case("postgres://kvarten:hemligt@db.example.invalid/kvarten?sslmode=require", true)]
#[case("postgres://kvarten:hemligt@db.example.invalid/kvarten?sslmode=verify-ca", true)]
#[case("postgres://kvarten:hemligt@db.example.invalid/kvarten?sslmode=verify-full", false)]
#[case("postgres://kvarten:hemligt@127.0.0.1/kvarten", false)]
#[case("postgres://kvarten:hemligt@localhost/kvarten?sslmode=disable", false)]
#[case("postgres:///kvarten?host=/run/postgresql", false)]
#[case("sqlite:data/kvarten.db", false)]
fn an_unverified_database_is_named(#[case] url: &str, #[case] is_named: bool) {
    let url = kvarten_server::config::DatabaseUrl::parse(url).expect("an address");
    assert_eq!(url.unverified_host().as_deref(), is_named.then_some("db.example.invalid"));
}
