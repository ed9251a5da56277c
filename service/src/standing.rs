//! Standing referrals are sent: to whoever has joined the unit or the profession they are for.

use std::collections::{HashMap, HashSet};

use kvarten_domain::{
    ProfessionId, Timestamp, UnitId,
    standing::{Joining, NEW_DAYS, Post},
};
use kvarten_entity::{Column, Key, employment, evidence, referral, standing_referral};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect,
    sea_query::{ExprTrait, OnConflict},
};
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    bank::{Aim, Bank},
    competence::follow,
    manager::id_in,
    signed_in::{employed_at, here_at, whose},
};

/// Somebody who began somewhere lately.
struct Newcomer {
    person: Uuid,
    began: Timestamp,
    unit: UnitId,
    profession: ProfessionId,
}

/// Somebody a standing referral is for.
struct Due {
    standing: standing_referral::Model,
    aim: Aim,
    person: Uuid,
    began: Timestamp,
}

/// Sends every standing referral to whoever has joined what it is for and has not had it: once to
/// each, to nobody who has shown it or has an open referral to the same. Returns how many were sent.
/// Done again, or by several at once, it is done once. One statement where nothing stands.
///
/// # Errors
/// Those of the database.
pub async fn send_standing(services: &Services, now: Timestamp) -> Result<u32, ServiceError> {
    let db = services.store().read();
    let standing = standing_referral::Entity::find()
        .filter(standing_referral::Column::UntilAt.is_null())
        .all(db)
        .await?;
    if standing.is_empty() {
        return Ok(0);
    }
    let bank = services.bank().await?;
    let newcomers = newcomers(services, now).await?;
    if newcomers.is_empty() {
        return Ok(0);
    }
    let before = before(services, &newcomers).await?;
    let mut due = Vec::new();
    for newcomer in &newcomers {
        let path = bank.units.path(newcomer.unit);
        let after = Post { path: &path, profession: newcomer.profession };
        let was = before.get(&newcomer.person).filter(|(until, ..)| *until >= newcomer.began);
        let was = was.map(|(_, unit, profession)| (bank.units.path(*unit), *profession));
        let was = was.as_ref().map(|(path, profession)| Post { path, profession: *profession });
        for row in &standing {
            let joining =
                Joining { unit: row.unit_id.id(), profession: row.profession_id.map(Key::id) };
            let is_after = newcomer.began > Timestamp(row.from_at);
            let Some(aim) = Aim::of_standing(row).filter(|aim| bank.target(*aim).is_some()) else {
                continue;
            };
            if is_after && joining.joins(was, after) {
                let (standing, person, began) = (row.clone(), newcomer.person, newcomer.began);
                due.push(Due { standing, aim, person, began });
            }
        }
    }
    send(services, &bank, due, now).await
}

/// Who began somewhere within the last days and works there. One statement.
async fn newcomers(services: &Services, now: Timestamp) -> Result<Vec<Newcomer>, ServiceError> {
    let since = now.plus_seconds(-NEW_DAYS * 86_400);
    let rows: Vec<(Uuid, i64, Uuid, Uuid)> = employment::Entity::find()
        .select_only()
        .columns([
            employment::Column::PersonId,
            employment::Column::FromAt,
            employment::Column::UnitId,
            employment::Column::ProfessionId,
        ])
        .join(JoinType::InnerJoin, whose())
        .filter(employment::Column::FromAt.gt(since.0))
        .filter(employed_at(now))
        .filter(here_at(now))
        .into_tuple()
        .all(services.store().read())
        .await?;
    let newcomer = |(person, began, unit, profession): (Uuid, i64, Uuid, Uuid)| Newcomer {
        person,
        began: Timestamp(began),
        unit: unit.id(),
        profession: profession.id(),
    };
    Ok(rows.into_iter().map(newcomer).collect())
}

/// The last post that each of some people left before this one: until when, where, as what. One
/// statement.
async fn before(
    services: &Services,
    newcomers: &[Newcomer],
) -> Result<HashMap<Uuid, (Timestamp, UnitId, ProfessionId)>, ServiceError> {
    let mut last: HashMap<Uuid, (Timestamp, UnitId, ProfessionId)> = HashMap::new();
    let people: Vec<Uuid> = newcomers.iter().map(|one| one.person).collect();
    // A whole municipality may be new at once; no statement takes so many values.
    for some in people.chunks(1_000) {
        let rows = employment::Entity::find()
            .filter(employment::Column::PersonId.is_in(some.iter().copied()))
            .filter(employment::Column::UntilAt.is_not_null())
            .all(services.store().read())
            .await?;
        for row in rows {
            let post =
                (Timestamp(row.until_at.unwrap_or(0)), row.unit_id.id(), row.profession_id.id());
            let known = last.entry(row.person_id).or_insert(post);
            if known.0 < post.0 {
                *known = post;
            }
        }
    }
    Ok(last)
}

async fn send(
    services: &Services,
    bank: &Bank,
    due: Vec<Due>,
    now: Timestamp,
) -> Result<u32, ServiceError> {
    let mut sent = 0;
    for some in due.chunks(200) {
        sent += send_some(services, bank, some, now).await?;
    }
    Ok(sent)
}

async fn send_some(
    services: &Services,
    bank: &Bank,
    due: &[Due],
    now: Timestamp,
) -> Result<u32, ServiceError> {
    let id = |one: &Due| id_in(one.standing.id, one.person);
    let known: HashSet<Uuid> = referral::Entity::find()
        .select_only()
        .column(referral::Column::Id)
        .filter(referral::Column::Id.is_in(due.iter().map(id)))
        .into_tuple::<Uuid>()
        .all(services.store().read())
        .await?
        .into_iter()
        .collect();
    let mut new: Vec<&Due> = due.iter().filter(|one| !known.contains(&id(one))).collect();
    if new.is_empty() {
        return Ok(0);
    }
    let writing = services.store().begin().await?;
    let people: Vec<Uuid> = new.iter().map(|one| one.person).collect();
    let open: HashSet<(Uuid, Option<Aim>)> = {
        let rows = referral::Entity::find()
            .filter(referral::Column::PersonId.is_in(people.iter().copied()))
            .filter(referral::Column::WithdrawnAt.is_null())
            .all(&writing)
            .await?;
        let followed = follow(&writing, bank, rows).await?;
        let open = followed.into_iter().filter(|one| one.stage.is_open());
        open.map(|one| (one.row.person_id, Aim::of_referral(&one.row))).collect()
    };
    let shown: HashSet<(Uuid, Uuid)> = evidence::Entity::find()
        .select_only()
        .columns([evidence::Column::PersonId, evidence::Column::LessonId])
        .filter(evidence::Column::PersonId.is_in(people))
        .filter(evidence::Column::ExpiresAt.is_null().or(evidence::Column::ExpiresAt.gt(now.0)))
        .into_tuple()
        .all(&writing)
        .await?
        .into_iter()
        .collect();
    let has_shown = |one: &Due| {
        let lessons = bank.lessons_of(one.aim);
        lessons.iter().all(|lesson| shown.contains(&(one.person, lesson.key())))
    };
    new.retain(|one| !open.contains(&(one.person, Some(one.aim))) && !has_shown(one));
    // Two that stand for the same are one to whoever both are for.
    let mut given: HashSet<(Uuid, Aim)> = HashSet::new();
    new.retain(|one| given.insert((one.person, one.aim)));
    if new.is_empty() {
        return Ok(0);
    }
    let rows = new.iter().map(|one| {
        let (lesson, program) = one.aim.columns();
        referral::ActiveModel {
            id: Set(id(one)),
            person_id: Set(one.person),
            sender_id: Set(one.standing.sender_id),
            lesson_id: Set(lesson),
            program_id: Set(program),
            standing_id: Set(Some(one.standing.id)),
            note: Set(one.standing.note.clone()),
            wish_at: Set(wish(services, one).map(|at| at.0)),
            sent_at: Set(now.0),
            changed_at: Set(now.0),
            revision: Set(1),
            ..Default::default()
        }
    });
    let once = OnConflict::column(referral::Column::Id).do_nothing().to_owned();
    let sent = referral::Entity::insert_many(rows)
        .on_conflict(once)
        .exec_without_returning(&writing)
        .await?;
    writing.commit().await?;
    Ok(u32::try_from(sent).unwrap_or(u32::MAX))
}

/// The end of the day that is wished for, so many days after somebody began.
fn wish(services: &Services, one: &Due) -> Option<Timestamp> {
    let days = i64::from(one.standing.days?);
    let calendar = services.calendar();
    calendar.end_of(calendar.date(one.began.plus_seconds(days * 86_400)))
}
