//! Brings texts that were stored before there was one text model into its form, once.
//!
//! Nothing is refused: names that turn out to be one name are listed, and both stay.

use std::collections::{BTreeMap, BTreeSet};

use kvarten_entity::{backfill, leaderboard_member, profession, program, system, unit};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryResult,
    sea_query::{Alias as Name, Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::{
    Alias,
    characters::check,
    columns::{TEXT_COLUMNS, filled_by_people},
    form::{is_nfc, nfc},
    identity::{identity_key, lookalike_key},
};
use crate::{Store, store::WriteTransaction};

/// The conversion's name in `backfills`.
const NAME: &str = "one text model";

/// What a person has to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// How many texts were changed.
    pub converted: usize,
    /// Names that are one name now, and texts that would be refused today, in words.
    pub lines: Vec<String>,
}

/// Converts every stored text, unless that has been done, and logs what a person has to look at.
///
/// # Errors
/// Those of the database.
pub async fn convert_stored_text(store: &Store) -> Result<Findings, DbErr> {
    if backfill::Entity::find_by_id(NAME.to_owned()).one(store.read()).await?.is_some() {
        return Ok(Findings::default());
    }
    let writing = store.begin().await?;
    let mut findings = Findings::default();
    let tables: BTreeSet<&str> = TEXT_COLUMNS.iter().map(|column| column.table).collect();
    for table in tables {
        let columns = filled_by_people(table);
        if !columns.is_empty() && table != "leaderboard_members" {
            convert_table(&writing, table, &columns, &mut findings).await?;
        }
    }
    convert_aliases(&writing, &mut findings).await?;
    list_twins(&writing, &mut findings).await?;
    let done = backfill::ActiveModel { name: Set(NAME.to_owned()), done_at: Set(crate::now().0) };
    backfill::Entity::insert(done).exec_without_returning(&writing).await?;
    writing.commit().await?;
    if findings.converted > 0 {
        tracing::info!(texts = findings.converted, "stored texts are in NFC now");
    }
    for line in &findings.lines {
        tracing::warn!("{line}");
    }
    Ok(findings)
}

async fn convert_table(
    writing: &WriteTransaction,
    table: &str,
    columns: &[&str],
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let mut select = Query::select();
    select.column("id").from(Name::new(table)).order_by("id", sea_orm::Order::Asc);
    for column in columns {
        select.column(Name::new(*column));
    }
    let rows = writing.query_all(&select).await?;
    for row in rows {
        let id: Uuid = row.try_get("", "id")?;
        let mut changed = Vec::new();
        for column in columns {
            let Some(text) = text_of(&row, column)? else { continue };
            if !is_nfc(&text) {
                changed.push((Name::new(*column), Expr::value(nfc(&text))));
            }
            if check(&text, true).is_err() && table != "steps" && table != "questions" {
                let line = format!("{table}.{column} of {id} holds characters that cannot be seen");
                findings.lines.push(line);
            }
        }
        if changed.is_empty() {
            continue;
        }
        findings.converted += changed.len();
        let mut update = Query::update();
        update.table(Name::new(table)).values(changed).and_where(Expr::col("id").eq(id));
        writing.execute(&update).await?;
    }
    Ok(())
}

fn text_of(row: &QueryResult, column: &str) -> Result<Option<String>, DbErr> {
    row.try_get::<Option<String>>("", column)
}

/// Gives every name of the leaderboard its key. Of names that look alike the oldest has it; the others
/// stay, and are told apart by their ids until they are changed. A name in which nothing can be seen
/// goes: it is an empty line to all who read the board.
async fn convert_aliases(writing: &WriteTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let members = leaderboard_member::Entity::find()
        .order_by_asc(leaderboard_member::Column::JoinedAt)
        .order_by_asc(leaderboard_member::Column::PersonId)
        .all(writing)
        .await?;
    // No key may stand in the way of another while they change.
    for member in &members {
        put_alias(writing, member, &member.alias, &member.person_id.to_string()).await?;
    }
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    for member in members {
        let read = Alias::read(&member.alias);
        let key = lookalike_key(&member.alias);
        if key.is_empty() && read.is_err() {
            findings.lines.push(format!(
                "a name on the leaderboard cannot be seen; {} takes part no more",
                member.person_id
            ));
            leaderboard_member::Entity::delete_by_id(member.person_id).exec(writing).await?;
            continue;
        }
        if let Err(fault) = &read {
            findings.lines.push(format!(
                "the leaderboard's name {:?} would be refused today: {}",
                member.alias,
                fault.code()
            ));
        }
        let alias = read.map_or_else(|_| nfc(&member.alias), |alias| alias.as_str().to_owned());
        findings.converted += usize::from(alias != member.alias);
        let free = match keys.get(&key) {
            None => key.clone(),
            Some(other) => {
                findings
                    .lines
                    .push(format!("the leaderboard's names {other:?} and {alias:?} look alike"));
                format!("{key}#{}", member.person_id)
            }
        };
        put_alias(writing, &member, &alias, &free).await?;
        keys.entry(key).or_insert(alias);
    }
    Ok(())
}

async fn put_alias(
    writing: &WriteTransaction,
    member: &leaderboard_member::Model,
    alias: &str,
    key: &str,
) -> Result<(), DbErr> {
    leaderboard_member::Entity::update_many()
        .col_expr(leaderboard_member::Column::Alias, Expr::value(alias))
        .col_expr(leaderboard_member::Column::AliasFolded, Expr::value(key))
        .filter(leaderboard_member::Column::PersonId.eq(member.person_id))
        .exec(writing)
        .await?;
    Ok(())
}

/// Lists units beside each other, systems, programs and professions that share a name.
async fn list_twins(writing: &WriteTransaction, findings: &mut Findings) -> Result<(), DbErr> {
    let units = unit::Entity::find().filter(unit::Column::ClosedAt.is_null()).all(writing).await?;
    let units = units.into_iter().map(|row| (row.parent_id, row.name, row.id));
    twins("units", units, findings);
    let systems = system::Entity::find().all(writing).await?;
    twins("systems", systems.into_iter().map(|row| (None, row.name, row.id)), findings);
    let programs = program::Entity::find().all(writing).await?;
    twins("programs", programs.into_iter().map(|row| (None, row.name, row.id)), findings);
    let professions = profession::Entity::find().all(writing).await?;
    twins("professions", professions.into_iter().map(|row| (None, row.code, row.id)), findings);
    Ok(())
}

fn twins(
    what: &str,
    rows: impl Iterator<Item = (Option<Uuid>, String, Uuid)>,
    findings: &mut Findings,
) {
    let mut known: BTreeMap<(Option<Uuid>, String), (String, Uuid)> = BTreeMap::new();
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|(_, _, id)| *id);
    for (place, name, id) in rows {
        let key = (place, identity_key(&name));
        if let Some((other, other_id)) = known.get(&key) {
            findings.lines.push(format!(
                "two {what} have one name: {other:?} ({other_id}) and {name:?} ({id})"
            ));
        } else {
            known.insert(key, (name, id));
        }
    }
}
