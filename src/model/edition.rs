//! What is mailed: news to many, letters to one.

use serde::{Deserialize, Serialize};

use super::{Millis, Seq};

/// Everything mailed about news: composed once, sent to many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Its place in the log.
    pub id: Seq,
    /// What occasion.
    pub kind: EditionKind,
    /// What makes it happen once: `alert:{article}:{revision}`, `digest:{name}:{slot in UTC}`.
    pub idem: String,
    /// The first and last event that it covers, by ingest order.
    pub window: (Seq, Seq),
    /// How far it is.
    pub state: EditionState,
    /// One more for each recomposition while it is being sent.
    pub version: i64,
    /// Not before.
    pub send_after: Millis,
    /// Readers that were looked at.
    pub candidates: i64,
    /// Readers left out, by reason.
    pub excluded: Vec<(String, i64)>,
}

/// The occasion of an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EditionKind {
    /// One article, at once.
    Alert,
    /// Several, by the clock.
    Digest,
    /// An admitted error, to those who got it.
    Correction,
    /// A withdrawal, to those who were told.
    Withdrawal,
}

impl EditionKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Alert, Self::Digest, Self::Correction, Self::Withdrawal];

    /// As the store writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Digest => "digest",
            Self::Correction => "correction",
            Self::Withdrawal => "withdrawal",
        }
    }
}

impl TryFrom<String> for EditionKind {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| format!("no kind of edition: {text}"))
    }
}

/// How far an edition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EditionState {
    /// Waits for an editor's word.
    Draft,
    /// Its audience is being written down, in chunks.
    Addressing,
    /// Every reader has a delivery.
    Sending,
    /// There was nothing to tell.
    Skipped,
}

impl EditionState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Addressing, Self::Sending, Self::Skipped];

    /// As the store writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Addressing => "addressing",
            Self::Sending => "sending",
            Self::Skipped => "skipped",
        }
    }
}

impl TryFrom<String> for EditionState {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| format!("no state of an edition: {text}"))
    }
}

/// Something written to one person or peer. Its payload is sealed in the store: it may hold an address or a one-time link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum LetterKind {
    /// "Please confirm": to a new subscriber.
    Confirmation {
        /// The subscriptions asked for, as [`super::Target::stored`] writes them.
        targets: Vec<String>,
        /// How often each of them, in the same order.
        #[serde(default)]
        cadences: Vec<super::Cadence>,
    },
    /// The link to the preferences, to somebody who asked for it.
    Preferences,
    /// To the operator's mailbox: does mail work?
    MailTest {
        /// Where to.
        to: String,
    },
    /// To an editor: an article waits, with its reason.
    ArticleHeld {
        /// Where to.
        to: String,
        /// The article's public name.
        article: String,
        /// Its headline.
        title: String,
        /// Why it waits.
        because: String,
    },
    /// To an editor: a source is not itself, and its new copy may wait.
    SourceDrifts {
        /// Where to.
        to: String,
        /// The source's name.
        source: String,
        /// What is wrong with it.
        because: String,
    },
    /// To an endpoint: `endpoint.test`.
    EndpointTest,
}

/// A letter as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its place in the log.
    pub id: Seq,
    /// What it says.
    pub kind: LetterKind,
    /// After that nobody wants it.
    pub expires_at: Option<Millis>,
}
