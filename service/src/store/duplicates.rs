//! What a violated unique constraint means, by the constraint's name.

use sea_orm::sqlx::error::DatabaseError;

/// What a violated unique constraint means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DuplicateKind {
    /// The value of this field is taken.
    Field(&'static str),
    /// The client-generated id was used for another write.
    Id,
    /// Two transactions inserted the same row at once; a retry finds it.
    Retry,
}

/// Constraints on what a user sends, by their names in SQLite and PostgreSQL. All others are on
/// values that only the program generates.
const CONSTRAINTS: &[(&str, &str, DuplicateKind)] = &[
    (
        "people.employee_number",
        "people_employee_number_key",
        DuplicateKind::Field("employee_number"),
    ),
    ("people.email", "people_email_key", DuplicateKind::Field("email")),
    ("professions.code", "professions_code_key", DuplicateKind::Field("code")),
    ("systems.code", "systems_code_key", DuplicateKind::Field("code")),
    ("programs.code", "ix_programs_code", DuplicateKind::Field("code")),
    (
        "leaderboard_members.alias_folded",
        "leaderboard_members_alias_folded_key",
        DuplicateKind::Field("alias"),
    ),
    ("answers.id", "answers_pkey", DuplicateKind::Id),
    ("attempts.id", "attempts_pkey", DuplicateKind::Id),
    ("referrals.id", "referrals_pkey", DuplicateKind::Id),
    ("standing_referrals.id", "standing_referrals_pkey", DuplicateKind::Id),
];

/// What a unique violation means.
pub(super) fn kind_of(error: &(dyn DatabaseError + 'static)) -> DuplicateKind {
    // PostgreSQL names the constraint; SQLite lists the columns at the end of its message.
    let message = error.message();
    let name = error
        .constraint()
        .or_else(|| message.split_once("UNIQUE constraint failed: ").map(|(_, columns)| columns))
        .unwrap_or_default();
    of_name(name)
}

fn of_name(name: &str) -> DuplicateKind {
    let known =
        CONSTRAINTS.iter().find(|(sqlite, postgres, _)| name == *sqlite || name == *postgres);
    known.map_or(DuplicateKind::Retry, |(.., kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use rstest::rstest;
    use sea_orm::{ConnectionTrait, DbBackend, Statement};

    /// Unique columns whose values only the program generates.
    const GENERATED: &[&str] = &[
        "answers.attempt_id, answers.number",
        "attempts.person_id, attempts.version_id, attempts.number",
        "lesson_versions.lesson_id, lesson_versions.number",
        "lessons.slug",
        "mail_choices.word",
        "mails.person_id",
        "person_looks.person_id, person_looks.viewer_id, person_looks.what, person_looks.day_at",
        "program_lessons.program_id, program_lessons.lesson_id",
        "questions.version_id, questions.rung, questions.number",
        "steps.version_id, steps.number",
        "unit_looks.unit_id, unit_looks.viewer_id, unit_looks.what, unit_looks.day_at",
    ];

    #[rstest]
    #[case("people.employee_number", DuplicateKind::Field("employee_number"))]
    #[case("people_email_key", DuplicateKind::Field("email"))]
    #[case("answers_pkey", DuplicateKind::Id)]
    #[case("steps.version_id, steps.number", DuplicateKind::Retry)]
    fn a_constraint_is_classified(#[case] name: &str, #[case] expected: DuplicateKind) {
        assert_eq!(of_name(name), expected);
    }

    #[tokio::test]
    async fn every_unique_constraint_is_classified() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("kvarten.db");
        let store = Store::connect(&format!("sqlite:{}", file.display())).await.expect("opens");
        store.migrate().await.expect("migrates");
        let sql = "SELECT (SELECT group_concat(m.name || '.' || c.name, ', ') \
                           FROM pragma_index_info(i.name) AS c) AS columns, i.origin AS origin \
                   FROM sqlite_master AS m, pragma_index_list(m.name) AS i \
                   WHERE m.type = 'table' AND i.\"unique\" AND m.name <> 'seaql_migrations'";
        let rows = Statement::from_string(DbBackend::Sqlite, sql);
        let rows = store.read().query_all_raw(rows).await.expect("rows");
        let text = |column| move |row: &sea_orm::QueryResult| row.try_get::<String>("", column);
        let (mut unique, mut keys) = (Vec::new(), Vec::new());
        for row in &rows {
            let columns = text("columns")(row).expect("columns");
            let is_key = text("origin")(row).expect("an origin") == "pk";
            if is_key { keys.push(columns) } else { unique.push(columns) }
        }
        for columns in &unique {
            let is_known = CONSTRAINTS.iter().any(|(sqlite, ..)| sqlite == columns);
            assert!(is_known != GENERATED.contains(&&**columns), "{columns}: not classified");
        }
        for (sqlite, ..) in CONSTRAINTS {
            let is_there = unique.iter().chain(&keys).any(|columns| columns == sqlite);
            assert!(is_there, "there is no {sqlite}");
        }
    }
}
