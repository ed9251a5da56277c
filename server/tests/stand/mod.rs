//! A Kvarten to ask things of: a database in a temporary folder, and the router over it.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
    response::Response,
};
use kvarten_domain::{MediaId, PersonId, Role, Timestamp, unit::UnitKind};
use kvarten_entity::{Column, media};
use kvarten_server::{config::HttpConfig, session_cookie_name};
use kvarten_service::{
    Calendar, Services, Store, new_id, now,
    operator::{NewPerson, Operator},
    session::{Lifetime, SessionRecord, Sessions, session_key},
};
use leptos::config::LeptosOptions;
use sea_orm::{ActiveValue::Set, EntityTrait};
use tempfile::TempDir;
use tower::ServiceExt;
use tower_sessions::session::Id;

/// The password of everybody here.
pub const PASSWORD: &str = "kaffe på bryggan";

pub struct Stand {
    pub services: Services,
    pub router: Router,
    pub folder: TempDir,
    pub is_secure: bool,
    /// The host that requests are sent to where they do not say.
    host: String,
    statements: Arc<AtomicUsize>,
    writes: Arc<Mutex<Vec<String>>>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a text"))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The cookie with a name, as it was set.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let set = self.headers.get_all(header::SET_COOKIE).iter();
        let mut set = set.filter_map(|cookie| cookie.to_str().ok());
        set.find(|cookie| cookie.starts_with(&format!("{name}="))).map(str::to_owned)
    }
}

impl Stand {
    /// Without TLS and without proxies.
    pub async fn new() -> Self {
        Self::with(&HttpConfig::default()).await
    }

    /// With a network around it.
    pub async fn with(http: &HttpConfig) -> Self {
        Self::in_folder(tempfile::tempdir().expect("a folder"), http).await
    }

    /// Over the database in a folder.
    pub async fn at(folder: TempDir) -> Self {
        Self::in_folder(folder, &HttpConfig::default()).await
    }

    /// The same, without anything that was in memory.
    pub async fn reopened(self) -> Self {
        Self::at(self.folder).await
    }

    async fn in_folder(folder: TempDir, http: &HttpConfig) -> Self {
        let url = format!("sqlite:{}", folder.path().join("kvarten.db").display());
        Self::over(folder, &url, http).await
    }

    /// Over an empty database.
    pub async fn over(folder: TempDir, url: &str, http: &HttpConfig) -> Self {
        let mut store = Store::connect(url).await.expect("a database");
        let statements: Arc<AtomicUsize> = Arc::default();
        let writes: Arc<Mutex<Vec<String>>> = Arc::default();
        let (counter, written) = (Arc::clone(&statements), Arc::clone(&writes));
        store.on_statement(move |sql| {
            counter.fetch_add(1, Ordering::Relaxed);
            if ["INSERT", "UPDATE", "DELETE"].iter().any(|word| sql.starts_with(word)) {
                written.lock().expect("nobody panics").push(sql.to_owned());
            }
        });
        store.migrate().await.expect("its tables");
        let calendar = Calendar::of("Europe/Stockholm").expect("a zone");
        let services = Services::new(store, calendar, folder.path().join("media"));
        let site = folder.path().join("site");
        std::fs::create_dir_all(site.join("pkg")).expect("a folder");
        let options = LeptosOptions::builder()
            .output_name("kvarten")
            .site_root(site.display().to_string())
            .build();
        let router = kvarten_server::router(&services, &options, http).expect("a site");
        let is_secure = http.is_secure();
        let public = http.public_url.as_ref().map(|url| url.authority().to_owned());
        let host = public.unwrap_or_else(|| "kvarten.test".to_owned());
        Self { services, router, folder, is_secure, host, statements, writes }
    }

    /// The statements that have written since the last time this was asked.
    pub fn written(&self) -> Vec<String> {
        std::mem::take(&mut *self.writes.lock().expect("nobody panics"))
    }

    /// How many statements the database has been sent since the last time this was asked.
    pub fn counted(&self) -> usize {
        self.statements.swap(0, Ordering::Relaxed)
    }

    /// Adds a file to the site.
    pub fn with_site_file(&self, path: &str, bytes: &[u8]) {
        let file = self.folder.path().join("site").join(path);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, bytes).expect("a file");
    }

    /// Somebody who works here.
    pub async fn hire(&self, employee_number: &str) -> PersonId {
        let operator = Operator::enter(&self.services, now());
        let unit = match operator.find_unit("Lindvike").await {
            Ok(unit) => unit,
            Err(_) => operator
                .create_unit("Lindvike", UnitKind::Municipality, None)
                .await
                .expect("a unit"),
        };
        let unit = unit.to_string();
        let profession = format!("yrke-{employee_number}");
        operator.create_profession(&profession, "yrke", "trade").await.expect("a profession");
        let new = NewPerson {
            employee_number: employee_number.to_owned(),
            email: None,
            given_name: "Alma".to_owned(),
            family_name: "Berg".to_owned(),
            unit,
            profession,
            roles: vec![Role::Staff],
            password: Some(PASSWORD.to_owned()),
        };
        operator.create_person(&new).await.expect("a person")
    }

    /// A session of theirs, as the `Cookie` header of its browser.
    pub async fn sign_in(&self, person: PersonId) -> String {
        let id = Id::default().to_string();
        let record = SessionRecord {
            person: Some(person),
            is_shared: false,
            data: serde_json::json!({ "person": person, "shared": false }).to_string(),
            expires_at: now().plus_seconds(Lifetime::OWN.absolute_seconds),
            kind: String::new(),
            device_key: None,
        };
        let sessions = Sessions::of(&self.services);
        assert!(sessions.create(&session_key(&id), &record, now()).await.expect("a session"));
        format!("{}={id}", session_cookie_name(self.is_secure))
    }

    /// A stored file.
    pub async fn store(&self, name: &str, mime: &str, bytes: &[u8]) -> MediaId {
        let id: MediaId = new_id();
        let sha256 = format!("{:064x}", bytes.len());
        let path = self.services.media_path(&sha256);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
        let row = media::ActiveModel {
            id: Set(id.key()),
            sha256: Set(sha256),
            name: Set(name.to_owned()),
            mime: Set(mime.to_owned()),
            size: Set(i64::try_from(bytes.len()).expect("a small file")),
            created_at: Set(Timestamp::default().0),
        };
        let writing = self.services.store().begin().await.expect("a transaction");
        media::Entity::insert(row).exec_without_returning(&writing).await.expect("a row");
        writing.commit().await.expect("a commit");
        id
    }

    /// Sends a request with headers.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if headers.iter().all(|(name, _)| *name != "host") {
            request = request.header(header::HOST, &self.host);
        }
        let peer = ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4711)));
        let request = request.extension(peer).body(body.into()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        answer(response).await
    }

    /// Asks for a page or file.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, Body::empty()).await
    }
}

async fn answer(response: Response) -> Answer {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// Environment variables.
pub fn variables(set: &[(&str, &str)]) -> BTreeMap<String, String> {
    set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
