//! What people of the demonstration have learned and said: steps seen, climbs with a miss now and
//! then, points, evidence that has ended and been renewed, self-assessments.

mod rows;
mod saying;
mod taking;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use kvarten_domain::{Height, PersonId, Timestamp, UnitId, competence::Facts, lesson::StepBody};
use kvarten_entity::{Column, competence, leaderboard_member};
use rand::{Rng, rngs::StdRng};
use sea_orm::ActiveValue::Set;

use super::{DAY, TownFile, map::Codes};
use crate::{
    ServiceError, Services,
    bank::{Bank, VersionContent},
    competence::pack,
    operator::Hired,
    text::lookalike_key,
};
use rows::Rows;
use taking::Taking;

/// Everything there is to learn.
struct School {
    bank: Arc<Bank>,
    contents: Vec<Arc<VersionContent>>,
    /// Which of the lessons are others under further names.
    is_twin: Vec<bool>,
}

impl School {
    async fn of(services: &Services, twins: &HashSet<&str>) -> Result<Self, ServiceError> {
        let bank = services.bank().await?;
        let mut contents = Vec::new();
        for entry in &bank.lessons {
            contents.push(services.content(entry.version).await?);
        }
        let is_twin =
            bank.lessons.iter().map(|entry| twins.contains(entry.slug.as_str())).collect();
        Ok(Self { bank, contents, is_twin })
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
            is_twin: self.is_twin[lesson],
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
        twins: &HashSet<&str>,
    ) -> Result<usize, ServiceError> {
        let school = School::of(self.services, twins).await?;
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
            if rows.answers.len() > 5_000 || rows.evidence.len() > 5_000 {
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
        let rule = bank.required_lessons.at(self.now);
        let shown = rule.shown(&sorted(facts.clone()));
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

    /// Takes part in the leaderboard, under a name nobody has yet.
    fn join(&mut self, rows: &mut Rows, town: &TownFile, person: PersonId) {
        let alias = &town.names.aliases[self.chance.random_range(0..town.names.aliases.len())];
        let mut free = (1..)
            .map(|number| if number == 1 { alias.clone() } else { format!("{alias} {number}") });
        let free = free.find(|name| !self.aliases.contains(&lookalike_key(name)));
        let Some(alias) = free.filter(|name| name.chars().count() <= 24) else { return };
        self.aliases.insert(lookalike_key(&alias));
        rows.members.push(leaderboard_member::ActiveModel {
            person_id: Set(person.key()),
            alias_folded: Set(lookalike_key(&alias)),
            alias: Set(alias),
            joined_at: Set(self.now.0),
        });
    }
}

/// In the order in which the tables tell it.
fn sorted(mut facts: Facts) -> Facts {
    facts.proofs.sort_by_key(|proof| proof.span.from);
    facts.said.sort_by_key(|said| said.at);
    facts
}
