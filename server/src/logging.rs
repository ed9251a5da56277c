//! The log, on standard error: what the program says about itself, and the security log.

use std::io::{self, IsTerminal};

use kvarten_service::audit;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::filter_fn,
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
    registry,
    util::SubscriberInitExt,
};

use crate::config::{LogConfig, LogFormat};

/// Said before the setting, which can overrule it. The session layer opens a span for every
/// request and warns of every session that has ended, and PostgreSQL tells of every table that
/// is there already: daily life, all of it.
const QUIET: &str = "tower_sessions=error,tower_sessions_core=error,sqlx=warn,sqlx_core=warn";

fn is_security(metadata: &Metadata<'_>) -> bool {
    metadata.target() == audit::TARGET
}

/// The log as it is set, into a writer. Events of the security log are lines of JSON whatever the
/// format is.
pub fn subscriber<W>(config: &LogConfig, writer: W, is_coloured: bool) -> impl Subscriber
where
    W: for<'w> MakeWriter<'w> + Clone + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse_lossy(format!("{QUIET},{}", config.filter));
    let security = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(writer.clone())
        .with_filter(filter_fn(is_security));
    let log = fmt::layer().with_writer(writer).with_ansi(is_coloured);
    let is_other = filter_fn(|metadata| !is_security(metadata));
    let log = match config.format {
        LogFormat::Text => log.with_filter(is_other).boxed(),
        LogFormat::Json => log.json().with_filter(is_other).boxed(),
    };
    registry().with(filter).with(security).with(log)
}

/// Starts the log.
pub fn start(config: &LogConfig) {
    // A second start, as in tests, leaves the first log as it is.
    let _ = subscriber(config, io::stderr, io::stderr().is_terminal()).try_init();
}
