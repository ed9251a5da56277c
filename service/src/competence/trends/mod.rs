//! Trends and units beside each other, for managers of their own units and for administrators of all.

mod figures;

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::TryStreamExt;
use kvarten_domain::{
    Locale, PersonId, ProfessionId, Timestamp, UnitId,
    bank::Choice,
    competence::{Placed, RequiredLessons},
    overview::UnitLine,
    trends::{Counting, SystemTrend, Told, TrendsPage, UnitStanding},
    withheld::Post,
};
use kvarten_entity::{Column, Key, competence, employment};
use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationDef,
    sea_query::{Expr, ExprTrait, IntoCondition},
};
use uuid::Uuid;

use super::unpack_proofs;
use crate::{
    ServiceError, Services,
    bank::Bank,
    disclosure::{Counted, Member, Named, cohorts_for},
    signed_in::{employed_at, here_at, whose},
    text::collation_key,
};
use figures::Figures;

/// How many months back trends go.
const MONTHS: u8 = 12;

/// Whom trends are about: a unit and all below it, a profession; everybody within what one may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// A unit, and all below it.
    pub unit: Option<UnitId>,
    /// Code of a profession.
    pub profession: Option<String>,
}

/// Who reads trends, and the units whose people they may see by name.
pub(crate) struct Reader {
    pub(crate) id: PersonId,
    pub(crate) units: HashSet<UnitId>,
}

/// Everybody who works in some units, and what is known of those in some of them. One statement.
async fn members(
    services: &Services,
    lessons: &RequiredLessons,
    scope: &[UnitLine],
    within: &HashSet<UnitId>,
    now: Timestamp,
) -> Result<Vec<Member>, ServiceError> {
    let within_scope: Vec<Uuid> = within.iter().map(|unit| unit.key()).collect();
    // What is known of others is not even read.
    let known: RelationDef = employment::Entity::belongs_to(competence::Entity)
        .from(employment::Column::PersonId)
        .to(competence::Column::PersonId)
        .into();
    let known = known.on_condition(move |employed, _| {
        Expr::col((employed, employment::Column::UnitId))
            .is_in(within_scope.clone())
            .into_condition()
    });
    let asked = employment::Entity::find()
        .select_only()
        .column(employment::Column::PersonId)
        .columns([employment::Column::UnitId, employment::Column::ProfessionId])
        .column(competence::Column::Facts)
        .join(JoinType::InnerJoin, whose())
        .join(JoinType::LeftJoin, known)
        .filter(employment::Column::UnitId.is_in(scope.iter().map(|line| line.id.key())))
        .filter(employed_at(now))
        .filter(here_at(now))
        .into_tuple::<(Uuid, Uuid, Uuid, Option<Vec<u8>>)>();
    // Read while they come: the database works on the next ones meanwhile.
    let mut rows = asked.stream(services.store().read()).await?;
    let mut members = Vec::new();
    while let Some((person, unit, profession, facts)) = rows.try_next().await? {
        let unit: UnitId = unit.id();
        let shown = match facts {
            Some(facts) => Some(lessons.placed(&unpack_proofs(&facts)?)),
            None => within.contains(&unit).then(Placed::default),
        };
        members.push(Member { person: person.id(), unit, profession: profession.id(), shown });
    }
    Ok(members)
}

/// The chosen unit and all below it, or all there are to choose from.
fn chosen(scope: &[UnitLine], unit: Option<UnitId>) -> Result<Vec<UnitLine>, ServiceError> {
    let Some(unit) = unit else { return Ok(scope.to_vec()) };
    let top = scope.iter().position(|line| line.id == unit).ok_or(ServiceError::NotFound)?;
    let above = scope[top].depth;
    let below = usize::from(scope[top].below);
    let lines = scope[top..=top + below].iter();
    Ok(lines.map(|line| UnitLine { depth: line.depth - above, ..line.clone() }).collect())
}

/// The professions of those who work there, and the one that is chosen, by name.
fn professions(
    bank: &Bank,
    members: &[Member],
    chosen: Option<ProfessionId>,
    locale: Locale,
) -> Vec<Choice> {
    let all = members.iter().map(|member| member.profession);
    let ids: HashSet<ProfessionId> = all.chain(chosen).collect();
    let entries = ids.into_iter().filter_map(|id| bank.profession(id));
    let by_name: BTreeMap<_, Choice> = entries
        .map(|entry| {
            let name = entry.name(locale).to_owned();
            ((collation_key(&name), entry.id), Choice { code: entry.code.clone(), name })
        })
        .collect();
    by_name.into_values().collect()
}

/// The most units that are put beside each other: more cannot be compared.
const MOST_UNITS: usize = 60;

/// How far down units are put beside each other: as many floors as there is room for, and the one
/// below the chosen unit in any case.
fn deepest(lines: &[UnitLine]) -> u8 {
    let lowest = lines.iter().map(|line| line.depth).max().unwrap_or(0);
    let fits = |depth: &u8| lines.iter().filter(|line| line.depth <= *depth).count() <= MOST_UNITS;
    (1..=lowest).take_while(fits).last().unwrap_or(1)
}

/// Who of a selection is counted, and with whom.
struct Groups<'m> {
    groups: Vec<Vec<&'m Member>>,
    counting: Counting,
}

impl<'m> Groups<'m> {
    /// Those whom the reader may see by name are counted post by post; of the others whole cohorts.
    fn of(
        selected: &[&'m Member],
        cohorts: Option<&'m [Counted]>,
        is_selected: impl Fn(&Member) -> bool,
    ) -> Self {
        let mut by_post: HashMap<Post, Vec<&Member>> = HashMap::new();
        for member in selected.iter().copied().filter(|member| member.shown.is_some()) {
            by_post.entry(member.post()).or_default().push(member);
        }
        let mut groups: Vec<Vec<&Member>> = by_post.into_values().collect();
        let Some(cohorts) = cohorts else {
            return Self { groups, counting: Counting::Everybody };
        };
        let whole = cohorts.iter().filter(|cohort| cohort.iter().all(&is_selected));
        groups.extend(whole.map(|cohort| cohort.iter().collect()));
        let counted: HashSet<PersonId> =
            groups.iter().flatten().map(|member| member.person).collect();
        let here: HashSet<PersonId> = selected.iter().map(|member| member.person).collect();
        let counting = Counting::Cohorts {
            left_out: count(here.difference(&counted).count()),
            former: count(counted.difference(&here).count()),
        };
        Self { groups, counting }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Trends of a selection within some units, which are `scope`, each before those below it. One
/// statement where the reader may see everybody in the selection by name, two where not.
///
/// # Errors
/// [`ServiceError::NotFound`] for a unit that is not among them and a profession that there is not.
pub(crate) async fn trends(
    services: &Services,
    bank: &Bank,
    reader: &Reader,
    scope: Vec<UnitLine>,
    selection: Selection,
    locale: Locale,
    now: Timestamp,
) -> Result<TrendsPage, ServiceError> {
    let profession = match &selection.profession {
        None => None,
        Some(code) => Some(bank.profession_id(code).ok_or(ServiceError::NotFound)?),
    };
    let lines = chosen(&scope, selection.unit)?;
    let within: HashSet<UnitId> = lines.iter().map(|line| line.id).collect();
    let by_name: HashSet<UnitId> = within.intersection(&reader.units).copied().collect();
    let members = members(services, &bank.required_lessons, &scope, &by_name, now).await?;
    let cohorts = if by_name.len() == within.len() {
        None
    } else {
        let named = members.iter().filter(|member| reader.units.contains(&member.unit));
        let people = named.map(|member| member.person).collect();
        let named = Named { reader: reader.id, units: &reader.units, people };
        Some(cohorts_for(services, &bank.required_lessons, &named).await?)
    };
    let is_selected = |member: &Member| {
        within.contains(&member.unit) && profession.is_none_or(|one| member.profession == one)
    };
    let selected: Vec<&Member> = members.iter().filter(|member| is_selected(member)).collect();
    let Groups { groups, counting } = Groups::of(&selected, cohorts.as_deref(), is_selected);
    let figures = Figures::of(bank, days(services, now), &lines, &selected, &groups);
    let (needed, systems) = systems(bank, &figures, &lines);
    Ok(TrendsPage {
        days: figures.days.iter().map(|at| services.calendar().date(*at)).collect(),
        people: count(selected.len()),
        counting,
        systems,
        units: units(&figures, &lines, &needed),
        has_more_units: lines.iter().any(|line| line.depth > deepest(&lines)),
        professions: professions(bank, &members, profession, locale),
        scope,
        unit: selection.unit,
        profession: selection.profession,
    })
}

/// The days trends are of, today last.
fn days(services: &Services, now: Timestamp) -> Vec<Timestamp> {
    let before = (1..=MONTHS).rev().map(|months| services.calendar().minus_months(now, months));
    before.chain([now]).collect()
}

/// The systems that the selection needs today, and their trends.
fn systems(bank: &Bank, figures: &Figures, lines: &[UnitLine]) -> (Vec<usize>, Vec<SystemTrend>) {
    let today = figures.days.len() - 1;
    let all = 0..=lines.len().saturating_sub(1);
    let required = figures.required_in(today, &all);
    let needed: Vec<usize> = (0..bank.systems.len())
        .filter(|system| required.iter().any(|required| required[*system] > 0))
        .collect();
    let by_day: Vec<Vec<Told>> = (0..=today).map(|day| figures.told(day, &needed, &all)).collect();
    let trend = |(at, system): (usize, &usize)| SystemTrend {
        system: bank.systems[*system].name(),
        days: by_day.iter().map(|told| told[at]).collect(),
    };
    let systems = needed.iter().enumerate().map(trend).collect();
    (needed, systems)
}

/// The units beside each other today.
fn units(figures: &Figures, lines: &[UnitLine], needed: &[usize]) -> Vec<UnitStanding> {
    let today = figures.days.len() - 1;
    let deepest = deepest(lines);
    let beside = lines.iter().enumerate().filter(|(_, line)| line.depth <= deepest);
    let standing = |(top, line): (usize, &UnitLine)| {
        let inside = top..=top + usize::from(line.below);
        UnitStanding { unit: line.clone(), systems: figures.told(today, needed, &inside) }
    };
    beside.map(standing).collect()
}
