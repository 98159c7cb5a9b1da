//! A page's bytes as a candidate: the one place where sites and folders meet the reader of pages.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::Spec;
use super::extract::{ExtractError, OwnedInput, extract_bounded};
use crate::model::{Candidate, Millis, SourceMemory};

/// The slowest real pages take a tenth of a second; whoever needs more is no page.
const DEADLINE: Duration = Duration::from_secs(10);
/// Lines that are counted of one source. Furniture is what comes again, and comes early; a source of many years has more lines than that.
const MOST_LINES: usize = 20_000;

/// A page, read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Read {
    /// The copy.
    pub candidate: Candidate,
    /// Its lines as hashes, for [`count`].
    pub lines: BTreeMap<u64, u32>,
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
    let extraction = extract_bounded(input, DEADLINE)?;
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
