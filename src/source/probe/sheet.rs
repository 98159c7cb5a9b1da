//! A page as a visitor glances at it: its names, its links with their places, its lines.
//!
//! The tree is walked without recursion, for its depth is chosen by a stranger.

use std::sync::LazyLock;

use dom_query::{Document, NodeRef};
use regex::Regex;
use url::Url;

use crate::model::{CanonicalUrl, one_line};
use crate::source::extract::clamp::clamp;
use crate::source::extract::decode::Decoded;
use crate::source::site::signpost::signpost;

/// More elements than this are not looked at: the longest real front pages have a fifth of it.
const MOST_ELEMENTS: usize = 60_000;
/// How many elements around a link belong to its place.
const LEVELS: usize = 4;
/// A line before a link 更多 that is longer than this is no heading (characters).
const LONGEST_HEADING: usize = 16;
/// A page without links that is larger than this and sends its reader on is no mere signpost (bytes of text).
const SIGNPOST: usize = 400;

/// A page, at a glance.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    /// `<title>`.
    pub title: Option<String>,
    /// `og:site_name` or `application-name`.
    pub site_name: Option<String>,
    /// `lang`, or what the meta elements say.
    pub language: Option<String>,
    /// `<meta name=generator>`.
    pub generator: Option<String>,
    /// `article:published_time` and its like, `datetime=` of `<time>`: for their offsets.
    pub stamps: Vec<String>,
    /// `<link rel=alternate>` of a feed: address and title.
    pub feeds: Vec<(Url, String)>,
    /// Links to pages, in document order.
    pub anchors: Vec<Anchor>,
    /// What stands on the page, a block a line.
    pub lines: Vec<String>,
    /// Where the page sends its reader without being asked.
    pub onward: Option<Url>,
    /// Whether there is a script and nothing else to speak of.
    pub only_script: bool,
}

/// A link to a page.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    /// Where it leads.
    pub url: CanonicalUrl,
    /// What it says: its text, else `title=`, else the picture's `alt=`.
    pub text: String,
    /// Whether it stands in what calls itself navigation.
    pub in_nav: bool,
    /// The link that heads the menu in which it stands, as an index.
    pub below: Option<usize>,
    /// The short line before it: what 更多 is more of.
    pub heading: Option<String>,
    /// `ul.newslist>li>a`: tags and classes around it, without what numbers rows.
    pub place: String,
}

fn pattern(form: &str) -> Regex {
    Regex::new(form).expect("a pattern written here compiles")
}

static NAVIGATION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:^|[\s_.-])\w*(?:nav|menu|channel|lanmu|daohang|topbar|column-list|navbar)\w*"));
static SCRIPT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)<script[\s>]"));

/// An element whose end has not come.
struct Open {
    name: String,
    place: String,
    nav: bool,
    menu: bool,
    head: Option<usize>,
}

impl Sheet {
    /// Reads a page that came from `page`.
    pub(super) fn read(decoded: &Decoded, page: &Url) -> Self {
        let document = Document::from(clamp(&decoded.text).html);
        let base = document.base_uri().and_then(|base| page.join(&base).ok()).unwrap_or_else(|| page.clone());
        let mut sheet = Self::default();
        sheet.head(&document, &base);
        sheet.body(&document, &base);
        let text: usize = sheet.lines.iter().map(String::len).sum();
        sheet.onward = signpost(&decoded.text, &base, sheet.anchors.is_empty() && text < SIGNPOST).filter(|to| to != page);
        sheet.only_script = sheet.anchors.len() < 3 && text < SIGNPOST && SCRIPT.is_match(&decoded.text);
        sheet
    }

    fn head(&mut self, document: &Document, base: &Url) {
        let filled = |text: &str| Some(one_line(text)).filter(|text| !text.is_empty());
        self.title = document.select("title").nodes().first().and_then(|title| filled(&title.text()));
        let html = document.select("html").nodes().first().and_then(|html| html.attr("lang").or_else(|| html.attr("xml:lang")));
        self.language = html.and_then(|language| filled(&language));
        for meta in document.select("meta").nodes() {
            let name = ["property", "name", "itemprop", "http-equiv"].iter().find_map(|key| meta.attr(key)).unwrap_or_default();
            let Some(content) = meta.attr("content").and_then(|content| filled(&content)) else { continue };
            match name.to_ascii_lowercase().as_str() {
                "og:site_name" | "application-name" => drop(self.site_name.get_or_insert(content)),
                "content-language" | "og:locale" => drop(self.language.get_or_insert(content)),
                "generator" => drop(self.generator.get_or_insert(content)),
                "article:published_time" | "datepublished" | "og:updated_time" => self.stamps.push(content),
                _ => {}
            }
        }
        self.stamps.extend(document.select("time[datetime]").nodes().iter().filter_map(|time| time.attr("datetime")).map(Into::into));
        for link in document.select("link[rel][href]").nodes() {
            let (rel, kind) = (link.attr("rel").unwrap_or_default(), link.attr("type").unwrap_or_default().to_ascii_lowercase());
            let is_feed = rel.to_ascii_lowercase().split_whitespace().any(|rel| rel == "alternate")
                && ["rss", "atom", "feed+json"].iter().any(|word| kind.contains(word));
            if is_feed && let Some(url) = link.attr("href").and_then(|href| base.join(href.trim()).ok()) {
                self.feeds.push((url, link.attr("title").map(|title| one_line(&title)).unwrap_or_default()));
            }
        }
    }

    fn body(&mut self, document: &Document, base: &Url) {
        let mut open: Vec<Open> = Vec::new();
        let mut line = String::new();
        let mut node = document.root().first_child();
        let mut count = 0;
        while let Some(current) = node {
            let inside = self.enter(&current, base, &mut open, &mut line);
            node = if inside { current.first_child() } else { None };
            let mut left = current;
            if inside && node.is_none() {
                self.leave(&mut open, &mut line);
            }
            while node.is_none() {
                node = left.next_sibling();
                if node.is_none() {
                    let Some(parent) = left.parent().filter(NodeRef::is_element) else { break };
                    self.leave(&mut open, &mut line);
                    left = parent;
                }
            }
            count += 1;
            if count > MOST_ELEMENTS {
                break;
            }
        }
        self.end_line(&mut line);
    }

    /// Notes one node; says whether its children are to be seen.
    fn enter(&mut self, node: &NodeRef, base: &Url, open: &mut Vec<Open>, line: &mut String) -> bool {
        if node.is_text() {
            line.push_str(&node.text());
            return false;
        }
        let Some(name) = node.node_name() else { return false };
        if matches!(&*name, "script" | "style" | "noscript" | "template" | "select" | "svg" | "title") {
            return false;
        }
        if is_block(&name) {
            self.end_line(line);
        }
        let class = node.class().map(|class| class.to_string()).unwrap_or_default();
        let called = format!("{class} {}", node.attr("id").unwrap_or_default());
        let around = open.last();
        let nav = around.is_some_and(|around| around.nav) || &*name == "nav" || NAVIGATION.is_match(&called);
        let menu = matches!(&*name, "ul" | "ol" | "dl") || &*name == "div" && !called.trim().is_empty();
        open.push(Open { place: spelled(&name, &class), name: name.to_string(), nav, menu, head: None });
        if &*name == "a" {
            self.anchor(node, base, open, line);
        }
        true
    }

    fn leave(&mut self, open: &mut Vec<Open>, line: &mut String) {
        if open.pop().is_some_and(|element| is_block(&element.name)) {
            self.end_line(line);
        }
    }

    fn end_line(&mut self, line: &mut String) {
        let text = one_line(line);
        if !text.is_empty() {
            self.lines.push(text);
        }
        line.clear();
    }

    fn anchor(&mut self, node: &NodeRef, base: &Url, open: &mut [Open], line: &str) {
        let href = node.attr("href").unwrap_or_default();
        let href = href.trim();
        if href.is_empty() || href.starts_with('#') {
            return;
        }
        let Some(url) = base.join(href).ok().and_then(|url| CanonicalUrl::of(url).ok()) else { return };
        let filled = |text: &str| Some(one_line(text)).filter(|text| !text.is_empty());
        let picture = || node.descendants_it().find(|e| e.has_name("img")).and_then(|e| e.attr("alt")).and_then(|alt| filled(&alt));
        let text = filled(&node.text()).or_else(|| node.attr("title").and_then(|title| filled(&title))).or_else(picture);
        let before = filled(line).or_else(|| self.lines.last().cloned());
        let heading = before.filter(|line| line.chars().count() <= LONGEST_HEADING);
        let below = headed_by(open, self.anchors.len());
        let around = open.len().saturating_sub(LEVELS);
        let place = open[around..].iter().map(|element| element.place.as_str()).collect::<Vec<_>>().join(">");
        let in_nav = open.last().is_some_and(|element| element.nav);
        self.anchors.push(Anchor { url, text: text.unwrap_or_default(), in_nav, below, heading, place });
    }
}

/// The link that heads the menu in which the link `new` stands. The first link of a row heads what hangs below the row; the one in
/// `<dt>` heads what stands in `<dd>`.
fn headed_by(open: &mut [Open], new: usize) -> Option<usize> {
    let in_definition = open.iter().any(|element| element.name == "dd");
    let mut menu_between = false;
    for element in open.iter_mut().rev() {
        let is_row = element.name == "li" || element.name == "dl";
        if is_row {
            match element.head {
                Some(head) if menu_between || element.name == "dl" && in_definition => return Some(head),
                Some(_) => {}
                None => element.head = Some(new),
            }
        }
        menu_between |= element.menu && element.name != "dl";
    }
    None
}

fn is_block(name: &str) -> bool {
    const BLOCKS: [&str; 26] = [
        "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "td", "th", "br", "h1", "h2", "h3", "h4", "h5", "h6", "section",
        "article", "header", "footer", "nav", "address", "hr",
    ];
    BLOCKS.contains(&name)
}

/// `li.news`: the first class without its number.
fn spelled(name: &str, class: &str) -> String {
    let first = class.split_whitespace().next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
    let first = first.trim_end_matches(['-', '_']);
    if first.is_empty() { name.to_owned() } else { format!("{name}.{first}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> Sheet {
        let decoded = Decoded { text: html.to_owned(), encoding: "UTF-8", rule: "valid utf-8" };
        Sheet::read(&decoded, &Url::parse("http://www.hekou.example/").unwrap())
    }

    fn menus(sheet: &Sheet) -> Vec<(&str, Option<&str>)> {
        let text = |at: usize| sheet.anchors[at].text.as_str();
        sheet.anchors.iter().map(|anchor| (anchor.text.as_str(), anchor.below.map(text))).collect()
    }

    #[test]
    fn menus_hang_below_the_link_that_heads_them() {
        let lists = "<ul class=nav><li><a href=/a/>新闻</a><ul><li><a href=/a/1/>时政</a></li><li><a href=/a/2/>社会</a></li></ul></li>\
            <li><a href=/b/>民生</a><div class=drop><a href=/b/1/>教育</a><a href=/b/2/>医疗</a></div></li><li><a href=/c/>体育</a></li></ul>";
        let expected = [
            ("新闻", None),
            ("时政", Some("新闻")),
            ("社会", Some("新闻")),
            ("民生", None),
            ("教育", Some("民生")),
            ("医疗", Some("民生")),
            ("体育", None),
        ];
        assert_eq!(menus(&read(lists)), expected);
        let definitions = "<div id=menu><dl><dt><a href=/a/>新闻</a></dt><dd><a href=/a/1/>时政</a> <a href=/a/2/>社会</a></dd></dl></div>";
        assert_eq!(menus(&read(definitions)), expected[..3]);
        assert!(read(definitions).anchors.iter().all(|anchor| anchor.in_nav));
    }

    #[test]
    fn a_link_to_more_knows_of_what() {
        let sheet = read("<table><tr><td class=head>镇村动态</td><td><a href=/zc/>更多&gt;&gt;</a></td></tr></table>");
        assert_eq!(sheet.anchors[0].heading.as_deref(), Some("镇村动态"));
        assert_eq!(sheet.anchors[0].place, "tbody>tr>td>a");
    }

    #[test]
    fn signposts_and_shells_are_told() {
        let sent = |html: &str| read(html).onward.map(|url| url.to_string());
        assert_eq!(
            sent("<meta http-equiv=refresh content='0; url=/index.shtml'>").as_deref(),
            Some("http://www.hekou.example/index.shtml")
        );
        assert_eq!(sent("<script>window.location.href=\"web/\"</script>").as_deref(), Some("http://www.hekou.example/web/"));
        assert_eq!(sent("<p><a href=/x>新闻</a><script>location.href='/m/'</script>"), None);
        assert!(read("<div id=app></div><script src=/app.js></script>").only_script);
        assert!(!read("<p>维护中</p>").only_script);
    }

    #[test]
    fn feeds_are_named_in_the_head() {
        let sheet = read(
            "<link rel='alternate' type='application/rss+xml' title=' All news ' href='/rss.xml'><link rel=alternate hreflang=en href=/en/>",
        );
        assert_eq!(sheet.feeds, [(Url::parse("http://www.hekou.example/rss.xml").unwrap(), "All news".to_owned())]);
    }
}
