//! How an attempt ended, and what follows from it.

use serde::{Deserialize, Serialize};

use super::{Class, Fence, LaneId, Millis, ReceiverId, Subject};

/// One try at one delivery, as it will stand in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// What was carried.
    pub subject: Subject,
    /// In which lane.
    pub lane: LaneId,
    /// To whom.
    pub receiver: ReceiverId,
    /// Its class, kept when it is parked.
    pub class: Class,
    /// The owner's fence when the parcel was read; a stale one changes nothing.
    pub fence: Fence,
    /// How many attempts were settled before this one; a second settlement of the same try changes nothing.
    pub tries: i64,
    /// What was seen.
    pub exchange: Exchange,
    /// How it ended.
    pub outcome: Outcome,
    /// What else changes, in the same transaction.
    pub effects: Vec<Effect>,
}

/// What was seen of one exchange.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exchange {
    /// When it began.
    pub at: Millis,
    /// How long it took, in milliseconds.
    pub ms: i64,
    /// How far it came.
    pub phase: Phase,
    /// The peer's status: HTTP's or SMTP's.
    pub code: Option<i64>,
    /// The peer's words: at most 4 KB, secrets and addresses masked.
    pub response: Option<String>,
}

/// How far an exchange came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Nothing was dialled: the guard, the configuration or the order of revisions said no.
    #[default]
    Before,
    /// Resolving, connecting, TLS, greeting, login.
    Connect,
    /// The request or the envelope was on its way.
    Request,
    /// The whole request was sent (for mail: the final dot), the answer was awaited.
    Answer,
    /// An answer came.
    Done,
}

impl Phase {
    /// As the store writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Connect => "connect",
            Self::Request => "request",
            Self::Answer => "answer",
            Self::Done => "done",
        }
    }
}

impl TryFrom<String> for Phase {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let all = [Self::Before, Self::Connect, Self::Request, Self::Answer, Self::Done];
        all.into_iter().find(|phase| phase.as_str() == text).ok_or_else(|| format!("no phase of an exchange: {text}"))
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Accepted {
        /// The revision, or the edition's version, that went.
        carried: i64,
    },
    /// Later.
    Retry {
        /// Not before.
        at: Millis,
        /// Why.
        why: Why,
    },
    /// Never.
    Refused(Why),
    /// Mail only: lost after the final dot.
    Uncertain,
    /// A newer revision goes instead.
    Superseded,
    /// Too old to be news.
    Expired,
}

/// Why something did not go, as a value that code may match.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The guard let nothing out.
    #[error("the address is not allowed: {0}")]
    Guard(String),
    /// The name has no address.
    #[error("the name does not resolve")]
    Resolve,
    /// No connection.
    #[error("no connection: {0}")]
    Connect(String),
    /// TLS failed.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// The whole exchange took too long.
    #[error("no complete answer within {0} s")]
    Deadline(u64),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The peer answered something other than success.
    #[error("answered {0}")]
    Answered(i64),
    /// The peer asked for patience.
    #[error("asked to wait ({0})")]
    Throttled(i64),
    /// The peer is gone for good.
    #[error("gone ({0})")]
    Gone(i64),
    /// The peer sent us elsewhere; deliveries follow nobody.
    #[error("answered with a redirect ({0}), which deliveries never follow")]
    Redirect(i64),
    /// The lane's breaker was open.
    #[error("the receiver failed too often and is left alone for a while")]
    Breaker,
    /// The receiver left, or was disabled, before its turn.
    #[error("the receiver no longer wants it")]
    Left,
    /// Every try was used.
    #[error("given up after {0} tries")]
    Exhausted(i64),
    /// The subject cannot be carried: withdrawn, expired, or not composable.
    #[error("nothing to carry: {0}")]
    Subject(String),
    /// A server of ours refused us: login, sender, configuration.
    #[error("our own fault: {0}")]
    Ours(String),
}

/// What a settlement changes elsewhere: a closed list, which the store applies in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The endpoint answered 410 or its provider's like: nothing more is sent to it.
    DisableEndpoint {
        /// Which.
        receiver: ReceiverId,
        /// For the operator.
        why: String,
    },
    /// A partner's endpoint answered 2xx for the first time: it gets news from now on.
    ProveEndpoint {
        /// Which.
        receiver: ReceiverId,
    },
    /// The address takes no mail.
    SuppressReader {
        /// Which.
        receiver: ReceiverId,
        /// For `subscriber why`.
        why: String,
    },
    /// What the channel called our message, so that it can be edited or deleted.
    RememberPosted {
        /// The channel's name for it.
        posted: String,
    },
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub n: i64,
    /// What was seen.
    pub exchange: Exchange,
    /// In words.
    pub why: Option<String>,
}
