//! Referring people to lessons and programs.

use std::collections::{HashMap, HashSet};

use kvarten_domain::{
    Date, Fault, LessonId, Level, Locale, PersonId, ReferralId, Timestamp,
    knowledge::{Look, SOON_DAYS},
    overview::{Filter, Finder, PersonLine},
    referral::{LONGEST_NOTE, MOST_PEOPLE, ReferPage, Referred, Skipped, Target},
};
use kvarten_entity::{Column, person, referral};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockType, OnConflict},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Manager, overview::Known};
use crate::{
    ServiceError,
    bank::{Aim, LessonEntry},
    competence::{follow, look_at_people},
    new_id,
    text::{collation_key, nfkd, paragraphs},
};

/// What a manager sends: where to go, a line of their own and a wish for when.
#[derive(Clone, Debug, Default)]
pub struct Pointing {
    /// The word of the lesson or program; see [`Target::word`].
    pub to: String,
    /// At most [`LONGEST_NOTE`] characters; may be empty.
    pub note: String,
    /// By when it is wished for.
    pub wish: Option<Date>,
}

/// The id of one person's referral in a batch: the same batch sent twice is the same referrals.
pub(crate) fn id_in(batch: Uuid, person: Uuid) -> Uuid {
    let digest = Sha256::digest(format!("{batch}/{person}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

pub(super) fn note(text: &str) -> Result<String, ServiceError> {
    paragraphs("note", text, LONGEST_NOTE)
}

impl Manager<'_> {
    /// Whom to refer, and to what: those whom a filter lets through, or some people, without those
    /// among them of other units. That they have been looked at is noted. Five statements at most.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where all of the people are of other units.
    pub async fn refer_page(
        &self,
        filter: &Filter,
        some: &[PersonId],
        locale: Locale,
    ) -> Result<ReferPage, ServiceError> {
        let people = self.people(&self.units).await?;
        let mut overview = self.draw(&people, &HashMap::new(), locale);
        let mut found = if some.is_empty() {
            Finder::new(&overview, nfkd).find(&overview, filter)
        } else {
            let some: HashSet<PersonId> = some.iter().copied().collect();
            (0..overview.people.len())
                .filter(|at| some.contains(&overview.people[*at].id))
                .collect()
        };
        if found.is_empty() && !some.is_empty() {
            return Err(ServiceError::NotFound);
        }
        let others = found.len().saturating_sub(MOST_PEOPLE);
        found.truncate(MOST_PEOPLE);
        let kept: Vec<_> = found.iter().map(|at| overview.people[*at].clone()).collect();
        overview.people = kept;
        let shown: HashSet<PersonId> = overview.people.iter().map(|one| one.id).collect();
        if some.is_empty() {
            self.note_looks(people.iter().map(|one| one.unit).collect(), Look::Unit).await?;
        } else {
            let shown: Vec<PersonId> = shown.into_iter().collect();
            look_at_people(self.services, self.who.id, &shown, self.now).await?;
        }
        let line = |one: &PersonLine| {
            let mut place = Vec::new();
            place.extend(overview.profession_of(one).map(|choice| choice.name.clone()));
            place.extend(overview.unit_of(one).map(|unit| unit.name.clone()));
            (one.id, one.full_name(), place.join(", "))
        };
        let lines = overview.people.iter().map(line).collect();
        // Lessons of the system in question first, then those that most of these people lack.
        let known: HashMap<PersonId, &Known> = people.iter().map(|one| (one.id, one)).collect();
        let mut asked: HashMap<_, Vec<Option<Level>>> = HashMap::new();
        for one in known.values() {
            asked
                .entry((one.unit, one.profession))
                .or_insert_with(|| self.bank.required(one.unit, one.profession, self.now));
        }
        let lack = |entry: &LessonEntry| {
            let lacks = |one: &&PersonLine| {
                known.get(&one.id).is_some_and(|known| {
                    let level = asked[&(known.unit, known.profession)][entry.system];
                    level.is_some_and(|level| entry.level <= level)
                        && !self.has_shown(known, entry.lesson)
                })
            };
            overview.people.iter().filter(lacks).count()
        };
        let is_asked = |entry: &LessonEntry| {
            filter.system.as_ref().is_some_and(|code| *code == self.bank.system_of(entry).code)
        };
        let mut lessons: Vec<(&LessonEntry, usize)> =
            self.bank.lessons.iter().map(|entry| (entry, lack(entry))).collect();
        lessons.sort_by_key(|(entry, lack)| {
            (!is_asked(entry), std::cmp::Reverse(*lack), entry.level, entry.title.clone())
        });
        let chosen = lessons
            .first()
            .filter(|(entry, lack)| *lack > 0 && (is_asked(entry) || some.len() == 1));
        Ok(ReferPage {
            batch: new_id(),
            today: self.services.calendar().date(self.now),
            people: lines,
            others: u32::try_from(others).unwrap_or(u32::MAX),
            chosen: chosen.map(|(entry, _)| entry.slug.clone()),
            targets: lessons
                .iter()
                .map(|(entry, _)| Target::Lesson(self.bank.link(entry)))
                .chain(self.bank.program_targets())
                .collect(),
        })
    }

    /// The end of the day that is wished for.
    pub(super) fn wish(&self, wish: Option<Date>) -> Result<Option<Timestamp>, ServiceError> {
        let Some(day) = wish else { return Ok(None) };
        let wrong = |fault| ServiceError::invalid("wish", fault);
        let end = self.services.calendar().end_of(day).ok_or(wrong(Fault::WrongDate))?;
        if end > self.now { Ok(Some(end)) } else { Err(wrong(Fault::PastDate)) }
    }

    /// Refers people to a lesson or a program. Whoever has shown it already, has an open referral to it or works
    /// elsewhere is left out, and it is said why. The same batch sent twice is sent once.
    ///
    /// # Errors
    /// A lesson that there is not, nobody or too many people, a note that is too long, or a day that
    /// has passed. Then nothing is sent.
    pub async fn refer(
        &self,
        batch: ReferralId,
        people: &[PersonId],
        pointing: &Pointing,
    ) -> Result<Referred, ServiceError> {
        // In the order of the form: what is said is the first field at fault.
        let mut asked: Vec<PersonId> = people.to_vec();
        asked.sort_unstable();
        asked.dedup();
        match asked.len() {
            0 => return Err(ServiceError::invalid("people", Fault::Empty)),
            1..=MOST_PEOPLE => {}
            _ => return Err(ServiceError::invalid("people", Fault::TooMany)),
        }
        let unknown = ServiceError::invalid("lesson", Fault::UnknownOption);
        let aim = self.bank.aim(&pointing.to).ok_or(unknown)?;
        let (lesson, program) = aim.columns();
        let (note, wish) = (note(&pointing.note)?, self.wish(pointing.wish)?);
        let known: HashMap<PersonId, Known> =
            self.people(&self.units).await?.into_iter().map(|one| (one.id, one)).collect();
        // What is answered tells of them, too.
        let shown: Vec<PersonId> =
            asked.iter().filter(|person| known.contains_key(person)).copied().collect();
        if !shown.is_empty() {
            look_at_people(self.services, self.who.id, &shown, self.now).await?;
        }
        let writing = self.services.store().begin().await?;
        // In one order: of two managers who refer the same people at once, one waits.
        person::Entity::find()
            .filter(person::Column::Id.is_in(asked.iter().map(|person| person.key())))
            .order_by_asc(person::Column::Id)
            .lock(LockType::NoKeyUpdate)
            .all(&writing)
            .await?;
        let ids = asked.iter().map(|person| id_in(batch.key(), person.key()));
        let repeated =
            referral::Entity::find().filter(referral::Column::Id.is_in(ids)).all(&writing).await?;
        let is_other = |row: &referral::Model| {
            Aim::of_referral(row) != Some(aim) || row.withdrawn_at.is_some()
        };
        if repeated.iter().any(is_other) {
            return Err(ServiceError::IdTaken);
        }
        let to_the_same = match aim {
            Aim::Lesson(lesson) => referral::Column::LessonId.eq(lesson.key()),
            Aim::Program(program) => referral::Column::ProgramId.eq(program.key()),
        };
        let before = referral::Entity::find()
            .filter(to_the_same)
            .filter(referral::Column::PersonId.is_in(asked.iter().map(|person| person.key())))
            .filter(referral::Column::WithdrawnAt.is_null())
            .all(&writing)
            .await?;
        let sent: HashSet<Uuid> = repeated.iter().map(|row| row.id).collect();
        let open: HashSet<Uuid> = follow(&writing, &self.bank, before)
            .await?
            .into_iter()
            .filter(|one| one.stage.is_open())
            .map(|one| one.row.person_id)
            .collect();
        let mut referred = Referred::default();
        let mut rows = Vec::new();
        for person in asked {
            let id = id_in(batch.key(), person.key());
            if sent.contains(&id) {
                // This very batch, sent again.
                referred.sent += 1;
                continue;
            }
            let why = match known.get(&person) {
                None => Some(Skipped::Elsewhere),
                Some(_) if open.contains(&person.key()) => Some(Skipped::Referred),
                Some(one) if self.has_done(one, aim) => Some(Skipped::Shown),
                Some(_) => None,
            };
            if let Some(why) = why {
                referred.skipped.push((known.get(&person).map(Known::full_name), why));
                continue;
            }
            referred.sent += 1;
            rows.push(referral::ActiveModel {
                id: Set(id),
                person_id: Set(person.key()),
                sender_id: Set(Some(self.who.id.key())),
                lesson_id: Set(lesson),
                program_id: Set(program),
                note: Set(note.clone()),
                wish_at: Set(wish.map(|at| at.0)),
                sent_at: Set(self.now.0),
                seen_at: Set(None),
                withdrawn_at: Set(None),
                changed_at: Set(self.now.0),
                revision: Set(1),
                ..Default::default()
            });
        }
        if !rows.is_empty() {
            let once = OnConflict::column(referral::Column::Id).do_nothing().to_owned();
            referral::Entity::insert_many(rows)
                .on_conflict(once)
                .exec_without_returning(&writing)
                .await?;
        }
        writing.commit().await?;
        let by_name = |(name, _): &(Option<String>, Skipped)| name.as_deref().map(collation_key);
        referred.skipped.sort_by_cached_key(by_name);
        Ok(referred)
    }

    /// Whether there is nothing for somebody to do: they hold evidence of a lesson, which does not end
    /// soon; or of every lesson of a program, which would be done as soon as it is sent.
    fn has_done(&self, one: &Known, aim: Aim) -> bool {
        match aim {
            Aim::Lesson(lesson) => self.has_shown(one, lesson),
            Aim::Program(_) => {
                let holds = |lesson: LessonId| one.facts.holds(lesson, self.now);
                self.bank.lessons_of(aim).into_iter().all(holds)
            }
        }
    }

    /// Whether somebody holds evidence of a lesson that does not end soon.
    fn has_shown(&self, one: &Known, lesson: LessonId) -> bool {
        let soon = self.now.plus_seconds(SOON_DAYS * 86_400);
        one.facts.proofs.iter().any(|proof| {
            proof.lesson == lesson && proof.span.holds_at(self.now) && proof.span.holds_at(soon)
        })
    }
}
