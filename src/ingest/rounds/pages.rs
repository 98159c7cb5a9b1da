//! What becomes of a page that was asked for: read, unchanged, failed, gone, or left for the next look.

use std::time::Duration;

use super::take::Taking;
use super::visit::{FIRST_WAIT, LONGEST_WAIT};
use super::{gone, recheck};
use crate::ingest::chronicle::withdraw_row;
use crate::ingest::{Accepted, Became, Refusal, Suspicion};
use crate::model::{Actor, ArticleId, CanonicalUrl, Listed, Millis, PageMemory, SourceKind, Standing, When};
use crate::source::{Advice, Link, RawPage, SourceError};
use crate::store::write::ingest::{SavedPage, by_id, keep_blob, leave_former, save_page, save_parts, stands_elsewhere};
use crate::store::{PageRow, StoreError, Tx};

/// A page that gave no article yet, and whose server says that it has none or gives none, is left alone after so many tries: two hours.
const TRIES: i64 = 6;
/// One whose server is ill is left alone after so many: with [`wait`] that is a week, longer than most servers are ill.
const TRIES_OF_THE_ILL: i64 = 35;
/// Compression of kept pages: they are read seldom and kept long.
const ZSTD_LEVEL: i32 = 6;

impl Taking<'_> {
    /// A page that holds something new, and what became of its copy. Its bytes are kept, and those of the pages it goes on to.
    pub(super) async fn page_read(
        &self,
        tx: &mut Tx,
        page: RawPage,
        parts: Vec<RawPage>,
        judged: &Result<Accepted, Refusal>,
        published: Option<When>,
    ) -> Result<(), StoreError> {
        if let Ok(Accepted { became: Became::Suspect(suspicion), .. }) = judged {
            return self.page_doubted(tx, &page.url, suspicion).await;
        }
        let article = judged.as_ref().ok().map(|accepted| accepted.id);
        let memory = PageMemory {
            validators: page.validators.clone(),
            content_hash: Some(page.content_hash.clone()),
            next_check: self.check_after(&page.url, judged, published),
            first_read: Some(self.now),
            read_at: Some(self.now),
            listed: self.told(&page.url),
            ..PageMemory::default()
        };
        self.keep(tx, &page).await?;
        let url = page.url.as_str();
        save_page(tx, self.row.id, SavedPage { url, article, memory: &memory, raw: Some(&page.content_hash) }).await?;
        let Some(article) = article else { return Ok(()) };
        if judged.as_ref().is_ok_and(|accepted| accepted.url.as_ref() == Some(&page.url)) {
            // Its former address says nothing of it any more: after a redesign hundreds of them are gone, and hide the one that was taken back.
            leave_former(tx, self.row.id, article, url).await?;
        }
        let mut kept = Vec::with_capacity(parts.len());
        for part in parts {
            self.keep(tx, &part).await?;
            kept.push((part.url.to_string(), part.content_hash));
        }
        save_parts(tx, self.row.id, url, article, &kept).await
    }

    /// A page that tells something entirely other: what was known of it stands, and so do its kept bytes, until it says the same again.
    async fn page_doubted(&self, tx: &mut Tx, url: &CanonicalUrl, suspicion: &Suspicion) -> Result<(), StoreError> {
        tracing::warn!(url = url.as_str(), title = suspicion.title, "a page tells something else than before and is asked again");
        let next_check = Some(self.now.plus(gone::CONFIRMS_AFTER));
        let doubted = Some(suspicion.copy.clone());
        self.remember(tx, url, &PageMemory { next_check, doubted, gone_since: None, ..self.remembered(url) }).await
    }

    /// When a page is read again, by what became of its copy. The one place that decides it.
    fn check_after(&self, url: &CanonicalUrl, judged: &Result<Accepted, Refusal>, published: Option<When>) -> Option<Millis> {
        // A feed tells of its changes itself, and its page alone says less than page and entry together.
        if judged.is_err() || self.plan.spec.kind != SourceKind::Site {
            return None;
        }
        match self.known.get(url.as_str()).map(|page| &page.memory) {
            Some(memory) if memory.first_read.is_some() => self.next_step(memory),
            _ => recheck::first(published, self.plan.spec.zone, self.is_first(), self.now),
        }
    }

    /// The next step of a page that is read again; one that was left alone stays so, though it was asked as a witness.
    fn next_step(&self, memory: &PageMemory) -> Option<Millis> {
        memory.next_check.and_then(|_| recheck::next(memory.first_read.unwrap_or(self.now), self.now))
    }

    async fn keep(&self, tx: &mut Tx, page: &RawPage) -> Result<(), StoreError> {
        let bytes = zstd::encode_all(page.bytes.as_slice(), ZSTD_LEVEL).unwrap_or_default();
        let media_type = page.content_type.as_deref().unwrap_or("text/html");
        keep_blob(tx, &page.content_hash, "page+zstd", media_type, &bytes, self.now).await
    }

    /// What the listing told of a page.
    fn told(&self, url: &CanonicalUrl) -> Listed {
        self.links.get(url.as_str()).map(|link| Listed { title: link.title.clone(), date: link.date }).unwrap_or_default()
    }

    fn remembered(&self, url: &CanonicalUrl) -> PageMemory {
        let memory = self.known.get(url.as_str()).map(|page| page.memory.clone()).unwrap_or_default();
        PageMemory { listed: self.told(url), ..memory }
    }

    async fn remember(&self, tx: &mut Tx, url: &CanonicalUrl, memory: &PageMemory) -> Result<(), StoreError> {
        save_page(tx, self.row.id, SavedPage { url: url.as_str(), article: None, memory, raw: None }).await
    }

    /// A page that is as it was.
    pub(super) async fn page_unchanged(&self, tx: &mut Tx, url: &CanonicalUrl) -> Result<(), StoreError> {
        let memory = self.remembered(url);
        let next_check = self.next_step(&memory);
        self.remember(tx, url, &PageMemory { tries: 0, read_at: Some(self.now), gone_since: None, doubted: None, next_check, ..memory })
            .await
    }

    /// A page that comes at the next look.
    pub(super) async fn page_left(&self, tx: &mut Tx, link: &Link) -> Result<(), StoreError> {
        if self.known.get(link.url.as_str()).is_some_and(|page| page.memory.first_read.is_some()) {
            return Ok(());
        }
        let listed = Listed { title: link.title.clone(), date: link.date };
        self.remember(tx, &link.url, &PageMemory { next_check: Some(self.now), listed, ..self.remembered(&link.url) }).await
    }

    /// A page that could not be had. Only a page that is gone can mean that its article is.
    pub(super) async fn page_failed(&self, tx: &mut Tx, url: &CanonicalUrl, error: &SourceError) -> Result<(), StoreError> {
        let gone = match error {
            SourceError::Status { status, .. } if error.is_gone() => Some((self.ingest.rules.says.gone)(*status)),
            _ => None,
        };
        let read_before = self.known.get(url.as_str()).is_some_and(|page| page.article.is_some());
        if let Some(reason) = gone.as_ref().filter(|_| read_before) {
            return self.page_gone(tx, url, reason).await;
        }
        tracing::warn!(url = url.as_str(), error = error as &dyn std::error::Error, "a page could not be read");
        let memory = self.remembered(url);
        let tries = memory.tries + 1;
        let next_check = match error.advice() {
            _ if read_before => {
                memory.next_check.and_then(|_| recheck::after_failure(memory.first_read.unwrap_or(self.now), tries, self.now))
            }
            // A server that names a few seconds at every try would have used them all up within minutes.
            Advice::Again(at) if tries < TRIES_OF_THE_ILL => Some(at.unwrap_or(self.now).max(self.now.plus(wait(tries)))),
            // A listing is often written before the page that it links, and a gate before a site refuses whom it admits an hour later.
            Advice::GiveUp if matches!(error, SourceError::Status { .. }) && tries < TRIES => Some(self.now.plus(wait(tries))),
            _ => None,
        };
        self.remember(tx, url, &PageMemory { next_check, tries, ..memory }).await
    }

    /// A page that is gone, or says that its copy was taken back: noted first, believed when it is confirmed.
    pub(super) async fn page_gone(&self, tx: &mut Tx, url: &CanonicalUrl, reason: &str) -> Result<(), StoreError> {
        let mut memory = self.remembered(url);
        let Some(PageRow { article: Some(article), .. }) = self.known.get(url.as_str()) else {
            // Nothing of it was ever here.
            return self.remember(tx, url, &PageMemory { next_check: None, ..memory }).await;
        };
        let first = memory.first_read.unwrap_or(self.now);
        memory.tries += 1;
        if self.ill {
            // What an ill site says counts for nothing; when it is well again the page is asked once more.
            memory.gone_since = None;
            memory.next_check = recheck::after_illness(first, memory.tries, self.now);
            return self.remember(tx, url, &memory).await;
        }
        if self.is_listed(url) {
            memory.gone_since = None;
            memory.next_check = recheck::after_failure(first, memory.tries, self.now);
            return self.remember(tx, url, &memory).await;
        }
        match gone::judge(memory.gone_since, self.now) {
            gone::Gone::Noted(since, again) => {
                memory.gone_since = Some(since);
                memory.next_check = Some(again);
            }
            gone::Gone::Confirmed => {
                memory.next_check = None;
                let since = memory.gone_since.unwrap_or(self.now);
                if !stands_elsewhere(tx, self.row.id, *article, url.as_str(), since).await? {
                    self.withdraw(tx, *article, url, reason).await?;
                }
            }
        }
        self.remember(tx, url, &memory).await
    }

    /// Withdraws an article of this source whose address this is.
    async fn withdraw(&self, tx: &mut Tx, article: ArticleId, url: &CanonicalUrl, reason: &str) -> Result<(), StoreError> {
        let Some(row) = by_id(tx, article).await? else { return Ok(()) };
        let ours = row.article.source == self.plan.spec.name && row.article.url.as_ref() == Some(url);
        if ours && !matches!(row.article.standing, Standing::Withdrawn(_)) {
            withdraw_row(tx, self.ingest, &row, reason, &Actor::Daemon).await?;
        }
        Ok(())
    }
}

fn wait(tries: i64) -> Duration {
    FIRST_WAIT.saturating_mul(1 << (tries - 1).clamp(0, 10)).min(LONGEST_WAIT)
}
