//! Leaderboards: units per person, and individuals by choice under a chosen name.

use std::collections::HashMap;

use kvarten_domain::{
    Fault, Timestamp, UnitId,
    leaderboard::{Leaderboard, SMALLEST_GROUP, UnitPoints, around_me, rank_units},
    person::Alias,
    time::Period,
};
use kvarten_entity::{
    Column, Key, employment, leaderboard_member, points_entry, unit, unit_points_kept,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Func, IntoCondition, OnConflict, SimpleExpr},
};
use uuid::Uuid;

use super::Learner;
use crate::ServiceError;

#[derive(FromQueryResult)]
struct UnitSum {
    unit_id: Uuid,
    now: Option<i64>,
    before: Option<i64>,
}

#[derive(FromQueryResult)]
struct PersonSum {
    person_id: Uuid,
    alias: String,
    points: Option<i64>,
}

fn clamp(points: Option<i64>) -> u32 {
    u32::try_from(Ord::max(points.unwrap_or(0), 0)).unwrap_or(u32::MAX)
}

/// The sum of a column, as a big integer on both databases.
fn sum_as_integer(value: SimpleExpr) -> SimpleExpr {
    Func::cast_as(Func::sum(value), "bigint").into()
}

/// The sum of `points` in rows from `start` on, or before it.
fn sum_where(points: SimpleExpr, is_counted: SimpleExpr) -> SimpleExpr {
    sum_as_integer(Expr::case(is_counted, points).finally(0).into())
}

impl Learner<'_> {
    /// The leaderboard of a period. Six statements, whatever the number of people.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn leaderboard(&self, period: Period) -> Result<Leaderboard, ServiceError> {
        let calendar = self.services.calendar();
        let start = calendar.period_start(period, self.now);
        let before = calendar.previous_start(period, self.now);
        let mine = self.who.unit.as_ref().map(|(unit, _)| *unit);
        let units = self.unit_points(start, before).await?;
        let is_my_unit_small =
            units.iter().any(|unit| Some(unit.unit) == mine && unit.people < SMALLEST_GROUP);
        let people = self.people_taking_part(start).await?;
        let alias = people.iter().find(|(_, _, is_me)| *is_me).map(|(alias, _, _)| alias.clone());
        Ok(Leaderboard {
            period,
            units: rank_units(units, mine),
            is_my_unit_small,
            alias,
            around: around_me(people),
        })
    }

    async fn unit_points(
        &self,
        start: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<UnitPoints>, ServiceError> {
        let db = self.services.store().read();
        let earned = |column: points_entry::Column| Expr::col((points_entry::Entity, column));
        let earned_at = || earned(points_entry::Column::EarnedAt);
        let points = || earned(points_entry::Column::Points);
        let mut sums = points_entry::Entity::find()
            .select_only()
            .column(points_entry::Column::UnitId)
            .expr_as(sum_where(points(), earned_at().gte(start.0)), "now")
            .expr_as(sum_where(points(), earned_at().lt(start.0)), "before")
            .filter(points_entry::Column::EarnedAt.gte(before.0))
            .filter(points_entry::Column::UnitId.is_not_null())
            .group_by(points_entry::Column::UnitId)
            .into_model::<UnitSum>()
            .all(db)
            .await?;
        let kept = |column: unit_points_kept::Column| Expr::col((unit_points_kept::Entity, column));
        let day_at = || kept(unit_points_kept::Column::DayAt);
        let kept_points = || kept(unit_points_kept::Column::Points);
        let erased = unit_points_kept::Entity::find()
            .select_only()
            .column(unit_points_kept::Column::UnitId)
            .expr_as(sum_where(kept_points(), day_at().gte(start.0)), "now")
            .expr_as(sum_where(kept_points(), day_at().lt(start.0)), "before")
            .filter(unit_points_kept::Column::DayAt.gte(before.0))
            .group_by(unit_points_kept::Column::UnitId)
            .into_model::<UnitSum>()
            .all(db)
            .await?;
        sums.extend(erased);
        let employed = |column: employment::Column| Expr::col((employment::Entity, column));
        let until_after = |at: i64| {
            let until = employed(employment::Column::UntilAt);
            until.clone().is_null().or(until.gt(at))
        };
        let people_where = |holds: SimpleExpr| {
            Func::count_distinct(Expr::case(holds, employed(employment::Column::PersonId)))
        };
        let now = employed(employment::Column::FromAt).lte(self.now.0).and(until_after(self.now.0));
        let then = employed(employment::Column::FromAt).lt(start.0).and(until_after(before.0));
        let people: Vec<(Uuid, i64, i64)> = employment::Entity::find()
            .select_only()
            .column(employment::Column::UnitId)
            .expr_as(people_where(now), "now")
            .expr_as(people_where(then), "before")
            .filter(until_after(before.0))
            .group_by(employment::Column::UnitId)
            .into_tuple()
            .all(db)
            .await?;
        let names: Vec<(Uuid, String)> = unit::Entity::find()
            .select_only()
            .columns([unit::Column::Id, unit::Column::Name])
            .filter(unit::Column::ClosedAt.is_null())
            .into_tuple()
            .all(db)
            .await?;
        let names: HashMap<Uuid, String> = names.into_iter().collect();
        Ok(people
            .into_iter()
            .filter_map(|(id, people, people_before)| {
                let of_unit = || sums.iter().filter(move |sum| sum.unit_id == id);
                Some(UnitPoints {
                    unit: id.id::<UnitId>(),
                    name: names.get(&id)?.clone(),
                    people: clamp(Some(people)),
                    points: of_unit().map(|sum| clamp(sum.now)).sum(),
                    people_before: clamp(Some(people_before)),
                    before: of_unit().map(|sum| clamp(sum.before)).sum(),
                })
            })
            .collect())
    }

    /// Chosen name, points since `start`, and whether it is the reader: of everybody who takes
    /// part, if the reader does.
    async fn people_taking_part(
        &self,
        start: Timestamp,
    ) -> Result<Vec<(String, u32, bool)>, ServiceError> {
        let db = self.services.store().read();
        let me = self.who.id.key();
        if leaderboard_member::Entity::find_by_id(me).one(db).await?.is_none() {
            return Ok(Vec::new());
        }
        let relation: sea_orm::RelationDef =
            leaderboard_member::Entity::belongs_to(points_entry::Entity)
                .from(leaderboard_member::Column::PersonId)
                .to(points_entry::Column::PersonId)
                .into();
        let in_period = relation.on_condition(move |_, entries| {
            Expr::col((entries, points_entry::Column::EarnedAt)).gte(start.0).into_condition()
        });
        let sums = leaderboard_member::Entity::find()
            .select_only()
            .columns([leaderboard_member::Column::PersonId, leaderboard_member::Column::Alias])
            .expr_as(
                sum_as_integer(Expr::col((points_entry::Entity, points_entry::Column::Points))),
                "points",
            )
            .join(JoinType::LeftJoin, in_period)
            .group_by(leaderboard_member::Column::PersonId)
            .group_by(leaderboard_member::Column::Alias)
            .into_model::<PersonSum>()
            .all(db)
            .await?;
        Ok(sums
            .into_iter()
            .map(|sum| (sum.alias, clamp(sum.points), sum.person_id == me))
            .collect())
    }

    /// Takes part under a chosen name, or changes it.
    ///
    /// # Errors
    /// A name that will not do, or that somebody else has.
    pub async fn join_leaderboard(&self, alias: &str) -> Result<(), ServiceError> {
        let alias = Alias::read(alias).map_err(|fault| ServiceError::invalid("alias", fault))?;
        let writing = self.services.store().begin().await?;
        let taken = leaderboard_member::Entity::find()
            .filter(leaderboard_member::Column::AliasFolded.eq(alias.folded()))
            .filter(leaderboard_member::Column::PersonId.ne(self.who.id.key()))
            .one(&writing)
            .await?;
        if taken.is_some() {
            return Err(ServiceError::invalid("alias", Fault::Taken));
        }
        let row = leaderboard_member::ActiveModel {
            person_id: Set(self.who.id.key()),
            alias: Set(alias.as_str().to_owned()),
            alias_folded: Set(alias.folded()),
            joined_at: Set(self.now.0),
        };
        let rename = OnConflict::column(leaderboard_member::Column::PersonId)
            .update_columns([
                leaderboard_member::Column::Alias,
                leaderboard_member::Column::AliasFolded,
            ])
            .to_owned();
        // Of two concurrent requests for a name, the second gets `Fault::Taken` from the constraint.
        leaderboard_member::Entity::insert(row)
            .on_conflict(rename)
            .exec_without_returning(&writing)
            .await?;
        writing.commit().await?;
        Ok(())
    }

    /// Stops taking part; the name is gone at once.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn leave_leaderboard(&self) -> Result<(), ServiceError> {
        leaderboard_member::Entity::delete_by_id(self.who.id.key())
            .exec(self.services.store().write())
            .await?;
        Ok(())
    }
}
