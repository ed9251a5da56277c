//! An attack from one address, and what others notice of it: connections that never say what they want
//! or never read what they are told, and sign-ins without an end.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::{Client, Failure, Program, client::PASSWORD};

/// Where the attack comes from, and everybody who shares its address.
const ATTACKER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 66));
/// Somebody who reads pages.
pub(crate) const READER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
/// Somebody who signs in.
const ENTRANT: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));
/// How long an attacker rests before trying again.
const REST: Duration = Duration::from_millis(100);
/// How long anybody else waits for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// How large the attack is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Connections that stall: half of them in their heads, half in reading.
    pub stalled: usize,
    /// Sign-ins at a time.
    pub sign_ins: usize,
    /// Colleagues behind the same address, with a connection each.
    pub neighbours: usize,
    /// How long it goes on once all is under way.
    pub lasting: Duration,
}

/// What others noticed.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// How long pages took from another address, in milliseconds.
    pub pages_ms: Vec<f64>,
    /// How many of them failed.
    pub pages_failed: usize,
    /// How long signing in took from another address.
    pub sign_ins_ms: Vec<f64>,
    /// How many of these were refused or failed.
    pub sign_ins_failed: usize,
    /// How long pages took behind the same address.
    pub neighbours_ms: Vec<f64>,
    /// How many of these failed.
    pub neighbours_failed: usize,
    /// How many stalled connections were closed.
    pub cut: usize,
}

/// What all who take part know.
struct Field {
    address: String,
    /// What is asked for by those who do not read it.
    large: String,
    is_over: AtomicBool,
    cut: AtomicUsize,
}

impl Field {
    fn goes_on(&self) -> bool {
        !self.is_over.load(Relaxed)
    }

    async fn connect(&self) -> Result<TcpStream, Failure> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4_096)?;
        socket.bind((ATTACKER, 0).into())?;
        Ok(socket.connect(self.address.parse()?).await?)
    }

    /// Begins a head and never ends it.
    async fn never_end(&self) {
        while self.goes_on() {
            if let Ok(mut stream) = self.connect().await {
                let begun = format!("GET /lar HTTP/1.1\r\nHost: {}\r\nX-", self.address);
                if stream.write_all(begun.as_bytes()).await.is_ok() {
                    let mut part = [0; 64];
                    while self.goes_on()
                        && !matches!(
                            timeout(REST, stream.read(&mut part)).await,
                            Ok(Ok(0) | Err(_))
                        )
                    {}
                    self.cut.fetch_add(1, Relaxed);
                }
            }
            sleep(REST).await;
        }
    }

    /// Asks for much and never reads it.
    async fn never_read(&self) {
        while self.goes_on() {
            if let Ok(mut stream) = self.connect().await {
                let one = format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", self.large, self.address);
                let _ = stream.write_all(one.repeat(12).as_bytes()).await;
                while self.goes_on() && stream.peer_addr().is_ok() {
                    sleep(REST).await;
                }
                self.cut.fetch_add(1, Relaxed);
            }
            sleep(REST).await;
        }
    }

    /// Signs in again and again; every other one knows a password.
    async fn sign_in_for_ever(&self, number: usize) {
        while self.goes_on() {
            let Ok(mut client) = Client::connect_from(ATTACKER, &self.address).await else {
                sleep(REST).await;
                continue;
            };
            let password = if number.is_multiple_of(2) { PASSWORD } else { "gissning" };
            while self.goes_on() && client.try_to_sign_in("10002", password).await.is_ok() {
                sleep(REST).await;
            }
        }
    }

    /// Reads pages from an address, and starts anew where the connection has gone, as browsers do. The
    /// times, and how many came to nothing.
    async fn read(&self, from: IpAddr, cookie: &str, pause: Duration) -> (Vec<f64>, usize) {
        let (mut times, mut failed) = (Vec::new(), 0);
        let mut kept: Option<Client> = None;
        while self.goes_on() {
            let begun = Instant::now();
            // Now and then a new connection.
            if times.len() % 10 == 0 {
                kept = None;
            }
            let is_read = timeout(PATIENCE, self.read_once(from, cookie, &mut kept)).await;
            if matches!(is_read, Ok(true)) {
                times.push(begun.elapsed().as_secs_f64() * 1_000.0);
            } else {
                failed += 1;
                kept = None;
            }
            sleep(pause).await;
        }
        (times, failed)
    }

    async fn read_once(&self, from: IpAddr, cookie: &str, kept: &mut Option<Client>) -> bool {
        for _ in 0..2 {
            let client = match kept.take() {
                Some(client) => Ok(client),
                None => Client::connect_from(from, &self.address).await,
            };
            let Ok(mut client) = client else { continue };
            if let Ok(answer) = client.get("/lar", cookie).await {
                *kept = Some(client);
                return answer.status == 200;
            }
        }
        false
    }

    /// Signs in from another address, twice a second. The times, and how many were refused.
    async fn sign_in(&self) -> (Vec<f64>, usize) {
        let (mut times, mut failed) = (Vec::new(), 0);
        while self.goes_on() {
            let begun = Instant::now();
            let entering = async {
                let mut client = Client::connect_from(ENTRANT, &self.address).await?;
                client.try_to_sign_in("10003", PASSWORD).await
            };
            match timeout(PATIENCE, entering).await {
                Ok(Ok(answer)) if answer.status == 200 => {
                    times.push(begun.elapsed().as_secs_f64() * 1_000.0);
                }
                _ => failed += 1,
            }
            sleep(Duration::from_millis(500)).await;
        }
        (times, failed)
    }
}

/// As many open files as this process may have: it holds one end of every connection.
fn raise_file_limit() -> Result<(), Failure> {
    let limit = getrlimit(Resource::Nofile);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?)
}

/// The largest file that a page names, or the page itself.
async fn large_file(client: &mut Client) -> Result<String, Failure> {
    let page = client.get("/logga-in", "").await?;
    let page = String::from_utf8_lossy(&page.body).into_owned();
    let mut words = page.split('"');
    let program = words.find(|word| {
        word.starts_with("/pkg/") && word.rsplit_once('.').is_some_and(|(_, end)| end == "wasm")
    });
    Ok(program.unwrap_or("/logga-in").to_owned())
}

/// Attacks a program and asks it for pages meanwhile.
///
/// # Errors
/// It does not run, or has no such people.
pub async fn attack(program: &Program, size: Size) -> Result<Outcome, Failure> {
    raise_file_limit()?;
    let mut client = Client::connect_from(READER, program.address()).await?;
    let cookie = client.sign_in("10001").await?;
    let field = Arc::new(Field {
        address: program.address().to_owned(),
        large: large_file(&mut client).await?,
        is_over: AtomicBool::new(false),
        cut: AtomicUsize::new(0),
    });
    let mut attacking: Vec<JoinHandle<()>> = Vec::new();
    for number in 0..size.stalled {
        let field = Arc::clone(&field);
        attacking.push(tokio::spawn(async move {
            if number % 2 == 0 { field.never_end().await } else { field.never_read().await }
        }));
        if number % 10 == 0 {
            sleep(Duration::from_millis(10)).await;
        }
    }
    for number in 0..size.sign_ins {
        let field = Arc::clone(&field);
        attacking.push(tokio::spawn(async move { field.sign_in_for_ever(number).await }));
    }
    sleep(Duration::from_secs(1)).await;
    let outcome = ask_meanwhile(&field, &cookie, size).await?;
    for one in attacking {
        one.abort();
    }
    Ok(outcome)
}

async fn ask_meanwhile(field: &Arc<Field>, cookie: &str, size: Size) -> Result<Outcome, Failure> {
    let read = |from, pause| {
        let (field, cookie) = (Arc::clone(field), cookie.to_owned());
        tokio::spawn(async move { field.read(from, &cookie, pause).await })
    };
    let reading = read(READER, Duration::from_millis(20));
    let neighbours: Vec<_> =
        (0..size.neighbours).map(|_| read(ATTACKER, Duration::from_secs(4))).collect();
    let entering = {
        let field = Arc::clone(field);
        tokio::spawn(async move { field.sign_in().await })
    };
    sleep(size.lasting).await;
    field.is_over.store(true, Relaxed);
    let (pages_ms, pages_failed) = reading.await?;
    let (sign_ins_ms, sign_ins_failed) = entering.await?;
    let cut = field.cut.load(Relaxed);
    let mut outcome =
        Outcome { pages_ms, pages_failed, sign_ins_ms, sign_ins_failed, cut, ..Outcome::default() };
    for one in neighbours {
        let (times, failed) = one.await?;
        outcome.neighbours_ms.extend(times);
        outcome.neighbours_failed += failed;
    }
    Ok(outcome)
}
