//! Lead pictures: each is measured once after its article is there, for enclosures and cards want type, bytes and pixels.
//!
//! It follows what changed in the store and delays nothing. What was measured is written into the article without a revision or an
//! event: its feeds are rendered again, and nobody is told. A picture whose size is unknown stays without one.

use std::time::Duration;

use futures_util::StreamExt as _;
use url::Url;

use super::Ingest;
use crate::lifecycle::Lifecycle;
use crate::model::{ArticleKey, Image, Millis, Rev, Standing};
use crate::outbound::Reach;
use crate::source::{Asker, Measure, Net, Spec, measure};
use crate::store::write::ingest::{Keeping, by_key, save_picture, update_article};
use crate::store::{ArticleRow, PictureRow, StoreError};

/// Articles that are looked at together.
const ROWS_AT_ONCE: i64 = 50;
/// Pictures that are asked for at the same time: one slow host holds up no other.
const AT_ONCE: usize = 4;
/// Older articles stand in no feed's window and on nobody's first page: an archive's pictures are left alone.
const YOUNG: Duration = Duration::from_hours(7 * 24);
/// How far back a start looks for pictures that were not measured before the daemon stopped: the window of a feed.
const LOOKS_BACK: Duration = Duration::from_hours(48);
/// A picture that could not be measured is tried again when its article changes, but not sooner.
const AGAIN_AFTER: Duration = Duration::from_hours(1);
/// How long it waits before it asks a store again that was away.
const STORE_AWAY: Duration = Duration::from_secs(1);

/// Measures lead pictures.
#[derive(Debug, Clone)]
pub struct Media {
    /// Knows the store and the clock.
    pub ingest: Ingest,
    /// The way out.
    pub net: Net,
    /// Where copy comes from: a picture on a source's own site is reached as the source is.
    pub sources: Vec<Spec>,
    /// Who we are.
    pub user_agent: String,
}

impl Media {
    /// Follows the store until the stop.
    ///
    /// # Errors
    /// Never; a store that is away is asked again.
    pub async fn run(self, lifecycle: Lifecycle) -> Result<(), StoreError> {
        let mut watch = self.ingest.store.watch();
        let mut followed: Option<Rev> = None;
        loop {
            let went = tokio::select! {
                biased;
                () = lifecycle.stopping() => return Ok(()),
                went = self.follow(followed) => went,
            };
            match went {
                Ok(to) => followed = Some(to),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "pictures wait for the store");
                    tokio::time::sleep(STORE_AWAY).await;
                    continue;
                }
            }
            tokio::select! {
                biased;
                () = lifecycle.stopping() => return Ok(()),
                () = watch.news() => {}
            }
        }
    }

    /// Measures what changed since, and gives how far it came.
    async fn follow(&self, from: Option<Rev>) -> Result<Rev, StoreError> {
        let store = &self.ingest.store;
        let mut followed = match from {
            Some(rev) => rev,
            None => store.first_change_of(Millis(self.ingest.clock.now().0 - LOOKS_BACK.as_millis() as i64)).await?,
        };
        loop {
            let rows = store.articles_since(followed, ROWS_AT_ONCE).await?;
            let Some(last) = rows.last().map(|row| row.rev) else { return Ok(followed) };
            let mut measuring = futures_util::stream::iter(rows.into_iter().filter(|row| self.wants(row)))
                .map(|row| self.measure(row))
                .buffer_unordered(AT_ONCE);
            while let Some(done) = measuring.next().await {
                done?;
            }
            followed = last;
        }
    }

    fn wants(&self, row: &ArticleRow) -> bool {
        let young = self.ingest.clock.now().since(row.article.published) < YOUNG;
        let known = |image: &Image| image.width.is_some() && image.media_type.is_some() && image.bytes.is_some();
        young && matches!(row.article.standing, Standing::Published) && row.article.image.as_ref().is_some_and(|image| !known(image))
    }

    async fn measure(&self, row: ArticleRow) -> Result<(), StoreError> {
        let Some(Ok(url)) = row.article.image.as_ref().map(|image| Url::parse(&image.url)) else { return Ok(()) };
        let now = self.ingest.clock.now();
        let known = self.ingest.store.picture(url.as_str()).await?;
        let known = match known {
            Some(known) if known.media_type.is_some() || now.since(known.at) < AGAIN_AFTER => known,
            _ => self.ask(&url, &row, now).await,
        };
        let mut tx = self.ingest.store.begin().await?;
        tx.take_turn().await?;
        save_picture(&mut tx, url.as_str(), &known).await?;
        if let Some((key, known)) = known.media_type.is_some().then_some((&row.article.key, &known)) {
            write_down(&mut tx, key, &url, known).await?;
        }
        tx.commit().await
    }

    async fn ask(&self, url: &Url, row: &ArticleRow, now: Millis) -> PictureRow {
        let asker = Asker { user_agent: self.user_agent.clone(), page: row.article.url.as_ref().map(crate::model::CanonicalUrl::url) };
        let source = self.sources.iter().find(|spec| spec.name == row.article.source);
        let reach = |url: &Url| source.map_or_else(Reach::default, |spec| spec.reach_towards(url));
        match measure(url, &asker, reach, &self.net).await {
            Ok(Measure { media_type, bytes, width, height }) => {
                let size = Some((width, height));
                PictureRow { media_type: Some(media_type.to_owned()), bytes, size, at: now }
            }
            Err(error) => {
                tracing::info!(url = url.as_str(), error = &error as &dyn std::error::Error, "a picture could not be measured");
                PictureRow { media_type: None, bytes: None, size: None, at: now }
            }
        }
    }
}

/// Writes what is known of a picture into the article that shows it, unless another one took its place meanwhile.
async fn write_down(tx: &mut crate::store::Tx, key: &ArticleKey, url: &Url, known: &PictureRow) -> Result<(), StoreError> {
    let Some(row) = by_key(tx, key.as_str()).await? else { return Ok(()) };
    let mut article = row.article.clone();
    let same = |image: &Image| Url::parse(&image.url).is_ok_and(|own| own == *url);
    for image in article.image.iter_mut().chain(&mut article.images).filter(|image| same(image)) {
        image.media_type.clone_from(&known.media_type);
        // What a feed says of bytes is a claim; without a measure there is none.
        image.bytes = known.bytes;
        (image.width, image.height) = known.size.unzip();
    }
    if article == row.article {
        return Ok(());
    }
    let keeping = Keeping { first_seen: row.first_seen, announce: row.announce, digest: &row.digest };
    update_article(tx, row.id, &article, keeping).await
}
