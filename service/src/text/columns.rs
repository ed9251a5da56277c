//! Every text column of the schema, and whether people fill it. A test holds the list to the schema.

/// What a text column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    /// What people typed, in NFC; read by one of the functions of `field`, or published by an author.
    ByPeople,
    /// What a reply was typed as, for ever: verdicts are about it.
    AsTyped,
    /// Codes, numbers, digests and other words that the program makes or checks itself.
    ByProgram,
}

/// A text column.
#[derive(Clone, Copy, Debug)]
pub struct TextColumn {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    /// What it holds.
    pub filled: Filled,
}

const fn of(table: &'static str, column: &'static str, filled: Filled) -> TextColumn {
    TextColumn { table, column, filled }
}

/// All of them, by table.
pub static TEXT_COLUMNS: &[TextColumn] = &[
    of("answers", "reply", Filled::AsTyped),
    of("backfills", "name", Filled::ByProgram),
    of("claims", "claim", Filled::ByProgram),
    of("known_devices", "key", Filled::ByProgram),
    of("leaderboard_members", "alias", Filled::ByPeople),
    of("leaderboard_members", "alias_folded", Filled::ByProgram),
    of("lesson_versions", "keywords", Filled::ByPeople),
    of("lesson_versions", "lang", Filled::ByProgram),
    of("lesson_versions", "routine_html", Filled::ByPeople),
    of("lesson_versions", "routine_name", Filled::ByPeople),
    of("lesson_versions", "summary", Filled::ByPeople),
    of("lesson_versions", "title", Filled::ByPeople),
    of("lessons", "slug", Filled::ByProgram),
    of("mail_choices", "word", Filled::ByProgram),
    of("mail_failures", "address", Filled::ByProgram),
    of("mail_failures", "kind", Filled::ByProgram),
    of("media", "mime", Filled::ByProgram),
    of("media", "name", Filled::ByPeople),
    of("media", "sha256", Filled::ByProgram),
    of("people", "email", Filled::ByProgram),
    of("people", "employee_number", Filled::ByProgram),
    of("people", "family_name", Filled::ByPeople),
    of("people", "given_name", Filled::ByPeople),
    of("people", "locale", Filled::ByProgram),
    of("people", "password_hash", Filled::ByProgram),
    of("person_looks", "what", Filled::ByProgram),
    of("points_entries", "kind", Filled::ByProgram),
    of("professions", "code", Filled::ByProgram),
    of("professions", "name_en", Filled::ByPeople),
    of("professions", "name_sv", Filled::ByPeople),
    of("programs", "about", Filled::ByPeople),
    of("programs", "code", Filled::ByProgram),
    of("programs", "name", Filled::ByPeople),
    of("questions", "body", Filled::ByPeople),
    of("questions", "explanation", Filled::ByPeople),
    of("questions", "hint", Filled::ByPeople),
    of("questions", "prompt", Filled::ByPeople),
    of("referrals", "note", Filled::ByPeople),
    of("restore_markers", "value", Filled::ByProgram),
    of("role_grants", "role", Filled::ByProgram),
    of("seaql_migrations", "version", Filled::ByProgram),
    of("server_secrets", "name", Filled::ByProgram),
    of("server_secrets", "value", Filled::ByProgram),
    of("sessions", "data", Filled::ByProgram),
    of("sessions", "device_key", Filled::ByProgram),
    of("sessions", "key", Filled::ByProgram),
    of("sessions", "kind", Filled::ByProgram),
    of("sign_in_throttles", "key", Filled::ByProgram),
    of("standing_referrals", "note", Filled::ByPeople),
    of("statements", "text_en", Filled::ByPeople),
    of("statements", "text_sv", Filled::ByPeople),
    of("steps", "body", Filled::ByPeople),
    of("steps", "source", Filled::ByPeople),
    of("steps", "title", Filled::ByPeople),
    of("systems", "about", Filled::ByPeople),
    of("systems", "code", Filled::ByProgram),
    of("systems", "name", Filled::ByPeople),
    of("systems", "owner", Filled::ByPeople),
    of("unit_looks", "what", Filled::ByProgram),
    of("units", "kind", Filled::ByProgram),
    of("units", "name", Filled::ByPeople),
];

/// The columns of a table that people fill.
pub(super) fn filled_by_people(table: &str) -> Vec<&'static str> {
    let of_table =
        |column: &&TextColumn| column.table == table && column.filled == Filled::ByPeople;
    TEXT_COLUMNS.iter().filter(of_table).map(|column| column.column).collect()
}
