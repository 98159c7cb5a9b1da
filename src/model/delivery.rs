//! One receiver of one subject.

use serde::{Deserialize, Serialize};

use super::{LaneId, Millis, ReceiverId, Subject};

/// One receiver × one subject, in exactly one state at all times. Its identity is (subject, receiver).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What is carried.
    pub subject: Subject,
    /// Through which lane.
    pub lane: LaneId,
    /// To whom.
    pub receiver: ReceiverId,
    /// Before what else it goes.
    pub class: Class,
    /// Where it stands.
    pub state: State,
    /// When a parked one is due.
    pub due: Option<Millis>,
    /// How many attempts were settled.
    pub tries: i64,
    /// Which revision, or edition version, the receiver got.
    pub carried: Option<i64>,
    /// The last answer in words.
    pub why: Option<String>,
    /// When it came to rest.
    pub settled_at: Option<Millis>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Fresh: its lane takes it when its turn comes.
    Waiting,
    /// Until a time.
    Parked,
    /// Mail only: the final dot may be on the wire.
    Sending,
    /// The receiver has it.
    Accepted,
    /// The receiver will never take it.
    Refused,
    /// Mail only: lost after the final dot; counted and shown, never guessed.
    Uncertain,
    /// A newer revision went instead.
    Superseded,
    /// Too old to be news.
    Expired,
}

impl State {
    /// All states.
    pub const ALL: [Self; 8] =
        [Self::Waiting, Self::Parked, Self::Sending, Self::Accepted, Self::Refused, Self::Uncertain, Self::Superseded, Self::Expired];

    /// As API and store write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Parked => "parked",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Uncertain => "uncertain",
            Self::Superseded => "superseded",
            Self::Expired => "expired",
        }
    }

    /// Whether nothing more will happen to it by itself.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Waiting | Self::Parked | Self::Sending)
    }
}

impl TryFrom<String> for State {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| format!("no state of a delivery: {text}"))
    }
}

/// What goes first within a lane: a confirmation never waits behind a million digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Written to one person.
    Letter,
    /// News as it happens.
    Alert,
    /// News by the clock.
    Digest,
    /// Sent again by hand, paced so that live news does not wait.
    Replay,
}

impl Class {
    /// All classes, first things first.
    pub const ALL: [Self; 4] = [Self::Letter, Self::Alert, Self::Digest, Self::Replay];

    /// As the store writes it.
    #[must_use]
    pub const fn rank(self) -> i64 {
        self as i64
    }
}

impl TryFrom<i64> for Class {
    type Error = String;
    fn try_from(rank: i64) -> Result<Self, String> {
        Self::ALL.into_iter().find(|class| class.rank() == rank).ok_or_else(|| format!("no class of a delivery: {rank}"))
    }
}
