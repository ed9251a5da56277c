//! The cookie of a known device, through the form.

mod stand;

use kvarten_server::config::{HttpConfig, PublicUrl};
use stand::{Answer, PASSWORD, Stand};

const OURS: [(&str, &str); 3] = [
    ("accept", "text/html"),
    ("content-type", "application/x-www-form-urlencoded"),
    ("sec-fetch-site", "same-origin"),
];

async fn post(stand: &Stand, path: &str, cookies: &str, form: String) -> Answer {
    let headers: Vec<_> = OURS.iter().copied().chain([("cookie", cookies)]).collect();
    stand.send("POST", path, &headers, form).await
}

async fn sign_in(stand: &Stand, cookies: &str, more: &str) -> Answer {
    let form = format!("name=10001&password={}{more}", PASSWORD.replace(' ', "+"));
    let answer = post(stand, "/api/sign_in", cookies, form).await;
    assert_eq!(answer.header("location"), "/lar", "{}", answer.text());
    answer
}

fn value(cookie: &str) -> &str {
    cookie.split(';').next().expect("a value")
}

#[tokio::test]
async fn the_cookie_outlives_signing_out() {
    let public_url = Some(PublicUrl::parse("https://kvarten.example").expect("an address"));
    let stand = Stand::with(&HttpConfig { public_url, ..HttpConfig::default() }).await;
    stand.hire("10001").await;
    let answer = sign_in(&stand, "", "").await;
    let device = answer.cookie("__Host-kvarten-device").expect("a cookie");
    for flag in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/", "; Max-Age=31536000"] {
        assert!(device.contains(flag), "{device}");
    }
    assert!(!device.contains("Domain"), "{device}");
    let session = answer.cookie("__Host-kvarten").expect("a session");
    let cookies = format!("{}; {}", value(&device), value(&session));
    let out = post(&stand, "/api/sign_out", &cookies, String::new()).await;
    assert_eq!(out.cookie("__Host-kvarten-device"), None, "it stays");
    // The next sign-in is with the same device.
    let again = sign_in(&stand, value(&device), "").await;
    assert_eq!(again.cookie("__Host-kvarten-device").as_deref(), Some(&*device));
}

#[tokio::test]
async fn a_shared_tablet_is_no_known_device() {
    let stand = Stand::new().await;
    stand.hire("10001").await;
    let shared = sign_in(&stand, "", "&shared=1").await;
    assert_eq!(shared.cookie("kvarten-device"), None);
    // One's own tablet that is now shared is forgotten.
    let own = sign_in(&stand, "", "").await.cookie("kvarten-device").expect("a cookie");
    let shared = sign_in(&stand, value(&own), "&shared=1").await;
    let dropped = shared.cookie("kvarten-device").expect("dropped");
    assert!(dropped.starts_with("kvarten-device=;") && dropped.contains("Max-Age=0"), "{dropped}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_with_a_right_password_does_not_keep_others_out() {
    let stand = std::sync::Arc::new(Stand::new().await);
    stand.hire("10001").await;
    stand.hire("10002").await;
    let own = sign_in(&stand, "", "").await.cookie("kvarten-device").expect("a cookie");
    // Strangers and a known device, with one right password, from the address of everybody.
    let flood: Vec<_> = (0..300)
        .map(|at| {
            let (stand, own) = (std::sync::Arc::clone(&stand), own.clone());
            tokio::spawn(async move {
                let cookies = if at % 2 == 0 { value(&own).to_owned() } else { String::new() };
                let form = format!("name=10001&password={}", PASSWORD.replace(' ', "+"));
                post(&stand, "/api/sign_in", &cookies, form).await.status
            })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    for _ in 0..3 {
        let begun = std::time::Instant::now();
        let form = format!("name=10002&password={}", PASSWORD.replace(' ', "+"));
        let answer = post(&stand, "/api/sign_in", "", form).await;
        assert_eq!(answer.header("location"), "/lar");
        assert!(begun.elapsed() < std::time::Duration::from_secs(3), "{:?}", begun.elapsed());
    }
    for one in flood {
        one.await.expect("answered");
    }
}
