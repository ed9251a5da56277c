//! Making mails: for whoever is to be told of something.

use std::collections::{HashMap, HashSet};

use kvarten_domain::{Timestamp, digest::AWAKE};
use kvarten_entity::{mail, mail_choice, referral};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{DAY_SECONDS, candidates, reachable, reasons};
use crate::{ServiceError, Services, competence::follow};

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
    let mut open: HashSet<Uuid> = HashSet::new();
    for row in known {
        match (row.sent_at, row.given_up_at) {
            (Some(sent), _) => {
                let last = last_sent.entry(row.person_id).or_default();
                *last = Timestamp(sent).max(*last);
            }
            (None, Some(_)) => {}
            (None, None) => {
                open.insert(row.person_id);
            }
        }
    }
    let new: Vec<Uuid> = people.iter().copied().filter(|person| !open.contains(person)).collect();
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
