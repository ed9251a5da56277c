//! A shared tablet: what is left on it of whoever had it last.

mod stand;

use kvarten_domain::Role;
use kvarten_service::{now, operator::Operator};
use stand::{PASSWORD, Stand};

const OURS: [(&str, &str); 3] = [
    ("accept", "text/html"),
    ("content-type", "application/x-www-form-urlencoded"),
    ("sec-fetch-site", "same-origin"),
];

/// Signs in through the form; what a browser then sends as its cookies.
async fn sign_in(stand: &Stand, more: &str) -> String {
    let form = format!("name=10001&password={}{more}", PASSWORD.replace(' ', "+"));
    let answer = stand.send("POST", "/api/sign_in", &OURS, form).await;
    assert_eq!(answer.header("location"), "/lar");
    let set = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().expect("text"));
    set.filter_map(|line| line.split(';').next()).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn nothing_stays_on_a_shared_tablet() {
    let stand = Stand::new().await;
    stand.hire("10001").await;
    let film = format!("/media/{}", stand.store("film.mp4", "video/mp4", b"film").await);
    for (more, is_shared) in [("&shared=1", true), ("", false)] {
        let cookies = sign_in(&stand, more).await;
        let with = [("cookie", cookies.as_str())];
        assert_eq!(cookies.contains("kvarten-shared=1"), is_shared, "{cookies}");
        let kept = stand.get(&film, &with).await;
        assert_eq!(kept.header("cache-control") == "no-store", is_shared);
        // The page leaves the screen by itself, with the script and without.
        let page = stand.get("/mer", &with).await;
        let leaves = page.text().contains("location.replace(\"/logga-in?ut=1\")");
        assert_eq!(leaves, is_shared);
        let refresh = page.text().contains("content=\"605;url=/logga-in?ut=1\"");
        assert_eq!(refresh, is_shared);
        assert_eq!(page.header("cache-control"), "no-store");

        let headers: Vec<_> = OURS.iter().copied().chain(with).collect();
        let left = stand.send("POST", "/api/sign_out", &headers, "").await;
        for name in ["kvarten-shared", "kvarten-lang"] {
            let dropped = left.cookie(name).is_some_and(|cookie| cookie.contains("Max-Age=0"));
            assert_eq!(dropped, is_shared, "{name}");
        }
    }
}

#[tokio::test]
async fn the_language_of_a_shared_tablet_ends_with_the_browser() {
    let stand = Stand::new().await;
    stand.hire("10001").await;
    for (more, is_shared) in [("&shared=1", true), ("", false)] {
        let cookies = sign_in(&stand, more).await;
        let headers: Vec<_> = OURS.iter().copied().chain([("cookie", cookies.as_str())]).collect();
        let chosen = stand.send("POST", "/api/choose_locale", &headers, "lang=en&back=/mer").await;
        let cookie = chosen.cookie("kvarten-lang").expect("it is remembered");
        assert_eq!(!cookie.contains("Max-Age"), is_shared, "{cookie}");
    }
}

#[tokio::test]
async fn a_file_with_people_in_it_is_warned_of_first() {
    let stand = Stand::new().await;
    let person = stand.hire("10001").await;
    let operator = Operator::enter(&stand.services, now());
    let unit = operator.find_unit("Lindvike").await.expect("a unit");
    operator.add_role(person, Role::Manager, unit).await.expect("manages");
    let shared = sign_in(&stand, "&shared=1").await;
    let own = sign_in(&stand, "").await;
    for (file, kind) in [
        ("/mina-uppgifter.json", "application/json"),
        ("/enhet.csv", "text/csv"),
        ("/enhet.csv?namn=%C3%A5+b&behov=1", "text/csv"),
        ("/enhet.xlsx", "application/vnd"),
    ] {
        let there = stand.get(file, &[("cookie", &own)]).await;
        assert_eq!(there.status, 200, "{file}");
        assert!(there.header("content-type").starts_with(kind), "{file}");
        let asked = stand.get(file, &[("cookie", &shared)]).await;
        assert_eq!(asked.status, 303, "{file}");
        assert_eq!(asked.header("content-disposition"), "", "nothing to keep");
        let page = stand.get(asked.header("location"), &[("cookie", &shared)]).await;
        assert_eq!(page.status, 200, "{file}");
        let page = page.text();
        assert!(page.contains("blir kvar på surfplattan") || page.contains("stays on the tablet"));
        let more = if file.contains('?') { "&amp;" } else { "?" };
        let link = format!("{}{more}varnad=1", file.replace('&', "&amp;"));
        assert!(page.contains(&format!("href=\"{link}\"")), "{link}: {page}");
        let link = link.replace("&amp;", "&");
        let anyway = stand.get(&link, &[("cookie", &shared)]).await;
        assert_eq!(anyway.status, 200, "{link}");
        assert!(anyway.header("content-disposition").starts_with("attachment"), "{link}");
    }
    // The page that explains one's data has the warning on it.
    let page = stand.get("/mina-uppgifter", &[("cookie", &shared)]).await.text();
    assert!(page.contains("/mina-uppgifter.json?varnad=1"), "{page}");
    let page = stand.get("/mina-uppgifter", &[("cookie", &own)]).await.text();
    assert!(page.contains("href=\"/mina-uppgifter.json\""), "{page}");
    assert_eq!(stand.get("/mina-uppgifter", &[("accept", "text/html")]).await.status, 302);
    for nowhere in ["/fil", "/fil?till=https://elsewhere.example", "/fil?till=/mer"] {
        assert_eq!(stand.get(nowhere, &[("cookie", &own)]).await.status, 404, "{nowhere}");
    }
    for file in ["/enhet.csv", "/mina-uppgifter.json"] {
        assert_eq!(stand.get(file, &[]).await.status, 401, "{file}: no warning to strangers");
    }
}
