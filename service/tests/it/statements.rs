//! The number of statements a screen sends is the same whatever there is.

use kvarten_domain::{Date, Locale, bank::Filter, time::Period};
use kvarten_service::SignedIn;

use crate::{
    story,
    town::{NOON, Town, climb, see_all},
};

/// Statements per screen, as counted.
async fn counts(town: &Town, person: kvarten_domain::PersonId) -> Vec<(&'static str, usize)> {
    let who = SignedIn::find(&town.services, person, NOON).await.expect("works here");
    let learner = town.learner(&who);
    // What is kept in memory is warm.
    learner.step("mejl", 1).await.expect("there");
    learner.ladder("mejl", None, Locale::Sv).await.expect("there");
    town.counted();
    let mut counts = Vec::new();
    SignedIn::find(&town.services, person, NOON).await.expect("works here");
    counts.push(("signed in", town.counted()));
    learner.learn_page(&Filter::default(), Locale::Sv).await.expect("there");
    counts.push(("learn", town.counted()));
    learner.lesson("mejl").await.expect("there");
    counts.push(("lesson", town.counted()));
    learner.step("mejl", 1).await.expect("there");
    counts.push(("step", town.counted()));
    learner.ladder("mejl", None, Locale::Sv).await.expect("there");
    counts.push(("ladder", town.counted()));
    let then = Date { year: 2026, month: 11, day: 1 };
    learner.portrait(Some(then), Locale::Sv).await.expect("there");
    counts.push(("portrait", town.counted()));
    learner.system("outlook", Locale::Sv).await.expect("there");
    counts.push(("system", town.counted()));
    learner.assessment("outlook", None, Locale::Sv).await.expect("there");
    counts.push(("assessment", town.counted()));
    learner.looks(Locale::Sv).await.expect("there");
    counts.push(("looks", town.counted()));
    learner.points().await.expect("there");
    counts.push(("points", town.counted()));
    learner.leaderboard(Period::Year).await.expect("there");
    counts.push(("leaderboard", town.counted()));
    counts
}

story!(statements_do_not_grow_with_the_data, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let alma = town.staff("Alma", "Solgläntan").await;
    let who = town.signed_in(alma).await;
    let learner = town.learner(&who);
    see_all(&learner, "mejl").await;
    climb(&learner, "mejl").await;
    learner.join_leaderboard("Blåsippan").await.expect("joins");
    let small = counts(&town, alma).await;
    assert!(small.iter().all(|(_, count)| *count <= 12), "{small:?}");

    for at in 0..12 {
        let slug = format!("mer-{at}");
        town.publish(&slug, if at % 2 == 0 { "teams" } else { "outlook" }, 1 + at % 4).await;
        let other = town.signed_in(town.staff(&format!("Annan{at}"), "Solgläntan").await).await;
        let other = town.learner(&other);
        see_all(&other, "mejl").await;
        climb(&other, "mejl").await;
        other.join_leaderboard(&format!("Namn {at}")).await.expect("joins");
        see_all(&learner, &slug).await;
        climb(&learner, &slug).await;
    }
    assert_eq!(counts(&town, alma).await, small);
});
