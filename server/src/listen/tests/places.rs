//! Who gets a place.

use super::*;

#[tokio::test]
async fn one_address_leaves_room_for_another() {
    let place = open(Limits { head: PATIENCE, slow: PATIENCE, ..limits(20) }).await;
    let mut stalled = Vec::new();
    for _ in 0..40 {
        let mut stream = place.connect().await;
        let _ = stream.write_all(b"GET / HTTP/1.1\r\n").await;
        stalled.push(stream);
    }
    let mut mine = place.connect().await;
    let _ = mine.write_all(b"GET / HTTP/1.1\r\nHost: kvarten.test\r\n\r\n").await;
    assert!(!is_answered(&mut mine, "here").await, "it has its share");
    for last in 2..6 {
        let mut other = place.connect_from(last).await;
        ask(&mut other, "/").await;
        assert!(is_answered(&mut other, "here").await, "127.0.0.{last}");
    }
}

#[tokio::test]
async fn slow_heads_make_room_for_their_neighbours() {
    let place = open(Limits { head: PATIENCE, ..limits(20) }).await;
    let mut stalled = Vec::new();
    for _ in 0..10 {
        let mut stream = place.connect().await;
        stream.write_all(b"GET / HTTP/1.1\r\n").await.expect("sent");
        stalled.push(stream);
    }
    sleep(Duration::from_millis(300)).await;
    let mut mine = place.connect().await;
    ask(&mut mine, "/").await;
    assert!(is_answered(&mut mine, "here").await);
}

#[tokio::test]
async fn slow_bodies_make_room_for_their_neighbours() {
    let place = open(limits(20)).await;
    let mut stalled = Vec::new();
    for _ in 0..10 {
        let mut stream = place.connect().await;
        let head = b"POST /take HTTP/1.1\r\nHost: kvarten.test\r\nContent-Length: 9\r\n\r\n";
        stream.write_all(head).await.expect("sent");
        stalled.push(stream);
    }
    sleep(Duration::from_millis(300)).await;
    let mut mine = place.connect().await;
    ask(&mut mine, "/").await;
    assert!(is_answered(&mut mine, "here").await);
}

#[tokio::test]
async fn idle_connections_make_room_for_their_neighbours() {
    let place = open(Limits { idle: PATIENCE, ..limits(20) }).await;
    let mut idle = Vec::new();
    for number in 0..100 {
        let mut stream = place.connect().await;
        ask(&mut stream, "/").await;
        assert!(is_answered(&mut stream, "here").await, "{number}");
        idle.push(stream);
    }
}

#[tokio::test]
async fn work_is_never_given_up_for_others() {
    let place = open(limits(20)).await;
    let mut working = Vec::new();
    for _ in 0..8 {
        let mut stream = place.connect().await;
        ask(&mut stream, "/slow").await;
        working.push(stream);
    }
    sleep(Duration::from_millis(200)).await;
    for last in [1, 2, 3] {
        for _ in 0..20 {
            drop(place.connect_from(last).await);
        }
    }
    for stream in &mut working {
        assert!(is_answered(stream, "done").await);
    }
}
