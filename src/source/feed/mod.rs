//! Feeds of others: RSS, Atom, JSON Feed, RDF.

mod adapt;
mod atom;
mod body;
mod entry;
mod full;
mod json;
mod media;
mod namespace;
mod parse;
mod people;
mod references;
mod rss;
mod when;
mod words;
mod xml;

use super::extract::ExtractError;
use super::fetch::{Got, Visitor};
use super::{Look, Net, Reading, SourceError, Spec, Wanted};
use crate::model::SourceMemory;
use crate::outbound::Limits;

pub use parse::{FeedCopy, NoFeed, parse};

/// Reads all feeds of a source, and the pages of their entries where that is wanted.
pub(super) async fn look(spec: &Spec, memory: &SourceMemory, net: &Net) -> Result<Look, SourceError> {
    let mut visitor = Visitor::new(spec, memory, net);
    let mut look = Look::default();
    let (mut candidates, mut seen) = (Vec::new(), Vec::new());
    let mut reached = false;
    for address in &spec.addresses {
        let known = visitor.known(address);
        match visitor.get(address, &known, &Limits::FEED).await {
            Ok(Got::Unchanged) => reached = true,
            Ok(Got::Fresh(fresh)) => {
                let (name, reading, stamp) = (spec.name.clone(), spec.reading(net.clock.now()), fresh.stamp());
                let parsed =
                    tokio::task::spawn_blocking(move || parse(&fresh.body, fresh.content_type.as_deref(), &fresh.url, &name, reading));
                match parsed.await {
                    Ok(Ok(copy)) => {
                        reached = true;
                        seen.push((address, stamp));
                        candidates.extend(copy.candidates);
                    }
                    Ok(Err(fault)) => look.failed.push(SourceError::Feed { url: address.clone(), fault }),
                    Err(_) => look.failed.push(SourceError::Page { url: address.clone(), error: ExtractError::Stopped }),
                }
            }
            Err(error) => look.failed.push(error),
        }
    }
    if !reached {
        return Err(look.failed.pop().unwrap_or_else(|| SourceError::Nowhere(spec.name.clone())));
    }
    if !spec.entries.keep_ids {
        for candidate in &mut candidates {
            candidate.kept = None;
        }
    }
    let completed = full::complete(spec, candidates, visitor.memory, net).await;
    let mut visitor = Visitor::new(spec, &completed.memory, net);
    // While entries wait, the server must not be able to say that nothing changed.
    if !completed.pending {
        for (address, stamp) in seen {
            visitor.parsed(address, stamp);
        }
    }
    Ok(Look { finds: completed.finds, memory: visitor.memory, again: completed.again, ..look })
}

/// Reads pages of entries again, for what the feed leaves out.
pub(super) async fn read(spec: &Spec, memory: &SourceMemory, pages: Vec<Wanted>, net: &Net) -> Reading {
    full::read(spec, memory, pages, net).await
}

#[cfg(test)]
mod tests {
    use super::super::look;
    use super::super::loopback::{Server, answer, net, path};
    use super::*;
    use crate::model::SourceKind;

    #[tokio::test]
    async fn a_feed_is_read_once_and_a_broken_one_leaves_no_validator() {
        let server = Server::start(|head| match path(head) {
            "/robots.txt" => answer(404, "", b""),
            "/feed" if head.contains("\"f1\"") => answer(304, "", b""),
            "/feed" => answer(200, "etag: \"f1\"\r\n", include_bytes!("../../../fixtures/feeds/county.rss.xml")),
            _ => answer(200, "etag: \"b1\"\r\n", b"<html>down for maintenance"),
        })
        .await;
        let (spec, net) = (server.spec(SourceKind::Feed, &["/broken", "/feed"]), net());
        let first = look(&spec, &SourceMemory::default(), &net).await.unwrap();
        assert_eq!(first.finds.len(), 3);
        assert!(matches!(first.failed.as_slice(), [SourceError::Feed { .. }]));
        assert_eq!(first.memory.validators.len(), 1);
        let second = look(&spec, &first.memory, &net).await.unwrap();
        assert!(second.finds.is_empty());
        let broken = look(&server.spec(SourceKind::Feed, &["/broken"]), &SourceMemory::default(), &net).await;
        assert!(matches!(broken, Err(SourceError::Feed { .. })));
    }
}
