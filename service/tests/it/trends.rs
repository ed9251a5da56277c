//! Trends: of groups, and never of a few.

use kvarten_domain::{
    Locale, Role, UnitId,
    trends::{Figure, Told, TrendsPage},
};
use kvarten_service::{
    Selection, administrator::Administrator, manager::Manager, map::RequirementEdit, new_id,
    operator::NewPerson,
};

use crate::{
    story,
    town::{NOON, Town, climb, is_not_found, see_all},
};

story!(trends_tell_of_groups_and_never_of_a_few, |town| {
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    town.publish("mejl", "outlook", 1).await;
    town.require(None, "outlook", 1).await;
    for (at, name) in ["Alma", "Bo", "Cia", "Disa", "Emil"].into_iter().enumerate() {
        let who = town.signed_in(town.staff(name, "Solgläntan").await).await;
        if at < 3 {
            see_all(&town.learner(&who), "mejl").await;
            climb(&town.learner(&who), "mejl").await;
        }
    }
    town.staff("Fia", "Björkgården").await;
    town.staff("Gun", "Björkgården").await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let karin = town.signed_in(town.person("Karin", "Björkgården", Role::Manager).await).await;
    let nadia = town.signed_in(town.person_at_root("Nadia", Role::Administrator).await).await;

    let later = NOON.plus_seconds(60);
    let manager = Manager::enter(&town.services, &boss, later).await.expect("manages");
    let page = manager.trends(Selection::default(), Locale::Sv).await.expect("trends");
    assert_eq!((page.days.len(), page.people, page.left_out), (13, 6, 0));
    let now = Told::Figure(Figure { needed: 6, reached: 3, level_tenths: 5 });
    assert_eq!(page.systems[0].days.last(), Some(&now));
    assert_eq!(page.systems[0].days[0], Told::Unneeded, "a year ago nothing was required");
    assert_eq!(page.units[0].systems, [now]);

    // Three people are too few, alone; with those at the top they are enough.
    let few = Manager::enter(&town.services, &karin, later).await.expect("manages");
    let page = few.trends(Selection::default(), Locale::Sv).await.expect("trends");
    assert_eq!((page.people, page.left_out), (3, 3));
    assert!(page.systems.iter().all(|system| !system.is_told()));
    assert_eq!(page.units[0].systems, [Told::Withheld]);
    let of_other = Selection { unit: Some(town.units["Solgläntan"]), profession: None };
    assert!(is_not_found(&few.trends(of_other, Locale::Sv).await));

    let administrator = Administrator::enter(&town.services, &nadia, later).expect("may");
    let whole = administrator.trends(Selection::default(), Locale::Sv).await.expect("trends");
    let all = Told::Figure(Figure { needed: 11, reached: 3, level_tenths: 3 });
    assert_eq!((whole.people, whole.left_out), (11, 0));
    assert_eq!(whole.units[0].systems, [all]);
    let small = whole.units.iter().find(|unit| unit.unit.name == "Björkgården").expect("there");
    assert_eq!(small.systems, [Told::Withheld]);

    // A requirement is raised, and the gaps follow.
    let codes = town.operator().map_of_codes().await.expect("codes");
    let raised = RequirementEdit {
        unit: None,
        profession: codes.professions["underskoterska"],
        system: codes.systems["outlook"],
        level: kvarten_domain::Level::new(2),
        seen: kvarten_domain::Level::new(1),
        seen_next: None,
        from: later,
    };
    administrator.map().set_requirement(&raised).await.expect("raised");
    let after = Administrator::enter(&town.services, &nadia, later.plus_seconds(1)).expect("may");
    let page = after.trends(Selection::default(), Locale::Sv).await.expect("trends");
    let none = Told::Figure(Figure { needed: 11, reached: 0, level_tenths: 3 });
    assert_eq!(page.units[0].systems, [none]);

    town.counted();
    after.trends(Selection::default(), Locale::Sv).await.expect("trends");
    assert_eq!(town.counted(), 1);
});

story!(trends_say_what_there_is_to_choose_from, |town| {
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    for name in ["Alma", "Bo", "Cia", "Disa", "Emil"] {
        town.staff(name, "Solgläntan").await;
    }
    let chief = NewPerson {
        profession: "enhetschef".into(),
        roles: vec![Role::Manager],
        ..Town::new_person("Torbjörn", "Solgläntan")
    };
    let boss = town.operator().create_person(&chief).await.expect("a person");
    let boss = town.signed_in(boss).await;
    let nadia = town.signed_in(town.person_at_root("Nadia", Role::Administrator).await).await;
    let codes = |page: &TrendsPage| {
        page.professions.iter().map(|choice| choice.code.clone()).collect::<Vec<_>>()
    };

    let manager = Manager::enter(&town.services, &boss, NOON).await.expect("manages");
    let of = |unit: Option<UnitId>, profession: Option<&str>| Selection {
        unit,
        profession: profession.map(str::to_owned),
    };
    let page = manager.trends(of(None, Some("underskoterska")), Locale::En).await.expect("trends");
    assert_eq!((page.people, page.left_out), (5, 0));
    let whole = manager.trends(of(None, None), Locale::En).await.expect("trends");
    assert_eq!((whole.people, whole.left_out), (6, 1), "the sixth would be found by subtraction");
    assert_eq!(codes(&page), ["underskoterska", "enhetschef"], "by name: assistant nurse, unit …");
    assert_eq!(page.profession.as_deref(), Some("underskoterska"));
    assert_eq!((page.scope.len(), page.units.len()), (1, 1));
    assert!(is_not_found(&manager.trends(of(None, Some("tomte")), Locale::Sv).await));
    assert!(is_not_found(
        &manager.trends(of(Some(town.units["Björkgården"]), None), Locale::Sv).await
    ));

    // Where one unit is chosen, the others are still there to be chosen.
    let administrator = Administrator::enter(&town.services, &nadia, NOON).expect("may");
    let small = of(Some(town.units["Björkgården"]), Some("enhetschef"));
    let page = administrator.trends(small, Locale::Sv).await.expect("trends");
    assert_eq!((page.people, page.scope.len(), page.units.len()), (0, 3, 1));
    assert_eq!((page.units[0].unit.depth, page.scope[1].depth), (0, 1));
    assert_eq!(codes(&page), ["enhetschef", "underskoterska"]);
    assert!(is_not_found(&administrator.trends(of(Some(new_id()), None), Locale::Sv).await));
});
