//! Which pages a look reads: new links first, then pages that could not be had, then pages whose next check has come.

use std::collections::{HashMap, HashSet};

use super::{Rounds, gone, recheck};
use crate::model::{CanonicalUrl, Listed, Millis};
use crate::source::{Link, Wanted};
use crate::store::{PageRow, SourceRow, StoreError};

/// New pages that one look reads: a first look at a large listing goes on at the next one.
const PAGES_AT_ONCE: usize = 60;

/// What a look reads, and what it leaves.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// What is asked for, in this order.
    pub wanted: Vec<Wanted>,
    /// What is known of those that are known, by address.
    pub known: HashMap<String, PageRow>,
    /// Which of them are asked for beside a page that is gone.
    pub witnesses: HashSet<String>,
    /// New pages for the next look.
    pub later: Vec<Link>,
}

impl Rounds {
    /// Chooses the pages to read now.
    pub(super) async fn choose(&self, row: &SourceRow, links: &[Link]) -> Result<Chosen, StoreError> {
        let (store, now) = (&self.ingest.store, self.ingest.clock.now());
        let keys: Vec<String> = links.iter().map(|link| link.url.to_string()).collect();
        let mut new = if keys.is_empty() { Vec::new() } else { store.unread(row.id, &keys).await? };
        for url in store.pages_due(row.id, now, PAGES_AT_ONCE as i64).await? {
            if !new.contains(&url) {
                new.push(url);
            }
        }
        let later = new.split_off(new.len().min(PAGES_AT_ONCE));
        let mut urls = new;
        urls.extend(store.rechecks_due(row.id, now, recheck::AT_ONCE as i64).await?);
        let mut chosen = Chosen::default();
        for url in &urls {
            self.want(&mut chosen, row, links, url).await?;
        }
        // Whether a page went alone, its neighbours know: those of its own age. Younger ones may stand at a new site's addresses.
        let suspects = chosen.known.values().filter(|page| page.memory.gone_since.is_some()).filter_map(|page| page.memory.first_read);
        if let Some(read) = suspects.min() {
            for url in store.witnesses(row.id, Millis(read.0 + 1), gone::WITNESSES).await? {
                self.want(&mut chosen, row, links, &url).await?;
                chosen.witnesses.insert(url);
            }
        }
        for url in later {
            let known = store.page(row.id, &url).await?;
            chosen.later.extend(link(links, &url, known.as_ref()));
        }
        Ok(chosen)
    }

    async fn want(&self, chosen: &mut Chosen, row: &SourceRow, links: &[Link], url: &str) -> Result<(), StoreError> {
        if chosen.known.contains_key(url) {
            return Ok(());
        }
        let known = self.ingest.store.page(row.id, url).await?;
        if let Some(link) = link(links, url, known.as_ref()) {
            let memory = known.as_ref().map(|page| page.memory.clone()).unwrap_or_default();
            chosen.wanted.push(Wanted { link, memory });
            chosen.known.extend(known.map(|page| (url.to_owned(), page)));
        }
        Ok(())
    }
}

/// A page's link as the listing has it now, else as it had it once.
fn link(links: &[Link], url: &str, known: Option<&PageRow>) -> Option<Link> {
    let once = || known.map(|page| page.memory.listed.clone()).unwrap_or_default();
    links.iter().find(|link| link.url.as_str() == url).cloned().or_else(|| {
        let (url, Listed { title, date }) = (CanonicalUrl::parse(url).ok()?, once());
        Some(Link { url, title, date })
    })
}
