//! What only a browser can tell: sizes, and Lighthouse.

use kvarten_bench::Failure;
use serde_json::Value;
use tokio::process::Command;

use crate::report::{Figure, Report};

async fn json(script: &str, arguments: &[&str]) -> Result<Value, Failure> {
    let output = Command::new("node").arg(script).args(arguments).output().await?;
    let text = String::from_utf8(output.stdout)?;
    let begin = text.find(['[', '{']).ok_or_else(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("{script} printed no figures: {}", said.trim())
    })?;
    let mut values = serde_json::Deserializer::from_str(&text[begin..]).into_iter::<Value>();
    values.next().ok_or("no figures")?.map_err(Into::into)
}

/// Adds what `scripts/matrix-bench.mjs` measures.
async fn matrix(report: &mut Report) -> Result<(), Failure> {
    let matrix = json("scripts/matrix-bench.mjs", &[]).await?;
    let name = format!("Matrix, {} people × {} systems", matrix["people"], matrix["systems"]);
    let value = |of: &Value, key: &str| of[key].as_f64().unwrap_or(f64::NAN);
    let (keys, selects) = (&matrix["keys"], &matrix["selects"]);
    let mut within = |what: &str, of: &Value, figure: &str| {
        let what = format!("{name}, {what}");
        let median = value(of, &format!("{figure}_median_ms"));
        let p95 = value(of, &format!("{figure}_p95_ms"));
        report.add(Figure::at_most(
            format!("{what}, median of {}, ms", of["counted"]),
            median,
            16.0,
        ));
        report.add(Figure::at_most(format!("{what}, p95, ms"), p95, 32.0));
    };
    within("from a keystroke until the page holds the filtered rows", keys, "filtered");
    within("work from a keystroke to the end of the frame that draws them", keys, "worked");
    within("the same for every other filter", selects, "worked");
    let mut tell = |what: &str, of: &Value, key: &str| {
        report.add(Figure::told(format!("{name}, {what}, ms"), value(of, key)));
    };
    tell(
        "from a keystroke to the end of that frame, with waiting for it, median",
        keys,
        "shown_median_ms",
    );
    tell("the same, p95", keys, "shown_p95_ms");
    let slow = &matrix["slow"]["keys"];
    tell("a keystroke at 4× slower CPU, rows replaced, median", slow, "filtered_median_ms");
    tell("the same until the frame has ended, median", slow, "shown_median_ms");
    Ok(())
}

/// Adds the browser's figures.
pub async fn measure(report: &mut Report) -> Result<(), Failure> {
    let sizes = json("scripts/size-gate.mjs", &["--json"]).await?;
    let kilobytes = |visit: &str| sizes[visit]["all"].as_f64().unwrap_or(f64::NAN) / 1_000.0;
    report.add(Figure::at_most("First visit, kB", kilobytes("first"), 300.0));
    report.add(Figure::at_most("Repeat visit, kB", kilobytes("repeat"), 30.0));
    matrix(report).await?;
    let screens = json("scripts/lighthouse.mjs", &[]).await?;
    for screen in screens.as_array().into_iter().flatten() {
        let name = screen["screen"].as_str().unwrap_or("?");
        let value = |key: &str| screen[key].as_f64().unwrap_or(f64::NAN);
        for (key, bar) in
            [("performance", 95.0), ("accessibility", 100.0), ("best_practices", 100.0)]
        {
            report.add(Figure::at_least(format!("{name}: {key}"), value(key), bar));
        }
        for (key, bar) in [("lcp_ms", 2_000.0), ("cls", 0.0), ("tbt_ms", 150.0)] {
            report.add(Figure::at_most(format!("{name}: {key}"), value(key), bar));
        }
    }
    Ok(())
}
