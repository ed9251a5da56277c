//! "Min enhet": people × systems, filtered and counted. The same on the server, which draws the
//! first rows, and in the browser, which has everybody and answers at once.

mod filter;

pub use filter::{Filter, Finder, Order, Said};

use serde::{Deserialize, Serialize};

use crate::{
    bank::Choice,
    id::{PersonId, UnitId},
    lesson::SystemName,
    level::Height,
    text::Decompose,
    time::Date,
    unit::UnitKind,
};

/// A unit of the manager's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitLine {
    /// Which.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// The floor it stands on.
    pub kind: UnitKind,
    /// How far below the manager's topmost unit it stands.
    pub depth: u8,
    /// How many of the units after it stand below it.
    pub below: u16,
}

/// A profession in a unit, and what is required there: one number per system, 0 for nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// The place of the unit among the units.
    pub unit: u16,
    /// The place of the profession among the professions.
    pub profession: u16,
    /// What is required in each system, in their order; 0 where nothing is.
    pub required: Vec<u8>,
}

/// What is shown and said in one system, in one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cell(u8);

impl Cell {
    /// What is shown, and what is said, if anything.
    #[must_use]
    pub const fn new(shown: Height, said: Option<Height>) -> Self {
        let said = match said {
            None => 0,
            Some(said) => said.number() + 1,
        };
        Self(shown.number() * 6 + said)
    }

    /// What is shown, 0–4.
    #[must_use]
    pub const fn shown(self) -> u8 {
        self.0 / 6
    }

    /// What is said, 0–4.
    #[must_use]
    pub const fn said(self) -> Option<u8> {
        (self.0 % 6).checked_sub(1)
    }
}

/// Somebody who works there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLine {
    /// Who.
    pub id: PersonId,
    /// Family name, given name.
    pub name: String,
    /// The employee number: of namesakes, who cannot be told apart without, or of everybody in what is
    /// handed out as a file.
    pub number: Option<String>,
    /// The place of their post among the posts.
    pub post: u16,
    /// What is shown and said, per system.
    pub cells: Vec<Cell>,
    /// Whole days since something was last shown or said; none where nothing ever was.
    pub idle_days: Option<u16>,
    /// How many referrals are sent and not done.
    pub referrals: u8,
}

/// Everybody a manager may see, as of today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The day it shows.
    pub today: Date,
    /// The manager's units, each before those below it.
    pub units: Vec<UnitLine>,
    /// Professions of people there.
    pub professions: Vec<Choice>,
    /// Systems in use.
    pub systems: Vec<SystemName>,
    /// Professions in units.
    pub posts: Vec<Post>,
    /// Everybody, by name.
    pub people: Vec<PersonLine>,
}

impl PersonLine {
    /// The name, with the employee number where there is one.
    #[must_use]
    pub fn full_name(&self) -> String {
        match &self.number {
            Some(number) => format!("{} ({number})", self.name),
            None => self.name.clone(),
        }
    }
}

impl Overview {
    /// The place of the system that a filter asks about.
    #[must_use]
    pub fn system_of(&self, filter: &Filter) -> Option<usize> {
        let code = filter.system.as_ref()?;
        self.systems.iter().position(|system| system.code == *code)
    }

    /// What is required of somebody in a system; 0 for nothing.
    #[must_use]
    pub fn required(&self, person: &PersonLine, system: usize) -> u8 {
        let post = self.posts.get(usize::from(person.post));
        post.and_then(|post| post.required.get(system)).copied().unwrap_or(0)
    }

    /// How many levels are wanting; none where nothing is required.
    #[must_use]
    pub fn gap(&self, person: &PersonLine, system: usize) -> Option<u8> {
        let required = self.required(person, system);
        let shown = person.cells.get(system).map_or(0, |cell| cell.shown());
        (required > 0).then(|| required.saturating_sub(shown))
    }

    /// How many levels are wanting in all.
    #[must_use]
    pub fn wanting(&self, person: &PersonLine) -> u32 {
        (0..self.systems.len()).filter_map(|at| self.gap(person, at)).map(u32::from).sum()
    }

    /// The unit somebody works in.
    #[must_use]
    pub fn unit_of(&self, person: &PersonLine) -> Option<&UnitLine> {
        let post = self.posts.get(usize::from(person.post))?;
        self.units.get(usize::from(post.unit))
    }

    /// What somebody works as.
    #[must_use]
    pub fn profession_of(&self, person: &PersonLine) -> Option<&Choice> {
        let post = self.posts.get(usize::from(person.post))?;
        self.professions.get(usize::from(post.profession))
    }
}

/// One system, summed up over people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// How many of them need it.
    pub needed: u32,
    /// In how many of those something is wanting.
    pub wanting: u32,
}

/// The first rows of an overview, and what a filter lets through in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstRows {
    /// The overview with the first [`FIRST_ROWS`] of the people the filter lets through.
    pub overview: Overview,
    /// How many it lets through.
    pub shown: u32,
    /// Of how many.
    pub total: u32,
    /// Every system, summed up over those it lets through.
    pub totals: Vec<Total>,
}

/// How many rows a page is sent with.
pub const FIRST_ROWS: usize = 50;

impl FirstRows {
    /// What of an overview a page is sent with.
    #[must_use]
    pub fn of(mut overview: Overview, filter: &Filter, decompose: Decompose) -> Self {
        let found = Finder::new(&overview, decompose).find(&overview, filter);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let (shown, total) = (count(found.len()), count(overview.people.len()));
        let totals = totals(&overview, &found);
        overview.people =
            found.iter().take(FIRST_ROWS).map(|at| overview.people[*at].clone()).collect();
        Self { overview, shown, total, totals }
    }
}

/// Every system, summed up over the people at some places.
#[must_use]
pub fn totals(overview: &Overview, people: &[usize]) -> Vec<Total> {
    let mut totals = vec![Total::default(); overview.systems.len()];
    for person in people.iter().filter_map(|at| overview.people.get(*at)) {
        for (at, total) in totals.iter_mut().enumerate() {
            if let Some(gap) = overview.gap(person, at) {
                total.needed += 1;
                total.wanting += u32::from(gap > 0);
            }
        }
    }
    totals
}
