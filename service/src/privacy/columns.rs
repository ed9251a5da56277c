//! What the columns of an export mean, in words: for every column of every declared table.

use kvarten_domain::Locale;

/// What a column holds, and so how its values are written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// As it is: a number, words that a person wrote, yes or no.
    Plain,
    /// Milliseconds since 1970, written as a date and time.
    Time,
    /// The beginning of a day, written as its date.
    Day,
    /// The end of a day, written as its date.
    LastDay,
    /// An id, with the name of what it refers to beside it.
    Ref(Refers),
    /// A word of the database, with its meaning beside it.
    Code(Codes),
}

/// What an id refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Refers {
    Lesson,
    Version,
    Step,
    Attempt,
    Question,
    /// A question or a lesson: what points were given for.
    Subject,
    System,
    Statement,
    Unit,
    Profession,
    Program,
    Person,
    /// Another person, whose name is not handed out.
    Other,
    /// A row of the export itself.
    Row,
}

/// Words of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codes {
    Role,
    Language,
    Points,
    Look,
    Claim,
    Level,
    MailFailure,
    /// A reply, told in the words of its question.
    Reply,
    /// The ticked items of a checklist.
    Ticks,
}

/// A column: which table it is of (any, where none is named), its name, how it is written, and what
/// it means in Swedish and English.
type Column = (&'static str, &'static str, Kind, &'static str, &'static str);

use Codes as C;
use Kind::{Code, Day, LastDay, Plain, Ref, Time};
use Refers as R;

const COLUMNS: &[Column] = &[
    ("people", "id", Ref(R::Row), "ditt nummer i databasen", "your number in the database"),
    ("", "id", Ref(R::Row), "radens nummer i databasen", "the row's number in the database"),
    (
        "person_looks (viewer_id)",
        "person_id",
        Ref(R::Other),
        "personen som du såg; namnet lämnas inte ut här",
        "the person you saw; the name is not handed out here",
    ),
    ("", "person_id", Ref(R::Person), "personen som det gäller: du", "the person concerned: you"),
    ("", "employee_number", Plain, "ditt anställningsnummer", "your employee number"),
    ("", "email", Plain, "din e-postadress", "your e-mail address"),
    ("", "given_name", Plain, "ditt förnamn", "your given name"),
    ("", "family_name", Plain, "ditt efternamn", "your family name"),
    ("", "locale", Code(C::Language), "språket du har valt", "the language you chose"),
    ("people", "created_at", Time, "när du lades in i Kvarten", "when you were added to Kvarten"),
    ("sessions", "created_at", Time, "när du loggade in", "when you signed in"),
    (
        "known_devices",
        "created_at",
        Time,
        "när du först loggade in med enheten",
        "when you first signed in with the device",
    ),
    ("", "created_at", Time, "när det skapades", "when it was made"),
    (
        "",
        "left_at",
        Time,
        "när du slutade; tomt om du arbetar kvar",
        "when you left; empty while you work here",
    ),
    ("", "unit_id", Ref(R::Unit), "enheten", "the unit"),
    ("", "profession_id", Ref(R::Profession), "yrkesgruppen", "the profession"),
    ("", "from_at", Time, "från och med", "from"),
    (
        "",
        "until_at",
        Time,
        "till; tomt om det gäller fortfarande",
        "until; empty while it still holds",
    ),
    ("", "role", Code(C::Role), "rollen", "the role"),
    ("", "is_shared", Plain, "om det är en delad surfplatta", "whether it is a shared tablet"),
    (
        "sessions",
        "seen_at",
        Time,
        "när inloggningen senast användes",
        "when the session was last used",
    ),
    (
        "known_devices",
        "seen_at",
        Time,
        "när du senast loggade in med enheten",
        "when you last signed in with the device",
    ),
    (
        "sessions",
        "kind",
        Plain,
        "slags webbläsare och enhet; tomt om det inte är känt",
        "the kind of browser and device; empty if unknown",
    ),
    (
        "cohort_members",
        "cohort_id",
        Ref(R::Row),
        "gruppens nummer i databasen",
        "the group's number in the database",
    ),
    ("step_states", "seen_at", Time, "när du gick igenom steget", "when you went through the step"),
    (
        "",
        "seen_at",
        Time,
        "när du såg det; tomt om du inte har gjort det",
        "when you saw it; empty if you have not",
    ),
    (
        "evidence",
        "expires_at",
        Time,
        "när intyget går ut; tomt om det alltid gäller",
        "when the certificate expires; empty if never",
    ),
    ("", "expires_at", Time, "när inloggningen upphör", "when the session ends"),
    ("", "attempt_id", Ref(R::Attempt), "försöket på frågestegen", "the attempt at the quiz"),
    (
        "",
        "version_id",
        Ref(R::Version),
        "utbildningen, i den version du tog",
        "the lesson, in the version you took",
    ),
    ("", "lesson_id", Ref(R::Lesson), "utbildningen", "the lesson"),
    ("", "system_id", Ref(R::System), "systemet", "the system"),
    ("", "level", Plain, "nivån, 1–4", "the level, 1–4"),
    ("", "earned_at", Time, "när du fick det", "when you earned it"),
    ("attempts", "number", Plain, "vilket försök i ordningen", "which attempt"),
    ("", "number", Plain, "vilket svar i ordningen", "which answer in order"),
    ("", "question_id", Ref(R::Question), "frågan", "the question"),
    (
        "",
        "reply",
        Code(C::Reply),
        "ditt svar, som formuläret skickade det; bredvid står svaret i ord",
        "your answer, as the form sent it; beside it the answer in words",
    ),
    ("", "is_right", Plain, "om svaret var rätt", "whether the answer was right"),
    ("", "points", Plain, "poäng", "points"),
    ("", "answered_at", Time, "när du svarade", "when you answered"),
    (
        "",
        "seed",
        Plain,
        "talet som bestämde i vilken ordning frågor och svar visades",
        "the number that decided the order of questions and options",
    ),
    ("", "is_refresher", Plain, "om det var en repetition", "whether it was a refresher"),
    ("", "started_at", Time, "när du började", "when you began"),
    (
        "",
        "topped_at",
        Time,
        "när du nådde toppen; tomt om du inte har gjort det",
        "when you reached the top; empty if you have not",
    ),
    ("", "step_id", Ref(R::Step), "steget", "the step"),
    (
        "",
        "ticks",
        Code(C::Ticks),
        "det du har bockat av, som ett tal; bredvid står det i ord",
        "what you have ticked, as a number; beside it in words",
    ),
    (
        "",
        "video_seconds",
        Plain,
        "hur långt du har sett filmen, i sekunder",
        "how far you have watched the film, in seconds",
    ),
    ("", "visited_at", Time, "när du var där senast", "when you were there last"),
    ("", "meaning_id", Ref(R::Statement), "påståendet", "the statement"),
    ("", "claim", Code(C::Claim), "vad du svarade", "what you answered"),
    ("", "said_at", Time, "när du svarade", "when you answered"),
    (
        "",
        "height",
        Code(C::Level),
        "nivån du uppgav att du har, 0–4",
        "the level you said you have, 0–4",
    ),
    ("", "day_at", Day, "dagen", "the day"),
    ("mails", "made_at", Time, "när mejlet lades i kö", "when the e-mail was queued"),
    ("", "made_at", Time, "när det räknades ihop", "when it was summed up"),
    (
        "",
        "sender_id",
        Ref(R::Person),
        "den som skickade; tomt om uppgiften är raderad",
        "who sent it; empty if erased",
    ),
    ("", "program_id", Ref(R::Program), "programmet", "the program"),
    (
        "",
        "standing_id",
        Ref(R::Row),
        "den stående hänvisning som den kom från",
        "the standing referral it came from",
    ),
    ("", "note", Plain, "orden som följde med", "the words that came with it"),
    ("", "wish_at", LastDay, "senaste dagen i önskemålet", "the last day that was wished for"),
    ("", "days", Plain, "hur många dagar man får på sig", "how many days one has"),
    ("mails", "sent_at", Time, "när mejlet skickades", "when the e-mail was sent"),
    ("", "sent_at", Time, "när den skickades", "when it was sent"),
    (
        "",
        "withdrawn_at",
        Time,
        "när den togs tillbaka; tomt om den gäller",
        "when it was withdrawn; empty while it holds",
    ),
    ("", "changed_at", Time, "när den senast ändrades", "when it was last changed"),
    ("", "revision", Plain, "hur många gånger den har skrivits", "how many times it was written"),
    ("", "is_told_new", Plain, "om du har fått mejl om den", "whether you were mailed about it"),
    (
        "",
        "is_told_week",
        Plain,
        "om du har fått mejl en vecka innan",
        "whether you were mailed a week before",
    ),
    (
        "",
        "is_told_day",
        Plain,
        "om du har fått mejl samma dag",
        "whether you were mailed on the day",
    ),
    ("", "due_at", Time, "när mejlet ska skickas", "when the e-mail is due"),
    ("", "tries", Plain, "hur många gånger det har försökts", "how many times it was tried"),
    (
        "",
        "claimed_until",
        Time,
        "hur länge ett program håller på att skicka det",
        "until when a program is sending it",
    ),
    (
        "",
        "given_up_at",
        Time,
        "när försöken upphörde; tomt annars",
        "when trying ended; otherwise empty",
    ),
    (
        "",
        "stopped_at",
        Time,
        "när du stängde av mejlen; tomt om du vill ha dem",
        "when you turned e-mail off; empty while you want it",
    ),
    (
        "mail_failures",
        "address",
        Plain,
        "adressen som mejl inte kom fram till",
        "the address e-mail did not arrive at",
    ),
    ("mail_failures", "kind", Code(C::MailFailure), "varför", "why"),
    (
        "mail_failures",
        "code",
        Plain,
        "svaret från mejlservern, som en kod; tomt om det inte fanns något",
        "the mail server's reply code; empty if there was none",
    ),
    ("mail_failures", "failed_at", Time, "när det hände", "when it happened"),
    (
        "",
        "viewer_id",
        Ref(R::Person),
        "den som såg; tomt om uppgiften är raderad",
        "who saw it; empty if erased",
    ),
    ("", "what", Code(C::Look), "vad som visades", "what was shown"),
    ("", "times", Plain, "hur många gånger den dagen", "how many times that day"),
    ("", "first_at", Time, "första gången den dagen", "the first time that day"),
    ("", "last_at", Time, "senaste gången den dagen", "the last time that day"),
    ("points_entries", "kind", Code(C::Points), "vad poängen gavs för", "what the points were for"),
    ("", "subject_id", Ref(R::Subject), "frågan eller utbildningen", "the question or the lesson"),
    ("", "alias", Plain, "namnet du valde", "the name you chose"),
    (
        "",
        "alias_folded",
        Plain,
        "samma namn, så som namn jämförs",
        "the same name, as names are compared",
    ),
    ("", "joined_at", Time, "när du gick med", "when you joined"),
    ("", "slug", Plain, "ordet i utbildningens länk", "the lesson's address"),
    ("", "owner_id", Ref(R::Person), "den som ansvarar: du", "who is responsible: you"),
    (
        "",
        "published_version_id",
        Ref(R::Version),
        "den version som visas nu",
        "the version that is shown now",
    ),
    (
        "",
        "archived_at",
        Time,
        "när den togs bort; tomt om den finns kvar",
        "when it was removed; empty while it is there",
    ),
    (
        "looks",
        "viewer",
        Plain,
        "den som såg; tomt om uppgiften är raderad",
        "who saw it; empty if erased",
    ),
    ("looks", "profession", Plain, "yrkesgruppen hos den som såg", "the profession of who saw it"),
    (
        "looks",
        "unit",
        Plain,
        "enheten, om hela enheten visades",
        "the unit, where the whole unit was shown",
    ),
    ("looks", "on", Plain, "dagen", "the day"),
    ("looks", "at", Plain, "klockslaget", "the time of day"),
];

/// How a column of a table is written out, and what it means.
pub(super) fn column(table: &str, name: &str, locale: Locale) -> Option<(Kind, &'static str)> {
    let of =
        |whose: &str| COLUMNS.iter().find(|(table, column, ..)| *table == whose && *column == name);
    let bare = table.split(' ').next().unwrap_or_default();
    let (_, _, kind, sv, en) = of(table).or_else(|| of(bare)).or_else(|| of(""))?;
    Some((*kind, if locale == Locale::Sv { sv } else { en }))
}

/// What a column of a table means.
#[must_use]
pub fn column_in_words(table: &str, name: &str, locale: Locale) -> Option<&'static str> {
    column(table, name, locale).map(|(_, words)| words)
}
