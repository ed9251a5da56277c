//! The demonstration municipality: units and people from a file, and a believable past made from
//! a seed, so that it is the same every time.

mod map;
mod past;
mod public_password;
mod town;
mod wider;

use std::collections::{HashMap, HashSet};

use kvarten_domain::{Id, Locale, Role, Timestamp, UnitId};
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::{
    ServiceError, Services,
    authoring::{Files, LessonDraft},
    disclosure::refresh_disclosure,
    operator::{Hired, Operator},
    password::hash_password,
};
use map::Codes;
pub use map::CompetenceFile;
use past::Past;
pub use public_password::has_public_password;
use town::posts;
pub use town::{DemoAccount, TownFile};
pub use wider::Twin;

/// The password of everybody in the demonstration.
const PASSWORD: &str = "en kvart om dagen";
/// How far back the past goes: a year in which things are learned, and some that have been forgotten
/// since.
const PAST_DAYS: i64 = 500;
/// One in so many has left.
const LEAVERS: usize = 20;
/// Seconds in a day.
const DAY: i64 = 86_400;

/// A lesson of the demonstration and its files.
pub struct DemoLesson<'f> {
    /// As it is written.
    pub draft: LessonDraft,
    /// The files it names.
    pub files: Files<'f>,
    /// Whether it is another under a further name: people hold evidence of it, but how they came to
    /// is not made up.
    pub is_twin: bool,
}

/// Fills an empty database with the municipality, so many people, the lessons and a past.
///
/// # Errors
/// A file that does not fit together, or those of the database.
pub async fn load(
    services: &Services,
    town: &TownFile,
    competence: &CompetenceFile,
    lessons: &[DemoLesson<'_>],
    people: usize,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let start = services.calendar().day_start(now).plus_seconds(-PAST_DAYS * DAY);
    let operator = Operator::enter(services, start);
    let mut professions = operator.professions().await?;
    for line in &town.professions {
        let id = operator.create_profession(&line.code, &line.sv, &line.en).await?;
        professions.insert(line.code.clone(), id);
    }
    let town = &town.clone().with_room_for(people + people / LEAVERS);
    let mut units: HashMap<String, UnitId> = HashMap::new();
    for line in town.all_units() {
        let parent = line.parent.as_ref().and_then(|code| units.get(code)).copied();
        let id = operator.create_unit(&line.name, line.kind, parent).await?;
        units.insert(line.code.clone(), id);
    }
    let codes = Codes { units: &units, professions: &professions };
    competence.write(services, &codes, start, now).await?;
    let mut chance = StdRng::seed_from_u64(2_026);
    let hash = hash_password(PASSWORD.to_owned()).await?;
    let hired = hire(town, &codes, people, &mut chance, (start, now), &hash)?;
    let writing = services.store().begin().await?;
    operator.hire(&writing, &hired).await?;
    writing.commit().await?;
    for lesson in lessons {
        operator.publish_lesson(&lesson.draft, lesson.files).await?;
    }
    competence.write_programs(services, &codes, start).await?;
    let twins = lessons.iter().filter(|lesson| lesson.is_twin);
    let twins: HashSet<&str> = twins.map(|lesson| lesson.draft.slug.as_str()).collect();
    let learned = Past::of(services, now, chance).make(town, &codes, &hired, &twins).await?;
    refresh_disclosure(services, now).await?;
    tracing::info!(people = hired.len(), lessons = lessons.len(), learned, "demonstration loaded");
    Ok(())
}

/// Everybody who works here, and some who have left.
fn hire(
    town: &TownFile,
    codes: &Codes<'_>,
    people: usize,
    chance: &mut StdRng,
    (start, now): (Timestamp, Timestamp),
    hash: &str,
) -> Result<Vec<Hired>, ServiceError> {
    let mut hired = Vec::with_capacity(people);
    let place = |code: &String| codes.units.get(code).copied().ok_or(ServiceError::NotFound);
    let known = |code: &String| codes.professions.get(code).copied().ok_or(ServiceError::NotFound);
    for line in &town.accounts {
        let mut roles = Vec::new();
        for role in &line.roles {
            roles.push((role.role, place(&role.unit)?));
        }
        hired.push(Hired {
            id: seeded_id(chance, start),
            employee_number: line.employee_number.clone(),
            email: Some(line.email.clone()),
            given_name: line.given.clone(),
            family_name: line.family.clone(),
            locale: Locale::from_tag(&line.lang).filter(|locale| *locale != Locale::Sv),
            password_hash: Some(hash.to_owned()),
            unit: place(&line.unit)?,
            profession: known(&line.profession)?,
            roles,
            since: start,
            before: None,
            left: None,
        });
    }
    // Where somebody of a profession may have worked before: wherever it is needed.
    let elsewhere = |profession: &String, here: &String| -> Vec<&String> {
        let others = town.units.iter().filter(|unit| unit.code != *here);
        others.filter(|unit| unit.mix.contains_key(profession)).map(|unit| &unit.code).collect()
    };
    let working = people.saturating_sub(hired.len());
    let leavers = people / LEAVERS;
    for (number, (unit, profession)) in posts(town, working + leavers).enumerate() {
        let has_left = number >= working;
        let days_ago = |chance: &mut StdRng| now.plus_seconds(-DAY * chance.random_range(20..360));
        let mut one = Hired {
            id: seeded_id(chance, start),
            employee_number: (20_001 + number).to_string(),
            email: Some(format!("{}@lindvike.example", 20_001 + number)),
            given_name: town.names.given[chance.random_range(0..town.names.given.len())].clone(),
            family_name: town.names.family[chance.random_range(0..town.names.family.len())].clone(),
            locale: None,
            password_hash: Some(hash.to_owned()),
            unit: place(&unit.code)?,
            profession: known(profession)?,
            roles: Vec::new(),
            since: start,
            before: None,
            left: None,
        };
        one.roles.push((Role::Staff, one.unit));
        let is_manager = profession == "enhetschef";
        match chance.random_range(0..100) {
            _ if has_left => one.left = Some(days_ago(chance)),
            0..8 if !is_manager => one.since = days_ago(chance),
            8..13 if !is_manager => {
                let others = elsewhere(profession, &unit.code);
                if let Some(other) = others.get(chance.random_range(0..others.len().max(1))) {
                    one.before = Some((place(other)?, days_ago(chance)));
                }
            }
            _ => {}
        }
        if is_manager && !has_left {
            one.roles.push((Role::Manager, one.unit));
        }
        hired.push(one);
    }
    Ok(hired)
}

/// An id that looks like those made at `at`, but comes from the seed.
fn seeded_id<I: Id>(chance: &mut StdRng, at: Timestamp) -> I {
    let millis = u64::try_from(at.0).unwrap_or(0);
    let random: [u8; 10] = chance.random();
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
    I::from_u128(id.as_u128())
}
