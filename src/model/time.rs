//! Time as the store keeps it.

use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z, always taken from `clock`, never from the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// The farthest instants that calendars can write with a four-digit year (RFC 822 and RFC 3339 both need one).
    pub const LATEST: Self = Self(253_402_300_799_000);

    /// The same instant in a zone. An instant outside the four-digit years is clamped to them.
    #[must_use]
    pub fn in_zone(self, zone: Tz) -> DateTime<Tz> {
        zone.from_utc_datetime(&self.utc().naive_utc())
    }

    /// The same instant in UTC, clamped to the years 0 to 9999.
    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        const EARLIEST: i64 = -62_167_219_200_000;
        let clamped = self.0.clamp(EARLIEST, Self::LATEST.0);
        DateTime::from_timestamp_millis(clamped).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// RFC 3339 with the zone's offset, to the second: `2021-10-29T08:30:00+08:00`.
    #[must_use]
    pub fn rfc3339(self, zone: Tz) -> String {
        self.in_zone(zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
    }

    /// The instant `span` later.
    #[must_use]
    pub const fn plus(self, span: std::time::Duration) -> Self {
        Self(self.0.saturating_add(span.as_millis() as i64))
    }

    /// How long after `earlier` this is; zero when it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> std::time::Duration {
        let gap = self.0.saturating_sub(earlier.0);
        std::time::Duration::from_millis(if gap > 0 { gap as u64 } else { 0 })
    }
}

impl<Z: TimeZone> From<DateTime<Z>> for Millis {
    fn from(at: DateTime<Z>) -> Self {
        Self(at.timestamp_millis())
    }
}
