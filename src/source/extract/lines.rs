//! A page as a person copies it: one line after another, each with what its markup said of it.
//!
//! Pages and plain text become the same lines, so one set of rules reads both.

use std::cell::OnceCell;

use dom_query::Document;
use url::Url;

use super::furniture::{self, Reach};
use super::images::Picture;
use super::marks::Term;
use super::walk::Walk;
use super::words::{bare, is_prose};
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
    /// Its links that lead to sections and tags, as their markup says.
    pub terms: Vec<(Term, String)>,
    /// Names that microdata calls the author's: elements in it with `itemprop=author`.
    pub credited: Vec<String>,
    /// Its pictures.
    pub pictures: Vec<Picture>,
    /// It lies in navigation, footer, sidebar or comments.
    pub aside: bool,
    /// An element around it is named as a breadcrumb.
    pub trail: bool,
    /// An element in it or around it says that it names the author.
    pub byline: bool,
    /// What an element around it says that it is beside the copy.
    pub beside: Option<&'static str>,
    /// An element around it says that it is a standfirst.
    pub lead: bool,
    /// Where it stands in the markup: the names and classes of the two blocks around it, as a hash. Paragraphs of one text share it.
    pub kin: u64,
    /// What a `<time>` in it tells machines.
    pub time: Option<String>,
    /// What was found out about its text.
    pub known: Known,
}

/// What several rules ask of a line's text, found out once.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    bare: OnceCell<String>,
    prose: OnceCell<bool>,
    judged: OnceCell<Option<(&'static str, Reach)>>,
}

impl PartialEq for Known {
    /// Lines are equal by what they say.
    fn eq(&self, _: &Self) -> bool {
        true
    }
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

    /// Its text for comparing.
    pub(super) fn bare(&self) -> &str {
        self.known.bare.get_or_init(|| bare(&self.text))
    }

    /// Whether it reads as running text.
    pub(super) fn is_prose(&self) -> bool {
        *self.known.prose.get_or_init(|| is_prose(&self.text))
    }

    /// The rule that says it is no copy.
    pub(super) fn judged(&self) -> Option<(&'static str, Reach)> {
        *self.known.judged.get_or_init(|| furniture::judge(self))
    }

    /// Empties it; its pictures stay.
    pub(super) fn take_text(&mut self) -> String {
        self.known = Known::default();
        self.html.clear();
        std::mem::take(&mut self.text)
    }

    /// Whether most of it is a link.
    pub(super) fn is_link(&self) -> bool {
        self.linked > 0.5
    }
}

/// Lines of a page at most: rules read each of them several times. The longest real pages have some 3,000.
pub(super) const LINES: usize = 20_000;

/// The lines of plain text.
pub(super) fn of_text(text: &str) -> Vec<Line> {
    text.lines().map(Line::plain).filter(|line| !line.text.is_empty()).take(LINES).collect()
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

/// FNV-1a, which never changes with a compiler.
pub(super) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
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

    #[test]
    fn a_column_that_holds_the_headline_is_beside_nothing() {
        let page = "<body class='has-fixed-footer'><div class='sidebar-1'><p>Menu</p><h1>A landing mended</h1><p class='textauthor'>By Ann Lee</p></div>\
                    <div class='sidebar-2'><p>Other news</p></div><div class=related><h1>Read on</h1></div></body>";
        let lines = of_page(&Document::from(page), None);
        let beside: Vec<(&str, bool)> = lines.iter().map(|line| (line.text.as_str(), line.aside)).collect();
        let told = [("Menu", true), ("A landing mended", false), ("By Ann Lee", false), ("Other news", true), ("Read on", true)];
        assert_eq!(beside, told);
        assert!(lines[2].byline);
    }

    #[test]
    fn links_and_microdata_name_authors() {
        let page = "<p>By <a href=/author/ann-lee>Ann Lee</a> and <span itemprop=author><i>Autor:</i> <b itemprop=name>abc</b></span> <a href=/author/>all authors</a></p>";
        assert_eq!(of_page(&Document::from(page), None)[0].credited, ["Ann Lee", "abc"]);
    }
}
