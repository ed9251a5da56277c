//! What the declared tables are about, and hold, in English; in Swedish the registry says it.

use kvarten_domain::privacy::Topic;

/// What a table is about, under which the page for its reader explains it, and holds, in English:
/// table, the column that names the person, topic, words.
const TABLES: &[(&str, &str, Topic, &str)] = &[
    ("evidence", "person_id", Topic::Learning, "your certificates"),
    ("answers", "person_id", Topic::Learning, "your answers in quizzes"),
    ("attempts", "person_id", Topic::Learning, "your attempts at quizzes"),
    ("step_states", "person_id", Topic::Learning, "which steps you have gone through"),
    ("visits", "person_id", Topic::Learning, "where in the lessons you are"),
    (
        "claims",
        "person_id",
        Topic::Assessment,
        "what you have said you can do, statement by statement",
    ),
    ("self_assessments", "person_id", Topic::Assessment, "your self-assessments"),
    (
        "competences",
        "person_id",
        Topic::Learning,
        "when your certificates and self-assessments were last summed up",
    ),
    (
        "cohort_members",
        "person_id",
        Topic::Learning,
        "which groups you are counted in when the municipality's figures are shown without names",
    ),
    ("referrals", "person_id", Topic::Referrals, "what your manager has referred you to"),
    ("referrals", "sender_id", Topic::Referrals, "referrals you have sent"),
    ("mails", "person_id", Topic::Mail, "when you were sent e-mail, and e-mail that waits"),
    ("mail_choices", "person_id", Topic::Mail, "whether you want e-mail"),
    ("mail_failures", "person_id", Topic::Mail, "that e-mail to your address did not arrive"),
    ("standing_referrals", "sender_id", Topic::Referrals, "standing referrals you have made"),
    ("person_looks", "person_id", Topic::Views, "who has seen your skills"),
    ("person_looks", "viewer_id", Topic::Views, "whose skills you have seen"),
    ("unit_looks", "viewer_id", Topic::Views, "which units' skills you have seen"),
    ("points_entries", "person_id", Topic::Points, "your points"),
    ("leaderboard_members", "person_id", Topic::Points, "your name on the leaderboard"),
    ("sessions", "person_id", Topic::Sessions, "where you are signed in"),
    ("known_devices", "person_id", Topic::Sessions, "devices that you have signed in with"),
    ("role_grants", "person_id", Topic::Work, "your roles"),
    ("employments", "person_id", Topic::Work, "where you have worked, and as what"),
    ("lessons", "owner_id", Topic::Lessons, "lessons you are responsible for"),
    ("people", "id", Topic::Person, "who you are"),
];

/// What a table holds about a person, in English.
pub(super) fn holds_en(table: &str, column: &str) -> Option<&'static str> {
    let known = TABLES.iter().find(|(name, whose, ..)| *name == table && *whose == column);
    known.map(|(.., words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::registry::DECLARATIONS;

    #[test]
    fn every_declared_table_has_words_in_both_languages() {
        for declaration in DECLARATIONS {
            let words = holds_en(declaration.table, declaration.column);
            assert!(words.is_some(), "{} {}", declaration.table, declaration.column);
        }
        assert_eq!(TABLES.len(), DECLARATIONS.len());
        for topic in Topic::ALL {
            assert!(TABLES.iter().any(|(_, _, of, _)| *of == topic), "{topic:?}");
        }
    }
}
