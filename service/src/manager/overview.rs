//! "Min enhet": everybody in the manager's units, with what is required, shown and said.

use std::collections::{BTreeMap, HashMap, HashSet};

use kvarten_domain::{
    Height, Locale, PersonId, ProfessionId, Timestamp, UnitId,
    bank::Choice,
    competence::Facts,
    knowledge::Look,
    overview::{Cell, Filter, Finder, FirstRows, Overview, PersonLine, Post},
};
use kvarten_entity::{Column, Key, competence, employment, person};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::Manager;
use crate::{
    ServiceError,
    audit::{self, Entry},
    competence::{look_at_units, unpack},
    signed_in::{employed_at, here_at},
    text::{
        collation::{CollationKey, person_key},
        collation_key, fold, nfkd,
    },
};

/// Somebody who works in a unit, and what is packed about them.
#[derive(FromQueryResult)]
pub(crate) struct Row {
    id: Uuid,
    employee_number: String,
    given_name: String,
    family_name: String,
    unit_id: Uuid,
    profession_id: Uuid,
    facts: Option<Vec<u8>>,
}

/// The same, read.
pub(crate) struct Known {
    pub(crate) id: PersonId,
    pub(crate) name: String,
    pub(crate) number: String,
    /// Whether another of those who were read has the same name.
    pub(crate) is_namesake: bool,
    pub(crate) unit: UnitId,
    pub(crate) profession: ProfessionId,
    pub(crate) facts: Facts,
}

impl Known {
    /// The name; of a namesake with the employee number.
    pub(crate) fn full_name(&self) -> String {
        if self.is_namesake {
            format!("{} ({})", self.name, self.number)
        } else {
            self.name.clone()
        }
    }
}

/// Marks those whose name another person has, too.
fn mark_namesakes(known: &mut [Known]) {
    let names: Vec<String> = known.iter().map(|one| fold(&one.name)).collect();
    // Whose a name is; nobody's where it is several people's. A person may be there in several units.
    let mut whose: HashMap<&str, Option<PersonId>> = HashMap::with_capacity(names.len());
    for (one, name) in known.iter().zip(&names) {
        let owner = whose.entry(name).or_insert(Some(one.id));
        if *owner != Some(one.id) {
            *owner = None;
        }
    }
    for (one, name) in known.iter_mut().zip(&names) {
        one.is_namesake = whose.get(name.as_str()).is_some_and(Option::is_none);
    }
}

impl Manager<'_> {
    /// Everybody in some of the manager's units, by name. One statement.
    pub(crate) async fn people(&self, units: &[UnitId]) -> Result<Vec<Known>, ServiceError> {
        let rows = person::Entity::find()
            .select_only()
            .columns([person::Column::Id, person::Column::EmployeeNumber])
            .columns([person::Column::GivenName, person::Column::FamilyName])
            .columns([employment::Column::UnitId, employment::Column::ProfessionId])
            .column(competence::Column::Facts)
            .join(
                JoinType::InnerJoin,
                person::Entity::belongs_to(employment::Entity)
                    .from(person::Column::Id)
                    .to(employment::Column::PersonId)
                    .into(),
            )
            .join(
                JoinType::LeftJoin,
                person::Entity::belongs_to(competence::Entity)
                    .from(person::Column::Id)
                    .to(competence::Column::PersonId)
                    .into(),
            )
            .filter(employment::Column::UnitId.is_in(units.iter().map(|unit| unit.key())))
            .filter(employed_at(self.now))
            .filter(here_at(self.now))
            .into_model::<Row>()
            .all(self.services.store().read())
            .await?;
        let mut known = Vec::with_capacity(rows.len());
        let mut rows: Vec<_> = rows
            .into_iter()
            .map(|row| (person_key(&row.family_name, &row.given_name), row))
            .collect();
        rows.sort_unstable_by(|(key, row), (other, of_other)| {
            let (number, number_of_other) = (&row.employee_number, &of_other.employee_number);
            (key, number, row.id).cmp(&(other, number_of_other, of_other.id))
        });
        for (_, row) in rows {
            known.push(Known {
                id: row.id.id(),
                name: format!("{}, {}", row.family_name, row.given_name),
                number: row.employee_number,
                is_namesake: false,
                unit: row.unit_id.id(),
                profession: row.profession_id.id(),
                facts: row.facts.as_deref().map_or_else(|| Ok(Facts::default()), unpack)?,
            });
        }
        mark_namesakes(&mut known);
        Ok(known)
    }

    /// Everybody in the manager's units. That everybody has been looked at is noted. Five
    /// statements at most.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn overview(&self, locale: Locale) -> Result<Overview, ServiceError> {
        self.everybody(Look::Unit, locale).await
    }

    /// Everybody, after noting that they have been looked at. Also whom a filter then hides: that it
    /// hides them tells of them.
    async fn everybody(&self, what: Look, locale: Locale) -> Result<Overview, ServiceError> {
        let mut people = self.people(&self.units).await?;
        self.note_looks(people.iter().map(|one| one.unit).collect(), what).await?;
        if what == Look::File {
            for one in &mut people {
                one.is_namesake = true;
            }
        }
        Ok(self.draw(&people, &self.open_referrals().await?, locale))
    }

    /// The first rows of those whom a filter lets through. Five statements at most.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn first_rows(
        &self,
        filter: &Filter,
        locale: Locale,
    ) -> Result<FirstRows, ServiceError> {
        Ok(FirstRows::of(self.everybody(Look::Unit, locale).await?, filter, nfkd))
    }

    /// Those whom a filter lets through, to be taken along as a file, and of how many. Five statements
    /// at most.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn file(
        &self,
        filter: &Filter,
        locale: Locale,
    ) -> Result<(Overview, usize), ServiceError> {
        let mut overview = self.everybody(Look::File, locale).await?;
        let found = Finder::new(&overview, nfkd).find(&overview, filter);
        let total = overview.people.len();
        overview.people = found.iter().map(|at| overview.people[*at].clone()).collect();
        let entry = Entry { what: Some("unit"), ..Entry::default() };
        audit::record(self.services, "data_exported", Some(self.who.id), entry).await;
        Ok((overview, total))
    }

    /// Notes that everybody in some units has been looked at.
    pub(super) async fn note_looks(
        &self,
        mut units: Vec<UnitId>,
        what: Look,
    ) -> Result<(), ServiceError> {
        units.sort_unstable();
        units.dedup();
        look_at_units(self.services, self.who.id, &units, what, self.now).await
    }

    /// The overview of some people.
    pub(crate) fn draw(
        &self,
        people: &[Known],
        open: &HashMap<PersonId, u8>,
        locale: Locale,
    ) -> Overview {
        let bank = &self.bank;
        // A system that nobody here needs has no column.
        let mut needed = vec![false; bank.systems.len()];
        let places_of: HashSet<_> = people.iter().map(|one| (one.unit, one.profession)).collect();
        for (unit, profession) in places_of {
            for (at, level) in bank.required(unit, profession, self.now).iter().enumerate() {
                needed[at] |= level.is_some();
            }
        }
        let systems: Vec<usize> = (0..needed.len()).filter(|at| needed[*at]).collect();
        let places: HashMap<UnitId, u16> =
            (0..).zip(&self.units).map(|(at, unit)| (*unit, at)).collect();
        let mut professions: BTreeMap<(CollationKey, ProfessionId), ProfessionId> = BTreeMap::new();
        for one in people {
            if let Some(entry) = bank.profession(one.profession) {
                professions.insert((collation_key(entry.name(locale)), entry.id), entry.id);
            }
        }
        let professions: Vec<ProfessionId> = professions.into_values().collect();
        let mut posts: Vec<Post> = Vec::new();
        let mut known_posts: HashMap<(UnitId, ProfessionId), u16> = HashMap::new();
        let rule = bank.required_lessons.at(self.now);
        let mut lines = Vec::with_capacity(people.len());
        for one in people {
            let post = *known_posts.entry((one.unit, one.profession)).or_insert_with(|| {
                let required = bank.required(one.unit, one.profession, self.now);
                let level = |at: &usize| required[*at].map_or(0, kvarten_domain::Level::number);
                let profession = professions.iter().position(|id| *id == one.profession);
                posts.push(Post {
                    unit: places.get(&one.unit).copied().unwrap_or(0),
                    profession: profession.and_then(|at| u16::try_from(at).ok()).unwrap_or(0),
                    required: systems.iter().map(level).collect(),
                });
                u16::try_from(posts.len() - 1).unwrap_or(u16::MAX)
            });
            let shown = rule.shown(&one.facts);
            let mut said = vec![None; bank.systems.len()];
            for told in one.facts.said.iter().filter(|told| told.at <= self.now) {
                if let Some(&at) = bank.place_of(told.system) {
                    said[at] = Some(told.height);
                }
            }
            let cell = |at: &usize| Cell::new(Height::from(shown[*at]), said[*at]);
            lines.push(PersonLine {
                id: one.id,
                name: one.name.clone(),
                number: one.is_namesake.then(|| one.number.clone()),
                post,
                cells: systems.iter().map(cell).collect(),
                idle_days: one.facts.last_active(self.now).map(|at| self.days_since(at)),
                referrals: open.get(&one.id).copied().unwrap_or(0),
            });
        }
        Overview {
            today: self.services.calendar().date(self.now),
            units: bank.units.lines(&self.units),
            professions: professions
                .iter()
                .filter_map(|id| bank.profession(*id))
                .map(|entry| Choice {
                    code: entry.code.clone(),
                    name: entry.name(locale).to_owned(),
                })
                .collect(),
            systems: systems.iter().map(|at| bank.systems[*at].name()).collect(),
            posts,
            people: lines,
        }
    }

    fn days_since(&self, at: Timestamp) -> u16 {
        u16::try_from((self.now.0 - at.0) / 86_400_000).unwrap_or(u16::MAX)
    }
}
