//! Tracing and metrics.

use std::fmt;
use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

/// What is logged where nobody says otherwise: our own news, and the warnings of others.
const USUAL: &str = "warn,postrider=info";

/// Logs in UTC to the second, without asking the clock that drives schedules: a log is about the machine's time.
struct Stamp;

impl FormatTime for Stamp {
    fn format_time(&self, w: &mut Writer<'_>) -> fmt::Result {
        write!(w, "{}", httpdate::fmt_http_date(machine_time()))
    }
}

#[expect(clippy::disallowed_methods, reason = "log lines carry the machine's time, whatever drives the schedules")]
fn machine_time() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

/// Logs to stderr from now on. `filter`: directives such as `postrider=debug`; unreadable ones give the usual.
pub fn log_to_stderr(filter: Option<&str>) {
    let filter = filter.and_then(|filter| EnvFilter::try_new(filter).ok()).unwrap_or_else(|| EnvFilter::new(USUAL));
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_timer(Stamp)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal());
    // A second call, in tests of one process, changes nothing.
    let _ = logging.try_init();
}
