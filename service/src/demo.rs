//! The demonstration municipality: units and people from a file, and a believable past made from
//! a seed, so that it is the same every time.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use kvarten_domain::{
    AnswerId, AttemptId, Id, Locale, PersonId, Role, SystemId, Timestamp, UnitId,
    ladder::Ladder,
    lesson::StepBody,
    points::{Earning, for_completion, for_right_reply},
    question::{Question, QuestionFace},
    reply::{Fields, Reply},
    unit::UnitKind,
};
use kvarten_entity::{
    Column, answer, attempt, evidence, leaderboard_member, points_entry, step_state, visit,
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use crate::{
    ServiceError, Services,
    authoring::{Files, LessonDraft},
    bank::{LessonEntry, VersionContent},
    learner::ledger_row,
    operator::{Hired, Operator},
    password::hash_password,
};

/// The password of everybody in the demonstration.
const PASSWORD: &str = "en kvart om dagen";
/// How far back the past goes.
const PAST_DAYS: i64 = 120;

/// The municipality as it stands in its file.
#[derive(Clone, Debug, Deserialize)]
pub struct TownFile {
    #[serde(rename = "profession")]
    professions: Vec<ProfessionLine>,
    #[serde(rename = "system")]
    systems: Vec<SystemLine>,
    #[serde(rename = "unit")]
    units: Vec<UnitLine>,
    names: Names,
    #[serde(rename = "account")]
    accounts: Vec<AccountLine>,
}

#[derive(Clone, Debug, Deserialize)]
struct ProfessionLine {
    code: String,
    sv: String,
    en: String,
}

#[derive(Clone, Debug, Deserialize)]
struct SystemLine {
    code: String,
    name: String,
    about: String,
    #[serde(rename = "level")]
    levels: Vec<LevelLine>,
}

#[derive(Clone, Debug, Deserialize)]
struct LevelLine {
    level: u8,
    sv: String,
    en: String,
}

#[derive(Clone, Debug, Deserialize)]
struct UnitLine {
    code: String,
    name: String,
    kind: UnitKind,
    parent: Option<String>,
    #[serde(default)]
    people: usize,
    #[serde(default)]
    mix: HashMap<String, usize>,
}

#[derive(Clone, Debug, Deserialize)]
struct Names {
    given: Vec<String>,
    family: Vec<String>,
    aliases: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct AccountLine {
    employee_number: String,
    email: String,
    given: String,
    family: String,
    unit: String,
    profession: String,
    lang: String,
    roles: Vec<RoleLine>,
}

#[derive(Clone, Debug, Deserialize)]
struct RoleLine {
    role: Role,
    unit: String,
}

/// A lesson of the demonstration and its files.
pub struct DemoLesson<'f> {
    /// As it is written.
    pub draft: LessonDraft,
    /// The files it names.
    pub files: Files<'f>,
}

/// Somebody to sign in as.
#[derive(Clone, Debug, Serialize)]
pub struct DemoAccount {
    /// The role to see Kvarten in.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// To sign in with.
    pub employee_number: String,
    /// To sign in with.
    pub email: String,
    /// The password.
    pub password: String,
}

impl TownFile {
    /// One account per role, and one that uses English.
    #[must_use]
    pub fn accounts(&self) -> Vec<DemoAccount> {
        let account = |line: &AccountLine| DemoAccount {
            role: line.roles.iter().map(|role| role.role).max().unwrap_or(Role::Staff),
            name: format!("{} {}", line.given, line.family),
            employee_number: line.employee_number.clone(),
            email: line.email.clone(),
            password: PASSWORD.to_owned(),
        };
        self.accounts.iter().map(account).collect()
    }
}

/// Fills an empty database with the municipality, so many people, the lessons and a past.
///
/// # Errors
/// A file that does not fit together, or those of the database.
pub async fn load(
    services: &Services,
    town: &TownFile,
    lessons: &[DemoLesson<'_>],
    people: usize,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let start = services.calendar().day_start(now).plus_seconds(-PAST_DAYS * 86_400);
    let operator = Operator::enter(services, start);
    let mut professions = operator.professions().await?;
    for line in &town.professions {
        let id = operator.create_profession(&line.code, &line.sv, &line.en).await?;
        professions.insert(line.code.clone(), id);
    }
    for (position, line) in (1..).zip(&town.systems) {
        let levels =
            line.levels.iter().map(|level| (level.level, level.sv.clone(), level.en.clone()));
        let levels: Vec<_> = levels.collect();
        operator.create_system(&line.code, &line.name, &line.about, position, &levels).await?;
    }
    let mut units: HashMap<String, UnitId> = HashMap::new();
    for line in &town.units {
        let parent = line.parent.as_ref().and_then(|code| units.get(code)).copied();
        let id = operator.create_unit(&line.name, line.kind, parent).await?;
        units.insert(line.code.clone(), id);
    }
    let hash = hash_password(PASSWORD.to_owned()).await?;
    let mut chance = StdRng::seed_from_u64(2_026);
    let mut hired = Vec::with_capacity(people);
    let place = |code: &String| units.get(code).copied().ok_or(ServiceError::NotFound);
    for line in &town.accounts {
        let mut roles = Vec::new();
        for role in &line.roles {
            roles.push((role.role, place(&role.unit)?));
        }
        hired.push(Hired {
            id: seeded_id(&mut chance, start),
            employee_number: line.employee_number.clone(),
            email: Some(line.email.clone()),
            given_name: line.given.clone(),
            family_name: line.family.clone(),
            locale: Locale::from_tag(&line.lang).filter(|locale| *locale != Locale::Sv),
            password_hash: Some(hash.clone()),
            unit: place(&line.unit)?,
            profession: *professions.get(&line.profession).ok_or(ServiceError::NotFound)?,
            roles,
        });
    }
    for (number, (unit, profession)) in posts(town, people.saturating_sub(hired.len())).enumerate()
    {
        let unit = place(&unit.code)?;
        let given = &town.names.given[chance.random_range(0..town.names.given.len())];
        let family = &town.names.family[chance.random_range(0..town.names.family.len())];
        let number = 20_001 + number;
        let mut roles = vec![(Role::Staff, unit)];
        if profession == "enhetschef" {
            roles.push((Role::Manager, unit));
        }
        hired.push(Hired {
            id: seeded_id(&mut chance, start),
            employee_number: number.to_string(),
            email: Some(format!("{number}@lindvike.example")),
            given_name: given.clone(),
            family_name: family.clone(),
            locale: None,
            password_hash: Some(hash.clone()),
            unit,
            profession: *professions.get(profession).ok_or(ServiceError::NotFound)?,
            roles,
        });
    }
    let writing = services.store().begin().await?;
    operator.hire(&writing, &hired, start).await?;
    writing.commit().await?;
    for lesson in lessons {
        operator.publish_lesson(&lesson.draft, lesson.files).await?;
    }
    let learned =
        Past { services, now, chance, aliases: HashSet::new() }.make(town, &hired).await?;
    tracing::info!(people = hired.len(), lessons = lessons.len(), learned, "demonstration loaded");
    Ok(())
}

/// The posts of the municipality, each with its unit and profession, as often round as needed.
fn posts(town: &TownFile, count: usize) -> impl Iterator<Item = (&UnitLine, &String)> {
    let mut all: Vec<(&UnitLine, &String)> = Vec::new();
    for unit in &town.units {
        let mut mix: Vec<(&String, &usize)> = unit.mix.iter().collect();
        mix.sort();
        let of_unit =
            mix.into_iter().flat_map(|(code, count)| std::iter::repeat_n((unit, code), *count));
        all.extend(of_unit.take(unit.people));
    }
    // Units that are meant to be small stay small, however many people there are.
    let large: Vec<_> = all.iter().copied().filter(|(unit, _)| unit.people >= 5).collect();
    all.into_iter().chain(std::iter::repeat_n(large, 10_000).flatten()).take(count)
}

/// An id that looks like those made at `at`, but comes from the seed.
fn seeded_id<I: Id>(chance: &mut StdRng, at: Timestamp) -> I {
    let millis = u64::try_from(at.0).unwrap_or(0);
    let random: [u8; 10] = chance.random();
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
    I::from_u128(id.as_u128())
}

/// Rows of a past, gathered and written in large portions.
#[derive(Default)]
struct Rows {
    visits: Vec<visit::ActiveModel>,
    states: Vec<step_state::ActiveModel>,
    attempts: Vec<attempt::ActiveModel>,
    answers: Vec<answer::ActiveModel>,
    points: Vec<points_entry::ActiveModel>,
    evidence: Vec<evidence::ActiveModel>,
    members: Vec<leaderboard_member::ActiveModel>,
}

async fn write<E>(
    writing: &DatabaseTransaction,
    rows: &mut Vec<E::ActiveModel>,
) -> Result<(), ServiceError>
where
    E: EntityTrait,
    E::ActiveModel: Send,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(400));
        let some = std::mem::replace(rows, rest);
        E::insert_many(some).exec_without_returning(writing).await?;
    }
    Ok(())
}

impl Rows {
    async fn write(&mut self, writing: &DatabaseTransaction) -> Result<(), ServiceError> {
        write::<visit::Entity>(writing, &mut self.visits).await?;
        write::<step_state::Entity>(writing, &mut self.states).await?;
        write::<attempt::Entity>(writing, &mut self.attempts).await?;
        write::<answer::Entity>(writing, &mut self.answers).await?;
        write::<points_entry::Entity>(writing, &mut self.points).await?;
        write::<evidence::Entity>(writing, &mut self.evidence).await?;
        write::<leaderboard_member::Entity>(writing, &mut self.members).await
    }
}

/// Somebody taking a lesson in the past.
struct Taking<'t> {
    person: PersonId,
    unit: UnitId,
    entry: &'t LessonEntry,
    content: &'t VersionContent,
    system: SystemId,
    at: Timestamp,
    steps: usize,
    is_to_the_top: bool,
}

struct Past<'s> {
    services: &'s Services,
    now: Timestamp,
    chance: StdRng,
    aliases: HashSet<String>,
}

impl Past<'_> {
    /// Most people have taken a lesson or more; the first account stands in the middle of one.
    async fn make(mut self, town: &TownFile, people: &[Hired]) -> Result<usize, ServiceError> {
        let bank = self.services.bank().await?;
        let mut contents = Vec::new();
        for entry in &bank.lessons {
            contents.push(self.services.content(entry.version).await?);
        }
        // The lesson with a film is the one a demonstration should open in.
        let has_film = |content: &Arc<VersionContent>| {
            content.steps.iter().any(|step| matches!(step, StepBody::Video { .. }))
        };
        let opened = contents.iter().position(has_film).unwrap_or(0);
        let mut rows = Rows::default();
        let mut learned = 0;
        let writing = self.services.store().begin().await?;
        for (at, person) in people.iter().enumerate() {
            let mut order: Vec<usize> = (0..bank.lessons.len()).collect();
            order.shuffle(&mut self.chance);
            let taken = if at == 0 { 1 } else { self.how_many(order.len()) };
            for &lesson in order.iter().take(taken) {
                let seconds = self.chance.random_range(3_600..PAST_DAYS * 86_400);
                let is_begun = at == 0 || self.chance.random_bool(0.2);
                let lesson = if at == 0 { opened } else { lesson };
                let (entry, content) = (&bank.lessons[lesson], &contents[lesson]);
                let steps = if is_begun { entry.steps.len() / 2 } else { entry.steps.len() };
                let at = self.now.plus_seconds(-seconds);
                self.take(
                    &mut rows,
                    &Taking {
                        person: person.id,
                        unit: person.unit,
                        entry,
                        content,
                        system: bank.system_of(entry).id,
                        at,
                        steps,
                        is_to_the_top: !is_begun,
                    },
                )?;
                learned += 1;
            }
            if at > 0 && self.chance.random_bool(0.25) {
                self.join(&mut rows, town, person.id);
            }
            if rows.answers.len() > 5_000 {
                rows.write(&writing).await?;
            }
        }
        rows.write(&writing).await?;
        writing.commit().await?;
        Ok(learned)
    }

    fn how_many(&mut self, lessons: usize) -> usize {
        match self.chance.random_range(0..100) {
            0..30 => 0,
            30..62 => 1,
            62..85 => 2,
            85..95 => 3,
            _ => lessons,
        }
    }

    /// Takes part in the leaderboard, under a name nobody has yet.
    fn join(&mut self, rows: &mut Rows, town: &TownFile, person: PersonId) {
        let alias = &town.names.aliases[self.chance.random_range(0..town.names.aliases.len())];
        let mut free = (1..)
            .map(|number| if number == 1 { alias.clone() } else { format!("{alias} {number}") });
        let free = free.find(|name| !self.aliases.contains(&name.to_lowercase()));
        let Some(alias) = free.filter(|name| name.chars().count() <= 24) else { return };
        self.aliases.insert(alias.to_lowercase());
        rows.members.push(leaderboard_member::ActiveModel {
            person_id: Set(person.key()),
            alias_folded: Set(alias.to_lowercase()),
            alias: Set(alias),
            joined_at: Set(self.now.0),
        });
    }

    fn take(&mut self, rows: &mut Rows, taking: &Taking<'_>) -> Result<(), ServiceError> {
        let (entry, person) = (taking.entry, taking.person.key());
        let mut at = taking.at;
        for step in entry.steps.iter().take(taking.steps) {
            at = at.plus_seconds(i64::from(step.minutes) * 60);
            rows.states.push(step_state::ActiveModel {
                person_id: Set(person),
                step_id: Set(step.id.key()),
                version_id: Set(entry.version.key()),
                seen_at: Set(Some(at.0)),
                ticks: Set(0),
                video_seconds: Set(0),
            });
        }
        let open = entry.steps.get(taking.steps).or(entry.steps.last());
        rows.visits.push(visit::ActiveModel {
            person_id: Set(person),
            version_id: Set(entry.version.key()),
            step_id: Set(open.map(|step| step.id.key())),
            started_at: Set(taking.at.0),
            visited_at: Set(at.0),
        });
        if !taking.is_to_the_top {
            return Ok(());
        }
        let at = self.climb(rows, taking, at)?;
        rows.evidence.push(evidence::ActiveModel {
            person_id: Set(person),
            version_id: Set(entry.version.key()),
            lesson_id: Set(entry.lesson.key()),
            system_id: Set(taking.system.key()),
            level: Set(i16::from(entry.level.number())),
            earned_at: Set(at.0),
            expires_at: Set(None),
        });
        rows.points.push(entry_row(taking, for_completion(entry.lesson), at));
        Ok(())
    }

    /// Climbs to the top, missing now and then.
    fn climb(
        &mut self,
        rows: &mut Rows,
        taking: &Taking<'_>,
        mut at: Timestamp,
    ) -> Result<Timestamp, ServiceError> {
        let seed: u64 = self.chance.random();
        let quiz = &taking.content.quiz;
        let id: AttemptId = seeded_id(&mut self.chance, at);
        let begun = at;
        let mut ladder = Ladder::after(quiz, seed, []);
        let mut answers = Vec::new();
        while let Some(question) = ladder.question() {
            at = at.plus_seconds(self.chance.random_range(8..40));
            let miss =
                if self.chance.random_bool(0.18) { wrong_fields(question, seed) } else { None };
            let is_right = miss.is_none();
            let fields = miss.unwrap_or_else(|| question.right_fields(seed));
            let misses = answers
                .iter()
                .filter(|row: &&answer::ActiveModel| row.question_id == Set(question.id.key()))
                .count();
            let mut points = 0;
            if let (true, Some((rung, _))) = (is_right, quiz.find(question.id)) {
                let misses = u32::try_from(misses).unwrap_or(u32::MAX);
                let earning = for_right_reply(question.id, rung, misses, false);
                points = i32::try_from(earning.points).unwrap_or(0);
                rows.points.push(entry_row(taking, earning, at));
            }
            answers.push(answer::ActiveModel {
                id: Set(seeded_id::<AnswerId>(&mut self.chance, at).key()),
                person_id: Set(taking.person.key()),
                attempt_id: Set(id.key()),
                number: Set(i32::try_from(answers.len() + 1).unwrap_or(i32::MAX)),
                question_id: Set(question.id.key()),
                reply: Set(serde_json::to_string(&fields)?),
                is_right: Set(is_right),
                points: Set(points),
                answered_at: Set(at.0),
            });
            let asked = question.id;
            ladder.record(asked, is_right);
        }
        rows.answers.extend(answers);
        rows.attempts.push(attempt::ActiveModel {
            id: Set(id.key()),
            person_id: Set(taking.person.key()),
            version_id: Set(taking.entry.version.key()),
            number: Set(1),
            seed: Set(seed.cast_signed()),
            is_refresher: Set(false),
            started_at: Set(begun.0),
            topped_at: Set(Some(at.0)),
        });
        Ok(at)
    }
}

fn entry_row(taking: &Taking<'_>, earning: Earning, at: Timestamp) -> points_entry::ActiveModel {
    ledger_row(taking.person, Some(taking.unit), taking.entry.lesson, earning, at)
}

/// A whole reply that is wrong, where one is easily found.
fn wrong_fields(question: &Question, seed: u64) -> Option<Fields> {
    let face = question.face(seed);
    let only = |value: String| Fields::from([("only".to_owned(), value)]);
    let candidates: Vec<Fields> = match &face {
        QuestionFace::Single { options } => {
            (0..options.len()).map(|at| only(at.to_string())).collect()
        }
        QuestionFace::Multiple { options } => (0..options.len())
            .map(|at| Fields::from([(format!("o{at}"), "on".to_owned())]))
            .collect(),
        QuestionFace::TrueFalse => vec![only("true".into()), only("false".into())],
        QuestionFace::Order { items } => {
            vec![(0..items.len()).map(|at| (format!("o{at}"), (at + 1).to_string())).collect()]
        }
        QuestionFace::Match { lefts, .. } => {
            vec![(0..lefts.len()).map(|at| (format!("o{at}"), at.to_string())).collect()]
        }
        QuestionFace::Word { .. } => {
            vec![Fields::from([("word".to_owned(), "vet inte".to_owned())])]
        }
        QuestionFace::Point { labels, .. } => {
            (0..labels.len()).map(|at| only(at.to_string())).collect()
        }
    };
    candidates.into_iter().find(|fields| {
        let reply = Reply::read(&face, fields);
        reply.and_then(|reply| question.judge(seed, &reply)).is_ok_and(|verdict| !verdict.is_right)
    })
}
