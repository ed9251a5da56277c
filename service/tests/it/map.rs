//! Keeping the map: what is required, when, of whom; and what is refused.

use kvarten_domain::{Fault, Level, Locale, ProfessionId, SystemId, Timestamp};
use kvarten_service::{
    ServiceError,
    map::{MOST_STATEMENTS, RequirementEdit, StatementEdit, SystemEdit},
    new_id,
    operator::Operator,
};

use crate::{
    story,
    town::{NOON, Town, assess},
};

const DAY: i64 = 86_400;

fn level(number: u8) -> Level {
    Level::new(number).expect("1–4")
}

fn refused<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> (&'static str, Fault) {
    match result {
        Err(ServiceError::Invalid { field, fault }) => (field, fault),
        other => panic!("not refused: {other:?}"),
    }
}

async fn nurses(town: &Town) -> ProfessionId {
    town.operator().map_of_codes().await.expect("codes").professions["underskoterska"]
}

/// What is required of assistant nurses of Solgläntan in Outlook, at a number of days from noon.
async fn required(town: &Town, days: i64) -> Option<u8> {
    let who = town
        .signed_in(town.operator().find_person("alma@lindvike.example").await.expect("Alma"))
        .await;
    let learner = town.learner_at(&who, NOON.plus_seconds(days * DAY));
    let page = learner.system("outlook", Locale::Sv).await.expect("a page");
    page.required.map(Level::number)
}

async fn edit(town: &Town) -> RequirementEdit {
    RequirementEdit {
        unit: None,
        profession: nurses(town).await,
        system: town.system("outlook").await,
        level: Some(level(1)),
        seen: None,
        from: NOON,
    }
}

story!(a_raised_requirement_holds_from_its_day_and_the_past_stays, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.staff("Alma", "Solgläntan").await;
    let first = edit(&town).await;
    town.operator().map().set_requirement(&first).await.expect("required");
    let later = NOON.plus_seconds(30 * DAY);
    let raised =
        RequirementEdit { level: Some(level(3)), seen: Some(level(1)), from: later, ..first };
    town.operator().map().set_requirement(&raised).await.expect("raised");
    assert_eq!(required(&town, 0).await, Some(1));
    assert_eq!(required(&town, 29).await, Some(1));
    assert_eq!(required(&town, 31).await, Some(3));

    // What had been decided for later is replaced by what is decided now.
    let now = RequirementEdit { level: Some(level(2)), seen: Some(level(1)), ..first };
    let soon = NOON.plus_seconds(60);
    Operator::enter(&town.services, soon).map().set_requirement(&now).await.expect("changed");
    assert_eq!(required(&town, 31).await, Some(2));
    assert_eq!(required(&town, 0).await, Some(1), "at noon it was still so");
    let ended = RequirementEdit { level: None, seen: Some(level(2)), from: later, ..first };
    Operator::enter(&town.services, later).map().set_requirement(&ended).await.expect("ended");
    assert_eq!(required(&town, 29).await, Some(2));
    assert_eq!(required(&town, 31).await, None);
});

story!(a_unit_asks_for_more_and_never_for_less, |town| {
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    town.staff("Alma", "Solgläntan").await;
    let base = RequirementEdit { level: Some(level(2)), ..edit(&town).await };
    let map = town.operator().map();
    map.set_requirement(&base).await.expect("required");
    let of_unit = |number| RequirementEdit {
        unit: Some(town.units["Solgläntan"]),
        level: Some(level(number)),
        ..base
    };
    assert_eq!(refused(map.set_requirement(&of_unit(2)).await), ("level", Fault::NotMore));
    assert_eq!(refused(map.set_requirement(&of_unit(1)).await), ("level", Fault::NotMore));
    map.set_requirement(&of_unit(3)).await.expect("more");
    assert_eq!(required(&town, 1).await, Some(3));
    let other =
        RequirementEdit { unit: Some(town.units["Björkgården"]), level: Some(level(4)), ..base };
    map.set_requirement(&other).await.expect("more, elsewhere");
    assert_eq!(required(&town, 1).await, Some(3));
    // The municipality catches up, and goes back: the unit's word is still there.
    let up = RequirementEdit { level: Some(level(4)), seen: Some(level(2)), ..base };
    map.set_requirement(&up).await.expect("raised");
    assert_eq!(required(&town, 1).await, Some(4));
    let down = RequirementEdit { level: Some(level(1)), seen: Some(level(4)), ..base };
    map.set_requirement(&down).await.expect("lowered");
    assert_eq!(required(&town, 1).await, Some(3));
});

story!(what_cannot_be_required_is_refused_and_says_why, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.staff("Alma", "Solgläntan").await;
    let good = edit(&town).await;
    let map = town.operator().map();
    for (edit, expected) in [
        (RequirementEdit { system: new_id(), ..good }, ("system", Fault::UnknownOption)),
        (RequirementEdit { profession: new_id(), ..good }, ("profession", Fault::UnknownOption)),
        (RequirementEdit { unit: Some(new_id()), ..good }, ("unit", Fault::UnknownOption)),
        (RequirementEdit { from: NOON.plus_seconds(-DAY), ..good }, ("from", Fault::WrongDate)),
        (RequirementEdit { seen: Some(level(2)), ..good }, ("level", Fault::Changed)),
    ] {
        assert_eq!(refused(map.set_requirement(&edit).await), expected, "{edit:?}");
    }
    assert_eq!(required(&town, 1).await, None);

    map.set_requirement(&good).await.expect("required");
    let retired = SystemEdit {
        name: "Outlook".into(),
        retired: Some(NOON.plus_seconds(10 * DAY)),
        ..SystemEdit::default()
    };
    map.change_system(good.system, &retired).await.expect("retired");
    let raise = RequirementEdit { level: Some(level(2)), seen: Some(level(1)), ..good };
    let after = RequirementEdit { from: NOON.plus_seconds(10 * DAY), ..raise };
    assert_eq!(refused(map.set_requirement(&after).await), ("system", Fault::Retired));
    map.set_requirement(&raise).await.expect("while it is in use");
    assert_eq!((required(&town, 9).await, required(&town, 11).await), (Some(2), None));
});

story!(of_two_who_change_a_requirement_at_once_one_is_told, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.staff("Alma", "Solgläntan").await;
    let edit = edit(&town).await;
    let (one, other) = (
        RequirementEdit { level: Some(level(2)), ..edit },
        RequirementEdit { level: Some(level(4)), ..edit },
    );
    let map = town.operator().map();
    let (a, b) = tokio::join!(map.set_requirement(&one), map.set_requirement(&other));
    let is_told = |result: &Result<(), ServiceError>| {
        matches!(result, Err(ServiceError::Invalid { fault: Fault::Changed, .. }))
    };
    assert!(a.is_ok() != b.is_ok() && (is_told(&a) || is_told(&b)), "{a:?} {b:?}");
    assert_eq!(required(&town, 1).await, Some(if a.is_ok() { 2 } else { 4 }));
});

fn new(sv: &str) -> StatementEdit {
    StatementEdit { id: None, sv: sv.into(), en: String::new(), is_same_meaning: false }
}

/// The statements of Outlook's first level as they read at a number of days from noon.
async fn read(town: &Town, days: i64) -> Vec<String> {
    let who = town
        .signed_in(town.operator().find_person("alma@lindvike.example").await.expect("Alma"))
        .await;
    let learner = town.learner_at(&who, NOON.plus_seconds(days * DAY));
    let page = learner.system("outlook", Locale::En).await.expect("a page");
    page.levels[0]
        .statements
        .iter()
        .map(|phrase| format!("{}: {}", phrase.lang, phrase.text))
        .collect()
}

story!(statements_are_reworded_and_what_was_said_stays_or_not, |town| {
    let town = town.with_unit("Solgläntan").await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    assess(&town.learner(&alma), "outlook", 1, "can").await;
    let system = town.system("outlook").await;
    let ids = town.operator().statements(system, level(1)).await.expect("read");
    let at = Operator::enter(&town.services, NOON.plus_seconds(DAY));
    let edits = [
        new("Jag kan något nytt."),
        StatementEdit {
            id: Some(ids[1]),
            sv: "Jag kan, fast rättstavat.".into(),
            en: "I can, spelt right.".into(),
            is_same_meaning: true,
        },
        StatementEdit {
            id: Some(ids[0]),
            sv: "Jag kan något annat.".into(),
            en: String::new(),
            is_same_meaning: false,
        },
    ];
    at.map().set_statements(system, level(1), &edits).await.expect("set");
    assert_eq!(
        read(&town, 2).await,
        ["sv: Jag kan något nytt.", "en: I can, spelt right.", "sv: Jag kan något annat."]
    );
    assert_eq!(read(&town, 0).await, ["en: I can 1 1 i Outlook.", "en: I can 1 2 i Outlook."]);
    let later = town.learner_at(&alma, NOON.plus_seconds(2 * DAY));
    let page = later.assessment("outlook", None, Locale::Sv).await.expect("a page");
    let said: Vec<bool> = page.statements.iter().map(|line| line.claim.is_some()).collect();
    assert_eq!(said, [false, true, false]);

    // Somebody who has the old list still open changes nothing.
    let result = at.map().set_statements(system, level(1), &edits).await;
    assert_eq!(refused(result), ("statement", Fault::Changed));
    at.map().set_statements(system, level(1), &[]).await.expect("none");
    assert!(read(&town, 2).await.is_empty());
});

story!(statements_that_will_not_do_are_refused, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.staff("Alma", "Solgläntan").await;
    let system = town.system("outlook").await;
    let map = town.operator().map();
    let many: Vec<_> = (0..=MOST_STATEMENTS).map(|at| new(&format!("Jag kan {at}"))).collect();
    for (edits, fault) in [
        (vec![new("  ")], Fault::Empty),
        (vec![new(&"å".repeat(201))], Fault::TooLong),
        (vec![new("Jag kan"), new("Jag kan")], Fault::Repeated),
        (vec![new("Jag kan \u{202e}baklänges")], Fault::Malformed),
        (many, Fault::TooLong),
        (vec![StatementEdit { id: Some(new_id()), ..new("Jag kan") }], Fault::Changed),
    ] {
        let result = map.set_statements(system, level(1), &edits).await;
        assert_eq!(refused(result), ("statement", fault));
    }
    let result = map.set_statements(new_id(), level(1), &[new("Jag kan")]).await;
    assert!(matches!(result, Err(ServiceError::NotFound)));
    assert_eq!(read(&town, 1).await.len(), 2, "nothing was lost");
});

story!(systems_are_added_once_and_checked, |town| {
    let map = town.operator().map();
    let edit = |name: &str| SystemEdit { name: name.into(), ..SystemEdit::default() };
    let id: SystemId = new_id();
    assert_eq!(
        map.create_system(id, &edit("Digital Tillsyn – nätter")).await.expect("added"),
        "digital-tillsyn-natter"
    );
    assert_eq!(
        map.create_system(id, &edit("Digital Tillsyn – nätter")).await.expect("sent twice"),
        "digital-tillsyn-natter"
    );
    assert_eq!(
        map.create_system(new_id(), &edit("Digital tillsyn nätter!")).await.expect("added"),
        "digital-tillsyn-natter-2"
    );
    // What has an address of its own below the systems.
    assert_eq!(map.create_system(new_id(), &edit("Läget")).await.expect("added"), "laget-2");
    let wrong =
        SystemEdit { since: Some(NOON), retired: Some(Timestamp(NOON.0 - 1)), ..edit("Ett till") };
    for (edit, expected) in [
        (edit("outlook"), ("name", Fault::Taken)),
        (edit(" "), ("name", Fault::Empty)),
        (edit(&"x".repeat(61)), ("name", Fault::TooLong)),
        (edit("Jour\u{200f}nal"), ("name", Fault::Malformed)),
        (wrong, ("retired", Fault::WrongDate)),
        (SystemEdit { about: "x".repeat(161), ..edit("Ett till") }, ("about", Fault::TooLong)),
    ] {
        assert_eq!(refused(map.create_system(new_id(), &edit).await), expected);
    }
    for months in [0, 121] {
        let result = map.set_validity(id, level(1), Some(months)).await;
        assert_eq!(refused(result), ("months", Fault::Malformed));
    }
    assert!(matches!(
        map.set_validity(new_id(), level(1), Some(1)).await,
        Err(ServiceError::NotFound)
    ));
    assert!(matches!(map.set_required_lesson(new_id(), true).await, Err(ServiceError::NotFound)));
});
