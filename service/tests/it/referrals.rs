//! Pointing the way: sent, seen, begun, done; and what is refused.

use kvarten_domain::{
    Date, Fault, Locale, PersonId, ReferralId, Role,
    bank::Filter,
    knowledge::Look,
    overview,
    referral::{LONGEST_NOTE, ReferralCard, ReferralLine, Skipped, Stage},
};
use kvarten_service::{
    ServiceError, SignedIn,
    learner::Learner,
    manager::{Manager, Pointing},
    new_id,
};

use crate::{
    story,
    town::{NOON, Town, climb, fault, is_not_found, see_all},
};

const DAY: i64 = 86_400;

fn to(slug: &str) -> Pointing {
    Pointing { to: slug.into(), note: "Inför hösten".into(), wish: None }
}

async fn manages<'s>(town: &'s Town, who: &'s SignedIn, days: i64) -> Manager<'s> {
    Manager::enter(&town.services, who, NOON.plus_seconds(days * DAY)).await.expect("manages")
}

async fn cards(learner: &Learner<'_>) -> Vec<ReferralCard> {
    learner.learn_page(&Filter::default(), Locale::Sv).await.expect("a page").referrals
}

async fn only(manager: &Manager<'_>) -> ReferralLine {
    let mut lines = manager.referrals(None).await.expect("a list");
    assert_eq!(lines.len(), 1);
    lines.remove(0)
}

/// Solgläntan with Alma, her manager and a lesson.
async fn stage(town: Town) -> (Town, SignedIn, SignedIn) {
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    town.publish("mejl", "outlook", 1).await;
    town.publish("chatt", "teams", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    (town, alma, boss)
}

story!(a_referral_is_sent_seen_begun_and_done, |town| {
    let (town, alma, boss) = stage(town).await;
    let manager = manages(&town, &boss, 0).await;
    let wish = Some(Date { year: 2026, month: 12, day: 24 });
    let sent = manager.refer(new_id(), &[alma.id()], &Pointing { wish, ..to("mejl") }).await;
    assert_eq!(sent.expect("sent").sent, 1);
    let line = only(&manager).await;
    assert_eq!((line.stage, line.wish, line.name.as_str()), (Stage::Sent, wish, "Berg, Alma"));
    let overview = manager.overview(Locale::Sv).await.expect("an overview");
    assert_eq!(overview.people[0].referrals, 1);

    let learner = town.learner_at(&alma, NOON.plus_seconds(DAY));
    let card = cards(&learner).await.remove(0);
    assert_eq!((card.to.word().as_str(), card.note.as_str()), ("mejl", "Inför hösten"));
    assert_eq!(
        (card.from.as_deref(), card.wish, card.is_late),
        (Some("Torbjörn Berg"), wish, false)
    );
    assert_eq!(only(&manages(&town, &boss, 1).await).await.stage, Stage::Seen);
    learner.open_step("mejl", 1).await.expect("opened");
    assert_eq!(only(&manages(&town, &boss, 1).await).await.stage, Stage::Begun);
    see_all(&learner, "mejl").await;
    climb(&learner, "mejl").await;
    assert_eq!(only(&manages(&town, &boss, 1).await).await.stage, Stage::Done);
    assert!(cards(&learner).await.is_empty(), "what is done is no longer pointed to");
    let overview = manages(&town, &boss, 1).await.overview(Locale::Sv).await.expect("an overview");
    assert_eq!(overview.people[0].referrals, 0);
});

story!(whoever_need_not_be_referred_is_left_out_and_it_is_said_why, |town| {
    let (town, alma, boss) = stage(town).await;
    let bo = town.staff("Bo", "Solgläntan").await;
    let cia = town.staff("Cia", "Björkgården").await;
    see_all(&town.learner(&alma), "mejl").await;
    climb(&town.learner(&alma), "mejl").await;
    let manager = manages(&town, &boss, 0).await;
    manager.refer(new_id(), &[bo], &to("mejl")).await.expect("sent");
    let mut again =
        manager.refer(new_id(), &[alma.id(), bo, cia, boss.id()], &to("mejl")).await.expect("sent");
    again.skipped.sort();
    assert_eq!(again.sent, 1, "to himself");
    assert_eq!(
        again.skipped,
        [
            (None, Skipped::Elsewhere),
            (Some("Berg, Alma".into()), Skipped::Shown),
            (Some("Berg, Bo".into()), Skipped::Referred),
        ]
    );
});

story!(a_batch_sent_twice_is_sent_once, |town| {
    let (town, alma, boss) = stage(town).await;
    let manager = manages(&town, &boss, 0).await;
    let batch: ReferralId = new_id();
    let people = [alma.id(), alma.id()];
    let pointing = to("mejl");
    let (a, b) = tokio::join!(
        manager.refer(batch, &people, &pointing),
        manager.refer(batch, &people, &pointing)
    );
    assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
    assert_eq!(manager.refer(batch, &people, &pointing).await.expect("again").sent, 1);
    let line = only(&manager).await;
    // The same id for something else is not taken for the same thing.
    let other = manager.refer(batch, &people, &to("chatt")).await;
    assert!(matches!(other, Err(ServiceError::IdTaken)), "{other:?}");
    manager.withdraw_referral(line.id, line.revision).await.expect("withdrawn");
    let again = manager.refer(batch, &people, &pointing).await;
    assert!(matches!(again, Err(ServiceError::IdTaken)), "{again:?}");
});

story!(two_managers_who_refer_the_same_at_once_send_one, |town| {
    let (town, alma, boss) = stage(town).await;
    let other = town.signed_in(town.person("Karin", "Solgläntan", Role::Manager).await).await;
    let (one, two) = (manages(&town, &boss, 0).await, manages(&town, &other, 0).await);
    let people = [alma.id()];
    let pointing = to("mejl");
    let (a, b) = tokio::join!(
        one.refer(new_id(), &people, &pointing),
        two.refer(new_id(), &people, &pointing)
    );
    assert_eq!(a.expect("sent").sent + b.expect("sent").sent, 1);
    only(&one).await;
});

story!(referrals_and_filters_that_hide_people_are_looks_at_them, |town| {
    let (town, alma, boss) = stage(town).await;
    let at = async |minutes: i64| {
        let now = NOON.plus_seconds(minutes * 60);
        Manager::enter(&town.services, &boss, now).await.expect("manages")
    };
    // How often she was looked at with the unit, and how often by herself.
    let looks = async || {
        let log = town.learner(&alma).looks(Locale::Sv).await.expect("a log");
        let times = |what: Look| {
            log.iter().filter(|line| line.what == what).map(|line| line.times).sum::<u32>()
        };
        (times(Look::Unit), times(Look::Person))
    };
    let hidden = overview::Filter { name: "finns inte".into(), ..overview::Filter::default() };
    assert_eq!(at(0).await.first_rows(&hidden, Locale::Sv).await.expect("a page").shown, 0);
    assert_eq!(looks().await, (1, 0));
    at(2).await.referrals(None).await.expect("a list");
    assert_eq!(looks().await, (2, 0));
    at(4).await.referrals(Some(alma.id())).await.expect("a list");
    assert_eq!(looks().await, (2, 1));
    at(6).await.refer(new_id(), &[alma.id()], &to("mejl")).await.expect("sent");
    assert_eq!(looks().await, (2, 2));
    let page = at(8).await.refer_page(&hidden, &[], Locale::Sv).await.expect("a page");
    assert!(page.people.is_empty());
    assert_eq!(looks().await, (3, 2));
});

story!(what_cannot_be_sent_is_refused_and_nothing_is, |town| {
    let (town, alma, boss) = stage(town).await;
    let manager = manages(&town, &boss, 0).await;
    let me = [alma.id()];
    let day = |year, month, day| Some(Date { year, month, day });
    let many: Vec<PersonId> = (0..501).map(|_| new_id()).collect();
    for (people, pointing, expected) in [
        (&me[..], to("finns-inte"), ("lesson", Fault::UnknownOption)),
        (&[][..], to("mejl"), ("people", Fault::Empty)),
        (&many[..], to("mejl"), ("people", Fault::TooMany)),
        (&me[..], Pointing { note: "å".repeat(281), ..to("mejl") }, ("note", Fault::TooLong)),
        (
            &me[..],
            Pointing { note: "\u{202e}x".into(), ..to("mejl") },
            ("note", Fault::HiddenCharacters),
        ),
        (&me[..], Pointing { wish: day(2026, 11, 20), ..to("mejl") }, ("wish", Fault::PastDate)),
        (&me[..], Pointing { wish: day(2026, 2, 30), ..to("mejl") }, ("wish", Fault::WrongDate)),
    ] {
        let result = manager.refer(new_id(), people, &pointing).await;
        assert_eq!(fault(&result), Some(expected));
    }
    assert!(manager.referrals(None).await.expect("a list").is_empty());
});

story!(of_two_managers_who_change_one_referral_one_is_told, |town| {
    let (town, alma, boss) = stage(town).await;
    let other = town.signed_in(town.person("Karin", "Solgläntan", Role::Manager).await).await;
    let manager = manages(&town, &boss, 0).await;
    manager.refer(new_id(), &[alma.id()], &to("mejl")).await.expect("sent");
    let line = only(&manager).await;
    let karin = manages(&town, &other, 0).await;
    let (a, b) = tokio::join!(
        manager.change_referral(line.id, line.revision, "Före jul", None),
        karin.change_referral(line.id, line.revision, "Efter jul", None)
    );
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    let told = if a.is_ok() { fault(&b) } else { fault(&a) };
    assert_eq!(told, Some(("referral", Fault::Changed)));
    let now = only(&karin).await;
    assert_eq!(now.note, if a.is_ok() { "Före jul" } else { "Efter jul" });
    karin.withdraw_referral(now.id, now.revision).await.expect("withdrawn");
    karin.withdraw_referral(now.id, now.revision).await.expect("twice is once");
    let again = manager.withdraw_referral(now.id, line.revision).await;
    assert_eq!(fault(&again), Some(("referral", Fault::Changed)));
    assert_eq!(only(&manager).await.stage, Stage::Withdrawn);
    assert!(cards(&town.learner(&alma)).await.is_empty());
});

story!(referrals_of_other_units_are_not_found, |town| {
    let (town, alma, boss) = stage(town).await;
    let other = town.signed_in(town.person("Karin", "Björkgården", Role::Manager).await).await;
    let manager = manages(&town, &boss, 0).await;
    manager.refer(new_id(), &[alma.id()], &to("mejl")).await.expect("sent");
    let line = only(&manager).await;
    let karin = manages(&town, &other, 0).await;
    assert!(is_not_found(&karin.change_referral(line.id, line.revision, "", None).await));
    assert!(is_not_found(&karin.withdraw_referral(line.id, line.revision).await));
    assert!(is_not_found(&karin.withdraw_referral(new_id(), 1).await));
    assert!(is_not_found(&karin.referrals(Some(alma.id())).await));
    assert!(karin.referrals(None).await.expect("a list").is_empty());
});

story!(the_end_of_a_line_counts_as_one_character, |town| {
    let (town, alma, boss) = stage(town).await;
    let manager = manages(&town, &boss, 0).await;
    // As a form sends it: what its writer has counted as so many characters.
    let text = |count: usize| format!("Hej\r\n\r\n{}", "å".repeat(count - 5));
    let written = |count: usize| Pointing { note: text(count), ..to("mejl") };
    let long = manager.refer(new_id(), &[alma.id()], &written(LONGEST_NOTE + 1)).await;
    assert_eq!(fault(&long), Some(("note", Fault::TooLong)));
    let sent = manager.refer(new_id(), &[alma.id()], &written(LONGEST_NOTE)).await;
    assert_eq!(sent.expect("sent").sent, 1);
    let card = cards(&town.learner(&alma)).await.remove(0);
    assert_eq!(card.note, text(LONGEST_NOTE).replace('\r', ""));
    let line = only(&manager).await;
    let longer = text(LONGEST_NOTE + 1);
    let long = manager.change_referral(line.id, line.revision, &longer, None).await;
    assert_eq!(fault(&long), Some(("note", Fault::TooLong)));
    let other = text(LONGEST_NOTE).replace("Hej", "Hoj");
    manager.change_referral(line.id, line.revision, &other, None).await.expect("changed");
    assert_eq!(only(&manager).await.note, other.replace('\r', ""));
});

story!(a_wish_that_has_passed_does_not_keep_a_note_from_being_changed, |town| {
    let (town, alma, boss) = stage(town).await;
    let wish = |day| Some(Date { year: 2026, month: 11, day });
    let pointing = Pointing { wish: wish(24), ..to("mejl") };
    let manager = manages(&town, &boss, 0).await;
    manager.refer(new_id(), &[alma.id()], &pointing).await.expect("sent");
    // A week later.
    let manager = manages(&town, &boss, 7).await;
    let line = only(&manager).await;
    for other in [wish(23), wish(25), wish(27)] {
        let moved = manager.change_referral(line.id, line.revision, "Ny rad", other).await;
        assert_eq!(fault(&moved), Some(("wish", Fault::PastDate)));
    }
    for _ in 0..2 {
        let changed = manager.change_referral(line.id, line.revision, "Ny rad", wish(24)).await;
        changed.expect("the day stays where it is");
    }
    let line = only(&manager).await;
    assert_eq!((line.note.as_str(), line.wish, line.revision), ("Ny rad", wish(24), 2));
});
