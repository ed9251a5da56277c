//! Cohorts: stored, because who is counted together must not change when people come and go.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use futures_util::TryStreamExt;
use kvarten_domain::{
    PersonId, ProfessionId, Timestamp, UnitId,
    competence::{Placed, RequiredLessons},
    withheld::{self, Cohort, Place, Post, separable},
};
use kvarten_entity::{Column, Key, cohort, cohort_member, competence, employment};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef,
    sea_query::{Expr, ExprTrait, IntoCondition},
};
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    bank::Bank,
    competence::unpack_proofs,
    signed_in::{employed_at, here_at, whose},
    store::WriteTransaction,
};

/// How many rows one statement writes.
const ROWS: usize = 1_000;

/// A person who is counted: unit, profession and what they have demonstrated.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) person: PersonId,
    pub(crate) unit: UnitId,
    pub(crate) profession: ProfessionId,
    /// Known only of those who may be counted.
    pub(crate) shown: Option<Placed>,
}

impl Member {
    pub(crate) const fn post(&self) -> Post {
        (self.unit, self.profession)
    }
}

/// The members of a cohort, apart from those whom the reader may see by name.
pub(crate) type Counted = Vec<Member>;

/// Everybody who works in the municipality, and where; the longest there first.
async fn everybody(
    db: &impl ConnectionTrait,
    bank: &Bank,
    now: Timestamp,
) -> Result<Vec<(Uuid, Place)>, ServiceError> {
    let rows = employment::Entity::find()
        .select_only()
        .columns([
            employment::Column::PersonId,
            employment::Column::UnitId,
            employment::Column::ProfessionId,
        ])
        .join(JoinType::InnerJoin, whose())
        .filter(employed_at(now))
        .filter(here_at(now))
        .order_by_asc(employment::Column::FromAt)
        .order_by_asc(employment::Column::Id)
        .into_tuple::<(Uuid, Uuid, Uuid)>()
        .all(db)
        .await?;
    let mut paths: HashMap<Uuid, Arc<[UnitId]>> = HashMap::new();
    let place = |(person, unit, profession): (Uuid, Uuid, Uuid)| {
        let path = paths.entry(unit).or_insert_with(|| bank.units.path(unit.id()).into());
        (person, Place { profession: profession.id(), path: Arc::clone(path) })
    };
    Ok(rows.into_iter().map(place).collect())
}

/// Forms and retires cohorts as people have come and gone; how many of each.
pub(super) async fn refresh(
    services: &Services,
    writing: &WriteTransaction,
    now: Timestamp,
) -> Result<(usize, usize), ServiceError> {
    let bank = services.bank().await?;
    let people = everybody(writing, &bank, now).await?;
    let (ids, cohorts) = all(writing).await?;
    let changes = withheld::refresh(&cohorts, &people);
    if !changes.retired.is_empty() {
        cohort::Entity::update_many()
            .col_expr(cohort::Column::IsRetired, Expr::value(true))
            .filter(cohort::Column::Id.is_in(changes.retired.iter().map(|at| ids[*at])))
            .exec(writing)
            .await?;
    }
    let (mut formed, mut members) = (Vec::new(), Vec::new());
    for group in &changes.formed {
        let id = Uuid::now_v7();
        formed.push(cohort::ActiveModel {
            id: Set(id),
            formed_at: Set(now.0),
            is_retired: Set(false),
        });
        members.extend(group.iter().filter_map(|at| {
            let (person, place) = &people[*at];
            Some(cohort_member::ActiveModel {
                cohort_id: Set(id),
                person_id: Set(*person),
                unit_id: Set(place.path.first()?.key()),
                profession_id: Set(place.profession.key()),
            })
        }));
    }
    for rows in formed.chunks(ROWS) {
        cohort::Entity::insert_many(rows.to_vec()).exec_without_returning(writing).await?;
    }
    for rows in members.chunks(ROWS) {
        cohort_member::Entity::insert_many(rows.to_vec()).exec_without_returning(writing).await?;
    }
    Ok((changes.formed.len(), changes.retired.len()))
}

/// Every cohort there has ever been, with its id.
async fn all(db: &impl ConnectionTrait) -> Result<(Vec<Uuid>, Vec<Cohort<Uuid>>), ServiceError> {
    let rows = cohort::Entity::find().order_by_asc(cohort::Column::Id).all(db).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut cohorts: Vec<Cohort<Uuid>> =
        rows.iter().map(|row| Cohort { members: Vec::new(), is_retired: row.is_retired }).collect();
    let members = cohort_member::Entity::find()
        .order_by_asc(cohort_member::Column::CohortId)
        .order_by_asc(cohort_member::Column::PersonId)
        .all(db)
        .await?;
    for row in members {
        if let Ok(at) = ids.binary_search(&row.cohort_id) {
            let post = (row.unit_id.id(), row.profession_id.id());
            cohorts[at].members.push((row.person_id, post));
        }
    }
    Ok((ids, cohorts))
}

/// Retires a person's cohorts: their figures without the person would disclose the person's level.
pub(crate) async fn retire_of(
    writing: &WriteTransaction,
    person: Uuid,
) -> Result<(), ServiceError> {
    super::hold(writing).await?;
    let theirs: Vec<Uuid> = cohort_member::Entity::find()
        .select_only()
        .column(cohort_member::Column::CohortId)
        .filter(cohort_member::Column::PersonId.eq(person))
        .into_tuple()
        .all(writing)
        .await?;
    cohort::Entity::update_many()
        .col_expr(cohort::Column::IsRetired, Expr::value(true))
        .filter(cohort::Column::Id.is_in(theirs))
        .exec(writing)
        .await?;
    cohort_member::Entity::delete_many()
        .filter(cohort_member::Column::PersonId.eq(person))
        .exec(writing)
        .await?;
    Ok(())
}

/// Whom a reader may see by name.
pub(crate) struct Named<'n> {
    /// The reader.
    pub(crate) reader: PersonId,
    /// Units whose people the reader may see by name.
    pub(crate) units: &'n HashSet<UnitId>,
    /// The people there.
    pub(crate) people: HashSet<PersonId>,
}

/// The cohorts that may be disclosed to a reader, without those whom the reader may see by name. One
/// statement.
pub(crate) async fn cohorts_for(
    services: &Services,
    lessons: &RequiredLessons,
    named: &Named<'_>,
) -> Result<Vec<Counted>, ServiceError> {
    let to_cohort: RelationDef = cohort_member::Entity::belongs_to(cohort::Entity)
        .from(cohort_member::Column::CohortId)
        .to(cohort::Column::Id)
        .into();
    // Of those who are counted no more nothing is read.
    let known: RelationDef = cohort_member::Entity::belongs_to(competence::Entity)
        .from(cohort_member::Column::PersonId)
        .to(competence::Column::PersonId)
        .into();
    let known = known.on_condition(|_, _| {
        Expr::col((cohort::Entity, cohort::Column::IsRetired)).eq(false).into_condition()
    });
    let asked = cohort_member::Entity::find()
        .select_only()
        .columns([
            cohort_member::Column::CohortId,
            cohort_member::Column::PersonId,
            cohort_member::Column::UnitId,
            cohort_member::Column::ProfessionId,
        ])
        .column(cohort::Column::IsRetired)
        .column(competence::Column::Facts)
        .join(JoinType::InnerJoin, to_cohort)
        .join(JoinType::LeftJoin, known)
        .into_tuple::<(Uuid, Uuid, Uuid, Uuid, bool, Option<Vec<u8>>)>();
    let mut rows = asked.stream(services.store().read()).await?;
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    let (mut sets, mut cohorts): (Vec<Vec<PersonId>>, Vec<Option<Counted>>) = Default::default();
    let mut is_named: HashSet<PersonId> = named.people.clone();
    is_named.insert(named.reader);
    while let Some((cohort, person, unit, profession, is_retired, facts)) = rows.try_next().await? {
        let at = *places.entry(cohort).or_insert_with(|| {
            sets.push(Vec::new());
            cohorts.push((!is_retired).then(Vec::new));
            sets.len() - 1
        });
        let (person, unit): (PersonId, UnitId) = (person.id(), unit.id());
        sets[at].push(person);
        // Who has worked where the reader may see names was known by name, too.
        if named.units.contains(&unit) {
            is_named.insert(person);
        }
        if let Some(members) = cohorts[at].as_mut()
            && !named.people.contains(&person)
        {
            let shown = facts.map_or_else(
                || Ok(Placed::default()),
                |facts| Ok::<_, ServiceError>(lessons.placed(&unpack_proofs(&facts)?)),
            )?;
            members.push(Member { person, unit, profession: profession.id(), shown: Some(shown) });
        }
    }
    let is_apart = separable(&sets, |person| is_named.contains(&person));
    let told = cohorts.into_iter().zip(is_apart);
    Ok(told
        .filter_map(|(cohort, is_apart)| cohort.filter(|members| is_apart && !members.is_empty()))
        .collect())
}
