//! Spans of time and sizes, as people write them: `"15m"`, `"16MiB"`.

use std::time::Duration;

use super::setting::{Setting, quoted, text};
use super::tree::Raw;

/// What a duration may be written in, the longest first (name, milliseconds).
const UNITS: [(&str, u64); 6] = [("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl Setting for Duration {
    fn read(raw: &Raw) -> Result<Self, String> {
        let span = text(raw, "a duration such as \"15m\"")?;
        let wrong = || format!("{} is no duration; write \"90s\", \"15m\", \"48h\", \"7d\" or \"1h30m\"", quoted(span));
        let mut rest = span;
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
            let letters = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
            let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
            let (_, unit) = UNITS.into_iter().find(|(name, _)| *name == &rest[digits..letters]).ok_or_else(wrong)?;
            total = number.checked_mul(unit).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
            rest = &rest[letters..];
        }
        if total == 0 { Err(wrong()) } else { Ok(Self::from_millis(total)) }
    }
    fn show(&self) -> String {
        let mut rest = self.as_millis() as u64;
        let mut span = String::new();
        // Whole weeks are written as days, everything else in hours: "48h" reads better than "2d" for a bound.
        let longest = if rest.is_multiple_of(UNITS[0].1) { 1 } else { 2 };
        for (name, unit) in &UNITS[longest..] {
            if rest >= *unit {
                span = format!("{span}{}{name}", rest / unit);
                rest %= unit;
            }
        }
        quoted(span)
    }
}

/// A number of bytes, written as such or as `"16MiB"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bytes(pub(super) u64);

/// What a size may be written in (name, bytes).
const SIZES: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

impl Setting for Bytes {
    fn read(raw: &Raw) -> Result<Self, String> {
        if let Ok(bytes) = u64::read(raw) {
            return Ok(Self(bytes));
        }
        let size = text(raw, "a size such as \"16MiB\"")?;
        let read = SIZES.into_iter().find_map(|(name, unit)| size.strip_suffix(name)?.trim().parse::<u64>().ok()?.checked_mul(unit));
        read.map(Self).ok_or_else(|| format!("{} is no size; write \"64KiB\", \"16MiB\" or a number of bytes", quoted(size)))
    }
    fn show(&self) -> String {
        let unit = SIZES.into_iter().find(|(_, unit)| self.0 > 0 && self.0.is_multiple_of(*unit));
        unit.map_or_else(|| self.0.to_string(), |(name, unit)| quoted(format!("{}{name}", self.0 / unit)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word<T: Setting>(text: &str) -> Result<T, String> {
        T::read(&Raw::Text(text.to_owned()))
    }

    #[test]
    fn durations_are_read_and_written_again() {
        assert_eq!(word("1h30m"), Ok(Duration::from_mins(90)));
        assert_eq!(word("2w"), Ok(Duration::from_hours(336)));
        for same in ["15m", "48h", "90ms", "1h30m", "14d", "1m30s"] {
            assert_eq!(word::<Duration>(same).unwrap().show(), quoted(same));
        }
        for absurd in ["", "15", "m", "0s", "15 minutes", "-1s", "99999999999999999999d", "1.5h"] {
            assert!(word::<Duration>(absurd).unwrap_err().contains("no duration"), "{absurd}");
        }
        assert!(Duration::read(&Raw::Integer(15)).unwrap_err().contains("whole number"));
    }

    #[test]
    fn sizes_are_read_and_written_again() {
        assert_eq!(word("16MiB"), Ok(Bytes(16 << 20)));
        assert_eq!(Bytes::read(&Raw::Integer(100)).unwrap().show(), "100");
        assert_eq!(Bytes(64 << 10).show(), "\"64KiB\"");
        for absurd in ["16MB", "MiB", "-1KiB", "99999999999999GiB"] {
            assert!(word::<Bytes>(absurd).is_err(), "{absurd}");
        }
    }
}
