//! What the rules know of people: from the tables, and packed in one row for each person, so that
//! four thousand people are read as quickly as four thousand rows. (Decision 020.)

use std::collections::{HashMap, HashSet};

use kvarten_domain::{
    Height, Id, LessonId, PersonId, SystemId, Timestamp,
    competence::{Facts, Proof, Said},
    time::Span,
};
use kvarten_entity::{Column, Key, competence, evidence, self_assessment};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{ServiceError, Services, Store, store::WriteTransaction};

/// What one piece of evidence tells the rules.
fn proof(row: &evidence::Model) -> Proof {
    Proof {
        lesson: row.lesson_id.id(),
        span: Span { from: Timestamp(row.earned_at), until: row.expires_at.map(Timestamp) },
    }
}

/// What one outcome of an assessment tells the rules.
fn said(row: &self_assessment::Model) -> Option<Said> {
    Some(Said {
        system: row.system_id.id(),
        at: Timestamp(row.said_at),
        height: Height::new(u8::try_from(row.height).ok()?)?,
    })
}

/// What the tables tell of one person: all evidence, oldest first, and what follows for the rules.
/// Two statements.
pub(crate) async fn told(
    db: &impl ConnectionTrait,
    person: Uuid,
) -> Result<(Vec<evidence::Model>, Facts), ServiceError> {
    let proofs = evidence::Entity::find()
        .filter(evidence::Column::PersonId.eq(person))
        .order_by_asc(evidence::Column::EarnedAt)
        .order_by_asc(evidence::Column::AttemptId)
        .all(db)
        .await?;
    let assessments = self_assessment::Entity::find()
        .filter(self_assessment::Column::PersonId.eq(person))
        .order_by_asc(self_assessment::Column::SaidAt)
        .order_by_asc(self_assessment::Column::SystemId)
        .all(db)
        .await?;
    let facts = Facts {
        proofs: proofs.iter().map(proof).collect(),
        said: assessments.iter().filter_map(said).collect(),
    };
    Ok((proofs, facts))
}

/// The same, as far as the rules ask.
pub(crate) async fn facts_of(
    db: &impl ConnectionTrait,
    person: Uuid,
) -> Result<Facts, ServiceError> {
    Ok(told(db, person).await?.1)
}

/// Packs anew what is known of a person. Whoever has changed it calls this in the same transaction,
/// afterwards. The row is taken first, so that of two who do it at once the second sees what the
/// first has written.
pub(crate) async fn remake_facts(
    writing: &WriteTransaction,
    person: PersonId,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let row = |facts: Vec<u8>| competence::ActiveModel {
        person_id: Set(person.key()),
        facts: Set(facts),
        made_at: Set(now.0),
    };
    let take = OnConflict::column(competence::Column::PersonId)
        .update_column(competence::Column::MadeAt)
        .to_owned();
    competence::Entity::insert(row(Vec::new()))
        .on_conflict(take)
        .exec_without_returning(writing)
        .await?;
    let facts = pack(&facts_of(writing, person.key()).await?);
    competence::Entity::update(row(facts)).exec_without_returning(writing).await?;
    Ok(())
}

/// Packs what is known of everybody of whom nothing is packed yet: for a database from before there
/// was anything packed.
pub(crate) async fn pack_missing(store: &Store) -> Result<(), ServiceError> {
    let packed: HashSet<Uuid> = competence::Entity::find()
        .select_only()
        .column(competence::Column::PersonId)
        .into_tuple()
        .all(store.read())
        .await?
        .into_iter()
        .collect();
    let shown: Vec<Uuid> = evidence::Entity::find()
        .select_only()
        .column(evidence::Column::PersonId)
        .distinct()
        .into_tuple()
        .all(store.read())
        .await?;
    let missing: Vec<Uuid> = shown.into_iter().filter(|person| !packed.contains(person)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let writing = store.begin().await?;
    for person in missing {
        remake_facts(&writing, person.id(), Timestamp(0)).await?;
    }
    writing.commit().await?;
    Ok(())
}

/// Everything that is packed about anybody, by person; for tests and tools.
///
/// # Errors
/// Those of the database, and bytes that nobody has packed.
pub async fn facts_kept(services: &Services) -> Result<HashMap<PersonId, Facts>, ServiceError> {
    let rows = competence::Entity::find().all(services.store().read()).await?;
    rows.into_iter().map(|row| Ok((row.person_id.id(), unpack(&row.facts)?))).collect()
}

/// What the tables tell of a person: what must be packed about them.
///
/// # Errors
/// Those of the database.
pub async fn facts_told(services: &Services, person: PersonId) -> Result<Facts, ServiceError> {
    facts_of(services.store().read(), person.key()).await
}

/// One byte that says how the rest is packed; the number of proofs in two bytes; for each its lesson
/// in 16, from and until in 8 (0 for no end); then for each thing said its system in 16, when in 8
/// and the height in one. All numbers big-endian.
const LAYOUT: u8 = 1;

pub(crate) fn pack(facts: &Facts) -> Vec<u8> {
    let mut bytes = vec![LAYOUT];
    let count = u16::try_from(facts.proofs.len()).unwrap_or(u16::MAX);
    bytes.extend(count.to_be_bytes());
    for proof in facts.proofs.iter().take(usize::from(count)) {
        bytes.extend(proof.lesson.as_u128().to_be_bytes());
        bytes.extend(proof.span.from.0.to_be_bytes());
        bytes.extend(proof.span.until.map_or(0, |until| until.0).to_be_bytes());
    }
    for said in &facts.said {
        bytes.extend(said.system.as_u128().to_be_bytes());
        bytes.extend(said.at.0.to_be_bytes());
        bytes.push(said.height.number());
    }
    bytes
}

/// Takes a number of so many bytes from the front.
fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*taken)
}

/// Reads the evidence, which stands first.
fn read_proofs(bytes: &mut &[u8]) -> Option<Vec<Proof>> {
    if take::<1>(bytes)? != [LAYOUT] {
        return None;
    }
    let count = u16::from_be_bytes(take(bytes)?);
    let mut proofs = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let lesson = LessonId::from_u128(u128::from_be_bytes(take(bytes)?));
        let from = Timestamp(i64::from_be_bytes(take(bytes)?));
        let until = Some(i64::from_be_bytes(take(bytes)?)).filter(|until| *until != 0);
        proofs.push(Proof { lesson, span: Span { from, until: until.map(Timestamp) } });
    }
    Some(proofs)
}

fn read(mut bytes: &[u8]) -> Option<Facts> {
    let bytes = &mut bytes;
    let mut facts = Facts { proofs: read_proofs(bytes)?, said: Vec::new() };
    while !bytes.is_empty() {
        let system = SystemId::from_u128(u128::from_be_bytes(take(bytes)?));
        let at = Timestamp(i64::from_be_bytes(take(bytes)?));
        let [height] = take::<1>(bytes)?;
        facts.said.push(Said { system, at, height: Height::new(height)? });
    }
    Some(facts)
}

/// Reads what [`pack`] has written.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Facts, ServiceError> {
    read(bytes).ok_or(ServiceError::Packed)
}

/// The evidence in it alone.
pub(crate) fn unpack_proofs(mut bytes: &[u8]) -> Result<Vec<Proof>, ServiceError> {
    read_proofs(&mut bytes).ok_or(ServiceError::Packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let facts = Facts {
            proofs: vec![
                Proof {
                    lesson: LessonId::from_u128(u128::MAX - 7),
                    span: Span { from: Timestamp(5), until: None },
                },
                Proof {
                    lesson: LessonId::from_u128(1),
                    span: Span { from: Timestamp(-5), until: Some(Timestamp(i64::MAX)) },
                },
            ],
            said: vec![Said {
                system: SystemId::from_u128(3),
                at: Timestamp(9),
                height: Height::new(4).expect("0–4"),
            }],
        };
        assert_eq!(unpack_proofs(&pack(&facts)).ok().as_ref(), Some(&facts.proofs));
        assert_eq!(read(&pack(&facts)), Some(facts));
        assert_eq!(read(&pack(&Facts::default())), Some(Facts::default()));
    }

    #[test]
    fn other_bytes_are_refused() {
        for bytes in [&[][..], &[2, 0, 0], &[1, 0], &[1, 0, 1, 7], &[1, 0, 0, 1]] {
            assert!(unpack(bytes).is_err(), "{bytes:?}");
        }
    }
}
