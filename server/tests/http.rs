//! What every answer says of itself, and the routes that are not pages.
#![expect(clippy::unused_async, reason = "a call to the server is always asynchronous")]

mod stand;

use kvarten_domain::Role;
use kvarten_server::config::{HttpConfig, PublicUrl};
use kvarten_service::{
    map::SystemEdit,
    new_id, now,
    operator::{NewPerson, Operator},
};
use leptos::prelude::*;
use rstest::rstest;
use stand::Stand;

/// The address a call comes from.
#[server(prefix = "/api", endpoint = "test/address")]
async fn address() -> Result<String, ServerFnError> {
    Ok(expect_context::<kvarten_app::calls::ClientAddress>().0)
}

/// Falls.
#[server(prefix = "/api", endpoint = "test/fall")]
async fn fall() -> Result<(), ServerFnError> {
    panic!("this is a test")
}

/// Takes a text.
#[server(prefix = "/api", endpoint = "test/take")]
async fn take(text: String) -> Result<usize, ServerFnError> {
    Ok(text.len())
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

#[rstest]
#[case("GET", "/logga-in")]
#[case("GET", "/no/such/page")]
#[case("POST", "/api/test/address")]
#[case("POST", "/api/test/fall")]
#[case("GET", "/healthz")]
#[case("GET", "/favicon.svg")]
#[case("GET", "/media/nothing")]
#[tokio::test]
async fn every_answer_has_the_headers(#[case] method: &str, #[case] path: &str) {
    let stand = Stand::new().await;
    stand.with_site_file("favicon.svg", b"<svg/>");
    let answer = stand.send(method, path, &[FORM, OURS], "").await;
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("x-frame-options", "DENY"),
        ("x-dns-prefetch-control", "off"),
        ("x-permitted-cross-domain-policies", "none"),
        ("strict-transport-security", ""),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let denied = answer.header("permissions-policy");
    for feature in ["camera=()", "microphone=()", "geolocation=()", "usb=()", "payment=()"] {
        assert!(denied.contains(feature), "{denied}");
    }
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'")
    );
    let expected = if path == "/favicon.svg" { "public, max-age=3600" } else { "no-store" };
    assert_eq!(answer.header("cache-control"), expected);
}

#[tokio::test]
async fn over_tls_browsers_are_told_to_stay_there() {
    let public_url = Some(PublicUrl::parse("https://kvarten.example").expect("an address"));
    let stand = Stand::with(&HttpConfig { public_url, trusted_proxies: 0 }).await;
    let answer = stand.get("/healthz", &[]).await;
    assert!(answer.header("strict-transport-security").starts_with("max-age=31536000"));
}

#[rstest]
#[case("/logga-in", 200)]
#[case("/no/such/page", 404)]
#[tokio::test]
async fn a_page_runs_its_own_scripts_only(#[case] path: &str, #[case] status: u16) {
    let stand = Stand::new().await;
    let (first, second) = (stand.get(path, &[]).await, stand.get(path, &[]).await);
    assert_eq!(first.status, status);
    assert_eq!(first.header("content-type"), "text/html; charset=utf-8");
    let nonce = |policy: &str| {
        let (_, rest) = policy.split_once("'nonce-").expect("a nonce");
        rest.split_once('\'').expect("its end").0.to_owned()
    };
    let policy = first.header("content-security-policy");
    let used = nonce(policy);
    assert_ne!(used, nonce(second.header("content-security-policy")));
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'nonce-"), "{policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    let html = first.text();
    let scripts = html.matches("<script").count();
    assert!(scripts > 0);
    assert_eq!(html.matches(&format!("nonce=\"{used}\"")).count(), scripts, "{html}");
}

#[tokio::test]
async fn pages_are_compressed_and_small_answers_are_not() {
    let stand = Stand::new().await;
    for (accepted, expected) in [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("", "")] {
        let page = stand.get("/logga-in", &[("accept-encoding", accepted)]).await;
        assert_eq!(page.header("content-encoding"), expected);
        assert_eq!(page.header("vary"), "accept-encoding");
    }
    let headers = [FORM, OURS, ("accept-encoding", "br")];
    let call = stand.send("POST", "/api/test/address", &headers, "").await;
    assert_eq!(call.header("content-encoding"), "");
}

#[rstest]
#[case(60_000, 200)]
#[case(70_000, 413)]
#[tokio::test]
async fn a_call_has_a_longest_length(#[case] length: usize, #[case] status: u16) {
    let stand = Stand::new().await;
    let text = format!("text={}", "a".repeat(length));
    let answer = stand.send("POST", "/api/test/take", &[FORM, OURS], text).await;
    assert_eq!(answer.status, status, "{}", answer.text());
}

#[tokio::test]
async fn a_fall_is_an_answer_too() {
    let stand = Stand::new().await;
    let answer = stand.send("POST", "/api/test/fall", &[FORM, OURS], "").await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (500, "Something went wrong.\n"));
}

#[tokio::test]
async fn another_site_cannot_call() {
    let stand = Stand::new().await;
    let elsewhere = [FORM, ("sec-fetch-site", "cross-site")];
    let answer = stand.send("POST", "/api/test/address", &elsewhere, "").await;
    assert_eq!(answer.status, 403);
    assert_eq!(stand.get("/logga-in", &elsewhere).await.status, 200);
}

#[rstest]
#[case(0, "192.0.2.1")]
#[case(1, "198.51.100.7")]
#[tokio::test]
async fn a_call_knows_where_it_comes_from(#[case] trusted_proxies: u8, #[case] expected: &str) {
    let stand = Stand::with(&HttpConfig { public_url: None, trusted_proxies }).await;
    let headers = [FORM, OURS, ("x-forwarded-for", "203.0.113.9, 198.51.100.7")];
    let answer = stand.send("POST", "/api/test/address", &headers, "").await;
    assert_eq!(answer.text(), format!("\"{expected}\""));
}

#[tokio::test]
async fn the_process_is_healthy_and_ready() {
    let stand = Stand::new().await;
    for path in ["/healthz", "/readyz"] {
        let answer = stand.get(path, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "ok\n"), "{path}");
    }
    stand.services.store().close().await;
    let answer = stand.get("/readyz", &[]).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.text(), "the database does not answer\n");
    assert_eq!(stand.get("/healthz", &[]).await.status, 200);
}

#[tokio::test]
async fn the_site_comes_packed() {
    let stand = Stand::new().await;
    stand.with_site_file("pkg/kvarten.js", b"export default 1");
    stand.with_site_file("pkg/kvarten.js.br", b"packed");
    stand.with_site_file("fonts/a.woff2", b"font");
    let plain = stand.get("/pkg/kvarten.js", &[]).await;
    assert_eq!((plain.text().as_str(), plain.header("content-encoding")), ("export default 1", ""));
    let packed = stand.get("/pkg/kvarten.js", &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((packed.text().as_str(), packed.header("content-encoding")), ("packed", "br"));
    for answer in [&plain, &packed] {
        assert_eq!(answer.header("content-type"), "text/javascript");
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
    let since = [("if-modified-since", plain.header("last-modified"))];
    assert_eq!(stand.get("/pkg/kvarten.js", &since).await.status, 304);
    let font = stand.get("/fonts/a.woff2", &[]).await;
    assert_eq!(font.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(stand.get("/fonts/b.woff2", &[]).await.header("cache-control"), "no-store");
    assert_eq!(stand.get("/../kvarten.db", &[]).await.status, 404);
}

#[rstest]
#[case("http://kvarten.test/logga-in", "/logga-in?fel=wrong_sign_in&form=sign_in")]
#[case(
    "http://kvarten.test/logga-in?till=%2Fpoang&fel=trouble",
    "/logga-in?till=%2Fpoang&fel=wrong_sign_in&form=sign_in"
)]
#[case(
    "http://kvarten.test/karta/krav?enhet=ID&fel=x&klart=1",
    "/karta/krav?enhet=ID&fel=wrong_sign_in&form=sign_in"
)]
#[case(
    "http://kvarten.test/karta/krav?klart=2&enhet=%C3%A5&nej=a.b.changed&dag=2026-03-01#niva-1",
    "/karta/krav?enhet=%C3%A5&dag=2026-03-01&fel=wrong_sign_in&form=sign_in"
)]
#[case("http://kvarten.test//evil.test/", "/lar?fel=wrong_sign_in&form=sign_in")]
#[case("", "/lar?fel=wrong_sign_in&form=sign_in")]
#[tokio::test]
async fn a_refused_form_leads_back_to_its_page(#[case] referer: &str, #[case] back: &str) {
    let stand = Stand::new().await;
    let headers = [
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("referer", referer),
        ("sec-fetch-site", "same-origin"),
    ];
    let answer = stand.send("POST", "/api/sign_in", &headers, "name=10001&password=fel").await;
    assert_eq!(answer.header("location"), back);
}

#[rstest]
#[case::own_device("", true)]
#[case::shared_tablet("&shared=1", false)]
#[tokio::test]
async fn a_refused_form_keeps_the_name_that_was_typed(#[case] more: &str, #[case] is_kept: bool) {
    let stand = Stand::new().await;
    let headers = [
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("referer", "http://kvarten.test/logga-in"),
        ("sec-fetch-site", "same-origin"),
    ];
    let form = format!("name=%C3%A5sa%40lindvike.example&password=fel{more}");
    let answer = stand.send("POST", "/api/sign_in", &headers, form).await;
    assert_eq!(answer.header("location"), "/logga-in?fel=wrong_sign_in&form=sign_in");
    let Some(cookie) = answer.cookie("kvarten-name") else {
        assert!(!is_kept);
        return;
    };
    assert!(
        is_kept && cookie.contains("; HttpOnly") && cookie.contains("; Max-Age=60"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().expect("a value");
    let page = stand.get(answer.header("location"), &[("cookie", cookie)]).await;
    assert!(page.text().contains(r#"value="åsa@lindvike.example""#), "{}", page.text());
    let dropped = page.cookie("kvarten-name").expect("it is told once");
    assert!(dropped.contains("; Max-Age=0"), "{dropped}");
}

/// Somebody with a role for the whole municipality, as the `Cookie` header of their browser.
async fn signed_in_as(stand: &Stand, role: Role) -> String {
    stand.hire("1").await;
    let new = NewPerson {
        employee_number: "2".to_owned(),
        email: None,
        given_name: "Bo".to_owned(),
        family_name: "Berg".to_owned(),
        unit: "Lindvike".to_owned(),
        profession: "yrke-1".to_owned(),
        roles: vec![role],
        password: None,
    };
    let person = Operator::enter(&stand.services, now()).create_person(&new).await;
    stand.sign_in(person.expect("a person")).await
}

#[tokio::test]
async fn a_refused_form_of_a_chosen_unit_leads_back_to_that_unit() {
    let stand = Stand::new().await;
    let cookie = signed_in_as(&stand, Role::Administrator).await;
    let headers = [
        FORM,
        OURS,
        ("accept", "text/html"),
        ("referer", "http://kvarten.test/karta/krav?enhet=ID&fel=x&klart=1"),
        ("cookie", cookie.as_str()),
    ];
    let answer = stand.send("POST", "/api/set_requirements", &headers, "from=i+morgon").await;
    let back = "/karta/krav?enhet=ID&fel=invalid.from.wrong_date&form=set_requirements";
    assert_eq!(answer.header("location"), back);
}

#[tokio::test]
async fn a_name_is_no_markup_in_the_title() {
    let stand = Stand::new().await;
    let cookie = stand.sign_in(stand.hire("1").await).await;
    let name = "</title><meta http-equiv=refresh content=0;url=//e.test>";
    let edit = SystemEdit { name: name.to_owned(), ..SystemEdit::default() };
    let map = Operator::enter(&stand.services, now()).map();
    let code = map.create_system(new_id(), &edit).await.expect("a system");
    let page = stand.get(&format!("/kunskaper/{code}"), &[("cookie", &cookie)]).await;
    assert_eq!(page.status, 200);
    let html = page.text();
    assert!(!html.contains("<meta http-equiv=refresh"), "{html}");
    let (_, title) = html.split_once("<title>").expect("a title");
    let (title, _) = title.split_once("</title>").expect("its end");
    assert!(title.starts_with("&lt;/title&gt;&lt;meta http-equiv=refresh"), "{title}");
}

#[rstest]
#[case::of_anybody(Role::Staff, &["/lar/", "/kunskaper/", "/program/", "/"])]
#[case::file(Role::Staff, &["/pkg/", "/fonts/", "/media/"])]
#[case::of_managers(Role::Manager, &["/enhet/person/"])]
#[case::of_administrators(Role::Administrator, &["/karta/", "/karta/program/"])]
#[tokio::test]
async fn a_name_longer_than_any_is_not_found(#[case] role: Role, #[case] above: &[&str]) {
    let stand = Stand::new().await;
    let cookie = signed_in_as(&stand, role).await;
    let headers = [("cookie", cookie.as_str())];
    for above in above {
        let answer = stand.get(&format!("{above}{}", "x".repeat(300)), &headers).await;
        assert_eq!(answer.status, 404, "{above}: {}", answer.text());
    }
}

#[rstest]
#[case("/enhet/person/x")]
#[case("/enhet/person/x/journalen")]
#[case("/enhet/person/019aaaaa-0000-7000-8000-000000000000")]
#[tokio::test]
async fn nobody_is_behind_an_address_that_names_nobody(#[case] path: &str) {
    let stand = Stand::new().await;
    let cookie = signed_in_as(&stand, Role::Manager).await;
    let answer = stand.get(path, &[("cookie", &cookie)]).await;
    assert_eq!(answer.status, 404, "{}", answer.text());
}
