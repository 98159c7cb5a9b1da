//! The headline: the page's own line that its `<title>` begins with, before anything that machines were told.

use std::sync::LazyLock;

use regex::Regex;

use super::head::Head;
use super::lines::{Line, Shape};
use super::words::{bare, ends_closed, is_han, is_kana_or_hangul, len, narrow, pattern};
use super::{kicker, people, when};

/// A headline and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Headline {
    /// On one line.
    pub text: String,
    /// Its line on the page, where it stands there.
    pub at: Option<usize>,
    /// What found it.
    pub rule: &'static str,
}

/// Between a headline, its section and the site's name.
const SEPARATORS: &[&str] = &["_", " | ", "|", "｜", " - ", "--", "——", " – ", " — ", " » ", " :: ", " • ", "-"];

/// The same, and what stands before nothing but a site's own name.
const BEFORE_SITE: &[&str] = &["_", "|", "｜", "--", "——", "–", "—", "»", "::", "•", "-", "ㅣ", "：", ":", "·", "‹", "«"];

/// A section's name between headline and site is shorter (characters).
const SECTION: usize = 8;

/// A Korean or Japanese title without the section behind its last hyphen; elsewhere hyphens join words.
fn without_section(title: &str) -> &str {
    let Some((headline, section)) = title.rsplit_once('-') else { return title };
    let is_section =
        !section.trim().is_empty() && len(section) <= SECTION && section.chars().all(|c| is_kana_or_hangul(c) || is_han(c) || c == '/');
    if is_section && len(headline) >= 2 * SECTION { headline.trim() } else { title }
}

/// A headline is shorter (characters).
const LONGEST: usize = 200;

/// The headline of an HTML page.
pub(super) fn of_page(head: &Head, lines: &[Line]) -> Option<Headline> {
    let told = [head.meta(&["articletitle"]), head.meta(&["og:title"]), head.title.as_deref(), head.meta(&["twitter:title"])];
    let mut told: Vec<String> = told.into_iter().flatten().map(bare).collect();
    told.extend(head.told("headline").as_deref().map(bare));
    if let Some((at, text)) = broken(lines, &told) {
        return Some(Headline { text, at: Some(at), rule: "heading of several lines" });
    }
    if let Some((at, rule)) = on_page(lines, &told) {
        let printed = &lines[at].text;
        return Some(match kicker::without(printed, head) {
            Some(text) => Headline { text, at: Some(at), rule: "page line without its kicker" },
            None => Headline { text: printed.clone(), at: Some(at), rule },
        });
    }
    if let Some((at, text)) = told_otherwise(head, lines) {
        return Some(Headline { text, at: Some(at), rule: "h1 where machines were told different headlines" });
    }
    if let Some(text) = head.told("headline").or_else(|| head.meta(&["articletitle"]).map(str::to_owned)) {
        return Some(Headline { text, at: None, rule: "json-ld headline" });
    }
    let mut headings = lines.iter().enumerate().filter(|(_, line)| line.shape == Shape::Heading(1) && len(&line.text) > 3 && !line.aside);
    if let (Some((at, only)), None) = (headings.next(), headings.next()) {
        return Some(Headline { text: only.text.clone(), at: Some(at), rule: "h1" });
    }
    if let Some(at) = head.title.as_deref().and_then(|title| above_time(lines, title)) {
        return Some(Headline { text: lines[at].text.clone(), at: Some(at), rule: "line above time and source" });
    }
    let (text, rule) = match (head.meta(&["og:title"]), head.title.as_deref()) {
        (Some(og), _) => (og, "og:title"),
        (None, Some(title)) => (title, "title"),
        (None, None) => return None,
    };
    Some(Headline { text: without_site(text, head.meta(&["og:site_name"])), at: None, rule })
}

/// A headline is broken into so many lines at most.
const BROKEN: usize = 3;

/// A heading that is broken into lines and is, joined, what the head tells; its last line.
fn broken(lines: &[Line], told: &[String]) -> Option<(usize, String)> {
    let heads = |line: &Line| matches!(line.shape, Shape::Heading(_)) && !line.aside && !line.is_link() && !line.bare().is_empty();
    let joins = |from: usize| {
        let first = lines.get(from).filter(|line| heads(line) && told.iter().any(|told| told.starts_with(line.bare())))?;
        let (mut whole, mut text) = (first.bare().to_owned(), first.text.clone());
        for (at, line) in lines.iter().enumerate().skip(from + 1).take(BROKEN - 1) {
            if line.shape != first.shape || line.kin != first.kin || line.bare().is_empty() {
                return None;
            }
            whole.push_str(line.bare());
            let apart = !text.ends_with(is_han) && !line.text.starts_with(is_han);
            text.extend(apart.then_some(' '));
            text.push_str(&line.text);
            if len(&whole) <= LONGEST && told.iter().any(|told| told.starts_with(whole.as_str()) && len(&whole) * 3 >= len(told)) {
                return Some((at, text));
            }
        }
        None
    };
    (0..lines.len()).find_map(joins)
}

/// A printed headline is no shorter where nothing else vouches for it (characters).
const PRINTED: usize = 20;

/// Between a printed headline and the line of its time may stand a second deck and a byline (lines).
const DECKS: usize = 3;

/// The line that stands right above time and source, where the `<title>` ends with it behind a separator, or is a house's name alone.
fn above_time(lines: &[Line], title: &str) -> Option<usize> {
    let is_timed = |line: &Line| {
        !line.is_prose()
            && len(&line.text) < LONGEST
            && !line.is_link()
            && (is_mostly_time(&line.text) || line.judged().is_some_and(|(rule, _)| matches!(rule, "time line" | "source line")))
    };
    let house = len(title.trim()) <= 16
        && title.chars().all(is_han)
        && ["局", "台", "网", "报", "社", "政府", "中心", "委员会", "部", "厅", "院"].iter().any(|end| title.trim().ends_with(end));
    let fits = |line: &Line| {
        let before = title.trim_end().strip_suffix(line.text.as_str()).filter(|_| len(&line.text) >= 3);
        let apart = before.is_some_and(|before| before.ends_with(|c: char| c.is_whitespace() || matches!(c, '-' | '_' | '|' | '>' | '»')));
        let alone = house && len(&line.text) >= 6 && line.bare() != bare(title);
        (apart || alone) && !line.is_link() && !line.aside && !line.trail && line.judged().is_none() && !line.text.contains(['>', '→', '|'])
    };
    let mut timed = (0..lines.len()).filter(|&at| is_timed(&lines[at]));
    timed.find_map(|timed| (timed.saturating_sub(DECKS)..timed).rev().find(|&at| fits(&lines[at])))
}

/// The first heading of the page where it told search engines and networks different headlines: neither is the printed one.
fn told_otherwise(head: &Head, lines: &[Line]) -> Option<(usize, String)> {
    let (og, ld) = (bare(head.meta(&["og:title"])?), bare(&head.told("headline")?));
    if og.contains(&ld) || ld.contains(&og) {
        return None;
    }
    let is_headline = |line: &&Line| line.shape == Shape::Heading(1) && !line.aside && !line.is_link() && len(&line.text) >= PRINTED;
    lines.iter().enumerate().find(|(_, line)| is_headline(line)).map(|(at, line)| (at, line.text.clone()))
}

/// The page's line that what the head tells begins with; else the heading that it ends with, as where a site's name stands first.
fn on_page(lines: &[Line], told: &[String]) -> Option<(usize, &'static str)> {
    // The longest line; among equals a heading, then the first.
    let of = |ends: bool, trail: bool| {
        let lines = lines.iter().enumerate().filter(|(_, line)| line.trail == trail);
        let fitting = lines.filter_map(|(at, line)| Some((score(line, told, ends)?, at)));
        fitting.max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)))
    };
    // The end of a breadcrumb is the headline only where it is printed nowhere else.
    let best = |ends: bool| of(ends, false).or_else(|| of(ends, true));
    match (best(false), best(true)) {
        (Some(((long, rank), first)), Some(((longer, _), at)))
            if longer > long && (rank < 2 || lines[first].is_link() && !lines[at].is_link()) =>
        {
            Some((at, "heading that ends the title"))
        }
        (Some((_, at)), _) => Some((at, "page line that begins the title")),
        (None, Some((_, at))) => Some((at, "heading that ends the title")),
        (None, None) => None,
    }
}

/// How well a line fits as the beginning (or the end) of what the head tells: its length, then whether it is a heading.
fn score(line: &Line, told: &[String], ends: bool) -> Option<(usize, u8)> {
    if len(&line.text) > LONGEST || line.shape == Shape::Caption {
        return None;
    }
    let own = line.bare();
    let long = len(own);
    let rank = match line.shape {
        Shape::Heading(1) => 3,
        Shape::Heading(_) => 2,
        _ if line.is_link() || line.aside => 0,
        _ => 1,
    };
    let shortest = if rank == 3 { 2 } else { 4 };
    if long < shortest || rank == 0 && long < 10 || ends && rank < 2 {
        return None;
    }
    // A section or a site's name in front of a separator is no headline: a line must be a fair part of the whole.
    let fair = |whole: &String| long * 3 >= len(whole) || long >= 10;
    let fits = |whole: &String| if ends { whole.ends_with(&own) } else { whole.starts_with(own) };
    // Markup may put a kicker into the great heading.
    let kicked = |whole: &String| rank == 3 && !ends && len(whole) >= PRINTED && long < 2 * len(whole) && own.ends_with(whole.as_str());
    told.iter().any(|whole| fits(whole) && fair(whole) || kicked(whole)).then_some((long, rank))
}

/// A title without section and site behind it (or in front of it).
fn without_site(title: &str, site: Option<&str>) -> String {
    for separator in site.map_or([].as_slice(), |_| BEFORE_SITE) {
        let site = site.unwrap_or_default();
        if let Some(rest) = title.strip_suffix(site).and_then(|rest| rest.trim_end().strip_suffix(separator.trim())) {
            return without_section(rest.trim()).to_owned();
        }
        if let Some(rest) = title.strip_prefix(site).and_then(|rest| rest.trim_start().strip_prefix(separator.trim())) {
            return rest.trim().to_owned();
        }
    }
    let han = title.chars().any(is_han);
    for separator in SEPARATORS {
        // A bare hyphen separates in Chinese titles only; elsewhere it joins words.
        if *separator == "-" && !han {
            continue;
        }
        let mut parts = title.split(separator).map(str::trim).filter(|part| !part.is_empty());
        let (Some(first), Some(second)) = (parts.next(), parts.next()) else { continue };
        if len(first) >= 6 || len(first) >= len(second) {
            return first.to_owned();
        }
        return second.to_owned();
    }
    title.trim().to_owned()
}

/// The headline of plain text: the last plain short line before the line of time and source, else the first line of all.
pub(super) fn of_text(lines: &[Line], reading: when::Reading) -> Option<Headline> {
    let first_prose = lines.iter().position(|line| line.is_prose() && line.judged().is_none()).unwrap_or(lines.len());
    let is_meta = |line: &Line| {
        let judged = line.judged().map(|(name, _)| name);
        matches!(judged, Some("time line" | "source line"))
            || len(&line.text) < 80 && judged.is_none() && is_mostly_time(&line.text) && when::first(&line.text, reading).is_some()
    };
    let can_be = |line: &Line| {
        let count = len(&line.text);
        (2..=LONGEST).contains(&count)
            && line.judged().is_none()
            && !people::credits(&line.text).whole
            && !is_meta(line)
            && !is_menu(&line.text)
            && !line.text.contains(" > ")
            // A second deck stands under the headline.
            && !line.text.starts_with(['—', '–'])
    };
    let before = |end: usize| lines[..end].iter().rposition(can_be);
    let headline = |at: usize, rule| Headline { text: lines[at].text.clone(), at: Some(at), rule };
    if let Some(at) = lines[..first_prose].iter().position(is_meta).and_then(before) {
        return Some(headline(at, "line above time and source"));
    }
    let byline = lines[..first_prose].iter().position(|line| line.judged().is_some_and(|(name, _)| name == "byline"));
    if let Some(at) = byline.and_then(before) {
        return Some(headline(at, "line above the byline"));
    }
    // A file that holds copy alone begins with its headline.
    if let Some(at) = lines[..first_prose].iter().position(can_be) {
        return Some(headline(at, "first line"));
    }
    None
}

/// Whether a line is a row of short words, as a site's navigation.
fn is_menu(text: &str) -> bool {
    let mut words = text.split(|c: char| c.is_whitespace() || matches!(c, '|' | '｜'));
    text.split_whitespace().count() >= 4 && words.all(|word| len(word) <= 4)
}

/// Whether a line is a time and little else; the page's own clock is none.
pub(super) fn is_mostly_time(text: &str) -> bool {
    static DATE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}"));
    // `9. September 2025`, `October 23, 2025`, `20 de abril de 2026`, `08.07.2026`, `5/10/2018`.
    static WESTERN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\b\d{1,2}(?:\.|st|nd|rd|th|er|º)?\s+(?:de\s+)?\p{L}{3,12}\.?,?\s+(?:de\s+)?(?:19|20)\d\d\b|\b\p{L}{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d\b|\b\d{1,2}\s?[./]\s?\d{1,2}\s?[./]\s?(?:19|20)\d\d\b",
        )
    });
    let clock = ["今天是", "现在是", "农历", "欢迎"].iter().any(|word| text.contains(word));
    let day = narrow(text);
    (DATE.is_match(&day) || WESTERN.is_match(&day))
        && !clock
        && !ends_closed(text.strip_suffix(['：', ':']).filter(|rest| rest.ends_with("来源")).unwrap_or(text))
        && text.chars().filter(|c| c.is_alphabetic() && !"年月日时分秒".contains(*c)).count() <= 24
}

#[cfg(test)]
mod tests {
    use super::*;
    use dom_query::Document;

    fn title(page: &str) -> (String, &'static str) {
        let document = Document::from(page);
        let lines = super::super::lines::of_page(&document, None);
        let found = of_page(&Head::read(&document, None), &lines).unwrap();
        (found.text, found.rule)
    }

    #[test]
    fn a_title_is_taken_apart_by_the_page_itself() {
        let page = "<title>老渡口修好了_河边新闻_河边网</title><ul><li>河边新闻</ul><div class=bt>老渡口修好了</div><p>昨天，河边的老渡口修好了。</p>";
        assert_eq!(title(page), ("老渡口修好了".to_owned(), "page line that begins the title"));
    }

    #[test]
    fn a_headline_broken_into_lines_is_joined() {
        let page = "<title>河边县人民政府关于修复老渡口的通告-通知公告</title><h1>河边县人民政府<br>关于修复老渡口的通告</h1><p>昨天，河边的老渡口修好了。</p>";
        assert_eq!(title(page), ("河边县人民政府关于修复老渡口的通告".to_owned(), "heading of several lines"));
        // A second deck that the title does not hold stays out.
        let page = "<title>老渡口修好了_河边网</title><h1>老渡口修好了<br>两岸的人又能坐船</h1><p>昨天，河边的老渡口修好了。</p>";
        assert_eq!(title(page).0, "老渡口修好了");
    }

    #[test]
    fn widths_and_quotes_do_not_hinder() {
        let page = "<title>\"老渡口\"修好了:两岸同庆-河边网</title><h1>“老渡口”修好了：两岸同庆</h1>";
        assert_eq!(title(page).0, "“老渡口”修好了：两岸同庆");
    }

    #[test]
    fn without_a_line_the_title_is_split() {
        assert_eq!(title("<title>老渡口修好了_河边新闻_河边网</title><p>昨天。</p>").0, "老渡口修好了");
        assert_eq!(
            title("<title>河边日报-老渡口修好了</title><div>河边日报</div><h1>老渡口修好了</h1>"),
            ("老渡口修好了".to_owned(), "heading that ends the title")
        );
        assert_eq!(title("<title>通知公告 - 河边县人民政府</title><h2>河边县人民政府</h2><h1>通知公告</h1>").0, "通知公告");
        assert_eq!(
            title("<meta property=og:site_name content='River News'><title>A landing mended | River News</title>").0,
            "A landing mended"
        );
    }
}
