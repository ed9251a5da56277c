//! Figures beside their bars.

use std::{fmt::Write, fs, process::Command};

use kvarten_bench::Failure;

/// What a figure is held against.
enum Bar {
    AtLeast(f64),
    AtMost(f64),
    None,
}

/// One figure.
pub struct Figure {
    name: String,
    value: f64,
    bar: Bar,
}

impl Figure {
    /// A figure that should be so large.
    pub fn at_least(name: impl Into<String>, value: f64, bar: f64) -> Self {
        Self { name: name.into(), value, bar: Bar::AtLeast(bar) }
    }

    /// A figure that should be no larger.
    pub fn at_most(name: impl Into<String>, value: f64, bar: f64) -> Self {
        Self { name: name.into(), value, bar: Bar::AtMost(bar) }
    }

    /// A figure without a bar.
    pub fn told(name: impl Into<String>, value: f64) -> Self {
        Self { name: name.into(), value, bar: Bar::None }
    }

    fn row(&self) -> String {
        let (bar, is_met) = match self.bar {
            Bar::AtLeast(bar) => (format!("≥ {}", number(bar)), Some(self.value >= bar)),
            Bar::AtMost(bar) => (format!("≤ {}", number(bar)), Some(self.value <= bar)),
            Bar::None => ("–".to_owned(), None),
        };
        let verdict = is_met.map_or("", |is_met| if is_met { "met" } else { "not met" });
        format!("| {} | {} | {bar} | {verdict} |", self.name, number(self.value))
    }
}

fn number(value: f64) -> String {
    if value.fract().abs() < 1e-9 || value.abs() >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

/// What the figures are.
const NOTES: &str = "
The municipality is that of `kvarten demo --people N`, made from a seed. Figures that begin with a \
database, and those of the matrix, are from one with `--systems 40` or `--systems 20`: the \
demonstration's twelve systems in use, and further ones that are these under other names, with their \
statements, lessons and requirements. Everybody needs every system. For lessons of further systems \
people hold evidence as for the others, without the steps and replies that led to it; assessments are \
made up for all alike. What is packed about people is what the tables tell. Five hundred people of \
the administration have been referred to a lesson; nobody else has.

`p95`: 95 of 100 answers came within, asked for one after the other over loopback, compressed with \
Brotli by the server, read to their end. `scripts/matrix-bench.mjs` says what is measured of the \
matrix.
";

/// All figures.
#[derive(Default)]
pub struct Report {
    figures: Vec<Figure>,
}

fn first_line(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().ok();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.and_then(|text| text.lines().next().map(str::to_owned)).unwrap_or_default()
}

/// Processor, cores and memory, as the machine tells.
fn machine() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split_once(": ")).map_or("unknown", |(_, model)| model);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory.lines().next().and_then(|line| line.split_whitespace().nth(1));
    let gibibytes = memory.and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1_048_576.0;
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{model}, {cores} cores, {gibibytes:.0} GiB")
}

impl Report {
    /// Adds a figure and prints it.
    pub fn add(&mut self, figure: Figure) {
        println!("{}", figure.row());
        self.figures.push(figure);
    }

    /// Writes `docs/performance.md`.
    pub fn write(&self) -> Result<(), Failure> {
        self.write_as("docs/performance.md", "Performance", "make bench", NOTES)
    }

    /// Writes a file with a title, what makes it, and what the figures are.
    pub fn write_as(
        &self,
        file: &str,
        title: &str,
        made_by: &str,
        notes: &str,
    ) -> Result<(), Failure> {
        let mut text = format!("# {title}\n\n");
        writeln!(text, "Written by `{made_by}`; a benchmark, not a test.\n")?;
        writeln!(text, "- Date: {}", first_line("date", &["+%Y-%m-%d"]))?;
        writeln!(text, "- Commit: {}", first_line("git", &["rev-parse", "--short", "HEAD"]))?;
        writeln!(text, "- Machine: {}", machine())?;
        writeln!(
            text,
            "- Database: SQLite where none is named; the load comes from the same cores\n"
        )?;
        writeln!(text, "| Figure | Measured | Bar | |\n|---|---:|---:|---|")?;
        for figure in &self.figures {
            writeln!(text, "{}", figure.row())?;
        }
        text.push_str(notes);
        fs::write(file, text)?;
        Ok(())
    }
}
