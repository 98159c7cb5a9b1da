//! A page's bytes as a candidate: the one place where sites, feeds and folders meet the reader of pages.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::extract::{ExtractError, OwnedInput, extract_bounded, extract_overridden};
use super::{Spec, joined};
use crate::model::{Candidate, Evidence, Field, Millis, SourceMemory};

/// The slowest real pages take a tenth of a second; whoever needs more is no page.
const DEADLINE: Duration = Duration::from_secs(10);
/// Lines that are counted of one source. Furniture is what comes again, and comes early; a source of many years has more lines than that.
const MOST_LINES: usize = 20_000;

/// A page as it came, or as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Where it was found; a file has none.
    pub url: Option<Url>,
    /// Its bytes, not compressed.
    pub bytes: Vec<u8>,
    /// The `Content-Type` it came with.
    pub content_type: Option<String>,
}

/// A page, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The copy.
    pub candidate: Candidate,
    /// Its lines as hashes: how often each stands on the page.
    pub lines: BTreeMap<u64, u32>,
}

/// Reads an article that a site cut into pages: the first one with its further ones in order, or the view that holds all of it as
/// the only further one. With no parts it reads one page. The same bytes always give the same. It blocks.
///
/// # Errors
/// When one of the pages is too large, takes too long or stops its reader.
pub fn read_whole(first: &Sheet, parts: &[Sheet], spec: &Spec, memory: &Arc<SourceMemory>, now: Millis) -> Result<Read, ExtractError> {
    let one = |sheet: &Sheet| read(sheet.bytes.clone(), sheet.url.as_ref(), sheet.content_type.as_deref(), spec, memory, now);
    let mut whole = one(first)?;
    for (at, part) in parts.iter().enumerate() {
        if joined::bears(part, whole.candidate.title.as_deref()) {
            joined::join(&mut whole.candidate, one(part)?.candidate, at + 2);
        } else {
            let line = part.url.as_ref().map(ToString::to_string).unwrap_or_default();
            whole.candidate.evidence.push(Evidence { field: Field::Dropped, rule: "page of another title".to_owned(), line });
        }
    }
    Ok(whole)
}

/// Reads a page that `spec` gave; a file has no `url`. `memory` tells which lines stand on many pages of the source. It blocks.
///
/// # Errors
/// When the page is too large, takes too long or stops its reader.
pub(super) fn read(
    bytes: Vec<u8>,
    url: Option<&Url>,
    content_type: Option<&str>,
    spec: &Spec,
    memory: &Arc<SourceMemory>,
    now: Millis,
) -> Result<Read, ExtractError> {
    let input = OwnedInput {
        bytes,
        url: url.cloned(),
        content_type: content_type.map(str::to_owned),
        zone: spec.zone,
        source: spec.name.clone(),
        seen_at: now,
        line_frequency: Some(Arc::clone(memory)),
    };
    let extraction = if spec.overrides.is_empty() {
        extract_bounded(input, DEADLINE)?
    } else {
        extract_overridden(input, Arc::clone(&spec.overrides), DEADLINE)?
    };
    Ok(Read { candidate: extraction.candidate, lines: extraction.lines })
}

/// Adds a page's lines to what is remembered of its source.
pub(super) fn count(memory: &mut SourceMemory, lines: BTreeMap<u64, u32>) {
    memory.pages = memory.pages.saturating_add(1);
    for (line, count) in lines {
        let full = memory.lines.len() >= MOST_LINES;
        if let Some(known) = memory.lines.get_mut(&line) {
            *known = known.saturating_add(count);
        } else if !full {
            memory.lines.insert(line, count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_up_to_a_bound() {
        let mut memory = SourceMemory::default();
        count(&mut memory, BTreeMap::from([(1, 1), (2, 1)]));
        count(&mut memory, (1..=MOST_LINES as u64 + 5).map(|line| (line, 1)).collect());
        assert_eq!((memory.pages, memory.lines.len(), memory.lines[&1], memory.lines[&3]), (2, MOST_LINES, 2, 1));
    }
}
