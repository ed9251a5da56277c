//! Leaderboards: units per person, individuals by choice. What can be computed from them, and by whom.

use kvarten_domain::{
    Fault, Role, Timestamp,
    leaderboard::{Leaderboard, MyUnit},
    time::Period,
};
use kvarten_service::{ServiceError, SignedIn, operator::Operator, privacy};

use crate::{
    story,
    town::{NOON, Town, climb},
};

const DAY: i64 = 86_400;

fn days(count: i64) -> Timestamp {
    NOON.plus_seconds(count * DAY)
}

impl Town {
    async fn crew(&self, unit: &str, count: usize) -> Vec<SignedIn> {
        let mut crew = Vec::new();
        for at in 0..count {
            let person = self.staff(&format!("{unit}{at}"), unit).await;
            crew.push(self.signed_in(person).await);
        }
        crew
    }

    async fn board(&self, who: &SignedIn, period: Period, now: Timestamp) -> Leaderboard {
        self.learner_at(who, now).leaderboard(period).await.expect("a board")
    }
}

/// Name, tenths of points per person in the period and in the one before.
fn lines(board: &Leaderboard) -> Vec<(&str, u32, Option<u32>)> {
    let units = board.units.iter();
    units.map(|unit| (unit.name.as_str(), unit.per_person_tenths, unit.before_tenths)).collect()
}

story!(units_are_compared_per_person_once_six_have_earned_points, |town| {
    let town =
        town.with_unit("Solgläntan").await.with_unit("Björken").await.with_unit("Eken").await;
    town.publish("mejl", "outlook", 1).await;
    let six = town.crew("Solgläntan", 6).await;
    let ten = town.crew("Björken", 10).await;
    let five = town.crew("Eken", 5).await;
    for person in six.iter().chain(&five).chain(&ten[..5]) {
        climb(&town.learner_at(person, days(1)), "mejl").await;
    }
    town.refresh(days(1)).await;
    assert!(lines(&town.board(&six[0], Period::Month, days(1)).await).is_empty(), "not yet over");
    town.refresh(days(2)).await;
    // 60 points each: the climb without the steps. Of ten only five have earned any; five are too few.
    let board = town.board(&six[0], Period::Month, days(2)).await;
    assert_eq!(lines(&board), [("Solgläntan", 600, None)]);
    assert_eq!((board.units[0].place, board.my_unit), (1, MyUnit::Listed));
    assert_eq!(town.board(&ten[0], Period::Month, days(2)).await.my_unit, MyUnit::Waiting);
    assert_eq!(town.board(&five[0], Period::Month, days(2)).await.my_unit, MyUnit::Small);
    // The sixth makes it a step, with all that has waited.
    climb(&town.learner_at(&ten[5], days(2)), "mejl").await;
    town.refresh(days(3)).await;
    let board = town.board(&six[0], Period::Month, days(3)).await;
    assert_eq!(lines(&board), [("Solgläntan", 600, None), ("Björken", 360, None)]);
    assert_eq!(board.average_tenths, Some(450), "720 points among 16");

    // A month later it is the past; in the year it is still counted.
    let board = town.board(&six[0], Period::Month, days(20)).await;
    assert!(lines(&board).is_empty(), "nothing yet this month");
    let board = town.board(&six[0], Period::Year, days(20)).await;
    assert_eq!(lines(&board), [("Solgläntan", 600, None), ("Björken", 360, None)]);
    town.refresh(days(3)).await;
    assert_eq!(lines(&town.board(&six[0], Period::Year, days(20)).await).len(), 2, "done twice");
});

story!(what_one_has_earned_alone_is_never_published, |town| {
    let town = town.with_unit("Solgläntan").await;
    for slug in ["mejl", "mapp"] {
        town.publish(slug, "outlook", 1).await;
    }
    let alone = town.crew("Solgläntan", 1).await;
    climb(&town.learner_at(&alone[0], days(1)), "mejl").await;
    let operator = Operator::enter(&town.services, days(2));
    let mut others = Vec::new();
    for name in ["Bo", "Cia", "Disa", "Emil", "Fia"] {
        let id = operator.create_person(&Town::new_person(name, "Solgläntan")).await;
        let who = SignedIn::find(&town.services, id.expect("joins"), days(3)).await;
        others.push(who.expect("works here"));
    }
    for day in 2..4 {
        town.refresh(days(day)).await;
        let board = town.board(&alone[0], Period::Year, days(day)).await;
        assert!(board.units.is_empty(), "{day}");
    }
    for person in others.iter().chain(&alone) {
        climb(&town.learner_at(person, days(4)), "mapp").await;
    }
    town.refresh(days(5)).await;
    // 60 points each among six: what she had earned before is not in it.
    let board = town.board(&alone[0], Period::Year, days(5)).await;
    assert_eq!(lines(&board), [("Solgläntan", 600, None)]);
});

story!(looks_before_and_after_show_whole_steps_alone, |town| {
    let town = town.with_unit("Solgläntan").await;
    for slug in ["mejl", "mapp", "chatt"] {
        town.publish(slug, "outlook", 1).await;
    }
    let crew = town.crew("Solgläntan", 8).await;
    let reader = &crew[7];
    for person in &crew[..6] {
        climb(&town.learner_at(person, days(1)), "mejl").await;
    }
    town.refresh(days(2)).await;
    let total = async |day: i64, people: u32| {
        town.refresh(days(day)).await;
        let board = town.board(reader, Period::Year, days(day)).await;
        (board.units[0].per_person_tenths * people + 5) / 10
    };
    assert_eq!(total(2, 8).await, 360);
    // One earns, one leaves, one is erased, one moves: nothing shows but how many work here.
    climb(&town.learner_at(&crew[0], days(2)), "mapp").await;
    assert_eq!(total(3, 8).await, 360, "of one day of one person nothing is told");
    let operator = Operator::enter(&town.services, days(3));
    operator.end_employment(crew[1].id()).await.expect("leaves");
    assert_eq!(total(4, 7).await, 360);
    privacy::erase(&town.services, crew[1].id()).await.expect("erased");
    privacy::erase(&town.services, crew[0].id()).await.expect("erased");
    assert_eq!(total(5, 6).await, 360);
    // What the erased had earned and was not published yet waits with the rest, for six others.
    for person in &crew[2..7] {
        climb(&town.learner_at(person, days(5)), "mapp").await;
    }
    assert_eq!(total(6, 6).await, 360);
    climb(&town.learner_at(reader, days(6)), "chatt").await;
    assert_eq!(total(7, 6).await, 360 + 60 + 6 * 60);
    // Five left: the unit is not listed; six again: the same as before.
    let operator = Operator::enter(&town.services, days(7));
    operator.end_employment(crew[2].id()).await.expect("leaves");
    town.refresh(days(8)).await;
    assert!(town.board(reader, Period::Year, days(8)).await.units.is_empty());
    let operator = Operator::enter(&town.services, days(8));
    operator
        .employ_again(crew[2].id(), "Solgläntan", "underskoterska", &[Role::Staff])
        .await
        .expect("comes back");
    assert_eq!(total(9, 6).await, 780);
});

story!(what_others_have_learned_leaves_no_trace_on_the_board, |town| {
    let town = town.with_unit("Solgläntan").await.with_unit("Björken").await;
    let lessons = ["mejl", "mapp", "chatt"];
    for slug in lessons {
        town.publish(slug, "outlook", 1).await;
    }
    let names = ["Blåsippan", "Ture", "Tussilago", "Vitsippan", "Ängsviol", "Åskan", "Örnen"];
    let crew = town.crew("Solgläntan", 4).await;
    let others = town.crew("Björken", 3).await;
    let everybody: Vec<&SignedIn> = crew.iter().chain(&others).collect();
    for (who, name) in everybody.iter().zip(names) {
        town.learner(who).join_leaderboard(name).await.expect("joins");
    }
    let seen = async || {
        let mut seen = Vec::new();
        for who in &everybody {
            for period in Period::ALL {
                let board = town.board(who, period, days(1)).await;
                seen.push((board.around, board.participants, board.alias));
            }
        }
        seen
    };
    let before = seen().await;
    assert_eq!(before[0].1, 7);
    // The board does not change with what the others learn: to tie a name to a colleague is a guess.
    for (at, who) in everybody.iter().enumerate() {
        for slug in lessons.iter().take(at % 4) {
            climb(&town.learner_at(who, days(1)), slug).await;
        }
        town.refresh(days(2)).await;
        assert_eq!(seen().await, before, "{at}");
    }
    let text = format!("{before:?}");
    assert!(!text.contains("points"), "{text}");
});

story!(whoever_leaves_the_job_leaves_the_board, |town| {
    let town = town.with_unit("Solgläntan").await;
    let crew = town.crew("Solgläntan", 5).await;
    let (alma, bo) = (town.learner(&crew[0]), town.learner(&crew[1]));
    alma.join_leaderboard("Blåsippan").await.expect("joins");
    bo.join_leaderboard("Ture").await.expect("joins");
    town.operator().end_employment(crew[1].id()).await.expect("leaves");
    let board = alma.leaderboard(Period::Month).await.expect("a board");
    let names: Vec<_> = board.around.iter().map(|person| person.alias.as_str()).collect();
    assert_eq!((names.as_slice(), board.participants), (&["Blåsippan"][..], 1));
});

story!(individuals_take_part_by_choice_and_leave_at_once, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let crew = town.crew("Solgläntan", 10).await;
    let (alma, bo, outsider) =
        (town.learner(&crew[0]), town.learner(&crew[1]), town.learner(&crew[2]));
    climb(&alma, "mejl").await;
    alma.join_leaderboard("Blåsippan").await.expect("joins");
    bo.join_leaderboard("Ture").await.expect("joins");
    let taken = bo.join_leaderboard("  blåSIPPAN ").await;
    assert!(matches!(taken, Err(ServiceError::Invalid { fault: Fault::Taken, .. })));
    let around = |board: &Leaderboard| -> Vec<(String, bool)> {
        board.around.iter().map(|person| (person.alias.clone(), person.is_me)).collect()
    };
    let board = alma.leaderboard(Period::Month).await.expect("a board");
    assert_eq!(around(&board), [("Blåsippan".into(), true), ("Ture".into(), false)]);
    let board = outsider.leaderboard(Period::Month).await.expect("a board");
    assert!(board.around.is_empty() && board.alias.is_none(), "no part, no names");
    assert_eq!(board.participants, 0);
    bo.leave_leaderboard().await.expect("leaves");
    let board = alma.leaderboard(Period::Month).await.expect("a board");
    assert_eq!(board.around.len(), 1, "gone at once");
    alma.join_leaderboard("Tussilago").await.expect("changes the name");
    let board = alma.leaderboard(Period::Month).await.expect("a board");
    assert_eq!(board.alias.as_deref(), Some("Tussilago"));

    // Of many, three on each side in the alphabet.
    for (at, who) in crew[1..].iter().enumerate() {
        let name = format!("{} blad", ["a", "b", "c", "d", "u", "v", "w", "x", "y"][at]);
        town.learner(who).join_leaderboard(&name).await.expect("joins");
    }
    let board = alma.leaderboard(Period::Month).await.expect("a board");
    let names: Vec<_> = around(&board).into_iter().map(|(name, _)| name).collect();
    let nearest = ["b blad", "c blad", "d blad", "Tussilago", "u blad", "v blad", "w blad"];
    assert_eq!((names.as_slice(), board.participants), (&nearest.map(String::from)[..], 10));
});
