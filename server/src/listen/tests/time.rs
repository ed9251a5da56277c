//! What takes too long.

use rstest::rstest;

use super::*;

#[rstest]
#[case::silent("")]
#[case::begun("GET / HTTP/1.1\r\nHost: kvarten.test\r\n")]
#[case::after_an_answer("GET / HTTP/1.1\r\nHost: kvarten.test\r\n\r\nGET / HTTP/1.1\r\n")]
#[tokio::test]
async fn a_head_has_its_time(#[case] sent: &str) {
    let place = open(limits(20)).await;
    let mut stream = place.connect().await;
    stream.write_all(sent.as_bytes()).await.expect("sent");
    let after = closed_after(&mut stream).await;
    assert!(after >= HEAD / 2, "{after:?}");
}

#[tokio::test]
async fn a_head_that_trickles_has_no_more() {
    let place = open(limits(20)).await;
    let mut stream = place.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\n").await.expect("sent");
    let begun = Instant::now();
    while stream.write_all(b"x: y\r\n").await.is_ok() {
        sleep(Duration::from_millis(40)).await;
        assert!(begun.elapsed() < PATIENCE);
    }
}

#[tokio::test]
async fn between_two_requests_there_is_more_time() {
    let place = open(limits(20)).await;
    let mut stream = place.connect().await;
    for _ in 0..2 {
        ask(&mut stream, "/").await;
        assert!(is_answered(&mut stream, "here").await);
        sleep(HEAD + Duration::from_millis(100)).await;
    }
    closed_after(&mut stream).await;
}

#[tokio::test]
async fn what_takes_long_to_answer_is_waited_for() {
    let place = open(limits(20)).await;
    let mut stream = place.connect().await;
    ask(&mut stream, "/slow").await;
    assert!(is_answered(&mut stream, "done").await);
}

/// Whether what was written without an end has come to one.
async fn is_cut(stream: &mut TcpStream) -> bool {
    let mut part = vec![0; 1 << 16];
    let reading = async { while let Ok(1..) = stream.read(&mut part).await {} };
    timeout(PATIENCE, reading).await.is_ok()
}

#[tokio::test]
async fn who_does_not_read_is_cut_off() {
    let place = open(limits(20)).await;
    let mut stream = place.connect().await;
    ask(&mut stream, "/much").await;
    sleep(STALL * 3).await;
    assert!(is_cut(&mut stream).await);
}

#[tokio::test]
async fn who_reads_in_drops_is_cut_off() {
    let place = open(limits(20)).await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let mut stream = socket.connect(place.address).await.expect("a connection");
    ask(&mut stream, "/much").await;
    let begun = Instant::now();
    let mut part = [0; 512];
    while let Ok(1..) = stream.read(&mut part).await {
        sleep(Duration::from_millis(30)).await;
        assert!(begun.elapsed() < PATIENCE, "it goes on");
    }
}

#[tokio::test]
async fn who_reads_slowly_is_served() {
    let place = open(limits(20)).await;
    let mut stream = place.connect().await;
    ask(&mut stream, "/much").await;
    let begun = Instant::now();
    let mut part = vec![0; 65_536];
    while begun.elapsed() < STALL * 4 {
        assert!(matches!(stream.read(&mut part).await, Ok(1..)), "cut after {:?}", begun.elapsed());
        sleep(Duration::from_millis(10)).await;
    }
}
