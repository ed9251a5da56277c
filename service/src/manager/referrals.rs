//! Following referrals, changing and withdrawing them.

use std::collections::HashMap;

use kvarten_domain::{
    Date, Fault, PersonId, ReferralId, Timestamp,
    knowledge::Look,
    referral::{MOST_LINES, ReferralLine},
};
use kvarten_entity::{Column, Key, employment, evidence, referral};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::{Manager, refer::note};
use crate::{
    ServiceError,
    bank::Aim,
    competence::{Followed, follow, look_at_person},
    signed_in::{employed_at, names_of},
};

impl Manager<'_> {
    /// The referrals of people in the manager's units, the newest first; of one person, where one is
    /// given. Three statements.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for somebody of another unit.
    pub async fn referrals(
        &self,
        person: Option<PersonId>,
    ) -> Result<Vec<ReferralLine>, ServiceError> {
        let people: HashMap<Uuid, String> = if let Some(id) = person {
            let one = self.colleague(id).await?;
            look_at_person(self.services, self.who.id, id, self.now).await?;
            let name = format!("{}, {}", one.row.family_name, one.row.given_name);
            [(id.key(), name)].into()
        } else {
            let all = self.people(&self.units).await?;
            self.note_looks(all.iter().map(|one| one.unit).collect(), Look::Unit).await?;
            all.into_iter().map(|one| (one.id.key(), one.full_name())).collect()
        };
        let db = self.services.store().read();
        let whose = match person {
            Some(id) => referral::Column::PersonId.eq(id.key()),
            None => referral::Column::PersonId.in_subquery(self.employed_here()),
        };
        let rows = referral::Entity::find()
            .filter(whose)
            .order_by_desc(referral::Column::SentAt)
            .order_by_asc(referral::Column::Id)
            .limit(MOST_LINES as u64)
            .all(db)
            .await?;
        let followed = follow(db, &self.bank, rows).await?;
        let senders =
            names_of(self.services, followed.iter().filter_map(|one| one.row.sender_id)).await?;
        let line = |one: Followed| {
            let aim = Aim::of_referral(&one.row)?;
            let calendar = self.services.calendar();
            Some(ReferralLine {
                id: one.row.id.id(),
                revision: u32::try_from(one.row.revision).unwrap_or(0),
                person: one.row.person_id.id(),
                name: people.get(&one.row.person_id)?.clone(),
                from: one.row.sender_id.and_then(|sender| senders.get(&sender).cloned()),
                to: self.bank.known_target(aim)?,
                is_over: self.bank.is_over(aim),
                wish: one.row.wish_at.map(|end| calendar.date(Timestamp(end - 1))),
                sent: calendar.date(Timestamp(one.row.sent_at)),
                stage: one.stage,
                since: calendar.date(one.since),
                note: one.row.note,
            })
        };
        Ok(followed.into_iter().filter_map(line).collect())
    }

    /// Changes a referral of somebody in the manager's units that is open and as it was seen. Nothing
    /// where `is_done` says that this has been done already.
    async fn change(
        &self,
        id: ReferralId,
        seen: u32,
        is_done: impl Fn(&referral::Model) -> bool,
        columns: Vec<(referral::Column, Expr)>,
    ) -> Result<(), ServiceError> {
        let known =
            referral::Entity::find_by_id(id.key()).one(self.services.store().read()).await?;
        self.colleague(known.ok_or(ServiceError::NotFound)?.person_id.id()).await?;
        let writing = self.services.store().begin().await?;
        let row = referral::Entity::find_by_id(id.key()).lock_exclusive().one(&writing).await?;
        let row = row.ok_or(ServiceError::NotFound)?;
        let (is, was) = (i64::from(row.revision), i64::from(seen));
        if is == was + 1 && is_done(&row) {
            return Ok(());
        }
        let is_open =
            follow(&writing, &self.bank, vec![row]).await?.iter().all(|one| one.stage.is_open());
        if is != was || !is_open {
            return Err(ServiceError::invalid("referral", Fault::Changed));
        }
        let mut change = referral::Entity::update_many()
            .col_expr(referral::Column::ChangedAt, Expr::value(self.now.0))
            .col_expr(referral::Column::Revision, Expr::col(referral::Column::Revision).add(1))
            .filter(referral::Column::Id.eq(id.key()));
        for (column, value) in columns {
            change = change.col_expr(column, value);
        }
        change.exec(&writing).await?;
        writing.commit().await?;
        Ok(())
    }

    /// Changes the line and the wish of a referral that is not done. Sent twice, it is done once.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a referral of somebody else's people, [`Fault::Changed`] where
    /// it was changed or withdrawn since it was seen, and a note or a day that will not do.
    pub async fn change_referral(
        &self,
        id: ReferralId,
        seen: u32,
        text: &str,
        wish: Option<Date>,
    ) -> Result<(), ServiceError> {
        let note = note(text)?;
        // A day that has passed stays where it is; another one must be to come.
        let kept = referral::Entity::find_by_id(id.key()).one(self.services.store().read()).await?;
        let kept = kept.and_then(|row| row.wish_at);
        let is_kept = wish.is_some()
            && wish == kept.map(|end| self.services.calendar().date(Timestamp(end - 1)));
        let wish = if is_kept { kept } else { self.wish(wish)?.map(|at| at.0) };
        let columns = vec![
            (referral::Column::Note, Expr::value(note.clone())),
            (referral::Column::WishAt, Expr::value(wish)),
            // What was said of the day before is said of another.
            (referral::Column::IsToldWeek, Expr::value(false)),
            (referral::Column::IsToldDay, Expr::value(false)),
        ];
        let is_done = |row: &referral::Model| row.note == note && row.wish_at == wish;
        self.change(id, seen, is_done, columns).await
    }

    /// Withdraws a referral that is not done. Sent twice, it is done once.
    ///
    /// # Errors
    /// As for [`Manager::change_referral`].
    pub async fn withdraw_referral(&self, id: ReferralId, seen: u32) -> Result<(), ServiceError> {
        let columns = vec![(referral::Column::WithdrawnAt, Expr::value(self.now.0))];
        self.change(id, seen, |row| row.withdrawn_at.is_some(), columns).await
    }

    /// Who works in the manager's units now.
    fn employed_here(&self) -> SelectStatement {
        Query::select()
            .column(employment::Column::PersonId)
            .from(employment::Entity)
            .and_where(employment::Column::UnitId.is_in(self.units.iter().map(|unit| unit.key())))
            .cond_where(employed_at(self.now))
            .to_owned()
    }

    /// How many open referrals each of the people in the manager's units has. Three statements at
    /// most.
    pub(super) async fn open_referrals(&self) -> Result<HashMap<PersonId, u8>, ServiceError> {
        let db = self.services.store().read();
        let of = |column| Expr::col((referral::Entity, column));
        let done = Query::select()
            .expr(Expr::value(1))
            .from(evidence::Entity)
            .and_where(evidence::Column::PersonId.into_expr().eq(of(referral::Column::PersonId)))
            .and_where(evidence::Column::LessonId.into_expr().eq(of(referral::Column::LessonId)))
            .and_where(evidence::Column::EarnedAt.into_expr().gte(of(referral::Column::SentAt)))
            .to_owned();
        let rows = referral::Entity::find()
            .filter(referral::Column::WithdrawnAt.is_null())
            .filter(referral::Column::PersonId.in_subquery(self.employed_here()))
            .filter(Expr::exists(done).not())
            .all(db)
            .await?;
        let mut open: HashMap<PersonId, u8> = HashMap::new();
        for one in follow(db, &self.bank, rows).await?.iter().filter(|one| one.stage.is_open()) {
            let count = open.entry(one.row.person_id.id()).or_default();
            *count = count.saturating_add(1);
        }
        Ok(open)
    }
}
