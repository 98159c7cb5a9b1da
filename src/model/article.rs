//! An article as the newsroom stands by it.

use serde::{Deserialize, Serialize};

use super::{ArticleKey, CanonicalUrl, Millis, Revision, SafeHtml, Slug};

/// One article at one revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its public name, for ever.
    pub key: ArticleKey,
    /// From 1, one more for each change.
    pub revision: Revision,
    /// The CMS's own address, where it has one.
    pub url: Option<CanonicalUrl>,
    /// The source it came from.
    pub source: String,
    /// Its id in that source.
    pub external_id: Option<String>,
    /// What it consists of.
    pub kind: Kind,
    /// Whether the public may see it.
    pub standing: Standing,
    /// On one line.
    pub title: String,
    /// Where it stands, the first being the principal one. Never their ancestors.
    pub sections: Vec<Slug>,
    /// Who wrote it.
    pub authors: Vec<Byline>,
    /// Who edited it; never an author.
    pub editors: Vec<Byline>,
    /// Where it was taken from (来源), where that is told.
    pub origin: Option<Origin>,
    /// As the newsroom gave it.
    pub summary: Option<String>,
    /// The body.
    pub body: SafeHtml,
    /// The lead picture.
    pub image: Option<Image>,
    /// All pictures.
    pub images: Vec<Image>,
    /// Keywords.
    pub tags: Vec<String>,
    /// BCP 47.
    pub language: String,
    /// As printed by the newsroom.
    pub published: Millis,
    /// The last material change or correction; `published` until there is one.
    pub revised: Millis,
    /// The newsroom marked it as breaking.
    pub breaking: bool,
    /// The admitted error, where this revision corrects one.
    pub correction: Option<String>,
    /// The id that its readers know it by from the feed that ours replaces; it stands in place of our tag.
    pub kept: Option<KeptId>,
}

/// An id that an article had before it came to us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptId {
    /// As it was written.
    pub id: String,
    /// It is the article's address as well (RSS 2.0, `isPermaLink`).
    #[serde(default)]
    pub permalink: bool,
}

/// What an article consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Paragraphs.
    #[default]
    Text,
    /// A bare pointer to somebody else's page.
    Link,
    /// Pictures.
    Gallery,
    /// A film.
    Video,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Text, Self::Link, Self::Gallery, Self::Video];

    /// As the API and the store write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Link => "link",
            Self::Gallery => "gallery",
            Self::Video => "video",
        }
    }
}

impl TryFrom<String> for Kind {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| format!("no kind of article: {text}"))
    }
}

/// Whether the public may see an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Published,
    /// It waits: for an editor, or for its minute.
    Held {
        /// Why, in words for the editor.
        because: String,
        /// An embargo's end; without one only an editor lets it go.
        release_at: Option<Millis>,
        /// An editor put it there: no later copy lets it go.
        by_editor: bool,
    },
    /// It was taken back.
    Withdrawn(Withdrawal),
}

/// A withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// When.
    pub at: Millis,
    /// Why, in the newsroom's words.
    pub reason: String,
}

impl Standing {
    /// As the API and the store write it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Held { .. } => "held",
            Self::Withdrawn(_) => "withdrawn",
        }
    }
}

/// A person and what that person did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Byline {
    /// The name, spaces inside a padded Chinese name removed.
    pub name: String,
    /// As printed: 记者, 通讯员, 编辑, 编审.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// Where copy was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// As printed.
    pub name: String,
    /// Where told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A picture. What is not known is absent, never guessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Absolute.
    pub url: String,
    /// The text in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// Pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The hash of our copy (SHA-256, lower hex), where one is kept; when it leaves as JSON, the copy's address. `url` stays what the
    /// newsroom wrote, so that a copy is no change and whoever sends an article back sends the same one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<String>,
}

impl Image {
    /// A picture of which only the address is known.
    #[must_use]
    pub const fn at(url: String) -> Self {
        Self { url, alt: None, width: None, height: None, media_type: None, bytes: None, copy: None }
    }
}

impl Article {
    /// The summary: as given, else the first sentences of the body, at most [`Self::SUMMARY`] characters.
    #[must_use]
    pub fn summary_or_lead(&self) -> String {
        match &self.summary {
            Some(summary) if !summary.trim().is_empty() => summary.clone(),
            _ => lead_of(&self.body.prose()),
        }
    }

    /// How long a summary taken from the body may be: two lines on a phone, in characters.
    pub const SUMMARY: usize = 140;

    /// Whether its page answers with its copy.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        matches!(self.standing, Standing::Published)
    }
}

/// The beginning of a text, cut behind a full stop where one is near, else with `…`.
fn lead_of(text: &str) -> String {
    // Between Chinese paragraphs stands no space, between others one.
    let flat = text.lines().map(super::one_line).filter(|line| !line.is_empty()).fold(String::new(), |flat, line| {
        let gap = if flat.is_empty() || flat.ends_with(['。', '！', '？', '”', '：', '；', '…']) { "" } else { " " };
        flat + gap + &line
    });
    if flat.chars().count() <= Article::SUMMARY {
        return flat;
    }
    let cut: String = flat.chars().take(Article::SUMMARY).collect();
    let stops = ['。', '！', '？', '!', '?'];
    match cut.rfind(stops).or_else(|| cut.rfind(". ")) {
        Some(at) if cut[..at].chars().count() > Article::SUMMARY / 3 => {
            let end = cut[at..].chars().next().map_or(at, |stop| at + stop.len_utf8());
            cut[..end].to_owned()
        }
        _ => format!("{}…", cut.trim_end()),
    }
}
