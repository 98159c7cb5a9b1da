//! Kept pages read again after a change of rules: what differs is shown, and written without telling anybody.

use std::collections::HashSet;
use std::io::Read as _;
use std::sync::Arc;

use crate::model::{Actor, ArticleId, ArticleKey, Body, Candidate, CanonicalUrl, Seq, SourceMemory, Standing, When};
use crate::source::extract::{ExtractError, LARGEST};
use crate::source::pages::{Sheet, read_whole};
use crate::store::write::ingest::{by_key, sections};
use crate::store::{ArticleRow, KeptPage, PartRow, RevisionRow, StoreError};

use super::differences::{Difference, differences};
use super::draft::{Draft, Manner};
use super::sections::place;
use super::{Became, Door, Ingest, Planned};

/// Pages that are listed at once; each is read and written for itself.
const PAGES_AT_ONCE: i64 = 100;

/// What came of one article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reread {
    /// Which.
    pub key: ArticleKey,
    /// Its headline as it stood.
    pub title: String,
    /// What came of it.
    pub rereading: Rereading,
}

/// What came of an article's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rereading {
    /// Today's rules read it as it stands.
    Same,
    /// They read it otherwise; written, unless it was only looked at.
    Changed(Vec<Difference>),
    /// A hand changed the article since: it is left alone.
    Touched,
    /// Today's rules find no body where there was one, or a wholly other article: it is left alone.
    Lost,
    /// The page cannot be read.
    Unreadable(String),
}

/// A failure of the whole.
#[derive(Debug, thiserror::Error)]
pub enum ReExtractError {
    /// The configuration knows the source, the store does not: it was never looked at.
    #[error("the source {0} was never looked at, so no page of it is kept")]
    NeverSeen(String),
    /// The store failed.
    #[error("read kept pages again")]
    Store(#[from] StoreError),
}

impl Ingest {
    /// Reads every kept page of a source again. With `dry_run` nothing is written.
    ///
    /// # Errors
    /// When the source was never looked at or the store fails.
    pub async fn re_extract(&self, plan: &Planned, dry_run: bool, mut tell: impl FnMut(Reread)) -> Result<(), ReExtractError> {
        let source = self.store.sources().await?.into_iter().find(|row| row.name == plan.spec.name);
        let source = source.ok_or_else(|| ReExtractError::NeverSeen(plan.spec.name.clone()))?;
        let memory = Arc::new(source.memory);
        let mut done: HashSet<ArticleId> = HashSet::new();
        let mut after = String::new();
        loop {
            let urls = self.store.kept_pages(source.id, &after, PAGES_AT_ONCE).await?;
            let Some(last) = urls.last() else { return Ok(()) };
            after.clone_from(last);
            for url in urls {
                let Some(page) = self.store.kept_page(source.id, &url).await? else { continue };
                let Some(row) = self.store.article_by_id(ArticleId(page.article)).await? else { continue };
                if row.article.source != plan.spec.name
                    || matches!(row.article.standing, Standing::Withdrawn(_))
                    || self.stands_elsewhere(source.id, &page, &row).await?
                    || !done.insert(row.id)
                {
                    continue;
                }
                tell(self.one(plan, &memory, row, dry_run).await?);
            }
        }
    }

    /// Whether the article's own address has a page too: an article that moved is read from where it stands now.
    async fn stands_elsewhere(&self, source: Seq, page: &KeptPage, row: &ArticleRow) -> Result<bool, StoreError> {
        let own = row.article.url.as_ref().filter(|url| url.as_str() != page.url);
        Ok(match own {
            Some(url) => self.store.kept_page(source, url.as_str()).await?.is_some(),
            None => false,
        })
    }

    async fn one(&self, plan: &Planned, memory: &Arc<SourceMemory>, row: ArticleRow, dry_run: bool) -> Result<Reread, StoreError> {
        let told = |rereading| Reread { key: row.article.key.clone(), title: row.article.title.clone(), rereading };
        if is_touched(&self.store.revisions(&row).await?) {
            return Ok(told(Rereading::Touched));
        }
        let sheets = self.store.raw_of(row.id).await?;
        let Some(raw) = sheets.first().map(|first| first.raw.clone()) else { return Ok(told(Rereading::Same)) };
        let candidate = match read_again(plan, memory, sheets, &row).await {
            Ok(candidate) => candidate,
            Err(error) => return Ok(told(Rereading::Unreadable(error.to_string()))),
        };
        if candidate.body == Body::None && !row.article.body.is_empty() {
            return Ok(told(Rereading::Lost));
        }
        let door = Door { raw: Some(raw), ..plan.door.clone() };
        Ok(told(self.write_again(&door, candidate, &row.article.key, dry_run).await?))
    }

    async fn write_again(&self, door: &Door, mut candidate: Candidate, key: &ArticleKey, dry_run: bool) -> Result<Rereading, StoreError> {
        let mut tx = self.store.begin().await?;
        tx.take_turn().await?;
        let Some(row) = by_key(&mut tx, key.as_str()).await? else { return Ok(Rereading::Same) };
        let mut known = sections(&mut tx).await?;
        let placement = place(&mut tx, &mut known, &candidate.sections, door, &self.rules).await?;
        let base = candidate.url.take();
        candidate.url.clone_from(&row.article.url);
        let (before, manner) = (row.article.clone(), Manner::Reread);
        let draft = Draft { ingest: self, door, now: self.clock.now(), actor: &Actor::Daemon, names: Vec::new(), placement, base, manner };
        let accepted = draft.revise(&mut tx, candidate, row).await?;
        let after = by_key(&mut tx, key.as_str()).await?;
        if dry_run {
            tx.roll_back().await?;
        } else {
            tx.commit().await?;
        }
        Ok(match (accepted.became, after) {
            (Became::Revised, Some(after)) => Rereading::Changed(differences(&before, &after.article)),
            (Became::Suspect(_), _) => Rereading::Lost,
            _ => Rereading::Same,
        })
    }
}

/// Whether a hand other than the daemon's changed the copy.
fn is_touched(revisions: &[RevisionRow]) -> bool {
    let daemon = Actor::Daemon.to_string();
    let began_elsewhere = revisions.first().is_some_and(|first| first.actor != daemon);
    let changed = |pair: &[RevisionRow]| pair[1].actor != daemon && !differences(&pair[0].article, &pair[1].article).is_empty();
    began_elsewhere || revisions.windows(2).any(changed)
}

/// The copy of a kept page, and of its listing what the page does not tell.
async fn read_again(plan: &Planned, memory: &Arc<SourceMemory>, kept: Vec<PartRow>, row: &ArticleRow) -> Result<Candidate, ExtractError> {
    let (spec, memory, seen_at) = (plan.spec.clone(), memory.clone(), row.first_seen);
    let read = tokio::task::spawn_blocking(move || {
        let sheets = kept.into_iter().map(sheet).collect::<Option<Vec<_>>>().ok_or(ExtractError::Stopped)?;
        let (first, parts) = sheets.split_first().ok_or(ExtractError::Stopped)?;
        let mut candidate = read_whole(first, parts, &spec, &memory, seen_at)?.candidate;
        let own = first.url.clone().and_then(|url| CanonicalUrl::of(url).ok());
        candidate.url = candidate.url.or(own);
        candidate.language.get_or_insert_with(|| spec.language.clone());
        Ok(candidate)
    });
    let mut candidate = read.await.unwrap_or(Err(ExtractError::Stopped))?;
    let before = &row.article;
    candidate.title.get_or_insert_with(|| before.title.clone());
    if let Some(When::Day(day)) = candidate.published
        && before.published.in_zone(plan.spec.zone).date_naive() == day
    {
        candidate.published = None;
    }
    Ok(candidate)
}

fn sheet(kept: PartRow) -> Option<Sheet> {
    let bytes = unpacked(&kept.bytes)?;
    let url = CanonicalUrl::parse(&kept.url).ok()?.url();
    Some(Sheet { url: Some(url), bytes, content_type: Some(kept.content_type) })
}

/// What zstd packed; `None` where that is broken or larger than any page.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    let decoder = zstd::stream::read::Decoder::new(bytes).ok()?;
    decoder.take(LARGEST as u64 + 1).read_to_end(&mut unpacked).ok()?;
    (unpacked.len() <= LARGEST).then_some(unpacked)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::article;
    use super::*;
    use crate::model::Millis;

    fn revision(title: &str, actor: &str) -> RevisionRow {
        RevisionRow {
            article: article(title),
            weight: "material".to_owned(),
            note: None,
            evidence: Vec::new(),
            raw: None,
            actor: actor.to_owned(),
            at: Millis(0),
        }
    }

    #[test]
    fn what_a_hand_changed_is_left_alone_and_what_it_only_let_go_is_not() {
        assert!(!is_touched(&[revision("一", "daemon"), revision("二", "daemon")]));
        assert!(!is_touched(&[revision("一", "daemon"), revision("一", "person:li")]), "let go, or corrected");
        assert!(is_touched(&[revision("一", "daemon"), revision("二", "token:cms"), revision("三", "daemon")]));
        assert!(is_touched(&[revision("一", "token:cms")]));
    }

    #[test]
    fn pages_are_unpacked_up_to_their_bound() {
        let packed = zstd::encode_all(&b"<html>"[..], 3).unwrap();
        assert_eq!(unpacked(&packed).unwrap(), b"<html>");
        assert_eq!(unpacked(b"no zstd"), None);
        let bomb = zstd::encode_all(vec![b' '; LARGEST + 1].as_slice(), 3).unwrap();
        assert_eq!(unpacked(&bomb), None);
    }
}
