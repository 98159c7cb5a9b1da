//! Fields where a person said they stand: what a selector finds goes through the same readers of dates, names and text as the rules'
//! own finds. One that finds nothing, or nothing readable, leaves the rules' word and a line of evidence.

use std::collections::HashSet;

use dom_query::{Document, Matcher, NodeRef};
use url::Url;

use super::body::{self, Context};
use super::when::{self, Reading};
use super::words::clip;
use super::{Extraction, Input, bylines, clamp, decode, extract, images, lines, looks_like_html, origin, sections};
use crate::config::{Overrides, Selector};
use crate::model::{Body, Evidence, Field, Image, Kind, one_line};

/// Elements that one selector takes at most.
const MOST_NODES: usize = 200;

/// Reads a page with `overrides` laid over the rules. A text that is no HTML is read without them.
#[must_use]
pub fn extract_with(input: &Input<'_>, overrides: &Overrides) -> Extraction {
    let decoded = decode::decode(input.bytes, input.content_type, input.url);
    if !looks_like_html(&decoded.text) {
        return extract(input);
    }
    let document = Document::from(clamp::clamp(&decoded.text).html);
    for selector in &overrides.remove {
        for node in found(&document, selector) {
            node.remove_from_parent();
        }
    }
    let read = if overrides.remove.is_empty() {
        extract(input)
    } else {
        let html = document.html();
        extract(&Input { bytes: html.as_bytes(), content_type: Some("text/html; charset=utf-8"), ..*input })
    };
    let mut extraction = Extraction { encoding: decoded.encoding, encoding_rule: decoded.rule, ..read };
    let base = document.base_uri().and_then(|told| match input.url {
        Some(url) => url.join(&told).ok(),
        None => Url::parse(&told).ok(),
    });
    let base = base.as_ref().or(input.url);
    Laying { document: &document, base, input, extraction: &mut extraction }.lay(overrides);
    extraction
}

/// What a selector finds. It compiled when the configuration was read.
fn found<'d>(document: &'d Document, selector: &Selector) -> Vec<NodeRef<'d>> {
    let Ok(matcher) = Matcher::new(selector.as_str()) else { return Vec::new() };
    document.select_matcher(&matcher).nodes().iter().take(MOST_NODES).copied().collect()
}

struct Laying<'a> {
    document: &'a Document,
    base: Option<&'a Url>,
    input: &'a Input<'a>,
    extraction: &'a mut Extraction,
}

impl Laying<'_> {
    fn lay(mut self, overrides: &Overrides) {
        let reading = Reading { zone: self.input.zone, seen_at: self.input.seen_at };
        let joined = |texts: &[String]| Some(one_line(&texts.join(" "))).filter(|text| !text.is_empty());
        if let Some(title) = self.texts(overrides.title.as_ref(), Field::Title, |texts| texts.first().cloned()) {
            self.extraction.candidate.title = Some(title);
        }
        let date = |texts: &[String]| {
            texts.iter().find_map(|text| when::machine(text, reading).or_else(|| when::first(text, reading).map(|(when, _)| when)))
        };
        if let Some(when) = self.texts(overrides.date.as_ref(), Field::Published, date) {
            self.extraction.candidate.published = Some(when);
        }
        let authors = |texts: &[String]| Some(bylines::authors_of(texts)).filter(|people| !people.is_empty());
        if let Some(people) = self.texts(overrides.authors.as_ref(), Field::Authors, authors) {
            self.extraction.candidate.authors = people;
        }
        let editors = |texts: &[String]| Some(bylines::editors_of(texts)).filter(|people| !people.is_empty());
        if let Some(people) = self.texts(overrides.editors.as_ref(), Field::Editors, editors) {
            self.extraction.candidate.editors = people;
        }
        if let Some(origin) = self.texts(overrides.origin.as_ref(), Field::Origin, |texts| origin::of_text(&texts.join(" "))) {
            self.extraction.candidate.origin = Some(origin);
        }
        if let Some(path) = self.texts(overrides.section.as_ref(), Field::Sections, |texts| sections::of_text(&texts.join(" > "))) {
            self.extraction.candidate.sections = vec![path];
        }
        if let Some(summary) = self.texts(overrides.summary.as_ref(), Field::Summary, joined) {
            self.extraction.candidate.summary = Some(summary);
        }
        if let Some(tags) = self.texts(overrides.tags.as_ref(), Field::Tags, tags) {
            self.extraction.candidate.tags = tags;
        }
        if let Some(selector) = &overrides.body {
            self.body(selector);
        }
        if let Some(selector) = &overrides.image {
            self.image(selector);
        }
    }

    /// Reads a field from the texts of the elements, and puts down what came of it.
    fn texts<T>(&mut self, selector: Option<&Selector>, field: Field, read: impl FnOnce(&[String]) -> Option<T>) -> Option<T> {
        let selector = selector?;
        let told = |node: &NodeRef<'_>| node.attr("content").or_else(|| node.attr("datetime")).map(|told| one_line(&told));
        let texts: Vec<String> = found(self.document, selector)
            .iter()
            .map(|node| told(node).filter(|text| !text.is_empty()).unwrap_or_else(|| spaced(node)))
            .filter(|text| !text.is_empty())
            .collect();
        let value = if texts.is_empty() { None } else { read(&texts) };
        self.note(selector, field, value.is_some().then_some(texts.join(" ").as_str()));
        value
    }

    fn note(&mut self, selector: &Selector, field: Field, line: Option<&str>) {
        let evidence = &mut self.extraction.candidate.evidence;
        if line.is_some() {
            evidence.retain(|known| known.field != field);
        }
        let rule = format!("override {}", selector.as_str());
        evidence.push(Evidence { field, rule, line: line.map_or_else(|| "found nothing; the rules' word stands".to_owned(), clip) });
    }

    fn body(&mut self, selector: &Selector) {
        let html: String = found(self.document, selector).iter().map(|node| node.html().to_string()).collect();
        let title = self.extraction.candidate.title.clone();
        let context = Context { title: title.as_deref(), marked: HashSet::new(), memory: self.input.line_frequency };
        let copy = body::choose(lines::of_body(&html, self.base), &context);
        let line = (!copy.lines.is_empty()).then(|| format!("{} lines", copy.lines.len()));
        self.note(selector, Field::Body, line.as_deref());
        if copy.lines.is_empty() {
            return;
        }
        let candidate = &mut self.extraction.candidate;
        let told = candidate.image.take().filter(|image| !candidate.images.contains(image));
        candidate.images.clear();
        for picture in copy.lines.iter().flat_map(|line| &line.pictures) {
            if !candidate.images.iter().any(|known| known.url == picture.url) {
                candidate.images.push(picture.clone());
            }
        }
        candidate.image = candidate.images.first().cloned().or(told);
        candidate.body = Body::Html(body::html(&copy.lines));
        self.extraction.text = body::text(&copy.lines, body::captions_are_copy(&copy.lines));
        if candidate.kind == Kind::Link && !self.extraction.text.is_empty() {
            candidate.kind = Kind::Text;
        }
    }

    fn image(&mut self, selector: &Selector) {
        let read = |node: &NodeRef<'_>| {
            let told =
                || node.attr("content").or_else(|| node.attr("href")).and_then(|told| images::absolute(&told, self.base)).map(Image::at);
            if node.has_name("img") { images::read(node, self.base) } else { told() }
        };
        let image = found(self.document, selector).iter().find_map(read);
        self.note(selector, Field::Images, image.as_ref().map(|image| image.url.as_str()));
        if image.is_some() {
            self.extraction.candidate.image = image;
        }
    }
}

/// An element's text with a space where its elements meet, as a person sees it.
fn spaced(node: &NodeRef<'_>) -> String {
    let pieces: Vec<String> = lines::of_body(&node.html(), None).into_iter().map(|line| line.spaced).collect();
    one_line(&pieces.join(" "))
}

/// Each element is a tag, or a list of them.
fn tags(texts: &[String]) -> Option<Vec<String>> {
    let mut tags: Vec<String> = Vec::new();
    for tag in texts.iter().flat_map(|text| text.split([',', '，', ';', '；', '、', '|'])).map(one_line) {
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    (!tags.is_empty()).then_some(tags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Millis, When};

    const PAGE: &str = "<html><head><meta charset=utf-8><title>河口新闻网</title></head><body>\
        <div class=path><a href=/>首页</a><a href=/xw/>新闻</a><a href=/xw/xz/>乡镇</a></div><div class=big>渡口修缮完工</div>\
        <div class=when>二零二五岁末 2025-12-30 16:05</div><div class=who>李锋、熊小丽</div><div class=check>苏晓禾</div>\
        <div class=from>河口县融媒体中心</div><div class=zy>老渡口的修缮昨天完工。</div><i class=k>渡口，交通</i>\
        <div id=ad><p>本店春节不打烊，欢迎新老顾客光临选购，全场八折起，会员另有优惠。</p></div>\
        <div id=x><p>河口镇的老渡口昨天修好了，两岸的人又能坐船过河了。</p><img src=/u/1.jpg><p>工程花了三个月，栈桥换了新木板。</p></div>\
        </body></html>";

    fn selector(text: &str) -> Option<Selector> {
        let config = format!("[[source]]\nkind = \"site\"\nname = \"a\"\nlisting = [\"http://a/\"]\n[source.override]\ntitle = {text:?}\n");
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.toml"), config).unwrap();
        let config = crate::config::Config::load(Some(&folder.path().join("a.toml")), [], &[]).unwrap();
        config.sources[0].overrides.title.clone()
    }

    fn read(overrides: &Overrides) -> Extraction {
        let url = Url::parse("http://www.hekou.example/xw/1.html").unwrap();
        let input = Input {
            bytes: PAGE.as_bytes(),
            url: Some(&url),
            content_type: None,
            zone: chrono_tz::Asia::Shanghai,
            source: "x",
            seen_at: Millis(1_767_200_400_000),
            line_frequency: None,
        };
        extract_with(&input, overrides)
    }

    #[test]
    fn every_field_is_read_where_it_was_said_to_stand() {
        let overrides = Overrides {
            title: selector(".big"),
            date: selector(".when"),
            authors: selector(".who"),
            editors: selector(".check"),
            origin: selector(".from"),
            section: selector(".path a"),
            body: selector("#x"),
            image: selector("#x img"),
            summary: selector(".zy"),
            tags: selector(".k"),
            ..Overrides::default()
        };
        let Extraction { candidate, text, .. } = read(&overrides);
        let names = |people: &[crate::model::Byline]| people.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join(" ");
        assert_eq!(candidate.title.as_deref(), Some("渡口修缮完工"));
        assert_eq!(candidate.published, Some(When::At(Millis(1_767_081_900_000))));
        assert_eq!((names(&candidate.authors), names(&candidate.editors)), ("李锋 熊小丽".to_owned(), "苏晓禾".to_owned()));
        assert_eq!(candidate.origin.map(|origin| origin.name).as_deref(), Some("河口县融媒体中心"));
        assert_eq!(candidate.sections, ["新闻/乡镇"]);
        assert_eq!(text, "河口镇的老渡口昨天修好了，两岸的人又能坐船过河了。\n工程花了三个月，栈桥换了新木板。");
        assert_eq!(candidate.image.map(|image| image.url).as_deref(), Some("http://www.hekou.example/u/1.jpg"));
        assert_eq!(candidate.summary.as_deref(), Some("老渡口的修缮昨天完工。"));
        assert_eq!(candidate.tags, ["渡口", "交通"]);
        let rule = candidate.evidence.iter().find(|evidence| evidence.field == Field::Title).unwrap();
        assert_eq!((rule.rule.as_str(), rule.line.as_str()), ("override .big", "渡口修缮完工"));
    }

    #[test]
    fn what_finds_nothing_gives_way_and_says_so() {
        let plain = read(&Overrides::default());
        let read = read(&Overrides { title: selector(".gone"), ..Overrides::default() });
        assert_eq!(read.candidate.title, plain.candidate.title);
        let told = read.candidate.evidence.iter().find(|evidence| evidence.rule == "override .gone").unwrap();
        assert_eq!(told.line, "found nothing; the rules' word stands");
    }

    #[test]
    fn what_is_removed_is_not_read() {
        assert!(read(&Overrides::default()).text.contains("八折"));
        let overrides = Overrides { remove: selector("#ad").into_iter().collect(), ..Overrides::default() };
        let read = read(&overrides);
        assert!(!read.text.contains("八折") && read.text.contains("老渡口昨天修好了"), "{}", read.text);
    }
}
