//! A shared tablet: what is left on it of whoever had it last.

mod stand;

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
