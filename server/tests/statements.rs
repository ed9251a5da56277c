//! How many statements a whole page sends is the same whatever there is.

mod stand;

use kvarten_domain::{Locale, PersonId, Role};
use kvarten_server::demo_content;
use kvarten_service::{
    SignedIn,
    manager::{Manager, Pointing},
    new_id, now,
    operator::{NewPerson, Operator},
};
use stand::Stand;

/// What Alma opens.
const OF_STAFF: [&str; 16] = [
    "/lar",
    "/lar?sok=mejl&nya=1",
    "/lar/saker-e-post",
    "/lar/saker-e-post/1",
    "/lar/saker-e-post/stegen",
    "/lar/skriv-i-journalen/stegen",
    "/kunskaper",
    "/kunskaper?da=2026-06-01",
    "/kunskaper/journalen",
    "/kunskaper/journalen/skatta",
    "/kunskaper/insyn",
    "/poang",
    "/poang?period=ar",
    "/mer",
    "/mina-uppgifter",
    "/program/ny-underskoterska",
];

/// What the manager of everybody opens; `{}` is Alma.
const OF_MANAGER: [&str; 13] = [
    "/enhet",
    "/enhet?namn=a&behov=1&ordning=behov",
    "/enhet.csv",
    "/enhet/person/{}",
    "/enhet/person/{}?da=2026-06-01",
    "/enhet/person/{}/journalen",
    "/enhet/hanvisa?behov=1",
    "/enhet/hanvisa?person={}",
    "/enhet/hanvisningar",
    "/enhet/hanvisningar?person={}",
    "/enhet/staende",
    "/enhet/utveckling",
    "/enhet/utveckling?yrke=underskoterska",
];

/// What the administrator opens.
const OF_ADMINISTRATOR: [&str; 7] = [
    "/karta",
    "/karta/journalen",
    "/karta/krav",
    "/karta/krav?dag=2026-06-01",
    "/karta/laget",
    "/karta/program",
    "/karta/program/ny-chef",
];

/// Somebody who manages everybody, and has referred many of them to two lessons.
async fn manager(stand: &Stand) -> PersonId {
    let new = NewPerson {
        employee_number: "95".into(),
        email: None,
        given_name: "Hanna".into(),
        family_name: "Åhs".into(),
        unit: "Lindvike kommun".into(),
        profession: "enhetschef".into(),
        roles: vec![Role::Manager],
        password: None,
    };
    let hanna = Operator::enter(&stand.services, now()).create_person(&new).await.expect("hired");
    let who = SignedIn::find(&stand.services, hanna, now()).await.expect("Hanna");
    let manager = Manager::enter(&stand.services, &who, now()).await.expect("manages");
    let everybody = manager.overview(Locale::Sv).await.expect("an overview").people;
    let people: Vec<PersonId> = everybody.iter().take(400).map(|person| person.id).collect();
    for slug in ["ta-emot-larm", "hitta-dina-filer"] {
        let pointing = Pointing { to: slug.into(), note: String::new(), wish: None };
        let referred = manager.refer(new_id(), &people, &pointing).await.expect("referred");
        assert!(usize::try_from(referred.sent).expect("few") > people.len() / 8, "{referred:?}");
    }
    hanna
}

/// Statements per page, in a municipality with so many people.
async fn counts(people: usize) -> Vec<(&'static str, usize)> {
    let stand = Stand::new().await;
    demo_content::load(&stand.services, people, now()).await.expect("the demonstration");
    let operator = Operator::enter(&stand.services, now());
    let alma = operator.find_person("10001").await.expect("Alma");
    let nadia = operator.find_person("10004").await.expect("Nadia");
    let hanna = manager(&stand).await;
    let mut counts = Vec::new();
    let screens: [(PersonId, &[&'static str]); 3] =
        [(alma, &OF_STAFF), (hanna, &OF_MANAGER), (nadia, &OF_ADMINISTRATOR)];
    for (person, paths) in screens {
        let cookie = stand.sign_in(person).await;
        for path in paths {
            let address = path.replace("{}", &alma.to_string());
            // Once, so that what is kept in memory is there. Then the fewest of three: once a second
            // a page also asks whether the bank has changed.
            stand.get(&address, &[("cookie", &cookie)]).await;
            let mut fewest = usize::MAX;
            for _ in 0..3 {
                stand.counted();
                let page = stand.get(&address, &[("cookie", &cookie)]).await;
                assert_eq!(page.status, 200, "{path}");
                fewest = fewest.min(stand.counted());
            }
            counts.push((*path, fewest));
        }
    }
    counts
}

#[tokio::test]
async fn statements_do_not_grow_with_the_municipality() {
    let few = counts(60).await;
    assert!(few.iter().all(|(_, count)| (2..=12).contains(count)), "{few:?}");
    assert_eq!(few, counts(600).await);
}
