//! The walk over a tree that gives its lines, without recursion.

use std::collections::HashMap;
use std::fmt::Write as _;

use dom_query::NodeRef;
use url::Url;

use super::images;
use super::lines::{LINES, Line, Shape, escape, hash};
use super::marks::{self, Named, Term, is_block, is_data, is_hidden};
use crate::model::one_line;

/// Inline elements that a body keeps.
const INLINE: &[&str] =
    &["a", "strong", "b", "em", "i", "sub", "sup", "code", "u", "s", "del", "ins", "mark", "q", "cite", "kbd", "ruby", "rt", "rp"];

/// Elements without text of the page.
const SILENT: &[&str] =
    &["script", "style", "noscript", "head", "title", "template", "iframe", "object", "option", "textarea", "svg", "button"];

/// Where a walk stands.
pub(super) struct Walk<'u> {
    base: Option<&'u Url>,
    /// A whole page: tables lay it out, and where a line lies matters.
    page: bool,
    done: Vec<Line>,
    line: Line,
    chars: usize,
    bold_chars: usize,
    linked_chars: usize,
    bold: usize,
    aside: usize,
    /// How many of those are named for the page's layout alone.
    layout: usize,
    /// How many of those, the outermost, hold the headline: they are beside nothing.
    pardoned: usize,
    trail: usize,
    byline: usize,
    beside: Vec<&'static str>,
    lead: usize,
    quote: usize,
    caption: usize,
    heading: Option<u8>,
    lists: Vec<bool>,
    links: Vec<String>,
    /// What the open links and the elements around them lead to, outermost first.
    terms: Vec<Term>,
    blocks: Vec<u64>,
    inline: Vec<(&'static str, String)>,
    names: HashMap<String, Named>,
}

/// What entering an element switched on, so that leaving it can switch it off.
#[derive(Default)]
struct Entered {
    block: bool,
    bold: bool,
    aside: bool,
    layout: bool,
    trail: bool,
    byline: bool,
    beside: bool,
    lead: bool,
    quote: bool,
    caption: bool,
    heading: bool,
    list: bool,
    link: bool,
    term: bool,
    inline: bool,
}

enum Step<'a> {
    Enter(NodeRef<'a>),
    Leave(Entered),
}

impl<'u> Walk<'u> {
    /// A walk whose addresses are made absolute against `base`; over a whole page, or over a body.
    pub(super) fn new(base: Option<&'u Url>, page: bool) -> Self {
        Self {
            base,
            page,
            done: Vec::new(),
            line: Line::default(),
            chars: 0,
            bold_chars: 0,
            linked_chars: 0,
            bold: 0,
            aside: 0,
            layout: 0,
            pardoned: 0,
            trail: 0,
            byline: 0,
            beside: Vec::new(),
            lead: 0,
            quote: 0,
            caption: 0,
            heading: None,
            lists: Vec::new(),
            links: Vec::new(),
            terms: Vec::new(),
            blocks: Vec::new(),
            inline: Vec::new(),
            names: HashMap::new(),
        }
    }

    /// Walks without recursion: a page decides how deep it is.
    pub(super) fn run(mut self, root: NodeRef<'_>) -> Vec<Line> {
        let mut steps = vec![Step::Enter(root)];
        while let Some(step) = steps.pop().filter(|_| self.done.len() < LINES) {
            match step {
                Step::Enter(node) if node.is_text() => self.text(&node.text()),
                Step::Enter(node) => {
                    if let Some(entered) = self.enter(&node) {
                        steps.push(Step::Leave(entered));
                        steps.extend(node.children_it(true).map(Step::Enter));
                    }
                }
                Step::Leave(entered) => self.leave(&entered),
            }
        }
        self.flush();
        self.done
    }

    fn enter(&mut self, node: &NodeRef<'_>) -> Option<Entered> {
        let Some(name) = node.node_name() else {
            return (node.is_document() || node.is_fragment()).then(Entered::default);
        };
        let name = name.as_ref();
        let mut entered = Entered::default();
        match name {
            _ if SILENT.contains(&name) => return None,
            "br" | "hr" => {
                self.flush();
                return None;
            }
            // AMP writes its pictures so.
            "img" | "amp-img" => {
                if let Some(picture) = images::read(node, self.base) {
                    self.line.pictures.push(picture);
                }
                return None;
            }
            "input" | "select" => return None,
            "table" | "pre" if name == "pre" || !self.page && is_data(node) => {
                self.block(node, name);
                return None;
            }
            _ => {}
        }
        if self.page && is_hidden(node) {
            return None;
        }
        if is_block(name) {
            self.flush();
            entered.block = true;
            let class = node.attr("class").map_or(0, |class| hash(&class));
            self.blocks.push(hash(name).rotate_left(1) ^ class);
        } else {
            self.gap();
        }
        self.switch_on(node, name, &mut entered);
        Some(entered)
    }

    fn switch_on(&mut self, node: &NodeRef<'_>, name: &str, entered: &mut Entered) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.heading.is_none() => {
                self.heading = name[1..].parse().ok();
                entered.heading = true;
            }
            "b" | "strong" => {
                self.bold += 1;
                entered.bold = true;
            }
            "blockquote" => {
                self.quote += 1;
                entered.quote = true;
            }
            "figcaption" => {
                self.caption += 1;
                entered.caption = true;
            }
            "ul" | "ol" => {
                self.lists.push(name == "ol");
                entered.list = true;
            }
            "a" => {
                self.links.push(node.attr("href").map(|href| href.to_string()).unwrap_or_default());
                self.line.links.push((String::new(), self.links.last().cloned().unwrap_or_default()));
                entered.link = true;
            }
            _ => {}
        }
        if let Some(kept) = INLINE.iter().find(|kept| **kept == name) {
            let open = self.opening(kept);
            self.line.html.push_str(&open);
            self.inline.push((kept, open));
            entered.inline = true;
        }
        if self.page {
            self.place(node, name, entered);
        }
    }

    /// What an element says of where its lines stand on the page, and whom and when they name.
    fn place(&mut self, node: &NodeRef<'_>, name: &str, entered: &mut Entered) {
        let named = self.named(node);
        let own = matches!(name, "nav" | "footer" | "aside");
        // Templates name the whole page after its columns.
        if own || named.aside && !matches!(name, "body" | "html" | "main" | "article") {
            self.aside += 1;
            entered.aside = true;
            entered.layout = !own && named.layout;
            self.layout += usize::from(entered.layout);
        }
        if name == "h1" && self.layout == self.aside {
            self.pardoned = self.aside;
        }
        if named.trail {
            self.trail += 1;
            entered.trail = true;
        }
        if let Some(credited) = marks::credited(node) {
            self.line.credited.push(credited);
        }
        if named.byline || marks::is_author(node) {
            self.byline += 1;
            entered.byline = true;
        }
        self.beside.extend(named.beside);
        entered.beside = named.beside.is_some();
        self.lead += usize::from(named.lead);
        entered.lead = named.lead;
        let told = || node.attr("rel").filter(|_| entered.link).and_then(|rel| marks::term_of_rel(&rel));
        // The page's own body has the classes of its template.
        let term = named.term.filter(|_| !matches!(name, "body" | "article" | "main")).or_else(told);
        self.terms.extend(term);
        entered.term = term.is_some();
        let stamped = node.attr_or("itemprop", "").contains("datePublished");
        if (name == "time" || stamped) && self.line.time.is_none() {
            self.line.time = node.attr("datetime").or_else(|| node.attr("content")).map(|time| time.to_string());
        }
        // The microformat hAtom has its times in abbreviations.
        if name == "abbr" && self.line.time.is_none() && node.attr_or("class", "").split_whitespace().any(|word| word == "published") {
            self.line.time = node.attr("title").map(|time| time.to_string());
        }
    }

    /// What an element's class and id say; pages use the same few hundred again and again.
    fn named(&mut self, node: &NodeRef<'_>) -> Named {
        // Elements of a site's own making are called by a name rather than a class.
        let own = || node.node_name().filter(|name| name.contains('-')).and_then(|_| node.attr("name"));
        let (class, id) = (node.attr("class"), node.attr("id").or_else(own));
        if class.is_none() && id.is_none() {
            return Named::default();
        }
        let names = format!("{} {}", class.as_deref().unwrap_or_default(), id.as_deref().unwrap_or_default());
        if let Some(known) = self.names.get(&names) {
            return *known;
        }
        let named = marks::named(&names.to_ascii_lowercase());
        self.names.insert(names, named);
        named
    }

    fn opening(&self, name: &str) -> String {
        if name != "a" {
            return format!("<{name}>");
        }
        let href = self.links.last().map_or("", String::as_str);
        let whole = match self.base {
            Some(base) => base.join(href).map(String::from).unwrap_or_default(),
            None => href.to_owned(),
        };
        if whole.starts_with("http") { format!("<a href=\"{}\">", escape(&whole)) } else { "<a>".to_owned() }
    }

    fn leave(&mut self, entered: &Entered) {
        if entered.inline
            && let Some((name, _)) = self.inline.pop()
        {
            let _ = write!(self.line.html, "</{name}>");
        }
        if entered.block {
            self.flush();
            self.blocks.pop();
        } else {
            self.gap();
        }
        self.bold -= usize::from(entered.bold);
        self.aside -= usize::from(entered.aside);
        self.layout -= usize::from(entered.layout);
        self.pardoned = self.pardoned.min(self.aside);
        self.trail -= usize::from(entered.trail);
        self.byline -= usize::from(entered.byline);
        self.lead -= usize::from(entered.lead);
        if entered.beside {
            self.beside.pop();
        }
        self.quote -= usize::from(entered.quote);
        self.caption -= usize::from(entered.caption);
        if entered.heading {
            self.heading = None;
        }
        if entered.list {
            self.lists.pop();
        }
        if entered.link {
            let href = self.links.pop().unwrap_or_default();
            if let Some((text, _)) = self.line.links.last().filter(|(text, _)| self.page && marks::can_name(text.trim()))
                && marks::leads_to_author(&href)
            {
                self.line.credited.push(text.trim().to_owned());
            }
            // A category's own element knows better than the `rel` of the link in it.
            let term = self.terms.iter().find(|term| **term == Term::Category).or(self.terms.first());
            if let (Some(term), Some((text, _))) = (term, self.line.links.last()) {
                let name = text.trim();
                if !name.is_empty() {
                    self.line.terms.push((*term, name.to_owned()));
                }
            }
        }
        if entered.term {
            self.terms.pop();
        }
    }

    fn text(&mut self, text: &str) {
        let count = self.put(text);
        self.chars += count;
        if self.bold > 0 || self.heading.is_some() {
            self.bold_chars += count;
        }
        if !self.links.is_empty() {
            self.linked_chars += count;
            if let Some(link) = self.line.links.last_mut() {
                link.0.push_str(text);
            }
        }
        if count > 0 {
            self.line.byline |= self.byline > 0;
            self.line.lead |= self.lead > 0;
            // The innermost element knows best.
            self.line.beside = self.line.beside.or(self.beside.last().copied());
        }
    }

    /// Puts text at the end of the line in its three forms; gives how many of its characters are no white space.
    fn put(&mut self, text: &str) -> usize {
        let line = &mut self.line;
        let mut count = 0;
        // Where the characters begin that are the same in all three.
        let mut from = 0;
        for (at, c) in text.char_indices() {
            let space = c.is_whitespace();
            count += usize::from(!space);
            if !space && !matches!(c, '&' | '<' | '>' | '\u{200b}' | '\u{feff}') {
                continue;
            }
            line.put_plain(&text[from..at]);
            from = at + c.len_utf8();
            match c {
                '&' => line.put_mark(c, "&amp;"),
                '<' => line.put_mark(c, "&lt;"),
                '>' => line.put_mark(c, "&gt;"),
                _ if space => line.put_space(),
                _ => {}
            }
        }
        line.put_plain(&text[from..]);
        count
    }

    fn gap(&mut self) {
        space(&mut self.line.spaced);
    }

    /// Ends the line; what is still open inline goes on in the next one.
    fn flush(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        for (name, _) in self.inline.iter().rev() {
            let _ = write!(line.html, "</{name}>");
        }
        for (_, open) in &self.inline {
            self.line.html.push_str(open);
        }
        if let Some(href) = self.links.last() {
            self.line.links.push((String::new(), href.clone()));
        }
        let (chars, bold, linked) = (self.chars, self.bold_chars, self.linked_chars);
        (self.chars, self.bold_chars, self.linked_chars) = (0, 0, 0);
        line.text = tidied(line.text);
        if line.text.is_empty() && line.pictures.is_empty() {
            return;
        }
        line.spaced = tidied(line.spaced);
        line.bold = chars > 0 && bold == chars;
        line.linked = if chars == 0 { 0.0 } else { linked as f32 / chars as f32 };
        line.aside = self.aside > self.pardoned;
        // A great heading in a list ends a breadcrumb.
        line.trail = self.trail > 0 || self.heading == Some(1) && !self.lists.is_empty();
        line.shape = self.shape();
        line.kin = self.blocks.iter().rev().take(2).fold(0, |kin, block| kin.rotate_left(7) ^ block);
        self.done.push(line);
    }

    fn shape(&self) -> Shape {
        if self.caption > 0 {
            return Shape::Caption;
        }
        if let Some(level) = self.heading {
            return Shape::Heading(level);
        }
        if let Some(ordered) = self.lists.last() {
            return Shape::Listed(*ordered);
        }
        if self.quote > 0 { Shape::Quoted } else { Shape::Paragraph }
    }

    /// A table of data or preformatted text stays whole.
    fn block(&mut self, node: &NodeRef<'_>, name: &str) {
        self.flush();
        let text = if name == "table" {
            let rows = node.descendants_it().filter(|inner| inner.has_name("tr"));
            rows.map(|row| {
                row.children_it(false)
                    .filter(dom_query::NodeRef::is_element)
                    .map(|cell| one_line(&cell.text()))
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect::<Vec<_>>()
            .join("\n")
        } else {
            node.text().to_string()
        };
        if !text.trim().is_empty() {
            self.done.push(Line { spaced: text.clone(), text, html: node.html().to_string(), shape: Shape::Block, ..Line::default() });
        }
    }
}

impl Line {
    fn put_plain(&mut self, plain: &str) {
        self.text.push_str(plain);
        self.spaced.push_str(plain);
        self.html.push_str(plain);
    }

    fn put_mark(&mut self, mark: char, escaped: &str) {
        self.text.push(mark);
        self.spaced.push(mark);
        self.html.push_str(escaped);
    }

    fn put_space(&mut self) {
        space(&mut self.text);
        space(&mut self.spaced);
        space(&mut self.html);
    }
}

/// A space, where there is none yet and something to part.
fn space(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

/// A text whose white space is single spaces already, on one line.
fn tidied(mut text: String) -> String {
    if text.chars().any(char::is_control) || text.contains(['\u{fffe}', '\u{ffff}']) {
        return one_line(&text);
    }
    text.truncate(text.trim_end().len());
    text
}
