//! Mail: once each, at most one a day, never at night, until it is stopped.

use kvarten_domain::{
    Date, Locale, Role, Timestamp,
    digest::{MOST_TRIES, Reason},
};
use kvarten_entity::{mail, mail_choice};
use kvarten_service::{
    SignedIn,
    manager::{Manager, Pointing},
    new_id,
    outbox::{Delivery, Outgoing, note_delivery, plan_mail, stop_mail, take_mail},
};
use sea_orm::{ConnectionTrait, EntityTrait, Statement};

use crate::{
    story,
    town::{NOON, Town, climb, is_not_found, join_all, see_all},
};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// So many seconds after noon on Saturday 21 November 2026.
fn at(seconds: i64) -> Timestamp {
    NOON.plus_seconds(seconds)
}

async fn stage(town: Town) -> (Town, SignedIn, SignedIn) {
    let town = town.with_unit("Solgläntan").await;
    for slug in ["mejl", "chatt", "kalender"] {
        town.publish(slug, "outlook", 1).await;
    }
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let boss = town.signed_in(town.person("Torbjörn", "Solgläntan", Role::Manager).await).await;
    (town, alma, boss)
}

async fn refer(
    town: &Town,
    boss: &SignedIn,
    to: &SignedIn,
    slug: &str,
    wish: Option<Date>,
    now: i64,
) {
    let manager = Manager::enter(&town.services, boss, at(now)).await.expect("manages");
    let pointing = Pointing { to: slug.into(), note: "Inför hösten".into(), wish };
    manager.refer(new_id(), &[to.id()], &pointing).await.expect("sent");
}

/// Plans and takes what is due, without saying how it went.
async fn due(town: &Town, now: i64) -> Option<Outgoing> {
    plan_mail(&town.services, at(now)).await.expect("planned");
    take_mail(&town.services, at(now)).await.expect("taken")
}

/// Plans, takes and sends what is due.
async fn sent(town: &Town, now: i64) -> Option<Outgoing> {
    let outgoing = due(town, now).await?;
    note_delivery(&town.services, &outgoing, Delivery::Sent, at(now)).await.expect("noted");
    Some(outgoing)
}

fn told(outgoing: &Outgoing) -> Vec<(String, Reason)> {
    outgoing.digest.lines.iter().map(|line| (line.to.word(), line.reason)).collect()
}

const EVE: Option<Date> = Some(Date { year: 2026, month: 12, day: 24 });

story!(what_is_new_is_told_once_when_it_has_settled, |town| {
    let (town, alma, boss) = stage(town).await;
    refer(&town, &boss, &alma, "mejl", EVE, 0).await;
    assert!(due(&town, 9 * MINUTE).await.is_none(), "it may still be withdrawn");
    let outgoing = sent(&town, 10 * MINUTE).await.expect("a mail");
    assert_eq!((outgoing.to.as_str(), outgoing.locale), ("alma@lindvike.example", Locale::Sv));
    assert_eq!(outgoing.digest.given_name, "Alma");
    let line = &outgoing.digest.lines[0];
    assert_eq!((line.from.as_deref(), line.note.as_str()), (Some("Torbjörn Berg"), "Inför hösten"));
    assert_eq!((line.reason, line.wish), (Reason::New, EVE));
    for later in [HOUR, DAY, 9 * DAY] {
        assert!(due(&town, later).await.is_none());
    }
});

story!(a_week_before_and_on_the_day_it_is_told_again_and_not_once_it_is_done, |town| {
    let (town, alma, boss) = stage(town).await;
    refer(&town, &boss, &alma, "mejl", EVE, 0).await;
    refer(&town, &boss, &alma, "chatt", EVE, 0).await;
    assert_eq!(sent(&town, HOUR).await.expect("a mail").digest.lines.len(), 2);
    // 24 December is 33 days later.
    assert!(due(&town, 25 * DAY).await.is_none());
    let mut week = told(&sent(&town, 26 * DAY).await.expect("a mail"));
    week.sort();
    assert_eq!(week, [("chatt".into(), Reason::Week), ("mejl".into(), Reason::Week)]);
    assert!(due(&town, 27 * DAY).await.is_none());
    let learner = town.learner_at(&alma, at(28 * DAY));
    see_all(&learner, "chatt").await;
    climb(&learner, "chatt").await;
    let on_the_day = sent(&town, 33 * DAY).await.expect("a mail");
    assert_eq!(told(&on_the_day), [("mejl".into(), Reason::Day)]);
    assert!(due(&town, 33 * DAY + HOUR).await.is_none());
    assert!(due(&town, 34 * DAY).await.is_none());
});

story!(there_is_one_mail_a_day_and_none_at_night, |town| {
    let (town, alma, boss) = stage(town).await;
    refer(&town, &boss, &alma, "mejl", None, 0).await;
    sent(&town, HOUR).await.expect("a mail");
    refer(&town, &boss, &alma, "chatt", None, 2 * HOUR).await;
    refer(&town, &boss, &alma, "kalender", None, 3 * HOUR).await;
    for hours in [4, 7, 8, 12, 18] {
        assert!(due(&town, hours * HOUR).await.is_none(), "{hours}");
    }
    // Seven in the morning, 19 hours after noon.
    let next = sent(&town, 19 * HOUR).await.expect("a mail");
    assert_eq!(next.digest.lines.len(), 2, "together");
    // Sent in the evening, read in the morning.
    let bo = town.signed_in(town.staff("Bo", "Solgläntan").await).await;
    refer(&town, &boss, &bo, "mejl", None, 9 * HOUR).await;
    assert!(due(&town, 10 * HOUR).await.is_none());
    assert_eq!(due(&town, 19 * HOUR).await.expect("a mail").digest.given_name, "Bo");
});

story!(what_was_seen_withdrawn_or_done_meanwhile_is_not_told_of, |town| {
    let (town, alma, boss) = stage(town).await;
    refer(&town, &boss, &alma, "mejl", None, 0).await;
    assert_eq!(plan_mail(&town.services, at(HOUR)).await.expect("planned"), 1);
    town.learner_at(&alma, at(HOUR))
        .learn_page(&kvarten_domain::bank::Filter::default(), Locale::Sv)
        .await
        .expect("seen");
    assert!(take_mail(&town.services, at(HOUR)).await.expect("taken").is_none());
    assert!(mail::Entity::find().all(town.services.store().read()).await.expect("read").is_empty());
});

story!(many_processes_send_each_mail_once, |town| {
    let (town, alma, boss) = stage(town).await;
    let bo = town.signed_in(town.staff("Bo", "Solgläntan").await).await;
    refer(&town, &boss, &alma, "mejl", None, 0).await;
    refer(&town, &boss, &bo, "mejl", None, 0).await;
    let plans = (0..4).map(|_| plan_mail(&town.services, at(HOUR)));
    let made: u32 = join_all(plans).await.into_iter().map(|made| made.expect("planned")).sum();
    assert_eq!(made, 2);
    let turns = (0..6).map(|_| take_mail(&town.services, at(HOUR)));
    let taken: Vec<Outgoing> =
        join_all(turns).await.into_iter().filter_map(|taken| taken.expect("taken")).collect();
    let mut to: Vec<&str> = taken.iter().map(|one| one.digest.given_name.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["Alma", "Bo"]);
    // Whoever took one and was killed is not waited for: it is the same mail, under the same id.
    let again = take_mail(&town.services, at(HOUR + 10 * MINUTE)).await.expect("taken");
    assert!(taken.contains(&again.expect("free again")));
});

story!(what_cannot_be_sent_is_tried_again_later_each_time_and_given_up, |town| {
    let (town, alma, boss) = stage(town).await;
    refer(&town, &boss, &alma, "mejl", None, 0).await;
    let mut now = HOUR;
    let mut pauses = Vec::new();
    for _ in 0..MOST_TRIES {
        let outgoing = due(&town, now).await.expect("tried again");
        note_delivery(&town.services, &outgoing, Delivery::Failed { code: None }, at(now))
            .await
            .expect("noted");
        let row = mail::Entity::find().one(town.services.store().read()).await.expect("read");
        let row = row.expect("it waits");
        let next = (row.due_at - NOON.0) / 1_000;
        if row.given_up_at.is_none() {
            assert!(due(&town, next - 1).await.is_none(), "not before its time");
            pauses.push(next - now);
            now = next;
        }
    }
    assert_eq!(pauses[..4], [300, 900, 2_700, 8_100]);
    assert_eq!(pauses.len(), usize::from(MOST_TRIES) - 1);
    assert!(due(&town, now + DAY).await.is_none(), "it rests");
    let again = due(&town, now + 8 * DAY).await.expect("another try a week later");
    let refused = Delivery::Refused { code: Some(550) };
    note_delivery(&town.services, &again, refused, at(now + 8 * DAY)).await.expect("noted");
    assert!(
        due(&town, now + 9 * DAY).await.is_none(),
        "an address that there is not is left alone"
    );
});

story!(whoever_stops_mail_gets_none, |town| {
    let (town, alma, boss) = stage(town).await;
    refer(&town, &boss, &alma, "mejl", None, 0).await;
    let first = sent(&town, HOUR).await.expect("a mail");
    refer(&town, &boss, &alma, "chatt", None, DAY).await;
    assert_eq!(plan_mail(&town.services, at(DAY + HOUR)).await.expect("planned"), 1);
    assert!(is_not_found(&stop_mail(&town.services, "gissat", at(DAY)).await));
    assert!(is_not_found(&stop_mail(&town.services, "", at(DAY)).await));
    for _ in 0..2 {
        stop_mail(&town.services, &first.digest.stop, at(DAY)).await.expect("stopped");
    }
    assert!(due(&town, DAY + HOUR).await.is_none(), "what was planned is not sent, either");
    let learner = town.learner_at(&alma, at(2 * DAY));
    let choice = async || learner.account("", Locale::Sv).await.expect("a page").mail;
    assert!(!choice().await.is_wanted);
    learner.choose_mail(true).await.expect("chosen");
    assert!(choice().await.is_wanted);
    assert_eq!(due(&town, 2 * DAY).await.map(|one| told(&one).len()), Some(1));
    learner.choose_mail(false).await.expect("chosen");
    let words = mail_choice::Entity::find().all(town.services.store().read()).await.expect("read");
    assert_eq!(words.len(), 1);
    assert_eq!(words[0].word, first.digest.stop, "the word of old mail goes on working");
});

story!(whoever_has_left_or_has_no_address_is_not_written_to, |town| {
    let (town, alma, boss) = stage(town).await;
    let new = kvarten_service::operator::NewPerson {
        email: None,
        ..Town::new_person("Bo", "Solgläntan")
    };
    let bo = town.signed_in(town.operator().create_person(&new).await.expect("hired")).await;
    refer(&town, &boss, &bo, "mejl", None, 0).await;
    assert!(due(&town, HOUR).await.is_none());
    refer(&town, &boss, &alma, "mejl", None, 0).await;
    plan_mail(&town.services, at(HOUR)).await.expect("planned");
    town.operator().end_employment(alma.id()).await.expect("left");
    assert!(take_mail(&town.services, at(HOUR)).await.expect("taken").is_none());
});

story!(what_points_to_a_lesson_that_is_gone_is_not_planned_for, |town| {
    let (town, alma, boss) = stage(town).await;
    refer(&town, &boss, &alma, "mejl", None, 0).await;
    let store = town.services.store();
    let archive = format!("UPDATE lessons SET archived_at = {} WHERE slug = 'mejl'", NOON.0);
    store.read().execute_raw(Statement::from_string(store.backend(), archive)).await.expect("gone");
    // Every process hears of it when something is published.
    town.publish("nytt", "outlook", 1).await;
    assert_eq!(plan_mail(&town.services, at(HOUR)).await.expect("planned"), 0);
});

story!(a_mail_is_in_its_readers_language, |town| {
    let (town, alma, boss) = stage(town).await;
    let bo = town.signed_in(town.staff("Bo", "Solgläntan").await).await;
    town.learner(&alma).choose_locale(Locale::En).await.expect("chosen");
    // Whoever sends it reads something else.
    town.learner(&boss).choose_locale(Locale::Sv).await.expect("chosen");
    for who in [&alma, &bo] {
        refer(&town, &boss, who, "mejl", None, 0).await;
    }
    let mut languages = Vec::new();
    while let Some(outgoing) = sent(&town, HOUR).await {
        languages.push((outgoing.digest.given_name, outgoing.locale));
    }
    languages.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(languages, [("Alma".to_owned(), Locale::En), ("Bo".to_owned(), Locale::Sv)]);
});

story!(whoever_is_to_do_it_by_another_day_is_reminded_of_that_day, |town| {
    let (town, alma, boss) = stage(town).await;
    refer(&town, &boss, &alma, "mejl", EVE, 0).await;
    assert_eq!(told(&sent(&town, HOUR).await.expect("a mail"))[0].1, Reason::New);
    // 24 December is 33 days later.
    assert_eq!(told(&sent(&town, 26 * DAY).await.expect("a mail"))[0].1, Reason::Week);
    let manager = Manager::enter(&town.services, &boss, at(27 * DAY)).await.expect("manages");
    let line = manager.referrals(None).await.expect("a list").remove(0);
    let other = Some(Date { year: 2027, month: 1, day: 10 });
    manager.change_referral(line.id, line.revision, "Efter jul", other).await.expect("changed");
    // 10 January is 50 days later.
    for days in [27, 33, 42] {
        assert!(due(&town, days * DAY).await.is_none(), "{days}");
    }
    let week = sent(&town, 43 * DAY).await.expect("a mail");
    assert_eq!(told(&week), [("mejl".to_owned(), Reason::Week)]);
    let line = &week.digest.lines[0];
    assert_eq!((line.wish, line.note.as_str()), (other, "Efter jul"));
    assert!(due(&town, 44 * DAY).await.is_none(), "once");
    // The day itself has been told of; then it is put off once more.
    assert_eq!(told(&sent(&town, 50 * DAY).await.expect("a mail"))[0].1, Reason::Day);
    let manager =
        Manager::enter(&town.services, &boss, at(50 * DAY + HOUR)).await.expect("manages");
    let line = manager.referrals(None).await.expect("a list").remove(0);
    let last = Some(Date { year: 2027, month: 1, day: 12 });
    manager.change_referral(line.id, line.revision, "Efter jul", last).await.expect("changed");
    assert_eq!(told(&sent(&town, 51 * DAY).await.expect("a mail"))[0].1, Reason::Week);
    assert_eq!(told(&sent(&town, 52 * DAY).await.expect("a mail"))[0].1, Reason::Day);
});
