//! Dates as feeds write them: in the newsroom's zone, with a numeric offset and a four-digit year.

use chrono::{DateTime, FixedOffset, Offset as _};
use chrono_tz::Tz;

use crate::model::Millis;

/// 0001-01-02T00:00:00Z: no zone pushes it out of the four-digit years (milliseconds).
const EARLIEST: Millis = Millis(-62_135_510_400_000);

/// 9999-12-30T23:59:59Z: no zone pushes it out of the four-digit years (milliseconds).
const LATEST: Millis = Millis(Millis::LATEST.0 - 24 * 60 * 60 * 1000);

/// An instant to the second, at the zone's offset in whole minutes: neither format can write the seconds of an offset before 1901.
pub(super) fn local(at: Millis, zone: Tz) -> DateTime<FixedOffset> {
    let at = Millis(at.clamp(EARLIEST, LATEST).0.div_euclid(1000) * 1000);
    let seconds = at.in_zone(zone).offset().fix().local_minus_utc();
    let offset = FixedOffset::east_opt(seconds / 60 * 60).unwrap_or_else(|| chrono::Utc.fix());
    at.utc().with_timezone(&offset)
}

/// RFC 822 as `chrono` writes it.
pub(super) const RFC_822: &str = "%a, %d %b %Y %H:%M:%S %z";

/// RFC 822 with two-digit days: `Mon, 23 Nov 2026 09:30:00 +0800`.
pub(super) fn rfc822(at: Millis, zone: Tz) -> String {
    local(at, zone).format(RFC_822).to_string()
}

/// RFC 3339: `2026-11-23T09:30:00+08:00`.
pub(super) fn rfc3339(at: Millis, zone: Tz) -> String {
    local(at, zone).to_rfc3339()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{Asia::Shanghai, Pacific::Kiritimati, UTC};
    use proptest::prelude::*;

    #[test]
    fn the_zone_is_told_as_a_number() {
        let at = Millis(1_635_467_400_999);
        assert_eq!(rfc822(at, Shanghai), "Fri, 29 Oct 2021 08:30:00 +0800");
        assert_eq!(rfc3339(at, Shanghai), "2021-10-29T08:30:00+08:00");
        assert_eq!(rfc822(at, UTC), "Fri, 29 Oct 2021 00:30:00 +0000");
        assert_eq!(rfc822(Millis(1_635_726_600_000), Shanghai), "Mon, 01 Nov 2021 08:30:00 +0800");
    }

    #[test]
    fn an_absurd_instant_still_has_four_digits() {
        assert_eq!(rfc3339(Millis(i64::MAX), Kiritimati), "9999-12-31T13:59:59+14:00");
        assert_eq!(rfc3339(Millis(i64::MIN), UTC), "0001-01-02T00:00:00+00:00");
    }

    proptest! {
        #[test]
        fn both_forms_come_back_as_the_same_second(at in EARLIEST.0..LATEST.0) {
            let second = at.div_euclid(1000);
            for zone in [Shanghai, Kiritimati, UTC] {
                prop_assert_eq!(DateTime::parse_from_rfc3339(&rfc3339(Millis(at), zone)).unwrap().timestamp(), second);
                prop_assert_eq!(DateTime::parse_from_rfc2822(&rfc822(Millis(at), zone)).unwrap().timestamp(), second);
            }
        }
    }
}
