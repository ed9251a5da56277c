//! What a manager may see, and what not.

use kvarten_domain::{
    Locale, PersonId, Role,
    knowledge::Look,
    overview::{Filter, Overview},
};
use kvarten_service::{ServiceError, SignedIn, manager::Manager, new_id, operator::Operator};

use crate::{
    story,
    town::{NOON, Town, assess_wholly, climb, is_not_found, see_all},
};

const DAY: i64 = 86_400;

impl Town {
    async fn manager<'s>(&'s self, who: &'s SignedIn) -> Manager<'s> {
        Manager::enter(&self.services, who, NOON).await.expect("manages a unit")
    }
}

fn names(overview: &Overview) -> Vec<&str> {
    overview.people.iter().map(|person| person.name.as_str()).collect()
}

story!(a_manager_sees_the_own_unit_and_all_below_it, |town| {
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    town.publish("mejl", "outlook", 1).await;
    town.require(None, "outlook", 2).await;
    town.require(None, "teams", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    town.staff("Örjan", "Solgläntan").await;
    town.staff("Åke", "Solgläntan").await;
    town.staff("Bo", "Björkgården").await;
    let learner = town.learner(&alma);
    see_all(&learner, "mejl").await;
    climb(&learner, "mejl").await;
    assess_wholly(&learner, "teams").await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let overview = town.manager(&boss).await.overview(Locale::Sv).await.expect("an overview");
    assert_eq!(names(&overview), ["Berg, Alma", "Berg, Torbjörn", "Berg, Åke", "Berg, Örjan"]);
    assert_eq!(overview.units.len(), 1);
    let of_alma = &overview.people[0];
    assert_eq!((overview.gap(of_alma, 0), overview.gap(of_alma, 1)), (Some(1), Some(1)));
    assert_eq!((of_alma.cells[0].shown(), of_alma.cells[1].said()), (1, Some(4)));
    assert_eq!((of_alma.idle_days, overview.people[1].idle_days), (Some(0), None));

    // The same figures as in her own picture.
    let own = learner.portrait(None, Locale::Sv).await.expect("a picture");
    let seen = town.manager(&boss).await.person(alma.id(), None, Locale::Sv).await.expect("hers");
    assert_eq!(seen.portrait, own);
    assert_eq!((seen.name.as_str(), seen.unit.as_str()), ("Alma Berg", "Solgläntan"));

    let head = town.person_at_root("Hanna", Role::Manager).await;
    let head = town.signed_in(head).await;
    let overview = town.manager(&head).await.overview(Locale::Sv).await.expect("an overview");
    assert_eq!(overview.units.len(), 3);
    assert!(names(&overview).contains(&"Berg, Bo"));
    assert_eq!(overview.units[0].below, 2);
});

story!(everybody_else_is_refused, |town| {
    let town = town.with_unit("Solgläntan").await;
    for role in [Role::Staff, Role::Champion, Role::Administrator] {
        let name = format!("{role:?}");
        let unit = if role == Role::Administrator { "Lindvike" } else { "Solgläntan" };
        let who = town.signed_in(town.person(&name, unit, role).await).await;
        let entered = Manager::enter(&town.services, &who, NOON).await;
        assert!(matches!(entered, Err(ServiceError::Denied)), "{role:?}");
    }
});

story!(somebody_of_another_unit_is_not_found, |town| {
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    let bo = town.staff("Bo", "Björkgården").await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let manager = town.manager(&boss).await;
    for id in [bo, new_id::<PersonId>()] {
        assert!(is_not_found(&manager.person(id, None, Locale::Sv).await));
        assert!(is_not_found(&manager.person_system(id, "outlook", Locale::Sv).await));
    }
    let bo = town.signed_in(bo).await;
    assert!(
        town.learner(&bo).looks(Locale::Sv).await.expect("a log").is_empty(),
        "nothing was shown"
    );
    let filter = Filter { unit: Some(town.units["Björkgården"]), ..Filter::default() };
    let first = manager.first_rows(&filter, Locale::Sv).await.expect("a page");
    assert_eq!((first.shown, first.total), (0, 1));
});

story!(who_moves_is_with_the_new_manager_and_what_was_shown_comes_along, |town| {
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    town.publish("mejl", "outlook", 1).await;
    town.require(None, "outlook", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    see_all(&town.learner(&alma), "mejl").await;
    climb(&town.learner(&alma), "mejl").await;
    let old = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let new = town.signed_in(town.person("Karin", "Björkgården", Role::Manager).await).await;
    town.manager(&old).await.overview(Locale::Sv).await.expect("an overview");

    let later = NOON.plus_seconds(2 * DAY);
    let operator = Operator::enter(&town.services, later);
    operator
        .move_person(alma.id(), "Björkgården", "underskoterska", &[Role::Staff])
        .await
        .expect("moved");
    let at = async |who| {
        Manager::enter(&town.services, who, later.plus_seconds(1)).await.expect("manages")
    };
    assert!(is_not_found(&at(&old).await.person(alma.id(), None, Locale::Sv).await));
    let overview = at(&old).await.overview(Locale::Sv).await.expect("an overview");
    assert_eq!(names(&overview), ["Berg, Torbjörn"]);
    let overview = at(&new).await.overview(Locale::Sv).await.expect("an overview");
    assert_eq!(names(&overview), ["Berg, Alma", "Berg, Karin"]);
    assert_eq!(overview.people[0].cells[0].shown(), 1);

    // She can read that the old manager looked while she worked there, and not that he looks now.
    let log = town.learner_at(&alma, later).looks(Locale::Sv).await.expect("a log");
    let looks: Vec<_> = log
        .iter()
        .map(|line| (line.viewer.as_deref().unwrap_or("?"), line.unit.as_deref(), line.times))
        .collect();
    assert_eq!(
        looks,
        [("Karin Berg", Some("Björkgården"), 1), ("Torbjörn Berg", Some("Solgläntan"), 1)]
    );
    let result = operator.move_person(new_id(), "Björkgården", "underskoterska", &[]).await;
    assert!(matches!(result, Err(ServiceError::Invalid { field: "person", .. })));
});

story!(a_manager_who_has_lost_the_unit_is_refused, |town| {
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    let alma = town.staff("Alma", "Solgläntan").await;
    let boss = town.person("Torbjörn", "Solgläntan", Role::Manager).await;
    town.manager(&town.signed_in(boss).await)
        .await
        .overview(Locale::Sv)
        .await
        .expect("an overview");
    let later = NOON.plus_seconds(60);
    let operator = Operator::enter(&town.services, later);
    operator
        .move_person(boss, "Björkgården", "underskoterska", &[Role::Staff])
        .await
        .expect("moved");
    let who =
        SignedIn::find(&town.services, boss, later.plus_seconds(1)).await.expect("works here");
    let entered = Manager::enter(&town.services, &who, later.plus_seconds(1)).await;
    assert!(matches!(entered, Err(ServiceError::Denied)));
    // He was made manager of the other unit: that opens this one, and not the old.
    operator
        .move_person(boss, "Björkgården", "underskoterska", &[Role::Manager])
        .await
        .expect("moved");
    let who =
        SignedIn::find(&town.services, boss, later.plus_seconds(2)).await.expect("works here");
    let manager =
        Manager::enter(&town.services, &who, later.plus_seconds(2)).await.expect("manages");
    assert!(is_not_found(&manager.person(alma, None, Locale::Sv).await));
});

story!(every_look_is_noted_once_a_day, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.require(None, "outlook", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    for minutes in [0, 5, 10] {
        let now = NOON.plus_seconds(minutes * 60);
        let manager = Manager::enter(&town.services, &boss, now).await.expect("manages a unit");
        manager.overview(Locale::Sv).await.expect("an overview");
        manager.person(alma.id(), None, Locale::Sv).await.expect("hers");
    }
    let later = NOON.plus_seconds(15 * 60);
    let manager = Manager::enter(&town.services, &boss, later).await.expect("manages a unit");
    manager.person_system(alma.id(), "outlook", Locale::Sv).await.expect("hers");
    let log = town.learner(&alma).looks(Locale::Sv).await.expect("a log");
    let mut looks: Vec<_> = log.iter().map(|line| (line.what, line.times)).collect();
    looks.sort_unstable();
    assert_eq!(looks, [(Look::Person, 4), (Look::Unit, 3)]);
    assert!(log.iter().all(|line| line.profession.as_deref() == Some("undersköterska")));
    let own = town.learner(&boss).looks(Locale::Sv).await.expect("a log");
    assert!(own.is_empty(), "one's own look at one's own unit is nobody else's");
});

story!(statements_do_not_grow_with_the_unit, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.require(None, "outlook", 1).await;
    let alma = town.staff("Alma", "Solgläntan").await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let counts = async || {
        let manager = town.manager(&boss).await;
        town.counted();
        manager.overview(Locale::Sv).await.expect("an overview");
        let overview = town.counted();
        manager.person(alma, None, Locale::Sv).await.expect("hers");
        (overview, town.counted())
    };
    let small = counts().await;
    assert!(small.0 <= 3 && small.1 <= 7, "{small:?}");
    for at in 0..12 {
        town.staff(&format!("Annan{at}"), "Solgläntan").await;
    }
    assert_eq!(counts().await, small);
});
