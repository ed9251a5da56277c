//! Proof that a person is signed in, with what their rights depend on.

use std::collections::{BTreeMap, HashMap, HashSet};

use kvarten_domain::{Locale, PersonId, Role, Timestamp, UnitId, person::Viewer};
use kvarten_entity::{Column, Key, employment, person, profession, role_grant, unit};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    QueryTrait, RelationDef, Select,
    sea_query::{Expr, ExprTrait, IntoCondition},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{ServiceError, Services, bank::Bank, desk::Lookups};

/// Somebody who is signed in and still works here. Can only be had by looking.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub(crate) id: PersonId,
    pub(crate) employee_number: String,
    pub(crate) given_name: String,
    pub(crate) family_name: String,
    pub(crate) locale: Option<Locale>,
    pub(crate) unit: Option<(UnitId, String)>,
    pub(crate) profession: Option<ProfessionName>,
    pub(crate) roles: Vec<(Role, UnitId)>,
}

#[derive(Clone, Debug)]
pub(crate) struct ProfessionName {
    pub(crate) code: String,
    sv: String,
    en: String,
}

/// Where requests wait for who has signed in: a person, and when.
pub(crate) type PeopleDesk = Lookups<(Uuid, Timestamp), Vec<Row>>;

#[derive(Clone, FromQueryResult)]
pub(crate) struct Row {
    id: Uuid,
    employee_number: String,
    given_name: String,
    family_name: String,
    locale: Option<String>,
    unit_id: Option<Uuid>,
    unit_name: Option<String>,
    code: Option<String>,
    name_sv: Option<String>,
    name_en: Option<String>,
    role: Option<String>,
    role_unit_id: Option<Uuid>,
}

/// A join on two columns, and only with rows that hold now.
fn joined<E: EntityTrait, T: EntityTrait>(
    from: E::Column,
    to: T::Column,
    holds: Option<(T::Column, T::Column, Timestamp)>,
) -> RelationDef {
    let relation: RelationDef = E::belongs_to(T::default()).from(from).to(to).into();
    relation.on_condition(move |_, right| {
        holds.map_or_else(Condition::all, |(since, until, now)| {
            let since = Expr::col((right.clone(), since)).lte(now.0);
            let until = Expr::col((right, until));
            since.and(until.clone().is_null().or(until.gt(now.0))).into_condition()
        })
    })
}

/// Employments that hold at a point in time.
pub(crate) fn employed_at(at: Timestamp) -> Condition {
    let ends = employment::Column::UntilAt;
    Condition::all().add(employment::Column::FromAt.lte(at.0)).add(ends.is_null().or(ends.gt(at.0)))
}

/// People who have not left at a point in time.
pub(crate) fn here_at(at: Timestamp) -> Condition {
    Condition::any().add(person::Column::LeftAt.is_null()).add(person::Column::LeftAt.gt(at.0))
}

/// Employments, joined with whose they are.
pub(crate) fn whose() -> RelationDef {
    employment::Entity::belongs_to(person::Entity)
        .from(employment::Column::PersonId)
        .to(person::Column::Id)
        .into()
}

/// A mark of whose page a page is. It is the same on every page of a person and tells nothing of them.
#[must_use]
pub fn page_owner(person: PersonId) -> String {
    let digest = Sha256::digest(format!("page-owner:{person}").as_bytes());
    let mut mark = format!("{digest:x}");
    mark.truncate(24);
    mark
}

/// The full names of some people. One statement, or none where there are none.
pub(crate) async fn names_of(
    services: &Services,
    people: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>, ServiceError> {
    let ids: HashSet<Uuid> = people.collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = person::Entity::find()
        .filter(person::Column::Id.is_in(ids))
        .all(services.store().read())
        .await?;
    let name = |row: person::Model| (row.id, format!("{} {}", row.given_name, row.family_name));
    Ok(rows.into_iter().map(name).collect())
}

impl SignedIn {
    /// Looks the person up, with their unit, profession and roles as they are now. One
    /// statement, shared with others who ask at the same moment.
    ///
    /// # Errors
    /// [`ServiceError::SignedOut`] where there is no such person or they have left.
    pub async fn find(
        services: &Services,
        id: PersonId,
        now: Timestamp,
    ) -> Result<Self, ServiceError> {
        let asked = (id.key(), now);
        let everything = services.clone();
        let load = |asked| async move { Self::rows(&everything, asked).await };
        let rows = services.people.look_up(asked, load).await?;
        Self::of_rows(id, rows.unwrap_or_default())
    }

    /// The rows of so many people, as they are at the latest of the points in time asked for.
    async fn rows(
        services: &Services,
        asked: Vec<(Uuid, Timestamp)>,
    ) -> Result<BTreeMap<(Uuid, Timestamp), Vec<Row>>, ServiceError> {
        let store = services.store();
        let ids: Vec<Uuid> = asked.iter().map(|(id, _)| *id).collect();
        let now = asked.iter().map(|(_, now)| *now).max().unwrap_or(Timestamp(0));
        let statement = services
            .templates
            .signed_in
            .of(&ids, now, || Self::query(&ids, now).build(store.backend()));
        let mut of_people: BTreeMap<Uuid, Vec<Row>> = BTreeMap::new();
        for row in Row::find_by_statement(statement).all(store.read()).await? {
            of_people.entry(row.id).or_default().push(row);
        }
        let rows_of = |id: &Uuid| of_people.get(id).cloned().unwrap_or_default();
        Ok(asked.into_iter().map(|asked| (asked, rows_of(&asked.0))).collect())
    }

    fn query(ids: &[Uuid], now: Timestamp) -> Select<person::Entity> {
        let employed = (employment::Column::FromAt, employment::Column::UntilAt, now);
        let granted = (role_grant::Column::FromAt, role_grant::Column::UntilAt, now);
        person::Entity::find()
            .select_only()
            .columns([
                person::Column::Id,
                person::Column::EmployeeNumber,
                person::Column::GivenName,
                person::Column::FamilyName,
                person::Column::Locale,
            ])
            .column_as(employment::Column::UnitId, "unit_id")
            .column_as(unit::Column::Name, "unit_name")
            .columns([
                profession::Column::Code,
                profession::Column::NameSv,
                profession::Column::NameEn,
            ])
            .column_as(role_grant::Column::Role, "role")
            .column_as(role_grant::Column::UnitId, "role_unit_id")
            .join(
                JoinType::LeftJoin,
                joined::<person::Entity, employment::Entity>(
                    person::Column::Id,
                    employment::Column::PersonId,
                    Some(employed),
                ),
            )
            .join(
                JoinType::LeftJoin,
                joined::<employment::Entity, unit::Entity>(
                    employment::Column::UnitId,
                    unit::Column::Id,
                    None,
                ),
            )
            .join(
                JoinType::LeftJoin,
                joined::<employment::Entity, profession::Entity>(
                    employment::Column::ProfessionId,
                    profession::Column::Id,
                    None,
                ),
            )
            .join(
                JoinType::LeftJoin,
                joined::<person::Entity, role_grant::Entity>(
                    person::Column::Id,
                    role_grant::Column::PersonId,
                    Some(granted),
                ),
            )
            .filter(person::Column::Id.is_in(ids.iter().copied()))
            .filter(here_at(now))
    }

    fn of_rows(id: PersonId, rows: Vec<Row>) -> Result<Self, ServiceError> {
        let mut roles: Vec<(Role, UnitId)> = rows
            .iter()
            .filter_map(|row| {
                Some((Role::from_code(row.role.as_deref()?)?, row.role_unit_id?.id()))
            })
            .collect();
        roles.sort_unstable();
        roles.dedup();
        let row = rows.into_iter().next().ok_or(ServiceError::SignedOut)?;
        Ok(Self {
            id,
            employee_number: row.employee_number,
            given_name: row.given_name,
            family_name: row.family_name,
            locale: row.locale.as_deref().and_then(Locale::from_tag),
            unit: row.unit_id.map(Key::id).zip(row.unit_name),
            profession: row
                .code
                .zip(row.name_sv.zip(row.name_en))
                .map(|(code, (sv, en))| ProfessionName { code, sv, en }),
            roles,
        })
    }

    /// Which person.
    #[must_use]
    pub const fn id(&self) -> PersonId {
        self.id
    }

    /// The unit they belong to.
    pub(crate) fn unit_id(&self) -> Option<UnitId> {
        self.unit.as_ref().map(|(unit, _)| *unit)
    }

    /// Whether they hold a role, anywhere.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.iter().any(|(held, _)| *held == role)
    }

    /// The units they manage now and all below them, in the tree's order: they may see the people
    /// there by name.
    pub(crate) fn managed(&self, bank: &Bank) -> Vec<UnitId> {
        let tops = || self.roles.iter().filter(|(role, _)| *role == Role::Manager);
        let is_mine = |unit: &UnitId| tops().any(|(_, top)| bank.units.is_within(*unit, *top));
        bank.units.units().iter().map(|unit| unit.id).filter(is_mine).collect()
    }

    /// The code of their profession.
    pub(crate) fn profession_code(&self) -> Option<&str> {
        self.profession.as_ref().map(|profession| profession.code.as_str())
    }

    /// The language this person chose.
    #[must_use]
    pub const fn locale(&self) -> Option<Locale> {
        self.locale
    }

    /// As the screen shows them.
    #[must_use]
    pub fn viewer(&self, locale: Locale, is_shared: bool) -> Viewer {
        let mut roles: Vec<Role> = self.roles.iter().map(|(role, _)| *role).collect();
        roles.dedup();
        Viewer {
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            unit: self.unit.as_ref().map(|(_, name)| name.clone()),
            profession: self.profession.as_ref().map(|profession| match locale {
                Locale::Sv => profession.sv.clone(),
                Locale::En => profession.en.clone(),
            }),
            roles,
            is_shared,
        }
    }
}
