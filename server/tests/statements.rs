//! How many statements a whole page sends is the same whatever there is.

mod stand;

use kvarten_server::demo_content;
use kvarten_service::{now, operator::Operator};
use stand::Stand;

const PAGES: [&str; 10] = [
    "/lar",
    "/lar?sok=mejl&nya=1",
    "/lar/saker-e-post",
    "/lar/saker-e-post/1",
    "/lar/saker-e-post/stegen",
    "/lar/skriv-i-journalen/stegen",
    "/kunskaper",
    "/poang",
    "/poang?period=ar",
    "/mer",
];

/// Statements per page, in a municipality with so many people.
async fn counts(people: usize) -> Vec<(&'static str, usize)> {
    let stand = Stand::new().await;
    demo_content::load(&stand.services, people, now()).await.expect("the demonstration");
    let alma = Operator::enter(&stand.services, now()).find_person("10001").await;
    let cookie = stand.sign_in(alma.expect("Alma")).await;
    let mut counts = Vec::new();
    for path in PAGES {
        // Once, so that what is kept in memory is there.
        stand.get(path, &[("cookie", &cookie)]).await;
        stand.counted();
        let page = stand.get(path, &[("cookie", &cookie)]).await;
        assert_eq!(page.status, 200, "{path}");
        counts.push((path, stand.counted()));
    }
    counts
}

#[tokio::test]
async fn statements_do_not_grow_with_the_municipality() {
    let few = counts(60).await;
    assert!(few.iter().all(|(_, count)| (2..=12).contains(count)), "{few:?}");
    assert_eq!(few, counts(600).await);
}
