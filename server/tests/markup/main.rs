//! What people and authors write is text and nothing else: markup in every text of the schema, and
//! every screen, file and letter compared with one that holds plain words.

mod columns;
mod parse;
#[path = "../stand/mod.rs"]
mod stand;
mod walk;

use std::collections::BTreeSet;

use columns::{COLUMNS, HOSTILE, Holds, UNSEEN, columns, statement, write};
use kvarten_domain::Role;
use kvarten_service::now;
use parse::{differences, readable, structure, tags};
use sea_orm::ConnectionTrait;
use stand::Stand;
use walk::{SHORT, get, get_in, one_with, queries, refer, route_of, routes, unlinked, walk};

#[tokio::test]
async fn every_column_of_text_is_known() {
    let stand = Stand::new().await;
    let known: BTreeSet<(String, String)> = COLUMNS
        .iter()
        .map(|(table, column, _)| ((*table).to_owned(), (*column).to_owned()))
        .collect();
    let there = columns(stand.services.store()).await;
    let new: Vec<_> = there.difference(&known).collect();
    let gone: Vec<_> = known.difference(&there).collect();
    assert!(new.is_empty(), "say in COLUMNS what these hold: {new:?}");
    assert!(gone.is_empty(), "these are gone: {gone:?}");
}

#[tokio::test]
async fn what_is_written_is_text_on_every_screen_and_in_every_file() {
    let mut plain = Stand::new().await;
    kvarten_server::demo_content::load(&plain.services, 40, now()).await.expect("loaded");
    let boss = one_with(&plain, Role::Manager).await;
    let cookie = plain.sign_in(boss).await;
    refer(&plain, &cookie).await;
    let copy = tempfile::tempdir().expect("a folder");
    let sql = format!("VACUUM INTO '{}'", copy.path().join("kvarten.db").display());
    plain.services.store().read().execute_raw(statement(sql)).await.expect("a copy");
    write(plain.services.store(), false).await;
    plain = plain.reopened().await;
    let mut hostile = Stand::at(copy).await;
    write(hostile.services.store(), true).await;
    hostile = hostile.reopened().await;

    let mut shown = String::new();
    let mut visited = BTreeSet::new();
    let routes = routes();
    for role in [Role::Staff, Role::Champion, Role::Manager, Role::Administrator] {
        let person = one_with(&plain, role).await;
        let (of_plain, of_hostile) = (plain.sign_in(person).await, hostile.sign_in(person).await);
        let start = unlinked(&plain, person).await;
        let mut addresses = walk(&plain, &of_plain, start.clone()).await;
        // Looks are noted; they are the same in both.
        walk(&hostile, &of_hostile, start).await;
        let plainly = addresses.clone();
        addresses.extend(["/enhet.csv", "/enhet.xlsx", "/mina-uppgifter.json"].map(str::to_owned));
        let mut asked: Vec<(String, String)> =
            addresses.iter().map(|address| (address.clone(), address.clone())).collect();
        // Every screen once with every parameter, as an address may be written by hand.
        let mut with_query = BTreeSet::new();
        for address in &plainly {
            let path = address.split('?').next().unwrap_or_default();
            if let Some(route) = route_of(&routes, path)
                && with_query.insert(route)
            {
                let pairs = queries("vanligt").into_iter().zip(queries(SHORT));
                asked.extend(pairs.map(|(before, after)| {
                    (format!("{path}?{before}"), format!("{path}?{after}"))
                }));
            }
        }
        for (address, with_markup) in asked {
            let before = get(&plain, &of_plain, &address).await;
            let after = get(&hostile, &of_hostile, &with_markup).await;
            assert_eq!(before.status, after.status, "{role:?}: {with_markup}");
            if before.status != 200 {
                continue;
            }
            visited.extend(route_of(&routes, &address).map(str::to_owned));
            let (tags_before, away_before) = structure(&address, &before);
            let (tags_after, away_after) = structure(&address, &after);
            let found = differences(&tags_before, &tags_after);
            assert!(found.is_empty(), "{role:?}: {with_markup}\n{found}");
            let new: Vec<_> = away_after.difference(&away_before).collect();
            assert!(new.is_empty(), "{role:?}: {with_markup} leads to {new:?}");
            shown.push_str(&readable(&after));
        }
        for route in with_query {
            let fits = |address: &&String| route_of(&routes, address) == Some(route);
            let address = plainly.iter().find(fits).expect("an address");
            let before = get_in(&plain, &of_plain, address, "en").await;
            let after = get_in(&hostile, &of_hostile, address, "en").await;
            let found = differences(&tags(&before.text()).0, &tags(&after.text()).0);
            assert!(found.is_empty(), "{role:?}, in English: {address}\n{found}");
            shown.push_str(&readable(&after));
        }
    }
    // Not signed in.
    for path in ["/logga-in", "/tillganglighet", "/mejl/0a1b", "/ingenting"] {
        for (before, after) in queries("vanligt").into_iter().zip(queries(SHORT)) {
            let before = plain.get(&format!("{path}?{before}"), &[]).await;
            let after = hostile.get(&format!("{path}?{after}"), &[]).await;
            let found = differences(&tags(&before.text()).0, &tags(&after.text()).0);
            assert!(found.is_empty(), "{path}\n{found}");
        }
        visited.extend(route_of(&routes, path).map(str::to_owned));
    }

    // `/fil` is drawn on a shared tablet alone, and of the program's own words.
    let missed: Vec<_> = routes
        .iter()
        .filter(|route| !["/", "/fil"].contains(&route.as_str()) && !visited.contains(*route))
        .collect();
    assert!(missed.is_empty(), "no page of these was looked at: {missed:?}");
    let unseen: Vec<_> = COLUMNS
        .iter()
        .filter(|(_, _, holds)| *holds != Holds::Made)
        .map(|(table, column, _)| (*table, *column))
        .filter(|(table, column)| !shown.contains(&format!("§{table}.{column}§")))
        .collect();
    assert_eq!(unseen, UNSEEN, "what is written there is shown nowhere");
}

#[test]
fn what_is_written_is_text_in_every_letter() {
    use kvarten_app::letters;
    use kvarten_domain::{
        Date, Level, Locale,
        digest::{Digest, DigestLine, Reason},
        lesson::{LessonLink, SystemName},
        program::ProgramLink,
        referral::Target,
    };
    let digest = |words: &str| {
        let lesson = Target::Lesson(LessonLink {
            slug: "skriv".into(),
            lang: words.into(),
            title: words.into(),
            system: SystemName { code: "journalen".into(), name: words.into() },
            level: Level::ALL[0],
            minutes: 5,
        });
        let program = Target::Program(ProgramLink {
            code: "ny".into(),
            name: words.into(),
            lessons: 3,
            minutes: 30,
        });
        let line = |reason, to| DigestLine {
            reason,
            to,
            from: Some(words.into()),
            note: words.into(),
            wish: Some(Date { year: 2026, month: 12, day: 24 }),
        };
        let lines = vec![
            line(Reason::New, lesson.clone()),
            line(Reason::Week, program),
            line(Reason::Day, lesson),
        ];
        [lines.clone(), lines[..1].to_vec()].map(|lines| Digest {
            given_name: words.into(),
            lines,
            stop: "0a1b".into(),
        })
    };
    for locale in [Locale::Sv, Locale::En] {
        for (plain, hostile) in digest("Vanliga ord").iter().zip(digest(HOSTILE)) {
            let plain = letters::digest(locale, plain, "https://lara.example");
            let hostile = letters::digest(locale, &hostile, "https://lara.example");
            let (before, away_before) = tags(&plain.html);
            let (after, away_after) = tags(&hostile.html);
            let found = differences(&before, &after);
            assert!(found.is_empty(), "{found}");
            assert_eq!(away_before, away_after);
            assert_eq!(hostile.subject.lines().count(), 1, "{}", hostile.subject);
        }
    }
}

#[test]
fn the_check_sees_what_breaks_out() {
    let plain =
        tags("<form><textarea name=n>ord</textarea><select><option>ord</option></select></form>");
    let broken = format!("<form><textarea name=n>{HOSTILE}</textarea></form>");
    assert!(!differences(&plain.0, &tags(&broken).0).is_empty());
    let attribute = tags("<p title=\"\" onclick=x \">");
    assert!(!differences(&tags("<p title=\"a\">").0, &attribute.0).is_empty());
    assert_eq!(tags("<a href=\"javascript:x\">").1.len(), 1);
}
