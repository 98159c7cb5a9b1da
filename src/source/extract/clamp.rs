//! A page made harmless before any tree is built of it.
//!
//! Tree builders and everything behind them are recursive or quadratic in the depth of a page, and a stack overflow ends the
//! process. This one pass over the tags bounds depth, elements and attributes, and leaves out what no rule reads: comments, styles,
//! scripts other than JSON-LD, drawings. It mirrors the tree builder (WHATWG HTML, 13.2.6) where that decides what stays open.

use super::tags::{Tag, comment_end, find_close, is_block, is_formatting, is_void, read};

/// Elements open at once. Real pages stay below 60; tree builders get slow from some thousands on.
pub(super) const DEPTH: usize = 256;

/// Elements in all. The largest real news pages have about 15,000.
pub(super) const ELEMENTS: usize = 60_000;

/// Attributes of one element.
pub(super) const ATTRIBUTES: usize = 64;

/// Formatting elements left open at once: each is opened again in every later block, so their number multiplies (WHATWG HTML, 13.2.4.3).
const FORMATTING: usize = 16;

/// A `<noscript>` larger than this is no picture in waiting (bytes).
const NOSCRIPT: usize = 2_048;

/// A harmless page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::source) struct Clamped {
    /// The page.
    pub html: String,
    /// Which bounds it broke, in words.
    pub broke: Vec<&'static str>,
}

/// Bounds a page.
pub(in crate::source) fn clamp(html: &str) -> Clamped {
    let mut scan =
        Scan { html, out: String::with_capacity(html.len()), open: Vec::new(), elements: 0, unclosed: Vec::new(), broke: Vec::new() };
    let mut at = 0;
    while let Some(found) = html[at..].find('<') {
        scan.out.push_str(&html[at..at + found]);
        at = scan.tag(at + found);
    }
    scan.out.push_str(&html[at..]);
    Clamped { html: scan.out, broke: scan.broke }
}

struct Scan<'a> {
    html: &'a str,
    out: String,
    open: Vec<Open<'a>>,
    elements: usize,
    /// Names that have no end tag further on, so that the rest is not searched for one again and again.
    unclosed: Vec<&'a str>,
    broke: Vec<&'static str>,
}

struct Open<'a> {
    name: &'a str,
    written: bool,
}

impl<'a> Scan<'a> {
    /// Reads whatever begins with `<` at `at`; gives where to go on.
    fn tag(&mut self, at: usize) -> usize {
        let rest = &self.html[at..];
        let bytes = rest.as_bytes();
        match bytes.get(1) {
            Some(b'!') if rest.starts_with("<!--") => comment_end(rest).map_or(self.html.len(), |end| at + end),
            Some(b'!' | b'?') => {
                let end = rest.find('>').map_or(rest.len(), |end| end + 1);
                if rest.get(2..9).is_some_and(|word| word.eq_ignore_ascii_case("doctype")) {
                    self.out.push_str(&rest[..end]);
                }
                at + end
            }
            Some(b'/') if bytes.get(2).is_some_and(u8::is_ascii_alphabetic) => {
                let tag = read(self.html, at, 2, ATTRIBUTES);
                self.close(tag.name);
                tag.end
            }
            Some(first) if first.is_ascii_alphabetic() => self.start(at),
            _ => {
                self.out.push_str("&lt;");
                at + 1
            }
        }
    }

    fn start(&mut self, at: usize) -> usize {
        let tag = read(self.html, at, 1, ATTRIBUTES);
        let name = tag.name;
        let is = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
        if is(&["svg", "math", "template", "select"]) {
            let closed = self.html[at..tag.end].ends_with("/>");
            return if closed { tag.end } else { self.skip(&tag) };
        }
        if is(&["script", "style", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript", "title"]) {
            return self.raw(at, &tag);
        }
        if is(&["plaintext", "frameset", "frame"]) {
            return tag.end;
        }
        self.imply_ends(name);
        let formatting =
            is_formatting(name) && self.open.iter().filter(|open| open.written && is_formatting(open.name)).count() >= FORMATTING;
        let deep = self.open.len() >= DEPTH;
        let many = self.elements >= ELEMENTS;
        if deep && !self.broke.contains(&"depth") {
            self.broke.push("depth");
        }
        if many && !self.broke.contains(&"elements") {
            self.broke.push("elements");
        }
        let written = !(deep || many || formatting);
        if written {
            self.elements += 1;
            self.write(at, &tag);
        }
        // What stands beyond the bound is forgotten, so that the list of open elements is bounded too.
        if !is_void(name) && !deep {
            self.open.push(Open { name, written });
        }
        tag.end
    }

    /// Behind the end of a whole element that is left out; where it is never closed, only its tag is left out.
    fn skip(&mut self, tag: &Tag<'a>) -> usize {
        if self.unclosed.iter().any(|name| tag.name.eq_ignore_ascii_case(name)) {
            return tag.end;
        }
        let Some(close) = find_close(&self.html[tag.end..], tag.name) else {
            self.unclosed.push(tag.name);
            return tag.end;
        };
        let end = tag.end + close;
        self.html[end..].find('>').map_or(self.html.len(), |at| end + at + 1)
    }

    /// An element whose content is no markup: dropped, or copied with its end.
    fn raw(&mut self, at: usize, tag: &Tag<'a>) -> usize {
        let name = tag.name;
        let rest = &self.html[tag.end..];
        let inside = find_close(rest, name).unwrap_or(rest.len());
        let end = tag.end + inside;
        let after = self.html[end..].find('>').map_or(self.html.len(), |close| end + close + 1);
        let head = self.html[at..tag.end].to_ascii_lowercase();
        let keep = match name.to_ascii_lowercase().as_str() {
            "title" | "iframe" => true,
            "script" => head.contains("ld+json"),
            "noscript" => inside < NOSCRIPT && rest[..inside].contains("<img"),
            _ => false,
        };
        if keep && self.elements < ELEMENTS {
            self.elements += 1;
            self.write(at, tag);
            if !name.eq_ignore_ascii_case("iframe") {
                self.out.push_str(&rest[..inside]);
            }
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
        after
    }

    fn write(&mut self, at: usize, tag: &Tag<'a>) {
        if tag.attributes.len() < ATTRIBUTES {
            self.out.push_str(&self.html[at..tag.end]);
            // A tag cut off by the end of the page is no tag.
            if !self.html[at..tag.end].ends_with('>') {
                self.out.push('>');
            }
            return;
        }
        if !self.broke.contains(&"attributes") {
            self.broke.push("attributes");
        }
        self.out.push('<');
        self.out.push_str(tag.name);
        for &(from, to) in tag.attributes.iter().take(ATTRIBUTES) {
            self.out.push(' ');
            self.out.push_str(&self.html[from..to]);
        }
        self.out.push('>');
    }

    /// Start tags that end what is open (13.2.6.4.7: p, li, dd, dt, option; 13.2.6.4.9 and later: rows and cells).
    fn imply_ends(&mut self, name: &str) {
        let low = name.to_ascii_lowercase();
        match low.as_str() {
            "li" => self.end_within(&["li"], &["ul", "ol", "table", "td", "th"]),
            "dd" | "dt" => self.end_within(&["dd", "dt"], &["dl", "table", "td", "th"]),
            "option" => self.end_within(&["option"], &["table", "td"]),
            "td" | "th" => self.end_within(&["td", "th"], &["tr", "table"]),
            "tr" => self.end_within(&["tr"], &["table"]),
            "tbody" | "thead" | "tfoot" => self.end_within(&["tbody", "thead", "tfoot"], &["table"]),
            _ => {}
        }
        if is_block(&low) && low != "table" {
            self.end_within(&["p"], &["table", "td", "th", "caption", "button", "object"]);
        }
    }

    fn end_within(&mut self, ends: &[&str], barriers: &[&str]) {
        for at in (0..self.open.len()).rev() {
            let name = self.open[at].name;
            if ends.iter().any(|end| name.eq_ignore_ascii_case(end)) {
                self.open.truncate(at);
                return;
            }
            if barriers.iter().any(|barrier| name.eq_ignore_ascii_case(barrier)) {
                return;
            }
        }
    }

    fn close(&mut self, name: &str) {
        let low = name.to_ascii_lowercase();
        for at in (0..self.open.len()).rev() {
            let open = self.open[at].name;
            if open.eq_ignore_ascii_case(name) {
                if self.open[at].written {
                    self.out.push_str("</");
                    self.out.push_str(name);
                    self.out.push('>');
                }
                if is_formatting(name) {
                    // What lies inside stays open: the adoption agency moves it, it does not end it (13.2.6.4.7).
                    self.open.remove(at);
                } else {
                    self.open.truncate(at);
                }
                return;
            }
            let barrier = ["td", "th", "table", "caption", "object", "template"].iter().any(|word| open.eq_ignore_ascii_case(word));
            let row = matches!(low.as_str(), "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" | "table" | "body" | "html");
            let inner = !is_formatting(name) && !is_block(&low) && !row && is_block(&open.to_ascii_lowercase());
            if barrier && !row || inner {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_page_stays_as_it_is() {
        let page = "<!DOCTYPE html><html><body><p>一<b>二</b><br>三 <a href='x>y'>四</a></p></body></html>";
        assert_eq!(clamp(page), Clamped { html: page.to_owned(), broke: Vec::new() });
    }

    #[test]
    fn what_no_rule_reads_is_left_out() {
        let page = "<p>一<!-- <b> --><style>p{}</style><script>if(a<b){'</p>'}</script><svg><title>x</title></svg>二</p>";
        assert_eq!(clamp(page).html, "<p>一二</p>");
        assert!(clamp("<script type=\"application/ld+json\">{}</script>").html.contains("ld+json"));
    }

    #[test]
    fn depth_is_bounded_however_it_is_reached() {
        for unit in ["<div>", "<span><div></span>", "<b><div></b>", "<table><tr><td>", "<div><table><tr><td></div>"] {
            let page = format!("{}文", unit.repeat(30_000));
            let clamped = clamp(&page);
            assert!(clamped.broke.contains(&"depth"), "{unit}");
            let document = dom_query::Document::from(clamped.html.as_str());
            let deepest = document.root().descendants_it().map(|node| node.ancestors_it(None).count()).max();
            assert!(deepest <= Some(2 * DEPTH), "{unit}: {deepest:?}");
        }
    }

    #[test]
    fn unclosed_rows_and_paragraphs_are_no_depth() {
        let page = format!("<table>{}</table>{}", "<tr><td>一<td>二".repeat(2_000), "<p>三<li>四".repeat(2_000));
        assert!(clamp(&page).broke.is_empty());
    }

    #[test]
    fn elements_and_attributes_are_bounded() {
        let attributes: String = (0..30_000).map(|n| [" a", n.to_string().as_str(), "=1"].concat()).collect();
        let clamped = clamp(&format!("<p{attributes}>文</p>"));
        assert_eq!((clamped.html.matches('=').count(), clamped.broke), (ATTRIBUTES, vec!["attributes"]));
        let clamped = clamp(&"<i></i>".repeat(ELEMENTS + 5));
        assert_eq!(clamped.html.matches("<i>").count(), ELEMENTS);
    }

    #[test]
    fn broken_tags_do_not_panic() {
        for page in
            ["<", "</", "<a", "<a b", "<a b=", "<a b='", "<!--", "<!", "<script>", "</script", "<p/", "a<b", "<svg>", "<noscript><img"]
        {
            clamp(page);
        }
    }
}
