//! Feed bytes as candidates: decoded by us, read by feed-rs, and read a second time more leniently where the first time failed.

use std::borrow::Cow;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveTime, Utc};
use dom_query::Document;
use feed_rs::parser::{Builder, ParseFeedError, Parser};
use regex::{Captures, Regex};
use url::Url;

use super::adapt;
use crate::model::{Candidate, When, without_controls};
use crate::source::dates::{self, Reading};
use crate::source::extract::decode::decode;

/// A feed, read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeedCopy {
    /// Its articles, in its order.
    pub candidates: Vec<Candidate>,
    /// Its own title.
    pub title: Option<String>,
    /// What had to be mended before it could be read.
    pub mended: bool,
}

/// Why bytes are no feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no feed: {0}")]
pub struct NoFeed(pub String);

static DECLARATION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s*<\?xml[^>]*\?>").expect("a pattern written here compiles"));
/// A CDATA section, a comment, a reference that stands as it is, another reference, or a bare `&`.
static AMPERSANDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)<!\[CDATA\[.*?\]\]>|<!--.*?-->|&(?:amp|lt|gt|quot|apos);|&#(?P<dec>\d{1,7});|&#[xX](?P<hex>[0-9a-fA-F]{1,6});|(?P<named>&[A-Za-z][A-Za-z0-9]{1,30};)|(?P<bare>&)")
        .expect("a pattern written here compiles")
});
static RSS_ROOT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)<rss\b([^>]*)>").expect("a pattern written here compiles"));
static VERSION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\bversion\s*=\s*["'][^"']*["']"#).expect("a pattern written here compiles"));
static ROOT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<((?:[A-Za-z]+:)?(?:rss|RDF|feed))\b").expect("a pattern written here compiles"));
static LAST_ENTRY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"</(?:[A-Za-z]+:)?(?:item|entry)\s*>").expect("a pattern written here compiles"));

/// Reads a feed that came from `url`.
///
/// # Errors
/// When the bytes are no feed even after mending.
pub fn parse(bytes: &[u8], content_type: Option<&str>, url: &Url, source: &str, reading: Reading) -> Result<FeedCopy, NoFeed> {
    let text = decode(bytes, content_type, Some(url)).text;
    let text = without_controls(&text);
    let start = text.find(['<', '{']).ok_or_else(|| NoFeed("it holds neither XML nor JSON".to_owned()))?;
    // The text is UTF-8 by now, and a declaration that says otherwise would make the reader decode it again.
    let text = DECLARATION.replace(&text[start..], "");
    let (feed, mended) = match parser(url, reading).parse(text.as_bytes()) {
        Ok(feed) => (feed, false),
        Err(first) => {
            let mended = mend(&text).ok_or_else(|| refused(&first))?;
            let feed = parser(url, reading).parse(mended.as_bytes()).map_err(|_| refused(&first))?;
            // Cut before its first entry, a feed must not look like one that is empty.
            if feed.entries.is_empty() {
                return Err(refused(&first));
            }
            (feed, true)
        }
    };
    Ok(FeedCopy { title: adapt::feed_title(&feed), candidates: adapt::candidates(&feed, source), mended })
}

fn refused(error: &ParseFeedError) -> NoFeed {
    NoFeed(error.to_string())
}

fn parser(url: &Url, reading: Reading) -> Parser {
    Builder::new()
        .base_uri(Some(url.as_str()))
        .sanitize_content(false)
        // An entry without an id keeps none here; a random one would be new at every look.
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(move |text| dates::of_feed(text, reading).map(marked))
        .build()
}

/// feed-rs has no days without a clock; one nanosecond behind midnight in UTC marks such a day on its way through.
fn marked(when: When) -> DateTime<Utc> {
    match when {
        When::At(at) => at.utc(),
        When::Day(day) => day.and_time(NaiveTime::from_num_seconds_from_midnight_opt(0, 1).unwrap_or_default()).and_utc(),
    }
}

/// Reads what [`marked`] wrote.
pub(super) fn unmarked(at: DateTime<Utc>) -> When {
    if at.timestamp_subsec_nanos() == 1 { When::Day(at.date_naive()) } else { When::At(at.into()) }
}

/// XML with its usual faults mended: bare `&`, HTML's own entities, unknown versions, an end cut off. `None`: it is no XML feed.
fn mend(text: &str) -> Option<String> {
    let root = ROOT.captures(text)?[1].to_owned();
    let text = RSS_ROOT.replace(text, |found: &Captures| {
        let attributes = VERSION.replace(&found[1], "");
        format!("<rss version=\"2.0\"{attributes}>")
    });
    let text = whole(&text, &root);
    Some(AMPERSANDS.replace_all(&text, reference).into_owned())
}

fn reference(found: &Captures) -> String {
    let as_is = || found[0].to_owned();
    if found.name("bare").is_some() {
        return "&amp;".to_owned();
    }
    if let Some(named) = found.name("named") {
        let text = Document::fragment(named.as_str()).text();
        return escaped(&text);
    }
    let decimal = found.name("dec").and_then(|digits| digits.as_str().parse::<u32>().ok());
    let code = decimal.or_else(|| found.name("hex").and_then(|digits| u32::from_str_radix(digits.as_str(), 16).ok()));
    match code {
        None => as_is(),
        Some(code) => char::from_u32(code).map(|c| escaped(&without_controls(c.encode_utf8(&mut [0; 4])))).unwrap_or_default(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A feed that was cut ends behind its last whole entry.
fn whole<'a>(text: &'a str, root: &str) -> Cow<'a, str> {
    if text.trim_end().ends_with(&format!("</{root}>")) {
        return Cow::Borrowed(text);
    }
    let end = LAST_ENTRY.find_iter(text).last().map_or(text.len(), |found| found.end());
    let channel = if root == "rss" { "</channel>" } else { "" };
    Cow::Owned(format!("{}{channel}</{root}>", &text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Body, Millis};

    const NOW: Millis = Millis(1_767_200_400_000);

    fn read(bytes: &[u8]) -> Result<FeedCopy, NoFeed> {
        let reading = Reading { zone: chrono_tz::Asia::Shanghai, now: NOW };
        parse(bytes, None, &Url::parse("http://news.example.cn/feed/rss.xml").unwrap(), "feed", reading)
    }

    fn titles(copy: &FeedCopy) -> Vec<&str> {
        copy.candidates.iter().filter_map(|candidate| candidate.title.as_deref()).collect()
    }

    #[test]
    fn an_rss_feed_gives_its_articles_whole() {
        let copy = read(include_bytes!("../../../fixtures/feeds/county.rss.xml")).unwrap();
        assert_eq!(copy.title.as_deref(), Some("河口县新闻"));
        assert_eq!(titles(&copy), ["县城至码头公交线路今日开通", "秋粮入库过半 & 价格平稳", "图片新闻：雨后的老街"]);
        let first = &copy.candidates[0];
        assert_eq!(first.url.as_ref().unwrap().as_str(), "http://news.example.cn/2025/1230/101.html");
        assert_eq!(first.provenance.external_id.as_deref(), Some("hk-101"));
        assert_eq!(first.published, Some(When::At(Millis(1_767_055_800_000))));
        assert_eq!(first.updated, None);
        assert_eq!(first.authors.iter().map(|byline| byline.name.as_str()).collect::<Vec<_>>(), ["沈望", "柯桥"]);
        assert_eq!(first.tags, ["交通", "民生"]);
        assert_eq!(first.summary.as_deref(), Some("全程四十分钟，票价两元。"));
        assert_eq!(first.body, Body::Html("<p>首班车六时三十分从县城发出。</p>".to_owned()));
        assert_eq!(first.image.as_ref().unwrap().url, "http://news.example.cn/pic/bus.jpg");
        assert_eq!(first.language.as_deref(), Some("zh-CN"));
        assert_eq!(copy.candidates[1].published, Some(When::Day(chrono::NaiveDate::from_ymd_opt(2025, 12, 29).unwrap())));
        assert!(!copy.mended);
    }

    #[test]
    fn an_id_that_two_entries_share_names_neither_and_none_is_invented() {
        let copy = read(include_bytes!("../../../fixtures/feeds/county.rss.xml")).unwrap();
        let again = read(include_bytes!("../../../fixtures/feeds/county.rss.xml")).unwrap();
        assert_eq!(copy, again);
        assert_eq!(copy.candidates[1].provenance.external_id, None);
        let bare = "<rss version='2.0'><channel><title>x</title><item><title>短讯</title></item></channel></rss>";
        let id = |copy: &FeedCopy| copy.candidates[0].provenance.external_id.clone().unwrap();
        assert_eq!(id(&read(bare.as_bytes()).unwrap()), id(&read(bare.as_bytes()).unwrap()));
    }

    #[test]
    fn atom_and_json_are_read_and_inherit_their_feeds_author() {
        let atom = read(include_bytes!("../../../fixtures/feeds/harbour.atom.xml")).unwrap();
        assert_eq!(titles(&atom), ["Ferry timetable: A < B & more", "Library reopens"]);
        assert_eq!(atom.candidates[0].url.as_ref().unwrap().as_str(), "http://news.example.cn/feed/posts/1.html");
        assert_eq!(atom.candidates[0].authors[0].name, "Mara Quill");
        assert_eq!(atom.candidates[1].updated, Some(When::At(Millis(1_766_999_400_000))));
        let json = read(include_bytes!("../../../fixtures/feeds/harbour.json")).unwrap();
        assert_eq!(titles(&json), ["Ferry timetable"]);
        assert_eq!(json.candidates[0].provenance.external_id.as_deref(), Some("1"));
        assert_eq!(json.candidates[0].body, Body::Html("<p>From Monday.</p>".to_owned()));
    }

    #[test]
    fn faulty_feeds_are_mended() {
        let bare = "<rss version='0.93'><channel><title>甲&乙</title><item><title>A&B &nbsp;&mdash; &#11;C</title><link>http://e.cn/?a=1&b=2</link></item><item><title>半";
        let copy = read(bare.as_bytes()).unwrap();
        assert!(copy.mended);
        assert_eq!(titles(&copy), ["A&B — C"]);
        assert_eq!(copy.candidates[0].url.as_ref().unwrap().as_str(), "http://e.cn/?a=1&b=2");
        let undeclared = encoding_rs::GB18030
            .encode("<rss version='2.0'><channel><title>宜居</title><item><title>融媒体中心举行开放日活动</title></item></channel></rss>")
            .0;
        assert_eq!(titles(&read(&undeclared).unwrap()), ["融媒体中心举行开放日活动"]);
        let mislabelled =
            "<?xml version='1.0' encoding='gb2312'?><rss version='2.0'><channel><item><title>标签有误\u{b}</title></item></channel></rss>";
        assert_eq!(titles(&read(mislabelled.as_bytes()).unwrap()), ["标签有误"]);
    }

    #[test]
    fn what_is_no_feed_is_an_error() {
        for wrong in ["", "hello", "<html><body><p>404</p></body></html>", "{\"a\":1}", "<rss version='2.0'><channel><title>cut", "<rss"] {
            assert!(read(wrong.as_bytes()).is_err(), "{wrong}");
        }
        let nested = format!("<rss version='2.0'><channel>{}", "<a>".repeat(100_000));
        assert!(read(nested.as_bytes()).is_err());
    }
}
