//! What a connection is doing, and since when: seen by the one that watches them all.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU8, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Notify,
};

use super::{Limits, network::Network};

static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Milliseconds since the process began, and one: 0 says "not".
pub fn now_ms() -> u64 {
    millis(BEGUN.elapsed()) + 1
}

pub fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Nothing is under way.
const IDLE: u8 = 0;
/// A request is being read. So does every connection begin.
const HEAD: u8 = 1;
/// A request is being answered.
const BUSY: u8 = 2;
/// What a request brings along is being read.
const BODY: u8 = 3;

/// How a connection is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// After what is under way.
    Leave,
    /// At once.
    Drop,
}

/// How readily a connection is given up when places are short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// It is between two requests.
    Idle,
    /// It takes long to say what it wants, or to read what it was told.
    Slow,
    /// It is at work.
    Working,
}

/// A connection.
#[derive(Debug)]
pub struct Connection {
    pub networks: Vec<Network>,
    phase: AtomicU8,
    /// Since when it is in this phase.
    since: AtomicU64,
    /// Since when nothing can be written, because nothing is read at the other end.
    blocked_since: AtomicU64,
    /// For how long that was so during the present answer, before that.
    blocked_before: AtomicU64,
    /// How many bytes of the present answer were written since it was so for the first time.
    written: AtomicU64,
    order: AtomicU8,
    bell: Notify,
}

impl Connection {
    pub fn new(networks: Vec<Network>) -> Self {
        Self {
            networks,
            phase: AtomicU8::new(HEAD),
            since: AtomicU64::new(now_ms()),
            blocked_since: AtomicU64::new(0),
            blocked_before: AtomicU64::new(0),
            written: AtomicU64::new(0),
            order: AtomicU8::new(0),
            bell: Notify::new(),
        }
    }

    fn enter(&self, phase: u8) {
        self.since.store(now_ms(), Relaxed);
        self.phase.store(phase, Relaxed);
    }

    fn heard(&self) {
        if self.phase.load(Relaxed) == IDLE {
            self.enter(HEAD);
        }
    }

    /// The head of a request has been read, which brings something along or not.
    pub fn asked(&self, has_body: bool) {
        self.written.store(0, Relaxed);
        self.blocked_before.store(0, Relaxed);
        self.enter(if has_body { BODY } else { BUSY });
    }

    /// What it brings along has been read, or is not wanted.
    pub fn brought(&self) {
        if self.phase.load(Relaxed) == BODY {
            self.enter(BUSY);
        }
    }

    /// The answer has been handed over.
    pub fn answered(&self) {
        self.enter(IDLE);
    }

    fn blocked(&self) {
        if self.blocked_since.load(Relaxed) == 0 {
            // What the system took before that tells nothing of who reads.
            if self.blocked_before.load(Relaxed) == 0 {
                self.written.store(0, Relaxed);
            }
            self.blocked_since.store(now_ms(), Relaxed);
        }
    }

    fn wrote(&self, bytes: usize) {
        self.written.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Relaxed);
        let since = self.blocked_since.load(Relaxed);
        if since != 0 {
            self.blocked_before.fetch_add(now_ms().saturating_sub(since), Relaxed);
            self.blocked_since.store(0, Relaxed);
        }
    }

    /// How this connection has to end by now, if it has to.
    pub fn overdue(&self, limits: &Limits, now: u64) -> Option<Order> {
        let since = self.blocked_since.load(Relaxed);
        let stall = millis(limits.stall);
        if since != 0 {
            let blocked = now.saturating_sub(since);
            let in_all = blocked + self.blocked_before.load(Relaxed);
            let least = in_all.saturating_mul(limits.slowest) / 1_000;
            if blocked > stall || (in_all > stall && self.written.load(Relaxed) < least) {
                return Some(Order::Drop);
            }
        }
        let spent = now.saturating_sub(self.since.load(Relaxed));
        match self.phase.load(Relaxed) {
            HEAD if spent > millis(limits.head) => Some(Order::Drop),
            // Told already, and still there.
            IDLE if spent > millis(limits.idle) && self.order.load(Relaxed) != 0 => {
                Some(Order::Drop)
            }
            IDLE if spent > millis(limits.idle) => Some(Order::Leave),
            _ => None,
        }
    }

    /// What it is in use for, and since when.
    pub fn in_use(&self, limits: &Limits, now: u64) -> (Use, u64) {
        let since = self.since.load(Relaxed);
        let blocked = self.blocked_since.load(Relaxed);
        let is_long = |since: u64| now.saturating_sub(since) > millis(limits.slow);
        match self.phase.load(Relaxed) {
            _ if blocked != 0 && is_long(blocked) => (Use::Slow, blocked),
            IDLE if blocked == 0 => (Use::Idle, since),
            HEAD | BODY if is_long(since) => (Use::Slow, since),
            _ => (Use::Working, since),
        }
    }

    /// Tells it to end.
    pub fn end(&self, order: Order) {
        self.order.fetch_max(if order == Order::Drop { 2 } else { 1 }, Relaxed);
        self.bell.notify_one();
    }

    /// Waits until it is told to end.
    pub async fn told(&self) -> Order {
        self.bell.notified().await;
        if self.order.load(Relaxed) == 2 { Order::Drop } else { Order::Leave }
    }
}

/// A connection's bytes; notes what comes and goes.
pub struct Watched {
    pub stream: TcpStream,
    pub connection: Arc<Connection>,
}

impl Watched {
    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Pending => self.connection.blocked(),
            Poll::Ready(Ok(bytes)) => self.connection.wrote(*bytes),
            Poll::Ready(Err(_)) => {}
        }
        written
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.connection.heard();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
