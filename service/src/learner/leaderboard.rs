//! Leaderboards: units per person, and individuals by choice under a chosen name.

use kvarten_domain::{
    Fault, Timestamp, UnitId,
    leaderboard::{AROUND, Leaderboard, Participant, UnitPoints, average, my_unit, rank_units},
    time::Period,
};
use kvarten_entity::{Column, Key, employment, leaderboard_member, person, unit_points_step};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, FromQueryResult, Order, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait, Func, OnConflict, SimpleExpr},
};
use uuid::Uuid;

use super::Learner;
use crate::{
    ServiceError,
    signed_in::{employed_at, here_at},
    text::{Alias, collation_key},
};

#[derive(FromQueryResult)]
struct UnitSum {
    unit_id: Uuid,
    now: Option<i64>,
    before: Option<i64>,
}

fn clamp(number: i64) -> u32 {
    u32::try_from(Ord::max(number, 0)).unwrap_or(u32::MAX)
}

/// The sum of the points of some steps, as a big integer on both databases; nothing where there are
/// none.
fn sum_where(is_counted: SimpleExpr) -> SimpleExpr {
    let points = Expr::col((unit_points_step::Entity, unit_points_step::Column::Points));
    Func::cast_as(Func::sum(Expr::case(is_counted, points)), "bigint").into()
}

impl Learner<'_> {
    /// The leaderboard of a period. Five statements at most, whatever the number of people.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn leaderboard(&self, period: Period) -> Result<Leaderboard, ServiceError> {
        let calendar = self.services.calendar();
        let start = calendar.period_start(period, self.now);
        let before = calendar.previous_start(period, self.now);
        let mine = self.who.unit.as_ref().map(|(unit, _)| *unit);
        let mut units = self.unit_points(start, before).await?;
        units.sort_by_cached_key(|unit| (collation_key(&unit.name), unit.unit));
        let (around, participants) = self.taking_part().await?;
        let me = around.iter().find(|participant| participant.is_me);
        Ok(Leaderboard {
            period,
            units: rank_units(&units, mine),
            average_tenths: average(&units),
            my_unit: my_unit(&units, mine),
            alias: me.map(|participant| participant.alias.clone()),
            around,
            participants,
        })
    }

    /// What has been published of each unit since the start of the period, and in the one before it.
    async fn unit_points(
        &self,
        start: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<UnitPoints>, ServiceError> {
        let db = self.services.store().read();
        let day = || Expr::col((unit_points_step::Entity, unit_points_step::Column::DayAt));
        let sums = unit_points_step::Entity::find()
            .select_only()
            .column(unit_points_step::Column::UnitId)
            .expr_as(sum_where(day().gte(start.0)), "now")
            .expr_as(sum_where(day().lt(start.0)), "before")
            .filter(unit_points_step::Column::DayAt.gte(before.0))
            .group_by(unit_points_step::Column::UnitId)
            .into_model::<UnitSum>()
            .all(db)
            .await?;
        let person = Expr::col((employment::Entity, employment::Column::PersonId));
        let people: Vec<(Uuid, i64)> = employment::Entity::find()
            .select_only()
            .column(employment::Column::UnitId)
            .expr_as(Func::count_distinct(person), "people")
            .filter(employed_at(self.now))
            .group_by(employment::Column::UnitId)
            .into_tuple()
            .all(db)
            .await?;
        let bank = self.services.bank().await?;
        let unit_points = |(id, people): (Uuid, i64)| {
            let sum = sums.iter().find(|sum| sum.unit_id == id);
            Some(UnitPoints {
                unit: id.id::<UnitId>(),
                name: bank.units.unit(id.id())?.name.clone(),
                people: clamp(people),
                points: sum.and_then(|sum| sum.now).map(clamp),
                before: sum.and_then(|sum| sum.before).map(clamp),
            })
        };
        Ok(people.into_iter().filter_map(unit_points).collect())
    }

    /// The names around the reader's in the alphabet, and how many take part; nothing where the reader
    /// does not. What others have earned has no part in it.
    async fn taking_part(&self) -> Result<(Vec<Participant>, u32), ServiceError> {
        let db = self.services.store().read();
        let me = leaderboard_member::Entity::find_by_id(self.who.id.key()).one(db).await?;
        let Some(me) = me else { return Ok((Vec::new(), 0)) };
        let mut around = self.names_beside(&me.alias_folded, Order::Desc).await?;
        around.reverse();
        let after = self.names_beside(&me.alias_folded, Order::Asc).await?;
        around.push(Participant { alias: me.alias, is_me: true });
        around.extend(after);
        let count = leaderboard_member::Entity::find().count(db).await?;
        Ok((around, u32::try_from(count).unwrap_or(u32::MAX)))
    }

    /// The names nearest to a folded name in the alphabet: after it, or before it in descending order.
    async fn names_beside(
        &self,
        folded: &str,
        order: Order,
    ) -> Result<Vec<Participant>, ServiceError> {
        let column = leaderboard_member::Column::AliasFolded;
        let is_beside =
            if matches!(order, Order::Desc) { column.lt(folded) } else { column.gt(folded) };
        let names = leaderboard_member::Entity::find()
            .filter(is_beside)
            .order_by(column, order)
            .limit(AROUND)
            .all(self.services.store().read())
            .await?;
        let participant =
            |row: leaderboard_member::Model| Participant { alias: row.alias, is_me: false };
        Ok(names.into_iter().map(participant).collect())
    }

    /// Takes part under a chosen name, or changes it.
    ///
    /// # Errors
    /// A name that will not do, or that somebody else has.
    pub async fn join_leaderboard(&self, alias: &str) -> Result<(), ServiceError> {
        let alias = Alias::read(alias).map_err(|fault| ServiceError::invalid("alias", fault))?;
        self.refuse_name_of_colleague(&alias).await?;
        let writing = self.services.store().begin().await?;
        let taken = leaderboard_member::Entity::find()
            .filter(leaderboard_member::Column::AliasFolded.eq(alias.key()))
            .filter(leaderboard_member::Column::PersonId.ne(self.who.id.key()))
            .one(&writing)
            .await?;
        if taken.is_some() {
            return Err(ServiceError::invalid("alias", Fault::Taken));
        }
        let row = leaderboard_member::ActiveModel {
            person_id: Set(self.who.id.key()),
            alias: Set(alias.as_str().to_owned()),
            alias_folded: Set(alias.key()),
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

    /// Refuses the real name of somebody else who works here. One's own is one's own to show. It is
    /// refused in the words of a taken name: what the name is to another is not told.
    async fn refuse_name_of_colleague(&self, alias: &Alias) -> Result<(), ServiceError> {
        let people: Vec<(Uuid, String, String)> = person::Entity::find()
            .select_only()
            .columns([person::Column::Id, person::Column::GivenName, person::Column::FamilyName])
            .filter(here_at(self.now))
            .into_tuple()
            .all(self.services.store().read())
            .await?;
        let me = self.who.id.key();
        let is_of = |mine: bool| {
            people
                .iter()
                .filter(|(id, ..)| (*id == me) == mine)
                .any(|(_, given, family)| alias.is_name_of(given, family))
        };
        if is_of(false) && !is_of(true) {
            return Err(ServiceError::invalid("alias", Fault::Taken));
        }
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
