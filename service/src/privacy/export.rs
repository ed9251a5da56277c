//! Everything stored about a person, to be read by the person: with times as a calendar writes them,
//! names beside ids, and words for what each table and column is.

use std::collections::{BTreeMap, BTreeSet};

use kvarten_domain::{Locale, PersonId, Timestamp, knowledge::LookLine};
use kvarten_entity::{Column, person};
use sea_orm::EntityTrait;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    columns::{Kind, Refers, column},
    names::Names,
    registry::{DECLARATIONS, Retention},
    topics::holds_en,
    values::in_words,
};
use crate::{Calendar, ServiceError, Services, competence::looks_at};

/// A table of the export before its values are in words.
struct Table {
    name: String,
    holds: &'static str,
    retention: Retention,
    rows: Vec<Value>,
}

/// Everything stored about a person: for each table what it holds, for how long, what its columns mean
/// and its rows, in words of a language.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is no such person.
pub async fn export(
    services: &Services,
    person: PersonId,
    locale: Locale,
) -> Result<Value, ServiceError> {
    let db = services.store().read();
    let row = person::Entity::find_by_id(person.key()).one(db).await?;
    let row = row.ok_or(ServiceError::NotFound)?;
    let mut tables: Vec<Table> = Vec::new();
    for declaration in DECLARATIONS {
        let rows = (declaration.export)(db.clone(), person.key()).await?;
        // A table that names people in two ways is there twice.
        let is_second = tables.iter().any(|table| table.name == declaration.table);
        let name = if is_second {
            format!("{} ({})", declaration.table, declaration.column)
        } else {
            declaration.table.to_owned()
        };
        let holds = match locale {
            Locale::Sv => declaration.holds,
            Locale::En => holds_en(declaration.table, declaration.column).unwrap_or_default(),
        };
        tables.push(Table { name, holds, retention: declaration.retention, rows });
    }
    // Who has seen one together with everybody in one's unit names one in no table.
    let looks = looks_at(services, person, None, locale).await?;
    tables.push(Table {
        name: "looks".to_owned(),
        holds: match locale {
            Locale::Sv => "vilka som har sett dina kunskaper, ensamma eller med hela enheten",
            Locale::En => "who has seen your skills, alone or with the whole unit",
        },
        retention: Retention::AfterLeaving,
        rows: looks.iter().map(look).collect(),
    });
    let names = Names::load(db, &asked(&tables, locale), locale).await?;
    let written: Map<String, Value> = tables
        .into_iter()
        .map(|table| {
            let name = table.name.clone();
            (name, write(&table, &names, services.calendar(), locale))
        })
        .collect();
    let about = match locale {
        Locale::Sv => {
            "Allt som Kvarten har sparat om dig. För varje tabell står vad den innehåller (holds), \
             hur länge det sparas (kept), vad kolumnerna betyder (columns) och det som är sparat \
             (rows). Tider är skrivna enligt ISO 8601. Lösenord och nycklar till inloggningar är \
             inte med: de går inte att läsa."
        }
        Locale::En => {
            "Everything Kvarten has stored about you. For each table: what it holds (holds), how \
             long it is kept (kept), what the columns mean (columns) and what is stored (rows). \
             Times are written as in ISO 8601. Passwords and keys of sessions are left out: they \
             cannot be read."
        }
    };
    Ok(json!({
        "about": about,
        "person": person,
        "name": format!("{} {}", row.given_name, row.family_name),
        "tables": written,
    }))
}

fn look(line: &LookLine) -> Value {
    json!({
        "viewer": line.viewer,
        "profession": line.profession,
        "what": line.what.code(),
        "unit": line.unit,
        "on": line.on.iso(),
        "at": format!("{:02}:{:02}", line.at.0, line.at.1),
        "times": line.times,
    })
}

fn kind_of(table: &str, name: &str, locale: Locale) -> (Kind, &'static str) {
    column(table, name, locale).unwrap_or((Kind::Plain, ""))
}

/// The ids whose names are needed.
fn asked(tables: &[Table], locale: Locale) -> BTreeMap<Refers, BTreeSet<Uuid>> {
    let mut asked: BTreeMap<Refers, BTreeSet<Uuid>> = BTreeMap::new();
    for table in tables {
        for row in table.rows.iter().filter_map(Value::as_object) {
            for (name, value) in row {
                let (Kind::Ref(what), _) = kind_of(&table.name, name, locale) else { continue };
                if let Some(id) = value.as_str().and_then(|id| id.parse().ok()) {
                    asked.entry(what).or_default().insert(id);
                }
            }
        }
    }
    asked
}

/// A table in words.
fn write(table: &Table, names: &Names, calendar: &Calendar, locale: Locale) -> Value {
    let mut columns: Map<String, Value> = Map::new();
    let mut rows: Vec<Value> = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let Some(row) = row.as_object() else { continue };
        let mut written = Map::new();
        for (name, value) in row {
            let (kind, words) = kind_of(&table.name, name, locale);
            columns.entry(name.clone()).or_insert_with(|| words.into());
            written.insert(name.clone(), as_written(kind, value, calendar));
            if value.is_null() {
                continue;
            }
            let beside = match kind {
                Kind::Ref(what) => {
                    let id = value.as_str().and_then(|id| id.parse().ok());
                    let called = id.and_then(|id| names.name(what, id)).map(Value::from);
                    called.zip(name.strip_suffix("_id").map(str::to_owned))
                }
                Kind::Code(codes) => in_words(codes, value, row, names, locale)
                    .map(|words| (words, format!("{name}_in_words"))),
                _ => None,
            };
            if let Some((words, name)) = beside {
                written.insert(name, words);
            }
        }
        rows.push(written.into());
    }
    json!({
        "holds": table.holds,
        "kept": table.retention.sentence(locale),
        "columns": columns,
        "rows": rows,
    })
}

/// A value as it is written out.
fn as_written(kind: Kind, value: &Value, calendar: &Calendar) -> Value {
    let Some(at) = value.as_i64().map(Timestamp) else { return value.clone() };
    match kind {
        Kind::Time => calendar.iso(at).into(),
        Kind::Day => calendar.date(at).iso().into(),
        Kind::LastDay => calendar.date(Timestamp(at.0 - 1)).iso().into(),
        _ => value.clone(),
    }
}
