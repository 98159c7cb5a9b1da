//! An edition that was composed, with gaps for what differs from reader to reader.

use serde::{Deserialize, Serialize};

use crate::model::{EditionKind, Slug};

/// An edition ready to be stamped for each of its readers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Composed {
    /// What occasion.
    pub kind: EditionKind,
    /// On one line.
    pub subject: String,
    /// The HTML part.
    pub html: Segments,
    /// The text part.
    pub text: Segments,
    /// What `List-ID` says.
    pub list: ListName,
}

/// The left part of a `List-ID` (RFC 2919): `yicheng.news`, `morning.digests`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListName(String);

impl ListName {
    /// A section's: the deepest part first, as host names go.
    #[must_use]
    pub fn of_section(slug: &Slug) -> Self {
        Self(slug.as_str().rsplit('/').collect::<Vec<_>>().join("."))
    }

    /// A named digest's. Letters outside `[a-z0-9-]` become `-`.
    #[must_use]
    pub fn of_digest(name: &str) -> Self {
        let label: String =
            name.chars().map(|c| c.to_ascii_lowercase()).map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(60).collect();
        let label = label.trim_matches('-');
        Self(if label.is_empty() { "digests".to_owned() } else { format!("{label}.digests") })
    }

    /// As the header has it before the host.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A link that differs from reader to reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Gap {
    Unsubscribe,
    Preferences,
    Browser,
}

impl Gap {
    const ALL: [Self; 3] = [Self::Unsubscribe, Self::Preferences, Self::Browser];

    /// What stands for it until the text is split: a Unicode non-character, which copy never holds (see [`super::clean`]).
    pub(super) const fn mark(self) -> char {
        match self {
            Self::Unsubscribe => '\u{fdd0}',
            Self::Preferences => '\u{fdd1}',
            Self::Browser => '\u{fdd2}',
        }
    }
}

/// A text split at its gaps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segments {
    /// What stands before each gap, and the gap.
    before: Vec<(String, Gap)>,
    tail: String,
}

impl Segments {
    pub(super) fn split(text: &str) -> Self {
        let (mut before, mut start) = (Vec::new(), 0);
        for (at, c) in text.char_indices() {
            if let Some(gap) = Gap::ALL.into_iter().find(|gap| gap.mark() == c) {
                before.push((text[start..at].to_owned(), gap));
                start = at + c.len_utf8();
            }
        }
        Self { before, tail: text[start..].to_owned() }
    }

    pub(super) fn filled(&self, link: impl Fn(Gap) -> String) -> String {
        let mut whole = String::with_capacity(self.len() + self.before.len() * 160);
        for (fixed, gap) in &self.before {
            whole.push_str(fixed);
            whole.push_str(&link(*gap));
        }
        whole.push_str(&self.tail);
        whole
    }

    /// How long it is without what fills the gaps, in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.before.iter().map(|(fixed, _)| fixed.len()).sum::<usize>() + self.tail.len()
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_where_they_stood() {
        let text = format!("a{}b{}{}", Gap::Unsubscribe.mark(), Gap::Browser.mark(), Gap::Preferences.mark());
        let segments = Segments::split(&text);
        assert_eq!(segments.filled(|gap| format!("<{gap:?}>")), "a<Unsubscribe>b<Browser><Preferences>");
        assert_eq!(segments.len(), 2);
    }

    #[test]
    fn list_names_are_host_labels() {
        assert_eq!(ListName::of_section(&Slug::parse("news/yicheng").unwrap()).as_str(), "yicheng.news");
        assert_eq!(ListName::of_digest("Morning 早报").as_str(), "morning.digests");
        assert_eq!(ListName::of_digest("早报").as_str(), "digests");
    }
}
