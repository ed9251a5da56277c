//! The network's side of the process: connections come in, have a limited time for everything they
//! do, and share a limited number of places. (Decision 030.)

mod connection;
mod files;
mod network;
mod places;
#[cfg(test)]
mod tests;

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
#[cfg(target_os = "linux")]
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    time::{interval, sleep, timeout},
};
use tower::Service;

use crate::guarded::Guarded;
use connection::{Connection, Order, Watched};
use places::Places;

pub use files::raise_limit as raise_file_limit;
pub use network::{Network, Room, Shares};

/// The longest head of a request that is read, in bytes. Shorter ones that are too long still get an
/// answer that can be read.
const LONGEST_HEAD: usize = 64 * 1024;
/// How much of an answer the system takes before it is on its way, in bytes.
#[cfg(target_os = "linux")]
const MOST_UNSENT: u32 = 128 * 1024;
/// The shortest and the longest pause after the system could not hand out a connection.
const PAUSE: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For a request's head.
    pub head: Duration,
    /// Between two requests.
    pub idle: Duration,
    /// Without reading anything of what is written.
    pub stall: Duration,
    /// Bytes a second, on average, where nobody reads for longer than that in all.
    pub slowest: u64,
    /// From when on a head or a stop in reading is slow enough to be given up for somebody else.
    pub slow: Duration,
    /// How often it is looked at.
    pub tick: Duration,
    /// How many connections there may be.
    pub most: usize,
    /// Whether they are shared out by network. Not where a proxy brings them all.
    pub is_counted: bool,
}

impl Limits {
    /// The limits of a process that may have so many files open, behind so many proxies.
    pub fn of(files: usize, trusted_proxies: u8) -> Self {
        let is_counted = trusted_proxies == 0;
        Self {
            head: Duration::from_secs(10),
            // Proxies keep connections for up to two minutes, and do not like to find them closed.
            idle: Duration::from_secs(if is_counted { 75 } else { 150 }),
            stall: Duration::from_secs(30),
            slowest: 1_000,
            slow: Duration::from_secs(1),
            tick: Duration::from_secs(1),
            most: files::places(files),
            is_counted,
        }
    }
}

/// Answers what comes in until told to stop, and for up to `grace` what is under way then. Whether
/// everything could be answered.
pub async fn listen(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: watch::Receiver<bool>,
    grace: Duration,
) -> bool {
    let places = Arc::new(Places::new(limits));
    // Every connection holds one end; when all have let go, all have ended.
    let (open, mut all_closed) = mpsc::channel::<Infallible>(1);
    let sweeping = tokio::spawn(sweep(Arc::clone(&places), limits, stop.clone()));
    {
        let mut stop = stop;
        let accepting = accept(&listener, &places, &router, &open);
        tokio::select! {
            () = accepting => {}
            _ = stop.wait_for(|is_told| *is_told) => {}
        }
    }
    drop((listener, open));
    places.end_all(Order::Leave);
    let is_in_time = timeout(grace, all_closed.recv()).await.is_ok();
    places.end_all(Order::Drop);
    // What was being worked on is dropped with its connection.
    let _ = timeout(Duration::from_secs(1), all_closed.recv()).await;
    sweeping.abort();
    is_in_time
}

async fn sweep(places: Arc<Places>, limits: Limits, stop: watch::Receiver<bool>) {
    let mut clock = interval(limits.tick);
    loop {
        clock.tick().await;
        // What has not been asked in full by the time of the stop is not waited for.
        let head = if *stop.borrow() { limits.slow.min(limits.head) } else { limits.head };
        places.sweep(&Limits { head, ..limits });
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Places>,
    router: &Router,
    open: &mpsc::Sender<Infallible>,
) {
    let mut pause = PAUSE.0;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                pause = PAUSE.0;
                serve(stream, peer, places, router, open.clone());
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken; those that wait have to");
                places.make_room();
                sleep(pause).await;
                pause = (pause * 2).min(PAUSE.1);
            }
        }
    }
}

/// Whether a fault is of the connection that came in, and not of this process.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Serves a connection, if there is a place for it, on a task of its own.
fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    places: &Arc<Places>,
    router: &Router,
    open: mpsc::Sender<Infallible>,
) {
    let Some((place, connection)) = places.take(peer.ip()) else {
        tracing::debug!("refused a connection: there is no place for its network");
        return;
    };
    // Answers are written whole; waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    // What is not read waits here, where it is seen, and not in the system's memory.
    #[cfg(target_os = "linux")]
    let _ = SockRef::from(&stream).set_tcp_notsent_lowat(MOST_UNSENT);
    let router = router.clone();
    tokio::spawn(async move {
        converse(stream, peer, connection, router).await;
        drop((place, open));
    });
}

async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    connection: Arc<Connection>,
    router: Router,
) {
    let watched = Watched { stream, connection: Arc::clone(&connection) };
    let told = Arc::clone(&connection);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let has_body = !request.body().is_end_stream();
        connection.asked(has_body);
        let answered = Answered(Arc::clone(&connection));
        let brought = Brought(Arc::clone(&connection));
        let mut request: Request = if has_body {
            request.map(|body| Body::new(Guarded::new(Body::new(body), brought)))
        } else {
            request.map(Body::new)
        };
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = router.clone().call(request);
        async move {
            let response = answer.await.unwrap_or_else(|never| match never {});
            Ok::<_, Infallible>(response.map(|body| Guarded::new(body, answered)))
        }
    });
    let mut builder = http1::Builder::new();
    // Heads have the time that `Limits` says.
    builder.header_read_timeout(None).max_buf_size(LONGEST_HEAD);
    let mut conversation = pin!(builder.serve_connection(TokioIo::new(watched), service));
    loop {
        tokio::select! {
            _ = conversation.as_mut() => return,
            order = told.told() => match order {
                Order::Leave => conversation.as_mut().graceful_shutdown(),
                Order::Drop => return,
            },
        }
    }
}

/// Notes, when it is dropped, that what a request brought along has been read.
struct Brought(Arc<Connection>);

impl Drop for Brought {
    fn drop(&mut self) {
        self.0.brought();
    }
}

/// Notes, when it is dropped, that an answer has been handed over.
struct Answered(Arc<Connection>);

impl Drop for Answered {
    fn drop(&mut self) {
        self.0.answered();
    }
}
