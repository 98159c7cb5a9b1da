//! `[limits]`: every bound by name, with its unit and its reason.

use std::time::Duration;

use super::measure::Bytes;
use super::reader::Reader;

/// Every bound that an operator may move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Deliveries that are on their way at once, over all receivers. A killed daemon repeats at most so many.
    pub in_flight: u32,
    /// Polled copy that is older makes no deliveries: a redesign must not mail an archive.
    pub announce_within: Duration,
    /// A feed holds at least so many articles, where there are so many.
    pub window_articles: u32,
    /// A feed holds everything younger: a reader that polls every other day misses nothing.
    pub window_age: Duration,
    /// The body of a request to the API or a form (bytes): whole articles fit, uploads do not.
    pub request_bytes: u64,
    /// What is read of a receiver's answer (bytes): a verdict fits, and an endless answer ends.
    pub answer_bytes: u64,
    /// Resolving and connecting to a receiver.
    pub connect_within: Duration,
    /// A whole exchange with a receiver: a dripping one holds its slot no longer.
    pub exchange_within: Duration,
    /// What is on its way may finish for so long when the daemon stops; service managers wait 90 s.
    pub grace: Duration,
}

impl Limits {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        Self {
            in_flight: r.count("in_flight", 128),
            announce_within: r.value("announce_within", Duration::from_hours(48)),
            window_articles: r.count("window_articles", 30),
            window_age: r.value("window_age", Duration::from_hours(48)),
            request_bytes: size(r, "request_bytes", 2 << 20),
            answer_bytes: size(r, "answer_bytes", 64 << 10),
            connect_within: r.value("connect_within", Duration::from_secs(5)),
            exchange_within: r.value("exchange_within", Duration::from_secs(20)),
            grace: r.value("grace", Duration::from_secs(20)),
        }
    }
}

/// A size of at least a kibibyte: less would refuse everything.
fn size(r: &mut Reader<'_>, key: &'static str, default: u64) -> u64 {
    const LEAST: u64 = 1 << 10;
    let Bytes(size) = r.value(key, Bytes(default));
    if size < LEAST {
        r.complain(key, format!("is below {LEAST} bytes"));
    }
    size.max(LEAST)
}
