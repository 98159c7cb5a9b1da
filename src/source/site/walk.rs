//! The walk over a listing: its first page, and its further ones where the first alone would lose articles.
//!
//! The first look goes deep, so that the archive is filled. Later ones go on only where the whole lower half of the first page is
//! new: we were away for long, or the site published more than a page between two looks. What stands on top may be pinned there.

use std::collections::HashSet;
use std::time::Duration;

use ring::digest::{SHA256, digest};
use url::Url;

use super::listing::{self, Listing};
use crate::model::{CanonicalUrl, SourceMemory, Validators};
use crate::outbound::Limits;
use crate::source::extract::ExtractError;
use crate::source::fetch::{Fresh, Got, Visitor};
use crate::source::{Advice, Link, SourceError};

/// Pages of a listing that the first look reads: with the usual twenty rows a page, as many as [`FIRST_LINKS`] need.
const FIRST_PAGES: usize = 50;
/// Links after which the first look stops: a month of a county's newsroom, which publishes some thirty articles a day.
const FIRST_LINKS: usize = 1_000;
/// Pages that a later look reads: some days of the same newsroom, as long as a daemon or a site may well be away.
const LATER_PAGES: usize = 10;
/// A listing that is not read within this time is none: the longest real ones take a tenth of a second.
const DEADLINE: Duration = Duration::from_secs(10);
/// Links of a first page that are remembered: the longest real pages of a listing have as many.
const REMEMBERED: usize = 100;
/// A walk that broke off is taken again so often; then what it gave has to do.
const MOST_BROKEN: u32 = 3;

/// What a walk gave.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// The links, newest first as the site lists them.
    pub links: Vec<Link>,
    /// Why it broke off, where it did.
    pub failed: Option<SourceError>,
}

/// Reads a listing. No links and no failure: it is as it was.
pub(super) async fn walk(visitor: &mut Visitor<'_>, address: &Url) -> Result<Walked, SourceError> {
    match walk_at(visitor, address).await? {
        Trail::List(walked) => Ok(walked),
        // The signpost is read anew each time: its own validators would hide that the list behind it changed.
        Trail::Signpost(to) => match walk_at(visitor, &to).await? {
            Trail::List(walked) => Ok(walked),
            Trail::Signpost(_) => Err(SourceError::NoLinks { url: to }),
        },
    }
}

/// What stands at a listing's address.
enum Trail {
    List(Walked),
    /// A page that only sends on: a refresh, or a script.
    Signpost(Url),
}

async fn walk_at(visitor: &mut Visitor<'_>, address: &Url) -> Result<Trail, SourceError> {
    let known = visitor.known(address);
    let Got::Fresh(fresh) = visitor.get(address, &known, &Limits::PAGE).await? else { return Ok(Trail::List(Walked::default())) };
    let (stamp, url) = (fresh.stamp(), fresh.url.clone());
    let first = read(visitor, fresh).await?;
    if let Some(to) = first.onward {
        return Ok(Trail::Signpost(to));
    }
    let before = visitor.memory.seen.get(address.as_str()).cloned().unwrap_or_default();
    let met: HashSet<u64> = before.links.iter().copied().collect();
    let marks: Vec<u64> = first.links.iter().take(REMEMBERED).map(|link| mark(&link.url)).collect();
    let pages = match met.is_empty() {
        true => FIRST_PAGES,
        false if is_new(&first.links, &met) => LATER_PAGES,
        false => 1,
    };
    let mut walked = Walked { links: first.links, failed: None };
    go_on(visitor, &mut walked, first.next.or(first.more), url, pages, &met).await;
    let again = walked.failed.as_ref().is_some_and(|error| matches!(error.advice(), Advice::Again(_)));
    if again && before.broken < MOST_BROKEN {
        // Remembered as seen, what stands on the missing pages would never be read.
        visitor.memory.seen.entry(address.to_string()).or_default().broken += 1;
        visitor.memory.validators.remove(address.as_str());
        return Ok(Trail::List(walked));
    }
    visitor.parsed(address, stamp);
    if let Some(seen) = visitor.memory.seen.get_mut(address.as_str()) {
        (seen.links, seen.broken) = (marks, 0);
    }
    Ok(Trail::List(walked))
}

/// Reads further pages until one holds what was met before, or nothing new to this walk.
async fn go_on(visitor: &mut Visitor<'_>, walked: &mut Walked, next: Option<Url>, first: Url, pages: usize, met: &HashSet<u64>) {
    let mut listed: HashSet<CanonicalUrl> = walked.links.iter().map(|link| link.url.clone()).collect();
    let mut visited = HashSet::from([first]);
    let mut next = next;
    while let Some(url) = next.take().filter(|url| visited.len() < pages && visited.insert(url.clone())) {
        let listing = match visitor.get(&url, &Validators::default(), &Limits::PAGE).await {
            Ok(Got::Fresh(fresh)) => read(visitor, fresh).await,
            Ok(Got::Unchanged) => return,
            Err(error) => Err(error),
        };
        match listing {
            Ok(listing) => {
                let reached = !is_new(&listing.links, met);
                let more: Vec<Link> = listing.links.into_iter().filter(|link| listed.insert(link.url.clone())).collect();
                // Many systems answer a page number beyond the last with the first or the last page.
                if more.is_empty() {
                    return;
                }
                walked.links.extend(more);
                if reached || walked.links.len() >= FIRST_LINKS {
                    return;
                }
                next = listing.next.or(listing.more);
            }
            Err(SourceError::NoLinks { .. }) => return,
            Err(error) => {
                walked.failed = Some(error);
                return;
            }
        }
    }
}

/// Whether the lower half of a page holds nothing that was met before.
fn is_new(links: &[Link], met: &HashSet<u64>) -> bool {
    links[links.len() / 2..].iter().all(|link| !met.contains(&mark(&link.url)))
}

/// Whether the first page of a listing, when it was last read whole, linked a page: one that answers 304 since still does.
#[must_use]
pub fn is_listed(memory: &SourceMemory, url: &CanonicalUrl) -> bool {
    let mark = mark(url);
    // One that cannot be read links nothing: while it is missed its site is ill, and after that it was given up.
    memory.seen.iter().any(|(address, seen)| !memory.ailing.contains_key(address) && seen.links.contains(&mark))
}

/// A link as a number that never changes: it is kept on disk.
#[must_use]
pub fn mark(url: &CanonicalUrl) -> u64 {
    let hash = digest(&SHA256, url.as_str().as_bytes());
    hash.as_ref().iter().take(8).fold(0, |mark, byte| mark << 8 | u64::from(*byte))
}

async fn read(visitor: &Visitor<'_>, fresh: Fresh) -> Result<Listing, SourceError> {
    let (url, reading) = (fresh.url.clone(), visitor.spec.reading(visitor.net.clock.now()));
    let overrides = std::sync::Arc::clone(&visitor.spec.overrides);
    let listing = tokio::task::spawn_blocking(move || {
        listing::overridden(&fresh.body, fresh.content_type.as_deref(), &fresh.url, reading, &overrides).with_days()
    });
    match tokio::time::timeout(DEADLINE, listing).await {
        Ok(Ok(listing)) if listing.links.is_empty() && listing.onward.is_none() => Err(SourceError::NoLinks { url }),
        Ok(Ok(listing)) => Ok(listing),
        Err(_) => Err(SourceError::Page { url, error: ExtractError::Deadline(DEADLINE) }),
        Ok(Err(_)) => Err(SourceError::Page { url, error: ExtractError::Stopped }),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use super::super::super::look;
    use super::super::super::loopback::{Server, answer, net, path};
    use crate::model::{SourceKind, SourceMemory};

    /// A page of a listing with ten articles, the newest first; `newest` is the number of the newest on the first page.
    fn page(newest: usize, at: usize, last: usize) -> Vec<u8> {
        let rows = (0..10)
            .filter_map(|row| newest.checked_sub((at - 1) * 10 + row))
            .map(|n| format!("<li><a href='/xw/2025/{n:05}.html'>河口镇今天的第{n}条消息</a><span>2025-12-31</span></li>"))
            .collect::<Vec<_>>()
            .concat();
        let next = if at < last { format!("<a href='/xw/list_3_{}.html'>下一页</a>", at + 1) } else { String::new() };
        format!("<meta charset=utf-8><ul class=list>{rows}</ul><div>{next}</div>").into_bytes()
    }

    async fn newsroom(newest: Arc<AtomicUsize>, broken: Arc<Mutex<Option<String>>>) -> Server {
        Server::start(move |head| {
            let path = path(head);
            if broken.lock().unwrap().as_deref() == Some(path) {
                return answer(503, "", b"");
            }
            let at = path.trim_start_matches("/xw/list_3_").trim_end_matches(".html").parse().unwrap_or(1);
            if path == "/robots.txt" { answer(404, "", b"") } else { answer(200, "", &page(newest.load(Ordering::SeqCst), at, 12)) }
        })
        .await
    }

    #[tokio::test]
    async fn the_first_look_goes_deep_and_later_ones_as_deep_as_needed() {
        let newest = Arc::new(AtomicUsize::new(500));
        let server = newsroom(Arc::clone(&newest), Arc::default()).await;
        let (spec, net) = (server.spec(SourceKind::Site, &["/xw/"]), net());
        let first = look(&spec, &SourceMemory::default(), &net).await.unwrap();
        assert_eq!(first.links.len(), 120);
        assert_eq!(server.paths().len(), 1 + 12);
        let second = look(&spec, &first.memory, &net).await.unwrap();
        assert_eq!((second.links.len(), server.paths().len()), (10, 14), "one page where little is new");
        newest.store(503, Ordering::SeqCst);
        assert_eq!(look(&spec, &second.memory, &net).await.unwrap().links.len(), 10);
        newest.store(525, Ordering::SeqCst);
        let away = look(&spec, &second.memory, &net).await.unwrap();
        let urls: Vec<&str> = away.links.iter().map(|link| link.url.as_str()).collect();
        assert_eq!(urls.len(), 30, "as many pages as hold something new");
        assert!(urls[29].ends_with("00496.html"));
    }

    #[tokio::test]
    async fn a_walk_that_broke_off_is_taken_again_and_not_for_ever() {
        let broken = Arc::new(Mutex::new(Some("/xw/list_3_4.html".to_owned())));
        let server = newsroom(Arc::new(AtomicUsize::new(500)), Arc::clone(&broken)).await;
        let (spec, net) = (server.spec(SourceKind::Site, &["/xw/"]), net());
        let first = look(&spec, &SourceMemory::default(), &net).await.unwrap();
        assert_eq!((first.links.len(), first.failed.len()), (30, 1));
        *broken.lock().unwrap() = None;
        assert_eq!(look(&spec, &first.memory, &net).await.unwrap().links.len(), 120, "what was missing is read");
        *broken.lock().unwrap() = Some("/xw/list_3_4.html".to_owned());
        let mut memory = first.memory;
        for _ in 0..super::MOST_BROKEN {
            memory = look(&spec, &memory, &net).await.unwrap().memory;
        }
        assert_eq!(look(&spec, &memory, &net).await.unwrap().links.len(), 10);
    }

    #[tokio::test]
    async fn a_listing_that_moved_is_followed_and_its_validators_are_its_own() {
        let server = Server::start(|head| match path(head) {
            "/robots.txt" => answer(404, "", b""),
            "/xw/" => answer(200, "etag: \"s\"\r\n", b"<script>window.location.href='/news/index.html';</script>"),
            "/round/" => answer(200, "", b"<meta http-equiv=refresh content='0;url=/xw/'>"),
            _ if head.contains("\"l\"") => answer(304, "", b""),
            _ => answer(200, "etag: \"l\"\r\n", &page(500, 1, 1)),
        })
        .await;
        let spec = server.spec(SourceKind::Site, &["/xw/"]);
        let first = look(&spec, &SourceMemory::default(), &net()).await.unwrap();
        assert_eq!(first.links.len(), 10);
        let second = look(&spec, &first.memory, &net()).await.unwrap();
        assert_eq!((second.links.len(), second.failed.len()), (0, 0), "as it was");
        let lost = look(&server.spec(SourceKind::Site, &["/round/"]), &SourceMemory::default(), &net()).await;
        assert!(matches!(lost, Err(super::SourceError::NoLinks { .. })), "one signpost is followed, not a chain");
    }

    #[tokio::test]
    async fn a_pager_that_goes_round_ends() {
        let server = Server::start(|head| match path(head) {
            "/robots.txt" => answer(404, "", b""),
            _ => answer(200, "", &page(500, 1, 12)),
        })
        .await;
        let first = look(&server.spec(SourceKind::Site, &["/xw/"]), &SourceMemory::default(), &net()).await.unwrap();
        assert_eq!((first.links.len(), server.paths().len()), (10, 3));
    }
}
