//! Trends and units beside each other, for managers of their own units and for administrators of all.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::RangeInclusive,
};

use kvarten_domain::{
    Height, Level, Locale, ProfessionId, Timestamp, UnitId,
    bank::Choice,
    competence::{Facts, Placed, ShownRule},
    overview::UnitLine,
    text::sorted_as,
    trends::{Standing, SystemTrend, Told, TrendsPage, UnitStanding, figure, told},
    withheld::{Block, Place, blocks, countable},
};
use kvarten_entity::{Column, Key, competence, employment};
use sea_orm::{
    EntityTrait, JoinType, QueryFilter, QuerySelect, RelationDef,
    sea_query::{Expr, ExprTrait, IntoCondition},
};
use uuid::Uuid;

use super::unpack;
use crate::{
    ServiceError, Services,
    bank::Bank,
    signed_in::{employed_at, here_at, whose},
};

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

/// Somebody, as far as trends ask.
struct Member {
    unit: UnitId,
    profession: ProfessionId,
    /// Only of those in the selection.
    shown: Option<Placed>,
}

/// Everybody who works in the municipality, where they stand; and what is known of those within the
/// units. One statement.
async fn members(
    services: &Services,
    rule: &ShownRule,
    within: &[UnitId],
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
    let rows: Vec<(Uuid, Uuid, Option<Vec<u8>>)> = employment::Entity::find()
        .select_only()
        .columns([employment::Column::UnitId, employment::Column::ProfessionId])
        .column(competence::Column::Facts)
        .join(JoinType::InnerJoin, whose())
        .join(JoinType::LeftJoin, known)
        .filter(employed_at(now))
        .filter(here_at(now))
        .into_tuple()
        .all(services.store().read())
        .await?;
    let within: HashSet<UnitId> = within.iter().copied().collect();
    let member = |(unit, profession, facts): (Uuid, Uuid, Option<Vec<u8>>)| {
        let unit: UnitId = unit.id();
        let facts = match facts {
            Some(facts) => Some(unpack(&facts)?),
            None => within.contains(&unit).then(Facts::default),
        };
        let shown = facts.map(|facts| rule.placed(&facts));
        Ok(Member { unit, profession: profession.id(), shown })
    };
    rows.into_iter().map(member).collect()
}

/// What everybody brings to the figures of one day: for each system, a standing each.
fn standings(bank: &Bank, members: &[Member], at: Timestamp) -> Vec<Vec<Standing>> {
    let rule = bank.shown_rule(at);
    let mut required: HashMap<(UnitId, ProfessionId), Vec<Option<Level>>> = HashMap::new();
    let nothing = Standing { required: 0, shown: 0 };
    let mut all = vec![vec![nothing; members.len()]; bank.systems.len()];
    for (place, member) in members.iter().enumerate() {
        let Some(placed) = &member.shown else { continue };
        let required = required
            .entry((member.unit, member.profession))
            .or_insert_with(|| bank.required(member.unit, member.profession, at));
        let shown = rule.shown_by(placed);
        for (system, standings) in all.iter_mut().enumerate() {
            standings[place] = Standing {
                required: required[system].map_or(0, Level::number),
                shown: Height::from(shown[system]).number(),
            };
        }
    }
    all
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

/// The professions of those who work in some units, and the one that is chosen, by name.
fn professions(
    bank: &Bank,
    members: &[Member],
    scope: &[UnitLine],
    chosen: Option<ProfessionId>,
    locale: Locale,
) -> Vec<Choice> {
    let scope: HashSet<UnitId> = scope.iter().map(|line| line.id).collect();
    let here = members.iter().filter(|member| scope.contains(&member.unit));
    let ids: HashSet<ProfessionId> = here.map(|member| member.profession).chain(chosen).collect();
    let entries = ids.into_iter().filter_map(|id| bank.profession(id));
    let by_name: BTreeMap<_, Choice> = entries
        .map(|entry| {
            let name = entry.name(locale).to_owned();
            ((sorted_as(&name), entry.id), Choice { code: entry.code.clone(), name })
        })
        .collect();
    by_name.into_values().collect()
}

/// The most units that are put beside each other: nobody compares more.
const MOST_UNITS: usize = 60;

/// How far down units are put beside each other: as many floors as there is room for, and the one
/// below the chosen unit in any case.
fn deepest(lines: &[UnitLine]) -> u8 {
    let lowest = lines.iter().map(|line| line.depth).max().unwrap_or(0);
    let fits = |depth: &u8| lines.iter().filter(|line| line.depth <= *depth).count() <= MOST_UNITS;
    (1..=lowest).take_while(fits).last().unwrap_or(1)
}

/// Who stands where among units that are listed each before those below it, so that a unit and all
/// below it are a stretch of the list.
struct Floor<'b> {
    /// The members who work in each unit itself.
    members: Vec<Vec<usize>>,
    /// The blocks that lie within these units, with the first and the last unit they reach into.
    blocks: Vec<(usize, usize, &'b Block)>,
}

impl<'b> Floor<'b> {
    fn of(members: &[Member], lines: &[UnitLine], blocks: &'b [Block]) -> Self {
        let line_of: HashMap<UnitId, usize> =
            (0..).zip(lines).map(|(at, line)| (line.id, at)).collect();
        let stands: Vec<Option<usize>> =
            members.iter().map(|member| line_of.get(&member.unit).copied()).collect();
        let mut floor = Self { members: vec![Vec::new(); lines.len()], blocks: Vec::new() };
        for (at, line) in stands.iter().enumerate() {
            if let Some(line) = line {
                floor.members[*line].push(at);
            }
        }
        for block in blocks {
            let reach: Option<Vec<usize>> = block.iter().map(|at| stands[*at]).collect();
            let reach = reach.unwrap_or_default();
            if let (Some(first), Some(last)) = (reach.iter().min(), reach.iter().max()) {
                floor.blocks.push((*first, *last, block));
            }
        }
        floor
    }

    fn blocks_in(&self, lines: &RangeInclusive<usize>) -> impl Iterator<Item = &'b Block> {
        let is_inside = move |(first, last, _): &&(usize, usize, &'b Block)| {
            lines.contains(first) && lines.contains(last)
        };
        self.blocks.iter().filter(is_inside).map(|(.., block)| *block)
    }

    fn members_in(&self, lines: &RangeInclusive<usize>) -> impl Iterator<Item = usize> {
        self.members[lines.clone()].iter().flatten().copied()
    }
}

/// Trends of a selection within some units, which are `scope`, each before those below it. One
/// statement.
///
/// # Errors
/// [`ServiceError::NotFound`] for a unit that is not among them and a profession that there is not.
pub(crate) async fn trends(
    services: &Services,
    bank: &Bank,
    scope: Vec<UnitLine>,
    selection: Selection,
    locale: Locale,
    now: Timestamp,
) -> Result<TrendsPage, ServiceError> {
    let calendar = services.calendar();
    let profession = match &selection.profession {
        None => None,
        Some(code) => Some(bank.profession_id(code).ok_or(ServiceError::NotFound)?),
    };
    let lines = chosen(&scope, selection.unit)?;
    let within: Vec<UnitId> = lines.iter().map(|line| line.id).collect();
    let members = members(services, &bank.shown_rule(now), &within, now).await?;
    // Blocks follow from the whole organisation: they are the same for whoever asks.
    let places: Vec<Place> = members
        .iter()
        .map(|member| Place { profession: member.profession, path: bank.units.path(member.unit) })
        .collect();
    let blocks: Vec<Block> = blocks(&places);
    let of_selection = |member: &Member| {
        member.shown.is_some() && profession.is_none_or(|one| member.profession == one)
    };
    let selection_of: Vec<bool> = members.iter().map(of_selection).collect();
    let is_selected = |at: usize| selection_of[at];
    let selected = (0..members.len()).filter(|at| is_selected(*at)).count();
    let counted = countable(&blocks, is_selected).len();
    let mut moments: Vec<Timestamp> =
        (1..=MONTHS).rev().map(|months| calendar.minus_months(now, months)).collect();
    moments.push(now);
    let by_day: Vec<Vec<Vec<Standing>>> =
        moments.iter().map(|at| standings(bank, &members, *at)).collect();
    let today = by_day.last().map_or(&[][..], Vec::as_slice);
    let needed: Vec<usize> = (0..bank.systems.len())
        .filter(|system| {
            (0..members.len()).any(|at| is_selected(at) && today[*system][at].required > 0)
        })
        .collect();
    let systems = needed.iter().map(|system| SystemTrend {
        system: bank.systems[*system].name(),
        days: by_day.iter().map(|day| told(&blocks, &day[*system], is_selected)).collect(),
    });
    let floor = Floor::of(&members, &lines, &blocks);
    let deepest = deepest(&lines);
    let beside = lines.iter().enumerate().filter(|(_, line)| line.depth <= deepest);
    let units = beside.map(|(top, line)| {
        let inside = top..=top + usize::from(line.below);
        let whole: Vec<&Block> = floor.blocks_in(&inside).collect();
        let tell = |system: &usize| {
            let standings = &today[*system];
            match figure(whole.iter().copied(), standings, is_selected) {
                Some(figure) => Told::Figure(figure),
                None if floor
                    .members_in(&inside)
                    .any(|at| is_selected(at) && standings[at].required > 0) =>
                {
                    Told::Withheld
                }
                None => Told::Unneeded,
            }
        };
        UnitStanding { unit: line.clone(), systems: needed.iter().map(tell).collect() }
    });
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(TrendsPage {
        days: moments.iter().map(|at| calendar.date(*at)).collect(),
        people: count(selected),
        left_out: count(selected - counted),
        systems: systems.collect(),
        units: units.collect(),
        has_more_units: lines.iter().any(|line| line.depth > deepest),
        professions: professions(bank, &members, &scope, profession, locale),
        scope,
        unit: selection.unit,
        profession: selection.profession,
    })
}
