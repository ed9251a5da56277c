//! An unreachable PostgreSQL: pages fail within five seconds with status 503, and recover.

use std::{
    env,
    net::SocketAddr,
    time::{Duration, Instant},
};

use kvarten_server::config::HttpConfig;
use sea_orm::{ConnectionTrait, Database};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use uuid::Uuid;

mod stand;

use stand::Stand;

const PATIENCE: Duration = Duration::from_secs(5);

/// A TCP proxy to the database that can be closed and reopened.
struct Proxy {
    to: String,
    here: SocketAddr,
    carrying: JoinSet<()>,
}

impl Proxy {
    async fn open(to: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let here = listener.local_addr().expect("an address");
        let mut proxy = Self { to: to.to_owned(), here, carrying: JoinSet::new() };
        proxy.carry(listener);
        proxy
    }

    fn carry(&mut self, listener: TcpListener) {
        let to = self.to.clone();
        self.carrying.spawn(async move {
            let mut carried = JoinSet::new();
            while let Ok((mut from, _)) = listener.accept().await {
                let mut to = TcpStream::connect(&to).await.expect("the test server answers");
                carried
                    .spawn(async move { copy_bidirectional(&mut from, &mut to).await.map(drop) });
            }
        });
    }

    async fn close(&mut self) {
        self.carrying.shutdown().await;
    }

    async fn open_again(&mut self) {
        let listener = TcpListener::bind(self.here).await.expect("the same port");
        self.carry(listener);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_fail_within_five_seconds() {
    let server = env::var("KVARTEN_TEST_POSTGRES")
        .expect("KVARTEN_TEST_POSTGRES names a PostgreSQL server, or says `none`");
    let Some((before, rest)) = server.split_once('@') else { return };
    let (host, _) = rest.split_once('/').expect("an address with a database");
    let name = format!("kvarten_unavailable_{}", Uuid::now_v7().simple());
    let admin = Database::connect(&server).await.expect("the test server answers");
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
    let host = if host.contains(':') { host.to_owned() } else { format!("{host}:5432") };
    let mut proxy = Proxy::open(&host).await;
    let url = format!("{before}@{}/{name}", proxy.here);
    let folder = tempfile::tempdir().expect("a folder");
    let stand = Stand::over(folder, &url, &HttpConfig::default()).await;
    let cookie = stand.sign_in(stand.hire("100001").await).await;
    let headers = [("cookie", &*cookie), ("accept", "text/html")];
    let pages = ["/lar", "/poang", "/mer", "/mina-uppgifter.json", "/readyz"];
    for path in &pages[..2] {
        assert_eq!(stand.get(path, &headers).await.status, 200, "{path}");
    }
    proxy.close().await;
    for path in pages {
        let begun = Instant::now();
        let answer = stand.get(path, &headers).await;
        assert!(begun.elapsed() < PATIENCE, "{path}: {:?}", begun.elapsed());
        assert_eq!(answer.status, 503, "{path}: {}", answer.text());
        assert!(!answer.body.is_empty(), "{path}");
    }
    let form = [
        ("cookie", &*cookie),
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
    ];
    let begun = Instant::now();
    let answer = stand.send("POST", "/api/join_leaderboard", &form, "alias=Solen").await;
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    assert!(!answer.status.is_success(), "{}", answer.status);
    proxy.open_again().await;
    assert_eq!(stand.get("/lar", &headers).await.status, 200, "back again");
    stand.services.store().close().await;
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    admin.execute_unprepared(&drop).await.expect("dropped");
}
