//! A feed's own dates, from the text as written: the standards first, then what publishers write instead. Never relative, never guessed.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;
use regex::{Captures, Regex};

use crate::model::{Millis, When};

/// Years outside are slips: no newspaper is older online, and zero stands for "never".
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;
/// Longer texts hold more than a date (bytes).
const LONGEST: usize = 200;

/// A clock and what stands behind it for its zone.
const CLOCK: &str = r"(?:(?:T|\s|,|at)*(?P<half>上午|下午|早上|晚上|凌晨|中午)?\s*(?P<h>\d{1,2})\s*[:时点.]\s*(?P<min>\d{1,2})(?:\s*[:分.]\s*(?P<s>\d{1,2}))?(?:[.,]\d+)?\s*秒?分?\s*(?P<ampm>[AaPp]\.?[Mm]\b\.?)?\s*(?P<zone>[A-Za-z+-][A-Za-z0-9:+/_-]*)?)?";

fn form(head: &str) -> Regex {
    Regex::new(&format!("(?i)^{head}{CLOCK}")).expect("a pattern written here compiles")
}

/// ISO 8601 and its relatives; Chinese; RFC 822; American; asctime.
static FORMS: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    [
        form(r"(?:\p{L}+\.?,?\s+)?(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?"),
        form(
            r"(?:\p{L}+\.?,?\s*)?(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?:of\s+|de\s+)?(?P<month>\p{L}{3,})\.?,?[\s-]+(?:de\s+)?(?P<y>\d{2,4})",
        ),
        form(r"(?:\p{L}+\.?,?\s+)?(?P<month>\p{L}{3,})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})"),
        form(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    ]
});
/// `Wed Oct 29 08:30:00 CST 2021`: the year behind the clock.
static ASCTIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:\p{L}{3,},?\s+)?(?P<month>\p{L}{3,})\s+(?P<d>\d{1,2})\s+(?P<h>\d{1,2}):(?P<min>\d{1,2})(?::(?P<s>\d{1,2}))?\s+(?P<zone>[A-Za-z][A-Za-z:+0-9-]*\s+|[+-]\d{4}\s+)?(?P<y>\d{4})")
        .expect("a pattern written here compiles")
});

/// Names of zones that feeds write, in minutes east (RFC 822, 5.1, and what else is common).
const ZONES: [(&str, i32); 37] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("west", 60),
    ("bst", 60),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("ist", 330),
    ("ict", 420),
    ("wib", 420),
    ("hkt", 480),
    ("sgt", 480),
    ("pht", 480),
    ("awst", 480),
    ("jst", 540),
    ("kst", 540),
    ("acst", 570),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("ast", -240),
    ("adt", -180),
    ("est", -300),
    ("edt", -240),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
];

/// The first three letters of months, as the languages of Europe write them; English first.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "янв"],
    &["feb", "fév", "fev", "фев"],
    &["mar", "mär", "mrz", "maa", "мар"],
    &["apr", "abr", "avr", "апр"],
    &["may", "mai", "mag", "mei", "maj", "май", "мая"],
    &["jun", "giu", "июн"],
    &["jul", "lug", "июл"],
    &["aug", "ago", "aoû", "aou", "авг"],
    &["sep", "set", "сен"],
    &["oct", "okt", "ott", "out", "окт"],
    &["nov", "ноя"],
    &["dec", "dez", "dic", "déc", "des", "дек"],
];

/// Reads a date; what tells no zone is in `zone`.
pub(super) fn read(text: &str, zone: Tz) -> Option<When> {
    let text = half_width(text.get(..LONGEST).unwrap_or(text));
    let text = text.trim().trim_start_matches(|c: char| !c.is_alphanumeric());
    if let Some(at) = epoch(text) {
        return Some(at);
    }
    if let Some(found) = ASCTIME.captures(text) {
        return when(&found, zone);
    }
    FORMS.iter().find_map(|form| when(&form.captures(text)?, zone))
}

/// Seconds or milliseconds since 1970, as some systems print their own clock.
fn epoch(text: &str) -> Option<When> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let number: i64 = text.parse().ok().filter(|_| digits)?;
    match text.len() {
        9 | 10 => Some(When::At(Millis(number * 1000))),
        12 | 13 => Some(When::At(Millis(number))),
        _ => None,
    }
}

fn when(found: &Captures, zone: Tz) -> Option<When> {
    let day = day(found)?;
    let Some(clock) = clock(found) else { return Some(When::Day(day)) };
    // 24:00 is the next day's first minute.
    let local = day.and_time(clock.0).checked_add_signed(TimeDelta::days(i64::from(clock.1)))?;
    Some(match found.name("zone").and_then(|name| offset(name.as_str().trim(), local, zone)) {
        Some(minutes) => When::At((local - TimeDelta::minutes(i64::from(minutes))).and_utc().into()),
        None => local.and_local_timezone(zone).earliest().map_or(When::Day(day), |at| When::At(at.into())),
    })
}

fn number(found: &Captures, name: &str) -> Option<u32> {
    found.name(name)?.as_str().parse().ok()
}

fn day(found: &Captures) -> Option<NaiveDate> {
    let written = found.name("y")?.as_str();
    let year: i32 = written.parse().ok()?;
    // RFC 5322, 4.3: two digits below 50 are of this century, three are years since 1900.
    let year = match written.len() {
        2 if year < 50 => 2000 + year,
        2 | 3 => 1900 + year,
        _ => year,
    };
    let month = number(found, "m").or_else(|| month(found.name("month")?.as_str()))?;
    NaiveDate::from_ymd_opt(year, month, number(found, "d")?).filter(|day| YEARS.contains(&day.year()))
}

fn month(word: &str) -> Option<u32> {
    let start: String = word.to_lowercase().chars().take(3).collect();
    // French has two months that begin alike.
    match word.to_lowercase().as_str() {
        word if word.starts_with("juin") => return Some(6),
        word if word.starts_with("juil") => return Some(7),
        _ => {}
    }
    let at = MONTHS.iter().position(|names| names.contains(&start.as_str()))?;
    u32::try_from(at + 1).ok()
}

/// The clock, and how many days it runs over.
fn clock(found: &Captures) -> Option<(NaiveTime, u8)> {
    let mut hour = number(found, "h")?;
    let told = |name: &str| found.name(name).map_or("", |found| found.as_str());
    let afternoon = matches!(told("half"), "下午" | "晚上") || told("ampm").starts_with(['p', 'P']);
    if afternoon && hour < 12 {
        hour += 12;
    } else if hour == 12 && (told("ampm").starts_with(['a', 'A']) || told("half") == "凌晨") {
        hour = 0;
    }
    let (minute, second) = (number(found, "min")?, number(found, "s").unwrap_or(0).min(59));
    if hour == 24 && minute == 0 && second == 0 {
        return Some((NaiveTime::MIN, 1));
    }
    Some((NaiveTime::from_hms_opt(hour, minute, second)?, 0))
}

/// Minutes east of a zone as written; `None` where nobody knows it, and the source's own counts.
fn offset(name: &str, local: NaiveDateTime, own: Tz) -> Option<i32> {
    let lower = name.to_ascii_lowercase();
    let digits = lower.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    if let Some(sign) = digits.chars().next().filter(|sign| matches!(sign, '+' | '-')) {
        let digits: String = digits[1..].chars().filter(char::is_ascii_digit).collect();
        let (hours, minutes) = match digits.len() {
            1 | 2 => (digits.as_str(), "0"),
            3 | 4 => digits.split_at(digits.len() - 2),
            _ => return None,
        };
        let minutes = hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?;
        return (minutes <= 14 * 60).then_some(if sign == '-' { -minutes } else { minutes });
    }
    if lower == "cst" {
        // China's in China's feeds, the American one of RFC 822 elsewhere.
        let east = own.offset_from_utc_datetime(&local).fix().local_minus_utc() > 0;
        return Some(if east { 480 } else { -360 });
    }
    if let Some((_, minutes)) = ZONES.iter().find(|(known, _)| *known == lower) {
        return Some(*minutes);
    }
    let named: Tz = name.parse().ok()?;
    Some(named.offset_from_local_datetime(&local).earliest()?.fix().local_minus_utc() / 60)
}

/// Full-width digits and signs as ASCII.
fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' | '\u{a0}' | '\u{202f}' => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        match read(text, chrono_tz::Asia::Shanghai) {
            Some(When::At(at)) => at.rfc3339(chrono_tz::Asia::Shanghai),
            Some(When::Day(day)) => day.to_string(),
            None => "none".to_owned(),
        }
    }

    #[test]
    fn standards_and_habits_are_read() {
        for (text, wanted) in [
            ("2021-10-29T08:30:00+08:00", "2021-10-29T08:30:00+08:00"),
            ("2021-10-29T00:30:00.123Z", "2021-10-29T08:30:00+08:00"),
            ("2021-10-29T00:30+00:00", "2021-10-29T08:30:00+08:00"),
            ("2021-10-29 08:30:00", "2021-10-29T08:30:00+08:00"),
            ("2021-10-29 08:30:00 +0800", "2021-10-29T08:30:00+08:00"),
            ("2021/10/29 8:30", "2021-10-29T08:30:00+08:00"),
            ("2021年10月29日", "2021-10-29"),
            ("2021年10月29日 08时30分", "2021-10-29T08:30:00+08:00"),
            ("２０２１年１０月２９日　下午８：３０", "2021-10-29T20:30:00+08:00"),
            ("Fri, 29 Oct 2021 08:30:00 +0800", "2021-10-29T08:30:00+08:00"),
            ("Mon, 29 Oct 21 00:30 UT", "2021-10-29T08:30:00+08:00"),
            ("29 Oct 99 00:30:00 GMT", "1999-10-29T08:30:00+08:00"),
            ("Fri, 29 Oct 2021 08:30:00 CST", "2021-10-29T08:30:00+08:00"),
            ("Thu, 28 Oct 2021 20:30:00 EDT", "2021-10-29T08:30:00+08:00"),
            ("Fri, 29 Oct 2021 08:30:00 GMT+8", "2021-10-29T08:30:00+08:00"),
            ("Fri, 29 Oct 2021 08:30:00 Asia/Shanghai", "2021-10-29T08:30:00+08:00"),
            ("Fri, 29 Oct 2021 08:30:00 XYZ", "2021-10-29T08:30:00+08:00"),
            ("Fri, 29 Oct 2021 08:30:00 +99999999999", "2021-10-29T08:30:00+08:00"),
            ("Fri, 29 Oct 2021 08:30:00 +9999", "2021-10-29T08:30:00+08:00"),
            ("星期五, 29 Oct 2021 08:30:00", "2021-10-29T08:30:00+08:00"),
            ("ven., 29 octobre 2021 02:30:00 +0200", "2021-10-29T08:30:00+08:00"),
            ("Fri Oct 29 08:30:00 CST 2021", "2021-10-29T08:30:00+08:00"),
            ("Oct 29, 2021 8:30 PM", "2021-10-29T20:30:00+08:00"),
            ("Friday, October 29, 2021", "2021-10-29"),
            ("29-Oct-2021", "2021-10-29"),
            ("20211029", "2021-10-29"),
            ("1635467400", "2021-10-29T08:30:00+08:00"),
            ("1635467400000", "2021-10-29T08:30:00+08:00"),
            ("2021-10-28T24:00:00+08:00", "2021-10-29T00:00:00+08:00"),
        ] {
            assert_eq!(said(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_hangs_on_now_or_never_was_is_none() {
        for text in [
            "",
            "昨天 08:30",
            "3小时前",
            "yesterday",
            "10-29 08:30",
            "0001-01-01T00:00:00",
            "2021-13-45",
            "2021-10",
            "soon",
            "-",
            "99999999",
        ] {
            assert_eq!(said(text), "none", "{text}");
        }
    }
}
