//! The session's cookie, and how sessions end.

mod stand;

use kvarten_domain::PersonId;
use kvarten_server::{
    SessionTable,
    config::{HttpConfig, PublicUrl},
};
use leptos::prelude::*;
use stand::{PASSWORD, Stand};
use tower_sessions::{Session, SessionStore, session::Record};

/// Signs in without a password.
#[server(prefix = "/api", endpoint = "test/enter")]
async fn enter(person: String, shared: bool) -> Result<(), ServerFnError> {
    let session: Session = leptos_axum::extract().await?;
    session.cycle_id().await?;
    session.insert("person", person).await?;
    session.insert("shared", shared).await?;
    Ok(())
}

/// Signs out.
#[server(prefix = "/api", endpoint = "test/leave")]
async fn leave() -> Result<(), ServerFnError> {
    let session: Session = leptos_axum::extract().await?;
    session.flush().await?;
    Ok(())
}

/// Who is signed in.
#[server(prefix = "/api", endpoint = "test/who")]
async fn who() -> Result<Option<String>, ServerFnError> {
    let session: Session = leptos_axum::extract().await?;
    Ok(session.get("person").await?)
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

async fn secure_stand() -> Stand {
    let public_url = Some(PublicUrl::parse("https://kvarten.example").expect("an address"));
    Stand::with(&HttpConfig { public_url, trusted_proxies: 0 }).await
}

/// Signs in through the router; the cookie as it was set.
async fn set_cookie(stand: &Stand, person: PersonId, is_shared: bool, name: &str) -> String {
    let body = format!("person={person}&shared={is_shared}");
    let entered = stand.send("POST", "/api/test/enter", &[FORM, OURS], body).await;
    assert!(entered.status.is_success(), "{}: {}", entered.status, entered.text());
    entered.cookie(name).expect("a cookie")
}

fn value(cookie: &str) -> &str {
    cookie.split(';').next().expect("a value")
}

async fn is_signed_in(stand: &Stand, cookie: &str) -> bool {
    let answer = stand.send("POST", "/api/test/who", &[FORM, OURS, ("cookie", cookie)], "").await;
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.text() != "null"
}

#[tokio::test]
async fn the_cookie_over_tls_is_bound_to_the_host() {
    let stand = secure_stand().await;
    let alma = stand.hire("10001").await;
    let own = set_cookie(&stand, alma, false, "__Host-kvarten").await;
    for flag in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"] {
        assert!(own.contains(flag), "{own}");
    }
    assert!(!own.contains("Domain"), "{own}");
    assert!(own.contains("; Max-Age=5184000"), "60 days: {own}");
}

#[tokio::test]
async fn the_cookie_of_a_shared_tablet_ends_with_the_browser() {
    let stand = Stand::new().await;
    let alma = stand.hire("10001").await;
    let shared = set_cookie(&stand, alma, true, "kvarten").await;
    assert!(!shared.contains("Max-Age") && !shared.contains("Expires"), "{shared}");
    assert!(shared.contains("; HttpOnly") && !shared.contains("Secure"), "{shared}");
}

#[tokio::test]
async fn the_id_is_another_after_signing_in() {
    let stand = Stand::new().await;
    let alma = stand.hire("10001").await;
    let before = stand.sign_in(alma).await;
    let body = format!("person={alma}&shared=false");
    let headers = [FORM, OURS, ("cookie", before.as_str())];
    let entered = stand.send("POST", "/api/test/enter", &headers, body).await;
    let after = entered.cookie("kvarten").expect("a cookie");
    assert_ne!(value(&after), before);
    assert!(is_signed_in(&stand, value(&after)).await);
    assert!(!is_signed_in(&stand, &before).await);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_drops_the_cookie() {
    let stand = secure_stand().await;
    let alma = stand.hire("10001").await;
    let cookie = stand.sign_in(alma).await;
    assert!(is_signed_in(&stand, &cookie).await);
    let headers = [FORM, OURS, ("cookie", cookie.as_str())];
    let left = stand.send("POST", "/api/test/leave", &headers, "").await;
    let dropped = left.cookie("__Host-kvarten").expect("a cookie");
    assert!(dropped.starts_with("__Host-kvarten=;") && dropped.contains("Max-Age=0"), "{dropped}");
    assert!(dropped.contains("; Secure") && dropped.contains("; Path=/"), "{dropped}");
    assert!(!is_signed_in(&stand, &cookie).await);
}

#[tokio::test]
async fn an_ended_session_is_not_brought_back_by_a_late_save() {
    let stand = Stand::new().await;
    let alma = stand.hire("10001").await;
    let table = SessionTable::of(&stand.services);
    let mut record = Record {
        id: tower_sessions::session::Id::default(),
        data: [("person".to_owned(), serde_json::json!(alma))].into(),
        expiry_date: time::OffsetDateTime::UNIX_EPOCH,
    };
    table.create(&mut record).await.expect("a session");
    let loaded = table.load(&record.id).await.expect("an answer").expect("a session");
    assert_eq!(loaded, record, "what is loaded is what was made, its end included");
    let days = (loaded.expiry_date - time::OffsetDateTime::now_utc()).whole_days();
    assert_eq!(days, 59);
    table.delete(&record.id).await.expect("an end");
    table.save(&loaded).await.expect("nothing to save");
    assert_eq!(table.load(&record.id).await.expect("an answer"), None);
}

#[tokio::test]
async fn two_sessions_never_share_an_id() {
    let stand = Stand::new().await;
    let table = SessionTable::of(&stand.services);
    let mut first = Record {
        id: tower_sessions::session::Id::default(),
        data: std::collections::HashMap::new(),
        expiry_date: time::OffsetDateTime::UNIX_EPOCH,
    };
    let mut second = first.clone();
    table.create(&mut first).await.expect("a session");
    table.create(&mut second).await.expect("another");
    assert_ne!(first.id, second.id);
}

/// A form sent without the script.
const PLAIN: (&str, &str) = ("accept", "text/html");

#[tokio::test]
async fn a_new_password_gives_the_session_a_new_id() {
    let stand = secure_stand().await;
    let alma = stand.hire("10001").await;
    for is_shared in [false, true] {
        let cookie = set_cookie(&stand, alma, is_shared, "__Host-kvarten").await;
        let (before, other) = (value(&cookie), stand.sign_in(alma).await);
        let body = format!(
            "old_password={}&new_password=en+helt+annan+mening",
            PASSWORD.replace(' ', "+")
        );
        let body = if is_shared {
            "old_password=en+helt+annan+mening&new_password=mormors+gamla+stol".to_owned()
        } else {
            body
        };
        let headers = [FORM, OURS, PLAIN, ("cookie", before)];
        let changed = stand.send("POST", "/api/change_password", &headers, body).await;
        assert_eq!(changed.header("location"), "/mer?klart=losenord", "{}", changed.text());
        let after = changed.cookie("__Host-kvarten").expect("a new cookie");
        assert_ne!(value(&after), before);
        assert_eq!(after.contains("Max-Age"), !is_shared, "{after}");
        assert!(is_signed_in(&stand, value(&after)).await);
        for copied in [before, &*other] {
            assert!(!is_signed_in(&stand, copied).await, "a copied cookie is dead");
        }
        // What was refused changes nothing.
        let headers = [FORM, OURS, PLAIN, ("cookie", value(&after))];
        let body = "old_password=fel&new_password=en+tredje+mening+nu";
        let refused = stand.send("POST", "/api/change_password", &headers, body).await;
        assert!(refused.header("location").contains("wrong_password"));
        assert!(is_signed_in(&stand, value(&after)).await);
    }
}

#[tokio::test]
async fn a_device_is_signed_out_by_the_form() {
    let stand = Stand::new().await;
    let (alma, bo) = (stand.hire("10001").await, stand.hire("10002").await);
    let form = format!("name=10001&password={}", PASSWORD.replace(' ', "+"));
    let agent = "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile";
    let headers = [FORM, OURS, PLAIN, ("user-agent", agent)];
    let entered = stand.send("POST", "/api/sign_in", &headers, form).await;
    let phone = entered.cookie("kvarten").expect("a session");
    let phone = value(&phone);
    let (computer, foreign) = (stand.sign_in(alma).await, stand.sign_in(bo).await);
    let page = stand.get("/mer", &[("cookie", &computer)]).await.text();
    assert!(page.contains("Android, Chrome") && !page.contains("Chrome/"));
    let id = page.split("name=\"device\" value=\"").nth(1).expect("a form");
    let id = id.split('"').next().expect("an id").to_owned();
    let end = async |cookie: &str| {
        let headers = [FORM, OURS, PLAIN, ("cookie", cookie)];
        stand.send("POST", "/api/end_device", &headers, format!("device={id}")).await
    };
    assert!(end(&foreign).await.header("location").contains("not_found"));
    assert!(is_signed_in(&stand, phone).await);
    assert_eq!(end(&computer).await.header("location"), "/mer?klart=enhet");
    assert!(!is_signed_in(&stand, phone).await && is_signed_in(&stand, &computer).await);
}

#[tokio::test]
async fn the_twenty_first_sign_in_ends_the_oldest_session() {
    let stand = Stand::new().await;
    let alma = stand.hire("10001").await;
    let mut cookies = Vec::new();
    for _ in 0..21 {
        cookies.push(stand.sign_in(alma).await);
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    assert!(!is_signed_in(&stand, &cookies[0]).await);
    for cookie in &cookies[1..] {
        assert!(is_signed_in(&stand, cookie).await);
    }
}
