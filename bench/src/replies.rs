//! Five hundred people beginning to climb at once, and then answering at once, twenty answers each
//! without a pause.

use std::time::Instant;

use kvarten_bench::{Climber, Failure, Program, percentile};
use kvarten_domain::ladder::LadderView;
use kvarten_service::Store;
use sea_orm::{ConnectionTrait, Statement};

const PEOPLE: usize = 500;
const ANSWERS: usize = 20;

/// What was measured.
pub struct Storm {
    /// Answers that were not decided.
    pub failed: f64,
    /// Points that people were told of and the ledger does not hold, or the other way round.
    pub astray: f64,
    /// Milliseconds within which 99 of 100 had begun and saw their first question.
    pub begun_p99_ms: f64,
    /// Milliseconds within which 99 of 100 answers were decided.
    pub p99_ms: f64,
    /// Answers a second.
    pub per_second: f64,
}

fn ms_since(moment: Instant) -> f64 {
    moment.elapsed().as_secs_f64() * 1_000.0
}

/// Begins; the first question, and the milliseconds it took.
async fn begin(mut person: Climber) -> Result<(Climber, LadderView, f64), Failure> {
    let begun = Instant::now();
    let ladder = person.start().await?;
    Ok((person, ladder, ms_since(begun)))
}

/// Answers twenty times; milliseconds of each, points told of, failures.
async fn answer(
    mut person: Climber,
    mut ladder: LadderView,
) -> Result<(Vec<f64>, u64, u64), Failure> {
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
        times.push(ms_since(asked));
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
        people.push(Climber::sign_in(program.address(), &(21_000 + number).to_string()).await?);
    }
    let store = Store::connect(program.database()).await?;
    let before = ledger(&store).await?;
    let (mut climbing, mut begun_times) = (Vec::with_capacity(PEOPLE), Vec::new());
    let beginning: Vec<_> = people.into_iter().map(|person| tokio::spawn(begin(person))).collect();
    for one in beginning {
        let (person, ladder, time) = one.await??;
        climbing.push((person, ladder));
        begun_times.push(time);
    }
    let begun = Instant::now();
    let answering: Vec<_> =
        climbing.into_iter().map(|(person, ladder)| tokio::spawn(answer(person, ladder))).collect();
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
        begun_p99_ms: percentile(&mut begun_times, 99),
        p99_ms: percentile(&mut times, 99),
        per_second: (PEOPLE * ANSWERS) as f64 / seconds,
    };
    Ok(measured)
}
