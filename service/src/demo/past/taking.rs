//! Taking lessons in the past: steps seen, climbs with a miss now and then, the evidence they gave.

use kvarten_domain::{
    AnswerId, AttemptId, PersonId, Timestamp, UnitId,
    competence::{Facts, Proof},
    ladder::Ladder,
    points::{Earning, for_completion, for_right_reply},
    question::{Question, QuestionFace},
    reply::{Fields, Reply},
    time::Span,
};
use kvarten_entity::{Column, answer, attempt, evidence, points_entry, step_state, visit};
use rand::Rng;
use sea_orm::ActiveValue::Set;

use super::{Past, Rows};
use crate::{
    ServiceError,
    bank::{LessonEntry, VersionContent},
    demo::seeded_id,
    learner::ledger_row,
    text::gap::Vocabulary,
};

/// Somebody taking a lesson in the past.
#[derive(Clone, Copy)]
pub(super) struct Taking<'t> {
    pub(super) person: PersonId,
    pub(super) unit: UnitId,
    pub(super) entry: &'t LessonEntry,
    pub(super) content: &'t VersionContent,
    pub(super) at: Timestamp,
    pub(super) steps: usize,
    pub(super) is_to_the_top: bool,
    /// Of a lesson that is another under a further name, neither steps nor replies are made up.
    pub(super) is_twin: bool,
}

/// A climb in the past.
pub(super) struct Climb {
    attempt: AttemptId,
    number: i32,
    topped_at: Timestamp,
}

impl Past<'_> {
    /// Takes a lesson. Where the evidence it gives ends: the climb, and when it ends.
    pub(super) fn take(
        &mut self,
        rows: &mut Rows,
        facts: &mut Facts,
        taking: &Taking<'_>,
    ) -> Result<Option<(Climb, Timestamp)>, ServiceError> {
        let (entry, person) = (taking.entry, taking.person.key());
        let mut at = taking.at;
        for step in entry.steps.iter().take(taking.steps) {
            at = at.plus_seconds(i64::from(step.minutes) * 60);
            if taking.is_twin {
                continue;
            }
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
            return Ok(None);
        }
        let climb = self.climb(rows, taking, at, 1)?;
        rows.points.push(entry_row(taking, for_completion(entry.lesson), climb.topped_at));
        Ok(self.show(rows, facts, taking, climb))
    }

    /// Climbs again and renews the evidence.
    pub(super) fn renew(
        &mut self,
        rows: &mut Rows,
        facts: &mut Facts,
        taking: &Taking<'_>,
        last: &Climb,
    ) -> Result<Option<(Climb, Timestamp)>, ServiceError> {
        let climb = self.climb(rows, taking, taking.at, last.number + 1)?;
        Ok(self.show(rows, facts, taking, climb))
    }

    /// The evidence that a climb gives.
    fn show(
        &self,
        rows: &mut Rows,
        facts: &mut Facts,
        taking: &Taking<'_>,
        climb: Climb,
    ) -> Option<(Climb, Timestamp)> {
        let (entry, at) = (taking.entry, climb.topped_at);
        let bank = self.services.bank.known()?;
        let system = bank.system_of(entry);
        let months = system.months(entry.level, at);
        let until = months.map(|months| self.services.calendar().plus_months(at, months));
        facts.proofs.push(Proof { lesson: entry.lesson, span: Span { from: at, until } });
        rows.evidence.push(evidence::ActiveModel {
            person_id: Set(taking.person.key()),
            attempt_id: Set(climb.attempt.key()),
            version_id: Set(entry.version.key()),
            lesson_id: Set(entry.lesson.key()),
            system_id: Set(system.id.key()),
            level: Set(i16::from(entry.level.number())),
            earned_at: Set(at.0),
            expires_at: Set(until.map(|until| until.0)),
        });
        until.map(|until| (climb, until))
    }

    /// Climbs to the top, missing now and then.
    fn climb(
        &mut self,
        rows: &mut Rows,
        taking: &Taking<'_>,
        mut at: Timestamp,
        number: i32,
    ) -> Result<Climb, ServiceError> {
        let seed: u64 = self.chance.random();
        let quiz = &taking.content.quiz;
        let id: AttemptId = seeded_id(&mut self.chance, at);
        let begun = at;
        let mut ladder = Ladder::after(quiz, seed, []);
        let mut answers = Vec::new();
        while let Some(question) = ladder.question().filter(|_| !taking.is_twin) {
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
                let earning = for_right_reply(question.id, rung, misses, number > 1);
                points = i32::try_from(earning.points).unwrap_or(0);
                // A refresher earns once, whatever is climbed again.
                if number <= 2 {
                    rows.points.push(entry_row(taking, earning, at));
                } else {
                    points = 0;
                }
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
            number: Set(number),
            seed: Set(seed.cast_signed()),
            is_refresher: Set(number > 1),
            started_at: Set(begun.0),
            topped_at: Set(Some(at.0)),
        });
        Ok(Climb { attempt: id, number, topped_at: at })
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
        let words = Vocabulary::default();
        let judged =
            reply.and_then(|reply| words.judging(|words| question.judge(seed, &reply, words)));
        judged.is_ok_and(|verdict| !verdict.is_right)
    })
}
