//! Leaderboards: units per person, individuals by choice.

use kvarten_domain::{Fault, time::Period};
use kvarten_service::{ServiceError, SignedIn, operator::Operator};

use crate::{
    story,
    town::{NOON, Town, climb},
};

async fn crew(town: &Town, unit: &str, count: usize) -> Vec<SignedIn> {
    let mut crew = Vec::new();
    for at in 0..count {
        let person = town.staff(&format!("{unit}{at}"), unit).await;
        crew.push(town.signed_in(person).await);
    }
    crew
}

story!(units_are_compared_per_person_and_small_ones_withheld, |town| {
    let town =
        town.with_unit("Solgläntan").await.with_unit("Björken").await.with_unit("Ankaret").await;
    town.publish("mejl", "outlook", 1).await;
    let five = crew(&town, "Solgläntan", 5).await;
    let ten = crew(&town, "Björken", 10).await;
    let four = crew(&town, "Ankaret", 4).await;
    for person in [&five[0], &ten[0], &four[0]] {
        climb(&town.learner(person), "mejl").await;
    }
    let board = town.learner(&five[0]).leaderboard(Period::Week).await.expect("a board");
    let lines: Vec<_> = board
        .units
        .iter()
        .map(|unit| (unit.place, unit.name.as_str(), unit.per_person_tenths, unit.is_mine))
        .collect();
    // 60 points each: the climb without the steps.
    assert_eq!(lines, [(1, "Solgläntan", 120, true), (2, "Björken", 60, false)]);
    let small = town.learner(&four[0]).leaderboard(Period::Week).await.expect("a board");
    assert!(small.is_my_unit_small && small.units.iter().all(|unit| !unit.is_mine));

    // A week later it is the past.
    let later = NOON.plus_seconds(7 * 86_400);
    let board = town.learner_at(&five[0], later).leaderboard(Period::Week).await.expect("a board");
    let mine = board.units.iter().find(|unit| unit.is_mine).expect("listed");
    assert_eq!((mine.per_person_tenths, mine.before_tenths), (0, Some(120)));
    let board = town.learner_at(&five[0], later).leaderboard(Period::Year).await.expect("a board");
    assert_eq!(board.units[0].per_person_tenths, 120);
});

story!(what_few_have_earned_stays_withheld_when_others_join, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let one = crew(&town, "Solgläntan", 1).await;
    climb(&town.learner(&one[0]), "mejl").await;
    let later = NOON.plus_seconds(7 * 86_400);
    let operator = Operator::enter(&town.services, later);
    for name in ["Bo", "Cia", "Disa", "Emil"] {
        operator.create_person(&Town::new_person(name, "Solgläntan")).await.expect("joins");
    }
    let learner = town.learner_at(&one[0], later);
    let board = learner.leaderboard(Period::Week).await.expect("a board");
    let mine = board.units.iter().find(|unit| unit.is_mine).expect("listed");
    assert_eq!((mine.per_person_tenths, mine.before_tenths), (0, None));
});

story!(whoever_leaves_the_job_leaves_the_board, |town| {
    let town = town.with_unit("Solgläntan").await;
    let crew = crew(&town, "Solgläntan", 5).await;
    let (alma, bo) = (town.learner(&crew[0]), town.learner(&crew[1]));
    alma.join_leaderboard("Blåsippan").await.expect("joins");
    bo.join_leaderboard("Ture").await.expect("joins");
    town.operator().end_employment(crew[1].id()).await.expect("leaves");
    let board = alma.leaderboard(Period::Month).await.expect("a board");
    let names: Vec<_> = board.around.iter().map(|person| person.alias.as_str()).collect();
    assert_eq!(names, ["Blåsippan"]);
});

story!(individuals_take_part_by_choice_and_leave_at_once, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let crew = crew(&town, "Solgläntan", 5).await;
    let (alma, bo, outsider) =
        (town.learner(&crew[0]), town.learner(&crew[1]), town.learner(&crew[2]));
    climb(&alma, "mejl").await;
    alma.join_leaderboard("Blåsippan").await.expect("joins");
    bo.join_leaderboard("Ture").await.expect("joins");
    let taken = bo.join_leaderboard("  blåSIPPAN ").await;
    assert!(matches!(taken, Err(ServiceError::Invalid { fault: Fault::Taken, .. })));
    let board = alma.leaderboard(Period::Month).await.expect("a board");
    let lines: Vec<_> =
        board.around.iter().map(|p| (p.place, p.alias.as_str(), p.points, p.is_me)).collect();
    assert_eq!(lines, [(1, "Blåsippan", 60, true), (2, "Ture", 0, false)]);
    let board = outsider.leaderboard(Period::Month).await.expect("a board");
    assert!(board.around.is_empty() && board.alias.is_none(), "whoever stands outside sees nobody");
    bo.leave_leaderboard().await.expect("leaves");
    let board = alma.leaderboard(Period::Month).await.expect("a board");
    assert_eq!(board.around.len(), 1, "gone at once");
    alma.join_leaderboard("Tussilago").await.expect("changes the name");
    let board = alma.leaderboard(Period::Month).await.expect("a board");
    assert_eq!(board.alias.as_deref(), Some("Tussilago"));
});
