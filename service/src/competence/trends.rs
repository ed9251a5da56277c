//! Trends and units beside each other, for managers of their own units and for administrators of all.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::RangeInclusive,
    sync::Arc,
};

use futures_util::TryStreamExt;
use kvarten_domain::{
    Level, Locale, ProfessionId, Timestamp, UnitId,
    bank::Choice,
    competence::{Placed, RequiredLessons, ShownRule},
    overview::UnitLine,
    text::sorted_as,
    trends::{Standing, SystemTrend, Tally, Told, TrendsPage, UnitStanding, told},
    withheld::{Place, blocks, whole},
};
use kvarten_entity::{Column, Key, competence, employment};
use sea_orm::{
    EntityTrait, JoinType, QueryFilter, QuerySelect, RelationDef,
    sea_query::{Expr, ExprTrait, IntoCondition},
};
use uuid::Uuid;

use super::unpack_proofs;
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

/// Something for each day, and on it for each system.
type ByDay<T> = Vec<Vec<T>>;

/// Where somebody works, and as what.
type Post = (UnitId, ProfessionId);

/// Somebody, as far as trends ask.
struct Member {
    unit: UnitId,
    profession: ProfessionId,
    /// Only of those within the units.
    shown: Option<Placed>,
}

impl Member {
    const fn post(&self) -> Post {
        (self.unit, self.profession)
    }
}

/// Everybody who works in the municipality, where they stand; and what is known of those within the
/// units. One statement.
async fn members(
    services: &Services,
    lessons: &RequiredLessons,
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
    let asked = employment::Entity::find()
        .select_only()
        .columns([employment::Column::UnitId, employment::Column::ProfessionId])
        .column(competence::Column::Facts)
        .join(JoinType::InnerJoin, whose())
        .join(JoinType::LeftJoin, known)
        .filter(employed_at(now))
        .filter(here_at(now))
        .into_tuple::<(Uuid, Uuid, Option<Vec<u8>>)>();
    let within: HashSet<UnitId> = within.iter().copied().collect();
    // Read while they come: the database works on the next ones meanwhile.
    let mut rows = asked.stream(services.store().read()).await?;
    let mut members = Vec::new();
    while let Some((unit, profession, facts)) = rows.try_next().await? {
        let unit: UnitId = unit.id();
        let shown = match facts {
            Some(facts) => Some(lessons.placed(&unpack_proofs(&facts)?)),
            None => within.contains(&unit).then(Placed::default),
        };
        members.push(Member { unit, profession: profession.id(), shown });
    }
    Ok(members)
}

/// Where everybody stands.
fn places(bank: &Bank, members: &[Member]) -> Vec<Place> {
    let mut paths: HashMap<UnitId, Arc<[UnitId]>> = HashMap::new();
    let place = |member: &Member| {
        let path = paths.entry(member.unit).or_insert_with(|| bank.units.path(member.unit).into());
        Place { profession: member.profession, path: Arc::clone(path) }
    };
    members.iter().map(place).collect()
}

/// What is required in posts, as numbers of levels; 0 where nothing is.
struct Required {
    /// Posts of which the same is required are of one kind.
    kinds: HashMap<Post, usize>,
    all: Vec<ByDay<u8>>,
}

impl Required {
    fn of(bank: &Bank, posts: &HashSet<Post>, days: &[Timestamp]) -> Self {
        let mut required = Self { kinds: HashMap::new(), all: Vec::new() };
        let mut alike: HashMap<(ProfessionId, Vec<UnitId>), usize> = HashMap::new();
        for &(unit, profession) in posts {
            let asking = bank.requirements.asking(&bank.units.path(unit));
            let kind = alike.entry((profession, asking)).or_insert_with(|| {
                let on = |day: &Timestamp| {
                    let levels = bank.required(unit, profession, *day).into_iter();
                    levels.map(|level| level.map_or(0, Level::number)).collect()
                };
                required.all.push(days.iter().map(on).collect());
                required.all.len() - 1
            });
            required.kinds.insert((unit, profession), *kind);
        }
        required
    }

    fn of_post(&self, post: Post) -> &ByDay<u8> {
        &self.all[self.kinds[&post]]
    }
}

/// What some people bring to the figures, together.
fn tally(rules: &[ShownRule<'_>], required: &Required, people: &[&Member]) -> ByDay<Tally> {
    let mut tallies = vec![Vec::new(); rules.len()];
    for member in people {
        let Some(placed) = &member.shown else { continue };
        let required = required.of_post(member.post());
        let mut shown = Vec::new();
        for (day, rule) in rules.iter().enumerate() {
            match day.checked_sub(1) {
                None => shown = rule.shown_by(placed),
                Some(before) => rule.follow(&rules[before], placed, &mut shown),
            }
            let tallies = &mut tallies[day];
            tallies.resize(shown.len(), Tally::default());
            for ((required, shown), tally) in required[day].iter().zip(&shown).zip(tallies) {
                let shown = shown.map_or(0, Level::number);
                tally.add(Standing { required: *required, shown });
            }
        }
    }
    tallies
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

/// A block that may be told of, among units that are listed each before those below it.
struct Counted {
    /// The places of the first and the last unit it reaches into.
    reach: (usize, usize),
    tallies: ByDay<Tally>,
}

impl Counted {
    fn is_in(&self, lines: &RangeInclusive<usize>) -> bool {
        lines.contains(&self.reach.0) && lines.contains(&self.reach.1)
    }
}

/// What there is to tell of a selection among such units, and of parts of it.
struct Figures {
    days: Vec<Timestamp>,
    required: Required,
    /// For each post of the selection the place of its unit, in their order, and its kind.
    posts: Vec<(usize, usize)>,
    counted: Vec<Counted>,
}

impl Figures {
    /// Of those who are selected, of whom some stand in whole blocks.
    fn of(
        bank: &Bank,
        days: Vec<Timestamp>,
        lines: &[UnitLine],
        selected: &[&Member],
        blocks: &[Vec<&Member>],
    ) -> Self {
        let place: HashMap<UnitId, usize> =
            (0..).zip(lines).map(|(at, line)| (line.id, at)).collect();
        let posts: HashSet<Post> = selected.iter().map(|member| member.post()).collect();
        let required = Required::of(bank, &posts, &days);
        let rules: Vec<ShownRule<'_>> =
            days.iter().map(|day| bank.required_lessons.at(*day)).collect();
        let count = |block: &Vec<&Member>| {
            let reach = block.iter().map(|member| place[&member.unit]);
            let (first, last) = (reach.clone().min()?, reach.max()?);
            let tallies = tally(&rules, &required, block);
            Some(Counted { reach: (first, last), tallies })
        };
        let counted = blocks.iter().filter_map(count).collect();
        let mut posts: Vec<(usize, usize)> =
            posts.iter().map(|post| (place[&post.0], required.kinds[post])).collect();
        posts.sort_unstable();
        Self { days, required, posts, counted }
    }

    /// What is required of each kind of post in some of the units, on a day.
    fn required_in(&self, day: usize, lines: &RangeInclusive<usize>) -> Vec<&[u8]> {
        let from = self.posts.partition_point(|(line, _)| line < lines.start());
        let until = self.posts.partition_point(|(line, _)| line <= lines.end());
        let kinds: BTreeSet<usize> =
            self.posts[from..until].iter().map(|(_, kind)| *kind).collect();
        kinds.into_iter().map(|kind| self.required.all[kind][day].as_slice()).collect()
    }

    /// What is told of some of the units and of some systems on a day.
    fn told(&self, day: usize, systems: &[usize], lines: &RangeInclusive<usize>) -> Vec<Told> {
        let inside: Vec<&Counted> =
            self.counted.iter().filter(|block| block.is_in(lines)).collect();
        let required = self.required_in(day, lines);
        let tell = |system: &usize| {
            let tallies = inside.iter().map(|block| block.tallies[day][*system]);
            told(tallies, required.iter().any(|required| required[*system] > 0))
        };
        systems.iter().map(tell).collect()
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
    let members = members(services, &bank.required_lessons, &within, now).await?;
    let is_selected = |at: usize| {
        let member: &Member = &members[at];
        member.shown.is_some() && profession.is_none_or(|one| member.profession == one)
    };
    // Blocks follow from the whole organisation: they are the same for whoever asks.
    let blocks = blocks(&places(bank, &members));
    let whole: Vec<Vec<&Member>> = whole(&blocks, is_selected)
        .map(|block| block.iter().map(|at| &members[*at]).collect())
        .collect();
    let selected: Vec<&Member> =
        (0..members.len()).filter(|at| is_selected(*at)).map(|at| &members[at]).collect();
    let counted: usize = whole.iter().map(Vec::len).sum();
    let mut days: Vec<Timestamp> =
        (1..=MONTHS).rev().map(|months| calendar.minus_months(now, months)).collect();
    days.push(now);
    let figures = Figures::of(bank, days, &lines, &selected, &whole);
    let today = figures.days.len() - 1;
    let all = 0..=lines.len().saturating_sub(1);
    let required = figures.required_in(today, &all);
    let needed: Vec<usize> = (0..bank.systems.len())
        .filter(|system| required.iter().any(|required| required[*system] > 0))
        .collect();
    let by_day: Vec<Vec<Told>> = (0..=today).map(|day| figures.told(day, &needed, &all)).collect();
    let systems = needed.iter().enumerate().map(|(at, system)| SystemTrend {
        system: bank.systems[*system].name(),
        days: by_day.iter().map(|told| told[at]).collect(),
    });
    let deepest = deepest(&lines);
    let beside = lines.iter().enumerate().filter(|(_, line)| line.depth <= deepest);
    let units = beside.map(|(top, line)| {
        let inside = top..=top + usize::from(line.below);
        UnitStanding { unit: line.clone(), systems: figures.told(today, &needed, &inside) }
    });
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(TrendsPage {
        days: figures.days.iter().map(|at| calendar.date(*at)).collect(),
        people: count(selected.len()),
        left_out: count(selected.len() - counted),
        systems: systems.collect(),
        units: units.collect(),
        has_more_units: lines.iter().any(|line| line.depth > deepest),
        professions: professions(bank, &members, &scope, profession, locale),
        scope,
        unit: selection.unit,
        profession: selection.profession,
    })
}
