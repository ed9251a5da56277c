//! Mail: what waits to be sent, in a table, so that nothing is lost and nothing sent twice.
//!
//! A mail has no contents until it is taken to be sent: it tells of what is so then. Whoever takes
//! one has it to themselves for a while; what they do not report on is taken again.

use std::collections::{HashMap, HashSet};

use kvarten_domain::{
    Locale, MailId, Timestamp,
    digest::{
        AWAKE, Digest, DigestLine, GRACE_SECONDS, REMINDER_DAYS, Reason, Told, Wish, pause_after,
        reason,
    },
    referral::Target,
};
use kvarten_entity::{Column, Key, employment, mail, mail_choice, person, referral};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement},
};
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    bank::{Aim, Bank},
    competence::{Followed, follow},
    signed_in::{employed_at, here_at, names_of},
};

/// For how long whoever takes a mail has it to themselves, in seconds.
const CLAIM_SECONDS: i64 = 10 * 60;
/// For how long nobody is written to where a mail could not be delivered, in seconds: a week.
const REST_SECONDS: i64 = 7 * 86_400;
/// The most a digest tells of; the rest is told of the next day.
const MOST_LINES: usize = 20;
const DAY_SECONDS: i64 = 86_400;

/// A mail that has been taken to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Which. The same when it is tried again.
    pub id: MailId,
    /// The address.
    pub to: String,
    /// The reader's language.
    pub locale: Locale,
    /// What it says.
    pub digest: Digest,
    /// What will have been told with it, of which referral.
    told: Vec<(Uuid, Told)>,
}

/// How sending ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The mail server took it.
    Sent,
    /// It did not work this time.
    Failed,
    /// It will never work: there is no such address.
    Refused,
}

/// Those who want no mail.
fn stopped() -> SelectStatement {
    Query::select()
        .column(mail_choice::Column::PersonId)
        .from(mail_choice::Entity)
        .and_where(mail_choice::Column::StoppedAt.is_not_null())
        .to_owned()
}

/// Those who can be written to: they work here, have an address and want mail.
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

/// Makes a mail for everybody who is to be told of something and has none waiting. Done again, or by
/// several at once, it is done once. Returns how many were made.
///
/// # Errors
/// Those of the database.
pub async fn plan_mail(services: &Services, now: Timestamp) -> Result<u32, ServiceError> {
    let db = services.store().read();
    let rows = referral::Entity::find()
        .filter(candidates(now))
        .filter(referral::Column::PersonId.in_subquery(reachable(now)))
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let bank = services.bank().await?;
    let mut people: Vec<Uuid> = Vec::new();
    for some in rows.chunks(500) {
        let followed = follow(db, &bank, some.to_vec()).await?;
        people.extend(
            reasons(services, &bank, followed, now).iter().map(|(one, ..)| one.row.person_id),
        );
    }
    people.sort_unstable();
    people.dedup();
    let mut made = 0;
    for some in people.chunks(200) {
        made += make(services, some, now).await?;
    }
    Ok(made)
}

/// Makes a mail for each of some people.
async fn make(services: &Services, people: &[Uuid], now: Timestamp) -> Result<u32, ServiceError> {
    let known = mail::Entity::find()
        .filter(mail::Column::PersonId.is_in(people.iter().copied()))
        .filter(
            Condition::any()
                .add(mail::Column::SentAt.is_null())
                .add(mail::Column::SentAt.gt(now.plus_seconds(-2 * DAY_SECONDS).0)),
        )
        .all(services.store().read())
        .await?;
    let mut last_sent: HashMap<Uuid, Timestamp> = HashMap::new();
    let mut resting: HashSet<Uuid> = HashSet::new();
    for row in known {
        match (row.sent_at, row.given_up_at) {
            (Some(sent), _) => {
                let last = last_sent.entry(row.person_id).or_default();
                *last = Timestamp(sent).max(*last);
            }
            (None, Some(given_up)) if given_up <= now.plus_seconds(-REST_SECONDS).0 => {}
            (None, _) => {
                resting.insert(row.person_id);
            }
        }
    }
    let new: Vec<Uuid> =
        people.iter().copied().filter(|person| !resting.contains(person)).collect();
    if new.is_empty() {
        return Ok(0);
    }
    let choices = new.iter().map(|person| mail_choice::ActiveModel {
        person_id: Set(*person),
        word: Set(Uuid::new_v4().simple().to_string()),
        stopped_at: Set(None),
    });
    let mails = new.iter().map(|person| mail::ActiveModel {
        id: Set(Uuid::now_v7()),
        person_id: Set(*person),
        made_at: Set(now.0),
        due_at: Set(due(services, now, last_sent.get(person).copied()).0),
        tries: Set(0),
        ..Default::default()
    });
    let writing = services.store().begin().await?;
    let once = OnConflict::column(mail_choice::Column::PersonId).do_nothing().to_owned();
    mail_choice::Entity::insert_many(choices)
        .on_conflict(once)
        .exec_without_returning(&writing)
        .await?;
    // One that waits is enough, whoever made it.
    let made = mail::Entity::insert_many(mails)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&writing)
        .await?;
    writing.commit().await?;
    Ok(u32::try_from(made).unwrap_or(u32::MAX))
}

/// When somebody may be written to next: not at night, and not twice a day.
fn due(services: &Services, now: Timestamp, last_sent: Option<Timestamp>) -> Timestamp {
    let calendar = services.calendar();
    let is_today = last_sent.is_some_and(|sent| calendar.date(sent) == calendar.date(now));
    let from = if is_today { calendar.next_day_at(now, AWAKE.0) } else { now };
    calendar.within_hours(from, AWAKE)
}

/// Takes the next mail that is due, with what it is to say. None where nothing is, or it is night.
///
/// # Errors
/// Those of the database.
pub async fn take_mail(
    services: &Services,
    now: Timestamp,
) -> Result<Option<Outgoing>, ServiceError> {
    if services.calendar().within_hours(now, AWAKE) != now {
        return Ok(None);
    }
    let bank = services.bank().await?;
    loop {
        let Some(waiting) = claim(services, now).await? else { return Ok(None) };
        if let Some(outgoing) = compose(services, &bank, &waiting, now).await? {
            return Ok(Some(outgoing));
        }
    }
}

fn is_open() -> Condition {
    Condition::all().add(mail::Column::SentAt.is_null()).add(mail::Column::GivenUpAt.is_null())
}

/// Takes the mail that has been due the longest, for a while.
async fn claim(services: &Services, now: Timestamp) -> Result<Option<mail::Model>, ServiceError> {
    let is_free = mail::Column::ClaimedUntil.is_null().or(mail::Column::ClaimedUntil.lte(now.0));
    loop {
        let due = mail::Entity::find()
            .filter(is_open())
            .filter(mail::Column::DueAt.lte(now.0))
            .filter(is_free.clone())
            .order_by_asc(mail::Column::DueAt)
            .order_by_asc(mail::Column::Id)
            .one(services.store().read())
            .await?;
        let Some(due) = due else { return Ok(None) };
        let taken = mail::Entity::update_many()
            .col_expr(mail::Column::ClaimedUntil, Expr::value(now.plus_seconds(CLAIM_SECONDS).0))
            .col_expr(mail::Column::Tries, Expr::col(mail::Column::Tries).add(1))
            .filter(mail::Column::Id.eq(due.id))
            .filter(is_open())
            .filter(is_free.clone())
            .exec(services.store().write())
            .await?;
        // Somebody else may have been quicker.
        if taken.rows_affected == 1 {
            return Ok(Some(mail::Model { tries: due.tries + 1, ..due }));
        }
    }
}

/// What a mail says now. None where there is nothing to say any more: then it is put away.
async fn compose(
    services: &Services,
    bank: &Bank,
    waiting: &mail::Model,
    now: Timestamp,
) -> Result<Option<Outgoing>, ServiceError> {
    let db = services.store().read();
    let reader = person::Entity::find_by_id(waiting.person_id)
        .filter(person::Column::Id.in_subquery(reachable(now)))
        .one(db)
        .await?;
    let choice = mail_choice::Entity::find_by_id(waiting.person_id).one(db).await?;
    let (Some(reader), Some(choice)) = (reader, choice) else {
        return put_away(services, waiting).await;
    };
    let rows = referral::Entity::find()
        .filter(candidates(now))
        .filter(referral::Column::PersonId.eq(reader.id))
        .order_by_asc(referral::Column::SentAt)
        .order_by_asc(referral::Column::Id)
        .all(db)
        .await?;
    let senders = names_of(services, rows.iter().filter_map(|row| row.sender_id)).await?;
    let followed = follow(db, bank, rows).await?;
    let mut lines = Vec::new();
    for (one, to, why, wish) in reasons(services, bank, followed, now) {
        let line = DigestLine {
            reason: why,
            to,
            from: one.row.sender_id.and_then(|sender| senders.get(&sender).cloned()),
            wish: one.row.wish_at.map(|end| services.calendar().date(Timestamp(end - 1))),
            note: one.row.note.clone(),
        };
        lines.push((line, (one.row.id, told(&one.row).and(why, wish))));
    }
    if lines.is_empty() {
        return put_away(services, waiting).await;
    }
    lines.sort_by_key(|(line, _)| (line.reason, line.wish.is_none(), line.wish));
    lines.truncate(MOST_LINES);
    let (lines, told) = lines.into_iter().unzip();
    Ok(Some(Outgoing {
        id: waiting.id.id(),
        to: reader.email.unwrap_or_default(),
        locale: reader.locale.as_deref().and_then(Locale::from_tag).unwrap_or_default(),
        digest: Digest { given_name: reader.given_name, lines, stop: choice.word },
        told,
    }))
}

/// Puts a mail away that has nothing to say.
async fn put_away(
    services: &Services,
    waiting: &mail::Model,
) -> Result<Option<Outgoing>, ServiceError> {
    mail::Entity::delete_many()
        .filter(mail::Column::Id.eq(waiting.id))
        .filter(is_open())
        .exec(services.store().write())
        .await?;
    Ok(None)
}

/// Notes how sending a mail ended. What could not be sent is tried again, later each time, and given
/// up in the end.
///
/// # Errors
/// Those of the database.
pub async fn note_delivery(
    services: &Services,
    outgoing: &Outgoing,
    delivery: Delivery,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let writing = services.store().begin().await?;
    let id = outgoing.id.key();
    let change = mail::Entity::update_many()
        .col_expr(mail::Column::ClaimedUntil, Expr::value(None::<i64>))
        .filter(mail::Column::Id.eq(id))
        .filter(is_open());
    let tries = mail::Entity::find_by_id(id).one(&writing).await?.map_or(0, |row| row.tries);
    let pause = pause_after(u8::try_from(tries).unwrap_or(u8::MAX));
    let change = match (delivery, pause) {
        (Delivery::Sent, _) => change.col_expr(mail::Column::SentAt, Expr::value(now.0)),
        (Delivery::Failed, Some(pause)) => {
            let again = services.calendar().within_hours(now.plus_seconds(pause), AWAKE);
            change.col_expr(mail::Column::DueAt, Expr::value(again.0))
        }
        (Delivery::Failed, None) | (Delivery::Refused, _) => {
            change.col_expr(mail::Column::GivenUpAt, Expr::value(now.0))
        }
    };
    change.exec(&writing).await?;
    if delivery == Delivery::Sent {
        for (referral, told) in &outgoing.told {
            referral::Entity::update_many()
                .col_expr(referral::Column::IsToldNew, Expr::value(told.new))
                .col_expr(referral::Column::IsToldWeek, Expr::value(told.week))
                .col_expr(referral::Column::IsToldDay, Expr::value(told.day))
                .filter(referral::Column::Id.eq(*referral))
                .exec(&writing)
                .await?;
        }
    }
    writing.commit().await?;
    Ok(())
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
    let of_word = mail_choice::Column::Word.eq(word);
    let known =
        mail_choice::Entity::find().filter(of_word.clone()).one(services.store().read()).await?;
    known.ok_or(ServiceError::NotFound)?;
    mail_choice::Entity::update_many()
        .col_expr(mail_choice::Column::StoppedAt, Expr::value(now.0))
        .filter(of_word)
        .filter(mail_choice::Column::StoppedAt.is_null())
        .exec(services.store().write())
        .await?;
    Ok(())
}
