//! A page or a text file in, the fields of an article out, each with the line and the rule that gave it.
//!
//! Nothing here reads a clock or a network, and the same input always gives the same result. What a page does not tell stays empty.
//! Pages come from strangers: use [`extract_bounded`] for them, which survives whatever a page does.

mod body;
mod bounded;
mod bylines;
pub(in crate::source) mod clamp;
pub(in crate::source) mod decode;
mod furniture;
mod head;
mod images;
mod json;
mod lines;
mod origin;
mod page;
mod people;
mod plain;
mod published;
mod sections;
mod small;
mod title;
mod when;
mod words;

use std::collections::BTreeMap;

use chrono_tz::Tz;
use url::Url;

pub use bounded::{ExtractError, OwnedInput, extract_bounded};
pub use json::BatchLine;

use crate::model::{Candidate, Evidence, Field, Millis, SourceMemory};

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
    let read = if is_html { page::read(&decoded.text, input) } else { plain::read(&decoded.text, input) };
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

    #[test]
    fn html_is_told_by_what_it_holds() {
        assert!(looks_like_html("\n<!DOCTYPE html><p>一"));
        assert!(looks_like_html("前言<p>一</p><p>二</p><br>三"));
        assert!(!looks_like_html("公告\n\n您所在的位置: 河边网 > 新闻\n若 a<b 则 <见下>"));
    }
}
