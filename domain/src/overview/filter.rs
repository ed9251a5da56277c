//! Filters: what to look for, and who is found.

use serde::{Deserialize, Serialize};

use super::{Cell, Overview, PersonLine, Post};
use crate::{
    bank::MAX_SEARCH,
    id::UnitId,
    level::Level,
    text::{Decompose, contains_folded, fold_diacritics},
};

/// How what people say stands to what they have shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Said {
    /// They say they can more than they have shown.
    Above,
    /// They have shown more than they say they can.
    Below,
    /// They have not said anything.
    Nothing,
}

impl Said {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Above, Self::Below, Self::Nothing];

    /// The word in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Above => "over",
            Self::Below => "under",
            Self::Nothing => "inget",
        }
    }

    const fn fits(self, cell: Cell) -> bool {
        match (self, cell.said()) {
            (Self::Above, Some(said)) => said > cell.shown(),
            (Self::Below, Some(said)) => said < cell.shown(),
            (Self::Nothing, None) => true,
            _ => false,
        }
    }
}

/// The order of people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Order {
    /// By name.
    #[default]
    Name,
    /// Those in whom most is wanting first; in the chosen system, where one is chosen.
    Wanting,
}

/// What to look for; the state of the screen, as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// Part of a name.
    pub name: String,
    /// A unit, and all below it.
    pub unit: Option<UnitId>,
    /// Code of a profession.
    pub profession: Option<String>,
    /// Code of a system: what follows is asked about it, else about any.
    pub system: Option<String>,
    /// At least so many levels are wanting.
    pub gap: Option<u8>,
    /// At least this level is shown.
    pub level: Option<Level>,
    /// How what is said stands to what is shown.
    pub said: Option<Said>,
    /// Nothing shown or said for at least so many days.
    pub idle: Option<u16>,
    /// Only those with a referral that is not done.
    pub is_referred: bool,
    /// In which order.
    pub order: Order,
}

impl Filter {
    /// Reads the parameters of an address; what it does not know, it leaves out.
    pub fn from_query<'q>(get: impl Fn(&str) -> Option<&'q str>) -> Self {
        let some = |name| get(name).map(str::trim).filter(|value| !value.is_empty());
        Self {
            name: some("namn").unwrap_or_default().chars().take(MAX_SEARCH).collect(),
            unit: some("enhet").and_then(|id| id.parse().ok()),
            profession: some("yrke").map(str::to_owned),
            system: some("system").map(str::to_owned),
            gap: some("behov").and_then(|gap| gap.parse().ok()).filter(|gap| (1..=4).contains(gap)),
            level: some("niva").and_then(|level| level.parse().ok()).and_then(Level::new),
            said: some("sjalv").and_then(|code| Said::ALL.into_iter().find(|s| s.code() == code)),
            idle: some("stilla").and_then(|days| days.parse().ok()).filter(|days| *days > 0),
            is_referred: some("hanvisad").is_some(),
            order: if some("ordning") == Some("behov") { Order::Wanting } else { Order::Name },
        }
    }

    /// The parameters of an address that say the same: names and values, not escaped.
    #[must_use]
    pub fn to_query(&self) -> Vec<(&'static str, String)> {
        let mut query = Vec::new();
        let mut put = |name, value: Option<String>| query.extend(value.map(|value| (name, value)));
        put("namn", (!self.name.is_empty()).then(|| self.name.clone()));
        put("enhet", self.unit.map(|unit| unit.to_string()));
        put("yrke", self.profession.clone());
        put("system", self.system.clone());
        put("behov", self.gap.map(|gap| gap.to_string()));
        put("niva", self.level.map(|level| level.number().to_string()));
        put("sjalv", self.said.map(|said| said.code().to_owned()));
        put("stilla", self.idle.map(|days| days.to_string()));
        put("hanvisad", self.is_referred.then(|| "1".to_owned()));
        put("ordning", (self.order == Order::Wanting).then(|| "behov".to_owned()));
        query
    }
}

/// Made once for an overview, so that every filter answers at once.
#[derive(Clone, Debug)]
pub struct Finder {
    names: Vec<String>,
    decompose: Decompose,
}

/// A name as it is searched: folded, compounds written together.
fn searched(name: &str, decompose: Decompose) -> String {
    let mut name = fold_diacritics(name, decompose);
    name.retain(|c| c != '-');
    name
}

impl Finder {
    /// For everybody in an overview.
    #[must_use]
    pub fn new(overview: &Overview, decompose: Decompose) -> Self {
        let names = overview.people.iter().map(|person| searched(&person.full_name(), decompose));
        Self { names: names.collect(), decompose }
    }

    /// The places of those whom a filter lets through, in its order.
    #[must_use]
    pub fn find(&self, overview: &Overview, filter: &Filter) -> Vec<usize> {
        let words: Vec<String> = searched(&filter.name, self.decompose)
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        let system = overview.system_of(filter);
        let posts: Vec<bool> =
            overview.posts.iter().map(|post| fits_post(overview, filter, post)).collect();
        let fits = |at: &usize| {
            let person = &overview.people[*at];
            posts.get(usize::from(person.post)).copied().unwrap_or(false)
                && words.iter().all(|word| contains_folded(&self.names[*at], word))
                && (!filter.is_referred || person.referrals > 0)
                && filter.idle.is_none_or(|days| person.idle_days.is_none_or(|idle| idle >= days))
                && fits_cells(overview, filter, system, person)
        };
        let mut found: Vec<usize> = (0..overview.people.len()).filter(fits).collect();
        if filter.order == Order::Wanting {
            let wanting = |at: &usize| {
                let person = &overview.people[*at];
                match system {
                    Some(system) => u32::from(overview.gap(person, system).unwrap_or(0)),
                    None => overview.wanting(person),
                }
            };
            found.sort_by_cached_key(|at| std::cmp::Reverse(wanting(at)));
        }
        found
    }
}

fn fits_post(overview: &Overview, filter: &Filter, post: &Post) -> bool {
    let is_in_unit = filter.unit.is_none_or(|unit| {
        let top = overview.units.iter().position(|line| line.id == unit);
        top.is_some_and(|top| {
            let last = top + usize::from(overview.units[top].below);
            (top..=last).contains(&usize::from(post.unit))
        })
    });
    let has_profession = filter.profession.as_ref().is_none_or(|code| {
        let profession = overview.professions.get(usize::from(post.profession));
        profession.is_some_and(|profession| profession.code == *code)
    });
    is_in_unit && has_profession
}

/// Whether what is asked about systems is so in the one chosen, or in any that the person needs.
fn fits_cells(
    overview: &Overview,
    filter: &Filter,
    system: Option<usize>,
    person: &PersonLine,
) -> bool {
    if filter.gap.is_none() && filter.level.is_none() && filter.said.is_none() {
        // Somebody who does not need the system has nothing to show in its column.
        return system.is_none_or(|at| overview.required(person, at) > 0);
    }
    let fits = |at: usize| {
        let Some(cell) = person.cells.get(at) else { return false };
        let needs = overview.gap(person, at);
        needs.is_some()
            && filter.gap.is_none_or(|least| needs.is_some_and(|gap| gap >= least))
            && filter.level.is_none_or(|least| cell.shown() >= least.number())
            && filter.said.is_none_or(|said| said.fits(*cell))
    };
    match system {
        Some(at) => fits(at),
        None => (0..overview.systems.len()).any(fits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bank::Choice,
        id::{Id, PersonId},
        lesson::SystemName,
        level::Height,
        overview::{Total, UnitLine, totals},
        time::Date,
        unit::UnitKind,
    };
    use proptest::prelude::*;
    use rstest::rstest;

    /// Of the accents in the names below.
    fn decompose(text: &str) -> String {
        text.replace('é', "e\u{301}").replace('Ö', "O\u{308}").replace('ö', "o\u{308}")
    }

    fn height(number: u8) -> Height {
        Height::new(number).expect("0–4")
    }

    fn unit(id: u128, depth: u8, below: u16) -> UnitLine {
        UnitLine {
            id: UnitId::from_u128(id),
            name: format!("Enhet {id}"),
            kind: UnitKind::Unit,
            depth,
            below,
        }
    }

    fn person(
        name: &str,
        post: u16,
        cells: &[(u8, Option<u8>)],
        idle_days: Option<u16>,
    ) -> PersonLine {
        let cell = |(shown, said): &(u8, Option<u8>)| Cell::new(height(*shown), said.map(height));
        PersonLine {
            id: PersonId::from_u128(u128::from(name.len() as u64)),
            name: name.into(),
            number: None,
            post,
            cells: cells.iter().map(cell).collect(),
            idle_days,
            referrals: u8::from(name.starts_with("Ek")),
        }
    }

    /// Unit 1 has unit 2 and 3 below it. Nurses need 2 in Outlook and 1 in Teams; aides 1 in Outlook.
    fn overview() -> Overview {
        let system = |code: &str| SystemName { code: code.into(), name: code.into() };
        let choice = |code: &str| Choice { code: code.into(), name: code.into() };
        let post = |unit, profession, required: [u8; 2]| Post {
            unit,
            profession,
            required: required.into(),
        };
        Overview {
            today: Date { year: 2026, month: 11, day: 25 },
            units: vec![unit(1, 0, 2), unit(2, 1, 0), unit(3, 1, 0)],
            professions: vec![choice("nurse"), choice("aide")],
            systems: vec![system("outlook"), system("teams")],
            posts: vec![post(1, 0, [2, 1]), post(2, 0, [2, 1]), post(2, 1, [1, 0])],
            people: vec![
                person("Berg, Alma", 0, &[(2, Some(2)), (1, Some(0))], Some(3)),
                person("Ek, Åsa", 1, &[(1, Some(3)), (0, None)], Some(200)),
                person("Ek, Bo", 2, &[(0, None), (4, Some(4))], None),
                person("Öberg, André", 1, &[(0, Some(0)), (1, Some(1))], Some(90)),
            ],
        }
    }

    fn found(query: &[(&str, &str)]) -> Vec<String> {
        let overview = overview();
        let filter = Filter::from_query(|name| {
            query.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
        });
        let found = Finder::new(&overview, decompose).find(&overview, &filter);
        found.into_iter().map(|at| overview.people[at].name.clone()).collect()
    }

    #[rstest]
    #[case::everybody(&[], &["Berg, Alma", "Ek, Åsa", "Ek, Bo", "Öberg, André"])]
    #[case::a_name(&[("namn", "ek å")], &["Ek, Åsa"])]
    #[case::a_name_without_its_accent(&[("namn", "andre")], &["Öberg, André"])]
    #[case::a_keyboard_without_swedish_letters(&[("namn", "oberg")], &["Öberg, André"])]
    #[case::o_with_dots_is_not_o(&[("namn", "bö")], &[])]
    #[case::letters_and_marks_apart(&[("namn", "o\u{308}berg andre\u{301}")], &["Öberg, André"])]
    #[case::a_unit(&[("enhet", "00000000-0000-0000-0000-000000000003")], &["Ek, Åsa", "Ek, Bo", "Öberg, André"])]
    #[case::a_unit_and_all_below(&[("enhet", "00000000-0000-0000-0000-000000000001")], &["Berg, Alma", "Ek, Åsa", "Ek, Bo", "Öberg, André"])]
    #[case::a_unit_of_somebody_else(&[("enhet", "00000000-0000-0000-0000-00000000000f")], &[])]
    #[case::nonsense_is_left_out(&[("enhet", "x"), ("behov", "9"), ("niva", "5")], &["Berg, Alma", "Ek, Åsa", "Ek, Bo", "Öberg, André"])]
    #[case::a_profession(&[("yrke", "aide")], &["Ek, Bo"])]
    #[case::who_needs_a_system(&[("system", "teams")], &["Berg, Alma", "Ek, Åsa", "Öberg, André"])]
    #[case::a_gap_anywhere(&[("behov", "1")], &["Ek, Åsa", "Ek, Bo", "Öberg, André"])]
    #[case::a_gap_in_a_system(&[("behov", "1"), ("system", "teams")], &["Ek, Åsa"])]
    #[case::a_large_gap(&[("behov", "2")], &["Öberg, André"])]
    #[case::a_level_in_a_system(&[("niva", "1"), ("system", "outlook")], &["Berg, Alma", "Ek, Åsa"])]
    #[case::who_says_more(&[("sjalv", "over")], &["Ek, Åsa"])]
    #[case::who_says_less(&[("sjalv", "under")], &["Berg, Alma"])]
    #[case::who_says_nothing(&[("sjalv", "inget")], &["Ek, Åsa", "Ek, Bo"])]
    #[case::nothing_for_a_while(&[("stilla", "90")], &["Ek, Åsa", "Ek, Bo", "Öberg, André"])]
    #[case::a_referral(&[("hanvisad", "1")], &["Ek, Åsa", "Ek, Bo"])]
    #[case::most_wanting_first(&[("ordning", "behov")], &["Ek, Åsa", "Öberg, André", "Ek, Bo", "Berg, Alma"])]
    #[case::most_wanting_in_a_system(&[("ordning", "behov"), ("system", "outlook")], &["Öberg, André", "Ek, Åsa", "Ek, Bo", "Berg, Alma"])]
    fn filters(#[case] query: &[(&str, &str)], #[case] expected: &[&str]) {
        assert_eq!(found(query), expected);
    }

    #[test]
    fn systems_are_summed_up_over_those_who_need_them() {
        let overview = overview();
        let totals = totals(&overview, &[0, 1, 2]);
        assert_eq!(totals[0], Total { needed: 3, wanting: 2 });
        assert_eq!(totals[1], Total { needed: 2, wanting: 1 });
    }

    proptest! {
        #[test]
        fn a_cell_keeps_both_figures(shown in 0u8..=4, said in prop::option::of(0u8..=4)) {
            let cell = Cell::new(height(shown), said.map(height));
            prop_assert_eq!((cell.shown(), cell.said()), (shown, said));
        }

        /// A filter in an address is the filter it came from.
        #[test]
        fn a_filter_reads_back_from_its_address(
            name in "[a-zåäö]{0,8}",
            unit in prop::option::of(any::<u128>()),
            gap in prop::option::of(1u8..=4),
            level in prop::option::of(1u8..=4),
            said in prop::option::of(prop::sample::select(Said::ALL.to_vec())),
            idle in prop::option::of(1u16..),
            is_referred: bool,
            by_gap: bool,
        ) {
            let filter = Filter {
                name,
                unit: unit.map(UnitId::from_u128),
                profession: Some("nurse".into()),
                system: None,
                gap,
                level: level.and_then(Level::new),
                said,
                idle,
                is_referred,
                order: if by_gap { Order::Wanting } else { Order::Name },
            };
            let query = filter.to_query();
            let read = Filter::from_query(|name| {
                query.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
            });
            prop_assert_eq!(read, filter);
        }
    }
}
