//! Reading the pages that a caller wants: one after the other, each with its further pages, and no more of a host that is silent.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono_tz::Tz;
use url::Url;

use super::parts::{self, Further, MOST_PARTS};
use super::wall::is_wall;
use crate::model::Candidate;
use crate::model::{CanonicalUrl, Evidence, Field, SourceMemory, Validators, When};
use crate::outbound::Limits;
use crate::source::extract::ExtractError;
use crate::source::fetch::{Fresh, Got, Met, Visitor};
use crate::source::pages::{self, Sheet};
use crate::source::{Find, Net, RawPage, Reading, SourceError, Spec, Wanted, hash};

/// A host that left so many requests in a row without an answer is not asked for the rest of a reading.
const SILENT: u32 = 3;

/// Reads the wanted pages, one after the other.
pub(in crate::source) async fn read(spec: &Spec, memory: &SourceMemory, wanted: Vec<Wanted>, net: &Net) -> Reading {
    let mut visitor = Visitor::new(spec, memory, net);
    let mut reading = Reading::default();
    let mut unanswered: HashMap<String, u32> = HashMap::new();
    for want in wanted {
        let url = want.link.url.clone();
        let silence = unanswered.entry(url.host()).or_default();
        if *silence >= SILENT {
            reading.unread.push(url);
            continue;
        }
        let page = page_of(&mut visitor, &want).await;
        if matches!(page, Err(SourceError::Resting { .. })) {
            *silence = SILENT;
            reading.unread.push(url);
            continue;
        }
        *silence = match &page {
            Err(SourceError::Exchange { .. }) => *silence + 1,
            // It asked to be left alone.
            Err(SourceError::Status { status: 429, .. } | SourceError::Status { status: 503, again: Some(_), .. }) => SILENT,
            _ => 0,
        };
        match page {
            Ok(Some(find)) => reading.finds.push(find),
            Ok(None) => reading.unchanged.push(url),
            Err(error) => reading.failed.push((url, error)),
        }
    }
    Reading { memory: visitor.memory, ..reading }
}

/// Gets the page of a link with its further pages; `None`: it is as it was. What the listing told stands where the page tells nothing.
///
/// # Errors
/// When the page or one of its parts could not be had or read: half an article is none.
pub(in crate::source) async fn page_of(visitor: &mut Visitor<'_>, want: &Wanted) -> Result<Option<Find>, SourceError> {
    let fresh = match visitor.page(&want.link.url.url(), &want.memory.validators).await? {
        Met::Unchanged => return Ok(None),
        Met::Fresh(fresh) => fresh,
        Met::Elsewhere(target) => pointer(want, &target),
    };
    if let Some(kind) = fresh.content_type.as_ref().filter(|kind| !is_page(kind)) {
        return Err(SourceError::Kind { url: fresh.url.clone(), kind: kind.clone() });
    }
    let content_hash = hash(&fresh.body);
    let parts = parts_of(visitor, &fresh).await?;
    if parts.is_empty() && want.memory.content_hash.as_ref() == Some(&content_hash) {
        return Ok(None);
    }
    let url = fresh.url.clone();
    // A page whose later parts may change is always asked for whole.
    let validators = if parts.is_empty() { fresh.validators.clone() } else { Validators::default() };
    let (known, spec, now) = (Arc::new(visitor.memory.clone()), visitor.spec.clone(), visitor.net.clock.now());
    let read = tokio::task::spawn_blocking(move || {
        let (first, sheets) = (sheet(&fresh), parts.iter().map(sheet).collect::<Vec<_>>());
        pages::read_whole(&first, &sheets, &spec, &known, now).map(|read| (read, fresh, parts))
    });
    let read = read.await.unwrap_or(Err(ExtractError::Stopped));
    let (pages::Read { mut candidate, lines }, fresh, parts) = read.map_err(|error| SourceError::Page { url, error })?;
    if is_wall(&candidate, want.link.title.as_deref(), &fresh.body) {
        return Err(SourceError::Wall { url: fresh.url });
    }
    // A page that is read again must not make furniture of its own copy.
    if want.memory.content_hash.is_none() {
        pages::count(&mut visitor.memory, lines);
    }
    complete(&mut candidate, want, visitor.spec.zone);
    let page = RawPage { url: want.link.url.clone(), bytes: fresh.body, content_type: fresh.content_type, validators, content_hash };
    let parts = parts.into_iter().filter_map(raw).collect();
    Ok(Some(Find { candidate, page: Some(page), parts, claim: None }))
}

/// A redirect has no page; it is kept as the page that says the same.
fn pointer(want: &Wanted, target: &Url) -> Fresh {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let title = escaped(want.link.title.as_deref().unwrap_or_default());
    let body = format!("<!DOCTYPE html><title>{title}</title><meta http-equiv=\"refresh\" content=\"0;url={}\">", escaped(target.as_str()));
    let content_type = Some("text/html; charset=utf-8".to_owned());
    Fresh { url: want.link.url.url(), body: body.into_bytes(), content_type, validators: Validators::default() }
}

/// The further pages of an article, in order: the view that holds all of it where there is one.
async fn parts_of(visitor: &mut Visitor<'_>, first: &Fresh) -> Result<Vec<Fresh>, SourceError> {
    let Further { whole, pages } = further(first, &first.url).await?;
    if let Some(whole) = whole {
        return Ok(vec![part(visitor, &whole).await?]);
    }
    let mut waiting: BTreeMap<u32, Url> = pages;
    let mut taken: BTreeSet<u32> = BTreeSet::new();
    let mut parts = Vec::new();
    while let Some((number, url)) = waiting.pop_first().filter(|_| parts.len() + 1 < MOST_PARTS) {
        taken.insert(number);
        let fresh = part(visitor, &url).await?;
        let more = further(&fresh, &first.url).await?.pages;
        waiting.extend(more.into_iter().filter(|(number, _)| !taken.contains(number)));
        parts.push(fresh);
    }
    Ok(parts)
}

async fn part(visitor: &mut Visitor<'_>, url: &Url) -> Result<Fresh, SourceError> {
    match visitor.get(url, &Validators::default(), &Limits::PAGE).await? {
        Got::Fresh(fresh) => Ok(fresh),
        Got::Unchanged => Err(SourceError::Status { url: url.clone(), status: 304, again: None }),
    }
}

async fn further(page: &Fresh, first: &Url) -> Result<Further, SourceError> {
    let (page, first) = (page.clone(), first.clone());
    let url = page.url.clone();
    let found = tokio::task::spawn_blocking(move || parts::further(&page.body, page.content_type.as_deref(), &page.url, &first));
    found.await.map_err(|_| SourceError::Page { url, error: ExtractError::Stopped })
}

fn sheet(fresh: &Fresh) -> Sheet {
    Sheet { url: Some(fresh.url.clone()), bytes: fresh.body.clone(), content_type: fresh.content_type.clone() }
}

fn raw(part: Fresh) -> Option<RawPage> {
    let content_hash = hash(&part.body);
    let url = CanonicalUrl::of(part.url).ok()?;
    Some(RawPage { url, bytes: part.body, content_type: part.content_type, validators: part.validators, content_hash })
}

/// Text of some kind, or a server that does not know better.
fn is_page(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.is_empty() || kind.starts_with("text/") || kind.ends_with("xml") || kind == "application/octet-stream"
}

/// Takes from the listing what the page does not tell: its title, its time, and the minute of its day.
fn complete(candidate: &mut Candidate, want: &Wanted, zone: Tz) {
    let link = &want.link;
    let listed = |field, line: &str| Evidence { field, rule: "listing".to_owned(), line: line.to_owned() };
    if candidate.title.is_none() && link.title.is_some() {
        candidate.title.clone_from(&link.title);
        candidate.evidence.push(listed(Field::Title, link.title.as_deref().unwrap_or_default()));
    }
    if candidate.published.is_none() && link.date.is_some() {
        candidate.published = link.date;
        candidate.evidence.push(listed(Field::Published, link.title.as_deref().unwrap_or_default()));
    }
    if let Some(When::At(at)) = link.date
        && let Some(When::Day(day)) = candidate.published
        && at.in_zone(zone).date_naive() == day
    {
        candidate.published = link.date;
        candidate.evidence.push(listed(Field::Published, link.title.as_deref().unwrap_or_default()));
    }
}
