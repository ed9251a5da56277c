//! Replies in flocks and in any order: each is decided for itself, nothing is doubled or lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use kvarten_domain::{
    AnswerId, AttemptId, Fault, QuestionId,
    ladder::{LadderView, ReplyOutcome},
    reply::Fields,
};
use kvarten_service::{ServiceError, SignedIn, new_id};
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::{
    story,
    town::{Town, begin, join_all, total},
};

async fn town_with_people(town: Town, count: usize) -> (Town, Vec<SignedIn>) {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let mut people = Vec::with_capacity(count);
    for number in 0..count {
        let person = town.staff(&format!("Person{number}"), "Solgläntan").await;
        people.push(town.signed_in(person).await);
    }
    (town, people)
}

story!(a_flock_is_decided_each_for_itself, |town| {
    let (town, people) = town_with_people(town, 40).await;
    let mut ladders = Vec::new();
    for who in &people {
        ladders.push(begin(&town.learner(who), "mejl").await);
    }
    let shared = new_id::<AnswerId>();
    let right = |at: usize| Town::fields(&ladders[at], true);
    let asked = |at: usize| ladders[at].question.as_ref().expect("a question").id;
    let send = async |at: usize| {
        let learner = town.learner(&people[at]);
        let (own, fresh) = (ladders[at].attempt, new_id::<AnswerId>());
        match at {
            // In somebody else's climb; with a form that does not fit; with an id two others use.
            0 => learner.submit_reply(fresh, ladders[1].attempt, asked(1), right(1)).await,
            1 => learner.submit_reply(fresh, own, asked(1), Fields::new()).await,
            2 | 3 => learner.submit_reply(shared, own, asked(at), right(at)).await,
            _ => learner.submit_reply(fresh, own, asked(at), right(at)).await,
        }
    };
    let decided = join_all((0..people.len()).map(send)).await;
    assert!(matches!(decided[0], Err(ServiceError::NotFound)), "{:?}", decided[0]);
    let empty = Err::<(), _>(ServiceError::invalid("reply", Fault::Empty));
    assert_eq!(format!("{:?}", decided[1].as_ref().map(|_| ())), format!("{:?}", empty.as_ref()));
    let taken = decided[2..4].iter().filter(|one| matches!(one, Err(ServiceError::IdTaken)));
    assert_eq!(taken.count(), 1, "one of the two has the id");
    for (at, who) in people.iter().enumerate() {
        let told = decided[at].as_ref().map_or(0, |(outcome, _)| outcome.points);
        assert_eq!(total(&town.learner(who)).await, told, "person {at}");
        if at > 3 {
            assert_eq!(told, 10, "person {at}");
        }
    }
});

story!(who_hangs_up_takes_nobody_along, |town| {
    let (town, people) = town_with_people(town, 12).await;
    // The first writes for itself, the second for all who came meanwhile. The second and those after
    // it give up, a millisecond later each time, so that some time it is in the middle of writing.
    for patience in 0..12 {
        let mut ladders = Vec::new();
        for who in &people {
            ladders.push(begin(&town.learner(who), "mejl").await);
        }
        let send = async |at: usize| {
            let learner = town.learner(&people[at]);
            let (ladder, fields) = (&ladders[at], Town::fields(&ladders[at], true));
            let question = ladder.question.as_ref().expect("a question").id;
            let reply = learner.submit_reply(ladder.reply_id, ladder.attempt, question, fields);
            if (1..6).contains(&at) {
                drop(tokio::time::timeout(Duration::from_millis(patience), reply).await);
            } else {
                reply.await.expect("decided");
            }
        };
        join_all((0..people.len()).map(send)).await;
        // Sent again, as the script does: decided once.
        for (who, ladder) in people.iter().zip(&ladders) {
            let learner = town.learner(who);
            let before = ladder.rungs.iter().map(|rung| u32::from(rung.right)).sum::<u32>();
            let question = ladder.question.as_ref().expect("a question").id;
            let fields = Town::fields(ladder, true);
            let again = learner.submit_reply(ladder.reply_id, ladder.attempt, question, fields);
            let (_, after) = again.await.expect("decided");
            let right = after.rungs.iter().map(|rung| u32::from(rung.right)).sum::<u32>();
            assert_eq!(right, before + 1);
        }
    }
});

/// A reply as it was sent, and what it was told.
struct Told {
    id: AnswerId,
    attempt: AttemptId,
    question: QuestionId,
    fields: Fields,
    outcome: ReplyOutcome,
}

/// What a reply to the question asked now must earn.
fn due(
    ladder: &LadderView,
    is_right: bool,
    misses: &BTreeMap<(AttemptId, QuestionId), u32>,
    known: &mut BTreeSet<QuestionId>,
    refreshed: &mut BTreeSet<QuestionId>,
) -> u32 {
    let question = ladder.question.as_ref().expect("a question").id;
    if !is_right {
        return 0;
    }
    if !known.insert(question) {
        return if refreshed.insert(question) { 2 } else { 0 };
    }
    let rung = ladder.rungs.iter().find(|rung| rung.is_current).expect("stands on one").number;
    let per_rung = if misses.contains_key(&(ladder.attempt, question)) { 5 } else { 10 };
    per_rung * u32::from(rung)
}

// Right and wrong replies, the same ones again, late ones, and climbs begun anew, in any order:
// each reply earns what the rules say, and the ledger holds just that.
story!(no_order_of_replies_earns_twice_or_loses, |town| {
    let (town, people) = town_with_people(town, 8).await;
    for (seed, who) in people.iter().enumerate() {
        let mut chance = StdRng::seed_from_u64(seed as u64);
        let learner = town.learner(who);
        let mut ladder = begin(&learner, "mejl").await;
        let mut kept: Vec<Told> = Vec::new();
        let mut misses = BTreeMap::new();
        let (mut known, mut refreshed) = (BTreeSet::new(), BTreeSet::new());
        let mut sum = 0;
        for _ in 0..70 {
            let earlier = (!kept.is_empty()).then(|| chance.random_range(0..kept.len()));
            match (chance.random_range(0..10), earlier) {
                (0 | 1, Some(at)) => {
                    let Told { id, attempt, question, fields, outcome } = &kept[at];
                    let again =
                        learner.submit_reply(*id, *attempt, *question, fields.clone()).await;
                    assert_eq!(again.expect("decided").0, *outcome, "seed {seed}");
                }
                (2, Some(at)) if kept[at].outcome.verdict.is_right => {
                    let Told { attempt, question, fields, .. } = &kept[at];
                    let late = learner.submit_reply(new_id(), *attempt, *question, fields.clone());
                    assert_eq!(late.await.expect("decided").0.points, 0, "seed {seed}");
                }
                _ if ladder.is_topped() => ladder = begin(&learner, "mejl").await,
                (3, _) => drop(begin(&learner, "mejl").await),
                (chosen, _) => {
                    let is_right = chosen < 8;
                    let points = due(&ladder, is_right, &misses, &mut known, &mut refreshed);
                    let question = ladder.question.as_ref().expect("a question").id;
                    let (id, attempt) = (new_id::<AnswerId>(), ladder.attempt);
                    let fields = Town::fields(&ladder, is_right);
                    let sent = learner.submit_reply(id, attempt, question, fields.clone()).await;
                    let (outcome, after) = sent.expect("decided");
                    assert_eq!(outcome.points, points, "seed {seed}");
                    if !is_right {
                        *misses.entry((attempt, question)).or_insert(0) += 1;
                    }
                    sum += points;
                    kept.push(Told { id, attempt, question, fields, outcome });
                    ladder = after;
                }
            }
        }
        assert_eq!(total(&learner).await, sum, "seed {seed}");
        assert!(sum >= 40, "seed {seed} climbed: {sum}");
    }
});
