//! A listing page as what matters on it: elements with their place, texts in order, and the links.
//!
//! The tree is walked without recursion, for its depth is chosen by a stranger.

use dom_query::{Document, Matcher, NodeRef};
use url::Url;

use super::scripted::{self, Maker};
use crate::config::{Overrides, Selector};
use crate::model::{CanonicalUrl, one_line};
use crate::source::extract::clamp::clamp;

/// More elements than this are not looked at: the longest real listings have a tenth of it.
const MOST_ELEMENTS: usize = 60_000;

/// What holds the title where a link spans a whole card.
pub(super) const HEADINGS: [&str; 5] = ["h1", "h2", "h3", "h4", "h5"];

/// A page, flattened.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// In document order; the first is the root and its own parent.
    pub elements: Vec<Element>,
    /// Texts that are not blank, in document order.
    pub texts: Vec<String>,
    /// Links to pages, in document order.
    pub anchors: Vec<Anchor>,
    /// What the page marks as its next, `rel=next`, absolute.
    pub next: Option<Url>,
    /// Where the configured selector of the next page points.
    pub pointed: Option<Url>,
    /// The page behind the chosen one of a pager that is a `select`.
    pub chosen: Option<Url>,
    /// Boxes that a click opens and that are still open; they are links where none stands in them.
    rows: Vec<Anchor>,
}

/// What the addresses of a page are read with.
struct Ground {
    base: Url,
    makers: Vec<Maker>,
}

/// An element and the texts inside it.
#[derive(Debug)]
pub(super) struct Element {
    /// Index of the element around it.
    pub parent: usize,
    /// `tag.class`, without what only counts or colours rows.
    pub spelling: String,
    /// Its texts: from this index …
    pub from: usize,
    /// … up to this one.
    pub to: usize,
}

/// A link to a page.
#[derive(Debug)]
pub(super) struct Anchor {
    /// Its element.
    pub element: usize,
    /// Where it leads.
    pub url: CanonicalUrl,
    /// `title=`, else a picture's `alt=`.
    pub hint: Option<String>,
    /// The text of a heading inside.
    pub heading: Option<String>,
    /// The configured selector of links finds it.
    pub pointed: bool,
}

/// How elements that a configured selector finds are marked for the walk.
const POINTED: &str = "data-postrider-link";

impl Outline {
    /// Reads a page that came from `page`.
    pub(super) fn read(html: &str, page: &Url, overrides: &Overrides) -> Self {
        let document = Document::from(clamp(html).html);
        let base = document.base_uri().and_then(|base| page.join(&base).ok()).unwrap_or_else(|| page.clone());
        for node in found(&document, overrides.links.as_ref()) {
            node.set_attr(POINTED, "");
        }
        let next = found(&document, overrides.next.as_ref()).iter().find_map(|node| base.join(node.attr("href")?.trim()).ok());
        let mut outline = Self { pointed: next, ..Self::default() };
        outline.chosen = scripted::behind_chosen(html, &base, page);
        let ground = Ground { base, makers: scripted::makers(html) };
        let mut open = vec![outline.enter(String::new(), 0)];
        let mut node = document.root().first_child();
        while let Some(current) = node {
            let inside = outline.visit(&current, &ground, &mut open);
            node = if inside { current.first_child() } else { None };
            let mut left = current;
            if inside && node.is_none() {
                outline.leave(&mut open);
            }
            while node.is_none() {
                node = left.next_sibling();
                if node.is_none() {
                    let Some(parent) = left.parent().filter(NodeRef::is_element) else { break };
                    outline.leave(&mut open);
                    left = parent;
                }
            }
            if outline.elements.len() > MOST_ELEMENTS {
                break;
            }
        }
        while !open.is_empty() {
            outline.leave(&mut open);
        }
        outline
    }

    /// Notes one node; says whether its children are to be seen.
    fn visit(&mut self, node: &NodeRef, ground: &Ground, open: &mut Vec<usize>) -> bool {
        if node.is_text() {
            let text = one_line(&node.text());
            if !text.is_empty() {
                self.texts.push(text);
            }
            return false;
        }
        let Some(name) = node.node_name() else { return false };
        if matches!(&*name, "script" | "style" | "noscript" | "template" | "svg") {
            return false;
        }
        let parent = open.last().copied().unwrap_or_default();
        if &*name == "link" && node.attr("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("next")) {
            self.next = node.attr("href").and_then(|href| ground.base.join(&href).ok());
        }
        let element = self.enter(spelling(&name, node.class().as_deref()), parent);
        open.push(element);
        match &*name {
            "a" => {
                if self.next.is_none()
                    && node.attr("rel").is_some_and(|rel| rel.split_whitespace().any(|one| one.eq_ignore_ascii_case("next")))
                {
                    self.next = node.attr("href").and_then(|href| ground.base.join(&href).ok());
                }
                self.anchors.extend(anchor(node, ground, element));
            }
            "li" | "tr" | "td" | "div" | "p" | "span" | "dd" | "dl" | "article" | "section" | "h2" | "h3" | "h4" => {
                let target = scripted::of_row(node, &ground.makers, &ground.base);
                self.rows.extend(target.and_then(|url| link(node, url, element)));
            }
            "time" => {
                if let Some(time) = node.attr("datetime").and_then(|written| minute_of(&written, &node.text())) {
                    self.texts.push(time);
                    self.leave(open);
                    return false;
                }
            }
            _ => {}
        }
        true
    }

    fn enter(&mut self, spelling: String, parent: usize) -> usize {
        let from = self.texts.len();
        self.elements.push(Element { parent, spelling, from, to: from });
        self.elements.len() - 1
    }

    fn leave(&mut self, open: &mut Vec<usize>) {
        let Some(element) = open.pop() else { return };
        self.elements[element].to = self.texts.len();
        if let Some(row) = self.rows.pop_if(|row| row.element == element)
            && self.anchors.last().is_none_or(|anchor| anchor.element < element)
        {
            self.anchors.push(row);
        }
    }

    /// The texts inside an element, as one line.
    pub(super) fn text(&self, element: usize) -> String {
        let Element { from, to, .. } = self.elements[element];
        self.texts[from..to].concat()
    }

    /// An element's tag.
    pub(super) fn tag(&self, element: usize) -> &str {
        self.elements[element].spelling.split('.').next().unwrap_or_default()
    }

    /// The element and those around it, inmost first, without the root.
    pub(super) fn upwards(&self, element: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(element), |&at| Some(self.elements[at].parent)).take_while(|&at| at != 0)
    }
}

/// The link that an `a` is.
fn anchor(node: &NodeRef, ground: &Ground, element: usize) -> Option<Anchor> {
    let href = node.attr("href").unwrap_or_default();
    let href = href.trim();
    // Some systems open their articles by script only.
    let scripted = href.is_empty() || href.starts_with('#') || href.to_ascii_lowercase().starts_with("javascript:");
    let target = if scripted { scripted::of_link(node, href, &ground.makers, &ground.base) } else { ground.base.join(href).ok() };
    link(node, target?, element)
}

fn link(node: &NodeRef, url: Url, element: usize) -> Option<Anchor> {
    let url = CanonicalUrl::of(url).ok()?;
    let below = || node.descendants_it().filter(NodeRef::is_element);
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    let picture = || below().find(|e| e.has_name("img")).and_then(|e| e.attr("alt"));
    let hint = node.attr("title").or_else(picture).and_then(|text| filled(one_line(&text)));
    let heading = below().find(|e| HEADINGS.iter().any(|name| e.has_name(name))).and_then(|e| filled(one_line(&e.text())));
    // A selector may find the row rather than the link in it.
    let pointed = node.has_attr(POINTED) || node.ancestors(Some(2)).iter().any(|around| around.has_attr(POINTED));
    Some(Anchor { element, url, hint, heading, pointed })
}

/// The time of a `time` element where its mark tells the minute and its text only the day.
fn minute_of(written: &str, text: &str) -> Option<String> {
    let (written, text) = (one_line(written), one_line(text));
    let day = text.bytes().filter(u8::is_ascii_digit).count() >= 5;
    (written.contains(':') && day && !text.contains([':', '：', '时', '時'])).then_some(written)
}

/// What a configured selector finds; it compiled when the configuration was read.
fn found<'d>(document: &'d Document, selector: Option<&Selector>) -> Vec<NodeRef<'d>> {
    let matcher = selector.and_then(|selector| Matcher::new(selector.as_str()).ok());
    matcher.map(|matcher| document.select_matcher(&matcher).nodes().to_vec()).unwrap_or_default()
}

/// `li.news`: classes that number, mark or colour a row are left out, so that all rows are spelled alike.
fn spelling(name: &str, class: Option<&str>) -> String {
    // What a row is about is no part of how it is spelled: WordPress writes section, tags and author of a post into its class.
    const ABOUT: [&str; 5] = ["category-", "tag-", "author-", "term-", "format-"];
    const MARKS: [&str; 9] = ["hover", "on", "hot", "new", "top", "visited", "clearfix", "bg", "cur"];
    const PLACES: [&str; 6] = ["odd", "even", "first", "last", "active", "current"];
    let mut spelling = name.to_owned();
    for class in class.unwrap_or_default().split_whitespace().take(6) {
        let stem = class.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['-', '_']).to_ascii_lowercase();
        let last = stem.rsplit(['-', '_']).next().unwrap_or_default();
        if !stem.is_empty()
            && !ABOUT.iter().any(|about| stem.starts_with(about))
            && !MARKS.contains(&stem.as_str())
            && !PLACES.contains(&last)
        {
            spelling.push('.');
            spelling.push_str(&stem);
        }
    }
    spelling
}
