//! How a session or a message ended, as values.

use super::reply::{Meaning, Reply};
use super::step::Step;
use crate::model::{Exchange, Millis, Phase, Why};

/// Why there is no session. Burns no reader's try: no message was ever named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The server took too long.
    #[error("no answer at {step:?} within {seconds} s")]
    Deadline {
        /// Where.
        step: Step,
        /// How long it was given.
        seconds: u64,
    },
    /// The connection broke, or what came is no SMTP.
    #[error("the connection broke at {step:?}: {what}")]
    Broken {
        /// Where.
        step: Step,
        /// What was seen.
        what: String,
    },
    /// The server refused.
    #[error("refused at {step:?}: {} {}", reply.code, reply.text)]
    Refused {
        /// Where.
        step: Step,
        /// Its answer.
        reply: Reply,
    },
    /// The handshake failed.
    #[error("no TLS: {0}")]
    Tls(String),
    /// STARTTLS is required and the server does not offer it.
    #[error("the server offers no STARTTLS, and the configuration wants it")]
    NoStartTls,
    /// A password would have gone over the wire for everybody to read.
    #[error("the login is not sent without TLS; starttls=none allows it")]
    BareLogin,
    /// The server offers neither PLAIN nor LOGIN.
    #[error("the server offers no way to log in that we speak")]
    NoMechanism,
}

impl Failure {
    /// Whether the operator must act: waiting does not mend it.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        match self {
            Self::NoStartTls | Self::BareLogin | Self::NoMechanism => true,
            Self::Refused { step: Step::Login, reply } => reply.code >= 500,
            Self::Deadline { .. } | Self::Broken { .. } | Self::Refused { .. } | Self::Tls(_) => false,
        }
    }

    /// As the ledger has it.
    #[must_use]
    pub fn why(&self) -> Why {
        match self {
            Self::Deadline { seconds, .. } => Why::Deadline(*seconds),
            Self::Broken { what, .. } => Why::Broken(what.clone()),
            Self::Tls(what) => Why::Tls(what.clone()),
            Self::Refused { reply, .. } if reply.code == 421 => Why::Throttled(421),
            Self::Refused { reply, .. } if !self.is_ours() => Why::Answered(i64::from(reply.code)),
            Self::Refused { .. } | Self::NoStartTls | Self::BareLogin | Self::NoMechanism => Why::Ours(self.to_string()),
        }
    }
}

/// How one message ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The server has it, and answers for it from now on (RFC 5321, 6.1).
    Accepted(Reply),
    /// The server said no; it has nothing.
    Refused {
        /// To what.
        step: Step,
        /// In its words.
        reply: Reply,
        /// What follows.
        meaning: Meaning,
    },
    /// The connection was lost before the final dot: the server has nothing. May be tried again at once, on another connection.
    Lost {
        /// Where.
        step: Step,
        /// Why.
        why: Why,
    },
    /// The connection was lost after the final dot was handed to the network: nobody knows.
    Uncertain {
        /// What was seen.
        why: Why,
    },
}

impl Verdict {
    /// How far it came, as the ledger has it.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Accepted(_) | Self::Refused { .. } => Phase::Done,
            Self::Lost { .. } => Phase::Request,
            Self::Uncertain { .. } => Phase::Answer,
        }
    }

    /// The server's answer, where there is one.
    #[must_use]
    pub const fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Accepted(reply) | Self::Refused { reply, .. } => Some(reply),
            Self::Lost { .. } | Self::Uncertain { .. } => None,
        }
    }

    /// Why it did not go, where it did not.
    #[must_use]
    pub fn why(&self) -> Option<Why> {
        match self {
            Self::Accepted(_) => None,
            Self::Refused { reply, meaning: Meaning::Throttled, .. } => Some(Why::Throttled(i64::from(reply.code))),
            Self::Refused { reply, meaning: Meaning::Ours, .. } => Some(Why::Ours(format!("{} {}", reply.code, reply.text))),
            Self::Refused { reply, .. } => Some(Why::Answered(i64::from(reply.code))),
            Self::Lost { why, .. } | Self::Uncertain { why } => Some(why.clone()),
        }
    }

    /// One line of the ledger, for a try that began `at` and took `ms` milliseconds.
    #[must_use]
    pub fn exchange(&self, at: Millis, ms: i64) -> Exchange {
        let (code, response) = (self.reply().map(|reply| i64::from(reply.code)), self.reply().map(|reply| reply.text.clone()));
        Exchange { at, ms, phase: self.phase(), code, response }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledger_tells_a_refusal_from_a_loss() {
        let reply = Reply::new(550, "5.7.1 spam from li@example.cn");
        let meaning = reply.meaning(Step::Body);
        let refused = Verdict::Refused { step: Step::Body, reply, meaning };
        let line = refused.exchange(Millis(5), 7);
        assert_eq!((line.phase, line.code, line.response.as_deref()), (Phase::Done, Some(550), Some("5.7.1 spam from ***@example.cn")));
        assert_eq!(refused.why(), Some(Why::Ours("550 5.7.1 spam from ***@example.cn".to_owned())));

        let uncertain = Verdict::Uncertain { why: Why::Deadline(600) };
        let line = uncertain.exchange(Millis(5), 7);
        assert_eq!((line.phase, line.code, line.response), (Phase::Answer, None, None));
        assert_eq!(uncertain.why(), Some(Why::Deadline(600)));
        assert_eq!(Verdict::Accepted(Reply::new(250, "ok")).why(), None);
    }
}
