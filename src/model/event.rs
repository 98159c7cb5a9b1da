//! What happened to an article, in the order in which it happened.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ArticleId, ArticleJson, ArticleKey, Millis, Revision, Seq};

/// One line of the event log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its place in the log, and its cursor.
    pub seq: Seq,
    /// Its public name, the `webhook-id` of every delivery.
    pub id: Uuid,
    /// What happened.
    pub what: EventType,
    /// To which article.
    pub article: ArticleId,
    /// Its public name.
    pub key: ArticleKey,
    /// As of which revision.
    pub revision: Revision,
    /// When it was accepted.
    pub at: Millis,
    /// Whether receivers are told (contract.md, Silence).
    pub announce: bool,
    /// The article as it was then. No address in it is ours: `urls` fills those in when it leaves.
    pub article_then: ArticleJson,
}

/// What can happen to an article. A cosmetic change is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EventType {
    /// It is new to the public.
    #[serde(rename = "article.published")]
    Published,
    /// A material change: feeds, hub and endpoints hear of it, no mail.
    #[serde(rename = "article.updated")]
    Updated,
    /// An admitted error: everyone who got the wrong version hears of it.
    #[serde(rename = "article.corrected")]
    Corrected,
    /// It was taken back; never with its body.
    #[serde(rename = "article.withdrawn")]
    Withdrawn,
}

impl EventType {
    /// All types.
    pub const ALL: [Self; 4] = [Self::Published, Self::Updated, Self::Corrected, Self::Withdrawn];

    /// Its public name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "article.published",
            Self::Updated => "article.updated",
            Self::Corrected => "article.corrected",
            Self::Withdrawn => "article.withdrawn",
        }
    }

    /// What a new revision means to the public that knew the article as `before`.
    #[must_use]
    pub const fn of_change(before: PriorStanding, corrects: bool) -> Self {
        match (before, corrects) {
            (PriorStanding::Published, true) => Self::Corrected,
            (PriorStanding::Published, false) => Self::Updated,
            (PriorStanding::Unknown, _) => Self::Published,
        }
    }
}

/// Whether the public had already seen an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriorStanding {
    /// It had.
    Published,
    /// It had not.
    Unknown,
}

impl TryFrom<String> for EventType {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|what| what.as_str() == text).ok_or_else(|| format!("no type of event: {text}"))
    }
}
