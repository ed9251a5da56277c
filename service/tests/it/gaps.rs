//! Replies to every gap of the demonstration: what is right, what is a slip, and what is another word.

use std::{collections::BTreeMap, fs, path::PathBuf};

use kvarten_domain::{AnswerId, Fault, Locale, PersonId, ladder::LadderView, reply::Fields};
use kvarten_entity::answer;
use kvarten_service::{
    ServiceError,
    authoring::{LessonDraft, QuestionBodyDraft, QuestionDraft, RungDraft},
    learner::Learner,
    new_id,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};

use crate::{
    story,
    town::{OWNER, On, Town, begin, draft},
};

/// How a reply is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    Right,
    /// Right, and its spelling is shown.
    Slip,
    Wrong,
    /// Nothing was written.
    Empty,
}
use Is::{Empty, Right, Slip, Wrong};

/// Lesson, the first word that fits its gap, a reply, and how it is judged.
const REPLIES: [(&str, &str, &str, Is); 118] = [
    ("bilagor-moten-och-franvaro", "bråttom", "Bråttom!", Right),
    ("bilagor-moten-och-franvaro", "bråttom", "bråtom", Slip),
    ("bilagor-moten-och-franvaro", "bråttom", "brådskade", Wrong),
    ("bilagor-moten-och-franvaro", "bråttom", "en brådskande fråga.", Right),
    ("bilagor-moten-och-franvaro", "bråttom", "inte bråttom", Wrong),
    ("bilagor-moten-och-franvaro", "bråttom", "obråttom", Wrong),
    ("bilagor-moten-och-franvaro", "bråttom", "brådska", Wrong),
    ("dagens-besok", "utförd", "Utförd", Right),
    ("dagens-besok", "utförd", "utfo\u{308}rd", Right),
    ("dagens-besok", "utförd", "”utförd”", Right),
    ("dagens-besok", "utförd", "outförd", Wrong),
    ("dagens-besok", "utförd", "införd", Wrong),
    ("dagens-besok", "utförd", "uppförd", Wrong),
    ("dagens-besok", "utförd", "utförs", Wrong),
    ("dagens-besok", "utförd", "utford", Slip),
    ("dagens-besok", "utförd", "genomförrd", Slip),
    ("dagens-besok", "utförd", "avslutat", Wrong),
    ("dagens-besok", "utförd", "oavslutad", Wrong),
    ("dagens-besok", "utförd", "ansluten", Wrong),
    ("digitala-kalendern", "lov", "LOV", Right),
    ("digitala-kalendern", "lov", "löv", Wrong),
    ("digitala-kalendern", "lov", "lön", Wrong),
    ("digitala-kalendern", "lov", "olov", Wrong),
    ("digitala-kalendern", "lov", "tilåtelse", Slip),
    ("digitala-kalendern", "lov", "till stånd", Slip),
    ("digitala-kalendern", "lov", "otillåtelse", Wrong),
    ("digitala-kalendern", "lov", "samtycker", Wrong),
    ("digitala-kalendern", "lov", "godkänande", Slip),
    ("enhetens-parm", "journalen", "« journalen »", Right),
    ("enhetens-parm", "journalen", "jour\u{ad}nalen", Right),
    ("enhetens-parm", "journalen", "jurnalen", Slip),
    ("enhetens-parm", "journalen", "jorunalen", Slip),
    ("enhetens-parm", "journalen", "journaler", Wrong),
    ("enhetens-parm", "journalen", "journalist", Wrong),
    ("enhetens-parm", "journalen", "den\u{a0}sociala  journalen", Right),
    ("enhetens-parm", "journalen", "den sosiala journalen", Wrong),
    ("folj-avvikelsen-hela-vagen", "namn", "namn:", Right),
    ("folj-avvikelsen-hela-vagen", "namn", "hamn", Wrong),
    ("folj-avvikelsen-hela-vagen", "namn", "person-uppgifter", Slip),
    ("folj-avvikelsen-hela-vagen", "namn", "persnuppgifter", Slip),
    ("folj-avvikelsen-hela-vagen", "namn", "kolegor", Slip),
    ("folj-avvikelsen-hela-vagen", "namn", "kollegan", Wrong),
    ("folj-avvikelsen-hela-vagen", "ny", "Ny.", Right),
    ("folj-avvikelsen-hela-vagen", "ny", "ty", Wrong),
    ("folj-avvikelsen-hela-vagen", "ny", "ytterliggare", Slip),
    ("ga-med-i-videomotet", "mikrofonen", "ＭＩＫＲＯＦＯＮＥＮ", Right),
    ("ga-med-i-videomotet", "mikrofonen", "mikrofoonen", Slip),
    ("ga-med-i-videomotet", "mikrofonen", "mikrofoner", Wrong),
    ("ga-med-i-videomotet", "mikrofonen", "mikrofilm", Wrong),
    ("ga-med-i-videomotet", "mikrofonen", "luddet", Wrong),
    ("hitta-dina-filer", "sparad", "sparad", Right),
    ("hitta-dina-filer", "sparad", "osparad", Wrong),
    ("hitta-dina-filer", "sparad", "ej sparad", Wrong),
    ("hitta-dina-filer", "sparad", "inte sparad", Wrong),
    ("hitta-dina-filer", "sparad", "’sparad’", Right),
    ("hitta-dina-filer", "sparad", "‘sparad’", Right),
    ("hitta-dina-filer", "sparad", "“sparad”", Right),
    ("hitta-dina-filer", "sparad", "«sparad»", Right),
    ("hitta-dina-filer", "sparad", "„sparad“", Right),
    ("hitta-dina-filer", "sparad", "sparad\u{200b}", Right),
    ("hitta-dina-filer", "sparad", "sparad . . .", Right),
    ("hitta-dina-filer", "sparad", "sprad", Slip),
    ("hitta-dina-filer", "sparad", "sapard", Wrong),
    ("hitta-dina-filer", "sparad", "spaard", Slip),
    ("hitta-dina-filer", "sparad", "sparrad", Slip),
    ("hitta-dina-filer", "sparad", "spårad", Wrong),
    ("hitta-dina-filer", "sparad", "sparkad", Wrong),
    ("hitta-dina-filer", "sparad", "spanad", Wrong),
    ("hitta-dina-filer", "sparad", "svarad", Wrong),
    ("hitta-dina-filer", "sparad", "sparar", Wrong),
    ("hitta-dina-filer", "sparad", "färdig-sparad", Slip),
    ("hitta-dina-filer", "sparad", "\u{200b}", Empty),
    ("hitta-dina-filer", "sparad", " ”…” ", Empty),
    ("mobilen-i-jobbet", "ja", "JA!", Right),
    ("mobilen-i-jobbet", "ja", "nja", Wrong),
    ("mobilen-i-jobbet", "ja", "nej", Wrong),
    ("mobilen-i-jobbet", "ja", "ja till bilen", Wrong),
    ("mobilen-i-jobbet", "ja", "ja, till bilden", Right),
    ("planera-veckan-i-kalendern", "återkommande", "Återkommande", Right),
    ("planera-veckan-i-kalendern", "återkommande", "återkomande", Slip),
    ("planera-veckan-i-kalendern", "återkommande", "inåterkommande", Wrong),
    ("planera-veckan-i-kalendern", "återkommande", "inkommande", Wrong),
    ("planera-veckan-i-kalendern", "återkommande", "oregelbunden", Wrong),
    ("planera-veckan-i-kalendern", "återkommande", "regelbundet", Wrong),
    ("rapportera-avvikelse", "pass", "pass;", Right),
    ("rapportera-avvikelse", "pass", "arbets-pass", Slip),
    ("rapportera-avvikelse", "pass", "arbetsplats", Wrong),
    ("rapportera-avvikelse", "pass", "pasta", Wrong),
    ("saker-e-post", "ämne", "ämne .", Right),
    ("saker-e-post", "ämne", "ämne\u{200b}", Right),
    ("saker-e-post", "ämne", "a\u{308}mne", Right),
    ("saker-e-post", "ämne", "ämnen", Wrong),
    ("saker-e-post", "ämne", "ämnesråd", Wrong),
    ("saker-e-post", "ämne", "rubirk", Slip),
    ("saker-e-post", "ämne", "fabrik", Wrong),
    ("schema-och-franvaro", "friskanmäla", "FRISK‑ANMÄLA", Right),
    ("schema-och-franvaro", "friskanmäla", "friskanmala", Slip),
    ("schema-och-franvaro", "friskanmäla", "sjukanmäla", Wrong),
    ("schema-och-franvaro", "friskanmäla", "friskanmäler", Wrong),
    ("signera-lakemedel", "delegering", "delegering?", Right),
    ("signera-lakemedel", "delegering", "deligering", Slip),
    ("signera-lakemedel", "delegering", "relegering", Wrong),
    ("signera-lakemedel", "delegering", "delegeringar", Wrong),
    ("signera-lakemedel", "gett", "gett—", Right),
    ("signera-lakemedel", "gett", "sett", Wrong),
    ("signera-lakemedel", "gett", "lämpat", Wrong),
    ("signera-lakemedel", "gett", "delat  ut.", Right),
    ("skriv-i-journalen", "hört", "hört", Right),
    ("skriv-i-journalen", "hört", "ohört", Wrong),
    ("skriv-i-journalen", "bedömning", "bedömming", Slip),
    ("skriv-i-journalen", "bedömning", "bedövning", Wrong),
    ("skriv-i-journalen", "bedömning", "kansla", Slip),
    ("skriv-i-journalen", "bedömning", "torkning", Wrong),
    ("skriv-mot-malen-i-planen", "mål", "mål,", Right),
    ("skriv-mot-malen-i-planen", "mål", "mal", Wrong),
    ("skriv-mot-malen-i-planen", "varför", "därför", Wrong),
    ("ta-emot-larm", "provlarma", "prov\u{2011}larma", Right),
    ("ta-emot-larm", "provlarma", "provlarmar", Wrong),
];

fn demonstration() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../server/demo/lessons")
}

fn is_gap(question: &QuestionDraft, fits: &str) -> bool {
    matches!(&question.body, QuestionBodyDraft::Word { accepted, .. } if accepted[0] == fits)
}

/// The lesson with one gap on its first rung, and every other question above.
fn with_gap_first(slug: &str, fits: &str) -> LessonDraft {
    let text = fs::read_to_string(demonstration().join(slug).join("lesson.toml")).expect("a file");
    let mut draft: LessonDraft = toml::from_str(&text).expect("a lesson");
    let (gap, others): (Vec<_>, Vec<_>) =
        draft.rungs.into_iter().flat_map(|rung| rung.questions).partition(|it| is_gap(it, fits));
    assert_eq!(gap.len(), 1, "{slug}: {fits}");
    draft.rungs =
        vec![RungDraft { draw: 1, questions: gap }, RungDraft { draw: 2, questions: others }];
    draft.slug = format!("{slug}-{}", fits.len());
    draft.system = "outlook".into();
    draft.professions.clear();
    draft.owner = OWNER.into();
    draft
}

async fn judged(learner: &Learner<'_>, ladder: &LadderView, word: &str) -> (Is, Option<String>) {
    let question = ladder.question.as_ref().expect("asks").id;
    let fields = Fields::from([("word".to_owned(), word.to_owned())]);
    match learner.submit_reply(new_id::<AnswerId>(), ladder.attempt, question, fields).await {
        Ok((outcome, _)) => match (outcome.verdict.is_right, outcome.verdict.spelling) {
            (true, None) => (Right, None),
            (true, Some(spelling)) => (Slip, Some(spelling)),
            (false, _) => (Wrong, None),
        },
        Err(ServiceError::Invalid { fault: Fault::Empty, .. }) => (Empty, None),
        Err(error) => panic!("{word}: {error}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::map_entry, reason = "what is put there is awaited")]
async fn replies_to_the_gaps_of_the_demonstration() {
    let town = Town::on(On::Sqlite).await.expect("SQLite").with_unit("Solgläntan").await;
    let alma = town.signed_in(town.staff("Alma", "Solgläntan").await).await;
    let learner = town.learner(&alma);
    let mut ladders: BTreeMap<(&str, &str), LadderView> = BTreeMap::new();
    let mut others = Vec::new();
    for (slug, fits, word, expected) in REPLIES {
        if !ladders.contains_key(&(slug, fits)) {
            let draft = with_gap_first(slug, fits);
            let folder = demonstration().join(slug);
            let file = |name: &str| fs::read(folder.join(name)).ok();
            town.operator().publish_lesson(&draft, &file).await.expect("published");
            ladders.insert((slug, fits), begin(&learner, &draft.slug).await);
        }
        let (is, spelling) = judged(&learner, &ladders[&(slug, fits)], word).await;
        if is != expected {
            others.push(format!(
                "{slug}: {word:?} for {fits} is {is:?} {spelling:?}, not {expected:?}"
            ));
        }
    }
    assert!(others.is_empty(), "{others:#?}");
    let gaps = fs::read_dir(demonstration()).expect("lessons").flatten();
    let gaps: usize = gaps
        .map(|folder| fs::read_to_string(folder.path().join("lesson.toml")).expect("a lesson"))
        .map(|text| text.matches("kind = \"word\"").count())
        .sum();
    assert_eq!(ladders.len(), gaps, "every gap has its replies");
}

fn gap_lesson() -> LessonDraft {
    let mut draft = serde_json::to_value(draft("fil", "outlook", 1)).expect("a draft");
    let gap = |prompt: &str| {
        serde_json::json!({
            "kind": "word", "prompt": prompt, "explanation": "Så är det", "hint": "",
            "before": "Filen är", "after": ".", "accepted": ["sparad"]
        })
    };
    for rung in draft["rung"].as_array_mut().expect("rungs") {
        *rung = serde_json::json!({ "draw": 2, "question": [gap("ett"), gap("två"), gap("tre")] });
    }
    serde_json::from_value(draft).expect("a draft")
}

async fn answered(town: &Town, person: PersonId, word: &str) -> (bool, Option<String>) {
    let who = town.signed_in(person).await;
    let learner = town.learner(&who);
    let ladder = begin(&learner, "fil").await;
    let question = ladder.question.as_ref().expect("asks").id;
    let fields = Fields::from([("word".to_owned(), word.to_owned())]);
    let sent = learner.submit_reply(ladder.reply_id, ladder.attempt, question, fields).await;
    let verdict = sent.expect("decided").0.verdict;
    (verdict.is_right, verdict.spelling)
}

story!(a_word_is_judged_by_its_letters_and_a_slip_makes_no_other_word, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.operator().publish_lesson(&gap_lesson(), &|_| None).await.expect("published");
    let replies = [
        ("’sparad’ .", Some(false)),
        ("SPARAD\u{200b}", Some(false)),
        ("sprad", Some(true)),
        ("osparad", None),
        ("spårad", None),
        ("sparat", None),
    ];
    for (at, (word, expected)) in replies.into_iter().enumerate() {
        let person = town.staff(&format!("Elev{at}"), "Solgläntan").await;
        let (is_right, spelling) = answered(&town, person, word).await;
        assert_eq!(is_right.then_some(spelling.is_some()), expected, "{word}");
    }
});

// What was decided stays, also where the rule of today would decide otherwise.
story!(a_verdict_that_was_given_stays, |town| {
    let town = town.with_unit("Solgläntan").await;
    town.operator().publish_lesson(&gap_lesson(), &|_| None).await.expect("published");
    let person = town.staff("Alma", "Solgläntan").await;
    let who = town.signed_in(person).await;
    let learner = town.learner(&who);
    let ladder = begin(&learner, "fil").await;
    let question = ladder.question.as_ref().expect("asks").id;
    let fields = Fields::from([("word".to_owned(), "sparad".to_owned())]);
    let id = ladder.reply_id;
    learner.submit_reply(id, ladder.attempt, question, fields.clone()).await.expect("decided");
    let db = town.services.store().read();
    for (word, was_right) in [("osparad", true), ("sparad", false), ("\u{200b}", false)] {
        let reply = serde_json::json!({ "word": word }).to_string();
        let row = answer::Entity::find().one(db).await.expect("read").expect("an answer");
        let mut row: answer::ActiveModel = row.into();
        row.reply = Set(reply);
        row.is_right = Set(was_right);
        row.update(db).await.expect("written");
        let page = learner.ladder("fil", Some(id), Locale::Sv).await.expect("a page");
        let outcome = page.outcome.expect("an outcome");
        assert_eq!(outcome.verdict.is_right, was_right, "{word:?}");
        let again = learner.submit_reply(id, ladder.attempt, question, fields.clone()).await;
        assert_eq!(again.expect("once").0.verdict.is_right, was_right, "{word:?}");
    }
});
