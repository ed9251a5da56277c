//! The schema's history.

use kvarten_entity::{competence, evidence, referral, required_lesson, role_grant, statement};
use kvarten_migration::{Migrator, MigratorTrait};
use kvarten_service::{Store, StoreError};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, EntityTrait, QueryOrder, Statement};

use crate::{
    story,
    town::{Bare, On},
};

story!(migrating_again_changes_nothing, |town| {
    let store = town.services.store();
    store.check_schema().await.expect("up to date");
    store.migrate().await.expect("again");
    store.check_schema().await.expect("still");
});

story!(a_newer_database_is_refused, |town| {
    let store = town.services.store();
    let insert = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 1)";
    let statement = Statement::from_string(store.backend(), insert);
    store.read().execute_raw(statement).await.expect("written");
    for result in [store.migrate().await, store.check_schema().await] {
        assert!(
            matches!(&result, Err(StoreError::Newer(step)) if step == "m9999_later"),
            "{result:?}"
        );
    }
});

/// From every released step, with nothing in it, to now.
#[tokio::test]
async fn every_release_migrates_to_now() {
    let steps = u32::try_from(Migrator::migrations().len()).expect("few");
    for step in 0..=steps {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("old.db").display());
        let store = Store::connect(&url).await.expect("opens");
        // One connection, as always when a schema changes: another does not notice at once.
        let alone = ConnectOptions::new(url.as_str()).max_connections(1).to_owned();
        let alone = Database::connect(alone).await.expect("opens");
        Migrator::up(&alone, Some(step)).await.expect("as it was");
        alone.close().await.expect("closes");
        if step < steps {
            assert!(matches!(store.check_schema().await, Err(StoreError::Older(_))));
        }
        store.migrate().await.expect("to now");
        store.check_schema().await.expect("up to date");
        store.close().await;
    }
}

/// What a database of the first step holds: somebody who has completed a lesson, and a system whose
/// levels are described in a sentence each.
const BEFORE: [&str; 12] = [
    "INSERT INTO units (id, kind, name, created_at) VALUES ({1}, 'municipality', 'Lindvike', 1)",
    "INSERT INTO people (id, employee_number, given_name, family_name, created_at) \
        VALUES ({2}, '1', 'Alma', 'Berg', 1)",
    "INSERT INTO systems (id, code, name, about, position) VALUES ({3}, 'outlook', 'Outlook', '', 1)",
    "INSERT INTO level_descriptions (system_id, level, lang, description) \
        VALUES ({3}, 1, 'sv', 'Jag kan mejla.')",
    "INSERT INTO level_descriptions (system_id, level, lang, description) \
        VALUES ({3}, 1, 'en', 'I can e-mail.')",
    "INSERT INTO level_descriptions (system_id, level, lang, description) \
        VALUES ({3}, 2, 'sv', 'Jag kan boka.')",
    "INSERT INTO lessons (id, slug, system_id, level, is_required, published_version_id, created_at) \
        VALUES ({4}, 'mejl', {3}, 1, TRUE, {6}, 5)",
    "INSERT INTO lessons (id, slug, system_id, level, is_required, published_version_id, created_at) \
        VALUES ({5}, 'mer', {3}, 2, FALSE, NULL, 5)",
    "INSERT INTO lesson_versions (id, lesson_id, number, lang, title, summary, keywords, routine_name, \
        routine_html, minutes, created_at, published_at, review_at) \
        VALUES ({6}, {4}, 1, 'sv', 'Mejl', '', '', '', '', 15, 5, 5, 5)",
    "INSERT INTO attempts (id, person_id, version_id, number, seed, is_refresher, started_at, topped_at) \
        VALUES ({7}, {2}, {6}, 1, 1, FALSE, 6, 7)",
    "INSERT INTO attempts (id, person_id, version_id, number, seed, is_refresher, started_at, topped_at) \
        VALUES ({8}, {2}, {6}, 2, 1, TRUE, 8, 9)",
    "INSERT INTO evidence (person_id, version_id, lesson_id, system_id, level, earned_at) \
        VALUES ({2}, {6}, {4}, {3}, 1, 7)",
];

/// An id as the database writes it.
fn literal(on: On, id: u128) -> String {
    match on {
        On::Sqlite => format!("x'{id:032x}'"),
        On::Postgres => format!("'{}'::uuid", uuid::Uuid::from_u128(id)),
    }
}

async fn what_was_there_is_carried_over(on: On) {
    let Some(bare) = Bare::on(on).await else { return };
    let store = &bare.store;
    Migrator::up(store.read(), Some(1)).await.expect("as it was");
    for sql in BEFORE {
        let sql = (1..9)
            .fold(sql.to_owned(), |sql, id| sql.replace(&format!("{{{id}}}"), &literal(on, id)));
        let statement = Statement::from_string(store.backend(), sql);
        store.read().execute_raw(statement).await.expect("written");
    }
    store.migrate().await.expect("to now");
    let db = store.read();
    let statements = statement::Entity::find().order_by_asc(statement::Column::Level).all(db).await;
    let statements = statements.expect("read");
    let texts: Vec<_> =
        statements.iter().map(|row| (row.text_sv.as_str(), row.text_en.as_str())).collect();
    assert_eq!(texts, [("Jag kan mejla.", "I can e-mail."), ("Jag kan boka.", "")]);
    let required = required_lesson::Entity::find().all(db).await.expect("read");
    let required: Vec<_> =
        required.iter().map(|row| (row.lesson_id.as_u128(), row.from_at, row.until_at)).collect();
    assert_eq!(required, [(4, 5, None)]);
    let evidence = evidence::Entity::find().all(db).await.expect("read");
    let kept: Vec<_> =
        evidence.iter().map(|row| (row.attempt_id.as_u128(), row.earned_at)).collect();
    assert_eq!(kept, [(7, 7)], "by the climb that gave it");
    let packed = competence::Entity::find().all(db).await.expect("read");
    assert_eq!(packed.len(), 1, "what is known is packed");
    store.migrate().await.expect("again");
}

#[tokio::test]
async fn what_was_there_is_carried_over_on_sqlite() {
    what_was_there_is_carried_over(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_there_is_carried_over_on_postgres() {
    what_was_there_is_carried_over(On::Postgres).await;
}

#[tokio::test]
async fn a_database_of_another_kind_is_refused() {
    let result = Store::connect("mysql://localhost/kvarten").await;
    assert!(matches!(result, Err(StoreError::UnknownKind)));
}

/// What a database of the third step holds beyond that: somebody who was referred to a lesson.
const REFERRED: &str = "INSERT INTO referrals (id, person_id, sender_id, lesson_id, note, wish_at, \
    sent_at, seen_at, withdrawn_at, changed_at, revision) \
    VALUES ({7}, {2}, NULL, {5}, 'Ta den', 9, 6, 7, NULL, 6, 2)";

async fn referrals_are_carried_over(on: On) {
    let Some(bare) = Bare::on(on).await else { return };
    let store = &bare.store;
    let write = async |sql: &str| {
        let sql = (1..9)
            .fold(sql.to_owned(), |sql, id| sql.replace(&format!("{{{id}}}"), &literal(on, id)));
        let statement = Statement::from_string(store.backend(), sql);
        store.read().execute_raw(statement).await.expect("written");
    };
    Migrator::up(store.read(), Some(1)).await.expect("as it was");
    for sql in BEFORE {
        write(sql).await;
    }
    Migrator::up(store.read(), Some(2)).await.expect("as it was");
    write(REFERRED).await;
    store.migrate().await.expect("to now");
    let rows = referral::Entity::find().all(store.read()).await.expect("read");
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!((row.lesson_id.map(|id| id.as_u128()), row.program_id), (Some(5), None));
    assert_eq!((row.note.as_str(), row.wish_at, row.revision), ("Ta den", Some(9), 2));
    assert!(!row.is_told_new && !row.is_told_week && !row.is_told_day);
}

#[tokio::test]
async fn referrals_are_carried_over_on_sqlite() {
    referrals_are_carried_over(On::Sqlite).await;
}

#[tokio::test]
async fn referrals_are_carried_over_on_postgres() {
    referrals_are_carried_over(On::Postgres).await;
}

/// What a database of the fourth step holds beyond that: an administrator whose role was written down
/// in a unit, and one who was one before.
const GRANTED: [&str; 4] = [
    "INSERT INTO units (id, kind, name, created_at) VALUES ({3}, 'municipality', 'Lindvike', 1)",
    "INSERT INTO units (id, parent_id, kind, name, created_at) VALUES ({4}, {3}, 'unit', 'Ek', 2)",
    "INSERT INTO people (id, employee_number, given_name, family_name, created_at) \
        VALUES ({2}, '1', 'Alma', 'Berg', 1)",
    "INSERT INTO role_grants (id, person_id, unit_id, role, from_at, until_at) \
        VALUES ({5}, {2}, {4}, 'administrator', 1, NULL), ({6}, {2}, {4}, 'manager', 1, NULL), \
        ({7}, {2}, {4}, 'administrator', 1, 2)",
];

async fn an_administrator_is_one_of_the_municipality(on: On) {
    let Some(bare) = Bare::on(on).await else { return };
    let store = &bare.store;
    store.migrate().await.expect("to now");
    // As it was before.
    let before =
        ["DROP TABLE mail_failures", "DELETE FROM seaql_migrations WHERE version = 'm0010_places'"];
    for sql in before.into_iter().chain(GRANTED) {
        let sql = (1..9)
            .fold(sql.to_owned(), |sql, id| sql.replace(&format!("{{{id}}}"), &literal(on, id)));
        let statement = Statement::from_string(store.backend(), sql);
        store.read().execute_raw(statement).await.expect("written");
    }
    store.migrate().await.expect("to now");
    let grants = role_grant::Entity::find()
        .order_by_asc(role_grant::Column::Id)
        .all(store.read())
        .await
        .expect("read");
    let places: Vec<u128> = grants.iter().map(|grant| grant.unit_id.as_u128()).collect();
    assert_eq!(places, [3, 4, 4], "what ended stays as it was");
}

#[tokio::test]
async fn an_administrator_is_one_of_the_municipality_on_sqlite() {
    an_administrator_is_one_of_the_municipality(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_is_one_of_the_municipality_on_postgres() {
    an_administrator_is_one_of_the_municipality(On::Postgres).await;
}
