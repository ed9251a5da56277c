//! Stored files and what is kept about oneself: for those who are signed in.

mod stand;

use stand::Stand;

const FILM: &[u8] = b"0123456789";

#[tokio::test]
async fn a_film_can_be_had_in_parts() {
    let stand = Stand::new().await;
    let alma = stand.hire("10001").await;
    let cookie = stand.sign_in(alma).await;
    let film = format!("/media/{}", stand.store("film.mp4", "video/mp4", FILM).await);
    let whole = stand.get(&film, &[("cookie", &cookie)]).await;
    assert_eq!((whole.status.as_u16(), whole.body.as_slice()), (200, FILM));
    for (name, value) in [
        ("content-type", "video/mp4"),
        ("content-disposition", "inline"),
        ("accept-ranges", "bytes"),
        ("cache-control", "private, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
        ("content-encoding", ""),
        ("set-cookie", ""),
    ] {
        assert_eq!(whole.header(name), value, "{name}");
    }
    let part = [("cookie", cookie.as_str()), ("range", "bytes=2-4"), ("accept-encoding", "br")];
    let part = stand.get(&film, &part).await;
    assert_eq!((part.status.as_u16(), part.text().as_str()), (206, "234"));
    assert_eq!(part.header("content-range"), "bytes 2-4/10");
    assert_eq!(part.header("content-type"), "video/mp4");
    let beyond = stand.get(&film, &[("cookie", &cookie), ("range", "bytes=20-")]).await;
    assert_eq!(beyond.status, 416);
}

#[tokio::test]
async fn a_file_is_sent_once_to_a_browser() {
    let stand = Stand::new().await;
    let alma = stand.hire("10001").await;
    let cookie = stand.sign_in(alma).await;
    let film = format!("/media/{}", stand.store("film.mp4", "video/mp4", FILM).await);
    let whole = stand.get(&film, &[("cookie", &cookie)]).await;
    let tag = whole.header("etag");
    assert!(tag.len() == 66 && tag.starts_with('"'), "{tag}");
    let again = [("cookie", cookie.as_str()), ("if-none-match", tag)];
    let again = stand.get(&film, &again).await;
    assert_eq!((again.status.as_u16(), again.body.len(), again.header("etag")), (304, 0, tag));
    let other = [("cookie", cookie.as_str()), ("if-none-match", "\"other\"")];
    assert_eq!(stand.get(&film, &other).await.status, 200);
    let same = [("cookie", cookie.as_str()), ("range", "bytes=0-1"), ("if-range", tag)];
    assert_eq!(stand.get(&film, &same).await.status, 206);
    let other = [("cookie", cookie.as_str()), ("range", "bytes=0-1"), ("if-range", "\"other\"")];
    assert_eq!(stand.get(&film, &other).await.status, 200);
}

#[tokio::test]
async fn a_document_is_saved_under_its_name() {
    let stand = Stand::new().await;
    let alma = stand.hire("10001").await;
    let cookie = stand.sign_in(alma).await;
    let card = stand.store("Kort på säker e-post.pdf", "application/pdf", b"%PDF-1.7").await;
    let card = stand.get(&format!("/media/{card}"), &[("cookie", &cookie)]).await;
    assert_eq!(
        card.header("content-disposition"),
        "attachment; filename*=UTF-8''Kort%20p%C3%A5%20s%C3%A4ker%20e-post.pdf"
    );
}

#[tokio::test]
async fn what_is_not_there_or_not_for_everybody_is_refused() {
    let stand = Stand::new().await;
    let alma = stand.hire("10001").await;
    let cookie = stand.sign_in(alma).await;
    let film = format!("/media/{}", stand.store("film.mp4", "video/mp4", FILM).await);
    assert_eq!(stand.get(&film, &[]).await.status, 401);
    assert_eq!(stand.get(&film, &[("cookie", "kvarten=AAAAAAAAAAAAAAAAAAAAAA")]).await.status, 401);
    for path in
        ["/media/x", "/media/..%2fkvarten.db", "/media/00000000-0000-0000-0000-000000000000"]
    {
        assert_eq!(stand.get(path, &[("cookie", &cookie)]).await.status, 404, "{path}");
    }
    assert_eq!(stand.send("POST", &film, &[("sec-fetch-site", "none")], "").await.status, 405);
}

#[tokio::test]
async fn my_data_is_a_file_of_my_own() {
    let stand = Stand::new().await;
    let alma = stand.hire("10001").await;
    let cookie = stand.sign_in(alma).await;
    let mine = stand.get("/mina-uppgifter.json", &[("cookie", &cookie)]).await;
    assert_eq!((mine.status.as_u16(), mine.header("content-type")), (200, "application/json"));
    assert!(mine.header("content-disposition").starts_with("attachment"));
    assert_eq!(mine.header("cache-control"), "no-store");
    assert!(mine.text().contains("\"10001\""));
    assert_eq!(stand.get("/mina-uppgifter.json", &[]).await.status, 401);
    let followed = stand.get("/mina-uppgifter.json", &[("accept", "text/html,*/*")]).await;
    assert_eq!((followed.status.as_u16(), followed.header("location")), (303, "/logga-in"));
}
