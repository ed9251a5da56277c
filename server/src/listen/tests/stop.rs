//! How it ends.

use super::*;

#[tokio::test]
async fn the_stop_waits_for_work_and_for_nothing_else() {
    let place = open(Limits { head: PATIENCE, idle: PATIENCE, ..limits(20) }).await;
    let (mut working, mut idle) = (place.connect().await, place.connect().await);
    let (mut begun, _silent) = (place.connect().await, place.connect().await);
    begun.write_all(b"GET / HTTP/1.1\r\n").await.expect("sent");
    ask(&mut idle, "/").await;
    assert!(is_answered(&mut idle, "here").await);
    ask(&mut working, "/slow").await;
    sleep(Duration::from_millis(100)).await;
    place.stop.send_replace(true);
    assert!(closed_after(&mut idle).await < Duration::from_secs(1));
    assert!(is_answered(&mut working, "done").await);
    let ended = timeout(Duration::from_secs(2), place.listening).await.expect("it stops");
    assert!(ended.expect("no panic"), "everything was answered");
    assert!(TcpStream::connect(place.address).await.is_err());
}

#[tokio::test]
async fn the_stop_does_not_wait_for_ever() {
    let place = open(limits(20)).await;
    let mut working = place.connect().await;
    ask(&mut working, "/never").await;
    sleep(Duration::from_millis(100)).await;
    place.stop.send_replace(true);
    let ended = timeout(PATIENCE, place.listening).await.expect("it stops");
    assert!(!ended.expect("no panic"), "something was not answered");
    assert!(!is_answered(&mut working, "done").await);
}
