//! How far referrals have come: they leave no trace of their own beyond being seen, but follow from
//! what the person has opened and shown since.

use std::collections::HashMap;

use kvarten_domain::{
    Timestamp,
    referral::{Stage, Traces},
};
use kvarten_entity::{evidence, lesson_version, referral, visit};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::ServiceError;

/// A referral and how far it has come, since when.
pub(crate) struct Followed {
    pub(crate) row: referral::Model,
    pub(crate) stage: Stage,
    pub(crate) since: Timestamp,
}

/// How far some referrals have come. Two statements, or none where there are none.
pub(crate) async fn follow(
    db: &impl ConnectionTrait,
    rows: Vec<referral::Model>,
) -> Result<Vec<Followed>, ServiceError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut people: Vec<Uuid> = rows.iter().map(|row| row.person_id).collect();
    people.sort_unstable();
    people.dedup();
    let mut lessons: Vec<Uuid> = rows.iter().map(|row| row.lesson_id).collect();
    lessons.sort_unstable();
    lessons.dedup();
    let mut done: HashMap<(Uuid, Uuid), Vec<i64>> = HashMap::new();
    let shown: Vec<(Uuid, Uuid, i64)> = evidence::Entity::find()
        .select_only()
        .columns([
            evidence::Column::PersonId,
            evidence::Column::LessonId,
            evidence::Column::EarnedAt,
        ])
        .filter(evidence::Column::PersonId.is_in(people.clone()))
        .filter(evidence::Column::LessonId.is_in(lessons.clone()))
        .into_tuple()
        .all(db)
        .await?;
    for (person, lesson, at) in shown {
        done.entry((person, lesson)).or_default().push(at);
    }
    let opened: Vec<(Uuid, Uuid, i64, i64)> = visit::Entity::find()
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
        .filter(visit::Column::PersonId.is_in(people))
        .filter(lesson_version::Column::LessonId.is_in(lessons))
        .into_tuple()
        .all(db)
        .await?;
    let mut begun: HashMap<(Uuid, Uuid), Vec<(i64, i64)>> = HashMap::new();
    for (person, lesson, started, visited) in opened {
        begun.entry((person, lesson)).or_default().push((started, visited));
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let key = (row.person_id, row.lesson_id);
            let since = |at: &i64| *at >= row.sent_at;
            let done = done.get(&key).into_iter().flatten().copied().filter(since).min();
            // Opened again after it was sent is begun, too; when exactly is not kept.
            let begun = begun.get(&key).into_iter().flatten();
            let begun = begun
                .filter(|(_, visited)| since(visited))
                .map(|(started, visited)| if since(started) { *started } else { *visited })
                .min();
            let traces = Traces {
                seen: row.seen_at.map(Timestamp),
                begun: begun.map(Timestamp),
                done: done.map(Timestamp),
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
        })
        .collect())
}
