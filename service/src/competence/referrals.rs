//! How far referrals have come: they leave no trace of their own beyond being seen, but follow from
//! what the person has opened and shown since.

use std::collections::HashMap;

use kvarten_domain::{
    LessonId, Timestamp,
    program::completed,
    referral::{Stage, Traces},
    time::Span,
};
use kvarten_entity::{Column, evidence, lesson_version, referral, visit};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::{
    ServiceError,
    bank::{Aim, Bank},
};

/// A referral and how far it has come, since when.
pub(crate) struct Followed {
    pub(crate) row: referral::Model,
    pub(crate) stage: Stage,
    pub(crate) since: Timestamp,
}

/// Evidence of some lessons of some people.
async fn shown(
    db: &impl ConnectionTrait,
    people: &[Uuid],
    lessons: &[Uuid],
) -> Result<HashMap<(Uuid, Uuid), Vec<Span>>, ServiceError> {
    let rows: Vec<(Uuid, Uuid, i64, Option<i64>)> = evidence::Entity::find()
        .select_only()
        .columns([
            evidence::Column::PersonId,
            evidence::Column::LessonId,
            evidence::Column::EarnedAt,
            evidence::Column::ExpiresAt,
        ])
        .filter(evidence::Column::PersonId.is_in(people.iter().copied()))
        .filter(evidence::Column::LessonId.is_in(lessons.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let mut shown: HashMap<_, Vec<Span>> = HashMap::new();
    for (person, lesson, from, until) in rows {
        let span = Span { from: Timestamp(from), until: until.map(Timestamp) };
        shown.entry((person, lesson)).or_default().push(span);
    }
    Ok(shown)
}

/// When some people first and last opened some lessons.
async fn opened(
    db: &impl ConnectionTrait,
    people: &[Uuid],
    lessons: &[Uuid],
) -> Result<HashMap<(Uuid, Uuid), Vec<(i64, i64)>>, ServiceError> {
    let rows: Vec<(Uuid, Uuid, i64, i64)> = visit::Entity::find()
        .select_only()
        .column(visit::Column::PersonId)
        .column(lesson_version::Column::LessonId)
        .columns([visit::Column::StartedAt, visit::Column::VisitedAt])
        .join(
            JoinType::InnerJoin,
            visit::Entity::belongs_to(lesson_version::Entity)
                .from(visit::Column::VersionId)
                .to(lesson_version::Column::Id)
                .into(),
        )
        .filter(visit::Column::PersonId.is_in(people.iter().copied()))
        .filter(lesson_version::Column::LessonId.is_in(lessons.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let mut opened: HashMap<_, Vec<(i64, i64)>> = HashMap::new();
    for (person, lesson, started, visited) in rows {
        opened.entry((person, lesson)).or_default().push((started, visited));
    }
    Ok(opened)
}

/// When what a referral points to was done, after it was sent: a lesson when it was completed
/// then; a program when the last of its lessons was, whether the others were before or after.
fn done(row: &referral::Model, lessons: &[LessonId], shown: &Shown) -> Option<Timestamp> {
    let of = |lesson: &LessonId| shown.get(&(row.person_id, lesson.key()));
    let sent = Timestamp(row.sent_at);
    if row.program_id.is_some() {
        let spans: Vec<Vec<Span>> =
            lessons.iter().map(|lesson| of(lesson).cloned().unwrap_or_default()).collect();
        return completed(&spans, sent);
    }
    let spans = lessons.iter().filter_map(of).flatten();
    spans.map(|span| span.from).filter(|at| *at >= sent).min()
}

type Shown = HashMap<(Uuid, Uuid), Vec<Span>>;

fn sorted(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// How far some referrals have come. Two statements, or none where there are none.
pub(crate) async fn follow(
    db: &impl ConnectionTrait,
    bank: &Bank,
    rows: Vec<referral::Model>,
) -> Result<Vec<Followed>, ServiceError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let people = sorted(rows.iter().map(|row| row.person_id).collect());
    let lessons_of = |row: &referral::Model| {
        Aim::of_referral(row).map_or_else(Vec::new, |aim| bank.lessons_of(aim))
    };
    let lessons = sorted(rows.iter().flat_map(lessons_of).map(Column::key).collect());
    let shown = shown(db, &people, &lessons).await?;
    let opened = opened(db, &people, &lessons).await?;
    let follow = |row: referral::Model| {
        let lessons = lessons_of(&row);
        let since = |at: i64| at >= row.sent_at;
        // Opened again after it was sent is begun, too; when exactly is not kept.
        let begun = lessons.iter().filter_map(|lesson| opened.get(&(row.person_id, lesson.key())));
        let begun = begun
            .flatten()
            .filter(|(_, visited)| since(*visited))
            .map(|(started, visited)| if since(*started) { *started } else { *visited })
            .min();
        let traces = Traces {
            seen: row.seen_at.map(Timestamp),
            begun: begun.map(Timestamp),
            done: done(&row, &lessons, &shown),
            withdrawn: row.withdrawn_at.map(Timestamp),
        };
        let stage = Stage::of(&traces);
        let at = match stage {
            Stage::Sent => None,
            Stage::Seen => traces.seen,
            Stage::Begun => traces.begun,
            Stage::Done => traces.done,
            Stage::Withdrawn => traces.withdrawn,
        };
        Followed { since: at.unwrap_or(Timestamp(row.sent_at)), stage, row }
    };
    Ok(rows.into_iter().map(follow).collect())
}
