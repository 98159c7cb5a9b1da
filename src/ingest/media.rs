//! Lead pictures: each is measured once after its article is there, for enclosures and cards want type, bytes and pixels; and copied
//! where `[media] copy` says so. Pictures inside a body are not copied.
//!
//! It follows what changed in the store and delays nothing. What was measured is written into the article without a revision or an
//! event: its feeds are rendered again, and nobody is told. A picture whose size is unknown stays without one.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use ring::digest::{SHA256, digest};
use url::Url;

use super::{Ingest, STORE_AWAY};
use crate::config::{self, Copying};
use crate::lifecycle::Lifecycle;
use crate::model::{ArticleKey, Image, Millis, Rev, Standing};
use crate::outbound::Reach;
use crate::source::{Asker, Measure, Net, SourceError, Spec, measure, shown_elsewhere, take};
use crate::store::write::ingest::{Keeping, by_key, keep_media, save_picture, update_article, use_media};
use crate::store::{ArticleRow, PictureRow, StoreError};

/// Articles that are looked at together.
const ROWS_AT_ONCE: i64 = 50;
/// Pictures that are asked for at the same time: one slow host holds up no other. So many copies are in memory at most.
const AT_ONCE: usize = 4;
/// Older articles stand in no feed's window and on nobody's first page: an archive's pictures are left alone.
const YOUNG: Duration = Duration::from_hours(7 * 24);
/// How far back a start looks for pictures that were not measured before the daemon stopped: the window of a feed.
const LOOKS_BACK: Duration = Duration::from_hours(48);
/// A picture that could not be measured or copied is tried again when its article changes, but not sooner.
const AGAIN_AFTER: Duration = Duration::from_hours(1);

/// Measures and copies lead pictures.
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
    /// What is copied.
    pub media: config::Media,
}

/// Who asks for the picture of one article, and how it is reached.
struct Errand<'a> {
    url: Url,
    asker: Asker,
    source: Option<&'a Spec>,
    now: Millis,
}

impl Errand<'_> {
    fn reach(&self, towards: &Url) -> Reach {
        self.source.map_or_else(Reach::default, |spec| spec.reach_towards(towards))
    }

    fn failed(&self, error: &SourceError, what: &'static str) {
        tracing::info!(url = self.url.as_str(), error = error as &dyn std::error::Error, what, "a picture could not be had");
    }
}

/// A picture's bytes and type, under their hash.
struct Copy {
    hash: String,
    media_type: &'static str,
    bytes: Bytes,
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
        let never = self.media.copy == Copying::Never;
        let measured = |image: &Image| image.width.is_some() && image.media_type.is_some() && image.bytes.is_some();
        let known = |image: &Image| measured(image) && (never || image.copy.is_some());
        young && matches!(row.article.standing, Standing::Published) && row.article.image.as_ref().is_some_and(|image| !known(image))
    }

    async fn measure(&self, row: ArticleRow) -> Result<(), StoreError> {
        let Some(Ok(url)) = row.article.image.as_ref().map(|image| Url::parse(&image.url)) else { return Ok(()) };
        let asker = Asker { user_agent: self.user_agent.clone(), page: row.article.url.as_ref().map(crate::model::CanonicalUrl::url) };
        let source = self.sources.iter().find(|spec| spec.name == row.article.source);
        let errand = Errand { url, asker, source, now: self.ingest.clock.now() };
        let before = self.ingest.store.picture(errand.url.as_str()).await?;
        let mut known = match before.clone() {
            Some(known) if known.media_type.is_some() || errand.now.since(known.at) < AGAIN_AFTER => known,
            _ => self.ask(&errand).await,
        };
        if before.as_ref() != Some(&known) {
            // A copy may take long: the measure is there meanwhile.
            self.write(&row, &errand, &known, None).await?;
        }
        let copy = if self.wants_copy(&errand, &mut known).await { self.copy(&errand, &mut known).await } else { None };
        self.write(&row, &errand, &known, copy).await
    }

    async fn write(&self, row: &ArticleRow, errand: &Errand<'_>, known: &PictureRow, copy: Option<Copy>) -> Result<(), StoreError> {
        let mut tx = self.ingest.store.begin().await?;
        tx.take_turn().await?;
        if let Some(Copy { hash, media_type, bytes }) = copy {
            keep_media(&mut tx, &hash, media_type, &bytes, errand.now).await?;
        }
        save_picture(&mut tx, errand.url.as_str(), known).await?;
        if known.media_type.is_some() {
            write_down(&mut tx, &row.article.key, &errand.url, known).await?;
        }
        tx.commit().await
    }

    async fn ask(&self, errand: &Errand<'_>) -> PictureRow {
        let nothing = PictureRow { media_type: None, bytes: None, size: None, at: errand.now, elsewhere: None, copy: None, copy_at: None };
        match measure(&errand.url, &errand.asker, |url| errand.reach(url), &self.net).await {
            Ok(Measure { media_type, bytes, width, height }) => {
                PictureRow { media_type: Some(media_type.to_owned()), bytes, size: Some((width, height)), ..nothing }
            }
            Err(error) => {
                errand.failed(&error, "measure it");
                nothing
            }
        }
    }

    /// Whether a picture is to be copied now: readers elsewhere are refused it, or see it over plain http only, or all are copied.
    async fn wants_copy(&self, errand: &Errand<'_>, known: &mut PictureRow) -> bool {
        let lately = known.copy_at.is_some_and(|at| errand.now.since(at) < AGAIN_AFTER);
        if known.media_type.is_none() || known.copy.is_some() || lately {
            return false;
        }
        match self.media.copy {
            Copying::Never => false,
            Copying::Always => true,
            Copying::Auto if errand.url.scheme() == "http" => true,
            Copying::Auto => {
                if known.elsewhere.is_none() {
                    known.copy_at = Some(errand.now);
                    let told = shown_elsewhere(&errand.url, &errand.asker, |url| errand.reach(url), &self.net).await;
                    known.elsewhere = told.inspect_err(|error| errand.failed(error, "ask for it as a stranger")).ok();
                }
                known.elsewhere == Some(false)
            }
        }
    }

    /// Takes the whole file. What it is, its bytes say again: it may be another one than was measured.
    async fn copy(&self, errand: &Errand<'_>, known: &mut PictureRow) -> Option<Copy> {
        known.copy_at = Some(errand.now);
        let taken = take(&errand.url, &errand.asker, |url| errand.reach(url), &self.net, self.media.copy_bytes).await;
        let (measure, bytes) = taken.inspect_err(|error| errand.failed(error, "copy it")).ok()?;
        let hash = data_encoding::HEXLOWER.encode(digest(&SHA256, &bytes).as_ref());
        known.media_type = Some(measure.media_type.to_owned());
        known.bytes = Some(bytes.len() as u64);
        known.size = Some((measure.width, measure.height));
        known.copy = Some(hash.clone());
        Some(Copy { hash, media_type: measure.media_type, bytes })
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
        image.copy.clone_from(&known.copy);
    }
    if article == row.article {
        return Ok(());
    }
    if let Some(hash) = &known.copy {
        use_media(tx, hash, row.id).await?;
    }
    let keeping = Keeping { first_seen: row.first_seen, announce: row.announce, digest: &row.digest };
    update_article(tx, row.id, &article, keeping).await
}
