//! Measures durable answers per second on SQLite. Ignored by default; run it with
//! `--run-ignored only --no-capture`.

use std::{sync::Arc, time::Instant};

use kvarten_domain::Locale;
use kvarten_service::SignedIn;

use crate::{
    ALONE,
    town::{On, Town},
};

const PEOPLE: usize = 300;
const ANSWERS: usize = 8;

async fn answer(town: Arc<Town>, who: SignedIn) -> usize {
    let learner = town.learner(&who);
    let page = learner.ladder("mejl", None, Locale::Sv).await.expect("a page");
    let mut ladder = page.ladder.expect("a ladder");
    let mut taken = 0;
    while taken < ANSWERS && !ladder.is_topped() {
        ladder = crate::town::reply(&learner, &ladder, false).await.1;
        taken += 1;
    }
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn answers_a_second() {
    let _alone = ALONE.lock().await;
    let town = Town::on(On::Sqlite).await.expect("SQLite is always there");
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let mut people = Vec::with_capacity(PEOPLE);
    for number in 0..PEOPLE {
        let person = town.staff(&format!("Person{number}"), "Solgläntan").await;
        people.push(town.signed_in(person).await);
    }
    let town = Arc::new(town);
    let begun = Instant::now();
    let beginning = people.iter().map(|who| {
        let (town, who) = (Arc::clone(&town), who.clone());
        tokio::spawn(async move {
            let id = kvarten_service::new_id();
            town.learner(&who).start_attempt("mejl", id).await.expect("begins");
        })
    });
    for one in beginning.collect::<Vec<_>>() {
        one.await.expect("begins");
    }
    println!("{PEOPLE} begin within {:?}", begun.elapsed());
    let begun = Instant::now();
    let answering: Vec<_> =
        people.iter().map(|who| tokio::spawn(answer(Arc::clone(&town), who.clone()))).collect();
    let mut taken = 0;
    for one in answering {
        taken += one.await.expect("nobody panics");
    }
    let seconds = begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let rate = taken as f64 / seconds;
    println!("{taken} answers, {rate:.0} a second");
    let begun = Instant::now();
    let one = answer(Arc::clone(&town), people[0].clone()).await;
    println!("{one} answers of one alone in {:?}", begun.elapsed());
}
