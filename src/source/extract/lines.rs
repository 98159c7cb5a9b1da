//! A page as a person copies it: one line after another, each with what its markup said of it.
//!
//! Pages and plain text become the same lines, so one set of rules reads both.

use dom_query::{Document, NodeRef};
use url::Url;

use super::images::{self, Picture};
use super::words::len;
use crate::model::one_line;

/// One line of a page.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Line {
    /// As read, white space as single spaces.
    pub text: String,
    /// The same with a space wherever inline elements meet: fields that stand side by side are kept apart.
    pub spaced: String,
    /// The same as inline HTML.
    pub html: String,
    /// What its markup made of it.
    pub shape: Shape,
    /// Every character is bold.
    pub bold: bool,
    /// Share of its characters that lie in links, 0 to 1.
    pub linked: f32,
    /// Its links: text and address as written.
    pub links: Vec<(String, String)>,
    /// Its pictures.
    pub pictures: Vec<Picture>,
    /// It lies in navigation, footer, sidebar or comments.
    pub aside: bool,
    /// An element around it is named as a breadcrumb.
    pub trail: bool,
    /// An element in it or around it says that it names the author.
    pub byline: bool,
    /// What a `<time>` in it tells machines.
    pub time: Option<String>,
}

/// What markup made of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shape {
    /// A paragraph, or nothing special.
    #[default]
    Paragraph,
    /// `<h1>` to `<h6>`.
    Heading(u8),
    /// In a list; ordered or not.
    Listed(bool),
    /// In a quotation.
    Quoted,
    /// In a `<figcaption>`.
    Caption,
    /// A whole table or preformatted block; `html` holds its markup.
    Block,
}

impl Line {
    /// A line of plain text.
    pub(super) fn plain(text: &str) -> Self {
        let text = one_line(&text.replace(['\u{200b}', '\u{feff}'], ""));
        Self { spaced: text.clone(), html: escape(&text), text, ..Self::default() }
    }

    /// Whether most of it is a link.
    pub(super) fn is_link(&self) -> bool {
        self.linked > 0.5
    }
}

/// The lines of plain text.
pub(super) fn of_text(text: &str) -> Vec<Line> {
    text.lines().map(Line::plain).filter(|line| !line.text.is_empty()).collect()
}

/// The lines of a whole page: what a person sees.
pub(super) fn of_page(document: &Document, base: Option<&Url>) -> Vec<Line> {
    Walk::new(base, true).run(document.body().unwrap_or_else(|| document.root()))
}

/// The lines of a body, with inline HTML and pictures; addresses are made absolute against `base`.
pub(super) fn of_body(html: &str, base: Option<&Url>) -> Vec<Line> {
    Walk::new(base, false).run(Document::fragment(html).root())
}

/// Text as HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Inline elements that a body keeps.
const INLINE: &[&str] =
    &["a", "strong", "b", "em", "i", "sub", "sup", "code", "u", "s", "del", "ins", "mark", "q", "cite", "kbd", "ruby", "rt", "rp"];

/// Elements without text of the page.
const SILENT: &[&str] =
    &["script", "style", "noscript", "head", "title", "template", "iframe", "object", "option", "textarea", "svg", "button"];

struct Walk<'u> {
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
    trail: usize,
    byline: usize,
    quote: usize,
    caption: usize,
    heading: Option<u8>,
    lists: Vec<bool>,
    links: Vec<String>,
    inline: Vec<(&'static str, String)>,
}

/// What entering an element switched on, so that leaving it can switch it off.
#[derive(Default)]
struct Entered {
    block: bool,
    bold: bool,
    aside: bool,
    trail: bool,
    byline: bool,
    quote: bool,
    caption: bool,
    heading: bool,
    list: bool,
    link: bool,
    inline: bool,
}

enum Step<'a> {
    Enter(NodeRef<'a>),
    Leave(Entered),
}

impl<'u> Walk<'u> {
    fn new(base: Option<&'u Url>, page: bool) -> Self {
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
            trail: 0,
            byline: 0,
            quote: 0,
            caption: 0,
            heading: None,
            lists: Vec::new(),
            links: Vec::new(),
            inline: Vec::new(),
        }
    }

    /// Walks without recursion: a page decides how deep it is.
    fn run(mut self, root: NodeRef<'_>) -> Vec<Line> {
        let mut steps = vec![Step::Enter(root)];
        while let Some(step) = steps.pop() {
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
            "img" => {
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
            let names = format!("{} {}", node.attr_or("class", ""), node.attr_or("id", "")).to_ascii_lowercase();
            if matches!(name, "nav" | "footer" | "aside") || is_aside(&names) {
                self.aside += 1;
                entered.aside = true;
            }
            if is_trail(&names) {
                self.trail += 1;
                entered.trail = true;
            }
            if is_byline(node, &names) {
                self.byline += 1;
                entered.byline = true;
            }
            let stamped = node.attr_or("itemprop", "").contains("datePublished");
            if (name == "time" || stamped) && self.line.time.is_none() {
                self.line.time = node.attr("datetime").or_else(|| node.attr("content")).map(|time| time.to_string());
            }
        }
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
            self.line.html.push_str(&format!("</{name}>"));
        }
        if entered.block {
            self.flush();
        } else {
            self.gap();
        }
        self.bold -= usize::from(entered.bold);
        self.aside -= usize::from(entered.aside);
        self.trail -= usize::from(entered.trail);
        self.byline -= usize::from(entered.byline);
        self.quote -= usize::from(entered.quote);
        self.caption -= usize::from(entered.caption);
        if entered.heading {
            self.heading = None;
        }
        if entered.list {
            self.lists.pop();
        }
        if entered.link {
            self.links.pop();
        }
    }

    fn text(&mut self, text: &str) {
        let count = text.chars().filter(|c| !c.is_whitespace()).count();
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
        for c in text.chars().filter(|c| !matches!(c, '\u{200b}' | '\u{feff}' | '\u{ad}')) {
            push_collapsed(&mut self.line.text, c);
            push_collapsed(&mut self.line.spaced, c);
            push_escaped(&mut self.line.html, c);
        }
        self.line.byline |= self.byline > 0 && count > 0;
    }

    fn gap(&mut self) {
        push_collapsed(&mut self.line.spaced, ' ');
    }

    /// Ends the line; what is still open inline goes on in the next one.
    fn flush(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        for (name, _) in self.inline.iter().rev() {
            line.html.push_str(&format!("</{name}>"));
        }
        for (_, open) in &self.inline {
            self.line.html.push_str(open);
        }
        if let Some(href) = self.links.last() {
            self.line.links.push((String::new(), href.clone()));
        }
        let (chars, bold, linked) = (self.chars, self.bold_chars, self.linked_chars);
        (self.chars, self.bold_chars, self.linked_chars) = (0, 0, 0);
        line.text = one_line(&line.text);
        if line.text.is_empty() && line.pictures.is_empty() {
            return;
        }
        line.spaced = one_line(&line.spaced);
        line.bold = chars > 0 && bold == chars;
        line.linked = if chars == 0 { 0.0 } else { linked as f32 / chars as f32 };
        line.aside = self.aside > 0;
        line.trail = self.trail > 0;
        line.shape = self.shape();
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
            rows.map(|row| row.children_it(false).map(|cell| one_line(&cell.text())).collect::<Vec<_>>().join(" "))
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

fn push_collapsed(out: &mut String, c: char) {
    if !c.is_whitespace() {
        out.push(c);
    } else if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        c => push_collapsed(out, c),
    }
}

fn is_hidden(node: &NodeRef<'_>) -> bool {
    node.has_attr("hidden")
        || node.attr("style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
            style.contains("display:none")
        })
}

fn is_aside(names: &str) -> bool {
    ["footer", "sidebar", "comment", "related", "recommend", "copyright", "hotnews", "ranking", "navbar", "side-bar", "pinglun"]
        .iter()
        .any(|word| names.contains(word))
        && !["main", "content-wrap", "has-sidebar", "article"].iter().any(|word| names.contains(word))
}

fn is_trail(names: &str) -> bool {
    ["breadcrumb", "crumb", "weizhi", "dqwz", "position", "curpos", "location", "bread", "mianbao", "daohang_wz", "szwz"]
        .iter()
        .any(|word| names.contains(word))
}

fn is_byline(node: &NodeRef<'_>, names: &str) -> bool {
    let told = format!("{} {}", node.attr_or("rel", ""), node.attr_or("itemprop", ""));
    told.split_whitespace().any(|word| word == "author")
        || names.split_whitespace().any(|word| {
            let word = word.trim_start_matches("c-").trim_start_matches("article");
            matches!(
                word.trim_matches(['-', '_']),
                "author"
                    | "byline"
                    | "authors"
                    | "author-name"
                    | "author__name"
                    | "author_name"
                    | "entry-author"
                    | "writer"
                    | "by-author"
                    | "authorname"
                    | "autor"
                    | "byline__name"
                    | "author-byline"
                    | "auteur"
                    | "vcard"
            )
        })
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "pre"
    )
}

/// Cells longer than this hold paragraphs: the table lays out a page (characters).
const LONGEST_CELL: usize = 120;

/// Whether a table holds data rather than a layout: two rows of two short cells at least, no table within.
fn is_data(table: &NodeRef<'_>) -> bool {
    let mut rows = 0;
    let mut cells = 0;
    for node in table.descendants_it() {
        if node.has_name("table") || node.has_name("img") {
            return false;
        }
        if node.has_name("tr") {
            rows += 1;
        } else if node.has_name("td") || node.has_name("th") {
            cells += 1;
            if len(&node.text()) > LONGEST_CELL {
                return false;
            }
        }
    }
    rows >= 2 && cells >= 2 * rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_becomes_the_lines_a_person_sees() {
        let page = "<div class=dqwz>位置：<a href=/>首页</a> &gt; <a href=/x>新闻</a></div><h1>老渡口修好了</h1>\
                    <p><span>时间：2021-10-29</span><span>来源：河边报</span></p><p>一<br>二<b>三</b></p><p style='display: none'>四</p>";
        let lines = of_page(&Document::from(page), None);
        let texts: Vec<&str> = lines.iter().map(|line| line.spaced.as_str()).collect();
        assert_eq!(texts, ["位置： 首页 > 新闻", "老渡口修好了", "时间：2021-10-29 来源：河边报", "一", "二 三"]);
        assert!(lines[0].trail);
        assert_eq!(lines[0].links, [("首页".to_owned(), "/".to_owned()), ("新闻".to_owned(), "/x".to_owned())]);
        assert_eq!((lines[1].shape, lines[1].bold), (Shape::Heading(1), true));
        assert_eq!(lines[2].text, "时间：2021-10-29来源：河边报");
    }

    #[test]
    fn a_body_keeps_its_inline_markup_and_tables() {
        let base = Url::parse("http://news.example.cn/a/b.html").unwrap();
        let html = "<p>　　一 &amp; <a href='../c.html'>二<br>三</a></p><table><tr><td>年<td>人<tr><td>2020<td>7</table><ol><li>四</ol>";
        let lines = of_body(html, Some(&base));
        assert_eq!(lines[0].html, "一 &amp; <a href=\"http://news.example.cn/c.html\">二</a>");
        assert_eq!(lines[1].html, "<a href=\"http://news.example.cn/c.html\">三</a>");
        assert_eq!((lines[2].shape, lines[2].text.as_str()), (Shape::Block, "年 人\n2020 7"));
        assert_eq!(lines[3].shape, Shape::Listed(true));
    }
}
