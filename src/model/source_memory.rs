//! What is remembered of a source between two visits.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{ArticleJson, Millis, When};

/// How copy comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// Listing pages and article pages.
    Site,
    /// RSS, Atom, JSON Feed, RDF.
    Feed,
    /// Files.
    Folder,
    /// The API.
    Push,
}

impl SourceKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Site, Self::Feed, Self::Folder, Self::Push];

    /// As configuration and store write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Feed => "feed",
            Self::Folder => "folder",
            Self::Push => "push",
        }
    }
}

impl TryFrom<String> for SourceKind {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| format!("no kind of source: {text}"))
    }
}

/// What is remembered of a whole source. Saved in the transaction that accepted what was found, never before.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceMemory {
    /// Whether a first visit succeeded; until then copy is old and nobody is told.
    pub visited: bool,
    /// Validators of listings and feeds, by address.
    pub validators: BTreeMap<String, Validators>,
    /// What was last read whole of listings and feeds, by address.
    pub seen: BTreeMap<String, Seen>,
    /// robots.txt by origin, with the time at which it was read.
    pub robots: BTreeMap<String, (Millis, Option<String>)>,
    /// How many visits in a row failed.
    pub failures: u32,
    /// Listings that had links and cannot be read, by address, and since when.
    pub ailing: BTreeMap<String, Millis>,
    /// When new copy was found, for learning the interval: at most the last 64 times.
    pub found_at: Vec<Millis>,
    /// How many looks found new copy in each hour of the week, from Monday's first hour in the source's zone: 168 numbers, or none yet.
    pub week: Vec<u32>,
    /// Since when finds are noted; `None` before the first one.
    pub learning_since: Option<Millis>,
    /// How often each line stood on this source's pages, as a hash; lines on many pages are furniture.
    pub lines: BTreeMap<u64, u32>,
    /// How many pages the line counts come from.
    pub pages: u32,
    /// What its copy usually looks like.
    pub usual: Usual,
    /// The episode in which it does not look like that.
    pub drift: Option<Drift>,
    /// A feed's entries whose pages are read as well, by their addresses: at most 500.
    pub entries: BTreeMap<String, EntryMemory>,
}

/// What a source's copy usually looks like: what drift is told from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Usual {
    /// Lengths of bodies, in characters: at most the last 64.
    pub lengths: Vec<u32>,
    /// How often an article stood at an address of this shape.
    pub paths: BTreeMap<String, u32>,
    /// New copy that told its minute.
    pub to_the_minute: u32,
    /// New copy that told its day alone.
    pub to_the_day: u32,
    /// New copy that told no time.
    pub undated: u32,
    /// The most pieces of new copy that one look found, the first look aside.
    pub most: u32,
}

/// A time in which a source is not itself: a redesign, a template that broke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// Since when. The editor was told then, and is not told again before it ends.
    pub since: Millis,
    /// What is wrong with it: never empty.
    pub signs: BTreeSet<Sign>,
}

/// A way in which a source is not itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// A listing that had links has none.
    Empty,
    /// Every link leads to addresses of a shape that no article had.
    Paths,
    /// New copy has no dates, or today's alone, and had others.
    Dates,
    /// Bodies are far shorter or longer than all before.
    Length,
}

impl Sign {
    /// All signs.
    pub const ALL: [Self; 4] = [Self::Empty, Self::Paths, Self::Dates, Self::Length];

    /// As the store and the API write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Paths => "paths",
            Self::Dates => "dates",
            Self::Length => "length",
        }
    }
}

/// What was last read whole at one address: an answer that told more than that nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// When.
    pub at: Millis,
    /// SHA-256 of the answer, hexadecimal.
    pub content_hash: String,
    /// The server once gave another content under the same validators: they say nothing.
    pub lies: bool,
    /// The first links of a listing, as hashes, in order: what they tell of a link is that it was there.
    pub links: Vec<u64>,
    /// How many walks over a listing's further pages broke off since the last whole one.
    pub broken: u32,
}

/// What is remembered of an entry whose page is read as well.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EntryMemory {
    /// Hash of what the feed said when its page was read; empty while that is still to be done.
    pub digest: String,
    /// What the feed said, its text left out where the page's is the better one.
    pub copy: ArticleJson,
    /// How many times in a row its page could not be had.
    pub tries: u32,
}

/// What a server said about one representation, kept as opaque bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub modified: Option<String>,
}

impl Validators {
    /// Whether there is nothing to ask with.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.etag.is_none() && self.modified.is_none()
    }
}

/// What is remembered of one page of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageMemory {
    /// Its validators.
    pub validators: Validators,
    /// SHA-256 of what was read, hexadecimal.
    pub content_hash: Option<String>,
    /// When it is looked at again.
    pub next_check: Option<Millis>,
    /// How many looks failed in a row.
    pub tries: i64,
    /// When it was read for the first time.
    pub first_read: Option<Millis>,
    /// When it was read or found unchanged for the last time.
    pub read_at: Option<Millis>,
    /// Since when the site says that it is gone, or took its copy back.
    pub gone_since: Option<Millis>,
    /// Hash of the words that it told last and that were not believed, because they are another article's or none's.
    pub doubted: Option<String>,
    /// What the listing told of it, for pages that do not tell it themselves.
    pub listed: Listed,
}

/// What a listing told of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// Its headline.
    pub title: Option<String>,
    /// Its time.
    pub date: Option<When>,
}
