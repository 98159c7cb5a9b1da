//! Rendered feeds in memory: bytes, validators, and when to render again. Follows the store; knows nobody.
//!
//! A feed is rendered when it is first asked for, and again when an article of it changed. The `ETag` is a hash of the bytes, so that it is
//! the same after a restart and on every node.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use ring::digest::{SHA256, digest};

use crate::feeds::{Bounds, Feed, FeedOf, Renderer, SectionView, Window, window};
use crate::lifecycle::Lifecycle;
use crate::model::{Article, Millis, Rev, Revision, Section, Slug};
use crate::store::{Store, StoreError};

/// Articles of one look at what changed.
const CHANGES_AT_ONCE: i64 = 500;
/// How long the shelf waits before it asks a store again that was away; until then it serves what it has.
const STORE_AWAY: Duration = Duration::from_millis(500);

/// A feed as it is served.
#[derive(Debug)]
pub struct Shelved {
    /// The whole document.
    pub bytes: Bytes,
    /// Without a charset.
    pub media_type: &'static str,
    /// Strong, with its quotes.
    pub etag: String,
    /// The newest change of what is or was in it; zero for an empty one.
    pub last_modified: Millis,
}

/// Why a feed could not be taken from the shelf.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// The store failed, and the shelf has nothing to serve instead.
    #[error("render a feed")]
    Store(#[from] StoreError),
}

/// A feed, and the last change that it holds.
type Dated = (Rev, Arc<Shelved>);

/// Feeds ready to be served. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Shelf {
    store: Store,
    renderer: Renderer,
    bounds: Bounds,
    shelved: Arc<Mutex<HashMap<Feed, Dated>>>,
    /// For each section that changed, and for all: the revision of its last change.
    touched: Arc<Mutex<Touched>>,
}

#[derive(Debug, Default)]
struct Touched {
    all: Rev,
    /// A revised article may have left a section, and a renamed section is named in many feeds: these touch every section.
    moved: Rev,
    sections: HashMap<Slug, Rev>,
    followed: Rev,
}

impl Shelf {
    /// An empty shelf over a store.
    #[must_use]
    pub fn new(store: Store, renderer: Renderer, bounds: Bounds) -> Self {
        Self { store, renderer, bounds, shelved: Arc::default(), touched: Arc::default() }
    }

    /// A feed, not older than anything that this process had committed or seen when it was asked for. `None`: no such section.
    ///
    /// # Errors
    /// When it must be rendered and the store fails.
    pub async fn get(&self, feed: &Feed) -> Result<Option<Arc<Shelved>>, ShelfError> {
        self.catch_up().await?;
        let touched = self.touched(feed);
        if let Some((rendered, shelved)) = self.shelved.lock().unwrap_or_else(PoisonError::into_inner).get(feed)
            && *rendered >= touched
        {
            return Ok(Some(shelved.clone()));
        }
        let Some(rendered) = self.render(feed).await? else { return Ok(None) };
        let shelved = Arc::new(rendered);
        let mut all = self.shelved.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(feed.clone(), (touched, shelved.clone()));
        Ok(Some(shelved))
    }

    fn touched(&self, feed: &Feed) -> Rev {
        let touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        match feed.of.section() {
            Some(slug) => touched.sections.get(slug).copied().unwrap_or_default().max(touched.moved),
            None => touched.all.max(touched.moved),
        }
    }

    /// Learns which feeds the commits since the last look touch.
    async fn catch_up(&self) -> Result<(), StoreError> {
        let seen = self.store.seen();
        loop {
            let followed = self.touched.lock().unwrap_or_else(PoisonError::into_inner).followed;
            if followed >= seen {
                return Ok(());
            }
            let changed = self.store.articles_since(followed, CHANGES_AT_ONCE).await?;
            let complete = (changed.len() as i64) < CHANGES_AT_ONCE;
            let renamed = self.store.sections().await?.iter().map(|section| section.rev).filter(|rev| *rev > followed).max();
            let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
            touched.moved = touched.moved.max(renamed.unwrap_or_default());
            for row in &changed {
                touched.all = touched.all.max(row.rev);
                if row.article.revision > Revision(1) {
                    touched.moved = touched.moved.max(row.rev);
                }
                let sections: BTreeSet<Slug> = row.article.sections.iter().flat_map(Slug::and_ancestors).collect();
                for slug in sections {
                    let last = touched.sections.entry(slug).or_default();
                    *last = (*last).max(row.rev);
                }
                touched.followed = touched.followed.max(row.rev);
            }
            if complete {
                touched.followed = touched.followed.max(seen);
            }
        }
    }

    async fn render(&self, feed: &Feed) -> Result<Option<Shelved>, StoreError> {
        let sections = self.store.sections().await?;
        let section = match &feed.of {
            FeedOf::All => None,
            FeedOf::Section(slug) => match sections.iter().find(|section| section.slug == *slug) {
                Some(section) => Some(section),
                None => return Ok(None),
            },
        };
        let age = self.bounds.age.as_millis() as i64;
        let most = crate::feeds::AT_MOST as i64;
        let cut = self.store.window(section.map(|section| section.id), self.bounds.count, age, most).await?;
        let articles: Vec<Article> = window(cut.articles, self.bounds);
        let window = Window {
            section: section.map(|section| view(section, &sections)),
            articles,
            section_titles: sections.iter().map(|section| (section.slug.clone(), section.title.clone())).collect(),
            changed: cut.changed,
        };
        let rendered = self.renderer.render(feed, &window);
        let hash = digest(&SHA256, &rendered.bytes);
        let etag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&hash.as_ref()[..16]));
        Ok(Some(Shelved { bytes: rendered.bytes.into(), media_type: rendered.media_type, etag, last_modified: rendered.last_modified }))
    }

    /// Renders again what was asked for before and has changed, so that a poll costs a look-up. Until the stop.
    ///
    /// # Errors
    /// When the store fails for good.
    pub async fn follow(self, lifecycle: Lifecycle) -> Result<(), ShelfError> {
        let mut watch = self.store.watch();
        loop {
            tokio::select! {
                biased;
                () = lifecycle.stopping() => return Ok(()),
                () = watch.news() => {}
            }
            let known: Vec<Feed> = self.shelved.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect();
            for feed in known {
                match self.get(&feed).await {
                    Ok(_) => {}
                    Err(ShelfError::Store(error)) if error.is_transient() => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "the shelf waits for the store");
                        tokio::time::sleep(STORE_AWAY).await;
                        watch = self.store.watch();
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }
}

fn view(section: &Section, sections: &[Section]) -> SectionView {
    let title = |slug: &Slug| sections.iter().find(|section| section.slug == *slug).map(|section| section.title.clone());
    let mut ancestors: Vec<String> = section.slug.and_ancestors().skip(1).filter_map(|slug| title(&slug)).collect();
    ancestors.reverse();
    SectionView { slug: section.slug.clone(), title: section.title.clone(), ancestors }
}
