//! Requests that cost as much as their sender can make them cost.

use std::time::Instant;

use crate::{Client, Failure, Program, trial::READER};

/// Requests that cost as much as possible, by name: no longer than is taken, and then some. How many
/// milliseconds each takes, at best of five, and what is answered.
///
/// # Errors
/// It does not run.
pub async fn hostile_inputs(program: &Program) -> Result<Vec<(&'static str, f64, u16)>, Failure> {
    let mut client = Client::connect_from(READER, program.address()).await?;
    let cookie = client.sign_in("10001").await?;
    let mut results = Vec::new();
    for (name, method, path, header, body) in inputs() {
        let mut best = (f64::MAX, 0);
        for _ in 0..5 {
            let mut client = Client::connect_from(READER, program.address()).await?;
            let mut headers = vec![("sec-fetch-site", "same-origin"), ("accept", "text/html")];
            headers.push(("content-type", "application/x-www-form-urlencoded"));
            headers.extend(header.iter().map(|(name, value)| (*name, value.as_str())));
            if header.iter().all(|(name, _)| *name != "cookie") {
                headers.push(("cookie", &cookie));
            }
            let begun = Instant::now();
            let answer =
                client.send_with(method, &path, &headers, body.clone().into_bytes()).await?;
            best = ((begun.elapsed().as_secs_f64() * 1_000.0).min(best.0), answer.status);
        }
        results.push((name, best.0, best.1));
    }
    Ok(results)
}

type Input = (&'static str, &'static str, String, Vec<(&'static str, String)>, String);

fn inputs() -> Vec<Input> {
    let get = |name, path: String, headers| (name, "GET", path, headers, String::new());
    let post = |name, path: &str, body| (name, "POST", path.to_owned(), Vec::new(), body);
    let keys = |key: &str, count: usize| {
        let fields: Vec<String> =
            (0..count).map(|number| format!("{key}[m{number:x}]=1&")).collect();
        fields.concat()
    };
    vec![
        get("query of 62 kB in one value", format!("/lar?sok={}", "a".repeat(62_000)), Vec::new()),
        get("query of 62 kB in 31 000 keys", format!("/lar?{}", "a&".repeat(31_000)), Vec::new()),
        get("query of 4 kB in one value", format!("/lar?sok={}", "%25".repeat(1_360)), Vec::new()),
        get("query of 64 keys", format!("/lar?{}", "sok=a&".repeat(63)), Vec::new()),
        get("search of 1 000 words", format!("/lar?sok={}", "a+".repeat(1_000)), Vec::new()),
        get("path of 2 000 parts", format!("/lar{}", "/a".repeat(2_000)), Vec::new()),
        get("4 000 cookies", "/lar".into(), vec![("cookie", "a=b; ".repeat(3_200))]),
        get(
            "15 kB of languages",
            "/logga-in".into(),
            vec![("accept-language", "a,".repeat(7_500))],
        ),
        get("15 kB of encodings", "/lar".into(), vec![("accept-encoding", "a,".repeat(7_500))]),
        get("head of 60 kB", "/lar".into(), vec![("x", "a".repeat(60_000))]),
        post("form of 32 000 keys", "/api/refer", "a&".repeat(32_000)),
        post("form of 4 000 people", "/api/refer", format!("{}batch=x", keys("p", 4_000))),
        post("form of 4 000 cells", "/api/set_requirements", keys("c", 4_000)),
        post("form of 4 000 claims", "/api/assess", format!("{}code=outlook", keys("said", 4_000))),
        post("brackets 20 000 deep", "/api/refer", format!("p{}=1", "[a]".repeat(20_000))),
        post("name of 60 kB", "/api/sign_in", format!("name={}&password=x", "å".repeat(10_000))),
        post(
            "password of 60 kB",
            "/api/sign_in",
            format!("name=x&password={}", "å".repeat(10_000)),
        ),
    ]
}
