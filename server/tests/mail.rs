//! Mail, through a mail server that is one: what goes out, once, and what is done about refusals.

mod stand;

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use kvarten_domain::{Date, PersonId, Timestamp};
use kvarten_entity::{Column, mail, person};
use kvarten_server::{
    config::{HttpConfig, MailConfig, MailUrl, PublicUrl, sender},
    demo_content,
    mail::{Mailer, Sending},
};
use kvarten_service::{
    SignedIn,
    manager::{Manager, Pointing},
    new_id,
    operator::{EmailChange, MailTrouble, Operator, PersonChange},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::Deserialize;
use stand::Stand;

/// Saturday 21 November 2026, 12:00 in Stockholm.
const NOON: Timestamp = Timestamp(1_795_258_800_000);
const HOUR: i64 = 3_600;

/// A mail that was taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    from: String,
    to: Vec<String>,
    sender: String,
    subject: String,
    id: String,
    unsubscribe: String,
    one_click: String,
    automatic: String,
    text: String,
    html: String,
}

/// A mail server in a process of its own.
struct Server {
    process: Child,
    port: u16,
    taken: Arc<Mutex<Vec<Mail>>>,
}

impl Server {
    fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
        let mut process = Command::new("node")
            .arg(root.join("scripts/mail-catcher.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node, and what `npm ci` installs");
        let mut lines = BufReader::new(process.stdout.take().expect("its output"));
        let mut first = String::new();
        lines.read_line(&mut first).expect("a line");
        let first: serde_json::Value = serde_json::from_str(&first).expect("its port");
        let port = first["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        let taken: Arc<Mutex<Vec<Mail>>> = Arc::default();
        let keep = Arc::clone(&taken);
        std::thread::spawn(move || listen(lines, &keep));
        Self { process, port: port.expect("a port"), taken }
    }

    /// What it has taken, as soon as it is so many.
    fn taken(&self, count: usize) -> Vec<Mail> {
        for _ in 0..100 {
            let taken = self.taken.lock().expect("nobody panics").clone();
            if taken.len() >= count {
                return taken;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.taken.lock().expect("nobody panics").clone()
    }

    fn mailer(&self, name: &str) -> Mailer {
        let url = MailUrl::parse(&format!("smtp://{name}127.0.0.1:{}", self.port));
        let from = sender("Kvarten <kvarten@lindvike.example>").expect("a sender");
        let config = MailConfig::new(url.unwrap_or_else(|fault| panic!("{fault}")), from);
        let public = PublicUrl::parse("https://lara.example").expect("an address");
        let http = HttpConfig { public_url: Some(public), ..HttpConfig::default() };
        Mailer::new(&config, &http).expect("settings")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn listen(lines: BufReader<ChildStdout>, keep: &Mutex<Vec<Mail>>) {
    for line in lines.lines().map_while(Result::ok) {
        let mail = serde_json::from_str(&line).expect("a mail");
        keep.lock().expect("nobody panics").push(mail);
    }
}

/// The demonstration, with its manager and some of their people.
struct Scene {
    stand: Stand,
    boss: SignedIn,
    people: Vec<PersonId>,
}

impl Scene {
    async fn new() -> Self {
        let stand = Stand::new().await;
        demo_content::load(&stand.services, 60, NOON).await.expect("the demonstration");
        let operator = Operator::enter(&stand.services, NOON);
        let find = async |number: &str| operator.find_person(number).await.expect("somebody");
        let boss = SignedIn::find(&stand.services, find("10003").await, NOON).await;
        let people = vec![find("10001").await, find("10002").await];
        Self { stand, boss: boss.expect("works here"), people }
    }

    /// Gives somebody another address.
    async fn address(&self, who: usize, address: &str) {
        let writing = self.stand.services.store().begin().await.expect("a transaction");
        person::Entity::update_many()
            .col_expr(person::Column::Email, Expr::value(address))
            .filter(person::Column::Id.eq(self.people[who].key()))
            .exec(&writing)
            .await
            .expect("written");
        writing.commit().await.expect("kept");
    }

    async fn refer(&self, who: &[PersonId], note: &str) {
        let manager = Manager::enter(&self.stand.services, &self.boss, NOON).await.expect("may");
        let wish = Some(Date { year: 2026, month: 12, day: 24 });
        let to = "dagens-besok".to_owned();
        let pointing = Pointing { to, note: note.to_owned(), wish };
        let referred = manager.refer(new_id(), who, &pointing).await.expect("sent");
        assert_eq!(referred.sent as usize, who.len(), "{referred:?}");
    }

    async fn send(&self, mailer: &Mailer, seconds: i64) -> Sending {
        let at = NOON.plus_seconds(seconds);
        mailer.send_due(&self.stand.services, || at).await.expect("the database answers")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_goes_out_once_and_is_stopped_with_one_request() {
    let (server, scene) = (Server::start(), Scene::new().await);
    let mailer = server.mailer("kvarten:hemligt@");
    let alma = &scene.people[..1];
    scene.refer(alma, "Ta den i lugn och ro.\n<b>Hör av dig!</b>").await;
    assert_eq!(scene.send(&mailer, 60).await, Sending::default(), "it may be withdrawn");
    assert_eq!(scene.send(&mailer, HOUR).await, Sending { sent: 1, failed: 0 });
    for later in [HOUR + 60, 24 * HOUR] {
        assert_eq!(scene.send(&mailer, later).await, Sending::default());
    }
    let mails = server.taken(1);
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail.from, "kvarten@lindvike.example");
    assert_eq!(mail.sender, "\"Kvarten\" <kvarten@lindvike.example>");
    assert_eq!(mail.to, ["alma.berg@lindvike.example"].map(str::to_owned));
    assert!(mail.subject.starts_with("Till dig: "), "{}", mail.subject);
    assert!(mail.id.ends_with("@lindvike.example>"), "{}", mail.id);
    assert!(mail.text.contains("https://lara.example/lar/dagens-besok"), "{}", mail.text);
    assert!(mail.text.contains("Gärna senast 24 december 2026."), "{}", mail.text);
    assert!(mail.html.contains("&lt;b&gt;Hör av dig!&lt;/b&gt;"), "{}", mail.html);
    assert_eq!(mail.automatic, "Auto-Submitted: auto-generated");
    assert_eq!(mail.one_click, "List-Unsubscribe-Post: List-Unsubscribe=One-Click");
    let address = mail.unsubscribe.split(['<', '>']).nth(1).expect("an address").to_owned();
    let path = address.strip_prefix("https://lara.example").expect("of this site");

    // Programs that look through mail open every link; that alone stops nothing.
    let page = scene.stand.get(path, &[]).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Stäng av mejlen"), "{}", page.text());
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let wrong = scene.stand.send("POST", "/mejl/gissat", &form, "").await;
    assert_eq!((wrong.status.as_u16(), wrong.header("location")), (303, "/mejl/gissat"));
    let nowhere = scene.stand.get("/mejl/gissat", &[]).await;
    assert_eq!(nowhere.status, 404);
    assert!(nowhere.text().contains("Sidan finns inte"), "{}", nowhere.text());
    let split = scene.stand.send("POST", "/mejl/a%0d%0aset-cookie:%20b=1", &form, "").await;
    assert_eq!(split.header("location"), "/mejl/a%0D%0Aset-cookie%3A%20b%3D1");
    assert_eq!(split.header("set-cookie"), "");
    // A program that looks at the page, or asks about it, stops nothing, whatever it sends along.
    for method in ["GET", "HEAD"] {
        let seen = scene.stand.send(method, path, &form, "List-Unsubscribe=One-Click").await;
        assert_eq!(seen.status, 200);
        assert!(scene.stand.get(path, &[]).await.text().contains("Stäng av mejlen"));
    }
    // From a page of another site only the one click is let in, as it takes the word and no session.
    let elsewhere = [form[0], ("sec-fetch-site", "cross-site"), ("cookie", "kvarten=1")];
    for other in ["", "x=1", "List-Unsubscribe=No"] {
        let refused = scene.stand.send("POST", path, &elsewhere, other).await;
        assert_eq!(refused.status, 403, "{other}");
    }
    assert!(scene.stand.get(path, &[]).await.text().contains("Stäng av mejlen"));
    let multipart =
        [("content-type", "multipart/form-data; boundary=X"), ("origin", "https://mail.example")];
    let part = "--X\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
        One-Click\r\n--X--\r\n";
    for (headers, body) in [
        (&form[..], "List-Unsubscribe=One-Click"),
        (&elsewhere[..], "List-Unsubscribe=One-Click"),
        (&multipart[..], part),
    ] {
        let stopped = scene.stand.send("POST", path, headers, body).await;
        assert_eq!((stopped.status.as_u16(), stopped.header("location")), (200, ""), "{body}");
        assert_eq!(stopped.body.len(), 0);
    }
    let nowhere = scene.stand.send("POST", "/mejl/0a1b", &form, "List-Unsubscribe=One-Click").await;
    assert_eq!((nowhere.status.as_u16(), nowhere.header("location")), (404, ""));
    let page = scene.stand.send("POST", path, &form, "").await;
    assert_eq!((page.status.as_u16(), page.header("location")), (303, path), "the page's own form");
    let page = scene.stand.get(path, &[]).await;
    assert!(page.text().contains("Du får inga fler mejl."), "{}", page.text());
    let manager = Manager::enter(&scene.stand.services, &scene.boss, NOON).await.expect("may");
    let pointing = Pointing { to: "hitta-dina-filer".into(), ..Pointing::default() };
    manager.refer(new_id(), alma, &pointing).await.expect("sent");
    assert_eq!(scene.send(&mailer, 48 * HOUR).await, Sending::default());
    assert_eq!(server.taken(1).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not() {
    let (server, scene) = (Server::start(), Scene::new().await);
    let mailer = server.mailer("");
    scene.address(0, "upptaget@lindvike.example").await;
    scene.address(1, "finns-inte@lindvike.example").await;
    scene.refer(&scene.people, "").await;
    assert_eq!(scene.send(&mailer, HOUR).await, Sending { sent: 0, failed: 2 });
    assert_eq!(scene.send(&mailer, HOUR + 60).await, Sending::default(), "not before the pause");
    assert_eq!(scene.send(&mailer, HOUR + 300).await, Sending { sent: 0, failed: 1 });
    assert_eq!(scene.send(&mailer, HOUR + 300 + 900).await, Sending { sent: 1, failed: 0 });
    let mails = server.taken(1);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["upptaget@lindvike.example"].map(str::to_owned));
    let db = scene.stand.services.store().read();
    let given_up = mail::Entity::find().filter(mail::Column::GivenUpAt.is_not_null()).all(db).await;
    assert_eq!(given_up.expect("read").len(), 1);
    let operator = Operator::enter(&scene.stand.services, NOON.plus_seconds(2 * HOUR));
    let problems = operator.mail_problems().await.expect("a list");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].address, "finns-inte@lindvike.example");
    let cookie = scene.stand.sign_in(scene.people[1]).await;
    let page = scene.stand.get("/mer", &[("cookie", &cookie)]).await;
    let told = "Mejl till finns-inte@lindvike.example kom inte fram den 21 november 2026";
    assert!(page.text().contains(told), "{}", page.text());
    let form = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "text/html"),
        ("sec-fetch-site", "same-origin"),
        ("cookie", cookie.as_str()),
    ];
    let confirmed = scene.stand.send("POST", "/api/confirm_address", &form, "").await;
    assert_eq!(confirmed.header("location"), "/mer#mail");
    let page = scene.stand.get("/mer", &[("cookie", &cookie)]).await;
    assert!(!page.text().contains("kom inte fram"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_is_given_up_and_listed() {
    let (server, scene) = (Server::start(), Scene::new().await);
    let mailer = server.mailer("");
    scene.address(0, "anna,holm@lindvike.example").await;
    scene.refer(&scene.people[..1], "").await;
    assert_eq!(scene.send(&mailer, HOUR).await, Sending { sent: 0, failed: 1 });
    assert_eq!(scene.send(&mailer, 48 * HOUR).await, Sending::default(), "and left alone");
    let operator = Operator::enter(&scene.stand.services, NOON.plus_seconds(HOUR));
    let problems = operator.mail_problems().await.expect("a list");
    assert_eq!(problems[0].trouble, MailTrouble::NoAddress);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_everybody_says_nothing_of_their_addresses() {
    let (server, scene) = (Server::start(), Scene::new().await);
    let mailer = server.mailer("");
    let manager = Manager::enter(&scene.stand.services, &scene.boss, NOON).await.expect("may");
    let everybody = manager.overview(kvarten_domain::Locale::Sv).await.expect("an overview").people;
    let some: Vec<PersonId> = everybody.iter().take(12).map(|person| person.id).collect();
    for (at, person) in some.iter().enumerate() {
        let change = PersonChange {
            email: EmailChange::To(format!("finns-inte-{at}@lindvike.example")),
            ..PersonChange::default()
        };
        let operator = Operator::enter(&scene.stand.services, NOON);
        operator.change_person(*person, &change).await.expect("changed");
    }
    let pointing = Pointing { to: "ta-emot-larm".into(), ..Pointing::default() };
    let sent = manager.refer(new_id(), &some, &pointing).await.expect("sent").sent;
    assert!(sent >= 5, "{sent}");
    assert_eq!(scene.send(&mailer, HOUR).await, Sending { sent: 0, failed: sent });
    let operator = Operator::enter(&scene.stand.services, NOON.plus_seconds(HOUR));
    assert!(operator.mail_problems().await.expect("a list").is_empty(), "it is tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_a_server_that_is_gone_lose_nothing() {
    let (server, scene) = (Server::start(), Scene::new().await);
    scene.refer(&scene.people, "").await;
    let wrong = server.mailer("kvarten:gissat@");
    assert_eq!(scene.send(&wrong, HOUR).await, Sending { sent: 0, failed: 2 });
    let gone = {
        let other = Server::start();
        other.mailer("")
    };
    assert_eq!(scene.send(&gone, HOUR + 300).await, Sending { sent: 0, failed: 2 });
    let right = server.mailer("kvarten:hemligt@");
    assert_eq!(scene.send(&right, HOUR + 300 + 900).await, Sending { sent: 2, failed: 0 });
    assert_eq!(server.taken(2).len(), 2);
}
