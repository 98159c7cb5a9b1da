//! What is remembered of a source between two visits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ArticleJson, Millis};

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
    /// robots.txt by origin, with the time at which it was read.
    pub robots: BTreeMap<String, (Millis, Option<String>)>,
    /// How many visits in a row failed.
    pub failures: u32,
    /// When copy was found, for learning the interval: at most the last 64 times.
    pub found_at: Vec<Millis>,
    /// How often each line stood on this source's pages, as a hash; lines on many pages are furniture.
    pub lines: BTreeMap<u64, u32>,
    /// How many pages the line counts come from.
    pub pages: u32,
    /// A feed's entries whose pages are read as well, by their addresses: at most 500.
    pub entries: BTreeMap<String, EntryMemory>,
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
}
