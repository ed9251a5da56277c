//! PostgreSQL: failed transactions, lost connections, conflicts, an unreachable server.

use std::time::{Duration, Instant};

use kvarten_domain::{Locale, bank::Filter};
use kvarten_entity::{Column, answer};
use kvarten_service::{Calendar, ServiceError, Services, Store, new_id};
use sea_orm::{
    ConnectionTrait, EntityTrait, Statement,
    sqlx::{Connection, Executor, PgConnection},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{
    ALONE,
    fault::{Fault, Kind},
    town::{NOON, On, Town, begin},
};

const PROFESSION: &str =
    "INSERT INTO professions VALUES (gen_random_uuid(), 'kock', 'kock', 'cook')";

/// The fault of the driver that `WriteTransaction::commit` works around. When this test fails, the
/// driver has been fixed.
#[tokio::test]
async fn sqlx_reports_success_for_a_rolled_back_commit() {
    let Some(town) = Town::on(On::Postgres).await else { return };
    let mut connection = PgConnection::connect(&town.url).await.expect("connects");
    let mut writing = connection.begin().await.expect("begins");
    writing.execute(PROFESSION).await.expect("written");
    writing.execute(PROFESSION).await.expect_err("there already");
    writing.commit().await.expect("PostgreSQL answers ROLLBACK; the driver reports success");
    let codes = town.operator().map_of_codes().await.expect("codes");
    assert!(!codes.professions.contains_key("kock"), "rolled back");
}

#[tokio::test]
async fn a_transaction_in_which_a_statement_failed_is_not_committed() {
    for on in [On::Sqlite, On::Postgres] {
        let Some(town) = Town::on(on).await else { continue };
        let store = town.services.store();
        let row = if on == On::Postgres {
            PROFESSION.to_owned()
        } else {
            PROFESSION.replace("gen_random_uuid()", "randomblob(16)")
        };
        let writing = store.begin().await.expect("begins");
        writing.execute_unprepared(&row).await.expect("written");
        drop(writing.execute_unprepared(&row).await.expect_err("there already"));
        let committed = writing.commit().await.map_err(ServiceError::from);
        assert!(
            matches!(committed, Err(ServiceError::Invalid { field: "code", .. })),
            "{on:?}: {committed:?}"
        );
        let codes = town.operator().map_of_codes().await.expect("codes");
        assert!(!codes.professions.contains_key("kock"), "{on:?}");
    }
}

#[tokio::test]
async fn a_connection_lost_before_the_commit_is_an_error_and_replaced() {
    let _alone = ALONE.lock().await;
    let Some(town) = Town::on(On::Postgres).await else { return };
    let store = town.services.store();
    let writing = store.begin().await.expect("begins");
    writing.execute_unprepared(PROFESSION).await.expect("written");
    let id = Statement::from_string(store.backend(), "SELECT pg_backend_pid() AS id");
    let id: i32 = writing
        .query_one_raw(id)
        .await
        .expect("told")
        .expect("a row")
        .try_get("", "id")
        .expect("an id");
    let end = format!("SELECT pg_terminate_backend({id})");
    store.read().execute_unprepared(&end).await.expect("ended");
    let committed = writing.commit().await.map_err(ServiceError::from);
    assert!(matches!(committed, Err(ServiceError::Unavailable(_))), "{committed:?}");
    let codes = town.operator().map_of_codes().await.expect("codes");
    assert!(!codes.professions.contains_key("kock"));
    for _ in 0..20 {
        store.begin().await.expect("begins").commit().await.expect("commits");
    }
    // All connections at once, as in a restart of the server.
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut outside = PgConnection::connect(&town.url).await.expect("connects");
    outside.execute(others).await.expect("ended");
    town.operator().create_profession("kock", "kock", "cook").await.expect("works again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conflicting_replies_are_retried() {
    let _alone = ALONE.lock().await;
    let Some(town) = Town::on(On::Postgres).await else { return };
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let ladder = begin(&town.learner(&alma), "mejl").await;
    let fault = Fault::of(&town, Kind::Conflict).await;
    fault.begin_for(2).await;
    let (outcome, _) = crate::town::reply(&town.learner(&alma), &ladder, true).await;
    fault.end().await;
    let kept = answer::Entity::find_by_id(outcome.answer.key());
    let kept = kept.one(town.services.store().read()).await.expect("read").expect("kept");
    assert_eq!(u32::try_from(kept.points), Ok(outcome.points));
    assert_eq!(crate::town::total(&town.learner(&alma)).await, outcome.points, "once");
}

/// A TCP proxy to the database that can be closed.
struct Proxy {
    url: String,
    carrying: JoinSet<()>,
}

impl Proxy {
    /// None where the database is not reached over TCP.
    async fn to(url: &str) -> Option<Self> {
        let (before, rest) = url.split_once('@')?;
        let (host, rest) = rest.split_once('/')?;
        let host = if host.contains(':') { host.to_owned() } else { format!("{host}:5432") };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let here = listener.local_addr().expect("an address");
        let mut carrying = JoinSet::new();
        carrying.spawn(async move {
            let mut carried = JoinSet::new();
            while let Ok((mut from, _)) = listener.accept().await {
                let mut to = TcpStream::connect(&host).await.expect("the test server answers");
                carried
                    .spawn(async move { copy_bidirectional(&mut from, &mut to).await.map(drop) });
            }
        });
        Some(Self { url: format!("{before}@{here}/{rest}"), carrying })
    }

    async fn close(&mut self) {
        self.carrying.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unavailable_database_fails_within_five_seconds() {
    let _alone = ALONE.lock().await;
    let Some(town) = Town::on(On::Postgres).await else { return };
    let town = town.with_unit("Solgläntan").await;
    town.publish("mejl", "outlook", 1).await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let Some(mut proxy) = Proxy::to(&town.url).await else { return };
    let store = Store::connect(&proxy.url).await.expect("connects");
    let calendar = Calendar::of("Europe/Stockholm").expect("a zone");
    let services = Services::new(store, calendar, "media".into());
    let learner = kvarten_service::learner::Learner::enter(&services, &alma, NOON).expect("may");
    learner.learn_page(&Filter::default(), Locale::Sv).await.expect("a page");
    proxy.close().await;
    let begun = Instant::now();
    let page = learner.learn_page(&Filter::default(), Locale::Sv).await.map(drop);
    assert!(matches!(page, Err(ServiceError::Unavailable(_))), "{page:?}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let begun = Instant::now();
    let started = learner.start_attempt("mejl", new_id()).await;
    assert!(matches!(started, Err(ServiceError::Unavailable(_))), "{started:?}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}
