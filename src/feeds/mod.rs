//! Feeds from articles: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1. Pure: no clock, no SQL, no network.
//!
//! The same [`Window`] gives the same bytes on every node and after every restart, so an `ETag` may be a hash of them.
//! Every byte is well-formed whatever an article holds: plain text is stripped of what XML forbids and escaped, bodies stay as they are.
//! An article has the same id, title, link and dates in every section and format.

mod atom;
mod dates;
mod entry;
mod head;
mod json;
pub mod lint;
mod names;
mod opml;
mod renderer;
mod rss;
mod select;
mod tests;
mod xml;

use std::collections::BTreeMap;

use chrono_tz::Tz;

use crate::model::{Article, Millis, Slug};
use crate::urls::FeedFile;

pub use names::{feed_at, file_named, wants_brief};
pub use opml::{OPML_TYPE, opml};
pub use renderer::Renderer;
pub use select::{AT_MOST, Bounds, window};

/// How long a reader may rest between two polls (minutes). RSS `ttl` and `sy:` say it, and HTTP's `max-age` should: readers take the greatest.
pub const MINUTES_BETWEEN_POLLS: u32 = 5;

/// Which articles a feed holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeedOf {
    /// All of the newsroom's.
    All,
    /// Those of a section and of what lies below it.
    Section(Slug),
}

impl FeedOf {
    /// The section, where it is one.
    #[must_use]
    pub const fn section(&self) -> Option<&Slug> {
        match self {
            Self::All => None,
            Self::Section(slug) => Some(slug),
        }
    }
}

/// One feed in one format and form: one address, one sequence of bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Feed {
    /// Which articles.
    pub of: FeedOf,
    /// Which format.
    pub file: FeedFile,
    /// Summaries alone (`?brief`).
    pub brief: bool,
}

/// What a feed says of the newsroom.
#[derive(Debug, Clone)]
pub struct Newsroom {
    /// Its name.
    pub title: String,
    /// BCP 47: the language of a feed, and of each article that does not say otherwise.
    pub language: String,
    /// Where its dates are told.
    pub zone: Tz,
    /// An absolute address of its picture.
    pub logo: Option<String>,
    /// Who answers for it, where that is not its name.
    pub organisation: Option<String>,
    /// Under which licence its copy stands: words, or an address.
    pub licence: Option<String>,
}

/// A section as its feed names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionView {
    /// Its path.
    pub slug: Slug,
    /// What people call it.
    pub title: String,
    /// The titles of what it lies below, the outermost first.
    pub ancestors: Vec<String>,
}

/// What a feed is made of.
#[derive(Debug, Clone, Default)]
pub struct Window {
    /// `None`: everything.
    pub section: Option<SectionView>,
    /// The newest first, as [`window`] chose them. What the public may not see is left out.
    pub articles: Vec<Article>,
    /// The titles of all sections that the articles stand in, and of those above them.
    pub section_titles: BTreeMap<Slug, String>,
    /// The newest `revised` of what is or was in it; zero while it was always empty. A removal moves it too.
    pub changed: Millis,
}

/// A feed's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// UTF-8, without a byte order mark.
    pub bytes: Vec<u8>,
    /// Without its charset.
    pub media_type: &'static str,
    /// When its content last changed; zero while it was always empty. Never when it was rendered.
    pub last_modified: Millis,
}
