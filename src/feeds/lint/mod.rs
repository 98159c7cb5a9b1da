//! Checks a rendered RSS feed as validators and picky readers do, before anyone fetches it.
//!
//! A fault names the article it is in, so that the feed can be rendered without that one.

mod html;
mod tree;

use std::collections::HashSet;

use chrono::DateTime;

use self::html::HtmlFault;
use self::tree::Element;
use crate::model::without_controls;
use crate::urls::FeedFile;

/// The W3C validator reads no further (bytes).
const LARGEST: usize = 5_000_000;

/// A rule that a feed breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The XML declaration comes first: no byte order mark, no blank.
    Start,
    /// Well-formed XML 1.0 in UTF-8, and RSS with one channel.
    WellFormed,
    /// No character that XML 1.0 forbids.
    Characters,
    /// No larger than validators and aggregators read.
    Size,
    /// A channel has title, link and description.
    Channel,
    /// One `atom:link rel=self` with the address it is served at.
    OwnAddress,
    /// An article has a title or a description.
    Headline,
    /// An article's link is absolute.
    Link,
    /// A guid that is no bare number and stands once; a permalink is an address.
    Guid,
    /// `&` and `<` in plain text are spelled as the profile wants.
    PlainText,
    /// Where there is a full text, a summary comes before it.
    SummaryFirst,
    /// Dates as RFC 822 with a four-digit year and a numeric zone, none later than the feed's last change.
    Date,
    /// People are named in `dc:creator`; `author` would need a mail address.
    Byline,
    /// No script, handler, style or frame in an article's HTML.
    ActiveHtml,
    /// No relative address in an article's HTML.
    RelativeAddress,
    /// At most one enclosure, with address, length and type.
    Enclosure,
    /// A source has an absolute address.
    Source,
    /// A category says something.
    Category,
}

/// A broken rule and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fault {
    /// Which.
    pub rule: Rule,
    /// The article's place in the feed, from 0; `None`: the feed itself.
    pub entry: Option<usize>,
}

/// The faults of an RSS feed served at `own`, in order; empty: none.
#[must_use]
pub fn lint_rss(bytes: &[u8], own: &str) -> Vec<Fault> {
    let whole = |rule| vec![Fault { rule, entry: None }];
    let Ok(text) = std::str::from_utf8(bytes) else { return whole(Rule::WellFormed) };
    if !text.starts_with("<?xml ") {
        return whole(Rule::Start);
    }
    let Some(channel) = tree::read(text).and_then(channel) else { return whole(Rule::WellFormed) };
    let mut faults = Vec::new();
    let mut broken = |rule, entry| faults.push(Fault { rule, entry });
    if bytes.len() > LARGEST {
        broken(Rule::Size, None);
    }
    for rule in channel_faults(&channel, own) {
        broken(rule, None);
    }
    let latest = time(channel.text_of("lastBuildDate"));
    let mut guids = HashSet::new();
    for (at, item) in channel.all("item").enumerate() {
        if !guids.insert(item.text_of("guid")) {
            broken(Rule::Guid, Some(at));
        }
        for rule in item_faults(item, latest) {
            broken(rule, Some(at));
        }
    }
    // A forbidden character anywhere that no article answers for.
    if without_controls(text) != text && !faults.iter().any(|fault| fault.rule == Rule::Characters) {
        faults.push(Fault { rule: Rule::Characters, entry: None });
    }
    faults
}

fn channel(rss: Element) -> Option<Element> {
    let mut channels = rss.children.into_iter().filter(|child| child.name == "channel");
    let channel = channels.next()?;
    (rss.name == "rss" && channels.next().is_none()).then_some(channel)
}

fn channel_faults(channel: &Element, own: &str) -> Vec<Rule> {
    let own_links: Vec<&Element> = channel.all("atom:link").filter(|link| link.attribute("rel") == Some("self")).collect();
    let names_itself = |link: &Element| link.attribute("href") == Some(own) && link.attribute("type") == Some(FeedFile::Rss.media_type());
    let dates = ["pubDate", "lastBuildDate"].iter().flat_map(|name| channel.all(name));
    let checks = [
        (Rule::Channel, ["title", "link", "description"].iter().all(|name| !channel.text_of(name).is_empty())),
        (Rule::OwnAddress, matches!(own_links.as_slice(), [link] if names_itself(link))),
        (Rule::PlainText, !["title", "description", "copyright"].iter().flat_map(|name| channel.all(name)).any(|text| text.named_markup)),
        (Rule::Date, dates.into_iter().all(|date| time(&date.text).is_some())),
    ];
    checks.into_iter().filter(|(_, holds)| !holds).map(|(rule, _)| rule).collect()
}

fn item_faults(item: &Element, latest: Option<i64>) -> Vec<Rule> {
    let place = |name: &str| item.children.iter().position(|child| child.name == name);
    let guid = item.first("guid");
    let date = time(item.text_of("pubDate"));
    let bodies: Vec<HtmlFault> = ["description", "content:encoded"].iter().filter_map(|name| html::fault_in(item.text_of(name))).collect();
    let plain = ["title", "category", "dc:creator", "dc:contributor", "source"];
    let checks = [
        (Rule::Characters, is_clean(item)),
        (Rule::Headline, !item.text_of("title").is_empty() || !item.text_of("description").is_empty()),
        (Rule::Link, is_absolute(item.text_of("link"))),
        (Rule::Guid, guid.is_some_and(is_permanent)),
        (Rule::PlainText, !plain.iter().flat_map(|name| item.all(name)).any(|text| text.named_markup)),
        (Rule::SummaryFirst, place("content:encoded").is_none_or(|body| place("description").is_some_and(|summary| summary < body))),
        (Rule::Date, date.is_some_and(|date| latest.is_none_or(|latest| date <= latest))),
        (Rule::Byline, item.first("author").is_none()),
        (Rule::ActiveHtml, !bodies.contains(&HtmlFault::Active)),
        (Rule::RelativeAddress, !bodies.contains(&HtmlFault::Relative)),
        (Rule::Enclosure, item.all("enclosure").count() <= 1 && item.all("enclosure").all(is_whole)),
        (Rule::Source, item.all("source").all(|source| source.attribute("url").is_some_and(is_absolute))),
        (Rule::Category, item.all("category").all(|category| !category.text.trim().is_empty())),
    ];
    checks.into_iter().filter(|(_, holds)| !holds).map(|(rule, _)| rule).collect()
}

fn is_clean(element: &Element) -> bool {
    let clean = |text: &String| without_controls(text) == *text;
    clean(&element.text) && element.attributes.iter().all(|(_, value)| clean(value)) && element.children.iter().all(is_clean)
}

/// A bare number is soon somebody else's too (validator: `NotSufficientlyUnique`).
fn is_permanent(guid: &Element) -> bool {
    let number = guid.text.bytes().all(|b| b.is_ascii_digit());
    let address = guid.text.starts_with("http://") || guid.text.starts_with("https://");
    !guid.text.is_empty() && !number && (address || guid.attribute("isPermaLink") == Some("false"))
}

fn is_whole(enclosure: &Element) -> bool {
    let length = enclosure.attribute("length").and_then(|length| length.parse::<u64>().ok());
    let has_type = enclosure.attribute("type").is_some_and(|media_type| media_type.contains('/'));
    enclosure.attribute("url").is_some_and(is_absolute) && length.is_some_and(|bytes| bytes > 0) && has_type
}

fn is_absolute(address: &str) -> bool {
    super::entry::address(address).is_some()
}

/// Seconds since 1970; `None` unless written in exactly the form that no validator minds.
fn time(text: &str) -> Option<i64> {
    let read = DateTime::parse_from_rfc2822(text).ok()?;
    (read.format(super::dates::RFC_822).to_string() == text).then(|| read.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "http://news.example.cn/rss.xml";

    const SOUND: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\
        <channel><title>宜城</title><link>http://news.example.cn/</link><description>最新</description>\
        <lastBuildDate>Mon, 23 Nov 2026 10:00:00 +0800</lastBuildDate>\
        <atom:link rel=\"self\" href=\"http://news.example.cn/rss.xml\" type=\"application/rss+xml\"/>\
        <item><title>甲</title><link>http://news.example.cn/0.html</link><guid isPermaLink=\"false\">tag:a,2026:0</guid>\
        <pubDate>Mon, 23 Nov 2026 09:00:00 +0800</pubDate></item>\
        <item><title>A &#x26; B</title><link>http://news.example.cn/1.html</link><description>摘要</description>\
        <category>新闻</category><enclosure url=\"http://a.cn/1.jpg\" length=\"7\" type=\"image/jpeg\"/>\
        <guid isPermaLink=\"false\">tag:a,2026:1</guid><pubDate>Mon, 23 Nov 2026 09:30:00 +0800</pubDate>\
        <source url=\"http://b.cn/\">乙</source><content:encoded><![CDATA[<p>正文</p>]]></content:encoded><dc:creator>张三</dc:creator>\
        </item></channel></rss>";

    /// The faults after a change.
    fn after(from: &str, to: &str) -> Vec<Fault> {
        let changed = SOUND.replacen(from, to, 1);
        assert_ne!(changed, SOUND, "{from} is not in the feed");
        lint_rss(changed.as_bytes(), OWN)
    }

    #[test]
    fn a_sound_feed_has_no_fault() {
        assert_eq!(lint_rss(SOUND.as_bytes(), OWN), []);
    }

    #[test]
    fn each_rule_of_a_feed_can_be_broken() {
        for (rule, from, to) in [
            (Rule::Start, "<?xml", "\u{feff}<?xml"),
            (Rule::Start, "<?xml", "\n<?xml"),
            (Rule::WellFormed, "</rss>", ""),
            (Rule::WellFormed, "宜城", "宜&nbsp;城"),
            (Rule::WellFormed, "<rss", "<feed><rss"),
            (Rule::Characters, "宜城", "宜\u{b}城"),
            (Rule::Channel, "<title>宜城</title>", ""),
            (Rule::Channel, "<description>最新</description>", "<description> </description>"),
            (Rule::OwnAddress, "rss.xml\"", "rss.xml?brief\""),
            (Rule::OwnAddress, "application/rss+xml", "text/xml"),
            (Rule::OwnAddress, "rel=\"self\"", "rel=\"hub\""),
            (Rule::PlainText, "宜城", "宜 &amp; 城"),
            (Rule::Date, "Mon, 23 Nov 2026 10:00:00 +0800", "2026-11-23T10:00:00+08:00"),
        ] {
            assert_eq!(after(from, to), [Fault { rule, entry: None }], "{from} → {to}");
        }
        let padded = SOUND.replacen("宜城", &"宜".repeat(LARGEST / 3), 1);
        assert_eq!(lint_rss(padded.as_bytes(), OWN), [Fault { rule: Rule::Size, entry: None }]);
        assert_eq!(lint_rss(b"<?xml \xff", OWN), [Fault { rule: Rule::WellFormed, entry: None }]);
    }

    #[test]
    fn each_rule_of_an_article_can_be_broken_and_names_it() {
        for (rule, from, to) in [
            (Rule::Characters, "张三", "张\u{1}三"),
            (Rule::Link, "http://news.example.cn/1.html", "/1.html"),
            (Rule::Guid, "tag:a,2026:1", "10001"),
            (Rule::Guid, "tag:a,2026:1", "tag:a,2026:0"),
            (Rule::Guid, "<guid isPermaLink=\"false\">tag:a,2026:1</guid>", ""),
            (Rule::Guid, "<guid isPermaLink=\"false\">tag:a,2026:1", "<guid>tag:a,2026:1"),
            (Rule::PlainText, "&#x26;", "&amp;"),
            (Rule::PlainText, "张三", "张&lt;三"),
            (Rule::SummaryFirst, "<description>摘要</description>", "<content:encoded>x</content:encoded><description>摘要</description>"),
            (Rule::SummaryFirst, "<description>摘要</description>", ""),
            (Rule::Date, "Mon, 23 Nov 2026 09:30:00 +0800", "Mon, 23 Nov 26 09:30:00 +0800"),
            (Rule::Date, "Mon, 23 Nov 2026 09:30:00 +0800", "Mon, 23 Nov 2026 09:30:00 CST"),
            (Rule::Date, "Mon, 23 Nov 2026 09:30:00 +0800", "Mon, 23 Nov 2026 11:30:00 +0800"),
            (Rule::Date, "<pubDate>Mon, 23 Nov 2026 09:30:00 +0800</pubDate>", ""),
            (Rule::Byline, "<dc:creator>张三</dc:creator>", "<author>张三</author>"),
            (Rule::ActiveHtml, "<p>正文</p>", "<p onclick=\"x\">正文</p>"),
            (Rule::RelativeAddress, "<p>正文</p>", "<img src=\"/1.jpg\">"),
            (Rule::RelativeAddress, "摘要", "<![CDATA[<a href=\"x\">摘要</a>]]>"),
            (Rule::Enclosure, "length=\"7\"", "length=\"0\""),
            (Rule::Enclosure, " type=\"image/jpeg\"", ""),
            (Rule::Enclosure, "<enclosure", "<enclosure url=\"http://a.cn/2.jpg\" length=\"7\" type=\"image/jpeg\"/><enclosure"),
            (Rule::Source, "url=\"http://b.cn/\"", "url=\"b.cn\""),
            (Rule::Category, "<category>新闻</category>", "<category/>"),
        ] {
            assert_eq!(after(from, to), [Fault { rule, entry: Some(1) }], "{from} → {to}");
        }
        let bare = after("<title>甲</title>", "");
        assert_eq!(bare, [Fault { rule: Rule::Headline, entry: Some(0) }]);
    }
}
