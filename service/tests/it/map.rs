//! Keeping the map: what is required, when, of whom; and what is refused.

use kvarten_domain::{
    Date, Fault, Level, Locale, ProfessionId, Role, SystemId, Timestamp,
    map::{Changes, LevelForm, SystemForm},
};
use kvarten_entity::{required_level, system};
use kvarten_service::{
    ServiceError, SignedIn,
    administrator::Administrator,
    map::{MOST_STATEMENTS, RequirementEdit, StatementEdit, SystemEdit},
    new_id,
    operator::Operator,
};
use sea_orm::{EntityTrait, QueryOrder};

use crate::{
    story,
    town::{NOON, Town, assess, climb, is_not_found, see_all},
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

/// Everything that is or was required, as it stands in the table.
async fn rows(town: &Town) -> Vec<String> {
    let rows = required_level::Entity::find().order_by_asc(required_level::Column::Id);
    let rows = rows.all(town.services.store().read()).await.expect("read");
    rows.iter().map(|row| format!("{row:?}")).collect()
}

async fn edit(town: &Town) -> RequirementEdit {
    RequirementEdit {
        unit: None,
        profession: nurses(town).await,
        system: town.system("outlook").await,
        level: Some(level(1)),
        seen: None,
        seen_next: None,
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
    let now = RequirementEdit {
        level: Some(level(2)),
        seen: Some(level(1)),
        seen_next: Some((town.services.calendar().date(later), Some(level(3)))),
        ..first
    };
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
        (RequirementEdit { from: NOON.plus_seconds(-DAY), ..good }, ("from", Fault::PastDate)),
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
    map.change_system(good.system, None, &retired).await.expect("retired");
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

story!(what_is_decided_for_later_is_replaced_by_those_only_who_have_seen_it, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.staff("Alma", "Solgläntan").await;
    let map = town.operator().map();
    let day = |days: i64| town.services.calendar().date(NOON.plus_seconds(days * DAY));
    let first = edit(&town).await;
    map.set_requirement(&first).await.expect("required");
    let seen = RequirementEdit { seen: Some(level(1)), ..first };
    let planned =
        RequirementEdit { level: Some(level(3)), from: NOON.plus_seconds(30 * DAY), ..seen };
    map.set_requirement(&planned).await.expect("planned");

    // Somebody whose page is from before that, or who saw another plan.
    let other =
        RequirementEdit { level: Some(level(2)), from: NOON.plus_seconds(10 * DAY), ..seen };
    for seen_next in [
        None,
        Some((day(30), Some(level(4)))),
        Some((day(29), Some(level(3)))),
        Some((day(30), None)),
    ] {
        let other = RequirementEdit { seen_next, ..other };
        assert_eq!(refused(map.set_requirement(&other).await), ("level", Fault::Changed));
    }
    assert_eq!((required(&town, 11).await, required(&town, 31).await), (Some(1), Some(3)));
    let known = RequirementEdit { seen_next: Some((day(30), Some(level(3)))), ..other };
    map.set_requirement(&known).await.expect("replaced");
    assert_eq!((required(&town, 9).await, required(&town, 31).await), (Some(1), Some(2)));
    // What had been planned and is not, likewise.
    assert_eq!(
        refused(map.set_requirement(&RequirementEdit { level: Some(level(4)), ..known }).await),
        ("level", Fault::Changed)
    );
});

story!(a_requirement_sent_twice_is_set_once, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.staff("Alma", "Solgläntan").await;
    let at = |seconds| Operator::enter(&town.services, NOON.plus_seconds(seconds));
    let first = edit(&town).await;
    let later = RequirementEdit {
        level: Some(level(3)),
        seen: Some(level(1)),
        from: NOON.plus_seconds(30 * DAY),
        ..first
    };
    let day = town.services.calendar().date(later.from);
    let ended = RequirementEdit {
        level: None,
        seen: Some(level(1)),
        seen_next: Some((day, Some(level(3)))),
        ..first
    };
    for (order, edit) in [first, later, ended].into_iter().enumerate() {
        let now = i64::try_from(order).expect("small") * 3600;
        at(now).map().set_requirement(&edit).await.expect("sent");
        let before = rows(&town).await;
        at(now + 60).map().set_requirement(&edit).await.expect("sent again");
        assert_eq!(rows(&town).await, before, "nothing is written");
    }
    assert_eq!((required(&town, 1).await, required(&town, 31).await), (None, None));
    // Who saw what was there before and wants something else is told.
    let other = RequirementEdit { level: Some(level(4)), ..ended };
    assert_eq!(refused(at(9000).map().set_requirement(&other).await), ("level", Fault::Changed));
});

story!(changes_sent_by_a_form_twice_are_made_once, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.staff("Alma", "Solgläntan").await;
    let nadia = town.signed_in(town.person_at_root("Nadia", Role::Administrator).await).await;
    let later = NOON.plus_seconds(30 * DAY);
    let day = town.services.calendar().date(later).iso();
    let send = async |seconds: i64, from: Option<Timestamp>, text: &str| {
        let administrator =
            Administrator::enter(&town.services, &nadia, NOON.plus_seconds(seconds)).expect("may");
        let cells = [("underskoterska.outlook".to_owned(), text.to_owned())].into();
        administrator.set_requirements(None, from, &cells).await.expect("an answer")
    };
    let made = |changes: Changes| (changes.changed, changes.refused.first().map(|one| one.2));
    assert_eq!(made(send(0, None, "01").await), (1, None));
    assert_eq!(made(send(60, None, "01").await), (1, None), "again");
    assert_eq!(made(send(120, Some(later), "13").await), (1, None));
    assert_eq!(made(send(180, Some(later), "13").await), (1, None), "again");
    assert_eq!(made(send(240, None, "12").await), (0, Some(Fault::Changed)), "a page from before");
    assert_eq!(made(send(300, None, &format!("12{day}4")).await), (0, Some(Fault::Changed)));
    assert_eq!(made(send(360, None, &format!("12{day}3")).await), (1, None));
    for text in ["", "1", "15", "12x", &format!("12{day}"), &format!("12{day}5"), "12å"] {
        let refused = made(send(420, None, text).await);
        assert_eq!(refused, (0, Some(Fault::UnknownOption)), "{text}");
    }
    assert_eq!((required(&town, 1).await, required(&town, 31).await), (Some(2), Some(2)));
});

story!(what_was_required_on_an_earlier_day_can_still_be_read, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.staff("Alma", "Solgläntan").await;
    let nadia = town.signed_in(town.person_at_root("Nadia", Role::Administrator).await).await;
    let first = edit(&town).await;
    town.operator().map().set_requirement(&first).await.expect("required");
    let from = NOON.plus_seconds(30 * DAY);
    let raised = RequirementEdit { level: Some(level(2)), seen: Some(level(1)), from, ..first };
    town.operator().map().set_requirement(&raised).await.expect("raised");

    // Two months later: the cell of assistant nurses and Outlook, as of some day.
    let now = NOON.plus_seconds(60 * DAY);
    let keeper = Administrator::enter(&town.services, &nadia, now).expect("may");
    let cell = async |on: Option<Date>| {
        let page = keeper.requirements(None, on, Locale::Sv).await.expect("a page");
        assert_eq!((page.on, page.is_today), (on.unwrap_or(page.on), on.is_none()));
        let column = page.systems.iter().position(|(_, system)| system.code == "outlook");
        let row = page.professions.iter().find(|(id, ..)| *id == first.profession);
        row.expect("assistant nurses").2[column.expect("Outlook")].own.map(Level::number)
    };
    let day = |days: i64| Some(town.services.calendar().date(NOON.plus_seconds(days * DAY)));
    assert_eq!(cell(day(-1)).await, None, "nothing was required yet");
    assert_eq!(cell(day(0)).await, Some(1));
    assert_eq!(cell(day(29)).await, Some(1));
    assert_eq!(cell(day(30)).await, Some(2));
    assert_eq!(cell(None).await, Some(2));
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

    // Sent again after a lost answer, it is as it is to be; what has been said since stays, too.
    let again = Operator::enter(&town.services, NOON.plus_seconds(DAY + 60));
    let ids = again.statements(system, level(1)).await.expect("read");
    again.map().set_statements(system, level(1), &edits).await.expect("as it is");
    assert_eq!(again.statements(system, level(1)).await.expect("read"), ids, "the same rows");

    // Somebody who has the old list still open and wants something else changes nothing.
    let mut others = edits.clone();
    others[2].sv = "Jag kan något tredje.".into();
    let mut reworded = edits.clone();
    reworded[2].is_same_meaning = true;
    let mut turned = edits.clone();
    turned.swap(0, 1);
    for edits in [&others[..], &reworded, &turned, &edits[1..]] {
        let result = again.map().set_statements(system, level(1), edits).await;
        assert_eq!(refused(result), ("statement", Fault::Changed));
    }
    let before = [new("Jag kan något nytt.")];
    again.map().set_statements(system, level(2), &before).await.expect("set");
    let ids = again.statements(system, level(2)).await.expect("read");
    again.map().set_statements(system, level(2), &before).await.expect("as it is");
    assert_eq!(again.statements(system, level(2)).await.expect("read"), ids, "not a new one");
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
        (vec![new("Jag kan \u{202e}baklänges")], Fault::HiddenCharacters),
        (many, Fault::TooMany),
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
        (edit("Jour\u{200f}nal"), ("name", Fault::HiddenCharacters)),
        (wrong, ("retired", Fault::EndsTooEarly)),
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

/// Outlook as its keeper sees it, so many seconds after noon.
async fn form(town: &Town, nadia: &SignedIn, seconds: i64) -> SystemForm {
    let now = NOON.plus_seconds(seconds);
    let keeper = Administrator::enter(&town.services, nadia, now).expect("may");
    keeper.system("outlook").await.expect("a form")
}

story!(a_level_is_changed_wholly_and_by_those_only_who_have_seen_it, |town| {
    let nadia = town.signed_in(town.person_at_root("Nadia", Role::Administrator).await).await;
    let system = town.system("outlook").await;
    let lowest = async |seconds: i64| form(&town, &nadia, seconds).await.levels.remove(0);
    let change = async |seconds: i64, seen: &str, edits: &[StatementEdit], months: Option<u8>| {
        let map = Operator::enter(&town.services, NOON.plus_seconds(seconds)).map();
        map.change_level(system, level(1), seen, edits, months).await
    };
    let kept = |form: &LevelForm| -> Vec<StatementEdit> {
        let edit = |one: &kvarten_domain::map::StatementForm| StatementEdit {
            id: Some(one.id),
            sv: one.sv.clone(),
            en: one.en.clone(),
            is_same_meaning: false,
        };
        form.statements.iter().map(edit).collect()
    };
    let first = lowest(0).await;
    let mut more = kept(&first);
    more.push(new("Jag kan något nytt."));

    // Where the months will not do, the statements stay as they were, and the other way round.
    let refusal = refused(change(10, &first.seen, &more, Some(0)).await);
    assert_eq!(refusal, ("months", Fault::Malformed));
    let mut empty = more.clone();
    empty[2].sv = " ".into();
    let refusal = refused(change(20, &first.seen, &empty, Some(12)).await);
    assert_eq!(refusal, ("statement", Fault::Empty));
    assert_eq!(lowest(30).await, first);

    change(40, &first.seen, &more, Some(12)).await.expect("changed");
    let second = lowest(50).await;
    assert_eq!((second.statements.len(), second.months), (3, Some(12)));
    change(60, &first.seen, &more, Some(12)).await.expect("sent twice");
    assert_eq!(lowest(70).await, second, "nothing is written");

    // Whoever has the page from before still open changes neither.
    let fewer = &more[..1];
    for (edits, months) in [(fewer, Some(24)), (fewer, Some(12)), (&more[..], Some(24))] {
        let refusal = refused(change(80, &first.seen, edits, months).await);
        assert_eq!(refusal, ("statement", Fault::Changed));
        assert_eq!(lowest(90).await, second);
    }
    change(100, &second.seen, &kept(&second), None).await.expect("for good");
    let third = lowest(110).await;
    assert_eq!((third.months, &third.statements), (None, &second.statements));
    // Also of the months somebody may be told that they are others now.
    let refusal = refused(change(120, &second.seen, &kept(&second)[..2], Some(12)).await);
    assert_eq!(refusal, ("statement", Fault::Changed));
    assert_eq!(lowest(130).await, third);
});

story!(a_system_is_changed_by_those_only_who_have_seen_it, |town| {
    let nadia = town.signed_in(town.person_at_root("Nadia", Role::Administrator).await).await;
    let system = town.system("outlook").await;
    let map = town.operator().map();
    let edit = |about: &str| SystemEdit {
        name: "Outlook".into(),
        about: about.into(),
        ..SystemEdit::default()
    };
    let change =
        async |seen: &str, edit: &SystemEdit| map.change_system(system, Some(seen), edit).await;
    let first = form(&town, &nadia, 0).await;
    change(&first.seen, &edit("Mejl")).await.expect("changed");
    change(&first.seen, &edit("Mejl")).await.expect("sent twice");
    let second = form(&town, &nadia, 0).await;
    assert_eq!(second.about, "Mejl");
    assert_ne!(second.seen, first.seen);
    for wanted in [
        edit("Mejl och kalender"),
        SystemEdit { owner: "It-enheten".into(), ..edit("Mejl") },
        SystemEdit { name: "Outlook 365".into(), ..edit("Mejl") },
        SystemEdit { since: Some(NOON), ..edit("Mejl") },
        SystemEdit { retired: Some(NOON), ..edit("Mejl") },
    ] {
        assert_eq!(refused(change(&first.seen, &wanted).await), ("system", Fault::Changed));
        assert_eq!(form(&town, &nadia, 0).await, second);
    }
    change(&second.seen, &edit("Mejl och kalender")).await.expect("changed");
    assert_eq!(form(&town, &nadia, 0).await.about, "Mejl och kalender");
});

story!(a_system_has_no_address_that_is_another_screens, |town| {
    let map = town.operator().map();
    for name in ["Insyn", "Krav", "Läget", "Program"] {
        let edit = SystemEdit { name: name.into(), ..SystemEdit::default() };
        let code = map.create_system(new_id(), &edit).await.expect("added");
        assert!(!["insyn", "krav", "laget", "program"].contains(&code.as_str()), "{code}");
    }
});

story!(of_two_who_add_a_system_of_one_name_at_once_one_is_told, |town| {
    let map = town.operator().map();
    let edit = |name: &str| SystemEdit { name: name.into(), ..SystemEdit::default() };
    let count = async || {
        let rows = system::Entity::find().all(town.services.store().read()).await;
        rows.expect("read").len()
    };
    // The same form, sent twice.
    let (id, journal): (SystemId, SystemEdit) = (new_id(), edit("Journalen"));
    let (a, b) = tokio::join!(map.create_system(id, &journal), map.create_system(id, &journal));
    assert_eq!(
        (a.expect("added").as_str(), b.expect("added").as_str()),
        ("journalen", "journalen")
    );
    assert_eq!(count().await, 3);
    // Two forms.
    let (one, other) = (edit("Larmet"), edit("larmet"));
    let (a, b) =
        tokio::join!(map.create_system(new_id(), &one), map.create_system(new_id(), &other));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert_eq!(refused(if a.is_ok() { b } else { a }), ("name", Fault::Taken));
    assert_eq!(count().await, 4);
    // An id that is another system's.
    let taken = map.create_system(id, &edit("Något annat")).await;
    assert!(matches!(taken, Err(ServiceError::IdTaken)), "{taken:?}");
    assert_eq!(count().await, 4);
});

story!(a_level_is_shown_without_what_is_no_longer_required_for_it, |town| {
    let town = town.with_unit("Solgläntan").await;
    for slug in ["mejl", "mejl-mer"] {
        town.publish(slug, "outlook", 1).await;
    }
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let nadia = town.signed_in(town.person_at_root("Nadia", Role::Administrator).await).await;
    see_all(&town.learner(&alma), "mejl").await;
    climb(&town.learner(&alma), "mejl").await;
    let keeper = Administrator::enter(&town.services, &nadia, NOON).expect("may");
    let more = keeper.lessons_named(&["mejl-mer"]).await.expect("a lesson")[0];
    // What she has shown, and what the level takes, so many seconds after noon.
    let shown = async |seconds: i64| {
        let learner = town.learner_at(&alma, NOON.plus_seconds(seconds));
        let page = learner.system("outlook", Locale::Sv).await.expect("a page");
        let lessons = form(&town, &nadia, seconds).await.levels.remove(0).lessons;
        let mut takes: Vec<(String, bool)> =
            lessons.into_iter().map(|one| (one.lesson.slug, one.is_required)).collect();
        takes.sort();
        let [(_, first), (_, second)] = &takes[..] else { panic!("{takes:?}") };
        (page.shown.number(), *first, *second)
    };
    let require = async |seconds: i64, is_required: bool| {
        let map = Operator::enter(&town.services, NOON.plus_seconds(seconds)).map();
        map.set_required_lesson(more, is_required).await.expect("said");
    };
    assert_eq!(shown(30).await, (0, true, true));
    require(60, false).await;
    assert_eq!(shown(90).await, (1, true, false));
    assert_eq!(shown(30).await, (0, true, true), "the past stays");
    require(120, false).await;
    assert_eq!(shown(150).await, (1, true, false), "twice is once");
    require(180, true).await;
    assert_eq!(shown(210).await, (0, true, true));
    let unknown = keeper.lessons_named(&["finns-inte"]).await;
    assert!(is_not_found(&unknown));
});
