//! Lär for somebody signed in: the whole page, drawn by the server.

use std::time::{Duration, Instant};

use kvarten_bench::{Client, Failure, Program, percentile};

/// How many connections ask at once.
const CONNECTIONS: usize = 10;
/// How long is measured, after a third of it to warm up.
const SECONDS: u64 = 12;

/// What was measured.
pub struct Pages {
    /// Pages a second.
    pub per_second: f64,
    /// Milliseconds within which 99 of 100 pages came.
    pub p99_ms: f64,
}

async fn ask(address: String, cookie: String, seconds: u64) -> Result<Vec<f64>, Failure> {
    let mut client = Client::connect(&address).await?;
    let mut times = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(seconds) {
        let asked = Instant::now();
        let answer = client.get("/lar", &cookie).await?;
        times.push(asked.elapsed().as_secs_f64() * 1_000.0);
        // The whole page: the scripts that carry its data come last.
        if answer.status != 200 || !answer.body.ends_with(b"</script>") {
            return Err(format!("Lär answered {}", answer.status).into());
        }
    }
    Ok(times)
}

async fn load(program: &Program, cookie: &str, seconds: u64) -> Result<Vec<f64>, Failure> {
    let asking: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(ask(program.address().to_owned(), cookie.to_owned(), seconds)))
        .collect();
    let mut times = Vec::new();
    for one in asking {
        times.extend(one.await??);
    }
    Ok(times)
}

/// Measures Lär.
pub async fn measure(program: &Program) -> Result<Pages, Failure> {
    let cookie = Client::connect(program.address()).await?.sign_in("10001").await?;
    load(program, &cookie, SECONDS / 3).await?;
    let mut times = load(program, &cookie, SECONDS).await?;
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let per_second = times.len() as f64 / SECONDS as f64;
    Ok(Pages { per_second, p99_ms: percentile(&mut times, 99) })
}
