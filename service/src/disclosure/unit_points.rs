//! Points of units, published in steps.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::TryStreamExt;
use kvarten_domain::{
    Timestamp,
    leaderboard::{Earned, SMALLEST_TEAM, Step, steps},
};
use kvarten_entity::{
    disclosure_run, employment, points_entry, unit_points_kept, unit_points_step,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseConnection, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use crate::{Calendar, ServiceError, Services, store::WriteTransaction};

/// A day is over when it has ended for so long, in seconds: what was earned in its last moments has
/// been written by then.
const SETTLED: i64 = 3_600;

/// Points that have waited for so long, in seconds, are not published any more.
const OLDEST: i64 = 366 * 86_400;

/// How many rows one statement writes.
const ROWS: usize = 1_000;

/// What was earned in a unit, by day and person.
type ByDay = BTreeMap<(Timestamp, Option<Uuid>), u32>;

/// Steps that are found and not yet published.
pub(super) struct Found {
    /// Until when points had been published when they were found.
    published: i64,
    until: Timestamp,
    steps: Vec<(Uuid, Step)>,
}

/// Finds what there is to publish of every unit, up to the last whole day; none where that has been
/// looked at before.
pub(super) async fn find(
    services: &Services,
    now: Timestamp,
) -> Result<Option<Found>, ServiceError> {
    let db = services.store().read();
    let run = disclosure_run::Entity::find_by_id(super::RUN).one(db).await?;
    let published = run.ok_or(ServiceError::NotFound)?.points_until_at;
    let calendar = services.calendar();
    let until = calendar.day_start(now.plus_seconds(-SETTLED));
    if until.0 <= published {
        return Ok(None);
    }
    let since = until.plus_seconds(-OLDEST);
    let mut waiting = waiting(db, calendar, (since, until)).await?;
    let teams = Teams::since(db, since).await?;
    let mut found = Vec::new();
    for (unit, earned) in &mut waiting {
        let mut last = None;
        earned.retain(|(day, _), _| {
            let (_, is_enough) = last
                .filter(|(same, _)| same == day)
                .unwrap_or_else(|| (*day, teams.is_enough(*unit, *day)));
            last = Some((*day, is_enough));
            is_enough
        });
        let earned: Vec<Earned<Uuid>> = earned
            .iter()
            .map(|((day, person), points)| Earned { day: *day, person: *person, points: *points })
            .collect();
        found.extend(steps(&earned).into_iter().map(|step| (*unit, step)));
    }
    Ok(Some(Found { published, until, steps: found }))
}

/// Publishes what was found, unless another process has; how many steps that is.
pub(super) async fn publish(
    writing: &WriteTransaction,
    run: &disclosure_run::Model,
    found: Found,
) -> Result<usize, ServiceError> {
    if run.points_until_at != found.published {
        return Ok(0);
    }
    let row = |(unit, step): &(Uuid, Step)| unit_points_step::ActiveModel {
        unit_id: Set(*unit),
        day_at: Set(step.day.0),
        points: Set(i64::try_from(step.points).unwrap_or(i64::MAX)),
    };
    for steps in found.steps.chunks(ROWS) {
        unit_points_step::Entity::insert_many(steps.iter().map(row))
            .exec_without_returning(writing)
            .await?;
    }
    let run = disclosure_run::ActiveModel { id: Set(run.id), points_until_at: Set(found.until.0) };
    disclosure_run::Entity::update(run).exec_without_returning(writing).await?;
    Ok(found.steps.len())
}

/// What was earned in units since their last steps.
async fn waiting(
    db: &DatabaseConnection,
    calendar: &Calendar,
    (since, until): (Timestamp, Timestamp),
) -> Result<HashMap<Uuid, ByDay>, ServiceError> {
    let last: HashMap<Uuid, Option<i64>> = unit_points_step::Entity::find()
        .select_only()
        .column(unit_points_step::Column::UnitId)
        .expr_as(Expr::col(unit_points_step::Column::DayAt).max(), "last")
        .group_by(unit_points_step::Column::UnitId)
        .into_tuple::<(Uuid, Option<i64>)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let is_new = |unit: &Uuid, day: Timestamp| {
        last.get(unit).copied().flatten().is_none_or(|last| day.0 > last)
    };
    let mut waiting: HashMap<Uuid, ByDay> = HashMap::new();
    let mut add = |unit: Uuid, day: Timestamp, person: Option<Uuid>, points: i64| {
        if is_new(&unit, day) {
            let sum = waiting.entry(unit).or_default().entry((day, person)).or_default();
            *sum = sum.saturating_add(u32::try_from(points).unwrap_or(0));
        }
    };
    let mut entries = points_entry::Entity::find()
        .select_only()
        .columns([points_entry::Column::UnitId, points_entry::Column::PersonId])
        .columns([points_entry::Column::EarnedAt, points_entry::Column::Points])
        .filter(points_entry::Column::EarnedAt.gte(since.0))
        .filter(points_entry::Column::EarnedAt.lt(until.0))
        .filter(points_entry::Column::UnitId.is_not_null())
        .into_tuple::<(Uuid, Uuid, i64, i32)>()
        .stream(db)
        .await?;
    // The beginning of the day that was last looked up, and of the one after it.
    let mut day = (Timestamp(0), Timestamp(0));
    while let Some((unit, person, at, points)) = entries.try_next().await? {
        if !(day.0.0..day.1.0).contains(&at) {
            let start = calendar.day_start(Timestamp(at));
            let end = calendar.end_of(calendar.date(Timestamp(at)));
            day = (start, end.unwrap_or(start));
        }
        add(unit, day.0, Some(person), i64::from(points));
    }
    drop(entries);
    let erased = unit_points_kept::Entity::find()
        .filter(unit_points_kept::Column::DayAt.gte(since.0))
        .filter(unit_points_kept::Column::DayAt.lt(until.0))
        .all(db)
        .await?;
    for row in erased {
        add(row.unit_id, Timestamp(row.day_at), None, row.points);
    }
    Ok(waiting)
}

/// Who worked where, and when.
struct Teams(HashMap<Uuid, Vec<(Uuid, i64, Option<i64>)>>);

impl Teams {
    async fn since(db: &DatabaseConnection, since: Timestamp) -> Result<Self, ServiceError> {
        let until = employment::Column::UntilAt;
        let rows = employment::Entity::find()
            .select_only()
            .columns([employment::Column::UnitId, employment::Column::PersonId])
            .columns([employment::Column::FromAt, employment::Column::UntilAt])
            .filter(Condition::any().add(until.is_null()).add(until.gt(since.0)))
            .into_tuple::<(Uuid, Uuid, i64, Option<i64>)>()
            .all(db)
            .await?;
        let mut teams: HashMap<Uuid, Vec<_>> = HashMap::new();
        for (unit, person, from, until) in rows {
            teams.entry(unit).or_default().push((person, from, until));
        }
        Ok(Self(teams))
    }

    /// Whether enough people worked in a unit when a day began: what is earned before a unit has been
    /// that large is never published.
    fn is_enough(&self, unit: Uuid, day: Timestamp) -> bool {
        let team = self.0.get(&unit).into_iter().flatten();
        let there = team
            .filter(|(_, from, until)| *from <= day.0 && until.is_none_or(|until| until > day.0));
        let people: HashSet<Uuid> = there.map(|(person, ..)| *person).collect();
        people.len() >= SMALLEST_TEAM as usize
    }
}
