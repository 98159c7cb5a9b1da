//! When a digest is cut: crontab's five fields or an `@` word, in a time zone.
//!
//! The crate beneath counts seconds first and Sunday as 1, so weekdays reach it as names only. What crontab reads as "either" (a day of the
//! month beside a weekday) and what never comes is refused. Slots are found on the bare calendar and then placed in the zone: a slot in a
//! skipped hour comes at the first minute that exists, one in a repeated hour comes once, the first time.

use std::str::FromStr as _;

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::setting::{Setting, quoted, text};
use super::tree::Raw;
use crate::model::Millis;

/// A schedule that fires.
#[derive(Debug, Clone)]
pub struct Schedule {
    written: String,
    calendar: cron::Schedule,
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

/// Why a text is no schedule; each says how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not five fields.
    #[error("has {0} fields, wanted five: minute hour day month weekday, such as \"0 8 * * 1-5\"")]
    Fields(usize),
    /// An `@` word that crontab does not know, or that names no time.
    #[error("{0:?} is no schedule; write @hourly, @daily, @weekly, @monthly, @yearly or five fields")]
    Word(String),
    /// A weekday that is none.
    #[error("{0:?} is no weekday; write 0 to 7 (0 and 7 are Sunday) or Sun to Sat, such as Mon-Fri or Sat,Sun")]
    Weekday(String),
    /// Both kinds of day.
    #[error("names a day of the month and a weekday: write * for one of them, or two digests")]
    BothDays,
    /// A field that cannot be read.
    #[error("{0:?} is no {1}")]
    Field(String, &'static str),
    /// It never comes.
    #[error("never comes: no month named here has that day")]
    Never,
}

/// The `@` words of crontab that name a time, as five fields.
const WORDS: [(&str, &str); 7] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

/// What each field but the last is, for messages.
const FIELDS: [&str; 4] = ["minute (0 to 59)", "hour (0 to 23)", "day of the month (1 to 31)", "month (1 to 12, or Jan to Dec)"];

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

impl Schedule {
    /// Reads five fields or an `@` word.
    ///
    /// # Errors
    /// Whatever [`ScheduleError`] names.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let text = text.trim();
        let line = if text.starts_with('@') {
            let word = WORDS.into_iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
            word.map(|(_, fields)| fields).ok_or_else(|| ScheduleError::Word(text.to_owned()))?
        } else {
            text
        };
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else { return Err(ScheduleError::Fields(fields.len())) };
        let weekday = weekdays(weekday)?;
        if day != "*" && weekday != "*" {
            return Err(ScheduleError::BothDays);
        }
        for (at, field) in [minute, hour, day, month].into_iter().enumerate() {
            let mut alone = ["*"; 4];
            alone[at] = field;
            let plain = field.bytes().all(|b| b.is_ascii_alphanumeric() || b"*,-/".contains(&b));
            if !plain || cron::Schedule::from_str(&format!("0 {} *", alone.join(" "))).is_err() {
                return Err(ScheduleError::Field(field.to_owned(), FIELDS[at]));
            }
        }
        let whole = format!("0 {minute} {hour} {day} {month} {weekday}");
        let calendar = cron::Schedule::from_str(&whole).map_err(|_| ScheduleError::Field(line.to_owned(), "schedule"))?;
        // A leap year stands at the start, so that 29 February counts as a day that comes.
        let leap = DateTime::<Utc>::from_timestamp(946_684_800, 0).unwrap_or_default();
        if calendar.after(&leap).next().is_none() {
            return Err(ScheduleError::Never);
        }
        Ok(Self { written: text.to_owned(), calendar })
    }

    /// The first slot after an instant, as the zone's clocks show it. `None` when the calendar ends before it (year 2100).
    #[must_use]
    pub fn next_after(&self, after: Millis, zone: Tz) -> Option<Millis> {
        let local = after.in_zone(zone).naive_local().and_utc();
        // The bare calendar's slots come in order; those that a clock change moved to `after` or before it have already been.
        self.calendar.after(&local).map(|slot| place(slot.naive_utc(), zone)).find(|slot| *slot > after)
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

/// The instant at which a zone's clocks first show a time, or the first whole minute after it where they skip it.
fn place(wanted: NaiveDateTime, zone: Tz) -> Millis {
    /// No zone ever skipped more than one whole day (minutes).
    const LONGEST_SKIP: i64 = 2 * 24 * 60;
    (0..LONGEST_SKIP)
        .find_map(|minutes| zone.from_local_datetime(&(wanted + TimeDelta::minutes(minutes))).earliest())
        .map_or_else(|| wanted.and_utc().into(), Millis::from)
}

/// A weekday field with every number and range spelt out as names.
fn weekdays(field: &str) -> Result<String, ScheduleError> {
    let wrong = || ScheduleError::Weekday(field.to_owned());
    if field == "*" {
        return Ok(field.to_owned());
    }
    let day = |word: &str| match word.parse::<usize>() {
        Ok(number) if number <= 7 && word.len() == 1 => Some(number),
        _ => DAYS.iter().position(|name| name.eq_ignore_ascii_case(word)),
    };
    let mut named = [false; 7];
    for part in field.split(',') {
        let (range, step) = part.split_once('/').map_or((part, Ok(1)), |(range, step)| (range, step.parse::<usize>()));
        let step = step.ok().filter(|step| *step > 0).ok_or_else(wrong)?;
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (0, 6),
            // Sunday ends a week as well as it begins one: Fri-Sun is Fri-7.
            Some((first, last)) => match (day(first), day(last)) {
                (Some(first), Some(0)) if first > 0 && !last.starts_with('0') => (first, 7),
                (Some(first), Some(last)) => (first, last),
                _ => return Err(wrong()),
            },
            None if part.contains('/') => return Err(wrong()),
            None => day(range).map(|only| (only, only)).ok_or_else(wrong)?,
        };
        if first > last {
            return Err(wrong());
        }
        (first..=last).step_by(step).for_each(|at| named[at % 7] = true);
    }
    let names: Vec<&str> = DAYS.into_iter().zip(named).filter(|(_, on)| *on).map(|(name, _)| name).collect();
    Ok(if names.len() == DAYS.len() { "*".to_owned() } else { names.join(",") })
}

impl Setting for Schedule {
    fn read(raw: &Raw) -> Result<Self, String> {
        Self::parse(text(raw, "a schedule such as \"0 8 * * *\"")?).map_err(|error| error.to_string())
    }
    fn show(&self) -> String {
        quoted(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BERLIN: Tz = chrono_tz::Europe::Berlin;
    const SHANGHAI: Tz = chrono_tz::Asia::Shanghai;

    fn at(text: &str) -> Millis {
        DateTime::parse_from_rfc3339(text).unwrap().into()
    }

    /// The next slots after an instant.
    fn slots(cron: &str, after: &str, zone: Tz, count: usize) -> Vec<String> {
        let schedule = Schedule::parse(cron).unwrap();
        let next = |last: &Millis| schedule.next_after(*last, zone);
        std::iter::successors(next(&at(after)), next).take(count).map(|slot| slot.rfc3339(zone)).collect()
    }

    #[test]
    fn weekdays_are_crontabs() {
        // 2026-01-02 is a Friday.
        let days =
            |cron| slots(cron, "2026-01-02T00:00:00+08:00", SHANGHAI, 3).iter().map(|slot| slot[8..10].to_owned()).collect::<Vec<_>>();
        assert_eq!(days("0 8 * * 1-5"), ["02", "05", "06"]);
        assert_eq!(days("0 8 * * Mon-Fri"), ["02", "05", "06"]);
        assert_eq!(days("0 8 * * 0"), ["04", "11", "18"]);
        assert_eq!(days("0 8 * * 7"), ["04", "11", "18"]);
        assert_eq!(days("0 8 * * 5-7"), ["02", "03", "04"]);
        assert_eq!(days("0 8 * * fri-sun"), ["02", "03", "04"]);
        assert_eq!(days("0 8 * * */3"), ["03", "04", "07"]);
        assert_eq!(days("@weekly"), ["04", "11", "18"]);
    }

    #[test]
    fn what_crontab_would_not_mean_is_refused() {
        let refused = |cron| Schedule::parse(cron).unwrap_err();
        assert_eq!(refused("0 0 8 * * 1-5"), ScheduleError::Fields(6));
        assert_eq!(refused(""), ScheduleError::Fields(0));
        assert_eq!(refused("0 8 1 * 1"), ScheduleError::BothDays);
        assert_eq!(refused("0 8 31 2 *"), ScheduleError::Never);
        assert_eq!(refused("0 8 31 4,6,9,11 *"), ScheduleError::Never);
        assert_eq!(refused("@reboot"), ScheduleError::Word("@reboot".into()));
        for weekday in ["8", "Fri-Mon", "6-1", "5-0", "x", "1/2", "*/0", "", "1,,2", "01", "L"] {
            let cron = format!("0 8 * * {weekday}");
            assert!(Schedule::parse(&cron).is_err(), "{cron}");
        }
        for (cron, field) in
            [("60 8 * * *", "minute"), ("0 24 * * *", "hour"), ("0 8 32 * *", "day"), ("0 8 * 13 *", "month"), ("0 8 ? * *", "day")]
        {
            assert!(refused(cron).to_string().contains(field), "{cron}: {}", refused(cron));
        }
    }

    #[test]
    fn the_29th_of_february_comes() {
        assert_eq!(slots("0 8 29 2 *", "2026-01-01T00:00:00Z", SHANGHAI, 1), ["2028-02-29T08:00:00+08:00"]);
    }

    #[test]
    fn a_skipped_slot_comes_at_the_first_minute_that_exists() {
        // Clocks went from 02:00 to 03:00 on 2026-03-29.
        assert_eq!(slots("30 2 * * *", "2026-03-28T12:00:00+01:00", BERLIN, 2), ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]);
        assert_eq!(
            slots("*/30 * * * *", "2026-03-29T01:15:00+01:00", BERLIN, 3),
            ["2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-29T03:30:00+02:00"]
        );
    }

    #[test]
    fn a_repeated_slot_comes_once() {
        // Clocks went from 03:00 back to 02:00 on 2026-10-25.
        assert_eq!(slots("30 2 * * *", "2026-10-24T12:00:00+02:00", BERLIN, 2), ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]);
        assert_eq!(slots("30 2 * * *", "2026-10-25T02:10:00+01:00", BERLIN, 1), ["2026-10-26T02:30:00+01:00"]);
        let half_hours = slots("*/30 * * * *", "2026-10-25T01:45:00+02:00", BERLIN, 3);
        assert_eq!(half_hours, ["2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T03:00:00+01:00"]);
    }

    #[test]
    fn a_day_that_a_zone_skipped_altogether_comes_the_next_morning() {
        // Samoa had no 30 December 2011.
        assert_eq!(slots("0 8 30 12 *", "2011-12-29T00:00:00Z", chrono_tz::Pacific::Apia, 1), ["2011-12-31T00:00:00+14:00"]);
    }

    #[test]
    fn a_slot_is_strictly_after() {
        assert_eq!(slots("0 8 * * *", "2026-01-01T08:00:00+08:00", SHANGHAI, 1), ["2026-01-02T08:00:00+08:00"]);
        assert_eq!(slots("0 8 * * *", "2026-01-01T07:59:59.999+08:00", SHANGHAI, 1), ["2026-01-01T08:00:00+08:00"]);
    }

    /// A field as crontab takes it: any, one, a range, a step, a list. Both crates must mean the same by it.
    fn field(least: u32, most: u32) -> impl Strategy<Value = String> {
        let one = least..=most;
        let range = (least..=most, least..=most).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b)));
        let step = (least..=most, least..=most, 1..=most).prop_map(|(a, b, n)| format!("{}-{}/{n}", a.min(b), a.max(b)));
        let part = prop_oneof![one.clone().prop_map(|n| n.to_string()), range, step, (1..=most).prop_map(|n| format!("*/{n}"))];
        prop_oneof![
            Just("*".to_owned()),
            one.prop_map(|n| n.to_string()),
            prop::collection::vec(part, 1..3).prop_map(|parts| parts.join(","))
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Against another reader of crontab's language, in a zone without clock changes.
        #[test]
        fn slots_are_those_of_another_reader(
            (minute, hour, day, month, weekday) in (field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7)),
            by_weekday in any::<bool>(),
            start in 1_600_000_000_i64..1_900_000_000,
        ) {
            let (day, weekday) = if by_weekday { ("*".to_owned(), weekday) } else { (day, "*".to_owned()) };
            let text = format!("{minute} {hour} {day} {month} {weekday}");
            let theirs = croner::Cron::from_str(&text).expect("croner reads it");
            let mut last = DateTime::from_timestamp(start, 0).unwrap().with_timezone(&SHANGHAI);
            match Schedule::parse(&text) {
                Err(why) => {
                    prop_assert_eq!(why, ScheduleError::Never, "{}", text);
                    prop_assert!(theirs.find_next_occurrence(&last, false).is_err(), "{} comes", text);
                }
                Ok(ours) => for _ in 0..5 {
                    let next = theirs.find_next_occurrence(&last, false).expect("it comes");
                    prop_assert_eq!(ours.next_after(last.into(), SHANGHAI), Some(Millis::from(next)), "{} after {}", text, last);
                    last = next;
                },
            }
        }
    }
}
