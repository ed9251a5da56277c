//! Five hundred people answering at once, twenty answers each, without a pause.

use std::time::Instant;

use codee::{Decoder, Encoder, binary::PostcardCodec};
use kvarten_domain::{
    AnswerId, AttemptId,
    ladder::{LadderPage, LadderView, ReplyOutcome},
    question::QuestionFace,
    reply::Fields,
};
use kvarten_service::{Store, new_id};
use sea_orm::{ConnectionTrait, Statement};
use serde::de::DeserializeOwned;

use crate::{
    Failure,
    client::{Client, percentile},
    program::Program,
};

const PEOPLE: usize = 500;
const ANSWERS: usize = 20;
const SLUG: &str = "saker-e-post";
const FORM: &str = "application/x-www-form-urlencoded";

/// What was measured.
pub struct Storm {
    /// Answers that were not decided.
    pub failed: f64,
    /// Points that people were told of and the ledger does not hold, or the other way round.
    pub astray: f64,
    /// Milliseconds within which 99 of 100 answers were decided.
    pub p99_ms: f64,
    /// Answers a second.
    pub per_second: f64,
}

/// Somebody who answers.
struct Person {
    client: Client,
    cookie: String,
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    PostcardCodec::decode(bytes).map_err(|error| format!("unreadable: {error}").into())
}

impl Person {
    async fn ladder(&mut self) -> Result<LadderPage, Failure> {
        let asked = PostcardCodec::encode(&(SLUG, None::<AnswerId>))?;
        let answer =
            self.client.post("/api/ladder", &self.cookie, "application/postcard", asked).await?;
        read(&answer.body)
    }

    async fn start(&mut self) -> Result<LadderView, Failure> {
        let fields = format!("slug={SLUG}&attempt={}", new_id::<AttemptId>());
        self.client.post("/api/start_attempt", &self.cookie, FORM, fields.into()).await?;
        self.ladder().await?.ladder.ok_or_else(|| "no ladder".into())
    }

    async fn reply(&mut self, ladder: &LadderView) -> Result<(ReplyOutcome, LadderView), Failure> {
        let fields = form_of(ladder).ok_or("at the top")?;
        let answer = self.client.post("/api/submit_reply", &self.cookie, FORM, fields).await?;
        if answer.status != 200 {
            return Err(format!("answered {}", answer.status).into());
        }
        read(&answer.body)
    }
}

/// The form of a reply to what a ladder asks; nothing at the top.
fn form_of(ladder: &LadderView) -> Option<Vec<u8>> {
    let question = ladder.question.as_ref()?;
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("slug", SLUG)
        .append_pair("answer", &ladder.reply_id.to_string())
        .append_pair("attempt", &ladder.attempt.to_string())
        .append_pair("question", &question.id.to_string());
    for (name, value) in some_fields(&question.face) {
        form.append_pair(&format!("pick[{name}]"), &value);
    }
    Some(form.finish().into_bytes())
}

/// A whole reply, right or wrong as it happens.
fn some_fields(face: &QuestionFace) -> Fields {
    let only = |value: &str| Fields::from([("only".to_owned(), value.to_owned())]);
    match face {
        QuestionFace::Single { .. } | QuestionFace::Point { .. } => only("0"),
        QuestionFace::TrueFalse => only("true"),
        QuestionFace::Multiple { .. } => Fields::from([("o0".to_owned(), "on".to_owned())]),
        QuestionFace::Order { items } => {
            (0..items.len()).map(|at| (format!("o{at}"), (at + 1).to_string())).collect()
        }
        QuestionFace::Match { lefts, .. } => {
            (0..lefts.len()).map(|at| (format!("o{at}"), at.to_string())).collect()
        }
        QuestionFace::Word { .. } => Fields::from([("word".to_owned(), "ämne".to_owned())]),
    }
}

/// Answers twenty times; milliseconds of each, points told of, failures.
async fn answer(mut person: Person) -> Result<(Vec<f64>, u64, u64), Failure> {
    let mut ladder = person.start().await?;
    let (mut times, mut points, mut failed) = (Vec::new(), 0, 0);
    for _ in 0..ANSWERS {
        if ladder.is_topped() {
            ladder = person.start().await?;
        }
        let asked = Instant::now();
        match person.reply(&ladder).await {
            Ok((outcome, after)) => {
                points += u64::from(outcome.points);
                ladder = after;
            }
            Err(error) => {
                eprintln!("{error}");
                failed += 1;
            }
        }
        times.push(asked.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok((times, points, failed))
}

/// Points for questions in the ledger.
async fn ledger(store: &Store) -> Result<i64, Failure> {
    let sum = "SELECT CAST(COALESCE(SUM(points), 0) AS BIGINT) AS points FROM points_entries \
               WHERE kind <> 'lesson'";
    let row = store.read().query_one_raw(Statement::from_string(store.backend(), sum)).await?;
    Ok(row.ok_or("no sum")?.try_get("", "points")?)
}

/// Measures the storm.
pub async fn measure(program: &Program) -> Result<Storm, Failure> {
    let mut people = Vec::with_capacity(PEOPLE);
    for number in 0..PEOPLE {
        let mut client = Client::connect(program.address()).await?;
        let cookie = client.sign_in(&(21_000 + number).to_string()).await?;
        people.push(Person { client, cookie });
    }
    let store = Store::connect(&program.database()).await?;
    let before = ledger(&store).await?;
    let begun = Instant::now();
    let answering: Vec<_> = people.into_iter().map(|person| tokio::spawn(answer(person))).collect();
    let (mut times, mut points, mut failed) = (Vec::new(), 0, 0);
    for one in answering {
        let (of_one, earned, not) = one.await??;
        times.extend(of_one);
        points += earned;
        failed += not;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let after = ledger(&store).await?;
    store.close().await;
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let measured = Storm {
        failed: failed as f64,
        astray: (after - before).abs_diff(i64::try_from(points)?) as f64,
        p99_ms: percentile(&mut times, 99),
        per_second: (PEOPLE * ANSWERS) as f64 / seconds,
    };
    Ok(measured)
}
