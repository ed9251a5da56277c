//! The log, on standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// Said before the setting, which can overrule it. The session layer opens a span for every
/// request and warns of every session that has ended, and PostgreSQL tells of every table that
/// is there already: daily life, all of it.
const QUIET: &str = "tower_sessions=error,tower_sessions_core=error,sqlx=warn,sqlx_core=warn";

/// Starts the log.
pub fn start(config: &LogConfig) {
    let filter = EnvFilter::builder().parse_lossy(format!("{QUIET},{}", config.filter));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    // A second start, as in tests, keeps the first log.
    let _ = match config.format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}
