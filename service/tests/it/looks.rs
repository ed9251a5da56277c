//! Who has looked: noted for whoever was shown and for nobody else, once for what is one look.

use kvarten_domain::{
    Locale, Role,
    knowledge::{Look, MOST_LOOKS},
    overview::Filter,
    referral::Skipped,
};
use kvarten_entity::{Column, person_look, unit_look};
use kvarten_service::{
    SignedIn,
    manager::{Manager, Pointing},
    new_id, privacy,
};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::{
    story,
    town::{NOON, Town},
};

const DAY: i64 = 86_400;

/// Solgläntan with its manager, Alma and Bo; Cia works elsewhere.
async fn stage(town: Town) -> (Town, SignedIn, [SignedIn; 3]) {
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    town.publish("mejl", "outlook", 1).await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let bo = town.signed_in(town.staff("Bo", "Solgläntan").await).await;
    let cia = town.signed_in(town.staff("Cia", "Björkgården").await).await;
    (town, boss, [alma, bo, cia])
}

async fn manages<'s>(town: &'s Town, who: &'s SignedIn, seconds: i64) -> Manager<'s> {
    Manager::enter(&town.services, who, NOON.plus_seconds(seconds)).await.expect("manages")
}

/// What somebody reads in their log: what was looked at, and how often; the latest first.
async fn log(town: &Town, who: &SignedIn) -> Vec<(Look, u32)> {
    let log = town.learner(who).looks(Locale::Sv).await.expect("a log");
    log.iter().map(|line| (line.what, line.times)).collect()
}

story!(whoever_is_picked_to_be_referred_is_looked_at_and_nobody_beside_them, |town| {
    let (town, boss, [alma, bo, cia]) = stage(town).await;
    let picked = [alma.id(), cia.id()];
    let manager = manages(&town, &boss, 0).await;
    let page = manager.refer_page(&Filter::default(), &picked, Locale::Sv).await.expect("a page");
    assert_eq!(page.people.len(), 1, "of the manager's own");
    assert_eq!(log(&town, &alma).await, [(Look::Person, 1)]);

    let pointing = Pointing { to: "mejl".into(), ..Pointing::default() };
    let manager = manages(&town, &boss, 120).await;
    let referred = manager.refer(new_id(), &picked, &pointing).await.expect("sent");
    assert_eq!((referred.sent, referred.skipped), (1, vec![(None, Skipped::Elsewhere)]));
    assert_eq!(log(&town, &alma).await, [(Look::Person, 2)]);
    for other in [&bo, &cia, &boss] {
        assert!(log(&town, other).await.is_empty(), "nothing of them was shown");
    }

    // Who is asked for by a filter has been looked at with everybody: that it hides them tells of
    // them, too.
    let manager = manages(&town, &boss, 240).await;
    let hidden = Filter { name: "finns inte".into(), ..Filter::default() };
    let page = manager.refer_page(&hidden, &[], Locale::Sv).await.expect("a page");
    assert!(page.people.is_empty());
    assert_eq!(log(&town, &alma).await, [(Look::Unit, 1), (Look::Person, 2)]);
    assert_eq!(log(&town, &bo).await, [(Look::Unit, 1)]);
    assert!(log(&town, &cia).await.is_empty());
});

story!(what_is_opened_again_within_a_minute_is_one_look, |town| {
    let (town, boss, [alma, ..]) = stage(town).await;
    let all = Filter::default();
    let open = async |seconds: i64| {
        // The page comes in two halves.
        let manager = manages(&town, &boss, seconds).await;
        manager.first_rows(&all, Locale::Sv).await.expect("the first half");
        let manager = manages(&town, &boss, seconds + 2).await;
        manager.overview(Locale::Sv).await.expect("the other half");
        manager.file(&all, Locale::Sv).await.expect("a file");
        manager.person(alma.id(), None, Locale::Sv).await.expect("hers");
    };
    let looks = async || {
        let mut looks = log(&town, &alma).await;
        looks.sort_unstable();
        looks
    };
    let each = |times: u32| [(Look::Person, times), (Look::Unit, times), (Look::File, times)];
    open(0).await;
    assert_eq!(looks().await, each(1));
    open(30).await;
    assert_eq!(looks().await, each(1), "within a minute");
    open(150).await;
    assert_eq!(looks().await, each(2), "two minutes later");
    // Another day is another line, and so is another manager.
    open(DAY).await;
    assert_eq!(looks().await.len(), 6);
    let karin = town.signed_in(town.person("Karin", "Solgläntan", Role::Manager).await).await;
    manages(&town, &karin, 155).await.overview(Locale::Sv).await.expect("an overview");
    assert_eq!(looks().await.len(), 7);
});

story!(a_page_shows_the_latest_looks_and_the_export_all_of_them, |town| {
    let (town, boss, [alma, ..]) = stage(town).await;
    let all = MOST_LOOKS + 50;
    let store = town.services.store();
    let days = 0..i64::try_from(all).expect("few");
    let (alone, with_all): (Vec<i64>, Vec<i64>) = days.clone().partition(|day| day % 2 == 0);
    let at = |day: i64| NOON.plus_seconds(day * DAY).0;
    let rows = alone.into_iter().map(|day| person_look::ActiveModel {
        id: Set(uuid::Uuid::now_v7()),
        person_id: Set(alma.id().key()),
        viewer_id: Set(Some(boss.id().key())),
        what: Set(Look::Person.code().to_owned()),
        day_at: Set(at(day)),
        times: Set(1),
        last_at: Set(at(day)),
    });
    let kept = person_look::Entity::insert_many(rows).exec_without_returning(store.read()).await;
    kept.expect("noted");
    let rows = with_all.into_iter().map(|day| unit_look::ActiveModel {
        id: Set(uuid::Uuid::now_v7()),
        unit_id: Set(town.units["Solgläntan"].key()),
        viewer_id: Set(Some(boss.id().key())),
        what: Set(Look::Unit.code().to_owned()),
        day_at: Set(at(day)),
        times: Set(1),
        first_at: Set(at(day)),
        last_at: Set(at(day)),
    });
    let kept = unit_look::Entity::insert_many(rows).exec_without_returning(store.read()).await;
    kept.expect("noted");

    let later = NOON.plus_seconds(DAY * 400);
    let page = town.learner_at(&alma, later).looks(Locale::Sv).await.expect("a log");
    let dates: Vec<_> = page.iter().map(|line| line.on).collect();
    let latest = days.rev().take(MOST_LOOKS);
    let expected: Vec<_> =
        latest.map(|day| town.services.calendar().date(NOON.plus_seconds(day * DAY))).collect();
    assert_eq!((dates.len(), dates), (MOST_LOOKS, expected));
    let export = privacy::export(&town.services, alma.id(), Locale::Sv).await.expect("an export");
    let rows = export["tables"]["looks"]["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), all);
});
