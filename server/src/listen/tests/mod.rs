//! Connections that misbehave, and their neighbours.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    routing::{get, post},
};
use http_body::Frame;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{Limits, listen};

mod places;
mod stop;
mod time;

const HEAD: Duration = Duration::from_millis(400);
const STALL: Duration = Duration::from_millis(400);
const IDLE: Duration = Duration::from_secs(1);
/// Long enough for anything here on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn limits(most: usize) -> Limits {
    Limits {
        head: HEAD,
        idle: IDLE,
        stall: STALL,
        slowest: 50_000,
        slow: Duration::from_millis(100),
        tick: Duration::from_millis(20),
        most,
        is_counted: true,
    }
}

/// A body without an end.
struct Endless;

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 16_384])))))
    }
}

struct Place {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    listening: JoinHandle<bool>,
}

async fn open(limits: Limits) -> Place {
    let listener = TcpListener::bind("0.0.0.0:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let slow = |time| async move {
        sleep(Duration::from_millis(time)).await;
        "done"
    };
    let router = Router::new()
        .route("/", get(|| async { "here" }))
        .route("/slow", get(move || slow(1_500)))
        .route("/take", post(|body: Bytes| async move { body.len().to_string() }))
        .route("/never", get(move || slow(600_000)))
        .route("/much", get(|| async { Body::new(Endless) }));
    let (stop, told) = watch::channel(false);
    let listening = tokio::spawn(listen(listener, router, limits, told, Duration::from_secs(3)));
    Place { address: SocketAddr::from(([127, 0, 0, 1], port)), stop, listening }
}

impl Place {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    /// From another address of this machine.
    async fn connect_from(&self, last: u8) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into()).expect("an address");
        socket.connect(self.address).await.expect("a connection")
    }
}

async fn ask(stream: &mut TcpStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: kvarten.test\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
}

/// Whether an answer comes that ends with a word.
async fn is_answered(stream: &mut TcpStream, word: &str) -> bool {
    let mut answer = Vec::new();
    let mut part = [0; 1_024];
    while let Ok(Ok(read @ 1..)) = timeout(PATIENCE, stream.read(&mut part)).await {
        answer.extend_from_slice(&part[..read]);
        if answer.ends_with(word.as_bytes()) {
            return true;
        }
    }
    false
}

/// How long it took until the other end closed the connection.
async fn closed_after(stream: &mut TcpStream) -> Duration {
    let begun = Instant::now();
    let mut part = [0; 4_096];
    let closing = async { while let Ok(1..) = stream.read(&mut part).await {} };
    timeout(PATIENCE, closing).await.expect("it is closed");
    begun.elapsed()
}
