//! What is shown of a unit, as a sheet to take along: a table of values, and above it what it is.

use kvarten_domain::overview::{Filter, Overview};

pub use crate::screens::{WARNED, shared_file_path};
use crate::{
    parts::filter_words,
    text::{Lang, date, shown_of, tr},
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
        (tr!(l, unit.people).to_string(), shown_of(l, overview.people.len(), total)),
    ];
    let words = filter_words(l, overview, filter);
    if words.is_empty() {
        about.push((tr!(l, unit.filter).to_string(), tr!(l, unit.no_filter).to_string()));
    }
    about.extend(words);
    let mut head = vec![
        tr!(l, unit.name).to_string(),
        tr!(l, unit.number).to_string(),
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
            name(person.number.clone()),
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
