//! Floods and those who get in in spite of them.

use super::*;

fn place(lane: Lane, network: &str, account: &str) -> Place {
    Place::new(lane, vec![network.to_owned(), account.to_owned()])
}

/// Lets everything that has been spawned begin to wait.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

type Served = Arc<Mutex<Vec<String>>>;

/// Waits, and writes down whose turn came, or `-` before the name where there is no place.
fn spawn(queue: &Queue, served: &Served, place: Place) -> tokio::task::JoinHandle<()> {
    let (queue, served) = (queue.clone(), Arc::clone(served));
    tokio::spawn(async move {
        let name = place.path.join("/");
        let turn = queue.wait(place).await;
        let sign = if turn.is_some() { "" } else { "-" };
        served.lock().expect("whole").push(format!("{sign}{name}"));
        tokio::task::yield_now().await;
    })
}

fn told(served: &Served) -> Vec<String> {
    served.lock().expect("whole").clone()
}

#[tokio::test]
async fn a_flood_from_one_address_waits_for_itself() {
    let (queue, served) = (Queue::default(), Served::default());
    let first = queue.wait(place(Lane::Ordinary, "a", "x")).await.expect("free");
    let mut all = Vec::new();
    for at in 0..200 {
        all.push(spawn(&queue, &served, place(Lane::Ordinary, "flood", &format!("{at}"))));
    }
    settle().await;
    all.push(spawn(&queue, &served, place(Lane::Ordinary, "other", "alma")));
    settle().await;
    drop(first);
    for one in all {
        one.await.expect("ends");
    }
    let at = told(&served).iter().position(|name| name == "other/alma").expect("served");
    assert!(at <= 1, "{at}");
}

#[tokio::test]
async fn a_flood_at_one_account_waits_for_itself() {
    let (queue, served) = (Queue::default(), Served::default());
    let first = queue.wait(place(Lane::Ordinary, "a", "x")).await.expect("free");
    let mut all = Vec::new();
    for _ in 0..300 {
        all.push(spawn(&queue, &served, place(Lane::Ordinary, "office", "mallory")));
    }
    settle().await;
    all.push(spawn(&queue, &served, place(Lane::Ordinary, "office", "alma")));
    settle().await;
    drop(first);
    for one in all {
        one.await.expect("ends");
    }
    let told = told(&served);
    assert_eq!(told.iter().filter(|name| *name == "office/alma").count(), 1);
    let turns: Vec<_> = told.iter().filter(|name| !name.starts_with('-')).collect();
    let at = turns.iter().position(|name| *name == "office/alma").expect("served");
    assert!(at <= 1, "{turns:?}");
    assert!(turns.len() <= 2 * MAX_PER_ACCOUNT + 1, "few places for an account: {turns:?}");
}

#[tokio::test]
async fn a_municipality_behind_one_address_gets_in() {
    let (queue, served) = (Queue::default(), Served::default());
    let first = queue.wait(place(Lane::Ordinary, "a", "x")).await.expect("free");
    let all: Vec<_> = (0..250)
        .map(|at| spawn(&queue, &served, place(Lane::Ordinary, "office", &format!("{at}"))))
        .collect();
    settle().await;
    drop(first);
    for one in all {
        one.await.expect("ends");
    }
    assert!(told(&served).iter().all(|name| !name.starts_with('-')));
}

#[tokio::test]
async fn known_devices_go_first_and_starve_none() {
    let (queue, served) = (Queue::default(), Served::default());
    let first = queue.wait(place(Lane::Ordinary, "a", "x")).await.expect("free");
    let mut all = Vec::new();
    for at in 0..40 {
        all.push(spawn(&queue, &served, place(Lane::Ordinary, "s", &format!("{at}"))));
        all.push(spawn(&queue, &served, place(Lane::Known, "k", &format!("{at}"))));
    }
    settle().await;
    drop(first);
    for one in all {
        one.await.expect("ends");
    }
    let told = told(&served);
    let early = &told[..20];
    let known = early.iter().filter(|name| name.starts_with('k')).count();
    assert!((11..=15).contains(&known), "{early:?}");
}

#[tokio::test]
async fn when_all_places_are_taken_the_largest_gives_way() {
    let (queue, served) = (Queue::default(), Served::default());
    let first = queue.wait(place(Lane::Ordinary, "a", "x")).await.expect("free");
    let mut all = Vec::new();
    for network in ["one", "two"] {
        for at in 0..MAX_PER_NETWORK {
            let place = place(Lane::Ordinary, network, &format!("{at}"));
            all.push(spawn(&queue, &served, place));
        }
    }
    settle().await;
    all.push(spawn(&queue, &served, place(Lane::Ordinary, "three", "alma")));
    all.push(spawn(&queue, &served, place(Lane::Known, "four", "bo")));
    settle().await;
    drop(first);
    for one in all {
        one.await.expect("ends");
    }
    let told = told(&served);
    assert!(told.contains(&"three/alma".to_owned()) && told.contains(&"four/bo".to_owned()));
    assert_eq!(told.iter().filter(|name| name.starts_with('-')).count(), 2);
}

#[tokio::test]
async fn right_passwords_count_too() {
    let queue = Queue::default();
    for _ in 0..20 {
        drop(queue.wait(place(Lane::Known, "office", "mallory")).await.expect("free"));
    }
    let served = Served::default();
    let first = queue.wait(place(Lane::Ordinary, "a", "x")).await.expect("free");
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(spawn(&queue, &served, place(Lane::Known, "office", "mallory")));
    }
    settle().await;
    for name in ["alma", "bo", "cia"] {
        all.push(spawn(&queue, &served, place(Lane::Ordinary, "office", name)));
    }
    settle().await;
    drop(first);
    for one in all {
        one.await.expect("ends");
    }
    let others = told(&served).iter().rposition(|name| !name.contains("mallory"));
    assert!(others.expect("served") <= 3, "{:?}", told(&served));
}

#[tokio::test]
async fn hanging_up_frees_the_place_and_passes_the_turn_on() {
    let (queue, served) = (Queue::default(), Served::default());
    let first = queue.wait(place(Lane::Ordinary, "a", "x")).await.expect("free");
    let gone: Vec<_> = (0..MAX_PER_ACCOUNT)
        .map(|_| spawn(&queue, &served, place(Lane::Ordinary, "a", "alma")))
        .collect();
    settle().await;
    for one in gone {
        one.abort();
    }
    settle().await;
    let one = spawn(&queue, &served, place(Lane::Ordinary, "a", "alma"));
    settle().await;
    drop(first);
    one.await.expect("ends");
    assert_eq!(told(&served), ["a/alma"]);
    drop(queue.wait(place(Lane::Ordinary, "b", "y")).await.expect("free again"));
}
