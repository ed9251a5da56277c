//! What people of the demonstration have learned: steps seen, climbs with a miss now and then, points.

use std::{collections::HashSet, sync::Arc};

use kvarten_domain::{
    AnswerId, AttemptId, PersonId, SystemId, Timestamp, UnitId,
    ladder::Ladder,
    lesson::StepBody,
    points::{Earning, for_completion, for_right_reply},
    question::{Question, QuestionFace},
    reply::{Fields, Reply},
};
use kvarten_entity::{
    Column, answer, attempt, evidence, leaderboard_member, points_entry, step_state, visit,
};
use rand::{Rng, rngs::StdRng, seq::SliceRandom};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait, IntoActiveModel};

use super::{PAST_DAYS, TownFile, seeded_id};
use crate::{
    ServiceError, Services,
    bank::{LessonEntry, VersionContent},
    learner::ledger_row,
    operator::Hired,
};

/// Rows of a past, gathered and written in large portions.
#[derive(Default)]
struct Rows {
    visits: Vec<visit::ActiveModel>,
    states: Vec<step_state::ActiveModel>,
    attempts: Vec<attempt::ActiveModel>,
    answers: Vec<answer::ActiveModel>,
    points: Vec<points_entry::ActiveModel>,
    evidence: Vec<evidence::ActiveModel>,
    members: Vec<leaderboard_member::ActiveModel>,
}

async fn write<E>(
    writing: &DatabaseTransaction,
    rows: &mut Vec<E::ActiveModel>,
) -> Result<(), ServiceError>
where
    E: EntityTrait,
    E::ActiveModel: Send,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(400));
        let some = std::mem::replace(rows, rest);
        E::insert_many(some).exec_without_returning(writing).await?;
    }
    Ok(())
}

impl Rows {
    async fn write(&mut self, writing: &DatabaseTransaction) -> Result<(), ServiceError> {
        write::<visit::Entity>(writing, &mut self.visits).await?;
        write::<step_state::Entity>(writing, &mut self.states).await?;
        write::<attempt::Entity>(writing, &mut self.attempts).await?;
        write::<answer::Entity>(writing, &mut self.answers).await?;
        write::<points_entry::Entity>(writing, &mut self.points).await?;
        write::<evidence::Entity>(writing, &mut self.evidence).await?;
        write::<leaderboard_member::Entity>(writing, &mut self.members).await
    }
}

/// Somebody taking a lesson in the past.
struct Taking<'t> {
    person: PersonId,
    unit: UnitId,
    entry: &'t LessonEntry,
    content: &'t VersionContent,
    system: SystemId,
    at: Timestamp,
    steps: usize,
    is_to_the_top: bool,
}

pub(super) struct Past<'s> {
    services: &'s Services,
    now: Timestamp,
    chance: StdRng,
    aliases: HashSet<String>,
}

impl<'s> Past<'s> {
    /// A past of people in the services' bank, up to now, as the seed would have it.
    pub(super) fn of(services: &'s Services, now: Timestamp, chance: StdRng) -> Self {
        Self { services, now, chance, aliases: HashSet::new() }
    }

    /// Most people have taken a lesson or more; the first account stands in the middle of one.
    pub(super) async fn make(
        mut self,
        town: &TownFile,
        people: &[Hired],
    ) -> Result<usize, ServiceError> {
        let bank = self.services.bank().await?;
        let mut contents = Vec::new();
        for entry in &bank.lessons {
            contents.push(self.services.content(entry.version).await?);
        }
        // The lesson with a film is the one a demonstration should open in.
        let has_film = |content: &Arc<VersionContent>| {
            content.steps.iter().any(|step| matches!(step, StepBody::Video { .. }))
        };
        let opened = contents.iter().position(has_film).unwrap_or(0);
        let mut rows = Rows::default();
        let mut learned = 0;
        let writing = self.services.store().begin().await?;
        for (at, person) in people.iter().enumerate() {
            let mut order: Vec<usize> = (0..bank.lessons.len()).collect();
            order.shuffle(&mut self.chance);
            let taken = if at == 0 { 1 } else { self.how_many(order.len()) };
            for &lesson in order.iter().take(taken) {
                let seconds = self.chance.random_range(3_600..PAST_DAYS * 86_400);
                let is_begun = at == 0 || self.chance.random_bool(0.2);
                let lesson = if at == 0 { opened } else { lesson };
                let (entry, content) = (&bank.lessons[lesson], &contents[lesson]);
                let steps = if is_begun { entry.steps.len() / 2 } else { entry.steps.len() };
                let at = self.now.plus_seconds(-seconds);
                self.take(
                    &mut rows,
                    &Taking {
                        person: person.id,
                        unit: person.unit,
                        entry,
                        content,
                        system: bank.system_of(entry).id,
                        at,
                        steps,
                        is_to_the_top: !is_begun,
                    },
                )?;
                learned += 1;
            }
            if at > 0 && self.chance.random_bool(0.25) {
                self.join(&mut rows, town, person.id);
            }
            if rows.answers.len() > 5_000 {
                rows.write(&writing).await?;
            }
        }
        rows.write(&writing).await?;
        writing.commit().await?;
        Ok(learned)
    }

    fn how_many(&mut self, lessons: usize) -> usize {
        match self.chance.random_range(0..100) {
            0..30 => 0,
            30..62 => 1,
            62..85 => 2,
            85..95 => 3,
            _ => lessons,
        }
    }

    /// Takes part in the leaderboard, under a name nobody has yet.
    fn join(&mut self, rows: &mut Rows, town: &TownFile, person: PersonId) {
        let alias = &town.names.aliases[self.chance.random_range(0..town.names.aliases.len())];
        let mut free = (1..)
            .map(|number| if number == 1 { alias.clone() } else { format!("{alias} {number}") });
        let free = free.find(|name| !self.aliases.contains(&name.to_lowercase()));
        let Some(alias) = free.filter(|name| name.chars().count() <= 24) else { return };
        self.aliases.insert(alias.to_lowercase());
        rows.members.push(leaderboard_member::ActiveModel {
            person_id: Set(person.key()),
            alias_folded: Set(alias.to_lowercase()),
            alias: Set(alias),
            joined_at: Set(self.now.0),
        });
    }

    fn take(&mut self, rows: &mut Rows, taking: &Taking<'_>) -> Result<(), ServiceError> {
        let (entry, person) = (taking.entry, taking.person.key());
        let mut at = taking.at;
        for step in entry.steps.iter().take(taking.steps) {
            at = at.plus_seconds(i64::from(step.minutes) * 60);
            rows.states.push(step_state::ActiveModel {
                person_id: Set(person),
                step_id: Set(step.id.key()),
                version_id: Set(entry.version.key()),
                seen_at: Set(Some(at.0)),
                ticks: Set(0),
                video_seconds: Set(0),
            });
        }
        let open = entry.steps.get(taking.steps).or(entry.steps.last());
        rows.visits.push(visit::ActiveModel {
            person_id: Set(person),
            version_id: Set(entry.version.key()),
            step_id: Set(open.map(|step| step.id.key())),
            started_at: Set(taking.at.0),
            visited_at: Set(at.0),
        });
        if !taking.is_to_the_top {
            return Ok(());
        }
        let at = self.climb(rows, taking, at)?;
        rows.evidence.push(evidence::ActiveModel {
            person_id: Set(person),
            version_id: Set(entry.version.key()),
            lesson_id: Set(entry.lesson.key()),
            system_id: Set(taking.system.key()),
            level: Set(i16::from(entry.level.number())),
            earned_at: Set(at.0),
            expires_at: Set(None),
        });
        rows.points.push(entry_row(taking, for_completion(entry.lesson), at));
        Ok(())
    }

    /// Climbs to the top, missing now and then.
    fn climb(
        &mut self,
        rows: &mut Rows,
        taking: &Taking<'_>,
        mut at: Timestamp,
    ) -> Result<Timestamp, ServiceError> {
        let seed: u64 = self.chance.random();
        let quiz = &taking.content.quiz;
        let id: AttemptId = seeded_id(&mut self.chance, at);
        let begun = at;
        let mut ladder = Ladder::after(quiz, seed, []);
        let mut answers = Vec::new();
        while let Some(question) = ladder.question() {
            at = at.plus_seconds(self.chance.random_range(8..40));
            let miss =
                if self.chance.random_bool(0.18) { wrong_fields(question, seed) } else { None };
            let is_right = miss.is_none();
            let fields = miss.unwrap_or_else(|| question.right_fields(seed));
            let misses = answers
                .iter()
                .filter(|row: &&answer::ActiveModel| row.question_id == Set(question.id.key()))
                .count();
            let mut points = 0;
            if let (true, Some((rung, _))) = (is_right, quiz.find(question.id)) {
                let misses = u32::try_from(misses).unwrap_or(u32::MAX);
                let earning = for_right_reply(question.id, rung, misses, false);
                points = i32::try_from(earning.points).unwrap_or(0);
                rows.points.push(entry_row(taking, earning, at));
            }
            answers.push(answer::ActiveModel {
                id: Set(seeded_id::<AnswerId>(&mut self.chance, at).key()),
                person_id: Set(taking.person.key()),
                attempt_id: Set(id.key()),
                number: Set(i32::try_from(answers.len() + 1).unwrap_or(i32::MAX)),
                question_id: Set(question.id.key()),
                reply: Set(serde_json::to_string(&fields)?),
                is_right: Set(is_right),
                points: Set(points),
                answered_at: Set(at.0),
            });
            let asked = question.id;
            ladder.record(asked, is_right);
        }
        rows.answers.extend(answers);
        rows.attempts.push(attempt::ActiveModel {
            id: Set(id.key()),
            person_id: Set(taking.person.key()),
            version_id: Set(taking.entry.version.key()),
            number: Set(1),
            seed: Set(seed.cast_signed()),
            is_refresher: Set(false),
            started_at: Set(begun.0),
            topped_at: Set(Some(at.0)),
        });
        Ok(at)
    }
}

fn entry_row(taking: &Taking<'_>, earning: Earning, at: Timestamp) -> points_entry::ActiveModel {
    ledger_row(taking.person, Some(taking.unit), taking.entry.lesson, earning, at)
}

/// A whole reply that is wrong, where one is easily found.
fn wrong_fields(question: &Question, seed: u64) -> Option<Fields> {
    let face = question.face(seed);
    let only = |value: String| Fields::from([("only".to_owned(), value)]);
    let candidates: Vec<Fields> = match &face {
        QuestionFace::Single { options } => {
            (0..options.len()).map(|at| only(at.to_string())).collect()
        }
        QuestionFace::Multiple { options } => (0..options.len())
            .map(|at| Fields::from([(format!("o{at}"), "on".to_owned())]))
            .collect(),
        QuestionFace::TrueFalse => vec![only("true".into()), only("false".into())],
        QuestionFace::Order { items } => {
            vec![(0..items.len()).map(|at| (format!("o{at}"), (at + 1).to_string())).collect()]
        }
        QuestionFace::Match { lefts, .. } => {
            vec![(0..lefts.len()).map(|at| (format!("o{at}"), at.to_string())).collect()]
        }
        QuestionFace::Word { .. } => {
            vec![Fields::from([("word".to_owned(), "vet inte".to_owned())])]
        }
        QuestionFace::Point { labels, .. } => {
            (0..labels.len()).map(|at| only(at.to_string())).collect()
        }
    };
    candidates.into_iter().find(|fields| {
        let reply = Reply::read(&face, fields);
        reply.and_then(|reply| question.judge(seed, &reply)).is_ok_and(|verdict| !verdict.is_right)
    })
}
