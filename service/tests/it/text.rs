//! One text model, from what is typed to what is stored, found and put in order.

use std::collections::BTreeSet;

use kvarten_domain::{
    Date, Fault, Id, Locale, Role, overview::Filter, time::Period, unit::UnitKind,
};
use kvarten_entity::leaderboard_member;
use kvarten_service::{
    SignedIn,
    authoring::LessonDraft,
    manager::{Manager, Pointing, Standing},
    map::{ProgramEdit, StatementEdit, SystemEdit},
    new_id,
    operator::NewPerson,
    text::{
        columns::{Filled, TEXT_COLUMNS},
        convert_stored_text,
        form::{is_nfc, nfkd},
    },
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, Statement};

use crate::{
    story,
    town::{NOON, On, Town, draft, fault},
};

/// A text in letters and marks of their own, as some keyboards and every Mac's files have it.
fn apart(text: &str) -> String {
    nfkd(text)
}

async fn rows(town: &Town, sql: String) -> Vec<sea_orm::QueryResult> {
    let store = town.services.store();
    let statement = Statement::from_string(store.backend(), sql);
    store.read().query_all_raw(statement).await.expect("answers")
}

story!(every_text_column_says_who_fills_it, |town| {
    let sql = match town.services.store().backend() {
        DbBackend::Sqlite => {
            "SELECT m.name AS tbl, p.name AS col FROM sqlite_master m, pragma_table_info(m.name) p \
             WHERE m.type = 'table' AND (p.type LIKE '%char%' OR p.type LIKE '%text%') AND p.type NOT LIKE 'uuid%' \
             AND m.name NOT LIKE 'sqlite_%'"
        }
        _ => {
            "SELECT CAST(table_name AS text) AS tbl, CAST(column_name AS text) AS col \
             FROM information_schema.columns WHERE table_schema = current_schema() \
             AND data_type IN ('text', 'character varying', 'character')"
        }
    };
    let named = |row: &sea_orm::QueryResult| -> (String, String) {
        (row.try_get("", "tbl").expect("a name"), row.try_get("", "col").expect("a name"))
    };
    let there: BTreeSet<_> = rows(&town, sql.to_owned()).await.iter().map(named).collect();
    let declared: BTreeSet<_> = TEXT_COLUMNS
        .iter()
        .map(|column| (column.table.to_owned(), column.column.to_owned()))
        .collect();
    assert_eq!(declared, there, "service/src/text/columns.rs names every text column");
});

fn lesson() -> LessonDraft {
    let text = serde_json::to_string(&draft("mejl", "outlook", 1)).expect("a draft");
    serde_json::from_str(&apart(&text)).expect("a draft")
}

fn person(number: &str, given: &str, family: &str, unit: &str) -> NewPerson {
    NewPerson {
        employee_number: number.into(),
        email: None,
        given_name: given.into(),
        family_name: family.into(),
        unit: unit.into(),
        profession: "underskoterska".into(),
        roles: vec![Role::Staff],
        password: None,
    }
}

/// Writes a text into everything that people fill, in letters and marks of their own.
async fn write_everything(town: &Town) {
    let (operator, map) = (town.operator(), town.operator().map());
    operator.publish_lesson(&lesson(), &|_| None).await.expect("published");
    let top = operator.find_unit(&apart("Solgläntan")).await.expect("by its name in any form");
    let root = operator.find_unit("Lindvike").await.expect("the root");
    operator.create_unit(&apart("Åsgården"), UnitKind::Unit, Some(root)).await.expect("a unit");
    operator
        .create_profession("boendestodjare", &apart("boendestödjare"), &apart("café aide"))
        .await
        .expect("a profession");
    let boss = NewPerson {
        roles: vec![Role::Manager],
        ..person("77", &apart("Åsa"), &apart("Öberg"), &apart("Solgläntan"))
    };
    let boss = operator.create_person(&boss).await.expect("hired");
    let alma = operator.create_person(&person("78", "Alma", &apart("Šarić"), "solgläntan")).await;
    let alma = alma.expect("hired");
    let edit = SystemEdit {
        name: apart("Säkra meddelanden"),
        about: apart("För känsligt"),
        owner: apart("Åke"),
        ..SystemEdit::default()
    };
    let statement = StatementEdit {
        id: None,
        sv: apart("Jag kan öppna."),
        en: apart("I can open à la carte."),
        is_same_meaning: false,
    };
    let system = new_id();
    map.create_system(system, &edit).await.expect("a system");
    let level = kvarten_domain::Level::new(1).expect("1–4");
    map.set_statements(system, level, &[statement]).await.expect("statements");
    let who = town.signed_in(boss).await;
    let manager = Manager::enter(&town.services, &who, NOON).await.expect("manages");
    let pointing = Pointing {
        to: "mejl".into(),
        note: apart("Börja här\r\nså går det bra"),
        wish: None::<Date>,
    };
    manager.refer(new_id(), &[alma], &pointing).await.expect("referred");
    let standing = Standing {
        id: new_id(),
        unit: top,
        profession: None,
        to: "mejl".into(),
        note: apart("Välkommen"),
        days: None,
    };
    manager.make_standing(&standing).await.expect("made");
    let who = town.signed_in(alma).await;
    town.learner(&who).join_leaderboard(&apart("Blåsippan")).await.expect("joins");
    let admin = town.signed_in(town.person_at_root("Vera", Role::Administrator).await).await;
    let admin = kvarten_service::administrator::Administrator::enter(&town.services, &admin, NOON);
    let lessons = admin.expect("may").lessons_named(&["mejl"]).await.expect("lessons");
    let program = ProgramEdit {
        id: new_id(),
        seen: 0,
        name: apart("Ny på Solgläntan"),
        about: apart("De första veckorna"),
        profession: None,
        lessons,
        is_ended: false,
    };
    map.set_program(&program).await.expect("kept");
}

/// Texts that people filled and that are not in the form in which texts are stored, and how many are.
async fn not_composed(town: &Town) -> (Vec<String>, usize) {
    let (mut found, mut count) = (Vec::new(), 0);
    for column in TEXT_COLUMNS.iter().filter(|column| column.filled == Filled::ByPeople) {
        let (table, column) = (column.table, column.column);
        for row in rows(town, format!("SELECT {column} AS text FROM {table}")).await {
            let text: Option<String> = row.try_get("", "text").expect("a text");
            let text = text.unwrap_or_default();
            count += usize::from(!text.is_ascii());
            if !is_nfc(&text) {
                found.push(format!("{table}.{column}: {text}"));
            }
        }
    }
    (found, count)
}

story!(what_is_typed_in_any_form_is_stored_in_one, |town| {
    let town = town.with_unit("Solgläntan").await;
    write_everything(&town).await;
    let (found, count) = not_composed(&town).await;
    assert!(found.is_empty(), "{found:#?}");
    assert!(count > 20, "{count} texts have letters with marks");
});

story!(names_that_are_one_name_are_refused_or_found, |town| {
    let town = town.with_unit("Solgläntan").await;
    let (operator, map) = (town.operator(), town.operator().map());
    let unit = town.units["Solgläntan"];
    for name in ["Solgläntan", "SOLGLÄNTAN ", "Sol\u{ad}gläntan", "Solgläntan\u{a0}", "Sоlgläntаn"]
    {
        assert_eq!(operator.find_unit(name).await.ok(), Some(unit), "{name:?}");
        assert_eq!(operator.find_unit(&apart(name)).await.ok(), Some(unit), "{name:?}");
    }
    assert!(operator.find_unit("Solglantan").await.is_err(), "ä is a letter of its own");
    for name in ["outlook", "Outlook\u{a0}", "Ｏｕｔｌｏｏｋ", "Оutlооk", "Out\u{200b}look"]
    {
        let edit = SystemEdit { name: name.into(), ..SystemEdit::default() };
        let refused = map.create_system(new_id(), &edit).await;
        assert_eq!(fault(&refused), Some(("name", Fault::Taken)), "{name:?}");
    }
    let edit = SystemEdit { name: "Čas Straße Øst".into(), ..SystemEdit::default() };
    assert_eq!(map.create_system(new_id(), &edit).await.expect("made"), "cas-strasse-ost");
    for name in
        ["Out\u{3164}look", "Ou\u{2800}t", "\u{202e}x", "a\u{316}\u{316}\u{316}\u{316}\u{316}"]
    {
        let edit = SystemEdit { name: name.into(), ..SystemEdit::default() };
        let refused = map.create_system(new_id(), &edit).await;
        assert_eq!(fault(&refused), Some(("name", Fault::HiddenCharacters)), "{name:?}");
        let new = person("90", name, "Berg", "Solgläntan");
        let refused = operator.create_person(&new).await;
        assert_eq!(fault(&refused), Some(("given_name", Fault::HiddenCharacters)), "{name:?}");
        let refused = operator.create_unit(name, UnitKind::Unit, None).await;
        assert_eq!(fault(&refused), Some(("name", Fault::HiddenCharacters)), "{name:?}");
    }
    let twin = operator.create_profession("Ｕnderskoterska", "x", "x").await;
    assert_eq!(fault(&twin), Some(("code", Fault::Taken)));
    let number = operator.create_person(&person("4711", "Bo", "Ek", "Solgläntan")).await;
    let number = number.expect("hired");
    for typed in ["4711", " 4711\u{a0}", "4711\u{200b}", "４７１１"] {
        assert_eq!(operator.find_person(typed).await.ok(), Some(number), "{typed:?}");
    }
});

/// Given name, family name, what one types to find them.
const PEOPLE: [(&str, &str, &str); 12] = [
    ("Örjan", "Åberg", "aberg"),
    ("Żaneta", "Żak", "zak zaneta"),
    ("Željko", "Čović", "covic"),
    ("Anna-Karin", "Ek", "annakarin"),
    ("Łukasz", "Łęcki", "lecki"),
    ("Niamh", "O’Brien", "obrien"),
    ("Gülşen", "Şahin", "sahin"),
    ("Bo", "Samuelsson", "samuelsson"),
    ("Zana", "Šarić", "saric"),
    ("Cia", "Sjö", "sjo"),
    ("Işıl", "Yıldız", "isil yildiz"),
    ("Åsa", "Öberg", "oberg"),
];

const IN_ORDER: [&str; 12] = [
    "Čović, Željko",
    "Ek, Anna-Karin",
    "Łęcki, Łukasz",
    "O’Brien, Niamh",
    "Şahin, Gülşen",
    "Samuelsson, Bo",
    "Šarić, Zana",
    "Sjö, Cia",
    "Yıldız, Işıl",
    "Żak, Żaneta",
    "Åberg, Örjan",
    "Öberg, Åsa",
];

async fn hire_people(town: &Town) {
    for (at, (given, family, _)) in PEOPLE.iter().enumerate() {
        // Every other as some keyboards send it.
        let form = |text: &str| if at % 2 == 0 { apart(text) } else { text.to_owned() };
        let new = person(&format!("5{at}"), &form(given), &form(family), "Solgläntan");
        town.operator().create_person(&new).await.expect("hired");
    }
}

async fn manager(town: &Town) -> SignedIn {
    let boss = town.person_at_root("Ada", Role::Manager).await;
    town.signed_in(boss).await
}

story!(people_are_found_and_in_order_whatever_their_letters, |town| {
    let town = town.with_unit("Solgläntan").await;
    hire_people(&town).await;
    let listed = town.operator().list_people("Solgläntan").await.expect("a list");
    let listed: Vec<_> = listed.iter().map(|entry| entry.name.as_str()).collect();
    let of_unit = |name: &&str| -> String {
        let (family, given) = name.split_once(", ").expect("two names");
        format!("{given} {family}")
    };
    assert_eq!(listed, IN_ORDER.iter().map(of_unit).collect::<Vec<_>>());
    let boss = manager(&town).await;
    let manager = Manager::enter(&town.services, &boss, NOON).await.expect("manages");
    let of_unit = |name: &str| Filter {
        name: name.into(),
        unit: Some(town.units["Solgläntan"]),
        ..Filter::default()
    };
    let rows = manager.first_rows(&of_unit(""), Locale::Sv).await.expect("rows");
    let names: Vec<_> = rows.overview.people.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, IN_ORDER);
    for (given, family, typed) in PEOPLE {
        let name = format!("{family}, {given}");
        let forms = [
            typed.to_owned(),
            typed.to_uppercase(),
            name.clone(),
            apart(&name),
            name.to_uppercase(),
            format!("{given}\u{a0}{family}"),
            name.replace('’', "'"),
        ];
        for typed in forms {
            let rows = manager.first_rows(&of_unit(&typed), Locale::Sv).await.expect("rows");
            let names: Vec<_> = rows.overview.people.iter().map(|one| one.name.as_str()).collect();
            assert_eq!(names, [name.as_str()], "{typed:?}");
            let (file, _) = manager.file(&of_unit(&typed), Locale::Sv).await.expect("a file");
            assert_eq!(file.people.len(), 1, "{typed:?}");
        }
    }
});

async fn member(town: &Town, number: &str, given: &str, family: &str) -> SignedIn {
    let new = person(number, given, family, "Solgläntan");
    town.signed_in(town.operator().create_person(&new).await.expect("hired")).await
}

story!(no_name_on_the_leaderboard_is_hidden_or_looks_like_another, |town| {
    let town = town.with_unit("Solgläntan").await;
    let alma = member(&town, "60", "Alma", "Bergström").await;
    let bo = member(&town, "61", "Bo", "Åkesson").await;
    let namesake = member(&town, "62", "Bo", "Åkesson").await;
    town.learner(&alma).join_leaderboard("Blåsippan").await.expect("joins");
    let bo = town.learner(&bo);
    for taken in [
        "blåSIPPAN",
        "Bla\u{30a}sippan",
        "Blasippan",
        "B1åsippan",
        "Blå-sippan!",
        "Ｂｌåsippan",
        "Blåslppan",
        // Real names of somebody else.
        "Alma Bergström",
        "Bergstrom Alma",
        "AlmaBergström",
        "Alrna Bergstrom 2",
    ] {
        let refused = bo.join_leaderboard(taken).await;
        assert_eq!(fault(&refused), Some(("alias", Fault::Taken)), "{taken}");
    }
    for (hidden, why) in [
        ("\u{3164}\u{3164}", Fault::HiddenCharacters),
        ("Bo\u{ffa0}", Fault::HiddenCharacters),
        ("Blåsippаn", Fault::MixedScripts),
        ("!!", Fault::Malformed),
    ] {
        assert_eq!(fault(&bo.join_leaderboard(hidden).await), Some(("alias", why)), "{hidden:?}");
    }
    bo.join_leaderboard("Bo Åkesson").await.expect("one's own name");
    let refused = town.learner(&namesake).join_leaderboard("Bo Akesson").await;
    assert_eq!(fault(&refused), Some(("alias", Fault::Taken)), "a namesake has it");
    bo.join_leaderboard("Alma").await.expect("a given name alone is nobody's");
    let board = bo.leaderboard(Period::Month).await.expect("a board");
    assert_eq!(board.alias.as_deref(), Some("Alma"));
});

/// What a database held before there was one text model.
async fn stored_texts_are_converted(on: On) {
    let Some(town) = Town::on(on).await else { return };
    let town = town.with_unit("Solgläntan").await;
    let db = town.services.store().read();
    let mut people = Vec::new();
    for (name, alias) in [
        ("Alma", "Bla\u{30a}sippan"),
        ("Bo", "blåsippan"),
        ("Cia", "\u{3164}\u{3164}"),
        ("Disa", "Аlma"),
        ("Emil", "Ture"),
    ] {
        let id = town.staff(name, "Solgläntan").await;
        let key = uuid::Uuid::from_u128(id.as_u128());
        let row = leaderboard_member::ActiveModel {
            person_id: Set(key),
            alias: Set(alias.into()),
            alias_folded: Set(alias.to_lowercase()),
            joined_at: Set(NOON.0 + i64::try_from(people.len()).expect("few")),
        };
        leaderboard_member::Entity::insert(row).exec_without_returning(db).await.expect("written");
        people.push(key);
    }
    for sql in [
        format!("UPDATE people SET given_name = '{}' WHERE given_name = 'Disa'", apart("Åsa")),
        format!("UPDATE systems SET name = '{}' WHERE code = 'teams'", apart("Outlöok")),
        "UPDATE systems SET name = 'Outlöok' WHERE code = 'outlook'".to_owned(),
        format!(
            "INSERT INTO units (id, parent_id, kind, name, created_at) SELECT {}, parent_id, kind, '{}', 1 FROM units WHERE name = 'Solgläntan'",
            id(on, 9),
            apart("Solgläntan\u{a0}")
        ),
        "UPDATE people SET family_name = 'Be\u{2800}rg' WHERE given_name = 'Emil'".to_owned(),
        "DELETE FROM backfills".to_owned(),
    ] {
        let statement = Statement::from_string(town.services.store().backend(), sql);
        db.execute_raw(statement).await.expect("written");
    }
    let findings = convert_stored_text(town.services.store()).await.expect("converted");
    assert!(not_composed(&town).await.0.is_empty());
    let members = leaderboard_member::Entity::find().all(db).await.expect("read");
    let of = |at: usize| members.iter().find(|row| row.person_id == people[at]);
    let (first, second) = (of(0).expect("stays"), of(1).expect("stays"));
    assert_eq!((first.alias.as_str(), first.alias_folded.as_str()), ("Blåsippan", "blaslppan"));
    assert_eq!(second.alias, "blåsippan");
    assert_eq!(second.alias_folded, format!("blaslppan#{}", people[1]));
    assert!(of(2).is_none(), "an empty line");
    assert_eq!(of(3).expect("stays").alias, "Аlma");
    let lines = findings.lines.join("\n");
    for word in ["look alike", "cannot be seen", "mixed_scripts", "two units", "two systems"] {
        assert!(lines.contains(word), "{word}: {lines}");
    }
    assert!(lines.contains("people.family_name"), "{lines}");
    assert!(findings.converted >= 3, "{findings:?}");
    let again = convert_stored_text(town.services.store()).await.expect("once");
    assert!(again.lines.is_empty() && again.converted == 0, "{again:?}");
}

/// An id as the database writes it.
fn id(on: On, id: u128) -> String {
    match on {
        On::Sqlite => format!("x'{id:032x}'"),
        On::Postgres => format!("'{}'::uuid", uuid::Uuid::from_u128(id)),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stored_texts_are_converted_on_sqlite() {
    stored_texts_are_converted(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stored_texts_are_converted_on_postgres() {
    stored_texts_are_converted(On::Postgres).await;
}
