//! Assessing oneself: one system at a time, one level at a time, and it can be left at any point.

use std::collections::{BTreeMap, HashMap};

use kvarten_domain::{
    Fault, Level, Locale, MeaningId, Timestamp,
    assessment::{Assessment, Claim},
    knowledge::{Assessed, AssessmentPage, Phrase, StatementLine},
};
use kvarten_entity::{Column, Key, claim, person, self_assessment};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::OnConflict,
};

use super::Learner;
use crate::{ServiceError, bank::SystemEntry, competence::remake_facts};

type Claims = HashMap<MeaningId, Claim>;

/// What somebody has said of the statements of a system, level by level, as far as they hold today.
fn said_of(system: &SystemEntry, claims: &Claims, now: Timestamp) -> [Vec<Option<Claim>>; 4] {
    Level::ALL.map(|level| {
        let statements = system.statements_of(level, now);
        statements.map(|statement| claims.get(&statement.meaning).copied()).collect()
    })
}

impl Learner<'_> {
    async fn claims(
        &self,
        db: &impl ConnectionTrait,
        system: &SystemEntry,
    ) -> Result<Claims, ServiceError> {
        let meanings: Vec<_> = Level::ALL
            .into_iter()
            .flat_map(|level| system.statements_of(level, self.now))
            .map(|statement| statement.meaning.key())
            .collect();
        let rows = claim::Entity::find()
            .filter(claim::Column::PersonId.eq(self.who.id.key()))
            .filter(claim::Column::MeaningId.is_in(meanings))
            .all(db)
            .await?;
        let claim = |row: claim::Model| Some((row.meaning_id.id(), Claim::from_code(&row.claim)?));
        Ok(rows.into_iter().filter_map(claim).collect())
    }

    /// A level's statements to answer: the level asked for, else the next that is open, else the
    /// first. One statement.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a system that is not in use, or has no statements.
    pub async fn assessment(
        &self,
        code: &str,
        level: Option<Level>,
        locale: Locale,
    ) -> Result<AssessmentPage, ServiceError> {
        let bank = self.services.bank().await?;
        let system = bank.system(code).filter(|system| system.is_in_use(self.now));
        let system = system.ok_or(ServiceError::NotFound)?;
        let claims = self.claims(self.services.store().read(), system).await?;
        let has = |level: &Level| system.statements_of(*level, self.now).next().is_some();
        let levels: Vec<Level> = Level::ALL.into_iter().filter(has).collect();
        let (Some(&first), Some(&last)) = (levels.first(), levels.last()) else {
            return Err(ServiceError::NotFound);
        };
        let next = match Assessment::of(&said_of(system, &claims, self.now)) {
            Assessment::Open(level) => level,
            Assessment::Settled(_) => first,
        };
        let level = level.filter(|level| levels.contains(level)).unwrap_or(next);
        let line = |statement: &crate::bank::StatementEntry| {
            let (text, lang) = statement.text(locale);
            StatementLine {
                meaning: statement.meaning,
                phrase: Phrase { text: text.to_owned(), lang: lang.tag().to_owned() },
                claim: claims.get(&statement.meaning).copied(),
            }
        };
        Ok(AssessmentPage {
            system: system.name(),
            level,
            last,
            statements: system.statements_of(level, self.now).map(line).collect(),
            before: levels.iter().rev().find(|before| **before < level).copied(),
        })
    }

    /// Keeps what one says of the statements of a level, and the outcome once it is settled. Saying
    /// it twice is saying it once.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a system that is not in use or a level without statements; [`Fault::Incomplete`] where a
    /// statement of the level is not answered – what is answered is kept; [`Fault::UnknownOption`]
    /// for a statement of another level or an answer that there is not; [`Fault::Changed`] where the
    /// statements have been changed since they were read.
    pub async fn assess(
        &self,
        code: &str,
        level: Level,
        said: &BTreeMap<MeaningId, String>,
    ) -> Result<Assessed, ServiceError> {
        let bank = self.services.bank().await?;
        let system = bank.system(code).filter(|system| system.is_in_use(self.now));
        let system = system.ok_or(ServiceError::NotFound)?;
        let of_level: Vec<MeaningId> =
            system.statements_of(level, self.now).map(|statement| statement.meaning).collect();
        if of_level.is_empty() {
            return Err(ServiceError::NotFound);
        }
        let mut new = Vec::with_capacity(said.len());
        for (meaning, text) in said {
            if !of_level.contains(meaning) {
                let was_here = system.statements.iter().any(|one| one.meaning == *meaning);
                let fault = if was_here { Fault::Changed } else { Fault::UnknownOption };
                return Err(ServiceError::invalid("statement", fault));
            }
            let unknown = ServiceError::invalid("claim", Fault::UnknownOption);
            new.push((*meaning, Claim::from_code(text).ok_or(unknown)?));
        }
        let me = self.who.id.key();
        let writing = self.services.store().begin().await?;
        // One's own answers from two devices are kept one after the other.
        person::Entity::find_by_id(me).lock_exclusive().one(&writing).await?;
        if !new.is_empty() {
            let rows = new.iter().map(|(meaning, said)| claim::ActiveModel {
                person_id: Set(me),
                meaning_id: Set(meaning.key()),
                claim: Set(said.code().to_owned()),
                said_at: Set(self.now.0),
            });
            let again = OnConflict::columns([claim::Column::PersonId, claim::Column::MeaningId])
                .update_columns([claim::Column::Claim, claim::Column::SaidAt])
                .to_owned();
            claim::Entity::insert_many(rows)
                .on_conflict(again)
                .exec_without_returning(&writing)
                .await?;
        }
        let claims = self.claims(&writing, system).await?;
        let is_complete = of_level.iter().all(|meaning| claims.contains_key(meaning));
        let assessment = Assessment::of(&said_of(system, &claims, self.now));
        if let (Assessment::Settled(height), true) = (assessment, is_complete) {
            let row = self_assessment::ActiveModel {
                person_id: Set(me),
                system_id: Set(system.id.key()),
                day_at: Set(self.services.calendar().day_start(self.now).0),
                height: Set(i16::from(height.number())),
                said_at: Set(self.now.0),
            };
            let again = OnConflict::columns([
                self_assessment::Column::PersonId,
                self_assessment::Column::SystemId,
                self_assessment::Column::DayAt,
            ])
            .update_columns([self_assessment::Column::Height, self_assessment::Column::SaidAt])
            .to_owned();
            self_assessment::Entity::insert(row)
                .on_conflict(again)
                .exec_without_returning(&writing)
                .await?;
            remake_facts(&writing, self.who.id, self.now).await?;
        }
        writing.commit().await?;
        if !is_complete {
            return Err(ServiceError::invalid("statement", Fault::Incomplete));
        }
        Ok(match assessment {
            Assessment::Open(next) => Assessed { next: Some(next), height: None },
            Assessment::Settled(height) => Assessed { next: None, height: Some(height) },
        })
    }
}
