//! What a learner was told is kept: answers survive `kill -9` in the middle of a flock of them.

use std::{
    collections::BTreeMap,
    env,
    sync::{Arc, Mutex},
    time::Duration,
};

use kvarten_bench::{Climber, Program};
use kvarten_entity::{Column, answer, points_entry};
use kvarten_service::Store;
use sea_orm::{
    ColumnTrait, ConnectionTrait, Database, DbBackend, EntityTrait, QueryFilter, Statement,
};
use uuid::Uuid;

const PEOPLE: usize = 16;
/// How many answers are acknowledged in each round before the end comes.
const ROUNDS: [usize; 4] = [5, 90, 170, 40];

/// Answers that were acknowledged, and the points told of with each.
type Acknowledged = Arc<Mutex<BTreeMap<Uuid, u32>>>;

/// Answers until the program is gone.
async fn answer_until_the_end(mut climber: Climber, told: Acknowledged) -> Climber {
    while let Ok(mut ladder) = climber.start().await {
        while !ladder.is_topped() {
            let Ok((outcome, after)) = climber.reply(&ladder).await else { return climber };
            told.lock().expect("nobody panics").insert(outcome.answer.key(), outcome.points);
            ladder = after;
        }
    }
    climber
}

/// Everything that was told is there, and the ledger holds what the answers say.
async fn assert_kept(store: &Store, told: &BTreeMap<Uuid, u32>) {
    let rows = answer::Entity::find().all(store.read()).await.expect("answers");
    let kept: BTreeMap<_, _> = rows.iter().map(|row| (row.id, row.points)).collect();
    for (id, points) in told {
        assert_eq!(kept.get(id), Some(&i32::try_from(*points).expect("few")), "{id} was told of");
    }
    // The demonstration's own past has points without replies: only those of this test count.
    let people: Vec<Uuid> =
        rows.iter().filter(|row| told.contains_key(&row.id)).map(|row| row.person_id).collect();
    let ledger = points_entry::Entity::find()
        .filter(points_entry::Column::Kind.ne("lesson"))
        .filter(points_entry::Column::PersonId.is_in(people.iter().copied()))
        .all(store.read())
        .await
        .expect("a ledger");
    let mut balance: BTreeMap<Uuid, i64> = people.iter().map(|person| (*person, 0)).collect();
    for row in rows {
        if let Some(sum) = balance.get_mut(&row.person_id) {
            *sum += i64::from(row.points);
        }
    }
    for row in ledger {
        *balance.entry(row.person_id).or_default() -= i64::from(row.points);
    }
    assert!(balance.values().all(|difference| *difference == 0), "{balance:?}");
    if store.backend() == DbBackend::Sqlite {
        let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check");
        let row = store.read().query_one_raw(check).await.expect("checked").expect("a row");
        assert_eq!(row.try_get_by_index::<String>(0).expect("a word"), "ok");
    }
}

async fn survive(database: Option<String>) {
    let file = env!("CARGO_BIN_EXE_kvarten");
    let mut program = Program::start_without_site(file, 400, database).await.expect("it starts");
    let mut climbers = Vec::with_capacity(PEOPLE);
    for number in 0..PEOPLE {
        let number = (20_101 + number).to_string();
        climbers.push(Climber::sign_in(program.address(), &number).await.expect("signed in"));
    }
    let told = Acknowledged::default();
    for answers in ROUNDS {
        let before = told.lock().expect("nobody panics").len();
        let answering: Vec<_> = climbers
            .drain(..)
            .map(|climber| tokio::spawn(answer_until_the_end(climber, Arc::clone(&told))))
            .collect();
        let acknowledged = async {
            while told.lock().expect("nobody panics").len() < before + answers {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), acknowledged).await.expect("they answer");
        program.kill().await.expect("it ran");
        for one in answering {
            climbers.push(one.await.expect("nobody panics"));
        }
        let store = Store::connect(program.database()).await.expect("a database");
        let told = told.lock().expect("nobody panics").clone();
        assert_kept(&store, &told).await;
        store.close().await;
        program.serve().await.expect("it starts again");
        // Signed in still, too.
        for climber in &mut climbers {
            climber.connect_again(program.address()).await.expect("a connection");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite() {
    survive(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres() {
    let server = env::var("KVARTEN_TEST_POSTGRES")
        .expect("KVARTEN_TEST_POSTGRES names a PostgreSQL server, or says `none`");
    if server == "none" {
        return;
    }
    let name = format!("kvarten_kill_{}", Uuid::now_v7().simple());
    let admin = Database::connect(&server).await.expect("the test server answers");
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
    let (host, _) = server.rsplit_once('/').expect("an address with a database");
    survive(Some(format!("{host}/{name}"))).await;
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    admin.execute_unprepared(&drop).await.expect("dropped");
}
