//! Every no is an answer: it says that it is ours, and in the form that was asked for.
#![expect(clippy::unused_async, reason = "a call to the server is always asynchronous")]

mod stand;

use std::time::Duration;

use codee::{Decoder, binary::PostcardCodec};
use kvarten_app::calls::{ANSWER_TYPE, WireError};
use kvarten_server::config::{HttpConfig, PublicUrl};
use leptos::prelude::*;
use rstest::rstest;
use stand::{Answer, Stand};

/// Falls.
#[server(prefix = "/api", endpoint = "test/break")]
async fn broken() -> Result<(), ServerFnError> {
    panic!("this is a test")
}

/// Takes longer than anything may.
#[server(prefix = "/api", endpoint = "test/wait")]
async fn wait() -> Result<(), ServerFnError> {
    tokio::time::sleep(Duration::from_mins(5)).await;
    Ok(())
}

/// Takes a text.
#[server(prefix = "/api", endpoint = "test/text")]
async fn text(text: String) -> Result<usize, ServerFnError> {
    Ok(text.len())
}

type Headers<'h> = Vec<(&'h str, &'h str)>;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");
const BYTES: (&str, &str) = ("accept", "application/octet-stream");
const PAGE: (&str, &str) = ("accept", "text/html,*/*;q=0.8");

/// Method, path, headers, body, status, and what the bytes say.
type Case = (&'static str, String, Headers<'static>, String, u16, WireError);

/// What is refused before and around the calls.
fn refusals() -> Vec<Case> {
    let elsewhere = vec![FORM, ("sec-fetch-site", "cross-site")];
    let case = |method, path: &str, headers: &[_], body: &str, status, error| {
        (method, path.to_owned(), headers.to_vec(), body.to_owned(), status, error)
    };
    let ours = [FORM, OURS];
    let (long, many) = ("a".repeat(5_000), "a&".repeat(100));
    let (much, keys) = (format!("text={}", "a".repeat(70_000)), "a&".repeat(5_000));
    let cookie: &'static str = Box::leak("a=b; ".repeat(4_000).into_boxed_str());
    vec![
        case("POST", "/api/test/break", &ours, "", 500, WireError::Trouble),
        case("POST", "/api/test/text", &elsewhere, "text=a", 403, WireError::Foreign),
        case("POST", "/api/test/text", &ours, &much, 413, WireError::TooLarge),
        case("POST", "/api/test/text", &ours, &keys, 413, WireError::TooLarge),
        case("GET", "/api/test/text", &ours, "", 405, WireError::NotFound),
        case("POST", "/api/no/such", &ours, "", 404, WireError::NotFound),
        case("POST", &format!("/api/test/text?{long}"), &ours, "", 414, WireError::TooLarge),
        case("POST", &format!("/api/test/text?{many}"), &ours, "", 414, WireError::TooLarge),
        case(
            "POST",
            "/api/test/text",
            &[FORM, OURS, ("cookie", cookie)],
            "",
            431,
            WireError::TooLarge,
        ),
        case(
            "POST",
            "/api/test/text",
            &[FORM, OURS, ("host", "a"), ("host", "a")],
            "",
            400,
            WireError::Foreign,
        ),
        case(
            "POST",
            "/api/test/text",
            &[FORM, OURS, ("host", "elsewhere.example")],
            "",
            421,
            WireError::Foreign,
        ),
    ]
}

async fn public_stand(trusted_proxies: u8) -> Stand {
    let public_url = Some(PublicUrl::parse("https://kvarten.example").expect("an address"));
    Stand::with(&HttpConfig { public_url, trusted_proxies }).await
}

fn error_in(answer: &Answer) -> WireError {
    assert_eq!(answer.header("content-type"), ANSWER_TYPE, "{}", answer.text());
    PostcardCodec::decode(&answer.body).expect("an error in bytes")
}

#[tokio::test]
async fn who_asks_for_bytes_gets_an_error_in_bytes() {
    let stand = public_stand(0).await;
    for (method, path, headers, body, status, error) in refusals() {
        let headers: Headers<'_> = headers.into_iter().chain([BYTES]).collect();
        let answer = stand.send(method, &path, &headers, body).await;
        let place = format!("{method} {}", &path[..path.len().min(30)]);
        assert_eq!(answer.status, status, "{place}: {}", answer.text());
        assert_eq!(answer.header("kvarten-answer"), "1", "{place}");
        assert_eq!(error_in(&answer), error, "{place}");
    }
}

#[tokio::test]
async fn who_asks_for_a_page_gets_one_in_their_language() {
    let stand = public_stand(0).await;
    for (method, path, headers, body, status, _) in refusals() {
        for (language, word) in [("sv", "Kvarten"), ("en", "Kvarten")] {
            let more = [PAGE, ("accept-language", language)];
            let more = more.into_iter().chain([("referer", "https://kvarten.example/mer?x=1#y")]);
            let headers: Headers<'_> = headers.iter().copied().chain(more).collect();
            let answer = stand.send(method, &path, &headers, body.clone()).await;
            let html = answer.text();
            assert_eq!(answer.status, status, "{html}");
            assert_eq!(answer.header("kvarten-answer"), "1");
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
            assert!(html.contains(&format!("<html lang=\"{language}\"")), "{html}");
            assert!(
                html.contains("<h1>") && html.contains(word) && html.contains(".css"),
                "{html}"
            );
            let policy = answer.header("content-security-policy");
            assert!(
                policy.contains("style-src 'self'") && !policy.contains("script-src 'self'")
                    || html.contains("<script"),
                "{policy}"
            );
            if method == "POST" && status != 404 {
                assert!(html.contains("href=\"/mer?x=1\""), "back to the form: {html}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_gets_nothing() {
    let stand = public_stand(0).await;
    for (method, path, headers, body, status, _) in refusals() {
        let answer = stand.send(method, &path, &headers, body).await;
        assert_eq!(answer.status, status);
        assert!(!answer.body.is_empty(), "{method} {path}");
    }
    for (method, path) in [("POST", "/lar"), ("DELETE", "/media/x"), ("POST", "/favicon.svg")] {
        let answer = stand.send(method, path, &[FORM, OURS], "").await;
        assert!(answer.status.is_client_error() && !answer.body.is_empty(), "{method} {path}");
    }
}

#[tokio::test]
async fn an_answer_that_says_yes_is_ours_as_well() {
    let stand = Stand::new().await;
    let answer = stand.send("POST", "/api/test/text", &[FORM, OURS, BYTES], "text=abc").await;
    assert_eq!((answer.status.as_u16(), answer.header("kvarten-answer")), (200, "1"));
    let refused =
        stand.send("POST", "/api/sign_in", &[FORM, OURS, BYTES], "name=1&password=fel").await;
    assert_eq!((refused.status.as_u16(), refused.header("kvarten-answer")), (401, "1"));
    assert_eq!(error_in(&refused), WireError::WrongSignIn);
    let led = stand.send("POST", "/api/sign_in", &[FORM, OURS, PAGE], "name=1&password=fel").await;
    assert_eq!((led.status.as_u16(), led.header("kvarten-answer")), (302, "1"));
    assert_eq!(stand.get("/logga-in", &[]).await.header("kvarten-answer"), "");
}

#[tokio::test]
async fn what_takes_too_long_says_so() {
    let stand = Stand::new().await;
    // From here on nothing needs the clock but the call.
    tokio::time::pause();
    let answer = stand.send("POST", "/api/test/wait", &[FORM, OURS, BYTES], "").await;
    assert_eq!((answer.status.as_u16(), answer.header("kvarten-answer")), (503, "1"));
    assert_eq!(error_in(&answer), WireError::Busy);
    assert_eq!(answer.header("retry-after"), "5");
    let page = stand.send("POST", "/api/test/wait", &[FORM, OURS, PAGE], "").await;
    assert_eq!(page.status, 503);
    assert!(page.text().contains("Försök igen"), "{}", page.text());
}

#[rstest]
#[case::page("GET", "/lar", &[PAGE])]
#[case::file("GET", "/mina-uppgifter.json", &[PAGE])]
#[case::call("POST", "/api/learn_page", &[FORM, OURS, BYTES])]
#[case::form("POST", "/api/finish_step", &[FORM, OURS, PAGE])]
#[tokio::test]
async fn without_its_database_it_says_so(
    #[case] method: &str,
    #[case] path: &str,
    #[case] headers: &[(&str, &str)],
) {
    let stand = Stand::new().await;
    let cookie = stand.sign_in(stand.hire("1").await).await;
    stand.services.store().close().await;
    let headers: Headers<'_> = headers.iter().copied().chain([("cookie", &*cookie)]).collect();
    let body = if path.ends_with("finish_step") { "slug=x&number=1" } else { "" };
    let answer =
        tokio::time::timeout(Duration::from_secs(5), stand.send(method, path, &headers, body));
    let answer = answer.await.expect("within five seconds");
    if path.ends_with("finish_step") {
        // A form is led back to its page, which says it.
        assert_eq!(answer.status, 302);
        return;
    }
    assert!(!answer.body.is_empty());
    if path.starts_with("/api/learn") {
        // An empty body cannot be read before the database is asked.
        assert_eq!(answer.header("kvarten-answer"), "1");
        return;
    }
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.text().contains("<h1>"), "{}", answer.text());
    assert!(answer.text().contains("Försök igen"), "{}", answer.text());
}

#[tokio::test]
async fn behind_a_proxy_one_address_has_its_share_of_requests() {
    let stand = public_stand(1).await;
    let answer = stand.get("/logga-in", &[("x-forwarded-for", "192.0.2.7")]).await;
    assert_eq!(answer.status, 200);
}

#[rstest]
#[case("/healthz", "10.0.0.9:3000", 200)]
#[case("/readyz", "localhost", 200)]
#[case("/readyz", "elsewhere.example", 421)]
#[case("/logga-in", "kvarten.example", 200)]
#[case("/logga-in", "KVARTEN.example:443", 200)]
#[case("/logga-in", "10.0.0.9", 421)]
#[case("/logga-in", "kvarten.example.", 200)]
#[case("/media/x", "elsewhere.example", 421)]
#[case("/favicon.svg", "elsewhere.example", 421)]
#[case("/logga-in", "", 400)]
#[tokio::test]
async fn the_public_host_is_asked(#[case] path: &str, #[case] host: &str, #[case] status: u16) {
    let stand = public_stand(0).await;
    let answer = stand.get(path, &[("host", host)]).await;
    assert_eq!(answer.status, status, "{}", answer.text());
    assert!(!answer.body.is_empty());
}
