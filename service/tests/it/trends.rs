//! Trends: everybody for those who may see them by name, and for others groups, never a few.

use kvarten_domain::{
    Level, Locale, Role, UnitId,
    trends::{Counting, Figure, Told, TrendsPage},
};
use kvarten_service::{
    Selection,
    administrator::Administrator,
    manager::Manager,
    map::RequirementEdit,
    new_id,
    operator::{NewPerson, Operator},
};

use crate::{
    disclosure::{ALL, figure},
    story,
    town::{NOON, Town, climb, is_not_found, see_all},
};

story!(a_manager_counts_everybody_and_others_never_a_few, |town| {
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
    town.staff("Hugo", "Björkgården").await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let karin = town.signed_in(town.person("Karin", "Björkgården", Role::Manager).await).await;
    let nadia = town.signed_in(town.person_at_root("Nadia", Role::Administrator).await).await;

    let later = NOON.plus_seconds(60);
    let manager = Manager::enter(&town.services, &boss, later).await.expect("manages");
    town.counted();
    let page = manager.trends(Selection::default(), Locale::Sv).await.expect("trends");
    assert_eq!(town.counted(), 1);
    assert_eq!((page.days.len(), page.people, page.counting), (13, 6, Counting::Everybody));
    let now = Told::Figure(Figure { needed: 6, reached: 3, level_tenths: 5 });
    assert_eq!(page.systems[0].days.last(), Some(&now));
    assert_eq!(page.systems[0].days[0], Told::Unneeded, "a year ago nothing was required");
    assert_eq!(page.units[0].systems, [now]);

    // Four people are few, but their manager sees each of them by name.
    let few = Manager::enter(&town.services, &karin, later).await.expect("manages");
    let page = few.trends(Selection::default(), Locale::Sv).await.expect("trends");
    assert_eq!((page.people, page.counting), (4, Counting::Everybody));
    assert_eq!(page.units[0].systems, [figure(4, 0, 0)]);
    let of_other = Selection { unit: Some(town.units["Solgläntan"]), profession: None };
    assert!(is_not_found(&few.trends(of_other, Locale::Sv).await));

    let administrator = Administrator::enter(&town.services, &nadia, later).expect("may");
    let whole = administrator.trends(Selection::default(), Locale::Sv).await.expect("trends");
    assert_eq!(whole.counting, Counting::Cohorts { left_out: 12, former: 0 }, "no cohorts yet");
    assert!(whole.systems.iter().all(|system| !system.is_told()));
    town.refresh(later).await;
    let whole = administrator.trends(Selection::default(), Locale::Sv).await.expect("trends");
    let all = Told::Figure(Figure { needed: 12, reached: 3, level_tenths: 3 });
    assert_eq!((whole.people, whole.counting), (12, ALL));
    assert_eq!(whole.units[0].systems, [all]);
    let small = whole.units.iter().find(|unit| unit.unit.name == "Björkgården").expect("there");
    assert_eq!(small.systems, [Told::Withheld]);

    // A requirement is raised, and the gaps follow.
    let codes = town.operator().map_of_codes().await.expect("codes");
    let raised = RequirementEdit {
        unit: None,
        profession: codes.professions["underskoterska"],
        system: codes.systems["outlook"],
        level: Level::new(2),
        seen: Level::new(1),
        seen_next: None,
        from: later,
    };
    administrator.map().set_requirement(&raised).await.expect("raised");
    let after = Administrator::enter(&town.services, &nadia, later.plus_seconds(1)).expect("may");
    let page = after.trends(Selection::default(), Locale::Sv).await.expect("trends");
    let none = Told::Figure(Figure { needed: 12, reached: 0, level_tenths: 3 });
    assert_eq!(page.units[0].systems, [none]);

    town.counted();
    after.trends(Selection::default(), Locale::Sv).await.expect("trends");
    assert_eq!(town.counted(), 2);
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
    assert_eq!((page.people, page.counting), (5, Counting::Everybody));
    let whole = manager.trends(of(None, None), Locale::En).await.expect("trends");
    assert_eq!((whole.people, whole.counting), (6, Counting::Everybody));
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

story!(who_changes_what_one_of_them_needs_learns_nothing_of_that_one, |town| {
    // Six unit managers, each in a unit of their own: one block. Beside them one of five nurses.
    let chiefs = ["Alma", "Bo", "Cia", "Disa", "Emil", "Fia"];
    let mut town = town.with_unit("Solgläntan").await;
    for name in chiefs {
        town = town.with_unit(&format!("Enheten {name}")).await;
    }
    town.publish("mejl", "outlook", 1).await;
    for name in ["Gun", "Hugo", "Ida", "Jan", "Kim"] {
        town.staff(name, "Solgläntan").await;
    }
    for name in chiefs {
        let chief = NewPerson {
            profession: "enhetschef".into(),
            ..Town::new_person(name, &format!("Enheten {name}"))
        };
        let id = town.operator().create_person(&chief).await.expect("a person");
        if name == "Alma" {
            let alma = town.signed_in(id).await;
            see_all(&town.learner(&alma), "mejl").await;
            climb(&town.learner(&alma), "mejl").await;
        }
    }
    let nadia = town.signed_in(town.person_at_root("Nadia", Role::Administrator).await).await;
    town.require(None, "outlook", 1).await;
    let codes = town.operator().map_of_codes().await.expect("codes");
    let of_all = RequirementEdit {
        unit: None,
        profession: codes.professions["enhetschef"],
        system: codes.systems["outlook"],
        level: Level::new(1),
        seen: None,
        seen_next: None,
        from: NOON,
    };
    town.operator().map().set_requirement(&of_all).await.expect("required");
    town.refresh(NOON.plus_seconds(30)).await;

    let told = async |seconds: i64, profession: Option<&str>| {
        let now = NOON.plus_seconds(seconds);
        let administrator = Administrator::enter(&town.services, &nadia, now).expect("may");
        let selection = Selection { unit: None, profession: profession.map(str::to_owned) };
        let page = administrator.trends(selection, Locale::Sv).await.expect("trends");
        let today = page.systems[0].days[12];
        assert_eq!(page.units[0].systems, [today], "the same beside the units");
        today
    };
    let everybody = Told::Figure(Figure { needed: 11, reached: 1, level_tenths: 1 });
    let all_chiefs = Told::Figure(Figure { needed: 6, reached: 1, level_tenths: 2 });
    let nurses = Told::Figure(Figure { needed: 5, reached: 0, level_tenths: 0 });
    let before = (told(60, None).await, told(60, Some("enhetschef")).await);
    assert_eq!(before, (everybody, all_chiefs));

    // One who has shown level 1 and one who has shown nothing: nobody can tell which is which.
    for (turn, name) in (1..).zip(["Alma", "Bo"]) {
        let at = |seconds: i64| turn * 600 + seconds;
        let set = async |seconds: i64, level: Option<Level>, seen: Option<Level>| {
            let now = NOON.plus_seconds(at(seconds));
            let unit = Some(town.units[&format!("Enheten {name}")]);
            let edit = RequirementEdit { unit, level, seen, from: now, ..of_all };
            let map = Operator::enter(&town.services, now).map();
            map.set_requirement(&edit).await.expect("set");
        };
        set(0, Level::new(2), None).await;
        let after = (told(at(60), None).await, told(at(60), Some("enhetschef")).await);
        assert_eq!(after, (nurses, Told::Withheld), "all six are left out, not {name} alone");
        set(120, None, Level::new(2)).await;
        let again = (told(at(180), None).await, told(at(180), Some("enhetschef")).await);
        assert_eq!(again, before);
    }
});
