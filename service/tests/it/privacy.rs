//! The privacy registry: complete, and true.

use std::collections::BTreeSet;

use kvarten_domain::{Locale, Role, bank::Filter};
use kvarten_service::{
    ServiceError, SignedIn, known_device,
    manager::{Manager, Pointing},
    new_id,
    operator::Operator,
    outbox::note_bounce,
    privacy::{self, KEPT_AFTER_LEAVING_SECONDS, registry::DECLARATIONS},
    refresh_disclosure,
    session::{SessionRecord, Sessions, session_key},
    visitor::{Origin, Visitor},
};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use crate::{
    story,
    town::{NOON, OWNER, PASSWORD, Town, assess_wholly, climb, join_all, see_all, total},
};

#[derive(FromQueryResult)]
struct Named {
    tbl: String,
    col: String,
}

/// Every column that refers to a person, read from the schema itself.
async fn columns_naming_people(town: &Town) -> BTreeSet<(String, String)> {
    let store = town.services.store();
    let sql = match store.backend() {
        DbBackend::Sqlite => {
            "SELECT m.name AS tbl, f.\"from\" AS col FROM sqlite_master m, pragma_foreign_key_list(m.name) f \
             WHERE m.type = 'table' AND f.\"table\" = 'people'"
        }
        _ => {
            "SELECT k.table_name AS tbl, k.column_name AS col \
             FROM information_schema.key_column_usage k \
             JOIN information_schema.referential_constraints r USING (constraint_name) \
             JOIN information_schema.table_constraints p ON p.constraint_name = r.unique_constraint_name \
             WHERE p.table_name = 'people'"
        }
    };
    let rows = store.read().query_all_raw(Statement::from_string(store.backend(), sql)).await;
    let rows = rows.expect("the schema is readable");
    rows.iter()
        .map(|row| Named::from_query_result(row, "").expect("two names"))
        .map(|named| (named.tbl, named.col))
        .collect()
}

story!(every_table_that_names_a_person_is_declared, |town| {
    let mut named = columns_naming_people(&town).await;
    named.insert(("people".into(), "id".into()));
    let declared: BTreeSet<(String, String)> = DECLARATIONS
        .iter()
        .map(|declaration| (declaration.table.to_owned(), declaration.column.to_owned()))
        .collect();
    assert_eq!(declared, named);
});

async fn count(town: &Town, table: &str) -> i64 {
    let store = town.services.store();
    let sql = format!("SELECT COUNT(*) AS n FROM {table}");
    let row = store.read().query_one_raw(Statement::from_string(store.backend(), sql)).await;
    row.expect("answers").expect("a row").try_get::<i64>("", "n").expect("a number")
}

story!(a_person_is_exported_and_erased_and_the_units_total_stays, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let mut crew = Vec::new();
    for name in ["Alma", "Bo", "Cia", "Disa", "Emil", "Fia"] {
        crew.push(town.signed_in(town.staff(name, "Solgläntan").await).await);
    }
    let alma = town.learner(&crew[0]);
    see_all(&alma, "mejl").await;
    climb(&alma, "mejl").await;
    climb(&town.learner(&crew[1]), "mejl").await;
    alma.join_leaderboard("Blåsippan").await.expect("joins");
    let record = SessionRecord {
        person: Some(crew[0].id()),
        is_shared: false,
        data: "{\"hemligt\":1}".into(),
        expires_at: NOON.plus_seconds(3_600),
        kind: "Android, Chrome".into(),
        device_key: None,
    };
    let device = known_device::remember(&town.services, None, crew[0].id(), NOON).await;
    let device = device.expect("remembered");
    let key = session_key("kakan");
    assert!(Sessions::of(&town.services).create(&key, &record, NOON).await.expect("kept"));
    assess_wholly(&alma, "outlook").await;
    for (viewer, subject) in [(1, 0), (0, 1)] {
        town.look(crew[viewer].id(), crew[subject].id(), "Solgläntan").await;
    }
    for (sender, subject) in [(1, 0), (0, 1)] {
        town.refer(crew[sender].id(), crew[subject].id(), "mejl").await;
    }
    for one in &crew[..2] {
        town.learner(one).choose_mail(true).await.expect("chosen");
        town.write(one.id(), "Solgläntan", "mejl").await;
    }
    note_bounce(&town.services, "alma@lindvike.example", NOON).await.expect("noted");
    refresh_disclosure(&town.services, NOON).await.expect("refreshed");

    let export = alma.my_data(Locale::Sv).await.expect("an export");
    for declaration in DECLARATIONS.iter().filter(|declaration| declaration.table != "lessons") {
        let rows = &export["tables"][declaration.table]["rows"];
        assert!(rows.as_array().is_some_and(|rows| !rows.is_empty()), "{}", declaration.table);
    }
    assert_is_in_words(&export);
    assert_is_in_words(&alma.my_data(Locale::En).await.expect("an export"));
    let rows = |table: &str| export["tables"][table]["rows"].as_array().expect("rows").clone();
    assert_eq!(rows("evidence")[0]["lesson"], "Lektion mejl");
    assert_eq!(rows("role_grants")[0]["role_in_words"], "medarbetare");
    assert_eq!(rows("employments")[0]["unit"], "Solgläntan");
    assert_eq!(rows("person_looks")[0]["viewer"], "Bo Berg");
    assert!(rows("answers").iter().all(|row| row["question"].is_string()
        && (row["reply_in_words"].is_array() || row["reply_in_words"].is_string())));
    let text = export.to_string();
    for secret in ["password_hash", "hemligt", &key, &device.cookie, &device.key] {
        assert!(!text.contains(secret), "{secret}");
    }

    privacy::erase(&town.services, crew[0].id()).await.expect("erased");
    assert!(matches!(
        SignedIn::find(&town.services, crew[0].id(), NOON).await,
        Err(ServiceError::SignedOut)
    ));
    assert_eq!(count(&town, "sessions").await, 0);
    assert_eq!(count(&town, "known_devices").await, 0);
    assert_eq!(count(&town, "leaderboard_members").await, 0);
    assert_eq!(count(&town, "cohort_members").await, 5, "her colleagues");
    // Her 140 points wait for those of others, without her name.
    assert_eq!(count(&town, "unit_points_kept WHERE points = 80").await, 1);
    assert!(matches!(
        privacy::erase(&town.services, crew[0].id()).await,
        Err(ServiceError::NotFound)
    ));
});

/// Every column is explained, every time is a time, every id of something has its name beside it, and
/// no word of the database is alone.
fn assert_is_in_words(export: &serde_json::Value) {
    for (table, data) in export["tables"].as_object().expect("tables") {
        assert!(data["holds"].as_str().is_some_and(|words| words.len() > 5), "{table}");
        assert!(data["kept"].as_str().is_some_and(|words| words.len() > 5), "{table}");
        for row in data["rows"].as_array().expect("rows") {
            let row = row.as_object().expect("a row");
            for (column, value) in row {
                let is_beside =
                    row.contains_key(&format!("{column}_id")) || column.ends_with("_in_words");
                let words = data["columns"][column].as_str().unwrap_or_default();
                assert!(is_beside || words.len() > 2, "{table}.{column} is explained");
                if column.ends_with("_at") || column.ends_with("_until") {
                    assert!(value.is_string() || value.is_null(), "{table}.{column}: {value}");
                }
                let is_plain = matches!(column.as_str(), "id" | "standing_id" | "cohort_id")
                    || (table == "person_looks (viewer_id)" && column == "person_id");
                if let Some(name) = column.strip_suffix("_id")
                    && value.is_string()
                    && !is_plain
                {
                    let called = row.get(name).and_then(serde_json::Value::as_str);
                    assert!(
                        called.is_some_and(|name| !name.is_empty()),
                        "{table}.{column}: {row:?}"
                    );
                }
                if matches!(column.as_str(), "role" | "claim" | "what" | "reply" | "height") {
                    assert!(row.contains_key(&format!("{column}_in_words")), "{table}.{column}");
                }
            }
        }
    }
}

/// Every column of the declared tables, read from the schema itself, but for secrets.
async fn declared_columns(town: &Town) -> BTreeSet<(String, String)> {
    const SECRETS: [(&str, &str); 7] = [
        ("people", "password_hash"),
        ("sessions", "key"),
        ("sessions", "data"),
        ("sessions", "device_key"),
        ("known_devices", "key"),
        ("mail_choices", "word"),
        ("competences", "facts"),
    ];
    let store = town.services.store();
    let mut columns = BTreeSet::new();
    for table in DECLARATIONS.iter().map(|declaration| declaration.table) {
        let sql = match store.backend() {
            DbBackend::Sqlite => format!("SELECT name AS col FROM pragma_table_info('{table}')"),
            _ => format!(
                "SELECT column_name AS col FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = '{table}'"
            ),
        };
        let rows = store.read().query_all_raw(Statement::from_string(store.backend(), sql)).await;
        for row in rows.expect("the schema is readable") {
            let name: String = row.try_get("", "col").expect("a name");
            if !SECRETS.contains(&(table, name.as_str())) {
                columns.insert((table.to_owned(), name));
            }
        }
    }
    columns
}

story!(every_declared_column_is_in_words, |town| {
    for (table, column) in declared_columns(&town).await {
        for locale in [Locale::Sv, Locale::En] {
            let words = privacy::column_in_words(&table, &column, locale);
            assert!(words.is_some_and(|words| !words.is_empty()), "{table}.{column}");
        }
    }
});

story!(a_lesson_outlives_its_owner, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let owner = town.operator().find_person(OWNER).await.expect("the owner");
    let export = privacy::export(&town.services, owner, Locale::Sv).await.expect("an export");
    let lessons = export["tables"]["lessons"]["rows"].as_array().expect("rows");
    assert_eq!(lessons.len(), 1);
    privacy::erase(&town.services, owner).await.expect("erased");
    assert_eq!(count(&town, "lessons WHERE owner_id IS NULL").await, 1);
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    assert_eq!(town.learner(&alma).lesson("mejl").await.expect("still there").slug, "mejl");
});

story!(an_erasure_that_comes_twice_at_once_counts_once, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    climb(&town.learner(&alma), "mejl").await;
    let done = join_all((0..6).map(|_| privacy::erase(&town.services, alma.id()))).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
    assert!(done.iter().all(|done| matches!(done, Ok(()) | Err(ServiceError::NotFound))));
    let kept = count(&town, "unit_points_kept WHERE points = 60").await;
    assert_eq!((count(&town, "unit_points_kept").await, kept), (1, 1));
});

story!(who_comes_back_finds_what_they_had_shown, |town| {
    let town = town.with_unit("Solgläntan").await.with_unit("Björken").await;
    town.publish("mejl", "outlook", 1).await;
    let alma = town.staff("Alma", "Solgläntan").await;
    town.operator().set_password("alma@lindvike.example", PASSWORD).await.expect("set");
    climb(&town.learner(&town.signed_in(alma).await), "mejl").await;
    let operator = town.operator();
    let again = operator.employ_again(alma, "Björken", "underskoterska", &[Role::Staff]).await;
    assert!(again.is_err(), "she has not left");
    operator.end_employment(alma).await.expect("leaves");
    operator
        .employ_again(alma, "Björken", "underskoterska", &[Role::Staff])
        .await
        .expect("comes back");
    let later = NOON.plus_seconds(1);
    let who = SignedIn::find(&town.services, alma, later).await.expect("works here");
    assert_eq!(who.viewer(Locale::Sv, false).unit.as_deref(), Some("Björken"));
    assert_eq!(total(&town.learner_at(&who, later)).await, 60);
    let old = Visitor::enter(&town.services, later)
        .sign_in("alma@lindvike.example", PASSWORD, Origin::default())
        .await;
    assert!(matches!(old, Err(ServiceError::WrongSignIn)), "a new password is due: {old:?}");
});

story!(what_has_been_kept_long_enough_goes, |town| {
    let town = town.with_unit("Solgläntan").await;
    let alma = town.staff("Alma", "Solgläntan").await;
    let store = town.services.store();
    let left = format!("UPDATE people SET left_at = {} WHERE given_name = 'Alma'", NOON.0);
    store.read().execute_raw(Statement::from_string(store.backend(), left)).await.expect("left");
    let early = NOON.plus_seconds(KEPT_AFTER_LEAVING_SECONDS - 1);
    assert_eq!(privacy::tidy(&town.services, early).await.expect("tidied").people, 0);
    assert!(SignedIn::find(&town.services, alma, early).await.is_err(), "but may not sign in");
    let late = NOON.plus_seconds(KEPT_AFTER_LEAVING_SECONDS + 1);
    assert_eq!(privacy::tidy(&town.services, late).await.expect("tidied").people, 1);
});

story!(what_a_manager_has_sent_tells_them_nothing_of_those_they_have_left, |town| {
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    town.publish("mejl", "outlook", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let manager = Manager::enter(&town.services, &boss, NOON).await.expect("manages");
    let note = "Något mellan dig och mig";
    let pointing = Pointing { to: "mejl".into(), note: note.into(), wish: None };
    manager.refer(new_id(), &[alma.id()], &pointing).await.expect("sent");
    let later = NOON.plus_seconds(86_400);
    Operator::enter(&town.services, later)
        .move_person(boss.id(), "Björkgården", "underskoterska", &[Role::Manager])
        .await
        .expect("moved");
    // She meets it afterwards.
    let page = town.learner_at(&alma, later.plus_seconds(60));
    let page = page.learn_page(&Filter::default(), Locale::Sv).await.expect("a page");
    assert_eq!(page.referrals[0].note, note);

    let export = privacy::export(&town.services, boss.id(), Locale::Sv).await.expect("an export");
    let sent = export["tables"]["referrals (sender_id)"]["rows"].as_array().expect("rows");
    assert_eq!(sent.len(), 1, "that he sent it, and when, is about him");
    let columns: BTreeSet<&str> =
        sent[0].as_object().expect("a row").keys().map(String::as_str).collect();
    assert_eq!(columns, BTreeSet::from(["id", "lesson", "lesson_id", "program_id", "sent_at"]));
    assert_eq!(sent[0]["sent_at"], "2026-11-21T12:00:00+01:00");
    assert!(!export.to_string().contains(note));
    // It is hers, and her export has it all.
    let hers = privacy::export(&town.services, alma.id(), Locale::Sv).await.expect("an export");
    let hers = &hers["tables"]["referrals"]["rows"][0];
    assert_eq!((hers["note"].as_str(), hers["seen_at"].is_string()), (Some(note), true));
});
