//! Sections: where articles stand, and what people and programs follow.

use serde::{Deserialize, Serialize};

use super::{Rev, Seq};

/// A section's row.
pub type SectionId = Seq;

/// The path of a section: parts of `[a-z0-9-]+` joined by `/`. `news` holds `news/yicheng`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

/// Parts that would collide with routes below a section.
const RESERVED: &[&str] = &["rss", "atom", "feed", "archive"];

/// Deeper nesting than this is a mistake (parts).
const DEEPEST: usize = 6;

/// Longer slugs break addresses in mails (bytes).
const LONGEST: usize = 120;

/// Why a text is no slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// A character outside the alphabet, or an empty part.
    #[error("each part of a section's slug is one or more of a-z, 0-9 and -: {0:?}")]
    Letters(String),
    /// A reserved word.
    #[error("a part of a section's slug is never one of rss, atom, feed, archive: {0:?}")]
    Reserved(String),
    /// Too deep or too long.
    #[error("a section's slug has at most {DEEPEST} parts and {LONGEST} bytes: {0:?}")]
    TooLong(String),
}

impl Slug {
    /// Reads a slug.
    ///
    /// # Errors
    /// Whatever [`SlugError`] names.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        let owned = || text.to_owned();
        if text.len() > LONGEST || text.split('/').count() > DEEPEST {
            return Err(SlugError::TooLong(owned()));
        }
        for part in text.split('/') {
            if part.is_empty() || !part.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
                return Err(SlugError::Letters(owned()));
            }
            if RESERVED.contains(&part) {
                return Err(SlugError::Reserved(owned()));
            }
        }
        Ok(Self(owned()))
    }

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The slug one level up.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// Itself and what it lies below, nearest first.
    pub fn and_ancestors(&self) -> impl Iterator<Item = Self> + use<> {
        std::iter::successors(Some(self.clone()), Self::parent)
    }

    /// Whether this is `other` or lies below it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0 == other.0 || (self.0.starts_with(&other.0) && self.0.as_bytes().get(other.0.len()) == Some(&b'/'))
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its row.
    pub id: SectionId,
    /// Its path.
    pub slug: Slug,
    /// What people call it.
    pub title: String,
    /// What else breadcrumbs call it.
    pub aliases: Vec<String>,
    /// Whether the configuration file declares it.
    pub declared: bool,
    /// When it last changed.
    pub rev: Rev,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_nest_by_whole_parts() {
        let news = Slug::parse("news").unwrap();
        assert!(Slug::parse("news/yicheng").unwrap().is_within(&news));
        assert!(!Slug::parse("newsletter").unwrap().is_within(&news));
        assert_eq!(Slug::parse("a/b/c").unwrap().and_ancestors().map(|s| s.to_string()).collect::<Vec<_>>(), ["a/b/c", "a/b", "a"]);
    }

    #[test]
    fn words_that_are_routes_are_refused() {
        assert!(matches!(Slug::parse("news/feed"), Err(SlugError::Reserved(_))));
        assert!(matches!(Slug::parse("News"), Err(SlugError::Letters(_))));
        assert!(matches!(Slug::parse("news//a"), Err(SlugError::Letters(_))));
    }
}
