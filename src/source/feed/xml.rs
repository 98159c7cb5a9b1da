//! XML as feeds write it, well-formed or not: one pass, no recursion, nothing expanded.
//!
//! What a strict reader would refuse is mended as it comes: bare `&`, the entities of HTML, undeclared prefixes, end tags that match
//! nothing, an end cut off. Entities that a document type declares stay as they are written, so that none can grow.

use std::rc::Rc;

use url::Url;

use super::namespace::{Ns, Scope};
use super::references::References;

/// Elements open at once; what goes deeper is no feed, and the document ends there.
const DEEPEST: usize = 256;
/// Elements of one document; what comes behind them is left out, as if it had been cut there.
const MOST_ELEMENTS: usize = 500_000;
/// Attributes of one element; further ones are left out.
const MOST_ATTRIBUTES: usize = 64;
/// Elements that a feed begins with, lower case.
const ROOTS: [&str; 4] = ["rss", "rdf", "feed", "entry"];

/// A document, read.
#[derive(Debug)]
pub(super) struct Document {
    /// What the feed stands in.
    pub root: Element,
    /// Something had to be mended.
    pub mended: bool,
}

/// An element. Its name is local and lower case, its attributes bear their prefix as written.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub ns: Ns,
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
    /// `xml:base` in scope, where one was written.
    pub base: Option<Rc<Url>>,
    /// `xml:lang` in scope.
    pub language: Option<Rc<str>>,
    /// The document ended before it did.
    pub cut: bool,
    written: String,
}

/// What stands in an element.
#[derive(Debug)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// An attribute's value, trimmed; `None` where it is empty.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(written, _)| written.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The elements in it.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first element of that name in it.
    pub(super) fn child(&self, ns: Ns, name: &str) -> Option<&Self> {
        self.elements().find(|element| element.is(ns, name))
    }

    /// Whether it is that one.
    pub(super) fn is(&self, ns: Ns, name: &str) -> bool {
        self.ns == ns && self.name == name
    }

    /// Its text without any markup, trimmed; `None` where there is none.
    pub(super) fn text(&self) -> Option<String> {
        let mut text = String::new();
        let mut open: Vec<std::slice::Iter<'_, Node>> = vec![self.children.iter()];
        while let Some(nodes) = open.last_mut() {
            match nodes.next() {
                Some(Node::Text(words)) => text.push_str(words),
                Some(Node::Element(element)) => open.push(element.children.iter()),
                None => drop(open.pop()),
            }
        }
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// What it holds: its text, or as HTML where somebody forgot to escape the markup in it.
    pub(super) fn content(&self) -> Option<(String, bool)> {
        if self.elements().next().is_none() {
            return self.text().map(|text| (text, false));
        }
        let html = self.inner_html();
        (!html.trim().is_empty()).then_some((html, true))
    }

    /// Its content as HTML.
    pub(super) fn inner_html(&self) -> String {
        const VOID: [&str; 10] = ["br", "hr", "img", "wbr", "source", "col", "track", "input", "area", "embed"];
        let mut html = String::new();
        let mut open: Vec<(std::slice::Iter<'_, Node>, &str)> = vec![(self.children.iter(), "")];
        while let Some((nodes, name)) = open.last_mut() {
            match nodes.next() {
                Some(Node::Text(words)) => html.push_str(&escaped(words)),
                Some(Node::Element(element)) => {
                    html.push('<');
                    html.push_str(&element.name);
                    for (name, value) in &element.attributes {
                        html.extend([" ", name, "=\"", &escaped(value), "\""]);
                    }
                    html.push('>');
                    if !VOID.contains(&element.name.as_str()) {
                        open.push((element.children.iter(), &element.name));
                    }
                }
                None => {
                    if !name.is_empty() {
                        html.extend(["</", *name, ">"]);
                    }
                    open.pop();
                }
            }
        }
        html
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Reads a document that came from `own`. `None`: no feed begins in it.
pub(super) fn read(text: &str, own: &Url) -> Option<Document> {
    let mut reader = Reader {
        own,
        rest: text,
        open: Vec::new(),
        scopes: Vec::new(),
        elements: 0,
        mended: false,
        root: None,
        references: References::default(),
    };
    while reader.root.is_none() && reader.step() {}
    reader.close_all();
    reader.root.map(|root| Document { root, mended: reader.mended })
}

struct Reader<'t> {
    own: &'t Url,
    rest: &'t str,
    open: Vec<Element>,
    /// Namespaces by open element.
    scopes: Vec<Rc<Scope>>,
    elements: usize,
    mended: bool,
    root: Option<Element>,
    references: References,
}

impl Reader<'_> {
    /// Reads the next piece of markup with the text before it. `false`: there is no more.
    fn step(&mut self) -> bool {
        let Some(at) = self.rest.find('<') else { return false };
        self.words(&self.rest[..at]);
        let markup = &self.rest[at..];
        let behind = |end: &str| markup.find(end).map(|found| &markup[found + end.len()..]);
        let rest = if markup.starts_with("<!--") {
            behind("-->")
        } else if markup.starts_with("<![CDATA[") {
            let rest = behind("]]>");
            if let Some(rest) = rest {
                self.verbatim(&markup["<![CDATA[".len()..markup.len() - rest.len() - "]]>".len()]);
            }
            rest
        } else if markup.starts_with("<!") {
            behind_declaration(markup)
        } else if markup.starts_with("<?") {
            behind("?>")
        } else if let Some(end) = markup.strip_prefix("</") {
            let rest = behind(">");
            if let Some(rest) = rest {
                self.close(end[..end.len() - rest.len() - 1].trim());
            }
            rest
        } else if markup[1..].starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return self.start(markup);
        } else {
            // A bare `<` is a character like any other.
            self.mended = true;
            self.verbatim("<");
            Some(&markup[1..])
        };
        self.rest = rest.unwrap_or_default();
        rest.is_some()
    }

    fn words(&mut self, words: &str) {
        if !self.open.is_empty() && !words.is_empty() {
            let (words, mended) = self.references.resolve(words);
            self.mended |= mended;
            self.verbatim(&words);
        }
    }

    fn verbatim(&mut self, words: &str) {
        let Some(open) = self.open.last_mut() else { return };
        if let Some(Node::Text(text)) = open.children.last_mut() {
            text.push_str(words);
        } else {
            open.children.push(Node::Text(words.to_owned()));
        }
    }

    fn start(&mut self, markup: &str) -> bool {
        let Some(tag) = tag_end(markup) else { return false };
        let inside = &markup[1..tag - 1];
        let empty = inside.ends_with('/');
        let inside = inside.strip_suffix('/').unwrap_or(inside);
        let end = inside.find(|c: char| c.is_whitespace()).unwrap_or(inside.len());
        let (written, attributes) = inside.split_at(end);
        let attributes = self.attributes(attributes);
        let (prefix, name) = written.split_once(':').unwrap_or(("", written));
        let name = name.to_ascii_lowercase();
        self.rest = self.slice_behind(markup, tag);
        if self.open.is_empty() && !ROOTS.contains(&name.as_str()) {
            return true;
        }
        self.elements += 1;
        if self.open.len() >= DEEPEST || self.elements > MOST_ELEMENTS {
            self.mended = true;
            return false;
        }
        let scope = Scope::within(self.scopes.last(), &attributes, &name);
        let element = Element {
            ns: scope.of(prefix),
            base: self.base(&attributes),
            language: self.language(&attributes),
            name,
            attributes,
            children: Vec::new(),
            cut: false,
            written: written.to_owned(),
        };
        self.end_sibling(&element);
        self.open.push(element);
        self.scopes.push(scope);
        if empty {
            self.pop();
        }
        true
    }

    /// An entry that begins inside another one ends that: nobody closed it.
    fn end_sibling(&mut self, next: &Element) {
        let entry = |element: &Element| matches!(element.name.as_str(), "item" | "entry") && matches!(element.ns, Ns::Feed | Ns::Atom);
        if entry(next)
            && let Some(at) = self.open.iter().position(entry)
        {
            self.mended = true;
            while self.open.len() > at {
                self.pop();
            }
        }
    }

    fn attributes(&mut self, text: &str) -> Vec<(String, String)> {
        let (mut attributes, mut rest) = (Vec::new(), text.trim_start());
        while !rest.is_empty() && attributes.len() < MOST_ATTRIBUTES {
            let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
            let (name, behind) = rest.split_at(end);
            let behind = behind.trim_start();
            let Some(value) = behind.strip_prefix('=') else {
                rest = behind.get(usize::from(end == 0)..).unwrap_or_default();
                continue;
            };
            let value = value.trim_start();
            let (value, behind) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
            };
            if !name.is_empty() {
                let (value, mended) = self.references.resolve(value);
                self.mended |= mended;
                attributes.push((name.to_owned(), value));
            }
            rest = behind.trim_start();
        }
        attributes
    }

    fn base(&self, attributes: &[(String, String)]) -> Option<Rc<Url>> {
        let outer = self.open.last().and_then(|open| open.base.clone());
        let Some((_, written)) = attributes.iter().find(|(name, _)| name == "xml:base") else { return outer };
        // XML Base, 4.1: the outermost one may be relative too, to where the document was found.
        let joined = outer.as_deref().unwrap_or(self.own).join(written.trim());
        joined.ok().map(Rc::new).or(outer)
    }

    fn language(&self, attributes: &[(String, String)]) -> Option<Rc<str>> {
        let written = attributes.iter().find(|(name, _)| name == "xml:lang").map(|(_, tag)| Rc::from(tag.trim()));
        written.or_else(|| self.open.last().and_then(|open| open.language.clone()))
    }

    fn close(&mut self, name: &str) {
        match self.open.iter().rposition(|open| open.written == name) {
            Some(at) => {
                self.mended |= at + 1 < self.open.len();
                while self.open.len() > at {
                    self.pop();
                }
            }
            None => self.mended |= !self.open.is_empty(),
        }
    }

    fn pop(&mut self) {
        self.scopes.pop();
        if let Some(element) = self.open.pop() {
            match self.open.last_mut() {
                Some(parent) => parent.children.push(Node::Element(element)),
                None => self.root = Some(element),
            }
        }
    }

    fn close_all(&mut self) {
        self.mended |= !self.open.is_empty();
        for element in &mut self.open {
            element.cut = true;
        }
        while !self.open.is_empty() {
            self.pop();
        }
    }
}

impl<'t> Reader<'t> {
    fn slice_behind(&self, markup: &str, end: usize) -> &'t str {
        &self.rest[self.rest.len() - markup.len() + end..]
    }
}

/// Where a start tag ends, its `>` included: none inside a quoted value counts.
fn tag_end(markup: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in markup.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            // A quotation mark opens a value only behind `=`: others are stray.
            (None, b'"' | b'\'') if markup[..at].trim_end().ends_with('=') => quote = Some(byte),
            (Some(mark), byte) if mark == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// What stands behind a document type, its inner subset included.
fn behind_declaration(markup: &str) -> Option<&str> {
    let end = markup.find('>')?;
    match markup[..end].find('[') {
        Some(subset) => {
            let inner = subset + markup[subset..].find(']')?;
            Some(&markup[inner + markup[inner..].find('>')? + 1..])
        }
        None => Some(&markup[end + 1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads what came from nowhere in particular.
    fn read(text: &str) -> Option<Document> {
        super::read(text, &Url::parse("http://e.example/feeds/atom.xml").unwrap())
    }

    fn root(text: &str) -> Element {
        read(text).expect("a feed").root
    }

    #[test]
    fn faults_are_mended_and_said() {
        let document =
            read("junk <b>Warning</b>: <?xml version='1.0'?><rss a=1 b='x > y'><t>A & B &nbsp;&copy; &#11;C < D &lol;</t></u></rss>")
                .unwrap();
        assert!(document.mended);
        let text = document.root.child(Ns::Feed, "t").unwrap().text().unwrap();
        assert_eq!(text, "A & B \u{a0}© C < D &lol;");
        assert_eq!(document.root.attribute("B"), Some("x > y"));
        assert!(!read("<rss><t>A &amp; &#65;</t></rss>").unwrap().mended);
    }

    #[test]
    fn an_end_cut_off_marks_what_was_open() {
        let root = root("<rss><channel><item><title>一</title></item><item><title>二");
        assert!(root.cut);
        let channel = root.child(Ns::Feed, "channel").unwrap();
        assert_eq!(channel.elements().map(|item| item.cut).collect::<Vec<_>>(), [false, true]);
        let unclosed = read("<rss><item><p>a<item>b</item></rss>").unwrap();
        assert_eq!(unclosed.root.elements().count(), 2);
        assert!(unclosed.root.elements().all(|item| !item.cut));
    }

    #[test]
    fn declared_entities_stay_and_nesting_ends() {
        let bomb = "<!DOCTYPE rss [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss>&b;&x;</rss>";
        assert_eq!(root(bomb).text().unwrap(), "&b;&x;");
        assert!(root(&format!("<rss>{}", "<a>".repeat(300_000))).cut);
        let wide = format!("<rss {}>x</rss>", "a='&amp;' ".repeat(100_000));
        assert_eq!(root(&wide).attributes.len(), MOST_ATTRIBUTES);
        assert!(read("<html><p>no feed").is_none());
        assert!(read(&"<".repeat(1_000_000)).is_none());
    }

    #[test]
    fn a_base_is_relative_to_the_one_around_it_and_the_first_to_the_feed() {
        let root =
            root("<feed xml:base='/blog/'><entry xml:base='2026/'/><entry xml:base='http://[/'/><entry xml:base='//b.example/'/></feed>");
        let base = |element: &Element| element.base.as_ref().unwrap().to_string();
        assert_eq!(base(&root), "http://e.example/blog/");
        let inner: Vec<String> = root.elements().map(base).collect();
        assert_eq!(inner, ["http://e.example/blog/2026/", "http://e.example/blog/", "http://b.example/"]);
    }

    #[test]
    fn markup_that_nobody_escaped_is_html() {
        let root = root("<rss><d>A <em class='x'>B</em><br/>&lt;C</d></rss>");
        assert_eq!(root.child(Ns::Feed, "d").unwrap().content().unwrap(), ("A <em class=\"x\">B</em><br>&lt;C".to_owned(), true));
    }
}
