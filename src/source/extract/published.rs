//! When a page says it was published: the labelled line nearest to the headline, and what machines were told.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::Found;
use super::facts;
use super::head::Head;
use super::lines::Line;
use super::title;
use super::when::{self, Reading};
use super::words::{len, pattern};
use crate::model::{Millis, When};

/// Labels of a time, the surer ones first in weight.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(发布时间|发布日期|发表时间|发表日期|发表于|发布于|发文日期|成文日期|印发日期|时间|日期|更新时间|更新日期|录入时间|Published|Posted|posted on|Updated|Last updated)\s*[:：]?",
    )
});

/// Lines that tell another time than the article's: the page's clock, a comment, a year of copyright.
static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"今天是|现在是|农历|当前时间|欢迎(?:您|访问)|(?i:copyright|©|all rights)|版权|备案|ICP|截稿|截至|活动时间|会议时间|报名时间|开放时间",
    )
});

/// Lines of comments, where they stand behind the beginning of the text; before it, they count them.
static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"网友|评论|回复|楼|跟帖|留言"));

/// How far behind the headline a time may stand (lines).
const BEHIND: usize = 14;

/// How far behind the beginning of the text a time alone may stand (lines): a standfirst and a row of buttons lie between.
const UNDER: usize = 10;

/// How far before the headline it may stand: legacy pages print it there too (lines).
const BEFORE: usize = 3;

/// A line that is a label alone is no longer (characters).
const LABELS: usize = 8;

/// A line of time is shorter (characters).
const LONGEST: usize = 200;

/// A minute (milliseconds).
const MINUTE: i64 = 60_000;

/// When the page says it was published. `body` is where running text begins.
pub(super) fn of_page(
    head: &Head,
    lines: &[Line],
    title: Option<usize>,
    body: usize,
    url: Option<&Url>,
    reading: Reading,
) -> Option<Found<When>> {
    let told = told(head, reading).or_else(|| stamped(lines, title, body, reading));
    let printed = printed(lines, title, body, reading);
    match (printed, told) {
        // The page prints a day, and machines were told its hour.
        (Some(Found { value: day @ When::Day(_), .. }), Some(told))
            if matches!(told.value, When::At(_)) && when::same_day(day, told.value, reading.zone) =>
        {
            Some(told)
        }
        // The page prints a minute, and machines were told its second.
        (Some(Found { value: When::At(printed), .. }), Some(told)) if completes(told.value, printed) => Some(told),
        // Machines were told a day, and the page prints its hour.
        (Some(printed), Some(Found { value: day @ When::Day(_), .. }))
            if matches!(printed.value, When::At(_)) && when::same_day(printed.value, day, reading.zone) =>
        {
            Some(printed)
        }
        // What machines were told goes first where it is the standard's own; elsewhere readers notice a wrong time sooner than robots do.
        (Some(printed), Some(told)) if told.rule.starts_with("meta") || when::same_day(printed.value, told.value, reading.zone) => {
            let other = printed.rule.starts_with("label 发") && !when::same_day(printed.value, told.value, reading.zone);
            Some(if (matches!(printed.value, When::At(_)) || other) && told.rule.starts_with("meta") { printed } else { told })
        }
        (_, Some(told)) if !told.rule.starts_with("meta") => Some(told),
        (Some(printed), _) => Some(printed),
        (None, Some(told)) => Some(told),
        (None, None) => {
            if let Some(found) = posted(lines, reading) {
                return Some(found);
            }
            let url = url?;
            let day = when::in_address(url.path())?;
            Some(Found { value: When::Day(day), rule: "address".to_owned(), line: url.path().to_owned() })
        }
    }
}

/// What the old default theme of `WordPress` says below a text, in a sentence: `This entry was posted on Wednesday, January 14th, 2026 at 7:52 am`.
fn posted(lines: &[Line], reading: Reading) -> Option<Found<When>> {
    let line = lines.iter().find(|line| line.text.starts_with("This entry was posted on ") && !line.aside)?;
    let (value, _) = when::first(&line.text, reading)?;
    Some(Found { value, rule: "entry was posted".to_owned(), line: line.text.clone() })
}

/// Whether a time is a printed minute with its second.
fn completes(told: When, printed: Millis) -> bool {
    matches!(told, When::At(at) if printed.0 % MINUTE == 0 && at.0.div_euclid(MINUTE) == printed.0.div_euclid(MINUTE))
}

/// What a page prints.
pub(super) fn printed(lines: &[Line], title: Option<usize>, body: usize, reading: Reading) -> Option<Found<When>> {
    let around = |at: usize| match title {
        Some(title) => at + BEFORE >= title && at <= title + BEHIND,
        None => at <= body,
    };
    let mut best: Option<(i32, Found<When>)> = None;
    for (at, line) in lines.iter().enumerate() {
        let near = around(at);
        let row = facts::of_row(&line.spaced).and_then(|facts| facts.moment);
        let text = row.as_deref().unwrap_or(&line.spaced);
        // A line without a number tells no time, unless it is a label and the next line tells it.
        if !text.chars().any(char::is_numeric) && !text.contains("刚刚") && len(text) > LABELS {
            continue;
        }
        let sure = ["发布", "发表于", "发表时间", "发表日期"].iter().any(|label| text.contains(label));
        if len(text) > LONGEST
            || !near && (line.is_link() || line.is_prose() || line.aside)
            || OTHER.is_match(text) && !sure
            || at >= body && COMMENT.is_match(text)
        {
            continue;
        }
        let label = LABEL.captures(text).map(|found| found[1].to_owned());
        // Far from the headline only a label makes a time the article's.
        if !near && label.is_none() {
            continue;
        }
        let read = if row.is_some() { when::first(text, reading) } else { labelled(lines, at, reading) };
        let Some((value, matched)) = read else { continue };
        let distance = title.map_or(at, |title| at.abs_diff(title));
        let mut score = 100 - i32::try_from(distance.min(90)).unwrap_or(90);
        score += match label.as_deref() {
            Some("更新时间" | "更新日期" | "录入时间" | "Updated" | "Last updated") => 30,
            Some("时间" | "日期") => 35,
            Some(_) => 50,
            None => 0,
        };
        score += if matches!(value, When::At(_)) { 15 } else { 0 };
        score -= if line.aside { 60 } else { 0 };
        score -= if title.is_some_and(|title| at < title) { 25 } else { 0 };
        score -= if line.is_link() { 40 } else { 0 };
        score -= if line.is_prose() { 60 } else { 0 };
        // Behind the beginning of the text only a label makes a time the article's: lists and comments have times too.
        // A standfirst may stand above the time, and the text begins with it.
        let below = at <= body + UNDER && !line.is_prose() && title::is_mostly_time(text);
        let standing = near && (at <= body || below) && len(text) <= 80 || label.is_some() && (near || !line.aside);
        if standing && score > 40 && best.as_ref().is_none_or(|(known, _)| score > *known) {
            let rule = label.map_or_else(|| "line near the headline".to_owned(), |label| format!("label {label}"));
            best = Some((score, Found { value, rule, line: if matched.is_empty() { text.to_owned() } else { line.spaced.clone() } }));
        }
    }
    best.map(|(_, found)| found)
}

/// The time of a line; a line that is a label alone has its time in the next one.
fn labelled(lines: &[Line], at: usize, reading: Reading) -> Option<(When, String)> {
    let text = lines[at].spaced.as_str();
    if let Some(label) = LABEL.find(text) {
        if let Some(found) = when::first(&text[label.start()..], reading) {
            return Some(found);
        }
        if text[label.end()..].trim().is_empty() && len(text) <= LABELS {
            return when::first(&lines.get(at + 1)?.spaced, reading);
        }
    }
    when::first(text, reading)
}

/// What machines were told: `article:published_time` and JSON-LD (standard), or a CMS's own meta element (`meta`).
fn told(head: &Head, reading: Reading) -> Option<Found<When>> {
    let found =
        |rule: &str, text: &str| when::machine(text, reading).map(|value| Found { value, rule: rule.to_owned(), line: text.to_owned() });
    if let Some(told) = head
        .told("datePublished")
        .or_else(|| head.told("dateCreated"))
        .or_else(|| head.told("uploadDate"))
        .and_then(|text| found("json-ld datePublished", &zoned(text, head)))
    {
        return Some(told);
    }
    if let Some(told) = head.told_to_search("pubDate").and_then(|text| found("meta pubDate", text)) {
        return Some(told);
    }
    let standard = [
        "article:published_time",
        "og:article:published_time",
        "og:published_time",
        "datepublished",
        "published_time",
        "article.published",
        "og:release_date",
    ];
    if let Some(told) = head.meta(&standard).and_then(|text| found("article:published_time", text)) {
        return Some(told);
    }
    let others = [
        "pubdate",
        "publishdate",
        "publish_date",
        "publication_date",
        "publish-date",
        "dc.date.issued",
        "dc.date",
        "dcterms.created",
        "date",
        "dcterms.issued",
        "dcterms.date",
        "dc.date.created",
        "datecreated",
        "citation_publication_date",
        "citation_online_date",
        "content_publisheddate",
        "vr:published_time",
        "publicationdate",
        "published-date",
        "article:publication_date",
        "parsely-pub-date",
        "sailthru.date",
        "article_date_original",
        "cxenseparse:recs:publishtime",
        "publishedtime",
        "originalpublicationdate",
        "last-modified-date",
        "firstcreatetime",
        "apub:time",
        "_pubtime",
        "weibo: article:create_at",
        "weibo:article:create_at",
    ];
    head.meta(&others).and_then(|text| found("meta", text))
}

/// A time without a zone as another meta element tells it with one: the same clock, written whole.
fn zoned(text: String, head: &Head) -> String {
    static CLOCK: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^\s*(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?\s*$"));
    let parts = |text: &str| CLOCK.captures(text).map(|found| (format!("{} {}", &found[1], &found[2]), found.get(3).is_some()));
    let Some((clock, false)) = parts(&text) else { return text };
    let others = [
        "article:published_time",
        "og:article:published_time",
        "datepublished",
        "date",
        "dc.date.issued",
        "dc.date",
        "pubdate",
        "publishdate",
    ];
    head.all(&others).into_iter().find(|other| parts(other) == Some((clock.clone(), true))).map_or(text, str::to_owned)
}

/// What a `<time>` near the headline tells machines.
fn stamped(lines: &[Line], title: Option<usize>, body: usize, reading: Reading) -> Option<Found<When>> {
    let from = title.unwrap_or(body).saturating_sub(2 * BEFORE);
    let to = (title.unwrap_or(body).max(body) + BEFORE).min(lines.len());
    lines[from.min(to)..to].iter().filter(|line| !line.aside).find_map(|line| {
        let text = line.time.as_deref()?;
        when::machine(text, reading).map(|value| Found { value, rule: "time element".to_owned(), line: text.to_owned() })
    })
}

/// A time that only a script of the page knows, as on pages of public accounts: `var ct = "1703124000"`.
pub(super) fn in_script(html: &str, reading: Reading) -> Option<Found<When>> {
    static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"(?i)\b(?:ct|create_?time|publish_?time|pub_?time|publish_?date|pub_?date)["']?\s*[:=]\s*["']?((?:19|20)\d\d-\d\d?-\d\d?(?:[ T]\d\d?:\d\d(?::\d\d)?)?|1\d{9}(?:\d{3})?)["']?\s*[;,}\n]"#,
        )
    });
    let found = VARIABLE.captures(html)?;
    when::machine(&found[1], reading).map(|value| Found { value, rule: "script".to_owned(), line: found[0].to_owned() })
}

/// When the page says it was changed.
pub(super) fn updated(head: &Head, reading: Reading) -> Option<Found<When>> {
    let text = head.told("dateModified").or_else(|| head.meta(&["article:modified_time", "og:updated_time"]).map(str::to_owned))?;
    when::machine(&text, reading).map(|value| Found { value, rule: "json-ld dateModified".to_owned(), line: text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, title: usize) -> Option<(When, String)> {
        let lines = super::super::lines::of_text(text);
        let reading = Reading { zone: chrono_tz::Asia::Shanghai, seen_at: Millis(1_700_000_000_000) };
        printed(&lines, Some(title), lines.len(), reading).map(|found| (found.value, found.rule))
    }

    #[test]
    fn the_labelled_line_goes_before_clocks_and_lists() {
        let page = "今天是2023年11月14日 星期二\n老渡口修好了\n发布时间:2021-10-29 来源:\n昨天，老渡口修好了，两岸同庆，热闹了一整天。\n桥也修好了 2022-01-01\nCopyright 2005-2023";
        let day = chrono::NaiveDate::from_ymd_opt(2021, 10, 29).unwrap();
        assert_eq!(read(page, 1), Some((When::Day(day), "label 发布时间".to_owned())));
    }

    #[test]
    fn a_page_without_a_time_has_none() {
        assert_eq!(
            read("今天是2023年11月14日 星期二\n老渡口修好了\n昨天，老渡口修好了，两岸同庆，热闹了一整天。\nCopyright 2005-2023", 1),
            None
        );
    }
}
