//! The demonstration municipality: units and people from a file, and a believable past made from
//! a seed, so that it is the same every time.

mod past;
mod town;

use std::collections::HashMap;

use kvarten_domain::{Id, Locale, Role, Timestamp, UnitId};
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::{
    ServiceError, Services,
    authoring::{Files, LessonDraft},
    operator::{Hired, Operator},
    password::hash_password,
};
use past::Past;
use town::posts;
pub use town::{DemoAccount, TownFile};

/// The password of everybody in the demonstration.
const PASSWORD: &str = "en kvart om dagen";
/// How far back the past goes.
const PAST_DAYS: i64 = 120;

/// A lesson of the demonstration and its files.
pub struct DemoLesson<'f> {
    /// As it is written.
    pub draft: LessonDraft,
    /// The files it names.
    pub files: Files<'f>,
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
    let learned = Past::of(services, now, chance).make(town, &hired).await?;
    tracing::info!(people = hired.len(), lessons = lessons.len(), learned, "demonstration loaded");
    Ok(())
}

/// An id that looks like those made at `at`, but comes from the seed.
fn seeded_id<I: Id>(chance: &mut StdRng, at: Timestamp) -> I {
    let millis = u64::try_from(at.0).unwrap_or(0);
    let random: [u8; 10] = chance.random();
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
    I::from_u128(id.as_u128())
}
