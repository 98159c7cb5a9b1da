//! A page's bytes as a candidate: the one place where sites, folders and previews meet the reader of pages.

use url::Url;

use super::decode::decode;
use crate::model::{Candidate, CanonicalUrl, Millis, SourceMemory, one_line};
use chrono_tz::Tz;
use dom_query::Document;

/// A page as it came.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Where it was found; a file has no address.
    pub url: Option<&'a Url>,
    /// The header's value, or what a file's name tells.
    pub content_type: Option<&'a str>,
    /// The source's zone.
    pub zone: Tz,
    /// The source's name.
    pub source: &'a str,
    /// When it was read.
    pub seen_at: Millis,
}

/// Reads a page. `memory` tells which lines stand on many pages of its source.
#[must_use]
pub fn read(page: &Page, memory: &SourceMemory) -> Candidate {
    let _ = (page.zone, page.seen_at, &memory.lines);
    title_alone(page)
}

/// Decodes, and takes `<title>`, or a plain text's first line.
fn title_alone(page: &Page) -> Candidate {
    let text = decode(page.bytes, page.content_type, page.url.and_then(Url::host_str));
    let mut candidate = Candidate::from_source(page.source);
    candidate.url = page.url.and_then(|url| CanonicalUrl::of(url.clone()).ok());
    let title = if page.content_type.is_some_and(|kind| kind.starts_with("text/plain")) {
        text.lines().map(one_line).find(|line| !line.is_empty())
    } else {
        Some(one_line(&Document::from(text.as_str()).select_single("title").text()))
    };
    candidate.title = title.filter(|title| !title.is_empty());
    candidate
}
