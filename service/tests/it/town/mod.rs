//! A small town to tell stories in.

mod lesson;

use std::{
    collections::HashMap,
    env,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use kvarten_domain::{
    AttemptId, Fault, Id, Level, Locale, PersonId, Role, Timestamp, UnitId,
    knowledge::Assessed,
    ladder::{LadderView, ReplyOutcome},
    reply::Fields,
    unit::UnitKind,
};
use kvarten_entity::{
    lesson as lesson_row, mail, person_look, referral, standing_referral, unit_look,
};
use kvarten_service::{
    Calendar, ServiceError, Services, SignedIn, Store,
    learner::Learner,
    map::{RequirementEdit, StatementEdit, SystemEdit},
    new_id,
    operator::{NewPerson, Operator},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, Database, DbBackend, EntityTrait, QueryFilter,
};
use tempfile::TempDir;

pub use lesson::draft;

/// Saturday 21 November 2026, 12:00 in Stockholm.
pub const NOON: Timestamp = Timestamp(1_795_258_800_000);
pub const PASSWORD: &str = "kaffe på bryggan";
/// Employee number of the champion who owns the lessons.
pub const OWNER: &str = "1";

/// Which database a story runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

pub struct Town {
    pub services: Services,
    /// The address of its database.
    #[allow(dead_code, reason = "the stories need no other way to it")]
    pub url: String,
    pub statements: Arc<AtomicUsize>,
    pub units: HashMap<String, UnitId>,
    root: UnitId,
    _folder: TempDir,
    _database: Option<PostgresDatabase>,
}

/// A story on both databases: `story!(name, |town| async move { … })`.
#[macro_export]
macro_rules! story {
    ($(#[$meta:meta])* $name:ident, |$town:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn story($town: $crate::town::Town) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                if let Some(town) = $crate::town::Town::on($crate::town::On::Sqlite).await {
                    story(town).await;
                }
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                if let Some(town) = $crate::town::Town::on($crate::town::On::Postgres).await {
                    story(town).await;
                }
            }
        }
    };
}

/// A database on the test's PostgreSQL server; goes when its story ends.
struct PostgresDatabase {
    server: String,
    name: String,
}

impl PostgresDatabase {
    /// A new one; none where the run says that it does without.
    async fn create() -> Option<Self> {
        let server = env::var("KVARTEN_TEST_POSTGRES")
            .expect("KVARTEN_TEST_POSTGRES names a PostgreSQL server, or says `none`");
        if server == "none" {
            return None;
        }
        let database = Self { server, name: format!("kvarten_{}", uuid::Uuid::now_v7().simple()) };
        database.order(format!("CREATE DATABASE {}", database.name)).await;
        Some(database)
    }

    fn url(&self) -> String {
        let (before, query) = self.server.split_once('?').unwrap_or((&self.server, ""));
        let (host, _) = before.rsplit_once('/').expect("an address with a database");
        format!("{host}/{}?{query}", self.name)
    }

    async fn order(&self, sql: String) {
        let admin = Database::connect(&self.server).await.expect("the test server answers");
        let statement = sea_orm::Statement::from_string(DbBackend::Postgres, sql);
        admin.execute_raw(statement).await.expect("the test server does as it is told");
        admin.close().await.expect("closes");
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        // A destructor cannot wait; a thread with a runtime of its own can.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
                runtime.expect("a runtime").block_on(self.order(drop));
            });
        });
    }
}

/// A database with nothing in it, not even tables.
pub struct Bare {
    pub store: Store,
    /// The address.
    #[allow(dead_code, reason = "the stories need no other way to it")]
    pub url: String,
    _folder: TempDir,
    _database: Option<PostgresDatabase>,
}

impl Bare {
    /// A new one; none where its kind is not there to be tested.
    pub async fn on(on: On) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let database = match on {
            On::Sqlite => None,
            On::Postgres => Some(PostgresDatabase::create().await?),
        };
        let url = database.as_ref().map_or_else(
            || format!("sqlite:{}", folder.path().join("town.db").display()),
            PostgresDatabase::url,
        );
        let store = Store::connect(&url).await.expect("the database opens");
        Some(Self { store, url, _folder: folder, _database: database })
    }
}

impl Town {
    /// An empty town; none where its database is not there to be tested.
    pub async fn on(on: On) -> Option<Self> {
        let Bare { mut store, url, _folder: folder, _database: database } = Bare::on(on).await?;
        store.migrate().await.expect("migrates");
        let statements = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&statements);
        store.on_statement(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let calendar = Calendar::of("Europe/Stockholm").expect("a zone");
        let services = Services::new(store, calendar, folder.path().join("media"));
        let operator = Operator::enter(&services, NOON);
        for (code, sv, en) in [
            ("underskoterska", "undersköterska", "assistant nurse"),
            ("enhetschef", "enhetschef", "unit manager"),
        ] {
            operator.create_profession(code, sv, en).await.expect("a profession");
        }
        for (code, name) in [("outlook", "Outlook"), ("teams", "Teams")] {
            let statement = |text: String| StatementEdit {
                id: None,
                en: text.replace("Jag kan", "I can"),
                sv: text,
                is_same_meaning: false,
            };
            let levels = Level::ALL.map(|level| {
                let texts = [1, 2].map(|at| format!("Jag kan {} {at} i {name}.", level.number()));
                (level, texts.map(statement).into())
            });
            let edit = SystemEdit { name: name.to_owned(), ..SystemEdit::default() };
            operator.create_system(code, &edit, &levels).await.expect("a system");
        }
        let root =
            operator.create_unit("Lindvike", UnitKind::Municipality, None).await.expect("a root");
        let owner = NewPerson {
            employee_number: OWNER.into(),
            email: None,
            given_name: "Mirjam".into(),
            family_name: "Ekwall".into(),
            unit: root.to_string(),
            profession: "underskoterska".into(),
            roles: vec![Role::Champion],
            password: None,
        };
        operator.create_person(&owner).await.expect("an owner");
        Some(Self {
            services,
            url,
            statements,
            units: HashMap::new(),
            root,
            _folder: folder,
            _database: database,
        })
    }

    pub fn operator(&self) -> Operator<'_> {
        Operator::enter(&self.services, NOON)
    }

    pub async fn with_unit(mut self, name: &str) -> Self {
        let unit = self.operator().create_unit(name, UnitKind::Unit, Some(self.root)).await;
        self.units.insert(name.to_owned(), unit.expect("a unit"));
        self
    }

    /// Somebody to be hired at a unit.
    pub fn new_person(name: &str, unit: &str) -> NewPerson {
        let number = name.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte));
        NewPerson {
            employee_number: format!("{number}"),
            email: Some(format!("{}@lindvike.example", local_part(name))),
            given_name: name.to_owned(),
            family_name: "Berg".into(),
            unit: unit.to_owned(),
            profession: "underskoterska".into(),
            roles: vec![Role::Staff],
            password: None,
        }
    }

    /// A person with a role at a unit.
    pub async fn person(&self, name: &str, unit: &str, role: Role) -> PersonId {
        let new = NewPerson { roles: vec![role], ..Self::new_person(name, unit) };
        self.operator().create_person(&new).await.expect("a person")
    }

    pub async fn staff(&self, name: &str, unit: &str) -> PersonId {
        self.person(name, unit, Role::Staff).await
    }

    /// Makes a person administrator of the municipality.
    pub async fn make_administrator(&self, person: PersonId) {
        let role = Role::Administrator;
        self.operator().add_role(person, role, self.root).await.expect("a role");
    }

    /// A person with a role for the whole municipality.
    pub async fn person_at_root(&self, name: &str, role: Role) -> PersonId {
        self.person(name, &self.root.to_string(), role).await
    }

    /// Publishes the lesson of the stories under a slug, at a level of a system.
    pub async fn publish(&self, slug: &str, system: &str, level: u8) {
        let draft = draft(slug, system, level);
        self.operator().publish_lesson(&draft, &lesson::file).await.expect("published");
    }

    pub async fn signed_in(&self, person: PersonId) -> SignedIn {
        SignedIn::find(&self.services, person, NOON).await.expect("works here")
    }

    pub fn learner<'s>(&'s self, who: &'s SignedIn) -> Learner<'s> {
        self.learner_at(who, NOON)
    }

    pub fn learner_at<'s>(&'s self, who: &'s SignedIn, now: Timestamp) -> Learner<'s> {
        Learner::enter(&self.services, who, now).expect("may learn")
    }

    /// Somebody has looked at a person and at a unit.
    pub async fn look(&self, viewer: PersonId, person: PersonId, unit: &str) {
        let store = self.services.store();
        let id = |id: u128| uuid::Uuid::from_u128(id);
        let (viewer, person) = (id(viewer.as_u128()), id(person.as_u128()));
        let unit = id(self.units[unit].as_u128());
        let row = person_look::ActiveModel {
            id: Set(uuid::Uuid::now_v7()),
            person_id: Set(person),
            viewer_id: Set(Some(viewer)),
            what: Set("person".into()),
            day_at: Set(NOON.0),
            times: Set(1),
            last_at: Set(NOON.0),
        };
        person_look::Entity::insert(row).exec_without_returning(store.read()).await.expect("noted");
        let row = unit_look::ActiveModel {
            id: Set(uuid::Uuid::now_v7()),
            unit_id: Set(unit),
            viewer_id: Set(Some(viewer)),
            what: Set("unit".into()),
            day_at: Set(NOON.0),
            times: Set(1),
            first_at: Set(NOON.0),
            last_at: Set(NOON.0),
        };
        unit_look::Entity::insert(row).exec_without_returning(store.read()).await.expect("noted");
    }

    /// Somebody has referred a person to a lesson.
    pub async fn refer(&self, sender: PersonId, person: PersonId, slug: &str) {
        let store = self.services.store();
        let id = |id: u128| uuid::Uuid::from_u128(id);
        let of_slug = lesson_row::Entity::find().filter(lesson_row::Column::Slug.eq(slug));
        let lesson = of_slug.one(store.read()).await.expect("read").expect("a lesson");
        let row = referral::ActiveModel {
            id: Set(uuid::Uuid::now_v7()),
            person_id: Set(id(person.as_u128())),
            sender_id: Set(Some(id(sender.as_u128()))),
            lesson_id: Set(Some(lesson.id)),
            note: Set(String::new()),
            wish_at: Set(None),
            sent_at: Set(NOON.0),
            seen_at: Set(None),
            withdrawn_at: Set(None),
            changed_at: Set(NOON.0),
            revision: Set(1),
            ..Default::default()
        };
        referral::Entity::insert(row).exec_without_returning(store.read()).await.expect("sent");
    }

    /// A mail to somebody waits, and they point whoever joins a unit to a lesson.
    pub async fn write(&self, person: PersonId, unit: &str, slug: &str) {
        let db = self.services.store().read();
        let id = |id: u128| uuid::Uuid::from_u128(id);
        let of_slug = lesson_row::Entity::find().filter(lesson_row::Column::Slug.eq(slug));
        let lesson = of_slug.one(db).await.expect("read").expect("a lesson");
        let row = standing_referral::ActiveModel {
            id: Set(uuid::Uuid::now_v7()),
            unit_id: Set(id(self.units[unit].as_u128())),
            lesson_id: Set(Some(lesson.id)),
            note: Set(String::new()),
            sender_id: Set(Some(id(person.as_u128()))),
            from_at: Set(NOON.0),
            ..Default::default()
        };
        standing_referral::Entity::insert(row).exec_without_returning(db).await.expect("made");
        let row = mail::ActiveModel {
            id: Set(uuid::Uuid::now_v7()),
            person_id: Set(id(person.as_u128())),
            made_at: Set(NOON.0),
            due_at: Set(NOON.0),
            tries: Set(0),
            ..Default::default()
        };
        mail::Entity::insert(row).exec_without_returning(db).await.expect("waits");
    }

    /// Requires a level of assistant nurses, or has a unit ask for it.
    pub async fn require(&self, unit: Option<&str>, system: &str, level: u8) {
        let bank = self.operator().map_of_codes().await.expect("codes");
        let edit = RequirementEdit {
            unit: unit.map(|name| self.units[name]),
            profession: bank.professions["underskoterska"],
            system: bank.systems[system],
            level: Level::new(level),
            seen: None,
            seen_next: None,
            from: NOON,
        };
        self.operator().map().set_requirement(&edit).await.expect("required");
    }

    /// Counts the statements a piece of work sends.
    pub fn counted(&self) -> usize {
        self.statements.swap(0, Ordering::Relaxed)
    }

    /// The fields of a right reply to the question a ladder asks, and of a wrong one.
    pub fn fields(ladder: &LadderView, is_right: bool) -> Fields {
        let question = ladder.question.as_ref().expect("asks something");
        lesson::fields(question, is_right)
    }
}

/// A name as it stands before the `@`.
fn local_part(name: &str) -> String {
    let plain = |c: char| match c {
        'å' | 'ä' => 'a',
        'ö' => 'o',
        c if c.is_ascii_alphanumeric() => c,
        _ => '-',
    };
    name.to_lowercase().chars().map(plain).collect()
}

/// Begins a climb and returns the ladder.
pub async fn begin(learner: &Learner<'_>, slug: &str) -> LadderView {
    learner.start_attempt(slug, new_id::<AttemptId>()).await.expect("begins");
    learner.ladder(slug, None, Locale::Sv).await.expect("a page").ladder.expect("a ladder")
}

/// Replies to the question a ladder asks.
pub async fn reply(
    learner: &Learner<'_>,
    ladder: &LadderView,
    is_right: bool,
) -> (ReplyOutcome, LadderView) {
    let fields = Town::fields(ladder, is_right);
    let question = ladder.question.as_ref().expect("asks something").id;
    let sent =
        learner.submit_reply(ladder.reply_id, ladder.attempt, question, fields.clone()).await;
    sent.expect("decided")
}

/// Climbs to the top without a miss.
pub async fn climb(learner: &Learner<'_>, slug: &str) -> LadderView {
    let mut ladder = begin(learner, slug).await;
    while !ladder.is_topped() {
        ladder = reply(learner, &ladder, true).await.1;
    }
    ladder
}

/// Goes through every step of the stories' lesson.
pub async fn see_all(learner: &Learner<'_>, slug: &str) {
    for number in 1..=lesson::STEPS {
        learner.finish_step(slug, number, None).await.expect("seen");
    }
}

/// Answers every statement of a system's levels with one and the same claim, as long as it asks.
pub async fn assess(learner: &Learner<'_>, system: &str, level: u8, claim: &str) -> Assessed {
    let level = Level::new(level).expect("1–4");
    let page = learner.assessment(system, Some(level), Locale::Sv).await.expect("a page");
    let said = page.statements.iter().map(|line| (line.meaning, claim.to_owned())).collect();
    learner.assess(system, page.level, &said).await.expect("kept")
}

/// Says that one can all of a system.
pub async fn assess_wholly(learner: &Learner<'_>, system: &str) {
    for level in 1..=4 {
        assess(learner, system, level, "can").await;
    }
}

/// The total of a person's points.
pub async fn total(learner: &Learner<'_>) -> u32 {
    learner.points().await.expect("points").total
}

/// Which field was refused, and why.
pub fn fault<T>(result: &Result<T, ServiceError>) -> Option<(&'static str, Fault)> {
    match result {
        Err(ServiceError::Invalid { field, fault }) => Some((field, *fault)),
        _ => None,
    }
}

/// Whether something was refused as not found.
pub fn is_not_found<T>(result: &Result<T, ServiceError>) -> bool {
    matches!(result, Err(ServiceError::NotFound))
}

/// Waits for all of several pieces of work at once.
pub async fn join_all<T>(work: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut pending: Vec<_> = work.map(|one| Some(Box::pin(one))).collect();
    let mut done: Vec<Option<T>> = pending.iter().map(|_| None).collect();
    std::future::poll_fn(move |context| {
        for (slot, result) in pending.iter_mut().zip(&mut done) {
            if let Some(one) = slot
                && let std::task::Poll::Ready(value) = one.as_mut().poll(context)
            {
                *result = Some(value);
                *slot = None;
            }
        }
        if pending.iter().all(Option::is_none) {
            std::task::Poll::Ready(done.iter_mut().filter_map(Option::take).collect())
        } else {
            std::task::Poll::Pending
        }
    })
    .await
}
