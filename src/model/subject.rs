//! What a delivery is about.

use super::Seq;

/// What is carried to receivers. All three draw their number from one counter, so the number alone names a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// To webhooks, chats, hub subscribers and search engines.
    Event(Seq),
    /// News by mail, composed once and sent to many.
    Edition(Seq),
    /// Written to one person or peer.
    Letter(Seq),
}

impl Subject {
    /// Its place in the log.
    #[must_use]
    pub const fn seq(self) -> Seq {
        match self {
            Self::Event(seq) | Self::Edition(seq) | Self::Letter(seq) => seq,
        }
    }

    /// As the store writes it.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Event(_) => "event",
            Self::Edition(_) => "edition",
            Self::Letter(_) => "letter",
        }
    }

    /// As the store gives it back.
    ///
    /// # Errors
    /// When no such kind exists.
    pub fn stored(kind: &str, seq: Seq) -> Result<Self, String> {
        match kind {
            "event" => Ok(Self::Event(seq)),
            "edition" => Ok(Self::Edition(seq)),
            "letter" => Ok(Self::Letter(seq)),
            other => Err(format!("no kind of subject: {other}")),
        }
    }
}
