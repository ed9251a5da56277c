//! "Lär": what to go on with, and the bank.

use std::collections::HashMap;

use kvarten_domain::{
    Height, LessonId, Locale, StepId, Timestamp, VersionId,
    bank::{Filter, LearnPage, LessonCard, Nearest, Resume},
    competence::{Facts, Proof},
    lesson::{LastOpen, Place, Progress, StepHead, place_to_resume},
    time::Span,
};
use kvarten_entity::{Column, Key, evidence, step_state, visit};
use sea_orm::{
    ColumnTrait, ConnectionTrait,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use super::Learner;
use crate::{
    ServiceError,
    bank::{Bank, LessonEntry},
    competence::gaps,
};

/// How long climbing a ladder takes, in minutes, about.
const LADDER_MINUTES: u8 = 5;

/// How many lessons towards the largest gap are shown at once.
const MOST_NEAREST: usize = 2;

/// How far a person has come with everything they have begun.
#[derive(Debug, Default)]
pub(super) struct Begun {
    visits: HashMap<VersionId, (LastOpen, Timestamp)>,
    seen: HashMap<VersionId, Vec<StepId>>,
    completed: HashMap<LessonId, Timestamp>,
}

impl Begun {
    pub(super) fn completed_at(&self, lesson: LessonId) -> Option<Timestamp> {
        self.completed.get(&lesson).copied()
    }

    /// The steps of a lesson, with what this person has been through.
    pub(super) fn steps(&self, entry: &LessonEntry) -> Vec<StepHead> {
        let seen = self.seen.get(&entry.version);
        let mut steps = entry.steps.clone();
        for step in &mut steps {
            step.is_seen = seen.is_some_and(|seen| seen.contains(&step.id));
        }
        steps
    }

    /// What holds today, as the rules ask for it.
    fn facts(&self) -> Facts {
        let proof = |(lesson, at): (&LessonId, &Timestamp)| Proof {
            lesson: *lesson,
            span: Span { from: *at, until: None },
        };
        Facts { proofs: self.completed.iter().map(proof).collect(), said: Vec::new() }
    }

    pub(super) fn place(&self, entry: &LessonEntry) -> Place {
        let last_open =
            self.visits.get(&entry.version).map_or(LastOpen::Nothing, |(last, _)| *last);
        place_to_resume(&self.steps(entry), last_open)
    }
}

/// What a row tells of.
#[derive(Clone, Copy)]
enum What {
    /// A version, the step open last (none: the ladder), when.
    Visit,
    /// A version, a step been through, when.
    Seen,
    /// A lesson, the version, when.
    Completed,
}

fn begun_by(me: Uuid, now: Timestamp) -> SelectStatement {
    let list = |what: What| Query::select().expr_as(Expr::value(what as i32), "what").to_owned();
    let visits = list(What::Visit)
        .columns([visit::Column::VersionId, visit::Column::StepId, visit::Column::VisitedAt])
        .from(visit::Entity)
        .and_where(visit::Column::PersonId.eq(me))
        .to_owned();
    let seen = list(What::Seen)
        .columns([
            step_state::Column::VersionId,
            step_state::Column::StepId,
            step_state::Column::SeenAt,
        ])
        .from(step_state::Entity)
        .and_where(step_state::Column::PersonId.eq(me))
        .and_where(step_state::Column::SeenAt.is_not_null())
        .to_owned();
    let completed = list(What::Completed)
        .columns([
            evidence::Column::LessonId,
            evidence::Column::VersionId,
            evidence::Column::EarnedAt,
        ])
        .from(evidence::Entity)
        .and_where(evidence::Column::PersonId.eq(me))
        // What has ended is to be taken again.
        .and_where(evidence::Column::ExpiresAt.is_null().or(evidence::Column::ExpiresAt.gt(now.0)))
        .to_owned();
    let mut all = visits;
    all.union(UnionType::All, seen).union(UnionType::All, completed);
    all
}

impl Learner<'_> {
    /// Everything this person has begun. One statement: three lists of the same shape.
    pub(super) async fn begun(&self) -> Result<Begun, ServiceError> {
        let store = self.services.store();
        let me = self.who.id.key();
        let build = || store.backend().build(&begun_by(me, self.now));
        let statement = self.services.templates.begun.of(&[me], self.now, build);
        let mut begun = Begun::default();
        for row in store.read().query_all_raw(statement).await? {
            let what: i32 = row.try_get_by_index(0)?;
            let (subject, step): (Uuid, Option<Uuid>) =
                (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            let at = Timestamp(row.try_get_by_index(3)?);
            if what == What::Visit as i32 {
                let last = step.map_or(LastOpen::Ladder, |step| LastOpen::Step(step.id()));
                begun.visits.insert(subject.id(), (last, at));
            } else if what == What::Seen as i32 {
                begun.seen.entry(subject.id()).or_default().extend(step.map(Key::id::<StepId>));
            } else {
                let latest = begun.completed.entry(subject.id()).or_default();
                *latest = at.max(*latest);
            }
        }
        Ok(begun)
    }

    pub(super) fn progress(&self, begun: &Begun, entry: &LessonEntry) -> Progress {
        if let Some(at) = begun.completed_at(entry.lesson) {
            return Progress::Completed { on: self.services.calendar().date(at) };
        }
        if !begun.visits.contains_key(&entry.version) {
            return Progress::New;
        }
        let count = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
        Progress::Begun {
            seen: count(begun.seen.get(&entry.version).map_or(0, Vec::len)),
            of: count(entry.steps.len()),
        }
    }

    fn card(&self, bank: &Bank, begun: &Begun, entry: &LessonEntry) -> LessonCard {
        LessonCard {
            slug: entry.slug.clone(),
            lang: entry.lang.clone(),
            title: entry.title.clone(),
            summary: entry.summary.clone(),
            system: bank.system_of(entry).name(),
            level: entry.level,
            minutes: entry.minutes,
            progress: self.progress(begun, entry),
        }
    }

    fn resume(&self, bank: &Bank, begun: &Begun, entry: &LessonEntry) -> Resume {
        let steps = begun.steps(entry);
        let place = begun.place(entry);
        let step = match place {
            Place::Step(number) => steps.iter().find(|step| step.number == number),
            Place::Ladder => None,
        };
        let unseen = steps.iter().filter(|step| !step.is_seen);
        let minutes = unseen.fold(LADDER_MINUTES, |sum, step| sum.saturating_add(step.minutes));
        Resume {
            lesson: self.card(bank, begun, entry),
            place,
            step_title: step.map(|step| step.title.clone()).unwrap_or_default(),
            minutes_left: minutes,
        }
    }

    /// What to go on with: what was open last and is not completed; else the first lesson not
    /// completed that is for this person's profession.
    pub(super) fn next_lesson<'b>(&self, bank: &'b Bank, begun: &Begun) -> Option<&'b LessonEntry> {
        let is_open = |entry: &&LessonEntry| begun.completed_at(entry.lesson).is_none();
        let visited = |entry: &&LessonEntry| begun.visits.get(&entry.version).map(|(_, at)| *at);
        let last = bank.lessons.iter().filter(is_open).filter(|entry| visited(entry).is_some());
        let mine = self.who.profession.as_ref().map(|profession| &profession.code);
        let is_for_me = |entry: &&LessonEntry| {
            entry.professions.is_empty()
                || mine.is_some_and(|code| entry.professions.contains(code))
        };
        last.max_by_key(visited)
            .or_else(|| bank.lessons.iter().filter(is_open).find(is_for_me))
            .or_else(|| bank.lessons.iter().find(is_open))
    }

    /// The first lessons towards the largest gap, of several the one with the shortest way; without
    /// those that stand above. It asks nothing of the database.
    fn nearest(&self, bank: &Bank, begun: &Begun, above: &[String]) -> Option<Nearest> {
        let required = self.subject(bank).required(bank, self.now);
        let rule = bank.required_lessons.at(self.now);
        let shown: Vec<Height> = rule.shown(&begun.facts()).into_iter().map(Height::from).collect();
        let gaps = gaps(
            bank,
            &rule,
            (&required, &shown),
            |entry| begun.completed_at(entry.lesson).is_some(),
            |entry| begun.visits.contains_key(&entry.version),
        );
        let largest = gaps
            .iter()
            .filter(|gap| !gap.lessons.is_empty())
            .min_by_key(|gap| std::cmp::Reverse(gap.levels()))?;
        let lessons = largest.lessons.iter().filter(|entry| !above.contains(&entry.slug));
        let lessons: Vec<_> = lessons.take(MOST_NEAREST).map(|entry| bank.link(entry)).collect();
        (!lessons.is_empty()).then(|| Nearest {
            system: bank.systems[largest.system].name(),
            required: largest.required,
            lessons,
        })
    }

    /// The page "Lär".
    ///
    /// # Errors
    /// Those of the database.
    pub async fn learn_page(
        &self,
        filter: &Filter,
        locale: Locale,
    ) -> Result<LearnPage, ServiceError> {
        let bank = self.services.bank().await?;
        let begun = self.begun().await?;
        let mut lessons: Vec<LessonCard> =
            bank.find(filter).into_iter().map(|entry| self.card(&bank, &begun, entry)).collect();
        if filter.is_untaken {
            lessons.retain(|card| !matches!(card.progress, Progress::Completed { .. }));
        }
        let referrals = self.referrals(&bank).await?;
        let next = self.next_lesson(&bank, &begun);
        let nearest = if filter.is_empty() {
            let above = referrals.iter().map(|card| card.to.word());
            let above: Vec<String> = above.chain(next.map(|entry| entry.slug.clone())).collect();
            self.nearest(&bank, &begun, &above)
        } else {
            None
        };
        Ok(LearnPage {
            programs: self.program_cards(&bank, &begun),
            resume: next.map(|entry| self.resume(&bank, &begun, entry)),
            referrals,
            nearest,
            lessons,
            total: u32::try_from(bank.lessons.len()).unwrap_or(u32::MAX),
            systems: bank.system_choices(),
            professions: bank.profession_choices(locale),
        })
    }
}
