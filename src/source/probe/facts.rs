//! What a whole site is: its name, its language, its zone. Pure.

use std::sync::LazyLock;

use chrono::{DateTime, Offset as _};
use chrono_tz::Tz;
use regex::Regex;
use url::Url;

use super::sheet::Sheet;
use crate::model::Millis;

/// A page with more Chinese than this is Chinese, whatever it declares: templates come with `lang="en"`.
const CHINESE_SHARE: f64 = 0.2;

static BETWEEN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\s*(?:[_|｜–—»›<>]|--+|\s-\s|－)\s*|-").expect("a pattern written here compiles"));
/// What a front page's title says besides the name.
static BESIDES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^(?:首页|网站首页|欢迎.*|home|homepage|welcome.*)$").expect("a pattern written here compiles"));

/// The language a page is in, BCP 47.
pub(super) fn language(sheet: &Sheet) -> String {
    let (mut chinese, mut kana, mut all) = (0_usize, 0_usize, 0_usize);
    for c in sheet.lines.iter().flat_map(|line| line.chars()).filter(|c| c.is_alphabetic()) {
        all += 1;
        chinese += usize::from(('\u{4e00}'..='\u{9fff}').contains(&c));
        kana += usize::from(('\u{3040}'..='\u{30ff}').contains(&c));
    }
    let declared = sheet.language.as_deref().unwrap_or_default().trim().replace('_', "-");
    if all > 0 && chinese as f64 >= all as f64 * CHINESE_SHARE && kana * 10 < chinese {
        let traditional = ["hant", "tw", "hk", "mo"].iter().any(|end| declared.to_ascii_lowercase().ends_with(end));
        return if traditional { declared } else { "zh-CN".to_owned() };
    }
    let well_formed = !declared.is_empty() && declared.len() <= 16 && declared.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if well_formed && !declared.to_ascii_lowercase().starts_with("zh") { declared } else { "en".to_owned() }
}

/// The site's name: what its pages' titles end with, else what it calls itself, else its front page's title.
pub(super) fn name<'a>(front: &Sheet, titles: &(impl Iterator<Item = &'a str> + Clone)) -> Option<String> {
    if let Some(name) = &front.site_name {
        return Some(name.clone());
    }
    let title = front.title.as_deref()?;
    let parts: Vec<&str> = BETWEEN.split(title).map(str::trim).filter(|part| !part.is_empty() && !BESIDES.is_match(part)).collect();
    let ends = |part: &&&str| titles.clone().filter(|title| title.trim_end().ends_with(**part)).count();
    // A name with a hyphen of its own is found whole at the end of the other titles.
    let whole = titles.clone().filter(|other| other.ends_with(title)).count();
    let best = parts.iter().rev().max_by_key(ends).filter(|part| ends(part) > whole);
    best.copied().or_else(|| if whole > 0 { Some(title) } else { parts.first().copied() }).map(str::to_owned)
}

/// Zones of countries that have but one, by top-level domain and by the region of a language tag.
const ZONES: [(&str, Tz); 26] = [
    ("cn", chrono_tz::Asia::Shanghai),
    ("hk", chrono_tz::Asia::Hong_Kong),
    ("mo", chrono_tz::Asia::Macau),
    ("tw", chrono_tz::Asia::Taipei),
    ("sg", chrono_tz::Asia::Singapore),
    ("jp", chrono_tz::Asia::Tokyo),
    ("kr", chrono_tz::Asia::Seoul),
    ("in", chrono_tz::Asia::Kolkata),
    ("uk", chrono_tz::Europe::London),
    ("gb", chrono_tz::Europe::London),
    ("ie", chrono_tz::Europe::Dublin),
    ("fr", chrono_tz::Europe::Paris),
    ("de", chrono_tz::Europe::Berlin),
    ("at", chrono_tz::Europe::Vienna),
    ("ch", chrono_tz::Europe::Zurich),
    ("nl", chrono_tz::Europe::Amsterdam),
    ("be", chrono_tz::Europe::Brussels),
    ("dk", chrono_tz::Europe::Copenhagen),
    ("se", chrono_tz::Europe::Stockholm),
    ("no", chrono_tz::Europe::Oslo),
    ("fi", chrono_tz::Europe::Helsinki),
    ("pl", chrono_tz::Europe::Warsaw),
    ("cz", chrono_tz::Europe::Prague),
    ("it", chrono_tz::Europe::Rome),
    ("za", chrono_tz::Africa::Johannesburg),
    ("ng", chrono_tz::Africa::Lagos),
];

/// The zone of a site's printed times, and whether that is more than a guess.
pub(super) fn zone(language: &str, url: &Url, stamps: &[String]) -> (Tz, bool) {
    if language == "zh-CN" {
        return (chrono_tz::Asia::Shanghai, true);
    }
    let domain = url.host_str().and_then(|host| host.rsplit('.').next()).unwrap_or_default();
    let region = language.split('-').nth(1).unwrap_or_default().to_ascii_lowercase();
    let of = |name: &str| ZONES.iter().find(|(code, _)| *code == name).map(|(_, zone)| *zone);
    let named = of(domain).or_else(|| of(&region));
    let stamped: Vec<(Millis, i32)> = stamps
        .iter()
        .filter(|stamp| !stamp.ends_with(['Z', 'z']))
        .filter_map(|stamp| DateTime::parse_from_rfc3339(stamp).ok())
        .map(|at| (at.into(), at.offset().local_minus_utc()))
        .collect();
    let fits = |zone: Tz| stamped.iter().all(|(at, offset)| at.in_zone(zone).offset().fix().local_minus_utc() == *offset);
    match named {
        Some(zone) if fits(zone) => (zone, true),
        _ => match stamped.first() {
            // A fixed offset is right today, and wrong after the clocks change: that is told.
            Some((_, offset)) if offset % 3600 == 0 && fits(fixed(offset / 3600)) => (fixed(offset / 3600), false),
            _ => (named.unwrap_or(chrono_tz::UTC), false),
        },
    }
}

/// `Etc/GMT-8` is eight hours east of Greenwich: POSIX counts westwards.
fn fixed(hours: i32) -> Tz {
    let name = if hours == 0 { "UTC".to_owned() } else { format!("Etc/GMT{:+}", -hours) };
    name.parse().unwrap_or(chrono_tz::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(title: &str, language: &str, line: &str) -> Sheet {
        Sheet { title: Some(title.into()), language: Some(language.into()), lines: vec![line.into()], ..Sheet::default() }
    }

    #[test]
    fn the_name_is_what_titles_end_with() {
        let named = |title: &str, others: &[&str]| name(&sheet(title, "", ""), &others.iter().copied()).unwrap();
        assert_eq!(named("云溪网-云溪县新闻门户", &["三年清淤-云溪新闻-云溪网"]), "云溪网");
        assert_eq!(named("首页_河口县人民政府", &[]), "河口县人民政府");
        assert_eq!(named("Alderwick Weekly", &["The quay opens - Alderwick Weekly"]), "Alderwick Weekly");
        assert_eq!(named("Stoke-on-Sea News", &["The quay opens | Stoke-on-Sea News"]), "Stoke-on-Sea News");
    }

    #[test]
    fn a_page_is_in_the_language_it_is_written_in() {
        assert_eq!(language(&sheet("", "en", "云溪县融媒体中心主办 News")), "zh-CN");
        assert_eq!(language(&sheet("", "en_GB", "News from the harbour")), "en-GB");
        assert_eq!(language(&sheet("", "zh-CN", "News from the harbour")), "en");
    }

    #[test]
    fn the_zone_comes_from_the_country_and_must_fit_the_clocks() {
        let of = |language: &str, host: &str, stamps: &[&str]| {
            let stamps: Vec<String> = stamps.iter().map(|stamp| (*stamp).to_owned()).collect();
            let (zone, sure) = zone(language, &Url::parse(host).unwrap(), &stamps);
            (zone.name(), sure)
        };
        assert_eq!(of("zh-CN", "http://127.0.0.1/", &[]), ("Asia/Shanghai", true));
        assert_eq!(of("en-GB", "http://a.example/", &["2026-07-01T08:00:00+01:00"]), ("Europe/London", true));
        assert_eq!(of("en-GB", "http://a.example/", &["2026-07-01T08:00:00-04:00"]), ("Etc/GMT+4", false));
        assert_eq!(of("en", "http://a.example/", &[]), ("UTC", false));
    }
}
