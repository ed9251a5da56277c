//! Sending mails: taking one, and noting how it went.

use kvarten_domain::{
    Locale, MailId, PersonId, Timestamp,
    digest::{AWAKE, Digest, DigestLine, Told, pause_after},
    person::MailFailureKind,
};
use kvarten_entity::{Column, Key, mail, mail_choice, person, referral};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    candidates,
    failures::{forget, note},
    reachable, reasons, told,
};
use crate::{
    ServiceError, Services, bank::Bank, competence::follow, signed_in::names_of,
    store::WriteTransaction,
};

/// For how long whoever takes a mail has it to themselves, in seconds.
const CLAIM_SECONDS: i64 = 10 * 60;
/// The most a digest tells of; the rest is told of the next day.
const MOST_LINES: usize = 20;

/// A mail that has been taken to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Which. The same when it is tried again.
    pub id: MailId,
    /// To whom.
    pub person: PersonId,
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
    Failed {
        /// The mail server's reply code, where there was one.
        code: Option<u16>,
    },
    /// It will never work: there is no such address.
    Refused {
        /// The mail server's reply code, where there was one.
        code: Option<u16>,
    },
}

/// What becomes of a mail after a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    Sent,
    /// It is tried again.
    Waits,
    /// It is not tried again, and the person is shown that it did not arrive.
    GivenUp,
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
        person: reader.id.id(),
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
/// up in the end; the address is then noted as one at which mail does not arrive. Where the person has
/// another address by now, that one is tried at once.
///
/// # Errors
/// Those of the database.
pub async fn note_delivery(
    services: &Services,
    outgoing: &Outgoing,
    delivery: Delivery,
    now: Timestamp,
) -> Result<Noted, ServiceError> {
    let writing = services.store().begin().await?;
    let id = outgoing.id.key();
    let change = mail::Entity::update_many()
        .col_expr(mail::Column::ClaimedUntil, Expr::value(None::<i64>))
        .filter(mail::Column::Id.eq(id))
        .filter(is_open());
    let tries = mail::Entity::find_by_id(id).one(&writing).await?.map_or(0, |row| row.tries);
    // Held, so that an address changed at this moment is seen, or waits.
    let reader =
        person::Entity::find_by_id(outgoing.person.key()).lock_exclusive().one(&writing).await?;
    let is_current = reader.as_ref().is_some_and(|it| it.email.as_deref() == Some(&*outgoing.to));
    let pause = pause_after(u8::try_from(tries).unwrap_or(u8::MAX));
    let wait = |seconds| services.calendar().within_hours(now.plus_seconds(seconds), AWAKE).0;
    let (noted, change) = match (delivery, pause) {
        (Delivery::Sent, _) => {
            (Noted::Sent, change.col_expr(mail::Column::SentAt, Expr::value(now.0)))
        }
        _ if reader.is_some() && !is_current => {
            let anew = change.col_expr(mail::Column::Tries, Expr::value(0));
            (Noted::Waits, anew.col_expr(mail::Column::DueAt, Expr::value(wait(0))))
        }
        (Delivery::Failed { .. }, Some(pause)) => {
            (Noted::Waits, change.col_expr(mail::Column::DueAt, Expr::value(wait(pause))))
        }
        (Delivery::Failed { .. }, None) | (Delivery::Refused { .. }, _) => {
            (Noted::GivenUp, change.col_expr(mail::Column::GivenUpAt, Expr::value(now.0)))
        }
    };
    change.exec(&writing).await?;
    let failure = match delivery {
        Delivery::Failed { code } => (MailFailureKind::GivenUp, code),
        Delivery::Refused { code } => (MailFailureKind::Refused, code),
        Delivery::Sent => (MailFailureKind::GivenUp, None),
    };
    match noted {
        Noted::Sent if is_current => forget(&writing, outgoing.person.key()).await?,
        Noted::GivenUp if is_current => {
            note(&writing, outgoing.person.key(), &outgoing.to, failure, now).await?;
        }
        _ => {}
    }
    if noted == Noted::Sent {
        note_told(&writing, &outgoing.told).await?;
    }
    writing.commit().await?;
    Ok(noted)
}

/// Notes what has been told of some referrals.
async fn note_told(writing: &WriteTransaction, told: &[(Uuid, Told)]) -> Result<(), ServiceError> {
    for (referral, told) in told {
        referral::Entity::update_many()
            .col_expr(referral::Column::IsToldNew, Expr::value(told.new))
            .col_expr(referral::Column::IsToldWeek, Expr::value(told.week))
            .col_expr(referral::Column::IsToldDay, Expr::value(told.day))
            .filter(referral::Column::Id.eq(*referral))
            .exec(writing)
            .await?;
    }
    Ok(())
}
