//! Replies on their way into the database.
//!
//! Replies come in flocks, when a shift changes or a meeting takes a ladder together, and the
//! database writes one transaction at a time. They wait at a desk and are written in one
//! transaction with the others who wait; nobody is told of a reply before it is on the disk.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use kvarten_domain::{
    AnswerId, AttemptId, Fault, QuestionId, Timestamp,
    ladder::{LadderView, ReplyOutcome, Standing},
    points::{Earning, for_right_reply},
    reply::{Fields, Reply},
};
use kvarten_entity::{Column, Key, answer, attempt, points_entry, visit};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    Learner,
    completion::{QUESTION, ledger_key, ledger_row, once_each},
    ladder::{outcome_of, replay, seed_of, view},
    lesson::visited_again,
};
use crate::{
    ServiceError, Services, SignedIn,
    bank::{Bank, LessonEntry, VersionContent},
    desk::{Desk, MOST, Turn, Word},
    store::{WriteTransaction, retry_conflicts},
};

/// The largest form that is read as a reply: fields, and bytes in all.
const MAX_FIELDS: usize = 32;
const MAX_BYTES: usize = 2_000;

/// More replies than this are not kept of one climb: nobody who learns gives so many.
const MAX_ANSWERS: usize = 1_000;

/// How long deciding may take, for all who are decided on together.
const PATIENCE: Duration = Duration::from_secs(20);

/// A reply as it was sent.
#[derive(Debug)]
pub(crate) struct Sent {
    who: SignedIn,
    now: Timestamp,
    id: AnswerId,
    attempt: AttemptId,
    question: QuestionId,
    fields: Fields,
}

pub(crate) type Decided = Result<(ReplyOutcome, LadderView), ServiceError>;

/// Where replies wait for each other.
pub(crate) type ReplyDesk = Desk<Sent, Decided>;

/// Whether the database itself failed, so that retrying each reply alone is pointless.
const fn is_database_failure(error: &ServiceError) -> bool {
    use ServiceError::{Conflict, Interrupted, StorageFailed, Unavailable};

    matches!(error, Interrupted | Unavailable(_) | StorageFailed(_) | Conflict(_))
}

/// Decides a reply and those of all who wait, and tells them. A person's second reply waits for
/// the first to be decided.
async fn decide_waiting(services: Services, turn: Turn<Sent, Decided>, own: Sent) -> Decided {
    let mut people = BTreeSet::from([own.who.id()]);
    let others = turn.others(MOST - 1, |sent| people.insert(sent.who.id()));
    let (others, waiting): (Vec<_>, Vec<_>) = others.into_iter().unzip();
    let sent: Vec<_> = std::iter::once(own).chain(others).collect();
    let mut turn = Some(turn);
    let decided = match decide(&services, &sent, &mut turn).await {
        Ok(decided) => decided,
        // One that cannot be written must not be the misfortune of the others.
        Err(error) if sent.len() > 1 && !is_database_failure(&error) => {
            decide_individually(&services, &sent).await
        }
        Err(error) => all_failed(error, sent.len()).collect(),
    };
    let mut decided = decided.into_iter();
    let own = decided.next().unwrap_or(Err(ServiceError::Interrupted));
    if let (Err(error @ ServiceError::Unavailable(_)), Some(turn)) = (&own, &turn) {
        // Replies that queued in the meantime would fail after the same wait; fail them now.
        for (_, waiting) in turn.others(usize::MAX, |_| true) {
            waiting.tell(Err(error.for_sharer()));
        }
    }
    for (waiting, decided) in waiting.into_iter().zip(decided) {
        waiting.tell(decided);
    }
    own
}

/// Decides each reply in its own transaction, until the database itself fails.
async fn decide_individually(services: &Services, sent: &[Sent]) -> Vec<Decided> {
    let mut decided = Vec::with_capacity(sent.len());
    for one in sent {
        match decide(services, std::slice::from_ref(one), &mut None).await {
            Ok(alone) => decided.extend(alone),
            Err(error) if is_database_failure(&error) => {
                decided.extend(all_failed(error, sent.len() - decided.len()));
                break;
            }
            Err(error) => decided.push(Err(error)),
        }
    }
    decided
}

/// The answers to replies whose shared transaction was rolled back.
fn all_failed(error: ServiceError, count: usize) -> impl Iterator<Item = Decided> {
    let others = error.for_sharer();
    std::iter::once(Err(error))
        .chain(std::iter::repeat_with(move || Err(others.for_sharer())))
        .take(count)
}

/// What is known about a reply once its climb is loaded.
struct Climb<'a> {
    sent: &'a Sent,
    entry: &'a LessonEntry,
    content: Arc<VersionContent>,
    attempt: attempt::Model,
    answers: Vec<answer::Model>,
    /// Whether the question has given its points in an earlier climb.
    is_known: bool,
}

/// Decides replies of different people, and gives them up where the database does not answer.
/// Lets go of the turn as soon as the next may write.
async fn decide(
    services: &Services,
    sent: &[Sent],
    turn: &mut Option<Turn<Sent, Decided>>,
) -> Result<Vec<Decided>, ServiceError> {
    let deciding = async {
        let bank = services.bank().await?;
        let climbs = retry_conflicts(|| decide_together(services, &bank, sent)).await?;
        turn.take();
        Ok(climbs.into_iter().map(|climb| climb.and_then(|(climb, _)| climb.outcome())).collect())
    };
    timeout(PATIENCE, deciding).await.unwrap_or(Err(ServiceError::Interrupted))
}

/// Decides replies of different people in one transaction, in the order they came. Where the
/// whole transaction fails nothing is written; where only one reply does not hold, the others do.
async fn decide_together<'a>(
    services: &Services,
    bank: &'a Bank,
    sent: &'a [Sent],
) -> Result<Vec<Judged<'a>>, ServiceError> {
    let writing = services.store().begin().await?;
    let mut climbs = Vec::with_capacity(sent.len());
    for climb in load(services, bank, &writing, sent).await? {
        climbs.push(climb.and_then(|climb| {
            let is_kept = climb.answers.iter().any(|row| row.id == climb.sent.id.key());
            let new = if is_kept { None } else { Some(climb.judge()?) };
            Ok((climb, new))
        }));
    }
    write(&writing, &mut climbs).await?;
    for climb in climbs.iter_mut().flatten() {
        let (climb, Some((row, _))) = climb else { continue };
        climb.answers.push(row.clone());
        let is_topped = replay(&climb.content.quiz, &climb.attempt, &climb.answers).is_topped();
        if is_topped && climb.attempt.topped_at.is_none() {
            climb.reach_top(services, bank, &writing).await?;
        }
    }
    writing.commit().await?;
    Ok(climbs)
}

/// Loads the climbs that replies are about, each or why it may not be replied to.
async fn load<'a>(
    services: &Services,
    bank: &'a Bank,
    writing: &WriteTransaction,
    sent: &'a [Sent],
) -> Result<Vec<Result<Climb<'a>, ServiceError>>, ServiceError> {
    let attempts = attempt::Entity::find()
        .filter(attempt::Column::Id.is_in(sent.iter().map(|one| one.attempt.key())))
        .order_by_asc(attempt::Column::Id)
        .lock_exclusive()
        .all(writing)
        .await?;
    let of_climbs = answer::Column::AttemptId.is_in(attempts.iter().map(|attempt| attempt.id));
    let of_ids = answer::Column::Id.is_in(sent.iter().map(|one| one.id.key()));
    let mut answers: BTreeMap<_, Vec<answer::Model>> = BTreeMap::new();
    let rows = answer::Entity::find()
        .filter(Condition::any().add(of_climbs).add(of_ids))
        .order_by_asc(answer::Column::Number)
        .all(writing)
        .await?;
    let kept: BTreeMap<_, _> = rows.iter().map(|row| (row.id, row.attempt_id)).collect();
    for row in rows {
        answers.entry(row.attempt_id).or_default().push(row);
    }
    let known = known_questions(writing, &attempts, sent).await?;
    let attempts: BTreeMap<_, _> =
        attempts.into_iter().map(|attempt| (attempt.id, attempt)).collect();
    let mut climbs = Vec::with_capacity(sent.len());
    for sent in sent {
        let attempt = attempts
            .get(&sent.attempt.key())
            .filter(|attempt| attempt.person_id == sent.who.id().key());
        let entry = attempt.and_then(|attempt| {
            bank.lessons.iter().find(|entry| entry.version == attempt.version_id.id())
        });
        climbs.push(match (attempt, entry) {
            (Some(attempt), _) if kept.get(&sent.id.key()).is_some_and(|of| *of != attempt.id) => {
                Err(ServiceError::IdTaken)
            }
            (Some(attempt), Some(entry)) => Ok(Climb {
                sent,
                entry,
                content: services.content_by(writing, entry.version).await?,
                attempt: attempt.clone(),
                answers: answers.remove(&attempt.id).unwrap_or_default(),
                is_known: known.contains(&(sent.who.id().key(), sent.question.key())),
            }),
            _ => Err(ServiceError::NotFound),
        });
    }
    Ok(climbs)
}

/// Of questions that are replied to in a later climb: those that have given their points, by
/// person. A first climb is not asked about.
async fn known_questions(
    writing: &WriteTransaction,
    attempts: &[attempt::Model],
    sent: &[Sent],
) -> Result<BTreeSet<(Uuid, Uuid)>, ServiceError> {
    let refreshers: BTreeSet<Uuid> =
        attempts.iter().filter(|attempt| attempt.is_refresher).map(|attempt| attempt.id).collect();
    let asked: Vec<&Sent> =
        sent.iter().filter(|sent| refreshers.contains(&sent.attempt.key())).collect();
    if asked.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows: Vec<(Uuid, Uuid)> = points_entry::Entity::find()
        .select_only()
        .columns([points_entry::Column::PersonId, points_entry::Column::SubjectId])
        .filter(points_entry::Column::Kind.eq(QUESTION))
        .filter(points_entry::Column::PersonId.is_in(asked.iter().map(|sent| sent.who.id().key())))
        .filter(points_entry::Column::SubjectId.is_in(asked.iter().map(|sent| sent.question.key())))
        .into_tuple()
        .all(writing)
        .await?;
    Ok(rows.into_iter().collect())
}

type Judged<'a> = Result<(Climb<'a>, Option<(answer::Model, Option<Earning>)>), ServiceError>;

/// Writes the new answers and what they earn. Points are only given for what the ledger takes.
async fn write(writing: &WriteTransaction, climbs: &mut [Judged<'_>]) -> Result<(), ServiceError> {
    let new = || climbs.iter().flatten().filter_map(|(climb, new)| Some((climb, new.as_ref()?)));
    // Where one is comes first: whoever may complete a lesson waits for this row. In one order, so
    // that two processes do not wait for each other in a circle.
    let places: BTreeMap<(Uuid, Uuid), Timestamp> = new()
        .map(|(climb, _)| ((climb.sent.who.id().key(), climb.entry.version.key()), climb.sent.now))
        .collect();
    let places = places.into_iter().map(|((person, version), now)| visit::ActiveModel {
        person_id: Set(person),
        version_id: Set(version),
        step_id: Set(None),
        started_at: Set(now.0),
        visited_at: Set(now.0),
    });
    visit::Entity::insert_many(places)
        .on_conflict(visited_again())
        .exec_without_returning(writing)
        .await?;
    let entries: Vec<_> = new()
        .filter_map(|(climb, (_, earning))| {
            let Sent { who, now, .. } = climb.sent;
            Some(ledger_row(who.id(), who.unit_id(), climb.entry.lesson, (*earning)?, *now))
        })
        .collect();
    let given: BTreeSet<_> = points_entry::Entity::insert_many(entries)
        .on_conflict(once_each())
        .exec_with_returning_keys(writing)
        .await?
        .into_iter()
        .collect();
    for (climb, new) in climbs.iter_mut().flatten() {
        let Some((row, Some(earning))) = new else { continue };
        let (kind, subject) = ledger_key(earning.thing);
        if given.contains(&(climb.sent.who.id().key(), kind.to_owned(), subject)) {
            row.points = i32::try_from(earning.points).unwrap_or(i32::MAX);
        }
    }
    let rows: Vec<_> = climbs
        .iter()
        .flatten()
        .filter_map(|(_, new)| Some(answer::ActiveModel::from(new.as_ref()?.0.clone())))
        .collect();
    let wanted = rows.len();
    let once = OnConflict::column(answer::Column::Id).do_nothing().to_owned();
    let written =
        answer::Entity::insert_many(rows).on_conflict(once).exec_without_returning(writing).await?;
    if usize::try_from(written).is_ok_and(|written| written == wanted) {
        Ok(())
    } else {
        Err(ServiceError::IdTaken)
    }
}

impl Climb<'_> {
    /// The row of a new reply, without points, and what it earns if it was not earned before.
    fn judge(&self) -> Result<(answer::Model, Option<Earning>), ServiceError> {
        let Sent { who, now, id, fields, .. } = self.sent;
        if self.answers.len() >= MAX_ANSWERS {
            return Err(ServiceError::invalid("reply", Fault::TooLong));
        }
        let (quiz, seed) = (&self.content.quiz, seed_of(&self.attempt));
        let standing = replay(quiz, &self.attempt, &self.answers).standing(self.sent.question);
        let (rung, question) = quiz
            .find(self.sent.question)
            .filter(|_| matches!(standing, Standing::Asked { .. } | Standing::Done))
            .ok_or(ServiceError::invalid("question", Fault::UnknownOption))?;
        let verdict = Reply::read(&question.face(seed), fields)
            .and_then(|reply| {
                self.content.words.judging(|words| question.judge(seed, &reply, words))
            })
            .map_err(|fault| ServiceError::invalid("reply", fault))?;
        let earning = match standing {
            Standing::Asked { misses } if verdict.is_right => {
                Some(for_right_reply(question.id, rung, misses, self.is_known))
            }
            _ => None,
        };
        let row = answer::Model {
            id: id.key(),
            person_id: who.id().key(),
            attempt_id: self.attempt.id,
            number: self.answers.last().map_or(1, |last| last.number + 1),
            question_id: question.id.key(),
            reply: serde_json::to_string(fields)?,
            is_right: verdict.is_right,
            points: 0,
            answered_at: now.0,
        };
        Ok((row, earning))
    }

    async fn reach_top(
        &self,
        services: &Services,
        bank: &Bank,
        writing: &WriteTransaction,
    ) -> Result<(), ServiceError> {
        let learner = Learner { services, who: &self.sent.who, now: self.sent.now };
        // From the top one goes on with what there is still to see.
        let first = self.entry.steps.first().map(|step| step.id);
        learner.visit(writing, self.entry.version, first).await?;
        attempt::Entity::update_many()
            .col_expr(attempt::Column::ToppedAt, Expr::value(self.sent.now.0))
            .filter(attempt::Column::Id.eq(self.attempt.id))
            .exec(writing)
            .await?;
        learner.complete_if_done(writing, bank, self.entry).await?;
        Ok(())
    }

    fn outcome(self) -> Decided {
        let Self { sent, content, attempt, answers, .. } = self;
        let outcome =
            outcome_of(&content, &attempt, &answers, sent.id)?.ok_or(ServiceError::IdTaken)?;
        let ladder = replay(&content.quiz, &attempt, &answers);
        Ok((outcome, view(&ladder, &attempt, &answers)))
    }
}

impl Learner<'_> {
    /// Decides a reply, writes it down and gives its points, all or nothing.
    ///
    /// * The same id again: what became of it the first time, and nothing more.
    /// * A question of the current rung, whichever device shows it: judged and counted.
    /// * A question already answered right (a late reply): judged and kept, but it changes nothing.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an attempt that is not one's own,
    /// [`ServiceError::IdTaken`] for an id used for another reply, and a fault for a reply that
    /// does not fit or a question that is not asked; none of them counts as a miss.
    pub async fn submit_reply(
        &self,
        id: AnswerId,
        attempt: AttemptId,
        question: QuestionId,
        fields: Fields,
    ) -> Result<(ReplyOutcome, LadderView), ServiceError> {
        if fields.len() > MAX_FIELDS
            || fields.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
                > MAX_BYTES
        {
            return Err(ServiceError::invalid("reply", Fault::TooLong));
        }
        let sent = Sent { who: self.who.clone(), now: self.now, id, attempt, question, fields };
        let decided = match self.services.replies.bring(sent).await {
            Some(Word::Told(decided)) => Some(decided),
            // On a task of its own: whoever hangs up does not take the others along.
            Some(Word::Turn(turn, own)) => {
                tokio::spawn(decide_waiting(self.services.clone(), turn, own)).await.ok()
            }
            None => None,
        };
        decided.unwrap_or(Err(ServiceError::Interrupted))
    }
}
