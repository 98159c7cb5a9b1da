//! Article bodies that may stand on any page, in any feed and in any mail.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use regex::Regex;
use serde::{Deserialize, Serialize};
use url::Url;

/// HTML that went through the cleaner: no script, no style, no handler, no relative address, no control character.
/// Cleaning it again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SafeHtml(String);

/// What feed readers keep (miniflux's allow-list is the measure); layout by class or style would be lost there anyway.
static TAGS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "a abbr audio blockquote br caption cite code dd del dfn div dl dt em b i figure figcaption h1 h2 h3 h4 h5 h6 hr img ins kbd li ol \
     p picture pre q rp rt ruby s samp small source span strong sub sup table tbody td tfoot th thead time tr u ul var video wbr"
        .split_whitespace()
        .collect()
});

/// Headings, captions and tables. The cleaner closes what it opens, so a lazy match ends at the right tag.
static ASIDE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)<h[1-6][ >].*?</h[1-6]>|<figcaption[ >].*?</figcaption>|<table[ >].*?</table>")
        .expect("a pattern written here compiles")
});

/// Captions.
static CAPTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)<figcaption[ >].*?</figcaption>").expect("a pattern written here compiles"));

fn cleaner(base: Option<&Url>) -> Builder<'static> {
    let mut builder = Builder::new();
    builder
        .tags(TAGS.clone())
        .link_rel(Some("noopener noreferrer"))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .add_tag_attributes("img", &["srcset", "sizes", "loading", "referrerpolicy"])
        .add_tag_attributes("video", &["src", "poster", "controls", "width", "height"])
        .add_tag_attributes("audio", &["src", "controls"])
        .add_tag_attributes("source", &["src", "srcset", "type", "media"])
        .add_tag_attributes("time", &["datetime"])
        .url_relative(match base {
            Some(base) => ammonia::UrlRelative::RewriteWithBase(base.clone()),
            None => ammonia::UrlRelative::Deny,
        })
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            // Ammonia judges `srcset` as plain text; keep it only where every address in it is http(s).
            (_, "srcset") if !srcset_is_absolute(value) => None,
            _ => Some(value.into()),
        });
    builder
}

fn srcset_is_absolute(value: &str) -> bool {
    value.split(", ").all(|part| {
        let part = part.trim();
        part.starts_with("https://") || part.starts_with("http://")
    })
}

/// Elements open at once: deeper ones are left out, for parsers take time that grows with the square of the depth. Real bodies stay
/// below twenty.
const DEEPEST: usize = 100;
/// Tags of one body: what comes behind them is text only. The longest real bodies have some thousands.
const MOST_TAGS: usize = 20_000;
/// Elements that are never closed (HTML, 13.1.2).
const VOID: &[&str] = &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Elements that the next of their kind closes (HTML, 13.1.2.4): old systems never close them, and they nest only through a list, a table
/// or another element that is counted.
const CLOSED_BY_THE_NEXT: &[&str] = &["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "rt", "rp"];

/// Attributes of one element: with more it loses all of them, for parsers compare each with all before it. Real ones have some ten.
const MOST_ATTRIBUTES: usize = 256;

/// Where a tag ends, and how many attributes it has at most. A mark within quotes ends nothing (HTML, 13.2.5.36 and 37); quotes that nobody
/// closes take all that follows.
fn measured(tag: &str) -> (usize, usize) {
    let bytes = tag.as_bytes();
    let (mut at, mut attributes, mut value) = (1, 0, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return (at + 1, attributes),
            b'=' => value = true,
            quote @ (b'"' | b'\'') if value => {
                let Some(closed) = bytes[at + 1..].iter().position(|byte| byte == quote) else { return (bytes.len(), attributes) };
                at += closed + 1;
                (attributes, value) = (attributes + 1, false);
            }
            b' ' | b'\t' | b'\n' | b'\r' | 0x0C if value => {}
            b' ' | b'\t' | b'\n' | b'\r' | 0x0C | b'/' => attributes += 1,
            _ => value = false,
        }
        at += 1;
    }
    (bytes.len(), attributes)
}

/// HTML whose nesting and number of tags are bounded, before any tree is built. Linear, and blind to everything but tags.
fn clamped(html: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    let (mut depth, mut tags, mut rest) = (0_usize, 0_usize, html);
    while let Some(open) = rest.find('<') {
        kept.push_str(&rest[..open]);
        let tag = &rest[open..];
        let (end, attributes) = measured(tag);
        let closes = tag.starts_with("</");
        let name: String = tag[1..].trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        let stays_open = !name.is_empty() && !VOID.contains(&name.as_str());
        let nests = stays_open && !CLOSED_BY_THE_NEXT.contains(&name.as_str());
        tags += 1;
        let fits = tags <= MOST_TAGS && (closes || !stays_open || depth < DEEPEST);
        match (nests, closes) {
            (true, false) => depth += 1,
            (true, true) => depth = depth.saturating_sub(1),
            (false, _) => {}
        }
        match (fits, attributes > MOST_ATTRIBUTES) {
            (true, false) => kept.push_str(&tag[..end]),
            (true, true) => kept.extend([if closes { "</" } else { "<" }, &name, ">"]),
            (false, _) => {}
        }
        rest = &tag[end..];
    }
    kept.push_str(rest);
    kept
}

impl SafeHtml {
    /// Cleans HTML from anywhere; relative addresses are made absolute against `base`, or dropped without one.
    #[must_use]
    pub fn clean(html: &str, base: Option<&Url>) -> Self {
        let html = clamped(&without_controls(html));
        let once = cleaner(base).clean(&html).to_string();
        Self(once.trim().to_owned())
    }

    /// Plain text as paragraphs: one `<p>` for each line that holds something.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let text = without_controls(text);
        let paragraphs = text.lines().map(str::trim).filter(|line| !line.is_empty());
        Self(paragraphs.map(|line| format!("<p>{}</p>", ammonia::clean_text(line).replace("&#32;", " "))).collect::<Vec<_>>().join("\n"))
    }

    /// The HTML.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text a person reads, a line for each block.
    #[must_use]
    pub fn text(&self) -> String {
        plain_text(&self.0)
    }

    /// The text without captions, which belong to their pictures.
    #[must_use]
    pub fn copy(&self) -> String {
        plain_text(&CAPTION.replace_all(&self.0, "\n"))
    }

    /// The text of its paragraphs alone, without headings and captions: what a summary is taken from. All of it where nothing
    /// else is there.
    #[must_use]
    pub fn prose(&self) -> String {
        let text = plain_text(&ASIDE.replace_all(&self.0, "\n"));
        if text.is_empty() { self.text() } else { text }
    }

    /// Whether it holds neither text nor picture.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.0.contains("<img") && !self.0.contains("<video") && self.text().trim().is_empty()
    }
}

impl std::fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A text without what XML 1.0 forbids (section 2.2): C0 controls but tab, LF and CR, and the non-characters U+FFFE, U+FFFF.
#[must_use]
pub fn without_controls(text: &str) -> String {
    text.chars()
        .filter(|&c| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}'))
        .collect()
}

/// A text on one line: controls dropped, every run of white space (the full-width one too) one space, ends trimmed.
#[must_use]
pub fn one_line(text: &str) -> String {
    let text = without_controls(text);
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// The text of cleaned HTML: tags out, a line break after each block, entities read.
#[must_use]
pub fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('>') else { break };
        let tag = rest[open + 1..open + close].trim_start_matches('/');
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        if matches!(
            name.as_str(),
            "p" | "div"
                | "br"
                | "li"
                | "tr"
                | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "blockquote"
                | "figcaption"
                | "pre"
                | "dd"
                | "dt"
                | "hr"
                | "table"
                | "figure"
                | "ul"
                | "ol"
        ) {
            text.push('\n');
        }
        rest = &rest[open + close + 1..];
    }
    text.push_str(rest);
    let text = unescape(&text);
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The five entities that the cleaner writes, and the no-break space.
fn unescape(text: &str) -> String {
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_that_acts_survives() {
        let base = Url::parse("http://news.example.cn/a/b.html").unwrap();
        let html = "<p onclick=x>一<script>alert(1)</script><img src='../i.jpg' onerror=y><a href='javascript:z'>二</a><iframe src=//x></iframe>\u{b}</p>";
        let safe = SafeHtml::clean(html, Some(&base));
        assert_eq!(safe.as_str(), "<p>一<img src=\"http://news.example.cn/i.jpg\"><a rel=\"noopener noreferrer\">二</a></p>");
    }

    #[test]
    fn text_becomes_paragraphs_and_comes_back() {
        let safe = SafeHtml::of_text("一 & <二>\n\n  三");
        assert_eq!(safe.text(), "一 & <二>\n三");
    }

    #[test]
    fn paragraphs_that_nobody_closed_stay_paragraphs() {
        let safe = SafeHtml::clean(&"<p>一段".repeat(300), None);
        assert_eq!(safe.text().lines().count(), 300);
        let safe = SafeHtml::clean(&format!("<ul>{}</ul>", "<li>一条".repeat(300)), None);
        assert_eq!(safe.text().lines().count(), 300);
    }

    #[test]
    fn a_tag_with_a_hundred_thousand_attributes_loses_them() {
        let many = |attribute: &str| attribute.repeat(100_000);
        for tag in [many(" a=1"), many("/a"), format!(" x=\">\"{}", many(" a='1'")), many("a=\"\"")] {
            let html = format!("<p{tag}>first</p><p>second</p>");
            assert!(clamped(&html).len() < 100, "{}", &clamped(&html)[..100]);
            assert_eq!(SafeHtml::clean(&html, None).text(), "first\nsecond");
        }
        let kept = SafeHtml::clean("<p><img src='https://a.cn/1.jpg' alt='x > y = \"z\"'>z</p>", None);
        assert!(kept.as_str().contains("x > y") || kept.as_str().contains("x &gt; y"), "{}", kept.as_str());
    }

    #[test]
    fn a_body_nested_a_hundred_thousand_deep_costs_little() {
        for tag in ["<div>", "<b>", "<table>", "<a href=x>", "<font><p>"] {
            let safe = SafeHtml::clean(&format!("<p>一</p>{}二", tag.repeat(100_000)), None);
            assert!(safe.text().starts_with('一') && safe.as_str().len() < 10_000, "{tag}");
        }
    }

    #[test]
    fn prose_leaves_headings_out() {
        let safe = SafeHtml::clean(
            "<h2 id=a>小标题</h2><p>一段</p><figure><img src='http://a.cn/i'><figcaption>图</figcaption></figure><p>二段</p>",
            None,
        );
        assert_eq!(safe.prose(), "一段\n二段");
    }

    proptest! {
        #[test]
        fn cleaning_is_a_fixpoint(html in "[a-z<>/\"'= &;一-二]{0,80}") {
            let once = SafeHtml::clean(&html, None);
            prop_assert_eq!(SafeHtml::clean(once.as_str(), None), once);
        }
    }
}
