//! What the process does with its settings.

mod stand;

use std::path::Path;

use kvarten_server::config::{Config, DatabaseUrl, LogFormat};
use rstest::rstest;
use stand::variables;

#[test]
fn nothing_has_to_be_set() {
    let config = Config::read(&variables(&[])).expect("defaults");
    assert_eq!(config.data, Path::new("data"));
    assert_eq!(config.database.as_str(), "sqlite:data/kvarten.db");
    assert_eq!(config.site.site_addr.to_string(), "127.0.0.1:3000");
    assert_eq!(&*config.site.output_name, "kvarten");
    assert_eq!(config.http.trusted_proxies, 0);
    assert!(!config.http.is_secure());
    assert_eq!((config.log.filter.as_str(), config.log.format), ("info", LogFormat::Text));
}

#[test]
fn the_environment_goes_before_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("settings.toml");
    std::fs::write(&file, "data = 'from/file'\ntrusted_proxies = 2\nlog_format = 'json'\n")
        .expect("a file");
    let config = Config::read(&variables(&[
        ("KVARTEN_CONFIG", file.to_str().expect("a name")),
        ("KVARTEN_DATA", "from/environment"),
        ("KVARTEN_PUBLIC_URL", "https://Kvarten.Example"),
        ("LEPTOS_SITE_ADDR", "0.0.0.0:8080"),
        ("LEPTOS_SITE_ROOT", "elsewhere"),
        ("KVARTEN_LOG", ""),
        ("KVARTEN_CACHE", "of the build"),
        ("KVARTEN_TEST_POSTGRES", "of the tests"),
    ]));
    let config = config.expect("good settings");
    assert_eq!(config.database.as_str(), "sqlite:from/environment/kvarten.db");
    assert_eq!(config.media(), Path::new("from/environment/media"));
    assert_eq!((config.http.trusted_proxies, config.log.format), (2, LogFormat::Json));
    assert_eq!(
        config.http.public_url.as_ref().map(ToString::to_string).as_deref(),
        Some("https://kvarten.example")
    );
    assert!(config.http.is_secure());
    assert_eq!((config.site.site_addr.port(), &*config.site.site_root), (8080, "elsewhere"));
}

#[test]
fn every_fault_is_listed_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kvarten.toml");
    std::fs::write(&file, "time_zon = 'Europe/Oslo'\nlog = ['info']\n").expect("a file");
    let faults = Config::read(&variables(&[
        ("KVARTEN_CONFIG", file.to_str().expect("a name")),
        ("DATABASE_URL", "mysql://root:hemligt@db/kvarten"),
        ("LEPTOS_SITE_ADDR", "localhost"),
        ("KVARTEN_PUBLIC_URL", "kvarten.example"),
        ("KVARTEN_TRUSTED_PROXIES", "-1"),
        ("KVARTEN_TIME_ZONE", "Europe/Lindvike"),
        ("KVARTEN_LOG_FORMAT", "xml"),
        ("KVARTEN_DATTA", "data"),
    ]))
    .expect_err("faults");
    let beginnings = [
        "DATABASE_URL: it must begin with sqlite: or postgres://",
        "KVARTEN_TIME_ZONE: there is no time zone called `Europe/Lindvike`",
        "KVARTEN_PUBLIC_URL: `kvarten.example` is not an address",
        "KVARTEN_TRUSTED_PROXIES: `-1` is not a number from 0 to 16",
        "log in ",
        "KVARTEN_LOG_FORMAT: `xml` is neither `text` nor `json`",
        "LEPTOS_SITE_ADDR: `localhost` is not an address with a port",
        "KVARTEN_DATTA: there is no such setting; is it KVARTEN_DATA?",
        "time_zon in ",
    ];
    assert_eq!(faults.0.len(), beginnings.len(), "{faults}");
    for (fault, beginning) in faults.0.iter().zip(beginnings) {
        assert!(fault.starts_with(beginning), "{fault}");
    }
    let said = faults.to_string();
    assert!(said.starts_with("9 settings must be put right:\n"), "{said}");
    assert!(said.ends_with("is it time_zone?"), "{said}");
    assert!(!said.contains("hemligt"), "{said}");
}

#[rstest]
#[case("KVARTEN_PUBLIC_URL", "https://kvarten.example/kvarten", "must end after the host")]
#[case("KVARTEN_PUBLIC_URL", "ftp://kvarten.example", "is not an address")]
#[case("KVARTEN_LOG", "kvarten=loud", "is not a log filter")]
#[case("DATABASE_URL", "sqlite::memory:", "the path of a file")]
#[case("KVARTEN_CONFIG", "/nowhere/kvarten.toml", "/nowhere/kvarten.toml: ")]
fn a_setting_is_refused(#[case] name: &str, #[case] value: &str, #[case] why: &str) {
    let faults = Config::read(&variables(&[(name, value)])).expect_err("a fault");
    assert_eq!(faults.0.len(), 1, "{faults}");
    assert!(faults.0[0].contains(why), "{faults}");
}

#[rstest]
#[case("smtp://user:hemligt@smtp.example", false)]
#[case("smtp://user:hemligt@smtp.example:587?tls=opportunistic", false)]
#[case("smtp://user:hemligt@10.0.0.5", false)]
#[case("smtp://user:hemligt@localhost.example", false)]
#[case("smtp://user:hemligt@smtp.example?tls=opportunistic&tls=required", false)]
#[case("smtp://user:hemligt@smtp.example?tls=required", true)]
#[case("smtps://user:hemligt@smtp.example", true)]
#[case("smtp://user:hemligt@localhost:2525", true)]
#[case("smtp://user:hemligt@127.0.0.1", true)]
#[case("smtp://user:hemligt@[::1]:25", true)]
#[case("smtp://smtp.example", true)]
fn a_mail_password_goes_over_tls_only(#[case] url: &str, #[case] is_taken: bool) {
    let config = Config::read(&variables(&[
        ("KVARTEN_MAIL_URL", url),
        ("KVARTEN_MAIL_FROM", "kvarten@kommun.example"),
        ("KVARTEN_PUBLIC_URL", "https://kvarten.example"),
    ]));
    match config {
        Ok(config) => assert!(is_taken && config.mail.is_some()),
        Err(faults) => {
            let said = faults.to_string();
            assert!(
                !is_taken && said.contains("without TLS") && !said.contains("hemligt"),
                "{said}"
            );
        }
    }
}

#[test]
fn a_malformed_file_is_named_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kvarten.toml");
    std::fs::write(&file, "data = 'data'\nlog = \n").expect("a file");
    let named = file.to_str().expect("a name");
    let faults = Config::read(&variables(&[("KVARTEN_CONFIG", named)])).expect_err("a fault");
    assert!(faults.0[0].starts_with(&format!("{named}, line 2: ")), "{faults}");
}

#[test]
fn the_running_server_and_the_build_have_the_same_options() {
    let options = |file: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        let text = std::fs::read_to_string(path).expect("a file");
        let table: toml::Table = text.parse().expect("TOML");
        table["workspace"]["metadata"]["leptos"].clone()
    };
    assert_eq!(options("Leptos.toml"), options("Cargo.toml"));
}

#[test]
fn a_password_is_not_shown() {
    let url = DatabaseUrl::parse("postgres://anna:hemligt@db/kvarten").expect("an address");
    assert!(!format!("{url} {url:?}").contains("hemligt"));
}
