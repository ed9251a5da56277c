//! Standing referrals: whoever joins is pointed to something by itself.

use std::collections::HashMap;

use kvarten_domain::{
    Fault, Locale, ProfessionId, StandingId, Timestamp, UnitId,
    referral::Target,
    standing::{MOST_DAYS, StandingLine, StandingPage},
};
use kvarten_entity::{Column, Key, referral, standing_referral};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::{Manager, refer::note};
use crate::{ServiceError, bank::Aim, new_id, signed_in::names_of};

/// A standing referral as it is to be.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Made by the caller: sent twice, it is kept once.
    pub id: StandingId,
    /// One of the manager's units; what stands below it is meant, too.
    pub unit: UnitId,
    /// The code of a profession; none for all.
    pub profession: Option<String>,
    /// The word of the lesson or program; see [`Target::word`].
    pub to: String,
    /// At most [`kvarten_domain::referral::LONGEST_NOTE`] characters; may be empty.
    pub note: String,
    /// By how many days after joining it is wished for: 1–365.
    pub days: Option<u16>,
}

impl Manager<'_> {
    /// What stands in the manager's units, and what can be added. Three statements.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn standing(&self, locale: Locale) -> Result<StandingPage, ServiceError> {
        let db = self.services.store().read();
        let units: Vec<Uuid> = self.units.iter().map(|unit| unit.key()).collect();
        let rows = standing_referral::Entity::find()
            .filter(standing_referral::Column::UnitId.is_in(units))
            .filter(standing_referral::Column::UntilAt.is_null())
            .order_by_asc(standing_referral::Column::FromAt)
            .order_by_asc(standing_referral::Column::Id)
            .all(db)
            .await?;
        let sent: HashMap<Uuid, i64> = referral::Entity::find()
            .select_only()
            .column(referral::Column::StandingId)
            .column_as(referral::Column::Id.count(), "sent")
            .filter(referral::Column::StandingId.is_in(rows.iter().map(|row| row.id)))
            .group_by(referral::Column::StandingId)
            .into_tuple()
            .all(db)
            .await?
            .into_iter()
            .collect();
        let senders = names_of(self.services, rows.iter().filter_map(|row| row.sender_id)).await?;
        let line = |row: standing_referral::Model| {
            let profession: Option<ProfessionId> = row.profession_id.map(Key::id);
            let profession = profession.and_then(|id| self.bank.profession(id));
            let aim = Aim::of_standing(&row)?;
            Some(StandingLine {
                id: row.id.id(),
                unit: self.bank.units.unit(row.unit_id.id())?.name.clone(),
                profession: profession.map(|one| one.name(locale).to_owned()),
                to: self.bank.known_target(aim)?,
                is_over: self.bank.is_over(aim),
                note: row.note,
                days: row.days.and_then(|days| u16::try_from(days).ok()),
                since: self.services.calendar().date(Timestamp(row.from_at)),
                from: row.sender_id.and_then(|sender| senders.get(&sender).cloned()),
                sent: sent.get(&row.id).map_or(0, |sent| u32::try_from(*sent).unwrap_or(u32::MAX)),
            })
        };
        Ok(StandingPage {
            id: new_id(),
            lines: rows.into_iter().filter_map(line).collect(),
            units: self.bank.units.lines(&self.units),
            professions: self.bank.profession_choices(locale),
            targets: self
                .bank
                .program_targets()
                .chain(self.bank.lessons.iter().map(|entry| Target::Lesson(self.bank.link(entry))))
                .collect(),
        })
    }

    /// Makes a standing referral: whoever joins from now on receives it. Sent twice, it is made once.
    ///
    /// # Errors
    /// A unit that is not the manager's, a profession, lesson or program that there is not, a note
    /// that is too long, or a number of days that will not do.
    pub async fn make_standing(&self, standing: &Standing) -> Result<(), ServiceError> {
        if !self.units.contains(&standing.unit) {
            return Err(ServiceError::NotFound);
        }
        let profession = match standing.profession.as_deref() {
            None => None,
            Some(code) => {
                let unknown = ServiceError::invalid("profession", Fault::UnknownOption);
                Some(self.bank.profession_id(code).ok_or(unknown)?)
            }
        };
        let unknown = ServiceError::invalid("lesson", Fault::UnknownOption);
        let (lesson, program) = self.bank.aim(&standing.to).ok_or(unknown)?.columns();
        if standing.days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
            return Err(ServiceError::invalid("days", Fault::Malformed));
        }
        let row = standing_referral::Model {
            id: standing.id.key(),
            unit_id: standing.unit.key(),
            profession_id: profession.map(Column::key),
            lesson_id: lesson,
            program_id: program,
            note: note(&standing.note)?,
            days: standing.days.map(i32::from),
            sender_id: Some(self.who.id.key()),
            from_at: self.now.0,
            until_at: None,
        };
        let new = standing_referral::ActiveModel {
            id: Set(row.id),
            unit_id: Set(row.unit_id),
            profession_id: Set(row.profession_id),
            lesson_id: Set(row.lesson_id),
            program_id: Set(row.program_id),
            note: Set(row.note.clone()),
            days: Set(row.days),
            sender_id: Set(row.sender_id),
            from_at: Set(row.from_at),
            until_at: Set(row.until_at),
        };
        let once = OnConflict::column(standing_referral::Column::Id).do_nothing().to_owned();
        let writing = self.services.store().begin().await?;
        let made = standing_referral::Entity::insert_many([new])
            .on_conflict(once)
            .exec_without_returning(&writing)
            .await?;
        let known = standing_referral::Entity::find_by_id(row.id).one(&writing).await?;
        writing.commit().await?;
        // Sent twice; at another time, that is all.
        let is_same = known
            .is_some_and(|known| standing_referral::Model { from_at: row.from_at, ..known } == row);
        if made == 1 || is_same { Ok(()) } else { Err(ServiceError::IdTaken) }
    }

    /// Ends a standing referral of one of the manager's units. What has been sent stays. Sent twice,
    /// it is done once.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for one of another unit.
    pub async fn end_standing(&self, id: StandingId) -> Result<(), ServiceError> {
        let units: Vec<Uuid> = self.units.iter().map(|unit| unit.key()).collect();
        let store = self.services.store();
        let known = standing_referral::Entity::find_by_id(id.key())
            .filter(standing_referral::Column::UnitId.is_in(units))
            .one(store.read())
            .await?;
        known.ok_or(ServiceError::NotFound)?;
        standing_referral::Entity::update_many()
            .col_expr(standing_referral::Column::UntilAt, Expr::value(self.now.0))
            .filter(standing_referral::Column::Id.eq(id.key()))
            .filter(standing_referral::Column::UntilAt.is_null())
            .exec(store.write())
            .await?;
        Ok(())
    }
}
