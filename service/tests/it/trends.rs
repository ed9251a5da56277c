//! Trends: of groups, and never of a few.

use kvarten_domain::{Role, trends::Figure};
use kvarten_service::{
    Selection, administrator::Administrator, manager::Manager, map::RequirementEdit, new_id,
};

use crate::{
    story,
    town::{NOON, climb, is_not_found, see_all},
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
    let page = manager.trends(Selection::default()).await.expect("trends");
    assert_eq!((page.days.len(), page.people, page.left_out), (13, 6, 0));
    let now = Figure { needed: 6, reached: 3, level_tenths: 5 };
    assert_eq!(page.systems[0].figures.last(), Some(&Some(now)));
    assert_eq!(page.systems[0].figures[0], None, "a year ago nothing was required");
    assert_eq!(page.units[0].figures, [Some(now)]);

    // Three people are too few, alone; with those at the top they are enough.
    let few = Manager::enter(&town.services, &karin, later).await.expect("manages");
    let page = few.trends(Selection::default()).await.expect("trends");
    assert_eq!((page.people, page.left_out), (3, 3));
    assert!(page.systems.iter().all(|system| system.figures.iter().all(Option::is_none)));
    let of_other = Selection { unit: Some(town.units["Solgläntan"]), profession: None };
    assert!(is_not_found(&few.trends(of_other).await));

    let administrator = Administrator::enter(&town.services, &nadia, later).expect("may");
    let whole = administrator.trends(Selection::default()).await.expect("trends");
    let all = Figure { needed: 11, reached: 3, level_tenths: 3 };
    assert_eq!((whole.people, whole.left_out), (11, 0));
    assert_eq!(whole.units[0].figures, [Some(all)]);
    let small = whole.units.iter().find(|unit| unit.unit.name == "Björkgården").expect("there");
    assert_eq!(small.figures, [None]);

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
    let page = after.trends(Selection::default()).await.expect("trends");
    let none = Figure { needed: 11, reached: 0, level_tenths: 3 };
    assert_eq!(page.units[0].figures, [Some(none)]);
    let of_nobody = Selection { profession: Some(new_id()), unit: None };
    assert_eq!(after.trends(of_nobody).await.expect("trends").people, 0);

    town.counted();
    after.trends(Selection::default()).await.expect("trends");
    assert_eq!(town.counted(), 1);
});
