//! What is shown of a unit, as a sheet to take along: a table of values, and above it what it is.

use kvarten_domain::overview::{Filter, Order, Overview, Said};

use crate::{
    i18n::Locale,
    text::{Lang, date, tr},
};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Words.
    Text(String),
    /// A figure.
    Number(u32),
    /// Nothing.
    Nothing,
}

/// A sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What it is.
    pub title: String,
    /// What it shows: the day, how many of how many, and the filter; a name and a value each.
    pub about: Vec<(String, String)>,
    /// What the columns are.
    pub head: Vec<String>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<Value>>,
}

/// The filter in words: a name and a value for each thing it asks.
fn in_words(l: Locale, overview: &Overview, filter: &Filter) -> Vec<(String, String)> {
    let mut words = Vec::new();
    let mut put = |name: &str, value: Option<String>| {
        words.extend(value.map(|value| (name.to_owned(), value)));
    };
    put(tr!(l, unit.name), (!filter.name.is_empty()).then(|| filter.name.clone()));
    let unit = filter.unit.and_then(|unit| overview.units.iter().find(|line| line.id == unit));
    put(tr!(l, unit.unit), unit.map(|unit| unit.name.clone()));
    let profession = filter.profession.as_ref();
    let profession =
        profession.and_then(|code| overview.professions.iter().find(|one| one.code == *code));
    put(tr!(l, unit.profession), profession.map(|one| one.name.clone()));
    let system = filter.system.as_ref();
    let system = system.and_then(|code| overview.systems.iter().find(|one| one.code == *code));
    put(tr!(l, unit.system), system.map(|one| one.name.clone()));
    put(tr!(l, unit.gap), filter.gap.map(|gap| tr!(l, unit.gap_least, count = gap).to_string()));
    put(
        tr!(l, unit.level),
        filter.level.map(|level| tr!(l, unit.level_least, level = level.number()).to_string()),
    );
    let said = filter.said.map(|said| match said {
        Said::Above => tr!(l, unit.said_above),
        Said::Below => tr!(l, unit.said_below),
        Said::Nothing => tr!(l, unit.said_nothing),
    });
    put(tr!(l, unit.said), said.map(str::to_owned));
    put(tr!(l, unit.idle), filter.idle.map(|days| tr!(l, unit.idle_days, days = days).to_string()));
    put(tr!(l, unit.referred), filter.is_referred.then(|| "✓".to_owned()));
    let order = (filter.order == Order::Wanting).then(|| tr!(l, unit.by_gap).to_string());
    put(tr!(l, unit.order), order);
    words
}

/// The people of an overview, whom a filter has let through of `total`, as a sheet.
#[must_use]
pub fn unit_sheet(
    locale: kvarten_domain::Locale,
    overview: &Overview,
    filter: &Filter,
    total: usize,
) -> Sheet {
    let l = Lang::from(locale).0;
    let mut about = vec![
        (tr!(l, unit.day).to_string(), date(l, overview.today)),
        (
            tr!(l, unit.people).to_string(),
            tr!(l, unit.count, shown = overview.people.len(), total = total).to_string(),
        ),
    ];
    let words = in_words(l, overview, filter);
    if words.is_empty() {
        about.push((tr!(l, unit.filter).to_string(), tr!(l, unit.no_filter).to_string()));
    }
    about.extend(words);
    let mut head = vec![
        tr!(l, unit.name).to_string(),
        tr!(l, unit.profession).to_string(),
        tr!(l, unit.unit).to_string(),
        tr!(l, unit.wanting).to_string(),
    ];
    for system in &overview.systems {
        for what in [tr!(l, knowledge.required), tr!(l, knowledge.shown), tr!(l, knowledge.said)] {
            head.push(format!("{}: {what}", system.name));
        }
    }
    let row = |person: &kvarten_domain::overview::PersonLine| {
        let name = |text: Option<String>| text.map_or(Value::Nothing, Value::Text);
        let mut row = vec![
            Value::Text(person.name.clone()),
            name(overview.profession_of(person).map(|one| one.name.clone())),
            name(overview.unit_of(person).map(|one| one.name.clone())),
            Value::Number(overview.wanting(person)),
        ];
        for (at, cell) in person.cells.iter().enumerate() {
            let number = |number: u8| Value::Number(u32::from(number));
            let required = overview.required(person, at);
            row.push(if required > 0 { number(required) } else { Value::Nothing });
            row.push(number(cell.shown()));
            row.push(cell.said().map_or(Value::Nothing, number));
        }
        row
    };
    Sheet {
        title: tr!(l, app.unit).to_string(),
        about,
        head,
        rows: overview.people.iter().map(row).collect(),
    }
}
