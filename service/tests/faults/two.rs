//! Two processes that write the same at the same time, on both databases: one succeeds, the other
//! gets a fault with words.

use kvarten_domain::{Fault, Role, unit::UnitKind};
use kvarten_entity::{lesson_version, unit};
use kvarten_service::{
    Calendar, ServiceError, Services, SignedIn, Store,
    learner::Learner,
    map::{ProgramEdit, SystemEdit},
    new_id,
    operator::Operator,
};
use rstest::rstest;
use sea_orm::EntityTrait;

use crate::{
    ALONE,
    town::{NOON, On, Town, draft, join_all},
};

/// The number of concurrent requests.
const MANY: usize = 6;

/// A town, and a second process on its database.
async fn both(on: On) -> Option<(Town, Services)> {
    let town = Town::on(on).await?.with_unit("Solgläntan").await;
    let store = Store::connect(&town.url).await.expect("connects");
    let calendar = Calendar::of("Europe/Stockholm").expect("a zone");
    Some((town, Services::new(store, calendar, "media".into())))
}

/// Runs concurrent requests, alternating between the processes, and returns their results.
async fn at_once<T, F>(
    town: &Town,
    other: &Services,
    work: impl Fn(Services, usize) -> F,
) -> Vec<Result<T, ServiceError>>
where
    T: Send + 'static,
    F: Future<Output = Result<T, ServiceError>> + Send + 'static,
{
    let tasks = (0..MANY).map(|at| {
        let services = if at % 2 == 0 { &town.services } else { other };
        tokio::spawn(work(services.clone(), at))
    });
    let tasks: Vec<_> = tasks.collect();
    join_all(tasks.into_iter()).await.into_iter().map(|one| one.expect("nobody panics")).collect()
}

/// Asserts that one succeeded and all others got `Fault::Taken` on a field.
fn assert_one<T>(what: &str, field: &str, done: &[Result<T, ServiceError>]) {
    let (mut kept, mut taken) = (0, 0);
    for one in done {
        match one {
            Ok(_) => kept += 1,
            Err(ServiceError::Invalid { field: which, fault: Fault::Taken }) if *which == field => {
                taken += 1;
            }
            Err(error) => panic!("{what}: {error:?}"),
        }
    }
    assert_eq!((kept, taken), (1, MANY - 1), "{what}");
}

#[rstest]
#[case::sqlite(On::Sqlite)]
#[case::postgres(On::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_duplicates_get_a_fault(#[case] on: On) {
    let _alone = ALONE.lock().await;
    let Some((town, other)) = both(on).await else { return };
    for round in 0..4 {
        let hired = at_once(&town, &other, move |services, at| async move {
            let mut new = Town::new_person(&format!("Alma{round}{at}"), "Solgläntan");
            new.employee_number = format!("7{round}");
            Operator::enter(&services, NOON).create_person(&new).await
        });
        assert_one("employee number", "employee_number", &hired.await);
        let hired = at_once(&town, &other, move |services, at| async move {
            let mut new = Town::new_person(&format!("Bo{round}{at}"), "Solgläntan");
            new.employee_number = format!("8{round}{at}");
            new.email = Some(format!("bo{round}@lindvike.example"));
            Operator::enter(&services, NOON).create_person(&new).await
        });
        assert_one("e-mail", "email", &hired.await);
        let made = at_once(&town, &other, move |services, _| async move {
            let code = format!("kock{round}");
            Operator::enter(&services, NOON).create_profession(&code, "kock", "cook").await
        });
        assert_one("profession", "code", &made.await);
        let made = at_once(&town, &other, move |services, _| async move {
            let edit = SystemEdit { name: format!("Excel {round}"), ..SystemEdit::default() };
            Operator::enter(&services, NOON).map().create_system(new_id(), &edit).await
        });
        assert_one("system", "name", &made.await);
    }
}

#[rstest]
#[case::sqlite(On::Sqlite)]
#[case::postgres(On::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_names_are_taken_once(#[case] on: On) {
    let _alone = ALONE.lock().await;
    let Some((town, other)) = both(on).await else { return };
    town.publish("mejl", "outlook", 1).await;
    let mut people: Vec<SignedIn> = Vec::new();
    for at in 0..MANY {
        people.push(town.signed_in(town.staff(&format!("P{at}"), "Solgläntan").await).await);
    }
    let vera = town.signed_in(town.person_at_root("Vera", Role::Administrator).await).await;
    let administrator =
        kvarten_service::administrator::Administrator::enter(&town.services, &vera, NOON);
    let lessons = administrator.expect("may").lessons_named(&["mejl"]).await.expect("lessons");
    for round in 0..4 {
        let joined = at_once(&town, &other, |services, at| {
            let who = people[at].clone();
            async move {
                let learner = Learner::enter(&services, &who, NOON).expect("may learn");
                learner.join_leaderboard(&format!("Solstrålen {round}")).await
            }
        });
        assert_one("alias", "alias", &joined.await);
        let made = at_once(&town, &other, |services, _| {
            let edit = ProgramEdit {
                id: new_id(),
                seen: 0,
                name: format!("Ny här {round}"),
                about: "De första veckorna".into(),
                profession: None,
                lessons: lessons.clone(),
                is_ended: false,
            };
            async move { Operator::enter(&services, NOON).map().set_program(&edit).await }
        });
        assert_one("program", "name", &made.await);
    }
}

#[rstest]
#[case::sqlite(On::Sqlite)]
#[case::postgres(On::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_idempotent_writes_succeed(#[case] on: On) {
    let _alone = ALONE.lock().await;
    let Some((town, other)) = both(on).await else { return };
    let published = at_once(&town, &other, |services, _| async move {
        let operator = Operator::enter(&services, NOON);
        operator.publish_lesson(&draft("mejl", "outlook", 1), &|_: &str| None).await
    });
    for one in published.await {
        one.expect("every publication succeeds");
    }
    let versions = lesson_version::Entity::find().all(town.services.store().read()).await;
    assert_eq!(versions.expect("rows").len(), MANY);
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let begun = at_once(&town, &other, |services, _| {
        let who = alma.clone();
        async move {
            let learner = Learner::enter(&services, &who, NOON).expect("may learn");
            learner.choose_mail(false).await?;
            learner.start_attempt("mejl", new_id()).await
        }
    });
    for one in begun.await {
        one.expect("one attempt, started by either");
    }
}

#[rstest]
#[case::sqlite(On::Sqlite)]
#[case::postgres(On::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_municipalities_are_created_once(#[case] on: On) {
    let _alone = ALONE.lock().await;
    let Some(bare) = crate::town::Bare::on(on).await else { return };
    bare.store.migrate().await.expect("migrates");
    let calendar = Calendar::of("Europe/Stockholm").expect("a zone");
    let other = Store::connect(&bare.url).await.expect("connects");
    let both = [bare.store.clone(), other]
        .map(|store| Services::new(store, calendar.clone(), "media".into()));
    let made = (0..MANY).map(|at| {
        let services = both[at % 2].clone();
        async move {
            let operator = Operator::enter(&services, NOON);
            operator.create_unit("Lindvike", UnitKind::Municipality, None).await
        }
    });
    assert_one("municipality", "municipality", &join_all(made).await);
    let units = unit::Entity::find().all(bare.store.read()).await.expect("rows");
    assert_eq!(units.len(), 1);
}
