//! Whose page a call comes from, what a refused plain form comes back with, and what an answer to a
//! call looks like.

mod stand;

use axum::http::StatusCode;
use kvarten_app::calls::{ANSWER_TYPE, OWNER_HEADER};
use kvarten_domain::Role;
use kvarten_service::{
    now,
    operator::{NewPerson, Operator},
    page_owner,
};
use stand::{Answer, Stand};

const SCRIPT: [(&str, &str); 3] = [
    ("accept", "application/octet-stream"),
    ("content-type", "application/x-www-form-urlencoded"),
    ("sec-fetch-site", "same-origin"),
];
const FORM: [(&str, &str); 3] = [
    ("accept", "text/html"),
    ("content-type", "application/x-www-form-urlencoded"),
    ("sec-fetch-site", "same-origin"),
];

async fn post(
    stand: &Stand,
    path: &str,
    kind: &[(&str, &str)],
    more: &[(&str, &str)],
    body: &str,
) -> Answer {
    let headers: Vec<_> = kind.iter().chain(more).copied().collect();
    stand.send("POST", path, &headers, body.to_owned()).await
}

/// The actions of the forms of a page that change something.
fn actions(page: &str) -> Vec<&str> {
    let forms = page.split("<form").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    let posts = forms.filter(|tag| tag.contains("method=\"post\""));
    posts
        .map(|tag| {
            tag.split("action=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .expect("an action")
        })
        .collect()
}

#[tokio::test]
async fn nothing_is_done_in_the_name_of_another() {
    let stand = Stand::new().await;
    let (anna, bo) = (stand.hire("10001").await, stand.hire("10002").await);
    let cookie = stand.sign_in(bo).await;
    let (annas, bos) = (page_owner(anna), page_owner(bo));
    assert_ne!(annas, bos);
    let calls = [
        ("/api/join_leaderboard", "alias=Ekorren"),
        ("/api/leave_leaderboard", ""),
        ("/api/choose_mail", ""),
        ("/api/choose_locale", "lang=en&back=/mer"),
        ("/api/change_password", "old_password=x&new_password=y"),
        ("/api/sign_out", ""),
        ("/api/sign_out_everywhere", ""),
        ("/api/tick", "slug=x&number=1&item=1"),
        ("/api/open_step", "slug=x&number=1"),
    ];
    for (path, body) in calls {
        let of_anna = [("cookie", cookie.as_str()), (OWNER_HEADER, annas.as_str())];
        let refused = post(&stand, path, &SCRIPT, &of_anna, body).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{path}");
        let plain =
            post(&stand, &format!("{path}?owner={annas}"), &FORM, &[of_anna[0]], body).await;
        assert!(
            plain.header("location").contains("fel=other_person"),
            "{path}: {}",
            plain.header("location")
        );
        let page = stand.get("/mer", &[("cookie", &cookie)]).await;
        assert_eq!(page.status, StatusCode::OK, "{path} did not sign out");
        assert!(page.text().contains(&format!("data-owner=\"{bos}\"")));
    }
    let board = stand.get("/poang", &[("cookie", &cookie)]).await;
    assert!(!board.text().contains("Ekorren"));
    let of_bo = [("cookie", cookie.as_str()), (OWNER_HEADER, bos.as_str())];
    assert_eq!(
        post(&stand, "/api/join_leaderboard", &SCRIPT, &of_bo, "alias=Ekorren").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn every_form_says_whose_page_it_is() {
    let stand = Stand::new().await;
    stand.hire("10001").await;
    let new = NewPerson {
        employee_number: "10002".into(),
        email: None,
        given_name: "Elsa".into(),
        family_name: "Ek".into(),
        unit: "Lindvike".into(),
        profession: "yrke-10001".into(),
        roles: vec![Role::Manager, Role::Administrator],
        password: None,
    };
    let operator = Operator::enter(&stand.services, now());
    let person = operator.create_person(&new).await.expect("a person");
    let cookie = stand.sign_in(person).await;
    let owner = format!("?owner={}", page_owner(person));
    let pages = [
        "/lar",
        "/kunskaper",
        "/poang",
        "/mer",
        "/enhet",
        "/enhet/hanvisa",
        "/enhet/hanvisningar",
        "/enhet/staende",
        "/karta",
        "/karta/krav",
        "/karta/program",
    ];
    let mut found = 0;
    for path in pages {
        let page = stand.get(path, &[("cookie", &cookie), ("accept", "text/html")]).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for action in actions(&page.text()) {
            assert!(action.ends_with(&owner), "{path}: {action}");
            found += 1;
        }
    }
    assert!(found >= 10, "{found} forms");
}

#[tokio::test]
async fn a_refused_form_comes_back_once_and_without_passwords() {
    let stand = Stand::new().await;
    let (anna, bo) = (stand.hire("10001").await, stand.hire("10002").await);
    let cookie = stand.sign_in(anna).await;
    let referer = ("referer", "http://localhost/poang");
    let body = "alias=%3Cb%3E%26+x&new_password=hemligt";
    let refused =
        post(&stand, "/api/join_leaderboard", &FORM, &[("cookie", &cookie), referer], body).await;
    let to = refused.header("location").to_owned();
    assert!(to.starts_with("/poang?fel=invalid.alias."), "{to}");
    assert!(to.contains("form=join_leaderboard"), "{to}");

    let with = [("cookie", cookie.as_str()), ("accept", "text/html")];
    let other = stand.sign_in(bo).await;
    let foreign = stand.get(&to, &[("cookie", &other), ("accept", "text/html")]).await;
    assert!(!foreign.text().contains("&lt;b&gt;"), "another person does not get it");
    let page = stand.get(&to, &with).await.text();
    assert!(page.contains("value=\"&lt;b&gt;&amp; x\""), "what was typed is there, as text");
    assert!(!page.contains("hemligt"));
    let again = stand.get(&to, &with).await.text();
    assert!(!again.contains("&lt;b&gt;&amp; x"), "once only");
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_is_said_to_be_lost() {
    let stand = Stand::new().await;
    let referer = [("referer", "http://localhost/lar/saker-e-post/stegen")];
    let reply = post(&stand, "/api/join_leaderboard", &FORM, &referer, "alias=Eko").await;
    let to = reply.header("location").to_owned();
    assert!(
        to.starts_with("/logga-in?till=%2Flar%2Fsaker-e-post%2Fstegen&ej=join_leaderboard"),
        "{to}"
    );
    let page = stand.get(&to, &[("accept", "text/html"), ("accept-language", "sv")]).await;
    assert!(page.text().contains("Det du skickade kom inte med."));
}

#[tokio::test]
async fn every_answer_to_a_call_is_marked_as_ours() {
    let stand = Stand::new().await;
    let cookie = stand.sign_in(stand.hire("10001").await).await;
    let with = [("cookie", cookie.as_str())];
    for (path, body, status) in [
        ("/api/choose_mail", "is_wanted=1", 200),
        ("/api/join_leaderboard", "alias=", 422),
        ("/api/tick", "slug=x&number=1&item=1", 404),
        ("/api/tick", "nonsense", 422),
    ] {
        let answer = post(&stand, path, &SCRIPT, &with, body).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(answer.header("content-type"), ANSWER_TYPE, "{path} {body}");
    }
}
