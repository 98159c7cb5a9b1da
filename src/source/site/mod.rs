//! A newsroom's site: listing pages give links, pages give articles.

pub mod listing;
mod neighbours;
mod next;
mod outline;
mod rows;

use std::collections::HashSet;
use std::sync::Arc;

use chrono_tz::Tz;

use super::extract::ExtractError;
use super::fetch::{Fresh, Got, Visitor};
use super::{Find, Look, Net, RawPage, Reading, SourceError, Spec, Wanted, hash, pages};
use crate::model::{Candidate, Evidence, Field, SourceMemory, When};
use crate::outbound::Limits;
use listing::Listing;

/// Reads all listings of a site.
pub(super) async fn look(spec: &Spec, memory: &SourceMemory, net: &Net) -> Result<Look, SourceError> {
    let mut visitor = Visitor::new(spec, memory, net);
    let mut look = Look::default();
    let mut seen = HashSet::new();
    let mut reached = false;
    for address in &spec.addresses {
        let known = visitor.memory.validators.get(address.as_str()).cloned().unwrap_or_default();
        match visitor.get(address, &known, &Limits::PAGE).await {
            Ok(Got::Unchanged) => reached = true,
            Ok(Got::Fresh(fresh)) => {
                let validators = fresh.validators.clone();
                match links(spec, fresh, net).await {
                    Ok(listing) => {
                        reached = true;
                        visitor.memory.validators.insert(address.to_string(), validators);
                        look.links.extend(listing.links.into_iter().filter(|link| seen.insert(link.url.clone())));
                    }
                    Err(error) => look.failed.push(error),
                }
            }
            Err(error) => look.failed.push(error),
        }
    }
    if !reached {
        return Err(look.failed.pop().unwrap_or_else(|| SourceError::Nowhere(spec.name.clone())));
    }
    Ok(Look { memory: visitor.memory, ..look })
}

async fn links(spec: &Spec, fresh: Fresh, net: &Net) -> Result<Listing, SourceError> {
    let (url, reading) = (fresh.url.clone(), spec.reading(net.clock.now()));
    let listing = tokio::task::spawn_blocking(move || listing::of_bytes(&fresh.body, fresh.content_type.as_deref(), &fresh.url, reading));
    match listing.await {
        Ok(listing) if listing.links.is_empty() => Err(SourceError::NoLinks { url }),
        Ok(listing) => Ok(listing),
        Err(_) => Err(SourceError::Page { url, error: ExtractError::Stopped }),
    }
}

/// Reads the wanted pages, one after the other: one connection a host, with the host's pause between two of them.
pub(super) async fn read(spec: &Spec, memory: &SourceMemory, wanted: Vec<Wanted>, net: &Net) -> Reading {
    let mut visitor = Visitor::resumed(spec, memory, net);
    let mut reading = Reading::default();
    for want in wanted {
        let url = want.link.url.clone();
        match visitor.get(&url.url(), &want.memory.validators, &Limits::PAGE).await {
            Ok(Got::Unchanged) => reading.unchanged.push(url),
            Ok(Got::Fresh(fresh)) if want.memory.content_hash.as_deref() == Some(hash(&fresh.body).as_str()) => reading.unchanged.push(url),
            Ok(Got::Fresh(fresh)) => match page(spec, fresh, &want, &mut visitor.memory, net).await {
                Ok(find) => reading.finds.push(find),
                Err(error) => reading.failed.push((url, error)),
            },
            Err(error) => reading.failed.push((url, error)),
        }
    }
    Reading { memory: visitor.memory, ..reading }
}

async fn page(spec: &Spec, fresh: Fresh, want: &Wanted, memory: &mut SourceMemory, net: &Net) -> Result<Find, SourceError> {
    if let Some(kind) = fresh.content_type.as_ref().filter(|kind| !is_page(kind)) {
        return Err(SourceError::Kind { url: fresh.url.clone(), kind: kind.clone() });
    }
    let (zone, url, known) = (spec.zone, fresh.url.clone(), Arc::new(memory.clone()));
    let (spec, now) = (spec.clone(), net.clock.now());
    let read = tokio::task::spawn_blocking(move || {
        let read = pages::read(fresh.body.clone(), Some(&fresh.url), fresh.content_type.as_deref(), &spec, &known, now);
        read.map(|read| (read, fresh))
    });
    let read = read.await.unwrap_or(Err(ExtractError::Stopped));
    let (pages::Read { mut candidate, lines }, fresh) = read.map_err(|error| SourceError::Page { url, error })?;
    // A page that is read again must not make furniture of its own copy.
    if want.memory.content_hash.is_none() {
        pages::count(memory, lines);
    }
    complete(&mut candidate, want, zone);
    let content_hash = hash(&fresh.body);
    let (bytes, content_type, validators) = (fresh.body, fresh.content_type, fresh.validators);
    let page = RawPage { url: want.link.url.clone(), bytes, content_type, validators, content_hash };
    Ok(Find { candidate, page: Some(page), parts: Vec::new(), claim: None })
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

#[cfg(test)]
mod tests {
    use super::super::loopback::{NOW, Server, answer, net, path};
    use super::super::{look, read};
    use super::*;
    use crate::model::{CanonicalUrl, Millis, PageMemory, SourceKind};

    const LISTING: &str = "<meta charset=gb2312><ul class=nav><li><a href=/>首页</a><li><a href=/xw/>新闻</a></ul><ul class=list>\
        <li><a href='1001.html'>镇上的新桥今天通车</a><span>12-31 09:20</span></li><li><a href='1002.html'>合作社送来第一批春茶</a><span>12-30</span></li></ul>";

    async fn newsroom() -> Server {
        let gb = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
        Server::start(move |head| match path(head) {
            "/robots.txt" => answer(404, "", b""),
            "/xw/" if head.contains("\"l1\"") => answer(304, "", b""),
            "/xw/" => answer(200, "etag: \"l1\"\r\n", &gb(LISTING)),
            "/xw/1001.html" => answer(200, "etag: \"a1\"\r\ncontent-type: text/html\r\n", &gb("<title>镇上的新桥今天通车</title>")),
            "/xw/1003.pdf" => answer(200, "content-type: application/pdf\r\n", b"%PDF"),
            "/xw/1002.html" => answer(410, "", b""),
            _ => answer(200, "", b"<p>maintenance</p>"),
        })
        .await
    }

    fn wanted(server: &Server, place: &str) -> Wanted {
        let url = CanonicalUrl::of(server.base.join(place).unwrap()).unwrap();
        Wanted { link: super::super::Link { url, title: Some("列表".into()), date: Some(When::At(NOW)) }, memory: PageMemory::default() }
    }

    #[tokio::test]
    async fn a_listing_gives_links_once_and_its_validators_only_when_it_was_read() {
        let (server, net) = (newsroom().await, net());
        let spec = server.spec(SourceKind::Site, &["/xw/", "/empty/"]);
        let first = look(&spec, &SourceMemory::default(), &net).await.unwrap();
        let titles: Vec<_> = first.links.iter().map(|link| link.title.as_deref().unwrap()).collect();
        assert_eq!(titles, ["镇上的新桥今天通车", "合作社送来第一批春茶"]);
        assert_eq!(first.links[0].date, Some(When::At(Millis(1_767_144_000_000))));
        assert!(matches!(first.failed.as_slice(), [SourceError::NoLinks { .. }]));
        assert_eq!(first.memory.validators.keys().collect::<Vec<_>>(), [&format!("{}xw/", server.base)]);
        let second = look(&spec, &first.memory, &net).await.unwrap();
        assert!(second.links.is_empty());
        let lost = look(&server.spec(SourceKind::Site, &["/empty/"]), &SourceMemory::default(), &net).await;
        assert!(matches!(lost, Err(SourceError::NoLinks { .. })));
    }

    #[tokio::test]
    async fn pages_are_read_one_by_one_and_each_says_what_became_of_it() {
        let (server, net) = (newsroom().await, net());
        let spec = server.spec(SourceKind::Site, &["/xw/"]);
        let pages = ["/xw/1001.html", "/xw/1002.html", "/xw/1003.pdf"].map(|place| wanted(&server, place)).to_vec();
        let first = read(&spec, &SourceMemory::default(), pages, &net).await;
        assert_eq!(first.finds[0].candidate.title.as_deref(), Some("镇上的新桥今天通车"));
        assert_eq!(first.finds[0].candidate.published, Some(When::At(NOW)));
        assert!(first.failed[0].1.is_gone());
        assert!(matches!(first.failed[1].1, SourceError::Kind { .. }));
        let page = first.finds[0].page.as_ref().unwrap();
        assert_eq!(page.validators.etag.as_deref(), Some("\"a1\""));
        let mut again = wanted(&server, "/xw/1001.html");
        again.memory.content_hash = Some(page.content_hash.clone());
        let second = read(&spec, &first.memory, vec![again], &net).await;
        assert_eq!(second.unchanged.first(), Some(&page.url));
        assert!(second.finds.is_empty());
    }
}
