//! Printed times in other languages than Chinese: `9. September 2025 um 15:46`, `4 Febbraio 2025 - 14:41`, `08.07.2026 05:00`,
//! `2025년 5월 15일 20:00`. Years of other calendars (1403, 2568) are no years of these patterns.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::words::pattern;

/// Beginnings of the names of the months, January first. Where several fit, the longest decides.
const MONTHS: [&str; 12] = [
    "jan ene gen styc led ian янв яну січ oca ιαν tam ינואר בינואר يناير",
    "feb fév fev lut úno фев лют şub φεβ hel veeb פברואר בפברואר فبراير",
    "mar mär már mrt maa bře берез бер мар mart μαρ מרץ במרץ مارس",
    "apr avr abr ápr kwi dub апр квіт nis απρ huh אפריל באפריל أبريل ابريل",
    "may mai maj máj maí mei mag kvě мая май трав μαϊ μαΐ tou מאי במאי مايو",
    "jun jún juin juun giu iun cze červn červen июн юни черв haz ιουν kes יוני ביוני يونيو",
    "jul júl juil juul lug iul lip července červenec июл юли лип tem ιουλ hei יולי ביולי يوليو",
    "aug avg agu ágú aoû aou ago sie srp авг серп ağu αυγ elo אוגוסט באוגוסט أغسطس اغسطس",
    "sep set wrz zář сен сеп вер eyl σεπ syy szept ספטמבר בספטמבר سبتمبر",
    "oct okt ott out paź říj окт жов eki οκτ lok אוקטובר באוקטובר أكتوبر اكتوبر",
    "nov noi lis ноя ное лист kas νοε נובמבר בנובמבר نوفمبر",
    "dec dez des dic déc gru pros дек груд ara δεκ jou דצמבר בדצמבר ديسمبر",
];

/// A time of day behind a day.
const CLOCK: &str = r"(?:[\s,–|•-]*(?:um|at|à|a las|alle(?: ore)?|ore|h|kl\.?|klo|om|o|в|о|às|saat|στις|godz\.?|u)?\s*(?P<hour>\d{1,2})\s?[:.hH]\s?(?P<minute>\d{2})(?:\s*(?P<half>(?i:am|pm|a\.m\.|p\.m\.)))?)?";

static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?:^|[^\d])(?P<day>\d{{1,2}})(?:\.|º|ª|er)?\s*(?:de\s+|di\s+)?(?P<name>\p{{L}}{{3,12}})\.?,?\s+(?:de\s+|del\s+)?(?P<year>(?:19|20)\d\d)\b(?:\s*r\.|\s*г\.|\s*р\.)?{CLOCK}"
    ))
});

static DOTTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?:^|[^\d.])(?P<day>\d{{1,2}})\s?\.\s?(?P<month>\d{{1,2}})\s?\.\s?(?P<year>(?:19|20)\d\d)\b\.?{CLOCK}"))
});

static SLASHED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?:^|[^\d/])(?P<day>\d{{1,2}})\s?[/-]\s?(?P<month>\d{{1,2}})\s?[/-]\s?(?P<year>(?:19|20)\d\d)\b{CLOCK}"))
});

/// `2025. november 12. 8:05`, as Hungarian writes it.
static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?:^|[^\d])(?P<year>(?:19|20)\d\d)\.?\s+(?P<name>\p{{L}}{{3,12}})\.?\s+(?P<day>\d{{1,2}})\b\.?{CLOCK}"))
});

static KOREAN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<year>(?:19|20)\d\d)\s*년\s*(?P<month>\d{1,2})\s*월\s*(?P<day>\d{1,2})\s*일(?:\s*\(?[월화수목금토일]요?일?\)?)?(?:\s*(?P<half>오전|오후)?\s*(?P<hour>\d{1,2})\s*[:시]\s*(?P<minute>\d{2}))?",
    )
});

/// A printed day and, where it stands behind it, the time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Printed {
    /// Year, month, day.
    pub day: (i32, u32, u32),
    /// Hour and minute.
    pub clock: Option<(u32, u32)>,
}

/// The first time that a text tells, and the part of it that told. `month_first` is how a day with slashes is read where both ways would do.
pub(super) fn first(text: &str, month_first: bool) -> Option<(Printed, String)> {
    if !text.chars().any(char::is_numeric) {
        return None;
    }
    let text = western_digits(text);
    let named = NAMED.captures_iter(&text).find_map(|found| printed(&found, month_of(&found["name"])?, number(&found, "day")?));
    named
        .or_else(|| DOTTED.captures(&text).and_then(|found| printed(&found, number(&found, "month")?, number(&found, "day")?)))
        .or_else(|| {
            let mut all = YEAR_FIRST.captures_iter(&text);
            all.find_map(|found| printed(&found, month_of(&found["name"])?, number(&found, "day")?))
        })
        .or_else(|| KOREAN.captures(&text).and_then(|found| printed(&found, number(&found, "month")?, number(&found, "day")?)))
        .or_else(|| {
            let found = SLASHED.captures(&text)?;
            let (one, two) = (number(&found, "day")?, number(&found, "month")?);
            if two > 12 || month_first && one <= 12 { printed(&found, one, two) } else { printed(&found, two, one) }
        })
}

fn number(found: &Captures<'_>, name: &str) -> Option<u32> {
    found.name(name)?.as_str().parse().ok()
}

fn printed(found: &Captures<'_>, month: u32, day: u32) -> Option<(Printed, String)> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = found["year"].parse().ok()?;
    let clock = number(found, "hour").zip(number(found, "minute")).and_then(|(hour, minute)| {
        let half = found.name("half").map(|half| half.as_str().to_lowercase().replace('.', ""));
        let hour = match half.as_deref() {
            Some("pm" | "오후") if hour < 12 => hour + 12,
            Some("am" | "오전") if hour == 12 => 0,
            _ => hour,
        };
        (hour < 24 && minute < 60).then_some((hour, minute))
    });
    Some((Printed { day: (year, month, day), clock }, found[0].trim().to_owned()))
}

/// Whether a word is the name of a month, or its beginning.
pub(super) fn is_month(word: &str) -> bool {
    (3..=10).contains(&word.chars().count()) && month_of(word).is_some()
}

/// The month that a name means; the Finnish `marraskuu` is November, and every other `mar` is March.
fn month_of(name: &str) -> Option<u32> {
    let low = name.to_lowercase();
    if low.starts_with("marras") {
        return Some(11);
    }
    let fits = MONTHS.iter().zip(1..).flat_map(|(names, month)| names.split(' ').map(move |name| (name, month)));
    fits.filter(|(name, _)| low.starts_with(name)).max_by_key(|(name, _)| name.len()).map(|(_, month)| month)
}

/// Arabic and Persian digits as ASCII.
fn western_digits(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{660}'..='\u{669}' => char::from(b'0' + (c as u32 - 0x660) as u8),
            '\u{6f0}'..='\u{6f9}' => char::from(b'0' + (c as u32 - 0x6f0) as u8),
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_writes_its_day() {
        for (text, day, clock) in [
            ("9. September 2025 um 15:46 Uhr", (2025, 9, 9), Some((15, 46))),
            ("4 Febbraio 2025 - 14:41", (2025, 2, 4), Some((14, 41))),
            ("20 de abril de 2026 a las 9:05", (2026, 4, 20), Some((9, 5))),
            ("le 1er août 2024 à 18h30", (2024, 8, 1), Some((18, 30))),
            ("Stand: 08.07.2026 05:00 Uhr", (2026, 7, 8), Some((5, 0))),
            ("12 ноября 2024 г. в 10:15", (2024, 11, 12), Some((10, 15))),
            ("5 Mart 2024", (2024, 3, 5), None),
            ("3 mars 2024", (2024, 3, 3), None),
            ("7. července 2024", (2024, 7, 7), None),
            ("7. června 2024", (2024, 6, 7), None),
            ("2025. november 12. 8:05", (2025, 11, 12), Some((8, 5))),
            ("12. desember 2025, kl. 08.05", (2025, 12, 12), Some((8, 5))),
            ("19.01.2026, godz. 08:15", (2026, 1, 19), Some((8, 15))),
            ("12 בנובמבר 2025", (2025, 11, 12), None),
            ("2025년 5월 15일 오후 8:00", (2025, 5, 15), Some((20, 0))),
            ("٢٩ أكتوبر ٢٠٢٤", (2024, 10, 29), None),
            ("25/12/2024", (2024, 12, 25), None),
        ] {
            assert_eq!(first(text, false).map(|(found, _)| (found.day, found.clock)), Some((day, clock)), "{text}");
        }
        assert_eq!(first("10/12/2024", true).map(|(found, _)| found.day), Some((2024, 10, 12)));
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in ["12 Artikel 2024", "7 ตุลาคม 2568", "1.2.3", "Version 12.13.2024", "99.99.2024"] {
            assert_eq!(first(text, false), None, "{text}");
        }
    }
}
