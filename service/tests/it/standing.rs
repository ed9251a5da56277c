//! Standing referrals: who joins is pointed to something, once.

use kvarten_domain::{Fault, Locale, PersonId, Role, bank::Filter};
use kvarten_service::{
    ServiceError, SignedIn,
    manager::{Manager, Standing},
    new_id,
    operator::Operator,
    send_standing,
};

use crate::{
    story,
    town::{NOON, Town, climb, fault, is_not_found, see_all},
};

const DAY: i64 = 86_400;

async fn stage(town: Town) -> (Town, SignedIn) {
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    town.publish("mejl", "outlook", 1).await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    (town, boss)
}

async fn manages<'s>(town: &'s Town, who: &'s SignedIn) -> Manager<'s> {
    Manager::enter(&town.services, who, NOON).await.expect("manages")
}

fn standing(town: &Town) -> Standing {
    Standing {
        id: new_id(),
        unit: town.units["Solgläntan"],
        profession: None,
        to: "mejl".into(),
        note: "Välkommen".into(),
        days: Some(14),
    }
}

async fn cards(town: &Town, person: PersonId, days: i64) -> usize {
    let now = NOON.plus_seconds(days * DAY);
    let who = SignedIn::find(&town.services, person, now).await.expect("works here");
    let page = town.learner_at(&who, now).learn_page(&Filter::default(), Locale::Sv).await;
    page.expect("a page").referrals.len()
}

fn later(town: &Town, days: i64) -> Operator<'_> {
    Operator::enter(&town.services, NOON.plus_seconds(days * DAY))
}

story!(who_joins_is_pointed_to_it_once, |town| {
    let (town, boss) = stage(town).await;
    let old = town.staff("Alma", "Solgläntan").await;
    let manager = manages(&town, &boss).await;
    let welcome = standing(&town);
    manager.make_standing(&welcome).await.expect("made");
    manager.make_standing(&welcome).await.expect("twice is once");
    let new = Town::new_person("Bo", "Solgläntan");
    let bo = later(&town, 1).create_person(&new).await.expect("hired");
    let who = SignedIn::find(&town.services, bo, NOON.plus_seconds(DAY)).await.expect("works");
    let page = town.learner_at(&who, NOON.plus_seconds(DAY));
    let card = page.learn_page(&Filter::default(), Locale::Sv).await.expect("a page").referrals;
    assert_eq!((card.len(), card[0].note.as_str()), (1, "Välkommen"));
    // Two weeks after the first day, on 6 December.
    assert_eq!(card[0].wish.map(kvarten_domain::Date::iso).as_deref(), Some("2026-12-06"));
    assert_eq!(card[0].from.as_deref(), Some("Torbjörn Berg"));
    for _ in 0..2 {
        let again = send_standing(&town.services, NOON.plus_seconds(2 * DAY)).await;
        assert_eq!(again.expect("sent"), 0, "once");
    }
    assert_eq!(cards(&town, old, 2).await, 0, "who was there before is not new");
    let page = manager.standing(Locale::Sv).await.expect("a page");
    assert_eq!((page.lines.len(), page.lines[0].sent), (1, 1));
});

story!(who_moves_within_the_unit_does_not_join_and_who_comes_from_elsewhere_does, |town| {
    let (town, boss) = stage(town).await;
    let alma = town.staff("Alma", "Solgläntan").await;
    let bo = town.staff("Bo", "Björkgården").await;
    let manager = manages(&town, &boss).await;
    manager.make_standing(&standing(&town)).await.expect("made");
    let nurses =
        Standing { profession: Some("enhetschef".into()), to: "chatt".into(), ..standing(&town) };
    town.publish("chatt", "teams", 1).await;
    let manager = manages(&town, &boss).await;
    manager.make_standing(&nurses).await.expect("made");
    later(&town, 1).move_person(alma, "Solgläntan", "enhetschef", &[]).await.expect("moved");
    assert_eq!(cards(&town, alma, 1).await, 1, "as a manager, not as somebody of the unit");
    later(&town, 1).move_person(bo, "Solgläntan", "underskoterska", &[]).await.expect("moved");
    assert_eq!(cards(&town, bo, 1).await, 1);
    let line = manager.standing(Locale::Sv).await.expect("a page").lines;
    manager.end_standing(line[0].id).await.expect("ended");
    manager.end_standing(line[0].id).await.expect("twice is once");
    let cia = later(&town, 2).create_person(&Town::new_person("Cia", "Solgläntan")).await;
    assert_eq!(cards(&town, cia.expect("hired"), 2).await, 0);
    assert_eq!(cards(&town, bo, 2).await, 1, "what was sent stays");
});

story!(who_has_shown_it_or_has_it_already_is_left_alone, |town| {
    let (town, boss) = stage(town).await;
    let alma = town.staff("Alma", "Björkgården").await;
    let who = town.signed_in(alma).await;
    see_all(&town.learner(&who), "mejl").await;
    climb(&town.learner(&who), "mejl").await;
    let manager = manages(&town, &boss).await;
    manager.make_standing(&standing(&town)).await.expect("made");
    // Another that stands for the same.
    manager.make_standing(&standing(&town)).await.expect("made");
    later(&town, 1).move_person(alma, "Solgläntan", "underskoterska", &[]).await.expect("moved");
    assert_eq!(cards(&town, alma, 1).await, 0);
    let bo = later(&town, 1).create_person(&Town::new_person("Bo", "Solgläntan")).await;
    assert_eq!(cards(&town, bo.expect("hired"), 1).await, 1);
    assert_eq!(send_standing(&town.services, NOON.plus_seconds(DAY)).await.expect("sent"), 0);
});

story!(what_cannot_stand_is_refused, |town| {
    let (town, boss) = stage(town).await;
    let manager = manages(&town, &boss).await;
    let base = || standing(&town);
    for (wrong, expected) in [
        (Standing { to: String::new(), ..base() }, ("lesson", Fault::UnknownOption)),
        (Standing { profession: Some("x".into()), ..base() }, ("profession", Fault::UnknownOption)),
        (Standing { days: Some(0), ..base() }, ("days", Fault::Malformed)),
        (Standing { days: Some(366), ..base() }, ("days", Fault::Malformed)),
        (Standing { note: "å".repeat(281), ..base() }, ("note", Fault::TooLong)),
    ] {
        assert_eq!(fault(&manager.make_standing(&wrong).await), Some(expected));
    }
    let elsewhere = Standing { unit: town.units["Björkgården"], ..base() };
    assert!(is_not_found(&manager.make_standing(&elsewhere).await));
    let other = town.signed_in(town.person("Karin", "Björkgården", Role::Manager).await).await;
    let karin = manages(&town, &other).await;
    karin.make_standing(&elsewhere).await.expect("made");
    assert!(is_not_found(&manager.end_standing(elsewhere.id).await));
    assert!(manager.standing(Locale::Sv).await.expect("a page").lines.is_empty());
});

story!(what_is_sent_twice_at_once_stands_once, |town| {
    let (town, boss) = stage(town).await;
    let manager = manages(&town, &boss).await;
    let welcome = standing(&town);
    let (a, b) = tokio::join!(manager.make_standing(&welcome), manager.make_standing(&welcome));
    assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
    // The same id for something else is not taken for the same thing.
    let other = Standing { note: "Hej".into(), ..welcome };
    let taken = manager.make_standing(&other).await;
    assert!(matches!(taken, Err(ServiceError::IdTaken)), "{taken:?}");
    let lines = manager.standing(Locale::Sv).await.expect("a page").lines;
    assert_eq!((lines.len(), lines[0].note.as_str()), (1, "Välkommen"));
});
