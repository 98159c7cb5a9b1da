//! Printed times, as listings and feeds write them: with or without a year, a clock, a zone; in Chinese and English.
//!
//! A time without a zone is read in the source's. Nothing is invented: a text without a date gives none.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use regex::{Captures, Regex};

use crate::model::{Millis, When};

/// What a printed time is read against.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// The source's zone.
    pub zone: Tz,
    /// When it was read: `昨天` and dates without a year hang on it.
    pub now: Millis,
}

/// A clock behind a date, and the offset behind that.
const CLOCK: &str = r"(?:[\sT,]*(?:at\s+)?(?P<half>上午|下午)?\s*(?P<h>\d{1,2})\s*[:时時点]\s*(?P<min>\d{1,2})(?:\s*[:分]\s*(?P<s>\d{1,2})(?:\.\d+)?)?\s*(?P<ampm>[AaPp]\.?[Mm]\b)?\s*(?P<off>Z\b|(?:GMT|UTC)?[+-]\d{1,2}:?(?:\d{2})?\b|GMT\b|UTC\b)?)?";
const MONTHS: &str = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?";

fn pattern(head: &str) -> Regex {
    Regex::new(&format!("{head}{CLOCK}")).expect("a pattern written here compiles")
}

static YEAR_FIRST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^\d])(?P<y>(?:19|20)\d{2})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?:\s*日)?"));
static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?i)(?:^|[^\d])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?{MONTHS}[\s,-]+(?P<y>(?:19|20)\d{{2}})"))
});
static MONTH_FIRST: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)(?:^|[^a-z]){MONTHS}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d{{2}})")));
static YEARLESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[\s\[\(【（|:])(?P<m>\d{1,2})\s*[-/月]\s*(?P<d>\d{1,2})(?:\s*日|\b)"));
static NEAR_DAY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(?P<near>今天|昨天|前天|\btoday\b|\byesterday\b)"));
static AGO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?P<n>\d{1,3})\s*(?P<unit>分钟|小时|天|min(?:ute)?s?|hours?|days?)\s*(?:前|ago)")
        .expect("a pattern written here compiles")
});
/// `20/0802/16/`, `2021-10/29/`, `2021/10/29/`, `2021/1029/`, `20211029`, `t20211029_`.
static IN_PATH: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    [
        r"(?:^|[^\d])(?P<y>20\d{2})[-/_]?(?P<m>0[1-9]|1[0-2])[-/_]?(?P<d>0[1-9]|[12]\d|3[01])(?:[^\d]|$)",
        r"(?:^|[^\d])(?P<y>20\d{2})[-/_](?P<m>[1-9])[-/_](?P<d>\d{1,2})(?:[^\d]|$)",
        r"/(?P<yy>\d{2})/(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])/",
    ]
    .map(|form| Regex::new(form).expect("a pattern written here compiles"))
});

/// `30` over `2025-12`, `2025-12` over `30`, `12-30` over `2025`: a date that a row spreads over two elements.
static SPREAD: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    [
        r"(?:^|\s)(?P<d>\d{1,2})日?\s+(?P<y>20\d{2})\s*[-/.年]\s*(?P<m>\d{1,2})月?(?:\s|$)",
        r"(?:^|\s)(?P<y>20\d{2})\s*[-/.年]\s*(?P<m>\d{1,2})月?\s+(?P<d>\d{1,2})日?(?:\s|$)",
        r"(?:^|\s)(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})日?\s+(?P<y>20\d{2})年?(?:\s|$)",
    ]
    .map(|form| Regex::new(form).expect("a pattern written here compiles"))
});

/// The first printed time of a line.
#[must_use]
pub fn find(line: &str, reading: Reading) -> Option<When> {
    let line = half_width(line);
    for form in [&YEAR_FIRST, &DAY_FIRST, &MONTH_FIRST] {
        if let Some(when) = form.captures_iter(&line).find_map(|found| full(&found, reading.zone)) {
            return Some(when);
        }
    }
    relative(&line, reading).or_else(|| YEARLESS.captures_iter(&line).find_map(|found| without_year(&found, reading)))
}

/// The day that stands in two elements, their texts joined by a space.
#[must_use]
pub fn in_pieces(line: &str) -> Option<When> {
    let line = half_width(line);
    SPREAD.iter().find_map(|form| form.captures_iter(&line).find_map(|found| day_of(&found, None))).map(When::Day)
}

/// Whether a text is nothing but a printed time.
#[must_use]
pub fn is_bare(text: &str) -> bool {
    let text = half_width(text);
    text.bytes().any(|b| b.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || " -/.:[]()|年月日时時分秒前天小".contains(c))
}

/// A feed's own date: the standard forms first, then whatever [`find`] reads.
#[must_use]
pub fn of_feed(text: &str, reading: Reading) -> Option<When> {
    let text = half_width(text);
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(When::At(at.into()));
    }
    // A wrong weekday, or one in another language, makes the standard reader refuse a good time.
    let bare = text.split_once(',').map_or(text, |(_, rest)| rest).trim();
    // In Chinese feeds CST is China Standard Time, not the American one of RFC 822.
    let ours = bare.ends_with("CST") && reading.zone == chrono_tz::Asia::Shanghai;
    if !ours && let Ok(at) = DateTime::parse_from_rfc2822(bare) {
        return Some(When::At(at.into()));
    }
    find(text, reading)
}

/// The day that an article's address tells, as most content systems lay them out.
#[must_use]
pub fn in_path(path: &str) -> Option<NaiveDate> {
    IN_PATH.iter().find_map(|form| form.captures_iter(path).find_map(|found| day_of(&found, None)))
}

/// Full-width digits and signs as ASCII.
fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' | '\u{a0}' => ' ',
            c => c,
        })
        .collect()
}

fn number(found: &Captures, name: &str) -> Option<u32> {
    found.name(name)?.as_str().parse().ok()
}

fn day_of(found: &Captures, year: Option<i32>) -> Option<NaiveDate> {
    let year = year.or_else(|| found.name("y")?.as_str().parse().ok()).or_else(|| Some(2000 + number(found, "yy")? as i32))?;
    let month = number(found, "m").or_else(|| month(found.name("month")?.as_str()))?;
    NaiveDate::from_ymd_opt(year, month, number(found, "d")?)
}

fn month(name: &str) -> Option<u32> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let at = NAMES.iter().position(|known| name.eq_ignore_ascii_case(known))?;
    u32::try_from(at + 1).ok()
}

fn clock_of(found: &Captures) -> Option<NaiveTime> {
    let mut hour = number(found, "h")?;
    let afternoon = found.name("half").is_some_and(|half| half.as_str() == "下午")
        || found.name("ampm").is_some_and(|half| half.as_str().starts_with(['p', 'P']));
    if afternoon && hour < 12 {
        hour += 12;
    } else if hour == 12 && found.name("ampm").is_some_and(|half| half.as_str().starts_with(['a', 'A'])) {
        hour = 0;
    }
    NaiveTime::from_hms_opt(hour, number(found, "min")?, number(found, "s").unwrap_or(0))
}

fn full(found: &Captures, zone: Tz) -> Option<When> {
    Some(at(day_of(found, None)?, found, zone))
}

/// A day with the clock behind it, where there is one.
fn at(day: NaiveDate, found: &Captures, zone: Tz) -> When {
    let Some(clock) = clock_of(found) else { return When::Day(day) };
    let local = day.and_time(clock);
    match found.name("off").and_then(|offset| minutes_east(offset.as_str())) {
        Some(minutes) => When::At((local - Duration::minutes(minutes)).and_utc().into()),
        None => in_zone(local, zone).map_or(When::Day(day), When::At),
    }
}

fn in_zone(local: NaiveDateTime, zone: Tz) -> Option<Millis> {
    local.and_local_timezone(zone).earliest().map(Millis::from)
}

/// `Z`, `GMT`, `+08:00`, `+0800`, `GMT+8`.
fn minutes_east(offset: &str) -> Option<i64> {
    let digits = offset.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let Some(sign) = digits.chars().next() else { return Some(0) };
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = if digits.len() > 2 { digits.split_at(digits.len() - 2) } else { (digits.as_str(), "0") };
    let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    (minutes <= 14 * 60).then_some(if sign == '-' { -minutes } else { minutes })
}

fn relative(line: &str, reading: Reading) -> Option<When> {
    let today = reading.now.in_zone(reading.zone).date_naive();
    if let Some(found) = NEAR_DAY.captures(line) {
        let back = match found.name("near")?.as_str() {
            "前天" => 2,
            near if near == "昨天" || near.eq_ignore_ascii_case("yesterday") => 1,
            // A page's own clock says 今天是…; a row says 今天 08:30.
            _ if clock_of(&found).is_none() => return None,
            _ => 0,
        };
        return Some(at(today - Duration::days(back), &found, reading.zone));
    }
    let found = AGO.captures(line)?;
    let count = i64::from(number(&found, "n")?);
    let unit = found.name("unit")?.as_str().to_ascii_lowercase();
    Some(match unit.as_str() {
        "天" | "day" | "days" => When::Day(today - Duration::days(count)),
        "小时" | "hour" | "hours" => When::At(Millis(reading.now.0 - count * 3_600_000)),
        _ => When::At(Millis(reading.now.0 - count * 60_000)),
    })
}

/// A date without a year is the last such day that is not ahead; a day's grace for sources in zones before ours.
fn without_year(found: &Captures, reading: Reading) -> Option<When> {
    let today = reading.now.in_zone(reading.zone).date_naive();
    let day = day_of(found, Some(today.year())).filter(|day| *day <= today + Duration::days(1));
    let day = day.or_else(|| day_of(found, Some(today.year() - 1)))?;
    Some(at(day, found, reading.zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    const READING: Reading = Reading { zone: chrono_tz::Asia::Shanghai, now: Millis(1_767_200_400_000) }; // 2026-01-01 01:00 in Shanghai

    fn said(line: &str) -> Option<String> {
        find(line, READING).map(text)
    }

    fn text(when: When) -> String {
        match when {
            When::At(at) => at.rfc3339(chrono_tz::Asia::Shanghai),
            When::Day(day) => day.to_string(),
        }
    }

    #[test]
    fn the_usual_spellings_are_read() {
        assert_eq!(said("发布时间：2021-10-29 08:30:00 来源").unwrap(), "2021-10-29T08:30:00+08:00");
        assert_eq!(said("[2021/10/29]").unwrap(), "2021-10-29");
        assert_eq!(said("2021年10月29日08时30分").unwrap(), "2021-10-29T08:30:00+08:00");
        assert_eq!(said("２０２１．１０．２９　８：３０").unwrap(), "2021-10-29T08:30:00+08:00");
        assert_eq!(said("2021-10-29T08:30:00+0100").unwrap(), "2021-10-29T15:30:00+08:00");
        assert_eq!(said("October 29th, 2021 at 8:30 pm").unwrap(), "2021-10-29T20:30:00+08:00");
        assert_eq!(said("29 Oct 2021").unwrap(), "2021-10-29");
    }

    #[test]
    fn a_date_without_a_year_stays_behind_the_turn_of_the_year() {
        assert_eq!(said("12-31").unwrap(), "2025-12-31");
        assert_eq!(said("[01-01 00:30]").unwrap(), "2026-01-01T00:30:00+08:00");
        assert_eq!(said("11月3日").unwrap(), "2025-11-03");
    }

    #[test]
    fn words_for_near_times_hang_on_now() {
        assert_eq!(said("昨天 22:15").unwrap(), "2025-12-31T22:15:00+08:00");
        assert_eq!(said("3小时前").unwrap(), "2025-12-31T22:00:00+08:00");
        assert_eq!(said("5 minutes ago").unwrap(), "2026-01-01T00:55:00+08:00");
    }

    #[test]
    fn what_is_no_date_gives_none() {
        for line in ["", "第3-4版", "2021-13-45", "电话 0710-4221100", "今天天气好", "比分 3:2", "may 5"] {
            assert_eq!(said(line), None, "{line}");
        }
    }

    #[test]
    fn dates_in_two_elements_are_put_together() {
        for line in ["30 2025-12", "2025-12 30", "12-30 2025", "30日 2025年12月"] {
            assert_eq!(in_pieces(line).map(text).as_deref(), Some("2025-12-30"), "{line}");
        }
        assert_eq!(in_pieces("2025-12-30 16:20"), None);
        assert!(is_bare("[2025-12-30]") && is_bare("3小时前") && !is_bare("12月大事记") && !is_bare("今天"));
    }

    #[test]
    fn feeds_with_bad_weekdays_and_local_zones_are_read() {
        let read = |line| of_feed(line, READING).map(text).unwrap();
        assert_eq!(read("Mon, 29 Oct 2021 08:30:00 +0800"), "2021-10-29T08:30:00+08:00");
        assert_eq!(read("Fri, 29 Oct 2021 08:30:00 CST"), "2021-10-29T08:30:00+08:00");
        assert_eq!(read("Fri, 29 Oct 2021 00:30:00 GMT"), "2021-10-29T08:30:00+08:00");
        assert_eq!(read("2021-10-29 08:30:00"), "2021-10-29T08:30:00+08:00");
        assert_eq!(read("2021年10月29日"), "2021-10-29");
    }

    #[test]
    fn addresses_tell_the_day() {
        for path in [
            "/202110/t20211029_123.shtml",
            "/2021-10/29/content_1.htm",
            "/art/2021/10/29/art_23_1.html",
            "/a/xinwen/2021/1029/12.html",
            "/21/1029/16/FJ1.html",
        ] {
            assert_eq!(in_path(path).map(|day| day.to_string()).as_deref(), Some("2021-10-29"), "{path}");
        }
        assert_eq!(in_path("/p/116892.html"), None);
    }
}
