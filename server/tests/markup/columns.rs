//! The columns of text of the schema, and words for them.

use std::collections::BTreeSet;

use kvarten_service::Store;
use sea_orm::{ConnectionTrait, Statement};

/// What breaks out of a text area, title, option, script, attribute, comment, cell.
pub const HOSTILE: &str = concat!(
    "\" onclick=x '</textarea></title></option></select></script></style></noscript></svg></p>",
    "<form method=post action=/api/create_system><input name=name></form>",
    "<meta http-equiv=refresh content='0;url=//x'><img src=x onerror=alert(1)>\"><b x='{{7*7}}]]>",
    "&lt;i&gt;&#60;u&#62;&amp;amp; =1+1 \u{2028}\u{2029}\u{202e}<svg onload=x><base href=//x>",
    "<script>x</script>--><!--"
);

/// What a column of text holds.
#[derive(Clone, Copy, PartialEq)]
pub enum Holds {
    /// Words that people or authors write.
    Words,
    /// JSON with such words in it.
    Body,
    /// Nothing that is written: what the program makes or chooses from.
    Made,
}
use Holds::{Body, Made, Words};

/// Every column of text of the schema. A new one is put here, with what it holds.
pub const COLUMNS: &[(&str, &str, Holds)] = &[
    ("answers", "reply", Body),
    ("backfills", "name", Made),
    ("claims", "claim", Made),
    ("known_devices", "key", Made),
    ("leaderboard_members", "alias", Words),
    ("leaderboard_members", "alias_folded", Made),
    // A word for addresses, of letters, digits and hyphens.
    ("lessons", "slug", Made),
    ("lesson_versions", "lang", Made),
    ("lesson_versions", "title", Words),
    ("lesson_versions", "summary", Words),
    ("lesson_versions", "keywords", Words),
    ("lesson_versions", "routine_name", Words),
    // Sanitised when it is saved: `texts_are_sanitised_when_they_are_saved`.
    ("lesson_versions", "routine_html", Made),
    ("mail_choices", "word", Made),
    // Compared with the person's own address, which is what is shown.
    ("mail_failures", "address", Made),
    ("mail_failures", "kind", Made),
    ("media", "sha256", Made),
    ("media", "name", Words),
    ("media", "mime", Made),
    ("people", "employee_number", Words),
    ("people", "email", Words),
    ("people", "given_name", Words),
    ("people", "family_name", Words),
    ("people", "locale", Made),
    ("people", "password_hash", Made),
    ("person_looks", "what", Made),
    ("points_entries", "kind", Made),
    ("professions", "code", Made),
    ("professions", "name_sv", Words),
    ("professions", "name_en", Words),
    ("programs", "code", Made),
    ("programs", "name", Words),
    ("programs", "about", Words),
    ("questions", "prompt", Words),
    ("questions", "hint", Words),
    ("questions", "explanation", Words),
    ("questions", "body", Body),
    ("referrals", "note", Words),
    ("restore_markers", "value", Made),
    ("role_grants", "role", Made),
    // The migrations' own.
    ("seaql_migrations", "version", Made),
    ("server_secrets", "name", Made),
    ("server_secrets", "value", Made),
    ("sessions", "key", Made),
    ("sessions", "data", Made),
    ("sessions", "device_key", Made),
    // One of few words for browsers and devices.
    ("sessions", "kind", Made),
    ("sign_in_throttles", "key", Made),
    ("standing_referrals", "note", Words),
    ("statements", "text_sv", Words),
    ("statements", "text_en", Words),
    ("steps", "title", Words),
    // Shown to authors only, who have no screen yet.
    ("steps", "source", Made),
    ("steps", "body", Body),
    ("systems", "code", Made),
    ("systems", "name", Words),
    ("systems", "about", Words),
    ("systems", "owner", Words),
    ("units", "kind", Made),
    ("units", "name", Words),
    ("unit_looks", "what", Made),
];

/// Words that no screen, file or letter shows.
pub const UNSEEN: &[(&str, &str)] = &[
    // Searched only.
    ("lesson_versions", "keywords"),
    // The name a file was stored under; steps hold their own.
    ("media", "name"),
    // Shown when a question comes back after a miss, which the demonstration leaves none of.
    ("questions", "hint"),
];

/// Keys of JSON that hold no written words; `html` is sanitised when it is saved.
pub const MADE_KEYS: [&str; 7] = ["html", "media", "poster", "mime", "lang", "kind", "id"];

pub fn statement(sql: impl Into<String>) -> Statement {
    Statement::from_string(sea_orm::DbBackend::Sqlite, sql)
}

/// The columns of text there are, as the database says.
pub async fn columns(store: &Store) -> BTreeSet<(String, String)> {
    let db = store.read();
    let sql = "SELECT m.name AS place, c.name AS name, lower(c.type) AS type \
               FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'";
    let rows = db.query_all_raw(statement(sql)).await.expect("the schema");
    let of = |row: &sea_orm::QueryResult, name: &str| -> String {
        row.try_get("", name).expect("a text")
    };
    rows.iter()
        .filter(|row| {
            let kind = of(row, "type");
            let is_text = kind.contains("char") || kind.contains("text") || kind.contains("json");
            is_text && !kind.contains("uuid")
        })
        .map(|row| (of(row, "place"), of(row, "name")))
        .collect()
}

/// A value for a column; its mark says where it is seen.
pub fn words(column: &str, is_hostile: bool) -> String {
    let mark = format!("§{column}§");
    if is_hostile { format!("{HOSTILE}{mark}") } else { format!("Vanliga ord {mark}") }
}

pub fn rewritten(value: &mut serde_json::Value, words: &str) {
    match value {
        serde_json::Value::String(text) => words.clone_into(text),
        serde_json::Value::Array(items) => {
            // What can be chosen stays apart.
            for (at, item) in items.iter_mut().enumerate() {
                rewritten(item, &format!("{words} {at}"));
            }
        }
        serde_json::Value::Object(fields) => {
            for (key, field) in fields {
                if !MADE_KEYS.contains(&key.as_str()) {
                    rewritten(field, &format!("{words}{key}"));
                }
            }
        }
        _ => {}
    }
}

/// Writes words into every column that holds some.
pub async fn write(store: &Store, is_hostile: bool) {
    let transaction = store.begin().await.expect("a transaction");
    for (table, column, holds) in COLUMNS {
        let words = words(&format!("{table}.{column}"), is_hostile);
        match holds {
            Made => {}
            Words => {
                let words = words.replace('\'', "''");
                let sql = format!("UPDATE {table} SET {column} = '{words} ' || rowid");
                transaction.execute_raw(statement(sql)).await.expect("written");
            }
            Body => {
                let sql = format!("SELECT rowid AS at, {column} AS body FROM {table}");
                let rows = transaction.query_all_raw(statement(sql)).await.expect("bodies");
                for row in rows {
                    let at: i64 = row.try_get("", "at").expect("a number");
                    let body: String = row.try_get("", "body").expect("a text");
                    let mut body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
                    // A reply names what was chosen by places; what was typed is text, and short.
                    if *table == "answers" {
                        if let Some(typed) = body.get_mut("word") {
                            let markup = if is_hostile { "</b><img src=x>\"'" } else { "ord" };
                            *typed = format!("{markup}§{table}.{column}§").into();
                        }
                    } else {
                        rewritten(&mut body, &words);
                    }
                    let body = body.to_string().replace('\'', "''");
                    let sql = format!("UPDATE {table} SET {column} = '{body}' WHERE rowid = {at}");
                    transaction.execute_raw(statement(sql)).await.expect("written");
                }
            }
        }
    }
    transaction.commit().await.expect("committed");
}
