//! A bounded walk over a site: each page once, one after the other, as robots.txt and the host's pauses allow.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::cms::Cms;
use super::judge::{self, Verdict};
use super::sheet::Sheet;
use super::{Encoding, Reason, Sample};
use crate::model::{CanonicalUrl, SourceMemory, Validators};
use crate::outbound::Limits;
use crate::source::extract::decode::decode;
use crate::source::extract::{OwnedInput, extract_bounded};
use crate::source::fetch::{Fresh, Got, Visitor};
use crate::source::site::listing::{self, Listing};
use crate::source::{Net, SourceError, Spec, feed};

/// A page that takes longer is given up; real ones take milliseconds.
const DEADLINE: Duration = Duration::from_secs(10);
/// Signposts that are followed from one address: a refresh, then perhaps a frame.
const MOST_SIGNPOSTS: usize = 3;

/// A walk that remembers where it was.
pub(super) struct Walk<'a> {
    spec: &'a Spec,
    net: &'a Net,
    visitor: Visitor<'a>,
    seen: HashSet<CanonicalUrl>,
    /// Pages that may still be asked for.
    pub left: usize,
    /// Pages that were asked for.
    pub asked: usize,
}

/// A page that was visited and read.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// Where it was found in the end.
    pub url: Url,
    /// At a glance.
    pub sheet: Sheet,
    /// As a listing.
    pub listing: Listing,
    /// As an article.
    pub sample: Sample,
    /// What it is.
    pub verdict: Verdict,
    /// How it was decoded.
    pub encoding: Encoding,
    /// Who made it.
    pub cms: Option<Cms>,
    /// A feed: its number of articles.
    pub feed: Option<usize>,
}

impl<'a> Walk<'a> {
    /// A walk that asks for at most `most` pages, robots.txt apart.
    pub(super) fn new(spec: &'a Spec, net: &'a Net, most: usize) -> Self {
        Self { spec, net, visitor: Visitor::new(spec, &SourceMemory::default(), net), seen: HashSet::new(), left: most, asked: 0 }
    }

    /// Whether this page was visited already; from now on it counts as visited.
    pub(super) fn is_new(&mut self, url: &CanonicalUrl) -> bool {
        self.seen.insert(url.clone())
    }

    /// Visits a page, and goes where it merely points.
    pub(super) async fn visit(&mut self, url: &Url) -> Result<Page, Reason> {
        let mut url = url.clone();
        for _ in 0..MOST_SIGNPOSTS {
            let page = self.read(&url).await?;
            match &page.sheet.onward {
                Some(next) => url = next.clone(),
                None => return Ok(page),
            }
        }
        Err(Reason::Elsewhere)
    }

    /// The text of a small file beside the pages.
    pub(super) async fn text(&mut self, url: &Url) -> Option<String> {
        let fresh = self.get(url).await.ok()?;
        Some(String::from_utf8_lossy(&fresh.body).into_owned())
    }

    async fn get(&mut self, url: &Url) -> Result<Fresh, Reason> {
        self.left = self.left.checked_sub(1).ok_or(Reason::Enough)?;
        self.asked += 1;
        match self.visitor.get(url, &Validators::default(), &Limits::PAGE).await {
            Ok(Got::Fresh(fresh)) => Ok(fresh),
            Ok(Got::Unchanged) => Err(Reason::Empty),
            Err(error) => Err(Reason::of(&error)),
        }
    }

    async fn read(&mut self, url: &Url) -> Result<Page, Reason> {
        let fresh = self.get(url).await?;
        if let Some(kind) = fresh.content_type.as_deref().filter(|kind| is_no_page(kind)) {
            return Err(Reason::Kind(kind.to_owned()));
        }
        let (spec, now) = (self.spec.clone(), self.net.clock.now());
        let read = tokio::task::spawn_blocking(move || read(&fresh, &spec, now)).await;
        read.unwrap_or(Err(Reason::Unreadable))
    }
}

/// A picture, a film, a document.
fn is_no_page(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    !(kind.is_empty() || kind.starts_with("text/") || kind.ends_with("xml") || kind.ends_with("json") || kind == "application/octet-stream")
}

fn read(fresh: &Fresh, spec: &Spec, now: crate::model::Millis) -> Result<Page, Reason> {
    if fresh.body.iter().all(u8::is_ascii_whitespace) {
        return Err(Reason::Empty);
    }
    let reading = spec.reading(now);
    let decoded = decode(&fresh.body, fresh.content_type.as_deref(), Some(&fresh.url));
    let sheet = Sheet::read(&decoded, &fresh.url);
    let listing = listing::read(&decoded.text, &fresh.url, reading).with_days();
    let start = decoded.text.trim_start();
    let may_be_feed = start.starts_with("<?xml") || start.starts_with("<rss") || start.starts_with("<feed") || start.starts_with('{');
    let parse = || feed::parse(&fresh.body, fresh.content_type.as_deref(), &fresh.url, &spec.name, reading);
    let feed = may_be_feed.then(parse).and_then(Result::ok).map(|copy| copy.candidates.len()).filter(|count| *count > 0);
    let input = OwnedInput {
        bytes: fresh.body.clone(),
        url: Some(fresh.url.clone()),
        content_type: fresh.content_type.clone(),
        zone: spec.zone,
        source: spec.name.clone(),
        seen_at: now,
        line_frequency: Some(Arc::new(SourceMemory::default())),
    };
    let extraction = extract_bounded(input, DEADLINE).map_err(|_| Reason::Unreadable)?;
    let sample = Sample {
        url: fresh.url.clone(),
        candidate: extraction.candidate,
        text: extraction.text,
        title: sheet.title.clone(),
        stamps: sheet.stamps.clone(),
    };
    let verdict = judge::page(&fresh.url, &sheet, &listing, &sample);
    let cms = Cms::of(&decoded.text, sheet.anchors.iter().map(|anchor| anchor.url.as_str()));
    let encoding = Encoding { name: decoded.encoding, rule: decoded.rule };
    Ok(Page { url: fresh.url.clone(), sheet, listing, sample, verdict, encoding, cms, feed })
}

impl Reason {
    fn of(error: &SourceError) -> Self {
        match error {
            SourceError::Robots { again: None, .. } => Self::Robots,
            SourceError::Robots { again: Some(_), .. } => Self::RobotsAway,
            SourceError::Status { status, .. } => Self::Status(*status),
            SourceError::Resting { .. } => Self::NoAnswer("its host wants to be left alone".to_owned()),
            SourceError::Redirects { .. } => Self::Elsewhere,
            SourceError::Exchange { failure, .. } => match &failure.why {
                crate::model::Why::Guard(why) => Self::Guard(why.clone()),
                why => Self::NoAnswer(why.to_string()),
            },
            _ => Self::Unreadable,
        }
    }
}
