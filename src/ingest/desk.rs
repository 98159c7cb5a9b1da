//! What an editor does to an article that is here: hold, publish, correct, withdraw. And the release of embargoes.

use crate::lifecycle::Lifecycle;
use crate::model::{Actor, Article, ArticleKey, EventType, PriorStanding, Revision, Slug, Standing};
use crate::store::write::ingest::{
    self as rows, Keeping, NewRevision, admits, by_key, due_for_release, keep_revision, place, update_article,
};
use crate::store::write::shared::audit;
use crate::store::{ArticleRow, StoreError, Tx, Watch};

use super::accept::outside;
use super::chronicle::{log, prior_standing, withdraw_row};
use super::sections::with_ancestors;
use super::{Ingest, Refusal, STORE_AWAY};

/// How many embargoes end in one transaction.
const RELEASE_BATCH: i64 = 50;

/// Why an editor's wish cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// No such article.
    #[error("no article is called {0}")]
    Unknown(ArticleKey),
    /// It stands otherwise than the wish supposes.
    #[error("the article is {standing}, so it cannot be {wish}")]
    Standing {
        /// How it stands.
        standing: &'static str,
        /// What was wished.
        wish: &'static str,
    },
    /// It stands elsewhere too, where this hand does not reach.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed.
    #[error("change an article")]
    Store(#[from] StoreError),
}

/// The editor's desk.
#[derive(Debug, Clone)]
pub struct Desk {
    ingest: Ingest,
    bound_to: Option<Slug>,
}

impl Desk {
    /// A desk at which everything may be decided.
    #[must_use]
    pub const fn new(ingest: Ingest) -> Self {
        Self { ingest, bound_to: None }
    }

    /// The same for a hand that decides only about what stands within this section and nowhere else, as a bound token does.
    #[must_use]
    pub fn within(self, bound_to: Option<&Slug>) -> Self {
        Self { bound_to: bound_to.cloned(), ..self }
    }

    /// Lets a held article go; receivers are told when `announce`.
    ///
    /// # Errors
    /// When there is no such article, it stands elsewhere too, or it is not held.
    pub async fn publish(&self, key: &ArticleKey, announce: bool, breaking: bool, actor: &Actor) -> Result<Revision, DeskError> {
        let mut tx = self.ingest.store.begin().await?;
        let row = self.row(&mut tx, key).await?;
        let Standing::Held { .. } = row.article.standing else { return Err(refused(&row.article, "published")) };
        let mut article = row.article.clone();
        article.breaking |= breaking;
        release(&mut tx, &self.ingest, &row, article, announce, actor).await?;
        audit(&mut tx, actor, "article.publish", key.as_str(), "", self.ingest.clock.now()).await?;
        tx.commit().await?;
        Ok(Revision(row.article.revision.0 + 1))
    }

    /// Takes a published article off the feeds until an editor lets it go. Receivers that have it are not told.
    ///
    /// # Errors
    /// When there is no such article, it stands elsewhere too, or it is withdrawn.
    pub async fn hold(&self, key: &ArticleKey, because: &str, actor: &Actor) -> Result<Revision, DeskError> {
        let mut tx = self.ingest.store.begin().await?;
        let row = self.row(&mut tx, key).await?;
        if let Standing::Withdrawn(_) = row.article.standing {
            return Err(refused(&row.article, "held"));
        }
        let mut article = row.article.clone();
        article.standing = Standing::Held { because: because.to_owned(), release_at: None, by_editor: true };
        self.change(&mut tx, &row, article, "material", because, actor).await?;
        audit(&mut tx, actor, "article.hold", key.as_str(), because, self.ingest.clock.now()).await?;
        tx.commit().await?;
        Ok(Revision(row.article.revision.0 + 1))
    }

    /// Admits an error: everyone who got the wrong version hears of it. The version that admits it already is answered as it stands, for who
    /// asks again did not get the answer.
    ///
    /// # Errors
    /// When there is no such article, it stands elsewhere too, or it is not published.
    pub async fn correct(&self, key: &ArticleKey, note: &str, actor: &Actor) -> Result<Revision, DeskError> {
        let mut tx = self.ingest.store.begin().await?;
        let row = self.row(&mut tx, key).await?;
        if !row.article.is_public() {
            return Err(refused(&row.article, "corrected"));
        }
        if admits(&mut tx, row.id, row.article.revision, note).await? {
            return Ok(row.article.revision);
        }
        let mut article = row.article.clone();
        article.correction = Some(crate::model::one_line(note));
        article.revised = self.ingest.clock.now().max(article.published);
        let article = self.change(&mut tx, &row, article, "correction", note, actor).await?;
        log(&mut tx, &self.ingest, row.id, &article, EventType::of_change(PriorStanding::Published, true), true).await?;
        audit(&mut tx, actor, "article.correct", key.as_str(), note, self.ingest.clock.now()).await?;
        tx.commit().await?;
        Ok(article.revision)
    }

    /// Takes an article back.
    ///
    /// # Errors
    /// When there is no such article, it stands elsewhere too, or it is withdrawn already.
    pub async fn withdraw(&self, key: &ArticleKey, reason: &str, actor: &Actor) -> Result<Revision, DeskError> {
        let mut tx = self.ingest.store.begin().await?;
        let row = self.row(&mut tx, key).await?;
        if let Standing::Withdrawn(_) = row.article.standing {
            return Err(refused(&row.article, "withdrawn"));
        }
        let revision = withdraw_row(&mut tx, &self.ingest, &row, reason, actor).await?;
        tx.commit().await?;
        Ok(revision)
    }

    async fn row(&self, tx: &mut Tx, key: &ArticleKey) -> Result<ArticleRow, DeskError> {
        tx.take_turn().await?;
        let row = by_key(tx, key.as_str()).await?.ok_or_else(|| DeskError::Unknown(key.clone()))?;
        // Asked here and not before: its sections may have changed since the caller saw them.
        match outside(&row, self.bound_to.as_ref()) {
            Some(refusal) => Err(refusal.into()),
            None => Ok(row),
        }
    }

    async fn change(
        &self,
        tx: &mut Tx,
        row: &ArticleRow,
        mut article: Article,
        weight: &str,
        note: &str,
        actor: &Actor,
    ) -> Result<Article, StoreError> {
        article.revision = Revision(row.article.revision.0 + 1);
        update_article(tx, row.id, &article, Keeping { first_seen: row.first_seen, announce: row.announce, digest: &row.digest }).await?;
        let new = NewRevision { weight, note: Some(note), evidence: &[], raw: None, actor };
        keep_revision(tx, row.id, &article, &new, self.ingest.clock.now()).await?;
        Ok(article)
    }

    /// Ends embargoes at their minute, until the stop.
    ///
    /// # Errors
    /// When the store fails for good.
    pub async fn release_embargoes(self, lifecycle: Lifecycle) -> Result<(), StoreError> {
        let mut watch = self.ingest.store.watch();
        loop {
            let released = tokio::select! {
                biased;
                () = lifecycle.stopping() => return Ok(()),
                released = self.release_next(&mut watch) => released,
            };
            match released {
                // A store that is away for a moment ends no daemon: the embargo ends when it is back.
                Err(error) if error.is_transient() => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "embargoes could not be looked at and will be again");
                    tokio::time::sleep(STORE_AWAY).await;
                }
                released => released?,
            }
        }
    }

    /// Waits for the next embargo's minute and ends it, or for a commit that may have brought another.
    async fn release_next(&self, watch: &mut Watch) -> Result<(), StoreError> {
        let next = self.ingest.store.next_release().await?;
        tokio::select! {
            biased;
            () = self.ingest.clock.until(next) => self.release_due().await,
            () = watch.news() => Ok(()),
        }
    }

    async fn release_due(&self) -> Result<(), StoreError> {
        let mut tx = self.ingest.store.begin().await?;
        tx.take_turn().await?;
        for row in due_for_release(&mut tx, self.ingest.clock.now(), RELEASE_BATCH).await? {
            let article = row.article.clone();
            release(&mut tx, &self.ingest, &row, article, row.announce, &Actor::Daemon).await?;
        }
        tx.commit().await
    }
}

fn refused(article: &Article, wish: &'static str) -> DeskError {
    DeskError::Standing { standing: article.standing.as_str(), wish }
}

async fn release(
    tx: &mut Tx,
    ingest: &Ingest,
    row: &ArticleRow,
    mut article: Article,
    announce: bool,
    actor: &Actor,
) -> Result<(), StoreError> {
    let now = ingest.clock.now();
    let prior = prior_standing(tx, row).await?;
    article.standing = Standing::Published;
    article.revision = Revision(row.article.revision.0 + 1);
    // What an editor lets go before its minute goes out now: a feed never shows a future time.
    if article.published > now {
        article.published = now;
    }
    article.revised = article.revised.max(article.published).min(now);
    let keeping = Keeping { first_seen: row.first_seen, announce, digest: &row.digest };
    update_article(tx, row.id, &article, keeping).await?;
    let new = NewRevision { weight: "material", note: Some("released"), evidence: &[], raw: None, actor };
    keep_revision(tx, row.id, &article, &new, now).await?;
    let sections = rows::sections(tx).await?;
    place(tx, row.id, &article, &with_ancestors(&sections, &article.sections)).await?;
    log(tx, ingest, row.id, &article, EventType::of_change(prior, false), announce).await
}
