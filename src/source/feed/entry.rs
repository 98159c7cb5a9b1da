//! An article as its feed words it, whatever the format: what [`super::adapt`] makes copy of.

use url::Url;

use super::media::Media;
use super::words::Words;
use crate::model::Byline;

/// Articles of one feed; those behind them are older, or the feed is an archive that `import` is for.
pub(super) const MOST_ENTRIES: usize = 10_000;

/// What a feed says of itself, and its articles.
#[derive(Debug, Default)]
pub(super) struct Feed {
    pub title: Option<Words>,
    /// BCP 47, as written.
    pub language: Option<String>,
    /// Of entries that name nobody (RFC 4287, 4.1.2; JSON Feed 1.1). RSS's `managingEditor` wrote nothing.
    pub authors: Vec<Byline>,
    /// At most [`MOST_ENTRIES`].
    pub entries: Vec<Entry>,
}

/// One article.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// Its own id, as written.
    pub id: Option<String>,
    /// The id is its address as well (RSS 2.0, `isPermaLink`).
    pub permalink: bool,
    /// Its page.
    pub link: Option<Url>,
    /// The link's own text, where it is an address by itself: without an id, it is what readers know the entry by.
    pub written_link: Option<String>,
    pub title: Option<Words>,
    /// As written.
    pub published: Option<String>,
    /// As written.
    pub updated: Option<String>,
    pub authors: Vec<Byline>,
    pub contributors: Vec<Byline>,
    pub content: Option<Words>,
    pub summary: Option<Words>,
    pub tags: Vec<String>,
    /// Where it was taken from: name and address.
    pub origin: Option<(Option<String>, Option<Url>)>,
    pub media: Media,
    pub language: Option<String>,
    /// `xml:base`, where one is in scope.
    pub base: Option<Url>,
}
