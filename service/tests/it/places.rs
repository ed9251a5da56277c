//! Units that get other names and places, close and open again; namesakes and twins.

use kvarten_domain::{
    Fault, Locale, Role, UnitId,
    overview::{Filter, PersonLine},
    unit::UnitKind,
};
use kvarten_service::{
    ServiceError, SignedIn,
    manager::Manager,
    new_id,
    operator::{NewPerson, Operator},
    session::{SessionRecord, Sessions, session_key},
};

use crate::{
    story,
    town::{NOON, Town, climb, fault, is_not_found, join_all, see_all},
};

const DAY: i64 = 86_400;

async fn root(town: &Town) -> UnitId {
    town.operator().find_unit("Lindvike").await.expect("the municipality")
}

async fn create(town: &Town, name: &str, kind: UnitKind, parent: UnitId) -> UnitId {
    town.operator().create_unit(name, kind, Some(parent)).await.expect("a unit")
}

async fn overview(town: &Town, who: &SignedIn) -> kvarten_domain::overview::Overview {
    let manager = Manager::enter(&town.services, who, NOON).await.expect("manages");
    manager.overview(Locale::Sv).await.expect("an overview")
}

story!(twins_of_one_parent_are_refused_whatever_they_are_typed_as, |town| {
    let (operator, root) = (town.operator(), root(&town).await);
    let north = create(&town, "Norr", UnitKind::Operation, root).await;
    let south = create(&town, "Söder", UnitKind::Operation, root).await;
    let stairs = create(&town, "Trappan", UnitKind::Unit, north).await;
    for twin in ["Trappan", "TRAPPAN", " Trappan\u{a0}", "Trap\u{a0}pan", "Sö\u{a0}\u{a0}der"] {
        let parent = if twin.starts_with('S') { root } else { north };
        let made = operator.create_unit(twin, UnitKind::Unit, Some(parent)).await;
        let is_twin = !matches!(twin, "Trap\u{a0}pan" | "Sö\u{a0}\u{a0}der");
        assert_eq!(fault(&made), is_twin.then_some(("name", Fault::Taken)), "{twin:?}");
    }
    let decomposed = operator.create_unit("So\u{308}der", UnitKind::Operation, Some(root)).await;
    assert_eq!(fault(&decomposed), Some(("name", Fault::Taken)));
    // Of another parent it is another unit; then it is told apart by its path.
    let other = create(&town, "Trappan", UnitKind::Unit, south).await;
    let found = operator.find_unit("Trappan").await;
    assert_eq!(fault(&found), Some(("unit", Fault::Repeated)));
    let paths: Vec<String> = operator
        .units_called("trappan")
        .await
        .expect("read")
        .into_iter()
        .map(|unit| unit.path)
        .collect();
    assert_eq!(paths, ["Norr › Trappan", "Söder › Trappan"]);
    for path in ["Söder › Trappan", "söder/trappan", "Lindvike / Söder / Trappan"] {
        assert_eq!(operator.find_unit(path).await.expect("found"), other);
    }
    assert_eq!(operator.find_unit(&other.to_string()).await.expect("found"), other);
    // Neither a new name nor a new place makes twins.
    let second = create(&town, "Ekbacken", UnitKind::Unit, north).await;
    let renamed = operator.rename_unit(second, "trappan").await;
    assert_eq!(fault(&renamed), Some(("name", Fault::Taken)));
    let moved = operator.move_unit(other, north).await;
    assert_eq!(fault(&moved), Some(("name", Fault::Taken)));
    operator.rename_unit(stairs, "TRAPPAN").await.expect("its own name in other letters");
});

story!(twins_made_at_once_are_one, |town| {
    let root = root(&town).await;
    let operator = town.operator();
    let made =
        join_all((0..5).map(|_| operator.create_unit("Trappan", UnitKind::Unit, Some(root)))).await;
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1, "{made:?}");
    let refused = made.iter().filter_map(fault);
    assert!(refused.eq([("name", Fault::Taken); 4]), "{made:?}");
});

story!(twins_are_told_apart_wherever_a_manager_meets_them, |town| {
    let root = root(&town).await;
    let north = create(&town, "Norr", UnitKind::Operation, root).await;
    let south = create(&town, "Söder", UnitKind::Operation, root).await;
    let one = create(&town, "Trappan", UnitKind::Unit, north).await;
    let other = create(&town, "Trappan", UnitKind::Unit, south).await;
    town.staff("Alma", &one.to_string()).await;
    let bo = town.staff("Bo", &other.to_string()).await;
    let boss = town.signed_in(town.person_at_root("Torbjörn", Role::Manager).await).await;
    let seen = overview(&town, &boss).await;
    let names: Vec<&str> = seen.units.iter().map(|unit| unit.name.as_str()).collect();
    assert_eq!(names, ["Lindvike", "Norr", "Norr › Trappan", "Söder", "Söder › Trappan"]);
    let manager = Manager::enter(&town.services, &boss, NOON).await.expect("manages");
    let page = manager.person(bo, None, Locale::Sv).await.expect("a page");
    assert_eq!(page.unit, "Söder › Trappan");
});

story!(a_unit_is_renamed_and_moved_with_all_that_happened_there, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let (operator, root) = (town.operator(), root(&town).await);
    let mut crew = Vec::new();
    for name in ["Alma", "Bo", "Cia", "Disa", "Emil"] {
        crew.push(town.signed_in(town.staff(name, "Solgläntan").await).await);
    }
    let alma = town.learner(&crew[0]);
    see_all(&alma, "mejl").await;
    climb(&alma, "mejl").await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    overview(&town, &boss).await;
    let unit = town.units["Solgläntan"];
    let before = alma.points().await.expect("points").total;

    operator.rename_unit(unit, "Solbacken").await.expect("renamed");
    let care = create(&town, "Vård", UnitKind::Administration, root).await;
    operator.move_unit(unit, care).await.expect("moved");
    assert_eq!(operator.find_unit("Vård/Solbacken").await.expect("found"), unit);
    assert!(fault(&operator.find_unit("Solgläntan").await).is_some());
    let looks = alma.looks(Locale::Sv).await.expect("a log");
    assert_eq!(looks[0].unit.as_deref(), Some("Solbacken"), "the same unit");
    assert_eq!(alma.points().await.expect("points").total, before);
    assert_eq!(overview(&town, &boss).await.people.len(), 6);
    // Who manages what it belongs to now sees it.
    let above = town.signed_in(town.person("Vera", "Vård", Role::Manager).await).await;
    assert!(overview(&town, &above).await.units.iter().any(|one| one.id == unit));
});

story!(a_place_that_cannot_be_is_refused, |town| {
    let (operator, root) = (town.operator(), root(&town).await);
    let care = create(&town, "Vård", UnitKind::Administration, root).await;
    let north = create(&town, "Norr", UnitKind::Operation, care).await;
    let unit = create(&town, "Trappan", UnitKind::Unit, north).await;
    for (which, to, expected) in [
        (care, north, ("parent", Fault::WrongPlace)),
        (care, unit, ("parent", Fault::WrongPlace)),
        (care, care, ("parent", Fault::WrongPlace)),
        (root, care, ("parent", Fault::WrongPlace)),
    ] {
        assert_eq!(fault(&operator.move_unit(which, to).await), Some(expected));
    }
    let second = create(&town, "Söder", UnitKind::Operation, care).await;
    assert_eq!(
        fault(&operator.move_unit(second, unit).await),
        Some(("kind", Fault::WrongPlace)),
        "an operation below a unit"
    );
    assert!(is_not_found(&operator.move_unit(new_id(), care).await));
    assert!(is_not_found(&operator.move_unit(unit, new_id()).await));
    assert!(is_not_found(&operator.rename_unit(new_id(), "Ek").await));
    let long = "x".repeat(500);
    for (name, expected) in [
        ("", Fault::Empty),
        (" \u{a0}", Fault::Empty),
        (long.as_str(), Fault::TooLong),
        ("Tra\u{7}ppan", Fault::HiddenCharacters),
        ("Tra\u{202e}ppan", Fault::HiddenCharacters),
    ] {
        assert_eq!(fault(&operator.rename_unit(unit, name).await), Some(("name", expected)));
    }
});

story!(a_closed_unit_stays_in_what_was_and_takes_no_one_in, |town| {
    let town = town.with_unit("Solgläntan").await.with_unit("Björken").await;
    let operator = town.operator();
    let unit = town.units["Solgläntan"];
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let boss = town.signed_in(town.person("Torbjörn", "Björken", Role::Manager).await).await;
    operator.add_role(boss.id(), Role::Manager, unit).await.expect("a second unit");
    assert_eq!(fault(&operator.close_unit(unit).await), Some(("people", Fault::InUse)));
    let boss = town.signed_in(boss.id()).await;
    overview(&town, &boss).await;

    let later = NOON.plus_seconds(DAY);
    let next_day = Operator::enter(&town.services, later);
    next_day
        .move_person(alma.id(), "Björken", "underskoterska", &[Role::Staff])
        .await
        .expect("moved");
    next_day.close_unit(unit).await.expect("closed");
    assert_eq!(fault(&next_day.close_unit(unit).await), Some(("unit", Fault::Retired)));
    assert_eq!(fault(&next_day.find_unit("Solgläntan").await), Some(("unit", Fault::Retired)));
    let hired = next_day.create_person(&Town::new_person("Bo", "Solgläntan")).await;
    assert_eq!(fault(&hired), Some(("unit", Fault::Retired)));
    let by_id = next_day.create_person(&Town::new_person("Bo", &unit.to_string())).await;
    assert_eq!(fault(&by_id), Some(("unit", Fault::Retired)));
    let given = next_day.add_role(boss.id(), Role::Manager, unit).await;
    assert_eq!(fault(&given), Some(("unit", Fault::Retired)));
    let below = next_day.create_unit("Våning 1", UnitKind::Unit, Some(unit)).await;
    assert!(fault(&below).is_some());
    // The role held there has ended, the other one has not.
    let card = next_day.person_card(boss.id()).await.expect("a card");
    assert_eq!(card.roles.len(), 1);
    assert_eq!(card.roles[0].path, "Björken");
    // Who has viewed her there is still shown.
    let who = SignedIn::find(&town.services, alma.id(), later).await.expect("works here");
    let looks = town.learner_at(&who, later).looks(Locale::Sv).await.expect("a log");
    assert_eq!(looks[0].unit.as_deref(), Some("Solgläntan"));
    let all = next_day.units().await.expect("read");
    assert!(all.iter().any(|one| one.id == unit && one.is_closed));

    next_day.create_unit("Solgläntan", UnitKind::Unit, Some(root(&town).await)).await.expect("new");
    assert_eq!(fault(&next_day.reopen_unit(unit).await), Some(("name", Fault::Taken)));
    next_day.rename_unit(unit, "Gamla Solgläntan").await.expect("renamed while closed");
    next_day.reopen_unit(unit).await.expect("open");
    assert_eq!(fault(&next_day.reopen_unit(unit).await), Some(("unit", Fault::Changed)));
    next_day.create_person(&Town::new_person("Bo", "Gamla Solgläntan")).await.expect("hired");
});

story!(what_is_above_an_open_unit_cannot_be_closed, |town| {
    let (operator, root) = (town.operator(), root(&town).await);
    let north = create(&town, "Norr", UnitKind::Operation, root).await;
    let unit = create(&town, "Trappan", UnitKind::Unit, north).await;
    assert_eq!(fault(&operator.close_unit(north).await), Some(("units", Fault::InUse)));
    assert_eq!(fault(&operator.close_unit(root).await), Some(("unit", Fault::WrongPlace)));
    operator.close_unit(unit).await.expect("closed");
    operator.close_unit(north).await.expect("closed");
    assert_eq!(fault(&operator.reopen_unit(unit).await), Some(("parent", Fault::Retired)));
    assert!(is_not_found(&operator.close_unit(new_id()).await));
    assert!(is_not_found(&operator.reopen_unit(new_id()).await));
});

story!(hiring_into_a_unit_that_closes_at_that_moment_is_refused, |town| {
    let town = town.with_unit("Solgläntan").await;
    let operator = town.operator();
    let unit = town.units["Solgläntan"];
    let new = Town::new_person("Alma", "Solgläntan");
    let (hired, closed) = tokio::join!(operator.create_person(&new), operator.close_unit(unit));
    assert!(hired.is_ok() != closed.is_ok(), "{hired:?} {closed:?}");
});

story!(roles_come_and_go_one_by_one, |town| {
    let town = town.with_unit("Solgläntan").await.with_unit("Björken").await;
    let operator = town.operator();
    let (sun, birch) = (town.units["Solgläntan"], town.units["Björken"]);
    let vera = town.person("Vera", "Solgläntan", Role::Manager).await;
    let sessions = Sessions::of(&town.services);
    let key = session_key("kakan");
    let sign_in = async || {
        let record = SessionRecord {
            person: Some(vera),
            is_shared: false,
            data: String::new(),
            expires_at: NOON.plus_seconds(3_600),
            kind: String::new(),
            device_key: None,
        };
        sessions.create(&key, &record, NOON).await.expect("kept");
    };
    let is_signed_in = async || sessions.load(&key, NOON).await.expect("read").is_some();
    sign_in().await;
    operator.add_role(vera, Role::Manager, birch).await.expect("given");
    assert!(!is_signed_in().await, "what she may do has changed");
    let who = town.signed_in(vera).await;
    assert_eq!(overview(&town, &who).await.units.len(), 2);
    assert_eq!(
        fault(&operator.add_role(vera, Role::Manager, birch).await),
        Some(("role", Fault::Taken))
    );
    let misplaced = operator.add_role(vera, Role::Administrator, birch).await;
    assert_eq!(fault(&misplaced), Some(("role", Fault::WrongPlace)));
    let root = root(&town).await;
    operator.add_role(vera, Role::Administrator, root).await.expect("given");
    assert!(town.signed_in(vera).await.has(Role::Administrator));
    operator.remove_role(vera, Role::Administrator, root).await.expect("taken");
    sign_in().await;
    operator.remove_role(vera, Role::Manager, sun).await.expect("taken");
    assert!(!is_signed_in().await);
    let again = operator.remove_role(vera, Role::Manager, sun).await;
    assert_eq!(fault(&again), Some(("role", Fault::UnknownOption)));
    let who = town.signed_in(vera).await;
    assert_eq!(overview(&town, &who).await.units.len(), 1, "the other one is still hers");
    sign_in().await;
    operator.move_person(vera, "Björken", "underskoterska", &[Role::Staff]).await.expect("moved");
    assert!(!is_signed_in().await);
    operator.end_employment(vera).await.expect("left");
    for done in [
        operator.add_role(vera, Role::Champion, birch).await,
        operator.remove_role(vera, Role::Manager, birch).await,
    ] {
        assert_eq!(fault(&done), Some(("person", Fault::Retired)));
    }
    assert!(is_not_found(&operator.add_role(new_id(), Role::Champion, birch).await));
});

story!(an_administrator_is_one_of_the_municipality, |town| {
    let town = town.with_unit("Solgläntan").await;
    let operator = town.operator();
    let misplaced = Some(("role", Fault::WrongPlace));
    let roles = vec![Role::Staff, Role::Administrator];
    let new = NewPerson { roles: roles.clone(), ..Town::new_person("Nadia", "Solgläntan") };
    assert_eq!(fault(&operator.create_person(&new).await), misplaced);
    let alma = town.staff("Alma", "Solgläntan").await;
    let moved = operator.move_person(alma, "Solgläntan", "underskoterska", &roles).await;
    assert_eq!(fault(&moved), misplaced);
    operator.end_employment(alma).await.expect("left");
    let back = operator.employ_again(alma, "Solgläntan", "underskoterska", &roles).await;
    assert_eq!(fault(&back), misplaced);
    let top = NewPerson { roles, ..Town::new_person("Nadia", "Lindvike") };
    operator.create_person(&top).await.expect("hired");
});

story!(namesakes_are_told_apart_by_employee_number, |town| {
    let town = town.with_unit("Solgläntan").await;
    let operator = town.operator();
    for (number, given) in [("10023", "Anna"), ("10007", "Anna"), ("10011", "Bo")] {
        let new = NewPerson {
            employee_number: number.into(),
            email: None,
            given_name: given.into(),
            family_name: "Lindgren".into(),
            ..Town::new_person(given, "Solgläntan")
        };
        operator.create_person(&new).await.expect("hired");
    }
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let seen = overview(&town, &boss).await;
    let names: Vec<String> = seen.people.iter().map(PersonLine::full_name).collect();
    assert_eq!(
        names,
        ["Berg, Torbjörn", "Lindgren, Anna (10007)", "Lindgren, Anna (10023)", "Lindgren, Bo"]
    );
    let manager = Manager::enter(&town.services, &boss, NOON).await.expect("manages");
    let page = manager.refer_page(&Filter::default(), &[], Locale::Sv).await.expect("a page");
    let shown: Vec<&str> = page.people.iter().map(|(_, name, _)| name.as_str()).collect();
    assert_eq!(shown, names);
    // In a file everybody has the number.
    let (file, _) = manager.file(&Filter::default(), Locale::Sv).await.expect("a file");
    assert!(file.people.iter().all(|one| one.number.is_some()));
    let page = manager.person(seen.people[1].id, None, Locale::Sv).await.expect("a page");
    assert_eq!(page.employee_number, "10007");
    let list = operator.list_people("Solgläntan").await.expect("a list");
    let numbers: Vec<&str> = list.iter().map(|one| one.employee_number.as_str()).collect();
    assert_eq!(numbers[1..], ["10007", "10023", "10011"]);
    assert_eq!(list[1].id, seen.people[1].id);
    let found = operator.find_person(&list[1].id.to_string()).await.expect("by id");
    assert_eq!(found, list[1].id);
    assert!(matches!(operator.list_people("Ingenstans").await, Err(ServiceError::Invalid { .. })));
});
