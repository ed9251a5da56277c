//! Mail: what waits to be sent, in a table, so that nothing is lost and nothing sent twice.
//!
//! A mail has no contents until it is taken to be sent: it tells of what is so then. Whoever takes
//! one has it to themselves for a while; what they do not report on is taken again.

mod failures;
mod plan;
mod send;

use kvarten_domain::{
    Timestamp,
    digest::{GRACE_SECONDS, REMINDER_DAYS, Reason, Told, Wish, reason},
    referral::Target,
};
use kvarten_entity::{employment, mail_choice, person, referral};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

pub use failures::{confirm_address, note_bounce};
pub(crate) use failures::{failure_of, forget as forget_failure};
pub use plan::plan_mail;
pub use send::{Delivery, Noted, Outgoing, note_delivery, take_mail};

use crate::{
    ServiceError, Services,
    bank::{Aim, Bank},
    competence::Followed,
    signed_in::{employed_at, here_at},
};

const DAY_SECONDS: i64 = 86_400;

/// Those who want no mail.
fn stopped() -> SelectStatement {
    Query::select()
        .column(mail_choice::Column::PersonId)
        .from(mail_choice::Entity)
        .and_where(mail_choice::Column::StoppedAt.is_not_null())
        .to_owned()
}

/// Those who can be written to: they work here, have an address at which mail arrives, and want mail.
fn reachable(now: Timestamp) -> SelectStatement {
    let employed = Query::select()
        .column(employment::Column::PersonId)
        .from(employment::Entity)
        .cond_where(employed_at(now))
        .to_owned();
    Query::select()
        .column(person::Column::Id)
        .from(person::Entity)
        .and_where(person::Column::Email.is_not_null())
        .and_where(person::Column::Id.in_subquery(employed))
        .and_where(person::Column::Id.not_in_subquery(stopped()))
        .and_where(person::Column::Id.not_in_subquery(failures::failing(now)))
        .cond_where(here_at(now))
        .to_owned()
}

fn told(row: &referral::Model) -> Told {
    Told { new: row.is_told_new, week: row.is_told_week, day: row.is_told_day }
}

fn wish(services: &Services, row: &referral::Model, now: Timestamp) -> Option<Wish> {
    let day = Timestamp(row.wish_at? - 1);
    let days = |from: Timestamp| services.calendar().days_between(from, day);
    Some(Wish { from_sending: days(Timestamp(row.sent_at)), from_today: days(now) })
}

/// Referrals that may have to be told of; whether they have to is a rule.
fn candidates(now: Timestamp) -> Condition {
    let soon = now.plus_seconds((REMINDER_DAYS + 1) * DAY_SECONDS);
    let is_new = referral::Column::SeenAt
        .is_null()
        .and(referral::Column::IsToldNew.eq(false))
        .and(referral::Column::SentAt.lte(now.plus_seconds(-GRACE_SECONDS).0));
    let is_wished = referral::Column::WishAt
        .gt(now.0)
        .and(referral::Column::WishAt.lte(soon.0))
        .and(referral::Column::IsToldDay.eq(false));
    Condition::all()
        .add(referral::Column::WithdrawnAt.is_null())
        .add(Condition::any().add(is_new).add(is_wished))
}

/// Why each of some referrals is to be told of now, if it is.
fn reasons(
    services: &Services,
    bank: &Bank,
    followed: Vec<Followed>,
    now: Timestamp,
) -> Vec<(Followed, Target, Reason, Option<Wish>)> {
    let why = |one: Followed| {
        let wish = wish(services, &one.row, now);
        let why = reason(one.stage, wish, told(&one.row))?;
        let is_settled = one.row.sent_at <= now.plus_seconds(-GRACE_SECONDS).0;
        // What it points to may be there no more.
        let to = Aim::of_referral(&one.row).and_then(|aim| bank.target(aim))?;
        is_settled.then_some((one, to, why, wish))
    };
    followed.into_iter().filter_map(why).collect()
}

/// Whether mail is stopped to whoever was sent a word.
///
/// # Errors
/// [`ServiceError::NotFound`] where nobody was sent it.
pub async fn is_mail_stopped(services: &Services, word: &str) -> Result<bool, ServiceError> {
    if !word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(ServiceError::NotFound);
    }
    let of_word = mail_choice::Column::Word.eq(word);
    let known = mail_choice::Entity::find().filter(of_word).one(services.store().read()).await?;
    Ok(known.ok_or(ServiceError::NotFound)?.stopped_at.is_some())
}

/// Stops mail to whoever was sent a word; done again, it stays stopped.
///
/// # Errors
/// [`ServiceError::NotFound`] where nobody was sent it.
pub async fn stop_mail(
    services: &Services,
    word: &str,
    now: Timestamp,
) -> Result<(), ServiceError> {
    if is_mail_stopped(services, word).await? {
        return Ok(());
    }
    mail_choice::Entity::update_many()
        .col_expr(mail_choice::Column::StoppedAt, Expr::value(now.0))
        .filter(mail_choice::Column::Word.eq(word))
        .filter(mail_choice::Column::StoppedAt.is_null())
        .exec(services.store().write())
        .await?;
    Ok(())
}
