//! The way to every page, as each role.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt::Write as _,
};

use kvarten_domain::{PersonId, Role};
use kvarten_entity::{
    Column as _, Key, answer, attempt, lesson, lesson_version, mail_choice, role_grant,
};
use kvarten_service::now;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::stand::{Answer, Stand};

/// The addresses of this site that a page links to.
pub fn links(html: &str) -> Vec<String> {
    let links = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links
        .filter(|link| link.starts_with('/') && !link.starts_with("/pkg/"))
        .filter(|link| {
            !["/fonts/", "/media/", "/favicon", "/touch-icon"]
                .iter()
                .any(|one| link.starts_with(one))
        })
        .map(|link| link.replace("&amp;", "&"))
        .collect()
}

/// The routes of the application, as its source names them.
pub fn routes() -> Vec<String> {
    let source = include_str!("../../../app/src/app.rs");
    let routes = source.split("path!(\"").skip(1).filter_map(|rest| rest.split('"').next());
    routes.map(str::to_owned).collect()
}

/// The route that an address belongs to.
pub fn route_of<'r>(routes: &'r [String], address: &str) -> Option<&'r str> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<_> = path.split('/').collect();
    let fits = |route: &&String| {
        let route: Vec<_> = route.split('/').collect();
        route.len() == parts.len()
            && route
                .iter()
                .zip(&parts)
                .all(|(known, part)| (known.starts_with(':') && !part.is_empty()) || known == part)
    };
    // One with fewer placeholders comes first.
    routes.iter().filter(fits).min_by_key(|route| route.matches(':').count()).map(String::as_str)
}

/// How many addresses of one route are looked at for one person.
pub fn most(route: &str) -> usize {
    if route.starts_with("/lar/") { 45 } else { 5 }
}

/// Every page that a person comes to by links, and a few of each list.
pub async fn walk(stand: &Stand, cookie: &str, start: Vec<String>) -> Vec<String> {
    let routes = routes();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut ahead: VecDeque<String> = start.into();
    while let Some(address) = ahead.pop_front() {
        let address = address.split('#').next().unwrap_or_default().to_owned();
        if !seen.insert(address.clone()) {
            continue;
        }
        let Some(route) = route_of(&routes, &address) else {
            if address.starts_with("/enhet.") || address.starts_with("/mina-uppgifter") {
                found.push(address);
            }
            continue;
        };
        let count = counts.entry(route.to_owned()).or_default();
        *count += 1;
        if *count > most(route) {
            continue;
        }
        let answer = get(stand, cookie, &address).await;
        if answer.status == 200 {
            ahead.extend(links(&answer.text()));
        }
        found.push(address);
    }
    found
}

pub async fn get(stand: &Stand, cookie: &str, address: &str) -> Answer {
    get_in(stand, cookie, address, "sv").await
}

pub async fn get_in(stand: &Stand, cookie: &str, address: &str, language: &str) -> Answer {
    stand.get(address, &[("cookie", cookie), ("accept-language", language)]).await
}

/// The value of the first field with a name, or whose name begins so.
fn value_of<'h>(html: &'h str, name: &str) -> &'h str {
    let (_, rest) = html.split_once(&format!("name=\"{name}\"")).expect("a field");
    let (_, rest) = rest.split_once("value=\"").expect("a value");
    rest.split('"').next().expect("its end")
}

/// Refers people to a lesson, and those who come later.
pub async fn refer(stand: &Stand, cookie: &str) {
    let page = get(stand, cookie, "/enhet/hanvisa").await.text();
    let (_, options) = page.split_once("name=\"to\"").expect("lessons");
    let to = options.split("value=\"").nth(2).and_then(|rest| rest.split('"').next());
    let to = to.expect("a lesson").replace(':', "%3A");
    let mut form = format!("batch={}&to={to}&note=Hej", value_of(&page, "batch"));
    let shown = page.split("name=\"p[m").skip(1).filter_map(|rest| rest.split(']').next());
    for person in shown {
        let _ = write!(form, "&p%5Bm{person}%5D=1");
    }
    send(stand, cookie, "/api/refer", &form).await;
    let page = get(stand, cookie, "/enhet/staende").await.text();
    let (_, new) = page.split_once("id=\"new\"").expect("a form");
    let (id, unit) = (value_of(new, "id"), value_of(new, "unit"));
    let form = format!("id={id}&unit={unit}&to={to}&note=Hej&days=5");
    send(stand, cookie, "/api/make_standing", &form).await;
}

async fn send(stand: &Stand, cookie: &str, path: &str, form: &str) {
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("accept", "text/html"),
        ("cookie", cookie),
    ];
    let answer = stand.send("POST", path, &headers, form.to_owned()).await;
    let to = answer.header("location").to_owned();
    assert!(answer.status.is_redirection() && !to.contains("fel="), "{path}: {to}");
}

/// Somebody with a role, who works here today.
pub async fn one_with(stand: &Stand, role: Role) -> PersonId {
    let grants = role_grant::Entity::find()
        .filter(role_grant::Column::Role.eq(role.code()))
        .order_by_asc(role_grant::Column::PersonId)
        .all(stand.services.store().read())
        .await
        .expect("grants");
    for grant in grants {
        let person: PersonId = grant.person_id.id();
        if kvarten_service::SignedIn::find(&stand.services, person, now()).await.is_ok() {
            return person;
        }
    }
    panic!("no person is {role:?}")
}

/// The outcomes of a person's replies, and stopping mail: what no page links to.
pub async fn unlinked(stand: &Stand, person: PersonId) -> Vec<String> {
    let db = stand.services.store().read();
    let mut addresses: Vec<String> =
        routes().into_iter().filter(|route| !route.contains(':')).collect();
    let words = mail_choice::Entity::find().all(db).await.expect("words");
    addresses.extend(words.first().map(|row| format!("/mejl/{}", row.word)));
    let attempts = attempt::Entity::find()
        .filter(attempt::Column::PersonId.eq(person.key()))
        .all(db)
        .await
        .expect("attempts");
    for attempt in attempts.iter().take(40) {
        let answers = answer::Entity::find()
            .filter(answer::Column::AttemptId.eq(attempt.id))
            .order_by_asc(answer::Column::Id)
            .all(db)
            .await
            .expect("answers");
        let slug = slug_of(stand, attempt).await;
        let ids = answers.iter().map(|row| row.id.id::<kvarten_domain::AnswerId>());
        addresses.extend(ids.map(|id| format!("/lar/{slug}/stegen?svar={id}")));
    }
    addresses
}

pub async fn slug_of(stand: &Stand, attempt: &attempt::Model) -> String {
    let db = stand.services.store().read();
    let version = lesson_version::Entity::find_by_id(attempt.version_id).one(db).await;
    let version = version.expect("versions").expect("one");
    let lesson = lesson::Entity::find_by_id(version.lesson_id).one(db).await;
    lesson.expect("lessons").expect("one").slug
}

pub const QUERY: [&str; 30] = [
    "sok",
    "system",
    "niva",
    "yrke",
    "tid",
    "nya",
    "namn",
    "enhet",
    "behov",
    "sjalv",
    "stilla",
    "hanvisad",
    "ordning",
    "fel",
    "klart",
    "nej",
    "skickat",
    "person",
    "till",
    "ut",
    "svar",
    "da",
    "dag",
    "period",
    "lang",
    "back",
    "title",
    "name",
    "q",
    "x\"onclick",
];

/// Markup for a value of an address, which may not be long.
pub const SHORT: &str = "\"></textarea></title><img src=x onerror=x><script>'<!--";

/// Queries that give every parameter a value.
pub fn queries(value: &str) -> Vec<String> {
    let value = value.bytes().fold(String::new(), |mut all, byte| {
        let _ = write!(all, "%{byte:02X}");
        all
    });
    let parameter = |name: &&str| format!("{}={value}", name.replace('"', "%22"));
    QUERY.chunks(6).map(|names| names.iter().map(parameter).collect::<Vec<_>>().join("&")).collect()
}
