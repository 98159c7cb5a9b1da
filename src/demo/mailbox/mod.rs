//! A mailbox for everyone: an SMTP server (RFC 5321) that keeps each mail in memory, and misbehaves on request.

mod session;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mail_parser::MessageParser;
use tokio::sync::watch;

use super::{DemoError, serve};
use crate::clock::Clock;
use crate::lifecycle::Lifecycle;
use crate::model::Millis;

/// A mail as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The envelope's sender; empty for the null sender.
    pub from: String,
    /// The envelope's recipients, in the order they were accepted.
    pub to: Vec<String>,
    /// The message with its header, lines ending in CRLF, dots unstuffed.
    pub bytes: Vec<u8>,
    /// When its final dot came.
    pub at: Millis,
}

impl Mail {
    /// The subject, decoded; empty where there is none.
    #[must_use]
    pub fn subject(&self) -> String {
        self.parsed(|message| message.subject().map(ToOwned::to_owned))
    }

    /// The text part, decoded; made from the HTML part where there is no other.
    #[must_use]
    pub fn text(&self) -> String {
        self.parsed(|message| message.body_text(0).map(std::borrow::Cow::into_owned))
    }

    /// The HTML part, decoded; empty where there is none.
    #[must_use]
    pub fn html(&self) -> String {
        self.parsed(|message| {
            let part = message.html_part(0)?;
            matches!(part.body, mail_parser::PartType::Html(_)).then(|| part.text_contents().map(ToOwned::to_owned))?
        })
    }

    /// A header's value as it was sent, unfolded; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        self.parsed(|message| message.header_raw(name).map(|raw| raw.split_whitespace().collect::<Vec<_>>().join(" ")))
    }

    fn parsed(&self, part: impl FnOnce(&mail_parser::Message<'_>) -> Option<String>) -> String {
        MessageParser::default().parse(&self.bytes).as_ref().and_then(part).unwrap_or_default()
    }
}

/// What goes wrong with one mail. Mishaps are played in turn, one a mail that reaches its DATA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// None: a turn that goes well.
    None,
    /// The connection breaks after the `354`: nothing was accepted.
    DropAfterData,
    /// The connection breaks after the final dot, before its answer. The mail is kept or not; the sender cannot know.
    DropAfterDot {
        /// Whether the mailbox has it all the same.
        kept: bool,
    },
    /// The final dot is answered with this code, such as 451 or 554.
    Refuse(u16),
    /// The final dot is answered as usual, but so much later.
    Late(Duration),
}

/// How the mailbox behaves now.
#[derive(Debug, Default)]
struct Script {
    refused: HashMap<String, u16>,
    mishaps: VecDeque<Mishap>,
    pace: Duration,
}

/// A mailbox on loopback. Every address is in it.
#[derive(Debug, Clone)]
pub struct Mailbox {
    address: SocketAddr,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    clock: Clock,
    mails: watch::Sender<Vec<Mail>>,
    script: Mutex<Script>,
}

impl Inner {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailbox {
    /// Starts a mailbox.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(clock: Clock, lifecycle: &Lifecycle) -> Result<Self, DemoError> {
        let (listener, address) = serve::bind("the mailbox").await?;
        let inner = Arc::new(Inner { clock, mails: watch::channel(Vec::new()).0, script: Mutex::default() });
        serve::accept("the mailbox", lifecycle, listener, {
            let (inner, lifecycle) = (Arc::clone(&inner), lifecycle.clone());
            move |stream| session::hold(stream, Arc::clone(&inner), lifecycle.clone())
        });
        Ok(Self { address, inner })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// For `[[mail.server]]`: `smtp://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Every mail so far, oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<Mail> {
        self.inner.mails.borrow().clone()
    }

    /// Waits until `enough` says so of all mails so far, and gives them. `None` when `deadline` passes first.
    pub async fn wait_for(&self, deadline: Duration, mut enough: impl FnMut(&[Mail]) -> bool) -> Option<Vec<Mail>> {
        let mut watch = self.inner.mails.subscribe();
        let found = tokio::time::timeout(deadline, watch.wait_for(|mails| enough(mails))).await;
        found.ok()?.ok().map(|mails| mails.clone())
    }

    /// Forgets every mail.
    pub fn clear(&self) {
        self.inner.mails.send_replace(Vec::new());
    }

    /// From now on answers this recipient's RCPT with a code, such as 550 or 451.
    pub fn refuse(&self, recipient: &str, code: u16) {
        self.inner.script().refused.insert(recipient.to_ascii_lowercase(), code);
    }

    /// Accepts this recipient again.
    pub fn accept(&self, recipient: &str) {
        self.inner.script().refused.remove(&recipient.to_ascii_lowercase());
    }

    /// What goes wrong with the next mails, one after another; then all goes well again.
    pub fn play(&self, mishaps: impl IntoIterator<Item = Mishap>) {
        self.inner.script().mishaps.extend(mishaps);
    }

    /// Waits so long before every answer from now on.
    pub fn answer_after(&self, pace: Duration) {
        self.inner.script().pace = pace;
    }
}

#[cfg(test)]
mod tests;
