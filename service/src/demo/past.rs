//! What people of the demonstration have learned and said: steps seen, climbs with a miss now and
//! then, points, evidence that has ended and been renewed, self-assessments.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use kvarten_domain::{
    AnswerId, AttemptId, Height, Level, PersonId, Timestamp, UnitId,
    assessment::Claim,
    competence::{Facts, Proof, Said, ShownRule},
    ladder::Ladder,
    lesson::StepBody,
    points::{Earning, for_completion, for_right_reply},
    question::{Question, QuestionFace},
    reply::{Fields, Reply},
    time::Span,
};
use kvarten_entity::{
    Column, answer, attempt, claim, competence, evidence, leaderboard_member, person_look,
    points_entry, self_assessment, step_state, unit_look, visit,
};
use rand::{Rng, rngs::StdRng};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait, IntoActiveModel};

use super::{DAY, TownFile, map::Codes, seeded_id};
use crate::{
    ServiceError, Services,
    bank::{Bank, LessonEntry, VersionContent},
    competence::pack,
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
    claims: Vec<claim::ActiveModel>,
    assessments: Vec<self_assessment::ActiveModel>,
    competences: Vec<competence::ActiveModel>,
    person_looks: Vec<person_look::ActiveModel>,
    unit_looks: Vec<unit_look::ActiveModel>,
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
        write::<leaderboard_member::Entity>(writing, &mut self.members).await?;
        write::<claim::Entity>(writing, &mut self.claims).await?;
        write::<self_assessment::Entity>(writing, &mut self.assessments).await?;
        write::<competence::Entity>(writing, &mut self.competences).await?;
        write::<person_look::Entity>(writing, &mut self.person_looks).await?;
        write::<unit_look::Entity>(writing, &mut self.unit_looks).await
    }
}

/// Somebody taking a lesson in the past.
#[derive(Clone, Copy)]
struct Taking<'t> {
    person: PersonId,
    unit: UnitId,
    entry: &'t LessonEntry,
    content: &'t VersionContent,
    at: Timestamp,
    steps: usize,
    is_to_the_top: bool,
}

/// A climb in the past.
struct Climb {
    attempt: AttemptId,
    number: i32,
    topped_at: Timestamp,
}

/// Everything there is to learn.
struct School {
    bank: Arc<Bank>,
    contents: Vec<Arc<VersionContent>>,
    rule: ShownRule,
}

impl School {
    async fn of(services: &Services, now: Timestamp) -> Result<Self, ServiceError> {
        let bank = services.bank().await?;
        let mut contents = Vec::new();
        for entry in &bank.lessons {
            contents.push(services.content(entry.version).await?);
        }
        Ok(Self { rule: bank.shown_rule(now), bank, contents })
    }

    /// The lesson with a film: the one a demonstration should open in.
    fn with_film(&self) -> usize {
        let has_film = |content: &Arc<VersionContent>| {
            content.steps.iter().any(|step| matches!(step, StepBody::Video { .. }))
        };
        self.contents.iter().position(has_film).unwrap_or(0)
    }

    fn taking(&self, person: &Hired, lesson: usize, at: Timestamp, is_begun: bool) -> Taking<'_> {
        let entry = &self.bank.lessons[lesson];
        Taking {
            person: person.id,
            unit: person.unit,
            entry,
            content: &self.contents[lesson],
            at,
            steps: if is_begun { entry.steps.len() / 2 } else { entry.steps.len() },
            is_to_the_top: !is_begun,
        }
    }
}

pub(super) struct Past<'s> {
    services: &'s Services,
    now: Timestamp,
    chance: StdRng,
    aliases: HashSet<String>,
    /// How many of a unit are still to stay behind in a system.
    behind: HashMap<(UnitId, usize), usize>,
}

impl<'s> Past<'s> {
    /// A past of people in the services' bank, up to now, as the seed would have it.
    pub(super) fn of(services: &'s Services, now: Timestamp, chance: StdRng) -> Self {
        Self { services, now, chance, aliases: HashSet::new(), behind: HashMap::new() }
    }

    /// Most people have taken what is required of them, more or less of it; the first account
    /// stands in the middle of a lesson. How many lessons have been taken.
    pub(super) async fn make(
        mut self,
        town: &TownFile,
        codes: &Codes<'_>,
        people: &[Hired],
    ) -> Result<usize, ServiceError> {
        let school = School::of(self.services, self.now).await?;
        for unit in &town.units {
            for (system, count) in &unit.behind {
                let at = school.bank.systems.iter().position(|one| one.code == *system);
                let unit = codes.units.get(&unit.code);
                self.behind.extend(unit.zip(at).map(|(unit, at)| ((*unit, at), *count)));
            }
        }
        let mut rows = Rows::default();
        let mut learned = 0;
        let writing = self.services.store().begin().await?;
        for (at, person) in people.iter().enumerate() {
            let account = town.accounts.get(at).filter(|account| !account.taken.is_empty());
            let mut facts = Facts::default();
            if at == 0 {
                let opened = self.now.plus_seconds(-3 * 3_600);
                let taking = school.taking(person, school.with_film(), opened, true);
                self.take(&mut rows, &mut facts, &taking)?;
            }
            match account {
                Some(account) => {
                    for (slug, days) in &account.taken {
                        let lesson = school.bank.lessons.iter().position(|one| one.slug == *slug);
                        let lesson = lesson.ok_or(ServiceError::NotFound)?;
                        let at = self.now.plus_seconds(-DAY * days);
                        let taking = school.taking(person, lesson, at, false);
                        learned += 1;
                        self.take(&mut rows, &mut facts, &taking)?;
                    }
                    for (code, height) in &account.said {
                        let system = school.bank.systems.iter().position(|one| one.code == *code);
                        let system = system.ok_or(ServiceError::NotFound)?;
                        let height = Height::new(*height).ok_or(ServiceError::NotFound)?;
                        self.say(&mut rows, &mut facts, &school, person.id, (system, height), 75);
                    }
                }
                None => learned += self.live(&mut rows, &mut facts, &school, person)?,
            }
            rows.competences.push(competence::ActiveModel {
                person_id: Set(person.id.key()),
                facts: Set(pack(&sorted(facts))),
                made_at: Set(self.now.0),
            });
            if at > 0 && person.left.is_none() && self.chance.random_bool(0.25) {
                self.join(&mut rows, town, person.id);
            }
            if rows.answers.len() > 5_000 {
                rows.write(&writing).await?;
            }
        }
        self.look(&mut rows, people);
        rows.write(&writing).await?;
        writing.commit().await?;
        Ok(learned)
    }

    /// The past of somebody of whom nothing is written: more diligent or less, they take what is
    /// required of them, the lower levels first, and say how far up they are.
    fn live(
        &mut self,
        rows: &mut Rows,
        facts: &mut Facts,
        school: &School,
        person: &Hired,
    ) -> Result<usize, ServiceError> {
        let bank = &school.bank;
        let diligence: f64 = self.chance.random_range(0.0..1.0);
        let required = bank.required(person.unit, person.profession, self.now);
        let from = person.since.0.max(self.now.plus_seconds(-DAY * 480).0);
        let until = person.left.unwrap_or(self.now).plus_seconds(-3_600).0;
        let mut chosen = Vec::new();
        for (lesson, entry) in bank.lessons.iter().enumerate() {
            let is_needed = required[entry.system].is_some_and(|level| entry.level <= level);
            let mut likely = if is_needed { 0.2 + 0.75 * diligence } else { 0.03 };
            if is_needed && person.left.is_none() {
                let place = (person.unit, entry.system);
                match self.behind.get_mut(&place) {
                    Some(0) => likely = 1.0,
                    Some(_) if Some(entry.level) == required[entry.system] => likely = 0.0,
                    _ => {}
                }
            }
            if self.chance.random_bool(likely) {
                chosen.push(lesson);
            }
        }
        for (system, required) in required.iter().enumerate() {
            let place = (person.unit, system);
            if let (Some(left), true, None) =
                (self.behind.get_mut(&place), required.is_some(), person.left)
            {
                *left = left.saturating_sub(1);
            }
        }
        if from >= until {
            return Ok(0);
        }
        let mut times: Vec<i64> =
            chosen.iter().map(|_| self.chance.random_range(from..until)).collect();
        times.sort_unstable();
        for (&lesson, at) in chosen.iter().zip(times) {
            let entry = &bank.lessons[lesson];
            let is_kept_up = self.behind.get(&(person.unit, entry.system)) == Some(&0);
            let is_begun = !is_kept_up && self.chance.random_bool(0.08);
            let taking = school.taking(person, lesson, Timestamp(at), is_begun);
            let mut climb = self.take(rows, facts, &taking)?;
            // What has ended or is about to is renewed by some.
            while let Some((last, ends)) = climb.take() {
                let is_due = ends < self.now.plus_seconds(DAY * 20);
                let again = self.chance.random_bool(diligence * 0.9) || is_kept_up;
                let renewed = ends.plus_seconds(-DAY * self.chance.random_range(2..25));
                if is_due && again && renewed < Timestamp(until) {
                    climb = self.renew(rows, facts, &Taking { at: renewed, ..taking }, &last)?;
                }
            }
        }
        let shown = school.rule.shown(&sorted(facts.clone()));
        for system in 0..bank.systems.len() {
            if required[system].is_none() || !self.chance.random_bool(0.3 + 0.55 * diligence) {
                continue;
            }
            let days = self.chance.random_range(2..300);
            if self.now.plus_seconds(-DAY * days) < person.since || person.left.is_some() {
                continue;
            }
            let about = i16::from(Height::from(shown[system]).number())
                + [0, 0, 0, 1, 1, -1][self.chance.random_range(0..6)];
            let height = u8::try_from(about.clamp(0, 4)).ok().and_then(Height::new);
            let Some(height) = height else { continue };
            let before = days + 180;
            let is_new = self.now.plus_seconds(-DAY * before) < person.since;
            if !is_new && self.chance.random_bool(0.4) {
                let lower = Height::new(height.number().saturating_sub(1)).unwrap_or(height);
                self.say(rows, facts, school, person.id, (system, lower), before);
            }
            self.say(rows, facts, school, person.id, (system, height), days);
        }
        Ok(chosen.len())
    }

    /// Says how far up one is in a system, so many days ago: everything up to there, and of the
    /// next level only part.
    fn say(
        &mut self,
        rows: &mut Rows,
        facts: &mut Facts,
        school: &School,
        person: PersonId,
        (system, height): (usize, Height),
        days_ago: i64,
    ) {
        let at = self.now.plus_seconds(-DAY * days_ago + self.chance.random_range(0..20_000));
        let system = &school.bank.systems[system];
        facts.said.push(Said { system: system.id, at, height });
        rows.assessments.push(self_assessment::ActiveModel {
            person_id: Set(person.key()),
            system_id: Set(system.id.key()),
            day_at: Set(self.services.calendar().day_start(at).0),
            height: Set(i16::from(height.number())),
            said_at: Set(at.0),
        });
        for level in Level::ALL {
            if level.number() > height.number() + 1 {
                break;
            }
            for (place, statement) in system.statements_of(level, self.now).enumerate() {
                let claim = match (Height::from(level) <= height, place) {
                    (true, _) => Claim::Can,
                    (false, 0) => Claim::Partly,
                    (false, _) => Claim::NotYet,
                };
                let row = claim::ActiveModel {
                    person_id: Set(person.key()),
                    meaning_id: Set(statement.meaning.key()),
                    claim: Set(claim.code().to_owned()),
                    said_at: Set(at.0),
                };
                let is_same = |other: &claim::ActiveModel| {
                    other.person_id == row.person_id && other.meaning_id == row.meaning_id
                };
                // What was said last is kept; a person's rows are the last of the list.
                let recent = rows.claims.len().saturating_sub(200);
                match rows.claims[recent..].iter().position(is_same) {
                    Some(known) => rows.claims[recent + known] = row,
                    None => rows.claims.push(row),
                }
            }
        }
    }

    /// Managers have looked at their units, and at somebody now and then.
    fn look(&mut self, rows: &mut Rows, people: &[Hired]) {
        let managers = people.iter().filter(|one| {
            one.left.is_none()
                && one.roles.iter().any(|(role, _)| *role == kvarten_domain::Role::Manager)
        });
        for manager in managers {
            for weeks in 0..self.chance.random_range(1..4) {
                let at = self.now.plus_seconds(-DAY * (7 * weeks + self.chance.random_range(1..7)));
                let day = self.services.calendar().day_start(at).0;
                rows.unit_looks.push(unit_look::ActiveModel {
                    id: Set(uuid::Uuid::now_v7()),
                    unit_id: Set(manager.unit.key()),
                    viewer_id: Set(Some(manager.id.key())),
                    what: Set("unit".to_owned()),
                    day_at: Set(day),
                    times: Set(self.chance.random_range(1..4)),
                    first_at: Set(at.0),
                    last_at: Set(at.0),
                });
                let own =
                    people.iter().find(|one| one.unit == manager.unit && one.id != manager.id);
                if let Some(own) = own.filter(|own| own.left.is_none() && own.since <= at) {
                    rows.person_looks.push(person_look::ActiveModel {
                        id: Set(uuid::Uuid::now_v7()),
                        person_id: Set(own.id.key()),
                        viewer_id: Set(Some(manager.id.key())),
                        what: Set("person".to_owned()),
                        day_at: Set(day),
                        times: Set(1),
                        last_at: Set(at.plus_seconds(240).0),
                    });
                }
            }
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

    /// Takes a lesson. Where the evidence it gives ends: the climb, and when it ends.
    fn take(
        &mut self,
        rows: &mut Rows,
        facts: &mut Facts,
        taking: &Taking<'_>,
    ) -> Result<Option<(Climb, Timestamp)>, ServiceError> {
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
            return Ok(None);
        }
        let climb = self.climb(rows, taking, at, 1)?;
        rows.points.push(entry_row(taking, for_completion(entry.lesson), climb.topped_at));
        Ok(self.show(rows, facts, taking, climb))
    }

    /// Climbs again and renews the evidence.
    fn renew(
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

/// In the order in which the tables tell it.
fn sorted(mut facts: Facts) -> Facts {
    facts.proofs.sort_by_key(|proof| proof.span.from);
    facts.said.sort_by_key(|said| said.at);
    facts
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
