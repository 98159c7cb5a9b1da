//! Receivers that are people.

use serde::{Deserialize, Serialize};

use super::{EmailAddress, LaneId, Language, Millis, ReceiverId, Rev, Slug};

/// A reader who gets mail. Erased readers keep their row without their address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Its row.
    pub id: ReceiverId,
    /// Where mail goes; `None` once erased.
    pub email: Option<EmailAddress>,
    /// Whether it gets any.
    pub state: SubscriberState,
    /// In which language.
    pub language: Language,
    /// IANA name of the reader's zone.
    pub zone: String,
    /// The lane of its mail provider.
    pub lane: LaneId,
    /// Raised to make every link in earlier mails void.
    pub token_epoch: i64,
    /// Nothing is sent until then.
    pub paused_until: Option<Millis>,
    /// When it last changed.
    pub rev: Rev,
}

/// Whether a reader gets mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubscriberState {
    /// Asked, not yet confirmed.
    Pending,
    /// Confirmed.
    Confirmed,
    /// Left.
    Unsubscribed,
    /// The address takes no mail, or complained.
    Suppressed,
}

impl SubscriberState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Confirmed, Self::Unsubscribed, Self::Suppressed];

    /// As API and store write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Unsubscribed => "unsubscribed",
            Self::Suppressed => "suppressed",
        }
    }
}

impl TryFrom<String> for SubscriberState {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| format!("no state of a subscriber: {text}"))
    }
}

/// What a reader follows, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// What.
    pub target: Target,
    /// How often.
    pub cadence: Cadence,
}

/// What a reader follows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// A section with what lies below it.
    Section(Slug),
    /// A named digest of the newsroom.
    Digest(String),
}

impl Target {
    /// As the store writes it: `section:news/yicheng`, `digest:morning`.
    #[must_use]
    pub fn stored(&self) -> String {
        match self {
            Self::Section(slug) => format!("section:{slug}"),
            Self::Digest(name) => format!("digest:{name}"),
        }
    }

    /// As the store gives it back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(':')?;
        match kind {
            "section" => Slug::parse(name).ok().map(Self::Section),
            "digest" => Some(Self::Digest(name.to_owned())),
            _ => None,
        }
    }
}

/// How often a reader wants mail about a section. A digest has its own times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cadence {
    /// Only what the newsroom marks as breaking.
    Breaking,
    /// Each article at once.
    #[default]
    Instant,
    /// Every so many hours.
    Every,
    /// Once a day at the reader's hour.
    Daily,
    /// Once a week at the reader's hour.
    Weekly,
    /// At the digest's own times.
    Digest,
}

impl Cadence {
    /// All cadences.
    pub const ALL: [Self; 6] = [Self::Breaking, Self::Instant, Self::Every, Self::Daily, Self::Weekly, Self::Digest];

    /// As API and store write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Instant => "instant",
            Self::Every => "every",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Digest => "digest",
        }
    }
}

impl TryFrom<String> for Cadence {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|cadence| cadence.as_str() == text).ok_or_else(|| format!("no cadence: {text}"))
    }
}
