//! A page or a text file in, the fields of an article out, each with the line and the rule that gave it.
//!
//! Nothing here reads a clock or a network, and the same input always gives the same result. What a page does not tell stays empty.
//! Pages come from strangers: use [`extract_bounded`] for them, which survives whatever a page does.

mod behind;
mod body;
mod bounded;
mod bylines;
mod choice;
pub(in crate::source) mod clamp;
pub(in crate::source) mod decode;
mod eastern;
mod facts;
mod furniture;
mod head;
mod house;
mod images;
mod json;
mod kicker;
mod lines;
mod marks;
mod months;
mod names;
mod notice;
mod origin;
mod overrides;
mod page;
mod people;
mod plain;
mod published;
mod refine;
mod scripted;
mod sections;
mod signed;
mod small;
mod spoken;
mod tags;
mod terms;
mod title;
mod walk;
mod western;
mod when;
mod words;

use std::collections::BTreeMap;

use chrono_tz::Tz;
use url::Url;

pub use bounded::{ExtractError, LARGEST, OwnedInput, extract_bounded, extract_overridden};
pub use json::BatchLine;
pub use overrides::extract_with;
pub(in crate::source) use small::is_gallery;

use crate::model::{Body, Candidate, Evidence, Field, Millis, SourceMemory, Wish};

/// What is read.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// As received.
    pub bytes: &'a [u8],
    /// Where it was received from.
    pub url: Option<&'a Url>,
    /// The `Content-Type` it came with.
    pub content_type: Option<&'a str>,
    /// The source's zone, for printed times.
    pub zone: Tz,
    /// The source's name.
    pub source: &'a str,
    /// When it was received, for 3 小时前 and times without a year.
    pub seen_at: Millis,
    /// What is remembered of the source's other pages: lines on many of them are no copy.
    pub line_frequency: Option<&'a SourceMemory>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Extraction {
    /// The fields, with their evidence.
    pub candidate: Candidate,
    /// The body as text, a paragraph a line.
    pub text: String,
    /// WHATWG name of the encoding it was in.
    pub encoding: &'static str,
    /// What told the encoding: `bom`, `valid utf-8`, `header`, `meta` or `guess`.
    pub encoding_rule: &'static str,
    /// Whether it was read as HTML.
    pub is_html: bool,
    /// The page's lines as hashes, to be added to [`SourceMemory::lines`] once the page was accepted.
    pub lines: BTreeMap<u64, u32>,
    /// The zone its printed times were read in.
    pub zone: Tz,
}

/// Lines that are remembered of a source; beyond it those seen once are forgotten.
const REMEMBERED: usize = 5_000;

impl Extraction {
    /// Counts the page's lines into what is remembered of its source: to be done once, when the page is accepted for the first time.
    pub fn count_into(&self, memory: &mut SourceMemory) {
        memory.pages = memory.pages.saturating_add(1);
        for (line, count) in &self.lines {
            let known = memory.lines.entry(*line).or_default();
            *known = known.saturating_add(*count);
        }
        if memory.lines.len() > REMEMBERED {
            memory.lines.retain(|_, count| *count > 1);
        }
    }
}

/// A value, and what gave it.
#[derive(Debug, Clone, PartialEq)]
struct Found<T> {
    value: T,
    rule: String,
    line: String,
}

impl<T> Found<T> {
    /// Puts down what gave the value, and hands it over.
    fn noted(self, field: Field, evidence: &mut Vec<Evidence>) -> T {
        note(evidence, field, &self.rule, &self.line);
        self.value
    }
}

/// Lines left out that are put down: evidence is kept with every revision.
const DROPPED: usize = 80;

fn note(evidence: &mut Vec<Evidence>, field: Field, rule: &str, line: &str) {
    evidence.push(Evidence { field, rule: rule.to_owned(), line: words::clip(line) });
}

/// Reads a page or a text.
///
/// It needs a deep stack for hostile pages and has no deadline: [`extract_bounded`] gives both.
#[must_use]
pub fn extract(input: &Input<'_>) -> Extraction {
    let decoded = decode::decode(input.bytes, input.content_type, input.url);
    let is_html = looks_like_html(&decoded.text);
    let mut read = if is_html { page::read(&decoded.text, input) } else { plain::read(&decoded.text, input) };
    read.speaks_of_itself();
    Extraction {
        candidate: read.candidate,
        text: read.text,
        encoding: decoded.encoding,
        encoding_rule: decoded.rule,
        is_html,
        lines: read.lines,
        zone: input.zone,
    }
}

/// What both ways of reading give.
struct Read {
    candidate: Candidate,
    text: String,
    lines: BTreeMap<u64, u32>,
}

impl Read {
    /// Notes where the copy admits an error, and where it says that it was taken back.
    fn speaks_of_itself(&mut self) {
        let Self { candidate, text, .. } = self;
        if let Some(line) = notice::taken_back(candidate.title.as_deref(), text) {
            candidate.wish = Wish::Withdraw(line.noted(Field::Withdrawn, &mut candidate.evidence));
            // What stands on such a page is the site's, not the article's.
            (candidate.title, candidate.published, candidate.body) = (None, None, Body::None);
            text.clear();
        }
        candidate.correction = notice::correction(text).map(|line| line.noted(Field::Correction, &mut candidate.evidence));
    }
}

/// How much of a text is looked at for tags (bytes).
const SNIFF: usize = 16 * 1024;

/// Whether a text is HTML, by what it holds: servers and file names are often wrong.
fn looks_like_html(text: &str) -> bool {
    static TAG: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
        words::pattern(
            r"(?i)<(?:!doctype html|html|head|body|meta|title|div|p|br|table|td|span|h[1-6]|a|img|ul|li|script|article|section|font|center)(?:\s[^<>]{0,200})?/?>",
        )
    });
    let end = (0..=SNIFF.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let start = text.trim_start();
    if start.starts_with('<') && TAG.find(start).is_some_and(|found| found.start() < SNIFF) {
        return true;
    }
    TAG.find_iter(&text[..end]).take(3).count() == 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Body;

    #[test]
    fn a_line_of_every_page_is_learned() {
        let boast = "河边网客户端，河边人自己的新闻，天天都在你身边。";
        let mut memory = SourceMemory::default();
        let page = |n: usize| {
            format!("老渡口修好了{n}\n发布时间：2021-10-29\n昨天，河边的第{n}个老渡口修好了，两岸的人又能坐船过河了。\n{boast}\n")
        };
        let read = |n: usize, memory: &SourceMemory| {
            let page = page(n);
            let input = Input {
                bytes: page.as_bytes(),
                url: None,
                content_type: None,
                zone: chrono_tz::Asia::Shanghai,
                source: "x",
                seen_at: Millis(0),
                line_frequency: Some(memory),
            };
            extract(&input)
        };
        for n in 0..6 {
            let extraction = read(n, &memory);
            assert!(extraction.text.contains(boast) == (n < 5), "{n}");
            extraction.count_into(&mut memory);
        }
    }

    #[test]
    fn html_is_told_by_what_it_holds() {
        assert!(looks_like_html("\n<!DOCTYPE html><p>一"));
        assert!(looks_like_html("前言<p>一</p><p>二</p><br>三"));
        assert!(!looks_like_html("公告\n\n您所在的位置: 河边网 > 新闻\n若 a<b 则 <见下>"));
    }

    /// What a fixture should give; people as `role name`, `-` for no role.
    #[derive(Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
    struct Truth {
        #[serde(default)]
        url: Option<String>,
        #[serde(default)]
        canonical: Option<String>,
        title: Option<String>,
        sections: Vec<String>,
        published: Option<String>,
        authors: Vec<String>,
        editors: Vec<String>,
        origin: Option<String>,
        summary: Option<String>,
        language: Option<String>,
        kind: String,
        tags: Vec<String>,
        images: Vec<String>,
        headings: Vec<String>,
        text: Vec<String>,
        encoding: String,
    }

    fn told(extraction: &Extraction, truth: &Truth) -> Truth {
        let candidate = &extraction.candidate;
        let people = |people: &[crate::model::Byline]| {
            people.iter().map(|one| format!("{} {}", one.role.as_deref().unwrap_or("-"), one.name)).collect()
        };
        let html = if let Body::Html(html) = &candidate.body { html.as_str() } else { "" };
        let headings = html.lines().filter_map(|line| line.strip_prefix("<h2>")?.strip_suffix("</h2>")).map(str::to_owned).collect();
        Truth {
            url: truth.url.clone(),
            canonical: truth.canonical.as_ref().and(candidate.url.as_ref()).map(ToString::to_string),
            title: candidate.title.clone(),
            sections: candidate.sections.clone(),
            published: BatchLine::of(extraction, 0.0).date,
            authors: people(&candidate.authors),
            editors: people(&candidate.editors),
            origin: candidate.origin.as_ref().map(|origin| origin.name.clone()),
            summary: candidate.summary.clone(),
            language: candidate.language.clone(),
            kind: candidate.kind.as_str().to_owned(),
            tags: candidate.tags.clone(),
            images: candidate.images.iter().map(|image| image.url.clone()).collect(),
            headings,
            text: extraction.text.lines().map(str::to_owned).collect(),
            encoding: extraction.encoding_rule.to_owned(),
        }
    }

    /// What no rule reads yet: a page and a field a line. What is read leaves the list.
    const MISREAD: &str = "fixtures/misread.list";

    /// A field of a page that is read otherwise than a careful editor reads it.
    struct Misread {
        page: String,
        field: String,
        told: String,
    }

    fn differences(path: &std::path::Path, got: &Truth, wanted: &Truth) -> Vec<Misread> {
        let page = path.file_stem().unwrap().to_string_lossy().into_owned();
        let (got, wanted) = (serde_json::to_value(got).unwrap(), serde_json::to_value(wanted).unwrap());
        let unequal = wanted.as_object().unwrap().iter().filter(|(field, wanted)| got[*field] != **wanted);
        let misread = unequal.map(|(field, wanted)| Misread {
            page: page.clone(),
            field: field.clone(),
            told: format!("{page} {field}\n  wanted {wanted}\n  got    {}", got[field]),
        });
        misread.collect()
    }

    #[test]
    fn every_page_of_the_project_is_read_exactly() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pages");
        let mut read = 0;
        let mut misread: Vec<Misread> = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|end| end == "json") {
                continue;
            }
            let truth: Truth = serde_json::from_slice(&std::fs::read(path.with_extension("json")).unwrap()).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            let url = truth.url.as_deref().map(|url| Url::parse(url).unwrap());
            let seen_at = Millis(1_772_000_000_000);
            let input = Input {
                bytes: &bytes,
                url: url.as_ref(),
                content_type: None,
                zone: chrono_tz::Asia::Shanghai,
                source: "hewan",
                seen_at,
                line_frequency: None,
            };
            let extraction = extract(&input);
            misread.extend(differences(&path, &told(&extraction, &truth), &truth));
            assert_eq!(extract(&input), extraction, "the same input gives the same result");
            if let Body::Html(html) = &extraction.candidate.body {
                let safe = crate::model::SafeHtml::clean(html, url.as_ref());
                // A caption is copy in Chinese and in galleries; elsewhere it belongs to its picture.
                let chinese = truth.language.as_deref().is_some_and(|told| told.starts_with("zh"));
                let said = if chinese || truth.kind == "gallery" { safe.text() } else { safe.copy() };
                if said != extraction.text {
                    let (page, told) =
                        (path.file_stem().unwrap().to_string_lossy().into_owned(), format!("{}: cleaned body", path.display()));
                    misread.push(Misread { page, field: "body".to_owned(), told });
                }
            }
            assert!(extraction.text.is_empty() || extraction.candidate.evidence.iter().any(|evidence| evidence.field == Field::Body));
            read += 1;
        }
        assert!(read >= 9, "{read} pages");
        let list = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(MISREAD)).unwrap();
        let listed: Vec<(&str, &str)> = list.lines().filter_map(|line| line.split_once(' ')).collect();
        let known = |one: &Misread| listed.contains(&(one.page.as_str(), one.field.as_str()));
        let told: Vec<&str> = misread.iter().filter(|one| !known(one)).map(|one| one.told.as_str()).collect();
        assert!(told.is_empty(), "{} fields are misread:\n{}", told.len(), told.join("\n"));
        let is_misread = |page: &str, field: &str| misread.iter().any(|one| one.page == page && one.field == field);
        let right: Vec<_> = listed.iter().filter(|(page, field)| *page != "list" && !is_misread(page, field)).collect();
        assert!(right.is_empty(), "these are read as they should be, and leave the list: {right:?}");
    }

    /// What pages are made of, in an order that no page has.
    const PIECES: &[&str] = &[
        "<p>",
        "</p>",
        "<div class=crumb>",
        "</div>",
        "<h1>",
        "</h1>",
        "<br>",
        "<a href=/x>",
        "</a>",
        "<table><tr><td>",
        "<img data-src=//x/y.jpg>",
        "<title>",
        "</title>",
        "<b>",
        "</b>",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "发布时间：",
        "2021-10-29 08:30",
        "2021年",
        "来源：",
        "记者",
        "李锋",
        "（",
        "）",
        "编辑：",
        "责任编辑",
        "作者：",
        "熊 毅",
        "、",
        " > ",
        "首页",
        "位置：",
        "昨天，河边的老渡口修好了，两岸的人又能坐船过河了。",
        "在修渡口的日子里",
        "上一篇：",
        "相关阅读",
        "ICP备",
        "版权所有",
        "\n",
        "\u{3000}",
        "é",
        "𠮷",
        "\u{0}",
        "&#x0;",
        "&amp;",
        "分享到",
        "By Ann Lee",
        "29 Oct 2021",
    ];

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { cases: 200, ..Default::default() })]
        #[test]
        fn no_order_of_pieces_stops_it(order in proptest::collection::vec(0..PIECES.len(), 0..60)) {
            let page: String = order.into_iter().map(|at| PIECES[at]).collect();
            let url = Url::parse("http://www.example.cn/a/2021/1029/1.html").unwrap();
            let input = Input {
                bytes: page.as_bytes(), url: Some(&url), content_type: None, zone: chrono_tz::Asia::Shanghai, source: "x", seen_at: Millis(0), line_frequency: None,
            };
            let extraction = extract(&input);
            let editors: Vec<&str> = extraction.candidate.editors.iter().map(|one| one.name.as_str()).collect();
            proptest::prop_assert!(extraction.candidate.authors.iter().all(|one| !one.name.trim().is_empty()) && editors.iter().all(|name| !name.trim().is_empty()));
        }
    }
}
