//! Plain text: a page as a person copied it from a browser, or copy as a reporter typed it.

use std::collections::HashSet;

use super::body::{self, Context};
use super::bylines::{self, Places};
use super::furniture::{self, Reach};
use super::head::Head;
use super::lines::{self, Line};
use super::when::Reading;
use super::words::{is_chinese, is_prose, len};
use super::{DROPPED, Input, Read, note, origin, published, sections, small, title};
use crate::model::{Body, Candidate, CanonicalUrl, Field};

/// Reads plain text.
pub(super) fn read(text: &str, input: &Input<'_>) -> Read {
    let all = lines::of_text(text);
    let reading = Reading { zone: input.zone, seen_at: input.seen_at };
    let head = Head::default();
    let headline = title::of_text(&all, reading);
    let start = headline.as_ref().and_then(|headline| headline.at).map_or(0, |at| at + 1);
    let end = end_of_copy(&all, start);
    let first_prose = (start..end).find(|&at| is_prose(&all[at].text) && furniture::judge(&all[at]).is_none()).unwrap_or(end);
    let context =
        Context { title: headline.as_ref().map(|headline| headline.text.as_str()), marked: HashSet::new(), memory: input.line_frequency };
    let chosen = body::choose(all[start..end].to_vec(), &context);

    let mut candidate = Candidate::from_source(input.source);
    let mut evidence = Vec::new();
    candidate.url = input.url.and_then(|url| CanonicalUrl::of(url.clone()).ok());
    if let Some(headline) = &headline {
        note(&mut evidence, Field::Title, headline.rule, &headline.text);
        candidate.title = Some(headline.text.clone());
    }
    if let Some(found) = published::printed(&all[..first_prose], start.checked_sub(1), first_prose, reading) {
        candidate.published = Some(found.noted(Field::Published, &mut evidence));
    }
    let section = sections::of_page(&head, &all, headline.as_ref(), start.max(1).min(all.len()));
    candidate.sections = section.map(|found| found.noted(Field::Sections, &mut evidence)).into_iter().collect();
    // Lines before the headline are the page's; on it begins what speaks of the article.
    let places = Places { info: &all[start..first_prose], body: &all[first_prose..end], tail: &all[end..] };
    if let Some(found) = bylines::authors(&places, &head, is_chinese(text)) {
        candidate.authors = found.noted(Field::Authors, &mut evidence);
    }
    if let Some(found) = bylines::editors(&places) {
        candidate.editors = found.noted(Field::Editors, &mut evidence);
    }
    candidate.origin =
        origin::of_page(&head, &all[start..first_prose], &all[end..], reading).map(|found| found.noted(Field::Origin, &mut evidence));
    let text = body::text(&chosen.lines, true);
    candidate.language = small::language(None, &text).map(|found| found.noted(Field::Language, &mut evidence));
    if !chosen.lines.is_empty() {
        note(&mut evidence, Field::Body, "plain text", &format!("lines {} to {}", start + 1, end));
        candidate.body = Body::Html(body::html(&chosen.lines));
    }
    let outside = all[..start.saturating_sub(1)].iter().chain(&all[end..]).map(|line| ("outside the article", line.text.clone()));
    for (rule, line) in chosen.dropped.into_iter().chain(outside).take(DROPPED) {
        note(&mut evidence, Field::Dropped, rule, &line);
    }
    candidate.evidence = evidence;
    Read { candidate, text, lines: body::counted(&all) }
}

/// Where the copy ends: at the first line behind most of the text that belongs to the page, else with the text.
fn end_of_copy(all: &[Line], start: usize) -> usize {
    let is_copy = |line: &Line| is_prose(&line.text) && furniture::judge(line).is_none();
    let total: usize = all[start..].iter().filter(|line| is_copy(line)).map(|line| len(&line.text)).sum();
    let mut seen = 0;
    for (at, line) in all.iter().enumerate().skip(start) {
        if is_copy(line) {
            seen += len(&line.text);
            continue;
        }
        let bare = total == 0 && at > start + 1;
        if seen * 2 <= total && !bare {
            continue;
        }
        let ended = furniture::judge(line)
            .is_some_and(|(name, reach)| reach != Reach::Line || matches!(name, "editor line" | "share row" | "tools"));
        let ahead = total - seen;
        if ended && ahead * 4 <= seen {
            return start + all[start..at].iter().rposition(|line| !furniture::is_contact(line)).map_or(0, |last| last + 1);
        }
    }
    all.len()
}
