//! Addresses at which mail does not arrive: shown to their people, left alone, and tried again once
//! they are changed or confirmed.

use kvarten_domain::{
    Locale, Role, Timestamp,
    digest::MOST_TRIES,
    person::{MailFailure, MailFailureKind},
};
use kvarten_service::{
    SignedIn,
    manager::{Manager, Pointing},
    new_id,
    operator::{EmailChange, MailTrouble, Operator, PersonChange},
    outbox::{Delivery, Noted, Outgoing, note_bounce, note_delivery, plan_mail, take_mail},
};

use crate::{
    story,
    town::{NOON, Town, is_not_found},
};

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
const REFUSED: Delivery = Delivery::Refused { code: Some(550) };
const FAILED: Delivery = Delivery::Failed { code: Some(451) };

fn at(seconds: i64) -> Timestamp {
    NOON.plus_seconds(seconds)
}

/// A person with something to be told of, and their manager.
async fn stage(town: Town) -> (Town, SignedIn, SignedIn) {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    town.publish("chatt", "outlook", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    refer(&town, &boss, &alma, "mejl").await;
    (town, alma, boss)
}

async fn refer(town: &Town, boss: &SignedIn, to: &SignedIn, slug: &str) {
    let manager = Manager::enter(&town.services, boss, NOON).await.expect("manages");
    let pointing = Pointing { to: slug.into(), ..Pointing::default() };
    manager.refer(new_id(), &[to.id()], &pointing).await.expect("sent");
}

async fn due(town: &Town, now: i64) -> Option<Outgoing> {
    plan_mail(&town.services, at(now)).await.expect("planned");
    take_mail(&town.services, at(now)).await.expect("taken")
}

async fn note(town: &Town, outgoing: &Outgoing, delivery: Delivery, now: i64) -> Noted {
    note_delivery(&town.services, outgoing, delivery, at(now)).await.expect("noted")
}

async fn shown(town: &Town, who: &SignedIn) -> Option<MailFailure> {
    town.learner(who).account("", Locale::Sv).await.expect("a page").mail.failure
}

async fn change_address(town: &Town, who: &SignedIn, address: &str) {
    let change = PersonChange { email: EmailChange::To(address.into()), ..PersonChange::default() };
    town.operator().change_person(who.id(), &change).await.expect("changed");
}

story!(an_address_that_is_refused_is_left_alone_until_it_is_confirmed, |town| {
    let (town, alma, boss) = stage(town).await;
    let outgoing = due(&town, HOUR).await.expect("a mail");
    assert_eq!(outgoing.person, alma.id());
    assert_eq!(shown(&town, &alma).await, None);
    assert_eq!(note(&town, &outgoing, REFUSED, HOUR).await, Noted::GivenUp);
    let failure = shown(&town, &alma).await.expect("she is told");
    assert_eq!(failure.kind, MailFailureKind::Refused);
    assert_eq!(failure.on, town.services.calendar().date(at(HOUR)));
    let problems = town.operator().mail_problems().await.expect("a list");
    assert_eq!(problems.len(), 1);
    let (kind, on) = (failure.kind, failure.on);
    assert_eq!(problems[0].trouble, MailTrouble::Failed { kind, code: Some(550), on });
    refer(&town, &boss, &alma, "chatt").await;
    for later in [DAY, 8 * DAY, 100 * DAY] {
        assert!(due(&town, later).await.is_none(), "nothing is sent there");
    }
    for _ in 0..2 {
        town.learner(&alma).confirm_address().await.expect("confirmed");
    }
    assert_eq!(shown(&town, &alma).await, None);
    let again = due(&town, 100 * DAY).await.expect("what she was not told of is not lost");
    assert_eq!(again.digest.lines.len(), 2);
    assert_eq!(note(&town, &again, Delivery::Sent, 100 * DAY).await, Noted::Sent);
    assert!(town.operator().mail_problems().await.expect("a list").is_empty());
});

story!(another_address_is_written_to_at_once, |town| {
    let (town, alma, _) = stage(town).await;
    let outgoing = due(&town, HOUR).await.expect("a mail");
    note(&town, &outgoing, REFUSED, HOUR).await;
    change_address(&town, &alma, "alma.ny@lindvike.example").await;
    assert_eq!(shown(&town, &alma).await, None, "of the new one nothing bad is known");
    let again = due(&town, HOUR + 60).await.expect("a mail");
    assert_eq!(again.to, "alma.ny@lindvike.example");
    // The old one comes back while the new one is on its way.
    change_address(&town, &alma, "alma.tre@lindvike.example").await;
    assert_eq!(note(&town, &again, REFUSED, HOUR + 60).await, Noted::Waits);
    assert_eq!(shown(&town, &alma).await, None);
    let third = due(&town, HOUR + 60).await.expect("a mail");
    assert_eq!(third.to, "alma.tre@lindvike.example");
});

story!(a_mail_that_is_given_up_is_shown_and_tried_again_a_week_later, |town| {
    let (town, alma, _) = stage(town).await;
    let mut now = HOUR;
    let mut last = Noted::Waits;
    for _ in 0..MOST_TRIES {
        assert_eq!(last, Noted::Waits);
        assert_eq!(shown(&town, &alma).await, None, "it is still tried");
        let outgoing = loop {
            match due(&town, now).await {
                Some(outgoing) => break outgoing,
                None => now += HOUR / 12,
            }
        };
        last = note(&town, &outgoing, FAILED, now).await;
    }
    assert_eq!(last, Noted::GivenUp);
    let failure = shown(&town, &alma).await.expect("she is told");
    assert_eq!(failure.kind, MailFailureKind::GivenUp);
    assert!(due(&town, now + 6 * DAY).await.is_none());
    let again = due(&town, now + 7 * DAY).await.expect("another try");
    assert!(shown(&town, &alma).await.is_some(), "until one has arrived");
    note(&town, &again, Delivery::Sent, now + 7 * DAY).await;
    assert_eq!(shown(&town, &alma).await, None);
});

story!(a_mail_that_came_back_later_counts_as_refused, |town| {
    let (town, alma, _) = stage(town).await;
    assert!(is_not_found(&note_bounce(&town.services, "nobody@lindvike.example", NOON).await));
    let operator = Operator::enter(&town.services, NOON);
    assert_eq!(operator.note_bounce("ALMA@lindvike.example").await.expect("noted"), alma.id());
    assert!(due(&town, HOUR).await.is_none());
    assert!(shown(&town, &alma).await.is_some());
    operator.confirm_address(alma.id()).await.expect("confirmed");
    assert!(is_not_found(&operator.confirm_address(new_id()).await));
    assert!(due(&town, HOUR).await.is_some());
});
