//! Names of rows. Internal ones are numbers, public ones are hashes.

use data_encoding::BASE32_NOPAD;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

macro_rules! number {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
    )*};
}

number! {
    /// A place in the log: events, editions and letters draw it from the one counter `log_head`.
    Seq;
    /// When a row last changed, from the same counter; whoever follows the store reads `rev > last`.
    Rev;
    /// An article's row, internal.
    ArticleId;
    /// How many times an article's copy has changed, from 1.
    Revision;
    /// A subscriber, endpoint or lease; all draw from one counter, so that no two receivers share a number.
    ReceiverId;
    /// What one receiver, or one mail provider behind one server, may take.
    LaneId;
    /// One of 256 shares of the work, by hash.
    Slot;
    /// Who owned a slot when a parcel was read; a stale one settles nothing.
    Fence;
}

impl Slot {
    /// How many slots there are: enough for some dozen nodes to share evenly, few enough to renew in one statement.
    pub const COUNT: i64 = 256;

    /// The slot of a lane, source or edition.
    #[must_use]
    pub const fn of(number: i64) -> Self {
        // Fibonacci hashing spreads neighbouring numbers over all slots.
        Self(((number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as i64)
    }
}

/// The public name of an article: what API, routes and commands call `id`.
///
/// Sixteen lower-case base32 letters (80 bits) of a SHA-256, so that the same copy gives the same name in an emptied store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArticleKey(String);

impl ArticleKey {
    const BYTES: usize = 10;

    /// The key of the canonical URL by which an article was first known.
    #[must_use]
    pub fn of_url(url: &super::CanonicalUrl) -> Self {
        Self::of(&["url", url.as_str()])
    }

    /// The key of an article that has no URL: its source's name and its id there.
    #[must_use]
    pub fn of_external(source: &str, external_id: &str) -> Self {
        Self::of(&["external", source, external_id])
    }

    fn of(parts: &[&str]) -> Self {
        let hash = digest(&SHA256, parts.join("\n").as_bytes());
        Self(BASE32_NOPAD.encode(&hash.as_ref()[..Self::BYTES]).to_ascii_lowercase())
    }

    /// A key as somebody wrote it; `None` when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == Self::BYTES * 8 / 5 && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
        fits.then(|| Self(text.to_owned()))
    }

    /// A key that the store gave back.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ArticleKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
