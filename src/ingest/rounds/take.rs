//! What a look gave goes into the store: copy through the one door, pages and memory with it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::choose::Chosen;
use super::drift::{self, Fresh, Seen};
use super::usual::{self, Dated};
use super::visit::{chain, complete, next_look};
use super::{Planned, Rounds, gone, interval};
use crate::ingest::chronicle::tell_of_source;
use crate::ingest::weigh::is_other_headline;
use crate::ingest::{Accepted, Became, Door, Ingest, Refusal, accept};
use crate::model::{Actor, CanonicalUrl, Evidence, Field, Millis, Section, Sign, SourceKind, SourceMemory, Usual, Wish};
use crate::source::{self, Claim, Find, Link, Look, Reading, SourceError, Spec};
use crate::store::write::ingest::{LookedAt, find as by_url, looked_at, next_check, sections, still_listed};
use crate::store::{PageRow, SourceRow, StoreError, Tx};

/// Finds of one transaction: nobody waits longer than a moment for the log's counter.
const FINDS_AT_ONCE: usize = 50;
/// A drift that lasts so long is how the source is now: what is usual is learned afresh.
const SETTLED: Duration = Duration::from_hours(7 * 24);
/// A listing that cannot be read for so long is no sign of an ill site any more: somebody took it away.
const GIVEN_UP: Duration = Duration::from_hours(2 * 24);

/// A look on its way into the store.
pub(super) struct Taking<'a> {
    pub ingest: &'a Ingest,
    pub plan: &'a Planned,
    pub row: &'a SourceRow,
    pub now: Millis,
    /// Links of the pages that were asked for, by address.
    pub links: HashMap<String, Link>,
    /// What was known of them.
    pub known: HashMap<String, PageRow>,
    /// Headlines of the pages of this look, by address.
    titles: HashMap<String, String>,
    /// What the listings link that were read anew.
    pub listed: HashSet<String>,
    /// The site as a whole is ill, so that a page which is gone means nothing.
    pub ill: bool,
    /// All addresses of this look.
    seen: Arc<HashSet<CanonicalUrl>>,
    /// Addresses that an entry of this look has spoken for.
    spoken_for: HashSet<CanonicalUrl>,
    /// Addresses that no article here is known by.
    strangers: HashSet<String>,
    /// Why new copy waits, by address.
    waits: HashMap<String, Sign>,
    memory: SourceMemory,
    /// Signs of this look.
    signs: Vec<Sign>,
    begins: bool,
    new: usize,
}

/// What a look and the pages it led to brought.
#[derive(Default)]
struct Came {
    links: Vec<Link>,
    finds: Vec<Find>,
    failed: Vec<SourceError>,
    again: Option<Duration>,
    reading: Reading,
    /// Links of the pages that were asked for, and what was known of them.
    asked: HashMap<String, Link>,
    known: HashMap<String, PageRow>,
    witnesses: HashSet<String>,
    later: Vec<Link>,
}

impl Rounds {
    /// Reads what a look led to, and saves it all.
    pub(super) async fn take(&self, plan: &Planned, row: &SourceRow, look: Look) -> Result<(), StoreError> {
        let Look { links, mut finds, memory, failed, again } = look;
        let Chosen { wanted, known, witnesses, later } = self.choose(row, &links).await?;
        let asked: HashMap<String, Link> = wanted.iter().map(|want| (want.link.url.to_string(), want.link.clone())).collect();
        let mut reading = match wanted.len() {
            0 => Reading { memory, ..Reading::default() },
            _ => source::read(&plan.spec, &memory, wanted, &self.net).await,
        };
        finds.append(&mut reading.finds);
        for error in &failed {
            tracing::warn!(source = plan.spec.name, error = error as &dyn std::error::Error, "part of a source could not be read");
        }
        save(&self.ingest, plan, row, Came { links, finds, failed, again, reading, asked, known, witnesses, later }).await
    }
}

/// Saves what came.
async fn save(ingest: &Ingest, plan: &Planned, row: &SourceRow, came: Came) -> Result<(), StoreError> {
    let Came { links, finds, failed, again, mut reading, asked, known, witnesses, later } = came;
    let (found, lost, count) = (finds.len(), lost(&finds, &reading, &known), asked.len());
    let seen = links.iter().map(|link| link.url.clone()).chain(finds.iter().filter_map(|find| find.candidate.url.clone()));
    let now = ingest.clock.now();
    let fallen = reading.failed.iter().filter(|(url, error)| error.is_gone() && witnesses.contains(url.as_str())).count();
    let ails = ailing(&mut reading.memory, &failed, &plan.spec, now);
    let ill = ails || gone::is_outage(lost, count - reading.unread.len()) || gone::is_not_alone(fallen, witnesses.len());
    let mut taking = Taking {
        ingest,
        plan,
        row,
        now,
        links: asked,
        known,
        listed: links.iter().map(|link| link.url.to_string()).collect(),
        ill,
        titles: finds.iter().filter_map(|find| Some((find.page.as_ref()?.url.to_string(), find.candidate.title.clone()?))).collect(),
        seen: Arc::new(seen.collect()),
        spoken_for: HashSet::new(),
        strangers: HashSet::new(),
        waits: HashMap::new(),
        memory: std::mem::take(&mut reading.memory),
        signs: Vec::new(),
        begins: false,
        new: 0,
    };
    taking.judge(&finds, &links, &failed).await?;
    let mut chunks = chunked(finds);
    let last = chunks.pop().unwrap_or_default();
    for chunk in chunks {
        let mut tx = ingest.store.begin().await?;
        let settled = taking.accept_all(&mut tx, chunk).await?;
        tx.commit().await?;
        settled.into_iter().for_each(Settled::file);
    }
    let mut tx = ingest.store.begin().await?;
    let settled = taking.accept_all(&mut tx, last).await?;
    taking.save_pages(&mut tx, &reading, &later).await?;
    taking.learn(found, !later.is_empty() || !reading.unread.is_empty());
    let memory = &taking.memory;
    // A site that stopped answering in the middle is given its breath; one that has more to give is read on.
    let next = match again {
        _ if !later.is_empty() && reading.unread.is_empty() => now,
        Some(again) => now.plus(again),
        None => next_look(plan, memory, next_check(&mut tx, row.id).await?, now),
    };
    let errors: Vec<String> = failed.iter().chain(reading.failed.iter().map(|(_, error)| error)).map(chain).collect();
    let mut health = json!({ "at": now, "found": found, "error": errors.first(), "errors": errors.len() });
    if lost > 0 && taking.ill {
        health["outage"] = json!({ "since": now, "gone": lost, "asked": count });
    } else if let Some(outage) = row.health.get("outage").filter(|_| count == 0) {
        // Whoever asked for no page cannot know that they are back.
        health["outage"] = outage.clone();
    }
    complete(&mut health, ingest, plan, memory, next);
    looked_at(&mut tx, row.id, &LookedAt { memory, health: &health, next_at: Some(next) }).await?;
    tx.commit().await?;
    settled.into_iter().for_each(Settled::file);
    Ok(())
}

/// Whether the site has a listing that cannot be read, and could be before: until it is whole, what its pages say counts for nothing. One
/// that never had a link says nothing of its site, and one that stays away for long was given up.
fn ailing(memory: &mut SourceMemory, failed: &[SourceError], spec: &Spec, now: Millis) -> bool {
    memory.ailing.retain(|address, _| failed.iter().filter_map(SourceError::url).any(|url| url.as_str() == address));
    let mut ails = false;
    for error in failed {
        ails |= match error.url().filter(|url| spec.addresses.contains(url)) {
            Some(url) if !memory.seen.contains_key(url.as_str()) => false,
            Some(url) => now.since(*memory.ailing.entry(url.to_string()).or_insert(now)) < GIVEN_UP,
            None => true,
        };
    }
    ails
}

/// How many of the pages that were asked for are gone, or tell for the second time what was not believed.
fn lost(finds: &[Find], reading: &Reading, known: &HashMap<String, PageRow>) -> usize {
    let taken_back = |find: &&Find| find.page.is_some() && matches!(find.candidate.wish, Wish::Withdraw(_));
    let doubted = |find: &&Find| address(find).and_then(|url| known.get(url.as_str())).is_some_and(|page| page.memory.doubted.is_some());
    finds.iter().filter(|find| taken_back(find) || doubted(find)).count()
        + reading.failed.iter().filter(|(_, error)| error.is_gone()).count()
}

/// The address by which a find is spoken of in one look.
fn address(find: &Find) -> Option<&CanonicalUrl> {
    find.page.as_ref().map(|page| &page.url).or(find.candidate.url.as_ref())
}

impl Taking<'_> {
    /// Whether this look is silent: the source's first, or what is left of it.
    pub(super) const fn is_first(&self) -> bool {
        !self.row.memory.visited
    }

    /// Whether a listing links this page: one that was read now, or one that is as it was when it was read.
    pub(super) fn is_listed(&self, url: &CanonicalUrl) -> bool {
        self.listed.contains(url.as_str()) || source::is_listed(&self.memory, url)
    }

    /// Learns which copy is new, and whether the source is itself.
    async fn judge(&mut self, finds: &[Find], links: &[Link], failed: &[SourceError]) -> Result<(), StoreError> {
        if self.plan.spec.path.is_some() {
            return Ok(());
        }
        let urls: Vec<String> = finds.iter().filter_map(|find| find.candidate.url.as_ref()).map(ToString::to_string).collect();
        self.strangers = self.ingest.store.strangers(&urls).await?.into_iter().collect();
        if self.memory.drift.as_ref().is_some_and(|drift| self.now.since(drift.since) > SETTLED) {
            self.memory.drift = None;
            self.memory.usual = Usual::default();
        }
        if self.is_first() {
            return Ok(());
        }
        let new: Vec<&Find> = finds.iter().filter(|find| self.is_new(find)).collect();
        let listed = |find: &&Find| address(find).and_then(|url| self.links.get(url.as_str())).and_then(|link| link.date);
        let fresh: Vec<Fresh<'_>> = new.iter().map(|find| Fresh { candidate: &find.candidate, listed: listed(find) }).collect();
        let had_links = |url: &url::Url| self.row.memory.seen.contains_key(url.as_str()) || !self.plan.spec.addresses.contains(url);
        let empty = failed.iter().any(|error| matches!(error, SourceError::NoLinks { url } if had_links(url)));
        let (steady, zone, now) = (self.row.memory.failures == 0, self.plan.spec.zone, self.now);
        let verdict =
            drift::judge(&self.memory.usual, self.memory.drift.as_ref(), &Seen { links, empty, fresh: &fresh, steady, zone, now });
        let waiting = new.iter().zip(&verdict.waits).filter_map(|(find, sign)| Some((address(find)?.to_string(), (*sign)?)));
        self.waits = waiting.collect();
        (self.memory.drift, self.begins) = verdict.episode(self.memory.drift.as_ref(), now);
        self.signs = verdict.signs.into_iter().collect();
        Ok(())
    }

    /// Copy at an address that neither an article nor a page of this source has.
    fn is_new(&self, find: &Find) -> bool {
        let stranger = find.candidate.url.as_ref().is_some_and(|url| self.strangers.contains(url.as_str()));
        stranger && address(find).and_then(|url| self.known.get(url.as_str())).is_none_or(|page| page.article.is_none())
    }

    /// Accepts finds in one transaction; their files are settled once it is committed.
    async fn accept_all(&mut self, tx: &mut Tx, finds: Vec<Find>) -> Result<Vec<Settled>, StoreError> {
        tx.take_turn().await?;
        let mut known: Vec<Section> = sections(tx).await?;
        let mut settled = Vec::new();
        for mut find in finds {
            self.address_of_its_own(tx, &mut find).await?;
            // Two entries with one link are one article; the first of a look speaks for it, or they would change it in turns for ever.
            if find.candidate.url.as_ref().is_some_and(|url| !self.spoken_for.insert(url.clone())) && find.claim.is_none() {
                continue;
            }
            if let (Some(page), Wish::Withdraw(line)) = (&find.page, &find.candidate.wish) {
                let reason = (self.ingest.rules.says.taken_back)(line);
                self.page_gone(tx, &page.url, &reason).await?;
                continue;
            }
            let claim = find.claim.take();
            let judged = self.accept_one(tx, &mut known, find).await?;
            settled.extend(claim.map(|claim| Settled { claim, refused: judged.err() }));
        }
        Ok(settled)
    }

    /// Templates name the wrong address of their pages: that of the front or of a list, or one for all. A page keeps the address it was
    /// asked for by where the one it names is no article's, or is that of an article with another headline: it would overwrite that one.
    async fn address_of_its_own(&self, tx: &mut Tx, find: &mut Find) -> Result<(), StoreError> {
        let Some(page) = &find.page else { return Ok(()) };
        let Some(named) = find.candidate.url.as_ref().filter(|named| **named != page.url) else { return Ok(()) };
        let is_list = |address: &url::Url| CanonicalUrl::of(address.clone()).is_ok_and(|address| address == *named);
        let front = matches!(named.url().path(), "" | "/") && named.url().query().is_none();
        let mut wrong = front || self.plan.spec.addresses.iter().any(is_list);
        if !wrong && let Some(title) = &find.candidate.title {
            let there = by_url(tx, &[("url", named.to_string())]).await?.map(|row| row.article.title);
            let there = there.as_ref().or_else(|| self.titles.get(named.as_str()));
            wrong = there.is_some_and(|other| is_other_headline(other, title));
        }
        if wrong {
            let line = named.to_string();
            find.candidate.evidence.push(Evidence { field: Field::Dropped, rule: "address of another page".to_owned(), line });
            find.candidate.url = Some(page.url.clone());
        }
        Ok(())
    }

    async fn accept_one(&mut self, tx: &mut Tx, known: &mut Vec<Section>, find: Find) -> Result<Result<Accepted, Refusal>, StoreError> {
        let (new, door) = (self.is_new(&find), self.door(&find));
        let url = address(&find).cloned();
        let Find { mut candidate, page, parts, .. } = find;
        let (published, whole) = (candidate.published, candidate.title.is_some());
        let length = usual::length(&candidate).filter(|_| new);
        if !self.plan.announce {
            candidate.announce = Some(false);
        }
        let judged = accept(tx, self.ingest, known, candidate, &door, &Actor::Daemon).await?;
        if let (Ok(accepted), Some(url)) = (&judged, &url) {
            if accepted.became == Became::New && new {
                self.new += 1;
                if door.drifts.is_none() {
                    let dated = Dated::of(published, self.plan.spec.zone, self.now);
                    usual::learn(&mut self.memory.usual, dated, length);
                }
            }
            // What waits teaches nothing: the rest of a redesign would find its own addresses usual at the next look.
            let waits = accepted.became == Became::New && door.drifts.is_some();
            if whole && page.is_some() && !waits {
                usual::learn_shape(&mut self.memory.usual, url);
            }
        }
        if let Some(page) = page {
            self.page_read(tx, page, parts, &judged, published).await?;
        }
        Ok(judged)
    }

    /// How a find is judged: what stands at a new address and is old tells nobody, be it new copy or an article that moved there,
    /// whatever a page says that was dated anew.
    fn door(&self, find: &Find) -> Door {
        let url = address(find).map(CanonicalUrl::as_str).unwrap_or_default();
        let old =
            |when: crate::model::When| self.now.since(when.instant(self.plan.door.zone, self.now)) > self.ingest.rules.announce_within;
        let listed = self.links.get(url).and_then(|link| link.date);
        let moved = self.is_new(find) && (listed.is_some_and(old) || find.candidate.published.is_some_and(old));
        let drifts = self.waits.get(url).map(|sign| (self.ingest.rules.says.drift)(*sign).to_owned());
        // Many pages at once that tell something else are the site's fault, and none of them is believed.
        let doubted = self.known.get(url).filter(|_| !self.ill).and_then(|page| page.memory.doubted.clone());
        let raw = find.page.as_ref().map(|page| page.content_hash.clone());
        Door { first_look: self.is_first() || moved, drifts, doubted, raw, seen: self.seen.clone(), ..self.plan.door.clone() }
    }

    async fn save_pages(&mut self, tx: &mut Tx, reading: &Reading, later: &[Link]) -> Result<(), StoreError> {
        for url in &reading.unchanged {
            self.page_unchanged(tx, url).await?;
        }
        for (url, error) in &reading.failed {
            self.page_failed(tx, url, error).await?;
        }
        for link in later {
            self.page_left(tx, link).await?;
        }
        for link in reading.unread.iter().filter_map(|url| self.links.get(url.as_str())) {
            self.page_left(tx, link).await?;
        }
        if !self.listed.is_empty() {
            let keys: Vec<String> = self.listed.iter().cloned().collect();
            still_listed(tx, self.row.id, &keys).await?;
        }
        if self.begins
            && let Some(sign) = self.signs.first()
        {
            tell_of_source(tx, self.ingest, &self.plan.spec.name, (self.ingest.rules.says.drift)(*sign)).await?;
        }
        Ok(())
    }

    fn learn(&mut self, found: usize, more: bool) {
        // A first look that has pages left goes on silently: all of them are old.
        // One that found nothing was no look at the newsroom's copy: what comes next may still be all of the old.
        let saw = found > 0 || self.plan.spec.kind != SourceKind::Site;
        self.memory.visited = self.row.memory.visited || (saw && !more);
        self.memory.failures = 0;
        if self.new > 0 && self.row.memory.visited {
            interval::found(&mut self.memory, self.plan.spec.zone, self.now);
            let usual = self.memory.usual.most.max(self.new as u32);
            if !self.signs.contains(&Sign::Dates) {
                self.memory.usual.most = usual;
            }
        }
    }
}

/// A dropped file whose copy was judged.
pub(super) struct Settled {
    claim: Claim,
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

#[cfg(test)]
mod tests;
