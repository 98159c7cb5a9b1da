//! Rounds: every source is looked at when its time comes, and what it gave is accepted together with what was learned.
//!
//! Articles, events, pages, validators and memory of one look are saved in one transaction, the last of several where there is much:
//! a crash never leaves a validator ahead of its article. A dropped file is settled after that.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use crate::lifecycle::Lifecycle;
use crate::model::{Actor, Candidate, CanonicalUrl, Millis, PageMemory, Section, Seq, SourceKind, SourceMemory};
use crate::source::{self, Advice, Find, Link, Look, Net, SourceError, Spec, Wanted};
use crate::store::write::ingest::{LookedAt, keep_blob, looked_at, put_source, save_page, sections};
use crate::store::{SourceRow, StoreError, Tx};

use super::{Accepted, Door, Ingest, Refusal, accept};

/// Pages that one look reads: a first look at a large listing goes on at the next one.
const PAGES_AT_ONCE: usize = 60;
/// Finds of one transaction: nobody waits longer than a moment for the log's counter.
const FINDS_AT_ONCE: usize = 50;
/// Commands and other commits come in bursts; sources are read again once the burst is over.
const SETTLES: Duration = Duration::from_millis(150);
/// How long the rounds wait before they ask a store again that was away.
const STORE_AWAY: Duration = Duration::from_secs(1);
/// The first wait after a failed look; each further failure doubles it.
const FIRST_WAIT: Duration = Duration::from_mins(2);
/// The longest wait after failures: a site that comes back is noticed within hours.
const LONGEST_WAIT: Duration = Duration::from_hours(6);
/// A page that keeps failing is left alone after so many tries.
const PAGE_TRIES: i64 = 6;
/// Times of finding that are remembered, to learn the interval from.
const FOUND_AT: usize = 64;
/// Compression of kept pages: they are read seldom and kept long.
const ZSTD_LEVEL: i32 = 6;

/// A source with its schedule.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Where it is and how it is read.
    pub spec: Spec,
    /// How often it is looked at.
    pub every: Duration,
    /// How its copy is judged.
    pub door: Door,
    /// Whether its new copy tells receivers.
    pub announce: bool,
}

/// Goes round the sources.
#[derive(Debug, Clone)]
pub struct Rounds {
    /// Takes copy in.
    pub ingest: Ingest,
    /// The way out.
    pub net: Net,
    /// Every source of the configuration that is looked at.
    pub planned: Vec<Planned>,
}

/// Writes the sources that the configuration declares; what was learned of them stays.
///
/// # Errors
/// When the store fails.
pub async fn declare(ingest: &Ingest, planned: &[Planned]) -> Result<(), StoreError> {
    let known = ingest.store.sources().await?;
    let spec = |plan: &Planned| json!({ "addresses": plan.spec.addresses, "path": plan.spec.path, "every_s": plan.every.as_secs() });
    let stands =
        |plan: &&Planned| known.iter().any(|row| row.name == plan.spec.name && row.kind == plan.spec.kind && row.spec == spec(plan));
    let changed: Vec<&Planned> = planned.iter().filter(|plan| !stands(plan)).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let mut tx = ingest.store.begin().await?;
    for plan in changed {
        put_source(&mut tx, &plan.spec.name, plan.spec.kind, &spec(plan)).await?;
    }
    tx.commit().await
}

impl Rounds {
    /// Looks at every source when its time comes, until the stop. Looks that are under way then are let go of: nothing of them is saved.
    ///
    /// # Errors
    /// When the store fails for good.
    pub async fn run(self, lifecycle: Lifecycle) -> Result<(), StoreError> {
        let mut watch = self.ingest.store.watch();
        let mut looking: JoinSet<(String, Result<(), StoreError>)> = JoinSet::new();
        let mut busy: HashSet<String> = HashSet::new();
        let mut rows: HashMap<String, SourceRow> = HashMap::new();
        loop {
            let now = self.ingest.clock.now();
            for plan in &self.planned {
                let row = rows.get(&plan.spec.name).filter(|row| due(row, now));
                if let Some(row) = row.filter(|row| !busy.contains(&row.name)) {
                    busy.insert(row.name.clone());
                    looking.spawn(self.clone().visit(plan.clone(), row.clone()));
                }
            }
            let next = rows.values().filter(|row| !row.paused && !busy.contains(&row.name)).filter_map(|row| row.next_at).min();
            tokio::select! {
                biased;
                () = lifecycle.stopping() => return Ok(()),
                Some(ended) = looking.join_next() => {
                    let Ok((name, result)) = ended else { continue };
                    busy.remove(&name);
                    if let Err(error) = &result {
                        tracing::warn!(source = name, error = error as &dyn std::error::Error, "a look could not be saved and will be taken again");
                    }
                    if result.is_err() {
                        tokio::time::sleep(SETTLES).await;
                    }
                    rows = self.rows(rows).await?;
                }
                () = watch.news() => {
                    tokio::time::sleep(SETTLES).await;
                    rows = self.rows(rows).await?;
                }
                () = self.ingest.clock.until(next) => {}
                name = self.dropped(&busy) => {
                    if let Some(row) = rows.get_mut(&name) {
                        row.next_at = Some(self.ingest.clock.now());
                    }
                }
            }
        }
    }

    async fn rows(&self, known: HashMap<String, SourceRow>) -> Result<HashMap<String, SourceRow>, StoreError> {
        match self.ingest.store.sources().await {
            Ok(rows) => Ok(rows.into_iter().map(|row| (row.name.clone(), row)).collect()),
            Err(error) if error.is_transient() => {
                // An empty list would wait for the next commit, which a quiet newsroom may not have for hours.
                tokio::time::sleep(STORE_AWAY).await;
                Ok(known)
            }
            Err(error) => Err(error),
        }
    }

    /// Waits for something to happen in a folder that is not being looked at.
    async fn dropped(&self, busy: &HashSet<String>) -> String {
        let folders = self.planned.iter().filter(|plan| !busy.contains(&plan.spec.name));
        let changes = folders.filter_map(|plan| {
            let path = plan.spec.path.clone()?;
            Some(Box::pin(async move {
                self.net.folders.changed(&path).await;
                plan.spec.name.clone()
            }))
        });
        let changes: Vec<_> = changes.collect();
        if changes.is_empty() {
            return std::future::pending().await;
        }
        futures_util::future::select_all(changes).await.0
    }

    async fn visit(self, plan: Planned, row: SourceRow) -> (String, Result<(), StoreError>) {
        let looked = source::look(&plan.spec, &row.memory, &self.net).await;
        let result = match looked {
            Ok(look) => match self.take(&plan, &row, look).await {
                // Tried again at once it would fail again, and ask the site again each time.
                Err(error) if !error.is_transient() => {
                    tracing::error!(
                        source = plan.spec.name,
                        error = &error as &dyn std::error::Error,
                        "what a source gave cannot be saved"
                    );
                    self.failed_with(&plan, &row, "what it gave cannot be saved; the log says why", None).await
                }
                taken => taken,
            },
            Err(error) => {
                tracing::warn!(source = plan.spec.name, error = &error as &dyn std::error::Error, "a source could not be read");
                let named = match error.advice() {
                    Advice::Again(at) => at,
                    Advice::GiveUp => None,
                };
                self.failed_with(&plan, &row, &chain(&error), named).await
            }
        };
        (plan.spec.name, result)
    }

    /// Notes a failed look, and when to try again.
    async fn failed_with(&self, plan: &Planned, row: &SourceRow, why: &str, named: Option<Millis>) -> Result<(), StoreError> {
        let now = self.ingest.clock.now();
        let failures = row.memory.failures + 1;
        let wait = FIRST_WAIT.saturating_mul(1 << (failures - 1).min(10)).min(LONGEST_WAIT).max(plan.every.min(LONGEST_WAIT));
        let jitter = self.ingest.ids.within(wait / 10);
        let next = named.unwrap_or_else(|| now.plus(wait + jitter));
        let memory = SourceMemory { failures, ..row.memory.clone() };
        let mut tx = self.ingest.store.begin().await?;
        let health = json!({ "at": now, "error": why });
        looked_at(&mut tx, row.id, &LookedAt { memory: &memory, health: &health, next_at: Some(next) }).await?;
        tx.commit().await
    }

    /// Reads what a look led to, and saves it all.
    async fn take(&self, plan: &Planned, row: &SourceRow, look: Look) -> Result<(), StoreError> {
        let Look { links, mut finds, memory, failed, again } = look;
        let (pages, later) = self.choose(row, &links).await?;
        let more = !later.is_empty();
        let asked = pages.len();
        let mut reading = source::read(&plan.spec, &memory, pages, &self.net).await;
        let mut memory = if asked > 0 { reading.memory } else { memory };
        finds.append(&mut reading.finds);
        let found = finds.len();
        let addresses = links.iter().map(|link| link.url.clone()).chain(finds.iter().filter_map(|find| find.candidate.url.clone()));
        let door = Door { first_look: !row.memory.visited, seen: Arc::new(addresses.collect()), ..plan.door.clone() };
        let mut chunks = chunked(finds);
        let last = chunks.pop().unwrap_or_default();
        for chunk in chunks {
            let mut tx = self.ingest.store.begin().await?;
            let settled = self.accept_all(&mut tx, plan, row.id, chunk, &door).await?;
            tx.commit().await?;
            settled.into_iter().for_each(Settled::file);
        }
        let now = self.ingest.clock.now();
        // A first look that has pages left goes on silently: all of them are old.
        // One that found nothing was no look at the newsroom's copy: what comes next may still be all of the old.
        let saw = found > 0 || plan.spec.kind != SourceKind::Site;
        memory.visited = row.memory.visited || (saw && !more);
        memory.failures = 0;
        if found > 0 && row.memory.visited {
            memory.found_at.push(now);
            let surplus = memory.found_at.len().saturating_sub(FOUND_AT);
            memory.found_at.drain(..surplus);
        }
        let mut tx = self.ingest.store.begin().await?;
        let settled = self.accept_all(&mut tx, plan, row.id, last, &door).await?;
        for link in &later {
            save_page(&mut tx, row.id, link, None, &PageMemory { next_check: Some(now), ..PageMemory::default() }, None).await?;
        }
        for (url, error) in &reading.failed {
            self.page_failed(&mut tx, row.id, url, error, now).await?;
        }
        let errors: Vec<String> = failed.iter().chain(reading.failed.iter().map(|(_, error)| error)).map(chain).collect();
        let health = json!({ "at": now, "found": found, "error": errors.first(), "errors": errors.len() });
        let wait = if more { Duration::ZERO } else { again.unwrap_or(plan.every) };
        let next_at = Some(now.plus(wait));
        looked_at(&mut tx, row.id, &LookedAt { memory: &memory, health: &health, next_at }).await?;
        tx.commit().await?;
        settled.into_iter().for_each(Settled::file);
        for error in &failed {
            tracing::warn!(source = plan.spec.name, error = error as &dyn std::error::Error, "part of a source could not be read");
        }
        Ok(())
    }

    /// The pages to read now: new links, and pages whose next try has come; and those that must wait for the next look.
    async fn choose(&self, row: &SourceRow, links: &[Link]) -> Result<(Vec<Wanted>, Vec<String>), StoreError> {
        let keys: Vec<String> = links.iter().map(|link| link.url.to_string()).collect();
        let mut urls = if keys.is_empty() { Vec::new() } else { self.ingest.store.unread(row.id, &keys).await? };
        let waiting = self.ingest.store.pages_due(row.id, self.ingest.clock.now(), PAGES_AT_ONCE as i64).await?;
        for url in waiting {
            if !urls.contains(&url) {
                urls.push(url);
            }
        }
        let later = urls.split_off(urls.len().min(PAGES_AT_ONCE));
        let mut wanted = Vec::with_capacity(urls.len());
        for url in urls {
            let known = links.iter().find(|link| link.url.as_str() == url).cloned();
            let link = known.or_else(|| CanonicalUrl::parse(&url).ok().map(|url| Link { url, title: None, date: None }));
            let memory = self.ingest.store.page(row.id, &url).await?.map(|page| page.memory).unwrap_or_default();
            wanted.extend(link.map(|link| Wanted { link, memory }));
        }
        Ok((wanted, later))
    }

    async fn page_failed(&self, tx: &mut Tx, source: Seq, url: &CanonicalUrl, error: &SourceError, now: Millis) -> Result<(), StoreError> {
        let tries = self.ingest.store.page(source, url.as_str()).await?.map_or(0, |page| page.memory.tries) + 1;
        let wait = FIRST_WAIT.saturating_mul(1 << (tries - 1).clamp(0, 10));
        let next_check = match error.advice() {
            Advice::Again(at) if tries < PAGE_TRIES => Some(at.unwrap_or_else(|| now.plus(wait))),
            _ => None,
        };
        tracing::warn!(url = url.as_str(), error = error as &dyn std::error::Error, "a page could not be read");
        save_page(tx, source, url.as_str(), None, &PageMemory { next_check, tries, ..PageMemory::default() }, None).await
    }

    /// Accepts finds in one transaction; their files are settled once it is committed.
    async fn accept_all(
        &self,
        tx: &mut Tx,
        plan: &Planned,
        source: Seq,
        finds: Vec<Find>,
        door: &Door,
    ) -> Result<Vec<Settled>, StoreError> {
        tx.take_turn().await?;
        let mut known: Vec<Section> = sections(tx).await?;
        let mut settled = Vec::new();
        let mut seen: HashSet<CanonicalUrl> = HashSet::new();
        for Find { candidate, page, claim, .. } in finds {
            // Two entries with one link are one article; the first of a look speaks for it, or they would change it in turns for ever.
            if candidate.url.as_ref().is_some_and(|url| !seen.insert(url.clone())) && claim.is_none() {
                continue;
            }
            let door = Door { raw: page.as_ref().map(|page| page.content_hash.clone()), ..door.clone() };
            let judged = self.accept_one(tx, plan, &mut known, candidate, &door).await?;
            if let Some(page) = page {
                let bytes = zstd::encode_all(page.bytes.as_slice(), ZSTD_LEVEL).unwrap_or_default();
                let media_type = page.content_type.as_deref().unwrap_or("text/html");
                keep_blob(tx, &page.content_hash, "page+zstd", media_type, &bytes, self.ingest.clock.now()).await?;
                let article = judged.as_ref().ok().map(|accepted| accepted.id);
                let hash = page.content_hash.clone();
                let memory = PageMemory { validators: page.validators, content_hash: Some(page.content_hash), ..PageMemory::default() };
                save_page(tx, source, page.url.as_str(), article, &memory, Some(&hash)).await?;
            }
            settled.extend(claim.map(|claim| Settled { claim, refused: judged.err() }));
        }
        Ok(settled)
    }

    async fn accept_one(
        &self,
        tx: &mut Tx,
        plan: &Planned,
        known: &mut Vec<Section>,
        mut candidate: Candidate,
        door: &Door,
    ) -> Result<Result<Accepted, Refusal>, StoreError> {
        if !plan.announce {
            candidate.announce = Some(false);
        }
        accept(tx, &self.ingest, known, candidate, door, &Actor::Daemon).await
    }
}

/// A dropped file whose copy was judged.
struct Settled {
    claim: source::Claim,
    refused: Option<Refusal>,
}

impl Settled {
    fn file(self) {
        let name = self.claim.name();
        let moved = match self.refused {
            None => self.claim.done(),
            Some(refusal) => self.claim.failed(&refusal.to_string()),
        };
        if let Err(error) = moved {
            tracing::warn!(name, %error, "a dropped file could not be put away; it will be read again and found unchanged");
        }
    }
}

fn due(row: &SourceRow, now: Millis) -> bool {
    !row.paused && row.kind != SourceKind::Push && row.next_at.is_none_or(|at| at <= now)
}

fn chunked(finds: Vec<Find>) -> Vec<Vec<Find>> {
    let mut chunks: Vec<Vec<Find>> = Vec::new();
    for find in finds {
        match chunks.last_mut() {
            Some(chunk) if chunk.len() < FINDS_AT_ONCE => chunk.push(find),
            _ => chunks.push(vec![find]),
        }
    }
    chunks
}

/// An error with its causes, on one line.
fn chain(error: &SourceError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_are_taken_in_chunks() {
        let find = || Find { candidate: Candidate::from_source("x"), page: None, parts: Vec::new(), claim: None };
        let sizes: Vec<usize> = chunked((0..120).map(|_| find()).collect()).iter().map(Vec::len).collect();
        assert_eq!(sizes, [50, 50, 20]);
    }
}
