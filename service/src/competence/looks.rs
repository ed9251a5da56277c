//! Who has looked at whom.
//!
//! A look at one person is a row of its own. A look at everybody in a unit is one row for each unit
//! that was shown, however many people work there: who was shown follows from where people worked
//! that day. (Decision 021.)

use std::collections::HashMap;

use kvarten_domain::{
    Locale, PersonId, Timestamp, UnitId,
    knowledge::{Look, LookLine},
};
use kvarten_entity::{Column, Key, employment, person, person_look, profession, unit, unit_look};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, IntoColumnRef, OnConflict},
};
use uuid::Uuid;

use crate::{ServiceError, Services};

/// What is shown within so many seconds is one look: a page comes in two halves.
const ONE_LOOK_SECONDS: i64 = 60;

/// How often somebody has looked that day, with another time that may belong to the last.
fn once_more(times: impl IntoColumnRef, last_at: impl IntoColumnRef, now: Timestamp) -> Expr {
    let is_another = Expr::col(last_at).lt(now.plus_seconds(-ONE_LOOK_SECONDS).0);
    Expr::col(times).add(Expr::case(is_another, 1).finally(0))
}

/// Notes that somebody looks at a person. One statement.
pub(crate) async fn look_at_person(
    services: &Services,
    viewer: PersonId,
    person: PersonId,
    now: Timestamp,
) -> Result<(), ServiceError> {
    look_at_people(services, viewer, &[person], now).await
}

/// Notes that somebody looks at some people. One statement.
pub(crate) async fn look_at_people(
    services: &Services,
    viewer: PersonId,
    people: &[PersonId],
    now: Timestamp,
) -> Result<(), ServiceError> {
    let rows = people.iter().map(|person| person_look::ActiveModel {
        id: Set(Uuid::now_v7()),
        person_id: Set(person.key()),
        viewer_id: Set(Some(viewer.key())),
        what: Set(Look::Person.code().to_owned()),
        day_at: Set(services.calendar().day_start(now).0),
        times: Set(1),
        last_at: Set(now.0),
    });
    let again = OnConflict::columns([
        person_look::Column::PersonId,
        person_look::Column::ViewerId,
        person_look::Column::What,
        person_look::Column::DayAt,
    ])
    .value(
        person_look::Column::Times,
        once_more(
            (person_look::Entity, person_look::Column::Times),
            (person_look::Entity, person_look::Column::LastAt),
            now,
        ),
    )
    .update_column(person_look::Column::LastAt)
    .to_owned();
    person_look::Entity::insert_many(rows)
        .on_conflict(again)
        .exec_without_returning(services.store().write())
        .await?;
    Ok(())
}

/// Notes that somebody looks at everybody in some units. One statement.
pub(crate) async fn look_at_units(
    services: &Services,
    viewer: PersonId,
    units: &[UnitId],
    what: Look,
    now: Timestamp,
) -> Result<(), ServiceError> {
    if units.is_empty() {
        return Ok(());
    }
    let rows = units.iter().map(|unit| unit_look::ActiveModel {
        id: Set(Uuid::now_v7()),
        unit_id: Set(unit.key()),
        viewer_id: Set(Some(viewer.key())),
        what: Set(what.code().to_owned()),
        day_at: Set(services.calendar().day_start(now).0),
        times: Set(1),
        first_at: Set(now.0),
        last_at: Set(now.0),
    });
    let again = OnConflict::columns([
        unit_look::Column::UnitId,
        unit_look::Column::ViewerId,
        unit_look::Column::What,
        unit_look::Column::DayAt,
    ])
    .value(
        unit_look::Column::Times,
        once_more(
            (unit_look::Entity, unit_look::Column::Times),
            (unit_look::Entity, unit_look::Column::LastAt),
            now,
        ),
    )
    .update_column(unit_look::Column::LastAt)
    .to_owned();
    unit_look::Entity::insert_many(rows)
        .on_conflict(again)
        .exec_without_returning(services.store().write())
        .await?;
    Ok(())
}

/// A look, before it has names.
struct Seen {
    viewer: Option<Uuid>,
    what: Look,
    unit: Option<Uuid>,
    last_at: i64,
    times: i32,
}

/// Everybody who has looked at what is known of a person, newest first; not the person's own looks. Of very many the latest, where `most` says so. Five statements.
pub(crate) async fn looks_at(
    services: &Services,
    me: PersonId,
    most: Option<usize>,
    locale: Locale,
) -> Result<Vec<LookLine>, ServiceError> {
    let db = services.store().read();
    let limit = most.and_then(|most| u64::try_from(most).ok());
    let mut seen: Vec<Seen> = person_look::Entity::find()
        .filter(person_look::Column::PersonId.eq(me.key()))
        .filter(
            person_look::Column::ViewerId.is_null().or(person_look::Column::ViewerId.ne(me.key())),
        )
        .order_by_desc(person_look::Column::LastAt)
        .limit(limit)
        .all(db)
        .await?
        .into_iter()
        .filter_map(|row| {
            Some(Seen {
                viewer: row.viewer_id,
                what: Look::from_code(&row.what)?,
                unit: None,
                last_at: row.last_at,
                times: row.times,
            })
        })
        .collect();
    let employments = employment::Entity::find()
        .filter(employment::Column::PersonId.eq(me.key()))
        .all(db)
        .await?;
    let mut there = Condition::any();
    for place in &employments {
        let mut here = Condition::all()
            .add(unit_look::Column::UnitId.eq(place.unit_id))
            .add(unit_look::Column::LastAt.gte(place.from_at));
        if let Some(until) = place.until_at {
            here = here.add(unit_look::Column::FirstAt.lt(until));
        }
        there = there.add(here);
    }
    let of_units = if employments.is_empty() {
        Vec::new()
    } else {
        let is_other =
            unit_look::Column::ViewerId.is_null().or(unit_look::Column::ViewerId.ne(me.key()));
        unit_look::Entity::find()
            .filter(there)
            .filter(is_other)
            .order_by_desc(unit_look::Column::LastAt)
            .limit(limit)
            .all(db)
            .await?
    };
    seen.extend(of_units.into_iter().filter_map(|row| {
        Some(Seen {
            viewer: row.viewer_id,
            what: Look::from_code(&row.what)?,
            unit: Some(row.unit_id),
            last_at: row.last_at,
            times: row.times,
        })
    }));
    seen.sort_by_key(|look| std::cmp::Reverse(look.last_at));
    seen.truncate(most.unwrap_or(usize::MAX));
    named(services, &seen, locale).await
}

/// Looks with the names of who looked and of the units.
async fn named(
    services: &Services,
    seen: &[Seen],
    locale: Locale,
) -> Result<Vec<LookLine>, ServiceError> {
    let db = services.store().read();
    let mut viewers: Vec<Uuid> = seen.iter().filter_map(|look| look.viewer).collect();
    viewers.sort_unstable();
    viewers.dedup();
    let people: HashMap<Uuid, person::Model> = person::Entity::find()
        .filter(person::Column::Id.is_in(viewers.clone()))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let professions: HashMap<Uuid, (String, String)> = employment::Entity::find()
        .select_only()
        .column(employment::Column::PersonId)
        .columns([profession::Column::NameSv, profession::Column::NameEn])
        .join(
            sea_orm::JoinType::InnerJoin,
            employment::Entity::belongs_to(profession::Entity)
                .from(employment::Column::ProfessionId)
                .to(profession::Column::Id)
                .into(),
        )
        .filter(employment::Column::PersonId.is_in(viewers))
        .order_by_asc(employment::Column::FromAt)
        .into_tuple::<(Uuid, String, String)>()
        .all(db)
        .await?
        .into_iter()
        .map(|(person, sv, en)| (person, (sv, en)))
        .collect();
    let units: Vec<Uuid> = seen.iter().filter_map(|look| look.unit).collect();
    let units: HashMap<Uuid, String> = unit::Entity::find()
        .filter(unit::Column::Id.is_in(units))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let bank = services.bank().await?;
    let line = |look: &Seen| {
        let person = look.viewer.and_then(|viewer| people.get(&viewer));
        let profession = look.viewer.and_then(|viewer| professions.get(&viewer));
        LookLine {
            viewer: person.map(|person| format!("{} {}", person.given_name, person.family_name)),
            profession: profession
                .map(|(sv, en)| if locale == Locale::Sv { sv.clone() } else { en.clone() }),
            what: look.what,
            unit: look.unit.and_then(|unit| {
                let open = bank.units.unit(unit.id()).map(|unit| unit.name.clone());
                open.or_else(|| units.get(&unit).cloned())
            }),
            on: services.calendar().date(Timestamp(look.last_at)),
            at: services.calendar().hour_and_minute(Timestamp(look.last_at)),
            times: u32::try_from(look.times).unwrap_or(1),
        }
    };
    Ok(seen.iter().map(line).collect())
}
