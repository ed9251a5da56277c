//! Climbing: replies, repeats, two devices, late and hostile replies, points.

use std::collections::BTreeSet;

use kvarten_domain::{AnswerId, AttemptId, Fault, Locale, QuestionId, reply::Fields};
use kvarten_service::{ServiceError, new_id};

use crate::{
    story,
    town::{Town, begin, is_not_found, join_all, reply, see_all, total},
};

async fn town_with_lesson(town: Town) -> Town {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    town
}

story!(a_lesson_is_climbed_and_its_points_counted, |town| {
    let town = town_with_lesson(town).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    see_all(&learner, "mejl").await;
    let mut ladder = begin(&learner, "mejl").await;
    assert!(!ladder.is_refresher);

    let first = ladder.question.clone().expect("a question");
    let (outcome, after) = reply(&learner, &ladder, false).await;
    assert_eq!((outcome.verdict.is_right, outcome.points), (false, 0));
    assert!(!outcome.explanation.is_empty());
    ladder = after;
    let (outcome, after) = reply(&learner, &ladder, true).await;
    assert_eq!((outcome.points, outcome.climbed_rung), (10, None));
    ladder = after;
    let back = ladder.question.clone().expect("it comes back");
    assert_eq!((back.id, back.is_back), (first.id, true));
    let (outcome, after) = reply(&learner, &ladder, true).await;
    assert_eq!((outcome.points, outcome.climbed_rung), (5, Some(1)));
    ladder = after;
    assert_eq!(total(&learner).await, 15);

    for points in [20, 20] {
        let (outcome, after) = reply(&learner, &ladder, true).await;
        assert_eq!(outcome.points, points);
        ladder = after;
    }
    assert!(ladder.is_topped());
    assert_eq!(total(&learner).await, 15 + 40 + 20);
    let page = learner.ladder("mejl", None, Locale::Sv).await.expect("a page");
    let summary = page.summary.expect("at the top");
    assert_eq!((summary.points, summary.completion), (75, 20));
    assert_eq!(summary.shown.map(kvarten_domain::Level::number), Some(1));
    assert!(summary.unseen.is_empty() && summary.completed_on.is_some());
});

story!(a_reply_sent_twice_counts_once, |town| {
    let town = town_with_lesson(town).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    let ladder = begin(&learner, "mejl").await;
    let (first, _) = reply(&learner, &ladder, true).await;
    for _ in 0..3 {
        let (again, after) = reply(&learner, &ladder, true).await;
        assert_eq!(again, first);
        assert_eq!(after.rungs[0].right, 1);
    }
    assert_eq!(total(&learner).await, 10);
    // The same id for another reply is not that reply.
    let (wrong, _) = reply(&learner, &ladder, false).await;
    assert_eq!(wrong, first);
});

story!(many_devices_at_once_double_and_lose_nothing, |town| {
    let town = town_with_lesson(town).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    // Ten devices begin at once: one climb.
    let begun = (0..10).map(|_| learner.start_attempt("mejl", new_id::<AttemptId>()));
    for result in join_all(begun).await {
        result.expect("begins or goes on");
    }
    let mut ladder =
        learner.ladder("mejl", None, Locale::Sv).await.expect("a page").ladder.expect("a ladder");
    // At each question ten devices reply at once, each with an id of its own.
    while !ladder.is_topped() {
        let question = ladder.question.as_ref().expect("a question").id;
        let fields = Town::fields(&ladder, true);
        let sent = (0..10).map(|_| {
            learner.submit_reply(new_id::<AnswerId>(), ladder.attempt, question, fields.clone())
        });
        let mut points = 0;
        for result in join_all(sent).await {
            let (outcome, _) = result.expect("decided");
            assert!(outcome.verdict.is_right);
            points += u32::from(outcome.points > 0);
        }
        assert_eq!(points, 1, "one of them earns");
        ladder = learner
            .ladder("mejl", None, Locale::Sv)
            .await
            .expect("a page")
            .ladder
            .expect("a ladder");
    }
    assert_eq!(total(&learner).await, 2 * 10 + 2 * 20);
});

story!(finishing_both_halves_at_once_completes_the_lesson, |town| {
    let town = town_with_lesson(town).await;
    for name in ["Alma", "Bo", "Cia", "Disa", "Emil"] {
        let person = town.signed_in(town.staff(name, "Solgläntan").await).await;
        let learner = town.learner(&person);
        for step in [1, 2] {
            learner.finish_step("mejl", step, None).await.expect("seen");
        }
        let mut ladder = begin(&learner, "mejl").await;
        for _ in 0..3 {
            ladder = reply(&learner, &ladder, true).await.1;
        }
        let (last_reply, last_step) =
            tokio::join!(reply(&learner, &ladder, true), learner.finish_step("mejl", 3, None));
        assert!(last_reply.1.is_topped());
        last_step.expect("seen");
        assert_eq!(total(&learner).await, 2 * 10 + 2 * 20 + 20, "{name}");
    }
});

story!(late_early_foreign_and_hostile_replies_are_defined, |town| {
    let town = town_with_lesson(town).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let bo = town.signed_in(town.staff("Bo", "Solgläntan").await).await;
    let (learner, other) = (town.learner(&alma), town.learner(&bo));
    let start = begin(&learner, "mejl").await;
    let question = start.question.clone().expect("a question").id;
    let right = Town::fields(&start, true);

    // In another person's attempt, or in one that is not there.
    let id = new_id::<AnswerId>();
    assert!(is_not_found(&other.submit_reply(id, start.attempt, question, right.clone()).await));
    assert!(is_not_found(&learner.submit_reply(id, new_id(), question, right.clone()).await));

    // A question that is not asked, or does not exist.
    let unknown =
        learner.submit_reply(id, start.attempt, new_id::<QuestionId>(), right.clone()).await;
    assert!(matches!(unknown, Err(ServiceError::Invalid { field: "question", .. })));

    // Options that do not exist, nothing at all, too much.
    for (fields, expected) in [
        (Fields::from([("only".into(), "99".into())]), Fault::UnknownOption),
        (Fields::new(), Fault::Empty),
        ((0..40).map(|at| (format!("o{at}"), "on".into())).collect(), Fault::TooLong),
        (Fields::from([("only".into(), "x".repeat(5_000))]), Fault::TooLong),
    ] {
        let result = learner.submit_reply(id, start.attempt, question, fields.clone()).await;
        let Err(ServiceError::Invalid { fault, .. }) = result else { panic!("{result:?}") };
        assert_eq!(fault, expected);
    }
    let untouched =
        learner.ladder("mejl", None, Locale::Sv).await.expect("a page").ladder.expect("a ladder");
    assert_eq!(untouched.rungs, start.rungs, "none of it was a miss");

    // Late: the rung has been climbed on another device meanwhile.
    let mut ladder = reply(&learner, &start, true).await.1;
    ladder = reply(&learner, &ladder, true).await.1;
    assert!(ladder.rungs[0].is_climbed());
    let before = total(&learner).await;
    let (late, after) =
        learner.submit_reply(id, start.attempt, question, right.clone()).await.expect("kept");
    assert_eq!((late.verdict.is_right, late.points, late.climbed_rung), (true, 0, None));
    assert_eq!(after.rungs, ladder.rungs);
    assert_eq!(total(&learner).await, before);

    // An id somebody else has used.
    let ladder = begin(&other, "mejl").await;
    let theirs = ladder.question.clone().expect("a question").id;
    let fields = Town::fields(&ladder, true);
    let taken = other.submit_reply(id, ladder.attempt, theirs, fields.clone()).await;
    assert!(matches!(taken, Err(ServiceError::IdTaken)), "{taken:?}");
});

story!(the_same_attempt_looks_the_same_everywhere, |town| {
    let town = town_with_lesson(town).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let phone = begin(&town.learner(&alma), "mejl").await;
    let tablet = town.learner(&alma).ladder("mejl", None, Locale::Sv).await.expect("a page");
    let tablet = tablet.ladder.expect("a ladder");
    assert_eq!((phone.question, phone.rungs), (tablet.question, tablet.rungs));
});

story!(a_refresher_gives_two_points_once_and_what_is_new_its_own, |town| {
    let town = town_with_lesson(town).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    see_all(&learner, "mejl").await;
    let (mut known, mut refreshed, mut due) = (BTreeSet::new(), BTreeSet::new(), 20);
    for round in 0..10 {
        let mut ladder = begin(&learner, "mejl").await;
        assert_eq!(ladder.is_refresher, round > 0);
        while !ladder.is_topped() {
            let question = ladder.question.as_ref().expect("asks something").id;
            let rung = ladder.rungs.iter().find(|rung| rung.is_current).expect("on one").number;
            let worth = if known.insert(question) {
                10 * u32::from(rung)
            } else if refreshed.insert(question) {
                2
            } else {
                0
            };
            let (outcome, after) = reply(&learner, &ladder, true).await;
            assert_eq!(outcome.points, worth, "round {round}");
            due += worth;
            ladder = after;
        }
    }
    assert_eq!(total(&learner).await, due);
    assert!(known.len() > 4, "more than one climb's questions have been met: {}", known.len());
});

story!(a_climb_has_an_end_to_its_replies, |town| {
    let town = town_with_lesson(town).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    let ladder = begin(&learner, "mejl").await;
    let question = ladder.question.as_ref().expect("asks something").id;
    let (right, wrong) = (Town::fields(&ladder, true), Town::fields(&ladder, false));
    for _ in 0..999 {
        let missed = learner.submit_reply(new_id(), ladder.attempt, question, wrong.clone()).await;
        assert!(!missed.expect("kept").0.verdict.is_right);
    }
    let last = learner.submit_reply(new_id(), ladder.attempt, question, right.clone()).await;
    assert!(last.expect("kept").0.verdict.is_right);
    let more = learner.submit_reply(new_id(), ladder.attempt, question, right).await;
    assert!(matches!(more, Err(ServiceError::Invalid { fault: Fault::TooLong, .. })), "{more:?}");
});

story!(what_became_of_a_reply_can_be_asked_again, |town| {
    let town = town_with_lesson(town).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    let ladder = begin(&learner, "mejl").await;
    let (outcome, _) = reply(&learner, &ladder, false).await;
    let page = learner.ladder("mejl", Some(outcome.answer), Locale::Sv).await.expect("a page");
    assert_eq!(page.outcome, Some(outcome));
    let page = learner.ladder("mejl", Some(new_id()), Locale::Sv).await.expect("a page");
    assert_eq!(page.outcome, None);
});
