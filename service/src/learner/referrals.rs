//! What one's manager points to.

use kvarten_domain::{
    Timestamp,
    referral::{ReferralCard, Stage},
};
use kvarten_entity::{Column, Key, referral};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use uuid::Uuid;

use super::Learner;
use crate::{
    ServiceError,
    bank::{Aim, Bank},
    competence::follow,
    signed_in::names_of,
    text::collation_key,
};

/// The most that are shown at once; nobody is helped by more.
const MOST_CARDS: u64 = 20;

impl Learner<'_> {
    /// Open referrals, those with the nearest wish first; they are seen by this. One statement, and
    /// four more where there are any.
    pub(super) async fn referrals(&self, bank: &Bank) -> Result<Vec<ReferralCard>, ServiceError> {
        let db = self.services.store().read();
        let rows = referral::Entity::find()
            .filter(referral::Column::PersonId.eq(self.who.id.key()))
            .filter(referral::Column::WithdrawnAt.is_null())
            .order_by_desc(referral::Column::SentAt)
            .order_by_asc(referral::Column::Id)
            .limit(MOST_CARDS * 5)
            .all(db)
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let followed = follow(db, bank, rows).await?;
        let open: Vec<_> = followed.into_iter().filter(|one| one.stage.is_open()).collect();
        let senders =
            names_of(self.services, open.iter().filter_map(|one| one.row.sender_id)).await?;
        let calendar = self.services.calendar();
        let mut cards: Vec<(i64, bool, ReferralCard)> = open
            .into_iter()
            .filter_map(|one| {
                let to = bank.target(Aim::of_referral(&one.row)?)?;
                let card = ReferralCard {
                    id: one.row.id.id(),
                    from: one.row.sender_id.and_then(|sender| senders.get(&sender).cloned()),
                    to,
                    note: one.row.note,
                    wish: one.row.wish_at.map(|end| calendar.date(Timestamp(end - 1))),
                    is_late: one.row.wish_at.is_some_and(|end| end <= self.now.0),
                    // It is being seen now.
                    stage: one.stage.max(Stage::Seen),
                };
                Some((one.row.wish_at.unwrap_or(i64::MAX), one.row.seen_at.is_none(), card))
            })
            .collect();
        cards.sort_by_cached_key(|(wish, _, card)| (*wish, collation_key(card.to.title())));
        cards.truncate(usize::try_from(MOST_CARDS).unwrap_or(usize::MAX));
        let unseen = cards.iter().filter(|(_, is_unseen, _)| *is_unseen);
        let unseen: Vec<Uuid> = unseen.map(|(.., card)| card.id.key()).collect();
        if !unseen.is_empty() {
            referral::Entity::update_many()
                .col_expr(referral::Column::SeenAt, Expr::value(self.now.0))
                .filter(referral::Column::Id.is_in(unseen))
                .filter(referral::Column::SeenAt.is_null())
                .exec(self.services.store().write())
                .await?;
        }
        Ok(cards.into_iter().map(|(.., card)| card).collect())
    }
}
