//! The picture of one person: what is required, shown and said, now and then, and the way to what
//! is wanting.

use std::collections::HashMap;

use kvarten_domain::{
    Date, Height, Level, Locale, PersonId, ProfessionId, Timestamp, UnitId,
    competence::Facts,
    knowledge::{
        Beyond, EvidenceLine, GapLine, Hold, LevelKnowledge, LevelLesson, Phrase, Portrait,
        SOON_DAYS, SystemPage,
    },
    radar::{Spoke, Then},
};
use kvarten_entity::{Column, Key, employment, evidence, visit};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    facts::{facts_of, told},
    gaps::{Gap, gaps},
};
use crate::{
    ServiceError, Services,
    bank::{Bank, StatementEntry, SystemEntry},
    signed_in::employed_at,
};

/// Whose picture it is, and where they stand today.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) person: PersonId,
    pub(crate) unit: Option<UnitId>,
    pub(crate) profession: Option<ProfessionId>,
}

impl Subject {
    /// What is required in each system, in their order.
    pub(crate) fn required(&self, bank: &Bank, at: Timestamp) -> Vec<Option<Level>> {
        match (self.unit, self.profession) {
            (Some(unit), Some(profession)) => bank.required(unit, profession, at),
            _ => vec![None; bank.systems.len()],
        }
    }
}

/// How far up somebody is in every system at a point in time.
struct Heights {
    required: Vec<Option<Level>>,
    shown: Vec<Height>,
    said: Vec<Option<Height>>,
}

impl Heights {
    fn of(bank: &Bank, subject: &Subject, facts: &Facts, at: Timestamp) -> Self {
        let shown = bank.required_lessons.at(at).shown(facts);
        Self {
            required: subject.required(bank, at),
            shown: shown.into_iter().map(Height::from).collect(),
            said: bank
                .systems
                .iter()
                .map(|system| facts.said_of(system.id, at).map(|said| said.height))
                .collect(),
        }
    }
}

/// Where somebody stood at the end of an earlier day: what was required of them may have been
/// otherwise. One statement.
async fn subject_then(
    services: &Services,
    person: PersonId,
    at: Timestamp,
) -> Result<Subject, ServiceError> {
    let then = employment::Entity::find()
        .filter(employment::Column::PersonId.eq(person.key()))
        .filter(employed_at(at))
        .order_by_desc(employment::Column::FromAt)
        .one(services.store().read())
        .await?;
    Ok(Subject {
        person,
        unit: then.as_ref().map(|row| row.unit_id.id()),
        profession: then.as_ref().map(|row| row.profession_id.id()),
    })
}

/// The picture of a person now, with an earlier day laid under it where one is asked for. Four
/// statements at most.
pub(crate) async fn portrait(
    services: &Services,
    subject: Subject,
    then: Option<Date>,
    now: Timestamp,
    locale: Locale,
) -> Result<Portrait, ServiceError> {
    let bank = services.bank().await?;
    let (rows, facts) = told(services.store().read(), subject.person.key()).await?;
    let heights = Heights::of(&bank, &subject, &facts, now);
    let earlier = then
        .and_then(|day| services.calendar().end_of(day))
        .filter(|at| *at < now)
        .map(|at| Timestamp(at.0 - 1));
    let before = match earlier {
        None => None,
        Some(at) => {
            let subject = subject_then(services, subject.person, at).await?;
            Some(Heights::of(&bank, &subject, &facts, at))
        }
    };
    let spoke = |at: usize| {
        Some(Spoke {
            system: bank.systems[at].name(),
            required: heights.required[at]?,
            shown: heights.shown[at],
            said: heights.said[at],
            then: before.as_ref().map(|before| Then {
                required: before.required[at],
                shown: before.shown[at],
                said: before.said[at],
            }),
        })
    };
    let beyond = |at: usize| {
        let is_beyond = heights.required[at].is_none()
            && (heights.shown[at] > Height::GROUND || heights.said[at].is_some());
        is_beyond.then(|| Beyond {
            system: bank.systems[at].name(),
            shown: heights.shown[at],
            said: heights.said[at],
        })
    };
    let places = 0..bank.systems.len();
    let calendar = services.calendar();
    let first = facts
        .proofs
        .iter()
        .map(|proof| proof.span.from)
        .chain(facts.said.iter().map(|said| said.at))
        .min();
    let profession = subject.profession.and_then(|id| bank.profession(id));
    Ok(Portrait {
        profession: profession.map(|entry| entry.name(locale).to_owned()),
        then: then.filter(|_| before.is_some()),
        first: first.map(|at| calendar.date(at)).filter(|first| *first < calendar.date(now)),
        spokes: places.clone().filter_map(spoke).collect(),
        beyond: places.filter_map(beyond).collect(),
        gaps: gap_lines(services, &bank, (subject.person, &facts), &heights, (now, locale)).await?,
        evidence: evidence_lines(services, &bank, &rows, now),
    })
}

/// What a level means, statement by statement.
fn phrases(system: &SystemEntry, level: Level, locale: Locale, now: Timestamp) -> Vec<Phrase> {
    let phrase = |one: &StatementEntry| {
        let (text, lang) = one.text(locale);
        Phrase { text: text.to_owned(), lang: lang.tag().to_owned() }
    };
    system.statements_of(level, now).map(phrase).collect()
}

/// What is wanting, the shortest way first. One statement.
async fn gap_lines(
    services: &Services,
    bank: &Bank,
    (person, facts): (PersonId, &Facts),
    heights: &Heights,
    (now, locale): (Timestamp, Locale),
) -> Result<Vec<GapLine>, ServiceError> {
    let begun: Vec<Uuid> = visit::Entity::find()
        .select_only()
        .column(visit::Column::VersionId)
        .filter(visit::Column::PersonId.eq(person.key()))
        .into_tuple()
        .all(services.store().read())
        .await?;
    let all = gaps(
        bank,
        &bank.required_lessons.at(now),
        (&heights.required, &heights.shown),
        |entry| facts.holds(entry.lesson, now),
        |entry| begun.contains(&entry.version.key()),
    );
    let line = |gap: Gap<'_>| GapLine {
        system: bank.systems[gap.system].name(),
        required: gap.required,
        shown: gap.shown,
        minutes: gap.minutes(),
        closes: gap.closes,
        lessons: gap.lessons.iter().map(|entry| bank.link(entry)).collect(),
        next: Level::ALL
            .into_iter()
            .find(|level| Height::from(*level) > gap.shown)
            .map(|level| (level, phrases(&bank.systems[gap.system], level, locale, now))),
    };
    Ok(all.into_iter().map(line).collect())
}

/// The evidence of each lesson that holds longest, the newest first.
fn evidence_lines(
    services: &Services,
    bank: &Bank,
    rows: &[evidence::Model],
    now: Timestamp,
) -> Vec<EvidenceLine> {
    let mut latest: HashMap<Uuid, &evidence::Model> = HashMap::new();
    for row in rows {
        let kept = latest.entry(row.lesson_id).or_insert(row);
        // Without an end is later than any end.
        let end = |row: &evidence::Model| (row.expires_at.is_none(), row.expires_at, row.earned_at);
        if end(row) > end(kept) {
            *kept = row;
        }
    }
    let calendar = services.calendar();
    let hold = |row: &evidence::Model| {
        let Some(until) = row.expires_at.map(Timestamp) else { return Hold::ForGood };
        let on = calendar.date(until);
        let days = calendar.days_between(now, until);
        if until <= now {
            Hold::Ended(on)
        } else if days <= SOON_DAYS {
            Hold::EndsSoon { on, days: u32::try_from(days).unwrap_or(0) }
        } else {
            Hold::Until(on)
        }
    };
    let mut rows: Vec<&evidence::Model> = latest.into_values().collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.earned_at), row.attempt_id));
    let line = |row: &evidence::Model| {
        let entry = bank.by_lesson(row.lesson_id.id())?;
        Some(EvidenceLine {
            lesson: bank.link(entry),
            on: calendar.date(Timestamp(row.earned_at)),
            hold: hold(row),
        })
    };
    rows.into_iter().filter_map(line).collect()
}

/// One system, for one person. Two statements.
pub(crate) async fn system_page(
    services: &Services,
    subject: Subject,
    code: &str,
    now: Timestamp,
    locale: Locale,
) -> Result<SystemPage, ServiceError> {
    let bank = services.bank().await?;
    let at = bank.systems.iter().position(|system| system.code == code);
    let at = at.ok_or(ServiceError::NotFound)?;
    let system = &bank.systems[at];
    let facts = facts_of(services.store().read(), subject.person.key()).await?;
    let heights = Heights::of(&bank, &subject, &facts, now);
    let level = |level: Level| LevelKnowledge {
        level,
        statements: phrases(system, level, locale, now),
        months: system.months(level, now),
        lessons: bank
            .lessons
            .iter()
            .filter(|entry| entry.system == at && entry.level == level)
            .map(|entry| LevelLesson {
                lesson: bank.link(entry),
                is_required: bank.required_lessons.is_required(entry.lesson, now),
                is_completed: facts.holds(entry.lesson, now),
            })
            .collect(),
    };
    let said = facts.said_of(system.id, now);
    Ok(SystemPage {
        system: system.name(),
        about: system.about.clone(),
        owner: system.owner.clone(),
        required: heights.required[at],
        shown: heights.shown[at],
        said: said.map(|said| (said.height, services.calendar().date(said.at))),
        levels: Level::ALL.map(level).into(),
        next_to_assess: (0..bank.systems.len())
            .find(|&other| {
                other != at && heights.required[other].is_some() && heights.said[other].is_none()
            })
            .map(|other| bank.systems[other].name()),
    })
}
