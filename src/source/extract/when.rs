//! Printed times: every way in which Chinese pages and machines write one.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use regex::{Captures, Regex};

use super::months;
use super::words::{narrow, pattern};
use crate::model::{Millis, When};

/// What a printed time is read against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// The source's zone.
    pub zone: Tz,
    /// When the page was read, for 3 小时前 and 昨天.
    pub seen_at: Millis,
}

/// No newsroom printed on the web before this year.
const FIRST_YEAR: i32 = 1990;

/// `2021-10-29`, `2021年10月29日`, `2021/1/2`, `2021.10.29`, with an hour behind it or not.
static FULL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[^\d])((?:19|20)\d{2})\s*(?:[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})|年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?|\s(?P<month>\d{1,2})/(?P<day>\d{1,2}))(?:\D{0,2}?(?:星期|周)[一二三四五六日天])?(?:\s*(?P<half>上午|下午|晚上|凌晨|中午|早上)?(?:[T\s,]|日|&nbsp;)*(?P<hour>\d{1,2})\s*[:时時点點]\s*(?P<minute>\d{2})(?:\s*[:分]\s*(?P<second>\d{2}))?(?:\.\d+)?\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?)?",
    )
});

/// `10-29 08:30`, `10月29日 08:30`: no year.
static YEARLESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:\D*\s)?(\d{1,2})\s*[-/月]\s*(\d{1,2})日?\s+(\d{1,2})\s*[:时時]\s*(\d{2})"));

/// `昨天 08:30`.
static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(今天|昨天|前天|今日|昨日)\s*(\d{1,2})\s*[:时]\s*(\d{2})"));

/// `3小时前`.
static AGO: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d{1,3})\s*(秒钟?|分钟|小时|天|minutes?|hours?|days?)\s*(?:以?前|ago)|刚刚"));

/// `29 October 2021`, `October 29, 2021`, with an hour behind it or not.
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(\d{1,2})(?:st|nd|rd|th)?\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+)(20\d{2}|19\d{2})\b(?:[,\s|•·–-]*(?:at\s+)?(\d{1,2})[:.](\d{2})\s*([ap]\.?m\b)?)?",
    )
});

/// The first time that a text tells, and the part of it that told.
pub(super) fn first(text: &str, reading: Reading) -> Option<(When, String)> {
    // Most lines tell none, and a look for digits is cheaper than any pattern.
    if !text.chars().any(char::is_numeric) && !text.contains("刚刚") {
        return None;
    }
    let text = narrow(text);
    if let Some(found) = FULL.captures_iter(&text).find_map(|found| Some((full(&found, reading)?, found[0].trim().to_owned()))) {
        return Some(found);
    }
    if let Some(found) = ENGLISH.captures(&text) {
        return Some((english(&found, reading)?, found[0].to_owned()));
    }
    // Days with slashes begin with the month in North America alone.
    if let Some((found, part)) = months::first(&text, reading.zone.name().starts_with("America/")) {
        let (year, month, number) = found.day;
        let date = NaiveDate::from_ymd_opt(year, month, number)?;
        let time = found.clock.and_then(|(hour, minute)| NaiveTime::from_hms_opt(hour, minute, 0));
        return Some((time.map_or(When::Day(date), |time| at(date, time, reading.zone)), part));
    }
    if let Some(found) = NAMED.captures(&text) {
        let back = match &found[1] {
            "昨天" | "昨日" => 1,
            "前天" => 2,
            _ => 0,
        };
        let day = reading.seen_at.in_zone(reading.zone).date_naive() - Duration::days(back);
        return Some((at(day, clock(&found, 2)?, reading.zone), found[0].to_owned()));
    }
    if let Some(found) = AGO.captures(&text) {
        return Some((ago(&found, reading), found[0].to_owned()));
    }
    let found = YEARLESS.captures(&text)?;
    // What stands before the month is no part of the time.
    let told = text[found.get(1).map_or(0, |month| month.start())..found.get(0).map_or(0, |whole| whole.end())].to_owned();
    Some((yearless(&found, reading)?, told))
}

/// A machine's time (RFC 3339, `Date:` of a mail, or any form above): meta elements, JSON-LD, `<time datetime>`.
pub(super) fn machine(text: &str, reading: Reading) -> Option<When> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text)) {
        return Some(When::At(at.into()));
    }
    if text.len() == 13
        && let Ok(millis) = text.parse::<i64>()
    {
        return Some(When::At(Millis(millis)));
    }
    if text.len() == 10
        && !text.contains(['-', '/', '.'])
        && let Ok(seconds) = text.parse::<i64>()
    {
        return Some(When::At(Millis(seconds.saturating_mul(1000))));
    }
    if text.len() == 14
        && let Ok(naive) = NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S")
    {
        return Some(at(naive.date(), naive.time(), reading.zone));
    }
    first(text, reading).map(|(when, _)| when)
}

/// The day that an address tells: `/2021/1029/`, `t20211029_123.shtml`, `/2021-10/29/`, `/art/2021/10/29/`.
pub(super) fn in_address(path: &str) -> Option<NaiveDate> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?:^|[/_t-])(20\d{2})[-/_]?(0[1-9]|1[0-2]|[1-9](?:[-/_]))[-/_]?(0[1-9]|[12]\d|3[01]|[1-9])(?:[/_.-]|$)")
    });
    DAY.captures(path).and_then(|found| day(&found[1], found[2].trim_end_matches(['-', '/', '_']), &found[3]))
}

/// Whether two times can be one moment printed twice: same day, or one of them tells the day alone and it is that day.
pub(super) fn same_day(a: When, b: When, zone: Tz) -> bool {
    day_of(a, zone) == day_of(b, zone)
}

/// The day of a time in a zone.
pub(super) fn day_of(when: When, zone: Tz) -> NaiveDate {
    match when {
        When::Day(day) => day,
        When::At(at) => at.in_zone(zone).date_naive(),
    }
}

fn full(found: &Captures<'_>, reading: Reading) -> Option<When> {
    let month = found.get(2).or(found.get(4)).or(found.name("month"))?;
    let day_number = found.get(3).or(found.get(5)).or(found.name("day"))?;
    let date = day(&found[1], month.as_str(), day_number.as_str())?;
    let Some(hour) = found.name("hour") else { return Some(When::Day(date)) };
    let mut hour: u32 = hour.as_str().parse().ok()?;
    if matches!(found.name("half").map(|half| half.as_str()), Some("下午" | "晚上")) && hour < 12 {
        hour += 12;
    }
    let number = |name: &str| found.name(name).map_or(Some(0), |part| part.as_str().parse::<u32>().ok());
    let time = NaiveTime::from_hms_opt(hour, number("minute")?, number("second")?)?;
    if let Some(offset) = found.name("offset") {
        let text = format!("{}T{}{}", date, time.format("%H:%M:%S"), offset.as_str());
        let form = if offset.as_str() == "Z" { text.replace('Z', "+0000") } else { text };
        return DateTime::parse_from_str(&form, "%Y-%m-%dT%H:%M:%S%z").ok().map(|at| When::At(at.into()));
    }
    Some(at(date, time, reading.zone))
}

fn english(found: &Captures<'_>, reading: Reading) -> Option<When> {
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let name = found.get(2).or(found.get(3))?.as_str().to_ascii_lowercase();
    let month = months.iter().position(|month| *month == name)? + 1;
    let number = found.get(1).or(found.get(4))?;
    let date = day(&found[5], &month.to_string(), number.as_str())?;
    let Some(hour) = found.get(6) else { return Some(When::Day(date)) };
    let mut hour: u32 = hour.as_str().parse().ok()?;
    match found.get(8).map(|half| half.as_str().to_ascii_lowercase()).as_deref() {
        Some(half) if half.starts_with('p') && hour < 12 => hour += 12,
        Some(half) if half.starts_with('a') && hour == 12 => hour = 0,
        _ => {}
    }
    let clock = NaiveTime::from_hms_opt(hour, found[7].parse().ok()?, 0);
    Some(clock.map_or(When::Day(date), |clock| at(date, clock, reading.zone)))
}

/// The year is that of the reading, or the one before where the day would lie ahead of it.
fn yearless(found: &Captures<'_>, reading: Reading) -> Option<When> {
    let today = reading.seen_at.in_zone(reading.zone).date_naive();
    let this = day(&today.year().to_string(), &found[1], &found[2])?;
    let date = if this > today + Duration::days(1) { day(&(today.year() - 1).to_string(), &found[1], &found[2])? } else { this };
    Some(at(date, clock(found, 3)?, reading.zone))
}

fn ago(found: &Captures<'_>, reading: Reading) -> When {
    let count: i64 = found.get(1).and_then(|count| count.as_str().parse().ok()).unwrap_or(0);
    let unit = found.get(2).map_or("", |unit| unit.as_str());
    let now = reading.seen_at.in_zone(reading.zone);
    if unit.starts_with('天') || unit.starts_with("day") {
        // Nobody prints the hour of three days ago.
        return When::Day((now - Duration::days(count)).date_naive());
    }
    let span = match unit.chars().next() {
        Some('小' | 'h') => Duration::hours(count),
        Some('分' | 'm') => Duration::minutes(count),
        _ => Duration::seconds(count),
    };
    When::At(Millis::from(now - span))
}

fn clock(found: &Captures<'_>, hour: usize) -> Option<NaiveTime> {
    NaiveTime::from_hms_opt(found[hour].parse().ok()?, found[hour + 1].parse().ok()?, 0)
}

fn day(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let date = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    (date.year() >= FIRST_YEAR).then_some(date)
}

/// A local time; one that a change of summer time skips is read an hour later.
fn at(date: NaiveDate, time: NaiveTime, zone: Tz) -> When {
    let naive = date.and_time(time);
    let local = naive.and_local_timezone(zone).earliest().or_else(|| (naive + Duration::hours(1)).and_local_timezone(zone).earliest());
    local.map_or(When::Day(date), |local| When::At(local.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let zone = chrono_tz::Asia::Shanghai;
        let seen_at = Millis::from(DateTime::parse_from_rfc3339("2022-01-02T09:00:00+08:00").unwrap());
        first(text, Reading { zone, seen_at }).map(|(when, _)| match when {
            When::Day(day) => day.to_string(),
            When::At(at) => at.rfc3339(zone),
        })
    }

    #[test]
    fn every_printed_form_is_read() {
        for (text, time) in [
            ("发布时间:2021-10-29 来源:", "2021-10-29"),
            ("2021年10月29日 08:30", "2021-10-29T08:30:00+08:00"),
            ("发表于 2021-10-29 08:30 | 1164次阅读 | 0 条评论", "2021-10-29T08:30:00+08:00"),
            ("2021年10月29日08时30分", "2021-10-29T08:30:00+08:00"),
            ("２０２１－１０－２９　０８：３０", "2021-10-29T08:30:00+08:00"),
            ("更新时间：2021/6/1 18:40:16", "2021-06-01T18:40:16+08:00"),
            ("2021.10.29", "2021-10-29"),
            ("2021 10/29 08:30:00 来源：河边社", "2021-10-29T08:30:00+08:00"),
            ("2021年10月29日08:30:15", "2021-10-29T08:30:15+08:00"),
            ("发布时间：2021-10-29T08:30:00+08:00", "2021-10-29T08:30:00+08:00"),
            ("2021-10-29 8:05", "2021-10-29T08:05:00+08:00"),
            ("２０２１年１０月２９日 星期五", "2021-10-29"),
            ("2021-10-2908:30", "2021-10-29T08:30:00+08:00"),
            ("2021-10-29T00:30:00Z", "2021-10-29T08:30:00+08:00"),
            ("2021年10月29日 星期五 下午3:05", "2021-10-29T15:05:00+08:00"),
            ("昨天 23:10", "2022-01-01T23:10:00+08:00"),
            ("3小时前", "2022-01-02T06:00:00+08:00"),
            ("2天前", "2021-12-31"),
            ("12-30 07:00", "2021-12-30T07:00:00+08:00"),
            ("October 29, 2021 at 8:30 am", "2021-10-29T08:30:00+08:00"),
            ("October 29, 2021 | 8:30 p.m.", "2021-10-29T20:30:00+08:00"),
            ("29 October 2021 12.05pm", "2021-10-29T12:05:00+08:00"),
            ("29 Oct 2021", "2021-10-29"),
            ("2021年10月29日 08時30分 (10月29日 11時32分更新)", "2021-10-29T08:30:00+08:00"),
            ("发布於 2021年10月29日 8點05分", "2021-10-29T08:05:00+08:00"),
        ] {
            assert_eq!(read(text).as_deref(), Some(time), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["2021-13-40", "电话:0710-4221100", "1021-10-29", "编号:20009678", "鄂ICP备2009-1号"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_tell_a_day() {
        let day = NaiveDate::from_ymd_opt(2021, 10, 29);
        for path in
            ["/a/xinwen/2021/1029/12.html", "/202110/t20211029_123.shtml", "/2021-10/29/content_1.htm", "/art/2021/10/29/art_23_1.html"]
        {
            assert_eq!(in_address(path), day, "{path}");
        }
        assert_eq!(in_address("/p/116892.html"), None);
    }
}
