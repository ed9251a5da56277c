//! What is erased or revoked stays so: in the database's files, and when an older copy is put back.

use std::{collections::BTreeMap, fs};

use kvarten_domain::{Id, PersonId, Role};
use kvarten_entity::{Column, person, restore_marker, session};
use kvarten_service::{
    manager::{Manager, Pointing},
    new_id,
    operator::NewPerson,
    privacy::{self, KEPT_AFTER_LEAVING_SECONDS, Reconciled},
    session::{SessionRecord, Sessions, session_key},
    visitor::{Origin, Visitor},
};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, TransactionTrait,
    sea_query::Expr,
};

use crate::{
    story,
    town::{NOON, PASSWORD, Town, assess_wholly, climb, see_all},
};

/// Texts that are about one person only. Each is long enough not to be anything else by chance.
const GIVEN: &str = "Xantippa";
const FAMILY: &str = "Zebrafinksson";
const EMAIL: &str = "xantippa.zebrafink@lindvike.example";
const ALIAS: &str = "Nattljusmalen";
const NOTE: &str = "Det här är mellan Xantippa och mig, om vindskivor";
const NUMBER: &str = "qx-77-99312";

/// What must not be found, by what it is.
fn needles(id: PersonId) -> BTreeMap<&'static str, Vec<u8>> {
    BTreeMap::from([
        ("given name", GIVEN.as_bytes().to_vec()),
        ("family name", FAMILY.as_bytes().to_vec()),
        ("e-mail", EMAIL.as_bytes().to_vec()),
        ("alias", ALIAS.as_bytes().to_vec()),
        ("note", NOTE.as_bytes().to_vec()),
        ("employee number", NUMBER.as_bytes().to_vec()),
        ("id", id.as_u128().to_be_bytes().to_vec()),
        ("id as text", id.to_string().into_bytes()),
        ("id as text without hyphens", id.to_string().replace('-', "").into_bytes()),
    ])
}

/// What is found of a person in the database's files, with how often.
fn found(town: &Town, id: PersonId) -> BTreeMap<&'static str, usize> {
    let file = town.services.store().file().expect("SQLite");
    let mut found = BTreeMap::new();
    for ending in ["", "-wal", "-shm"] {
        let bytes = fs::read(format!("{}{ending}", file.display())).unwrap_or_default();
        for (what, needle) in needles(id) {
            let times = bytes.windows(needle.len()).filter(|part| *part == needle).count();
            *found.entry(what).or_default() += times;
        }
    }
    found.retain(|_, times| *times > 0);
    found
}

/// A person with something in every table, among others whose rows make pages split.
async fn town_with_her(town: Town) -> (Town, PersonId) {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    town.publish("chatt", "teams", 1).await;
    let her = NewPerson {
        employee_number: NUMBER.to_owned(),
        email: Some(EMAIL.to_owned()),
        given_name: GIVEN.to_owned(),
        family_name: FAMILY.to_owned(),
        ..Town::new_person("Alma", "Solgläntan")
    };
    for at in 0..60 {
        town.staff(&format!("Före{at}"), "Solgläntan").await;
    }
    let id = town.operator().create_person(&her).await.expect("a person");
    town.operator().set_password(NUMBER, PASSWORD).await.expect("set");
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let who = town.signed_in(id).await;
    let learner = town.learner(&who);
    see_all(&learner, "mejl").await;
    climb(&learner, "mejl").await;
    assess_wholly(&learner, "outlook").await;
    learner.join_leaderboard(ALIAS).await.expect("joins");
    learner.choose_mail(true).await.expect("chosen");
    let manager = Manager::enter(&town.services, &boss, NOON).await.expect("manages");
    let pointing = Pointing { to: "chatt".into(), note: NOTE.into(), wish: None };
    manager.refer(new_id(), &[id], &pointing).await.expect("sent");
    let record = SessionRecord {
        person: Some(id),
        is_shared: false,
        data: format!("{{\"person\":\"{id}\",\"shared\":false}}"),
        expires_at: NOON.plus_seconds(3_600),
        kind: String::new(),
        device_key: None,
    };
    let sessions = Sessions::of(&town.services);
    assert!(sessions.create(&session_key("kakan"), &record, NOON).await.expect("kept"));
    for (viewer, subject) in [(boss.id(), id), (id, boss.id())] {
        town.look(viewer, subject, "Solgläntan").await;
    }
    town.write(id, "Solgläntan", "mejl").await;
    for at in 0..60 {
        town.staff(&format!("Efter{at}"), "Solgläntan").await;
    }
    (town, id)
}

/// Everything is there to be found before, and nothing afterwards.
fn assert_gone(town: &Town, id: PersonId, before: Option<&BTreeMap<&'static str, usize>>) {
    assert!(!town.services.revocations().read().expect("a list").needs_scrub());
    if let Some(before) = before {
        assert!(before.len() >= 8, "{before:?}");
        assert_eq!(found(town, id), BTreeMap::new());
    }
}

fn found_before(town: &Town, id: PersonId) -> Option<BTreeMap<&'static str, usize>> {
    town.services.store().file().map(|_| found(town, id))
}

story!(nothing_of_an_erased_person_is_in_the_files, |town| {
    let (town, id) = town_with_her(town).await;
    let before = found_before(&town, id);
    privacy::erase(&town.services, id).await.expect("erased");
    assert_gone(&town, id, before.as_ref());
});

story!(nothing_of_a_person_is_in_the_files_after_retention, |town| {
    let (town, id) = town_with_her(town).await;
    town.operator().end_employment(id).await.expect("leaves");
    let before = found_before(&town, id);
    let late = NOON.plus_seconds(KEPT_AFTER_LEAVING_SECONDS + 1);
    let tidied = privacy::tidy(&town.services, late).await.expect("tidied");
    assert_eq!((tidied.people, tidied.is_scrubbed), (1, true));
    assert_gone(&town, id, before.as_ref());
});

story!(a_reader_only_delays_that_nothing_is_in_the_files, |town| {
    let (town, id) = town_with_her(town).await;
    let before = found_before(&town, id);
    let reading = town.services.store().read().begin().await.expect("a reader");
    person::Entity::find().count(&reading).await.expect("reads");
    privacy::erase(&town.services, id).await.expect("erased all the same");
    let list = town.services.revocations();
    if town.services.store().file().is_some() {
        assert!(list.read().expect("a list").needs_scrub(), "the reader may still read her");
    }
    reading.commit().await.expect("ends");
    assert!(privacy::tidy(&town.services, NOON).await.expect("tidied").is_scrubbed);
    assert_gone(&town, id, before.as_ref());
});

/// Makes the database what an older copy would: another marker, and people as they were.
async fn put_back(town: &Town, people: &[person::Model]) {
    let writing = town.services.store().begin().await.expect("a transaction");
    for row in people {
        let updated = person::Entity::update_many()
            .col_expr(person::Column::PasswordHash, Expr::value(row.password_hash.clone()))
            .col_expr(person::Column::LeftAt, Expr::value(row.left_at))
            .filter(person::Column::Id.eq(row.id))
            .exec(&writing)
            .await
            .expect("as it was");
        if updated.rows_affected == 0 {
            let row = row.clone().into_active_model();
            person::Entity::insert(row).exec_without_returning(&writing).await.expect("as it was");
        }
    }
    restore_marker::Entity::update_many()
        .col_expr(restore_marker::Column::Value, Expr::value("of an older copy"))
        .exec(&writing)
        .await
        .expect("another marker");
    writing.commit().await.expect("put back");
}

async fn row_of(town: &Town, id: PersonId) -> person::Model {
    let found = person::Entity::find_by_id(id.key()).one(town.services.store().read()).await;
    found.expect("read").expect("a person")
}

async fn has_password(town: &Town, id: PersonId) -> bool {
    row_of(town, id).await.password_hash.is_some()
}

story!(an_older_copy_revives_nobody_and_no_password, |town| {
    let town = town.with_unit("Solgläntan").await;
    let operator = town.operator();
    let reconcile = || privacy::reconcile(&town.services);
    assert_eq!(reconcile().await.expect("a start"), Reconciled::default());
    let new = |name: &str| NewPerson {
        password: Some(PASSWORD.into()),
        ..Town::new_person(name, "Solgläntan")
    };
    let mut ids = Vec::new();
    for name in ["Alma", "Bo", "Cia", "Disa"] {
        ids.push(operator.create_person(&new(name)).await.expect("a person"));
    }
    let [alma, bo, cia, disa] = ids[..] else { unreachable!() };
    // The copy is made here.
    let old = [row_of(&town, alma).await, row_of(&town, bo).await, row_of(&town, cia).await];
    // Alma is erased, Bo and the operator change passwords, Cia leaves.
    privacy::erase(&town.services, alma).await.expect("erased");
    let who = town.signed_in(bo).await;
    let learner = town.learner(&who);
    learner.change_password(PASSWORD, "te på verandan sent", "kakan").await.expect("changed");
    operator.end_employment(cia).await.expect("left");
    assert_eq!(reconcile().await.expect("a start"), Reconciled::default());
    assert!(has_password(&town, bo).await && has_password(&town, disa).await);
    assert!(!has_password(&town, cia).await, "hers is not valid any more");

    let record = SessionRecord {
        person: Some(disa),
        is_shared: false,
        data: "{}".into(),
        expires_at: NOON.plus_seconds(3_600),
        kind: String::new(),
        device_key: None,
    };
    let sessions = Sessions::of(&town.services);
    assert!(sessions.create(&session_key("kakan"), &record, NOON).await.expect("kept"));
    // An ordinary start ends no session.
    assert_eq!(reconcile().await.expect("a start").sessions, 0);

    put_back(&town, &old).await;
    let again = reconcile().await.expect("a start");
    assert!(again.is_restored);
    assert_eq!((again.sessions, again.erased), (1, 1));
    let mut numbers = [&old[1], &old[2]].map(|row| row.employee_number.clone());
    numbers.sort();
    assert_eq!(again.without_password, numbers);
    assert!(
        person::Entity::find_by_id(alma.key())
            .one(town.services.store().read())
            .await
            .expect("read")
            .is_none()
    );
    assert!(!has_password(&town, bo).await && !has_password(&town, cia).await);
    assert!(has_password(&town, disa).await, "hers had not been replaced");
    let sign_in = Visitor::enter(&town.services, NOON)
        .sign_in("disa@lindvike.example", PASSWORD, Origin::default())
        .await;
    assert!(sign_in.is_ok(), "{sign_in:?}");
    assert_eq!(reconcile().await.expect("a start"), Reconciled::default(), "and once only");
});

story!(a_password_set_by_the_operator_or_lost_on_return_is_revoked, |town| {
    let town = town.with_unit("Solgläntan").await;
    let operator = town.operator();
    let new =
        NewPerson { password: Some(PASSWORD.into()), ..Town::new_person("Alma", "Solgläntan") };
    let alma = operator.create_person(&new).await.expect("a person");
    privacy::reconcile(&town.services).await.expect("a start");
    let first = row_of(&town, alma).await;
    operator.set_password("alma@lindvike.example", "te på verandan sent").await.expect("set");
    let second = row_of(&town, alma).await;
    assert_ne!(first.password_hash, second.password_hash);
    operator.end_employment(alma).await.expect("leaves");
    operator
        .employ_again(alma, "Solgläntan", "underskoterska", &[Role::Staff])
        .await
        .expect("comes back");
    for old in [first, second] {
        put_back(&town, std::slice::from_ref(&old)).await;
        let again = privacy::reconcile(&town.services).await.expect("a start");
        assert_eq!(again.without_password, [old.employee_number]);
        assert!(!has_password(&town, alma).await);
    }
});

story!(a_start_after_a_crash_or_an_upgrade_ends_no_session, |town| {
    let town = town.with_unit("Solgläntan").await;
    let id = town.staff("Alma", "Solgläntan").await;
    let record = SessionRecord {
        person: Some(id),
        is_shared: false,
        data: "{}".into(),
        expires_at: NOON.plus_seconds(3_600),
        kind: String::new(),
        device_key: None,
    };
    let sessions = Sessions::of(&town.services);
    assert!(sessions.create(&session_key("kakan"), &record, NOON).await.expect("kept"));
    // The first start after an upgrade finds a marker in neither place.
    for _ in 0..3 {
        let done = privacy::reconcile(&town.services).await.expect("a start");
        assert_eq!(done, Reconciled::default());
    }
    // A database that was put somewhere else by hand has a marker and no file.
    let folder = town.services.revocations().file().parent().expect("a folder").to_owned();
    fs::remove_file(folder.join("restore-marker")).expect("removed");
    let done = privacy::reconcile(&town.services).await.expect("a start");
    assert_eq!((done.is_restored, done.sessions), (true, 1));
    let left = session::Entity::find().count(town.services.store().read()).await.expect("read");
    assert_eq!(left, 0);
});
