//! What people can and need: assessing oneself, the picture, evidence that ends.

use std::collections::BTreeMap;

use kvarten_domain::{
    Date, Fault, Height, Level, Locale, MeaningId,
    knowledge::{Hold, Portrait},
};
use kvarten_service::{
    ServiceError, facts_kept, facts_told, learner::Learner, new_id, operator::Operator,
};

use crate::{
    story,
    town::{NOON, Town, assess, assess_wholly, climb, see_all},
};

const DAY: i64 = 86_400;

fn level(number: u8) -> Level {
    Level::new(number).expect("1–4")
}

fn fault<T>(result: &Result<T, ServiceError>) -> Option<Fault> {
    match result {
        Err(ServiceError::Invalid { fault, .. }) => Some(*fault),
        _ => None,
    }
}

async fn picture(learner: &Learner<'_>) -> Portrait {
    learner.portrait(None, Locale::Sv).await.expect("a picture")
}

/// Required, shown and said in the first system.
fn first(portrait: &Portrait) -> (u8, u8, Option<u8>) {
    let spoke = &portrait.spokes[0];
    (spoke.required.number(), spoke.shown.number(), spoke.said.map(Height::number))
}

story!(assessing_oneself_goes_level_by_level_and_can_be_left, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.require(None, "outlook", 2).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    assert_eq!(first(&picture(&learner).await), (2, 0, None));

    let page = learner.assessment("outlook", None, Locale::En).await.expect("a page");
    assert_eq!((page.level, page.last, page.before), (level(1), level(4), None));
    assert_eq!(page.statements[0].phrase.text, "I can 1 1 i Outlook.");

    // Half of a level is kept, and what is missing is said.
    let half = BTreeMap::from([(page.statements[0].meaning, "can".to_owned())]);
    let result = learner.assess("outlook", level(1), &half).await;
    assert_eq!(fault(&result), Some(Fault::Incomplete));
    let page = learner.assessment("outlook", None, Locale::Sv).await.expect("a page");
    let said: Vec<bool> = page.statements.iter().map(|line| line.claim.is_some()).collect();
    assert_eq!(said, [true, false]);
    assert_eq!(first(&picture(&learner).await).2, None, "nothing is settled");

    let rest = BTreeMap::from([(page.statements[1].meaning, "partly".to_owned())]);
    let assessed = learner.assess("outlook", level(1), &rest).await.expect("kept");
    assert_eq!((assessed.next, assessed.height), (Some(level(2)), None));
    let page = learner.assessment("outlook", None, Locale::Sv).await.expect("a page");
    assert_eq!((page.level, page.before), (level(2), Some(level(1))), "goes on where one stopped");

    let assessed = assess(&learner, "outlook", 2, "not_yet").await;
    assert_eq!((assessed.next, assessed.height.map(Height::number)), (None, Some(1)));
    assert_eq!(first(&picture(&learner).await), (2, 0, Some(1)), "said, and not counted as shown");

    // The same day one thinks again: the last word counts.
    assess(&learner, "outlook", 2, "can").await;
    let assessed = assess(&learner, "outlook", 3, "not_yet").await;
    assert_eq!(assessed.height.map(Height::number), Some(2));
    assert_eq!(first(&picture(&learner).await).2, Some(2));
});

story!(hostile_and_late_assessments_are_refused, |town| {
    let town = town.with_unit("Solgläntan").await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    let page = learner.assessment("outlook", None, Locale::Sv).await.expect("a page");
    let of_level = page.statements[0].meaning;
    let say = async |level_of: u8, meaning: MeaningId, text: &str| {
        let said = BTreeMap::from([(meaning, text.to_owned())]);
        fault(&learner.assess("outlook", level(level_of), &said).await)
    };
    assert_eq!(say(1, of_level, "mästerligt").await, Some(Fault::UnknownOption));
    assert_eq!(say(1, new_id(), "can").await, Some(Fault::UnknownOption));
    assert_eq!(say(2, of_level, "can").await, Some(Fault::Changed), "of another level");
    assert_eq!(say(1, of_level, "").await, Some(Fault::UnknownOption));
    assert_eq!(
        fault(&learner.assess("outlook", level(1), &BTreeMap::new()).await),
        Some(Fault::Incomplete)
    );
    for code in ["", "finns-inte", "../outlook"] {
        let result = learner.assessment(code, None, Locale::Sv).await;
        assert!(matches!(result, Err(ServiceError::NotFound)), "{code}");
    }
    let page = learner.assessment("outlook", None, Locale::Sv).await.expect("a page");
    assert!(page.statements.iter().all(|line| line.claim.is_none()), "nothing was kept");
});

story!(a_level_without_statements_cannot_be_assessed, |town| {
    let town = town.with_unit("Solgläntan").await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    let page = learner.assessment("outlook", Some(level(2)), Locale::Sv).await.expect("a page");
    let said: BTreeMap<MeaningId, String> =
        page.statements.iter().map(|line| (line.meaning, "can".to_owned())).collect();
    let later = Operator::enter(&town.services, NOON.plus_seconds(60));
    later.map().set_statements(town.system("outlook").await, level(2), &[]).await.expect("none");

    let learner = town.learner_at(&alma, NOON.plus_seconds(120));
    for said in [&said, &BTreeMap::new()] {
        let result = learner.assess("outlook", level(2), said).await;
        assert!(matches!(result, Err(ServiceError::NotFound)), "{result:?}");
    }
    // Those around it can.
    assert_eq!(assess(&learner, "outlook", 1, "can").await.next, Some(level(3)));
    assert_eq!(assess(&learner, "outlook", 3, "not_yet").await.height.map(Height::number), Some(1));
});

story!(a_gap_names_its_lessons_and_closes_with_them, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    town.publish("mejl-mer", "outlook", 2).await;
    town.require(None, "outlook", 2).await;
    town.require(None, "teams", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    let gaps = picture(&learner).await.gaps;
    assert_eq!(gaps.len(), 2);
    let slugs: Vec<&str> = gaps[0].lessons.iter().map(|lesson| lesson.slug.as_str()).collect();
    assert_eq!(slugs, ["mejl", "mejl-mer"], "a level at a time");
    assert_eq!((gaps[0].minutes, gaps[0].closes), (30, true));
    assert_eq!((gaps[1].system.code.as_str(), gaps[1].closes), ("teams", false), "no lesson yet");

    see_all(&learner, "mejl").await;
    climb(&learner, "mejl").await;
    let gaps = picture(&learner).await.gaps;
    assert_eq!((gaps[0].shown.number(), gaps[0].lessons.len()), (1, 1));
    see_all(&learner, "mejl-mer").await;
    climb(&learner, "mejl-mer").await;
    let portrait = picture(&learner).await;
    assert_eq!(first(&portrait), (2, 2, None));
    assert_eq!(portrait.gaps.len(), 1);
});

story!(then_and_now_lie_in_one_picture, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    town.require(None, "outlook", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    assess(&learner, "outlook", 1, "not_yet").await;

    // Half a year later she has learned, and more is required.
    let later = NOON.plus_seconds(180 * DAY);
    let learner = town.learner_at(&alma, later);
    see_all(&learner, "mejl").await;
    climb(&learner, "mejl").await;
    assess_wholly(&learner, "outlook").await;
    let then = Some(Date { year: 2026, month: 11, day: 21 });
    let portrait = learner.portrait(then, Locale::Sv).await.expect("a picture");
    assert_eq!(first(&portrait), (1, 1, Some(4)));
    let before = portrait.spokes[0].then.expect("laid under");
    assert_eq!(
        (before.required, before.shown.number(), before.said.map(Height::number)),
        (Some(level(1)), 0, Some(0))
    );
    assert_eq!(portrait.first, Some(Date { year: 2026, month: 11, day: 21 }));

    for day in [
        Date { year: 2030, month: 1, day: 1 },
        Date { year: 2026, month: 2, day: 31 },
        Date { year: 1900, month: 1, day: 1 },
    ] {
        let portrait =
            learner.portrait(Some(day), Locale::Sv).await.expect("a picture all the same");
        let is_there = portrait.then.is_some();
        assert_eq!(is_there, day.year == 1900, "{day:?}");
    }
});

story!(evidence_ends_and_a_refresher_renews_it, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    town.require(None, "outlook", 1).await;
    let system = town.operator().map_of_codes().await.expect("codes").systems["outlook"];
    town.operator().map().set_validity(system, level(1), Some(12)).await.expect("said");
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let at = |days: i64| town.learner_at(&alma, NOON.plus_seconds(days * DAY));
    see_all(&at(0), "mejl").await;
    climb(&at(0), "mejl").await;
    let hold = async |days: i64| {
        let portrait = picture(&at(days)).await;
        (portrait.spokes[0].shown.number(), portrait.evidence[0].hold)
    };
    let end = Date { year: 2027, month: 11, day: 21 };
    assert_eq!(hold(1).await, (1, Hold::Until(end)));
    assert_eq!(hold(340).await, (1, Hold::EndsSoon { on: end, days: 25 }));
    assert_eq!(hold(366).await, (0, Hold::Ended(end)), "forgotten, as far as anybody knows");

    // A step seen again renews nothing; a climb does.
    see_all(&at(340), "mejl").await;
    assert_eq!(hold(366).await.0, 0);
    climb(&at(350), "mejl").await;
    let renewed = Date { year: 2028, month: 11, day: 6 };
    assert_eq!(hold(366).await, (1, Hold::Until(renewed)));
    assert_eq!(picture(&at(366)).await.evidence.len(), 1, "one line for one lesson");

    // What is earned when it holds for good is not renewed.
    town.operator().map().set_validity(system, level(1), None).await.expect("said");
    let bo = town.signed_in(town.staff("Bo", "Solgläntan").await).await;
    for days in [0, 5] {
        let learner = town.learner_at(&bo, NOON.plus_seconds(days * DAY));
        see_all(&learner, "mejl").await;
        climb(&learner, "mejl").await;
        assert_eq!(picture(&learner).await.evidence[0].on.day, 21);
    }
});

story!(what_is_packed_is_what_the_tables_tell, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    town.publish("chatt", "teams", 1).await;
    let system = town.operator().map_of_codes().await.expect("codes").systems["outlook"];
    town.operator().map().set_validity(system, level(1), Some(1)).await.expect("said");
    let mut people = Vec::new();
    for name in ["Alma", "Bo", "Cia"] {
        people.push(town.signed_in(town.staff(name, "Solgläntan").await).await);
    }
    for (at, who) in people.iter().enumerate() {
        let learner = town.learner(who);
        for slug in ["mejl", "chatt"].iter().take(at + 1) {
            see_all(&learner, slug).await;
            climb(&learner, slug).await;
        }
        assess(&learner, "outlook", 1, "not_yet").await;
        let later = town.learner_at(who, NOON.plus_seconds(40 * DAY));
        assess_wholly(&later, "outlook").await;
        climb(&later, "mejl").await;
    }
    // Two devices at once, each finishing something else.
    let who = &people[0];
    let (one, other) = (town.learner(who), town.learner(who));
    see_all(&one, "chatt").await;
    tokio::join!(climb(&one, "chatt"), assess_wholly(&other, "teams"));

    let kept = facts_kept(&town.services).await.expect("packed");
    assert_eq!(kept.len(), 3);
    for who in &people {
        let told = facts_told(&town.services, who.id()).await.expect("told");
        assert_eq!(kept[&who.id()], told);
        assert!(told.proofs.len() >= 2 && told.said.len() >= 2);
    }
});

story!(whoever_has_looked_can_be_read, |town| {
    let town = town.with_unit("Solgläntan").await.with_unit("Björkgården").await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let boss = town.staff("Torbjörn", "Björkgården").await;
    let learner = town.learner(&alma);
    assert!(learner.looks(Locale::Sv).await.expect("a log").is_empty());
    town.look(boss, alma.id(), "Solgläntan").await;
    let log = learner.looks(Locale::Sv).await.expect("a log");
    assert_eq!(log.len(), 2);
    assert!(
        log.iter().all(|line| line.viewer.as_deref() == Some("Torbjörn Berg") && line.times == 1)
    );
    assert_eq!(log.iter().filter(|line| line.unit.as_deref() == Some("Solgläntan")).count(), 1);
    let of_boss = town.signed_in(boss).await;
    assert!(town.learner(&of_boss).looks(Locale::Sv).await.expect("a log").is_empty());
});

impl Town {
    /// The id of a system.
    pub async fn system(&self, code: &str) -> kvarten_domain::SystemId {
        self.operator().map_of_codes().await.expect("codes").systems[code]
    }
}
