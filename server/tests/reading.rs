//! Reading that writes: who looks is noted, and what was pointed to is seen – when the person does it,
//! and not when another site, a picture or a browser that thinks ahead does.

mod stand;

use std::collections::{BTreeMap, BTreeSet};

use kvarten_domain::{PersonId, ReferralId, Role};
use kvarten_entity::{program, session, unit};
use kvarten_service::{
    new_id, now,
    operator::{NewPerson, Operator},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use stand::Stand;

const LESSON: &str = "dagens-besok";
const SYSTEM: &str = "outlook";

/// Every page of the application, and every file that is made for the one who asks.
fn paths(person: PersonId, program: &str) -> Vec<String> {
    let pages = [
        "/",
        "/logga-in",
        "/lar",
        "/lar/LESSON",
        "/lar/LESSON/stegen",
        "/lar/LESSON/1",
        "/kunskaper",
        "/kunskaper/insyn",
        "/kunskaper/SYSTEM",
        "/kunskaper/SYSTEM/skatta",
        "/karta",
        "/karta/krav",
        "/karta/program",
        "/karta/program/PROGRAM",
        "/karta/laget",
        "/karta/SYSTEM",
        "/enhet",
        "/enhet/hanvisa",
        "/enhet/hanvisningar",
        "/enhet/staende",
        "/enhet/utveckling",
        "/enhet/person/PERSON",
        "/enhet/person/PERSON/SYSTEM",
        "/program/PROGRAM",
        "/mejl/x",
        "/poang",
        "/mer",
        "/mina-uppgifter",
        "/fil?till=%2Fenhet.csv",
        "/tillganglighet",
    ];
    let routes = include_str!("../../app/src/app.rs").matches("<Route path=path!(").count();
    assert_eq!(pages.len(), routes, "a page has come or gone: it must stand here");
    let files = ["/enhet.csv", "/enhet.xlsx", "/mina-uppgifter.json", "/media/x", "/no/such/page"];
    let named = |path: &str| {
        path.replace("LESSON", LESSON)
            .replace("SYSTEM", SYSTEM)
            .replace("PROGRAM", program)
            .replace("PERSON", &person.to_string())
    };
    pages.iter().chain(&files).map(|path| named(path)).collect()
}

/// What browsers send with what nobody has opened.
const UNOPENED: [&[(&str, &str)]; 12] = [
    &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
    &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
    &[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
    &[
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "no-cors"),
        ("sec-fetch-dest", "script"),
    ],
    &[
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "iframe"),
    ],
    &[
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "object"),
    ],
    &[("sec-fetch-site", "cross-site")],
    &[
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "no-cors"),
        ("sec-fetch-dest", "image"),
    ],
    &[("sec-fetch-site", "none"), ("sec-purpose", "prefetch"), ("sec-fetch-dest", "document")],
    &[("sec-fetch-site", "same-origin"), ("sec-purpose", "prefetch;prerender")],
    &[("purpose", "prefetch")],
    &[("x-moz", "prefetch")],
];

/// A link that was followed, from another site.
const OPENED: [(&str, &str); 3] = [
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
];

async fn chief(stand: &Stand, number: &str) -> PersonId {
    let units = unit::Entity::find().all(stand.services.store().read()).await.expect("units");
    let top = units.into_iter().find(|unit| unit.parent_id.is_none()).expect("a municipality");
    let new = NewPerson {
        employee_number: number.to_owned(),
        email: None,
        given_name: "Bo".to_owned(),
        family_name: "Berg".to_owned(),
        unit: top.name,
        profession: "enhetschef".to_owned(),
        roles: vec![Role::Staff, Role::Manager, Role::Administrator],
        password: None,
    };
    Operator::enter(&stand.services, now()).create_person(&new).await.expect("a person")
}

/// Makes sessions old enough that their use is noted again.
async fn age(stand: &Stand) {
    let writing = stand.services.store().begin().await.expect("a transaction");
    session::Entity::update_many()
        .col_expr(session::Column::SeenAt, Expr::value(now().plus_seconds(-2 * 86_400).0))
        .filter(session::Column::PersonId.is_not_null())
        .exec(&writing)
        .await
        .expect("sessions");
    writing.commit().await.expect("a commit");
}

/// A stand with a municipality, the cookie of somebody who may see everything and has been referred to
/// a lesson, and every path there is.
async fn town() -> (Stand, String, Vec<String>) {
    let stand = Stand::new().await;
    kvarten_server::demo_content::load(&stand.services, 60, now()).await.expect("loaded");
    let (one, other) = (chief(&stand, "1").await, chief(&stand, "2").await);
    let (cookie, of_other) = (stand.sign_in(one).await, stand.sign_in(other).await);
    let batch: ReferralId = new_id();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("cookie", &*of_other),
    ];
    let form = format!("batch={batch}&to={LESSON}&p[m{one}]=1");
    let referred = stand.send("POST", "/api/refer", &headers, form).await;
    assert_eq!(referred.status, 200, "{}", referred.text());
    let program = program::Entity::find().one(stand.services.store().read()).await;
    let program = program.expect("programs").expect("a program").code;
    let paths = paths(other, &program);
    (stand, cookie, paths)
}

/// Which tables a request wrote to.
async fn tables(
    stand: &Stand,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> BTreeSet<String> {
    age(stand).await;
    stand.written();
    let answer = stand.send(method, path, headers, "").await;
    assert!(!answer.status.is_server_error() || answer.status == 503, "{path}: {}", answer.text());
    let table = |sql: &String| sql.split('"').nth(1).unwrap_or_default().to_owned();
    stand.written().iter().map(table).collect()
}

#[tokio::test]
async fn what_nobody_has_opened_writes_nothing() {
    let (stand, cookie, paths) = town().await;
    for path in &paths {
        for unopened in UNOPENED {
            let headers: Vec<_> = unopened.iter().copied().chain([("cookie", &*cookie)]).collect();
            for method in ["GET", "HEAD"] {
                let is_shown = path.starts_with("/media/") && unopened[0].1 == "same-origin";
                let written = tables(&stand, method, path, &headers).await;
                assert!(
                    written.is_empty() || is_shown,
                    "{method} {path} {unopened:?}: {written:?}"
                );
            }
        }
        if !path.starts_with("/media/") {
            let head = [OPENED[0], OPENED[1], OPENED[2], ("cookie", &*cookie)];
            let written = tables(&stand, "HEAD", path, &head).await;
            assert!(written.is_empty(), "HEAD {path}: {written:?}");
        }
    }
}

#[tokio::test]
async fn what_a_person_opens_is_noted_and_nothing_else() {
    let (stand, cookie, paths) = town().await;
    let mut writing: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in paths {
        let headers = [OPENED[0], OPENED[1], OPENED[2], ("cookie", &*cookie)];
        let mut written = tables(&stand, "GET", &path, &headers).await;
        written.remove("sessions");
        if !written.is_empty() {
            let bare: Vec<&str> =
                path.split('/').map(|word| if word.len() == 36 { "*" } else { word }).collect();
            writing.insert(bare.join("/"), written);
        }
    }
    let expected = [
        ("/enhet", "unit_looks"),
        ("/enhet.csv", "unit_looks"),
        ("/enhet.xlsx", "unit_looks"),
        ("/enhet/hanvisa", "unit_looks"),
        ("/enhet/hanvisningar", "unit_looks"),
        ("/enhet/person/*", "person_looks"),
        ("/enhet/person/*/outlook", "person_looks"),
        ("/lar", "referrals"),
    ];
    let expected = expected.map(|(path, table)| (path.to_owned(), [table.to_owned()].into()));
    assert_eq!(writing, expected.into(), "decision 013 lists what writes when it is read");
}
