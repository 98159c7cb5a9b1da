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
mod tests {
    use super::*;
    use crate::demo::wire::Wire;

    async fn mailbox() -> (Mailbox, Lifecycle) {
        let lifecycle = Lifecycle::default();
        let mailbox = Mailbox::start(Clock::manual(Millis(1_800_000_000_000)), &lifecycle).await.unwrap();
        (mailbox, lifecycle)
    }

    const SOON: Duration = Duration::from_secs(5);

    /// Speaks the lines and gives the codes that came back, one a reply.
    async fn codes(wire: &mut Wire, lines: &[&str]) -> Vec<String> {
        let mut all = Vec::new();
        for line in lines {
            wire.send(format!("{line}\r\n").as_bytes()).await;
            all.push(reply(wire).await);
        }
        all
    }

    /// The code of the next reply, whose last line has a space after its code.
    async fn reply(wire: &mut Wire) -> String {
        loop {
            let line = wire.line().await.unwrap_or_default();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.chars().take(3).collect();
            }
        }
    }

    const OPEN: [&str; 4] = ["EHLO a.test", "MAIL FROM:<news@a.test> SIZE=200 BODY=8BITMIME", "RCPT TO:<reader@b.test>", "DATA"];

    #[tokio::test]
    async fn a_mail_is_kept_as_it_was_sent() {
        let (mailbox, lifecycle) = mailbox().await;
        let mut wire = Wire::dial(mailbox.address()).await;
        assert_eq!(reply(&mut wire).await, "220");
        assert_eq!(codes(&mut wire, &OPEN).await, ["250", "250", "250", "354"]);
        let message = "Subject: =?utf-8?B?5LqR5rqq5pma5oql?=\r\nList-Id: <a.b.test>\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n\
                       --x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n..dots\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>h</p>\r\n--x--\r\n.\r\n";
        wire.send(message.as_bytes()).await;
        assert_eq!(reply(&mut wire).await, "250");
        assert_eq!(codes(&mut wire, &["NOOP", "RSET", "NONSENSE", "QUIT"]).await, ["250", "250", "502", "221"]);
        let mails = mailbox.wait_for(SOON, |mails| mails.len() == 1).await.unwrap();
        let mail = &mails[0];
        assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("news@a.test", ["reader@b.test".to_owned()].as_slice()));
        assert_eq!(mail.subject(), "云溪晚报");
        assert_eq!(mail.text().trim(), ".dots");
        assert_eq!(mail.html().trim(), "<p>h</p>");
        assert_eq!(mail.header("List-Id"), "<a.b.test>");
        assert_eq!(mail.at, Millis(1_800_000_000_000));
        lifecycle.stop_softly();
        tokio::time::timeout(SOON, lifecycle.ended()).await.unwrap();
    }

    #[tokio::test]
    async fn a_pipelined_session_is_answered_in_order() {
        let (mailbox, _lifecycle) = mailbox().await;
        let mut wire = Wire::dial(mailbox.address()).await;
        wire.send(b"EHLO a.test\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.test>\r\nRCPT TO:<c@b.test>\r\nDATA\r\n").await;
        let mut all = Vec::new();
        for _ in 0..6 {
            all.push(reply(&mut wire).await);
        }
        assert_eq!(all, ["220", "250", "250", "250", "250", "354"]);
        wire.send(b"Subject: one\r\n\r\nText\r\n.\r\nMAIL FROM:<>\r\nQUIT\r\n").await;
        assert_eq!([reply(&mut wire).await, reply(&mut wire).await, reply(&mut wire).await], ["250", "250", "221"]);
        assert_eq!(mailbox.received()[0].to, ["a@b.test", "c@b.test"]);
        assert_eq!(mailbox.received()[0].from, "");
    }

    #[tokio::test]
    async fn commands_out_of_order_and_too_much_are_refused() {
        let (mailbox, _lifecycle) = mailbox().await;
        let mut wire = Wire::dial(mailbox.address()).await;
        reply(&mut wire).await;
        let lines = ["MAIL FROM:<a@b.test>", "EHLO x", "DATA", "RCPT TO:<a@b.test>", "MAIL FROM:<a@b.test> SIZE=99999999", "MAIL a@b.test"];
        assert_eq!(codes(&mut wire, &lines).await, ["503", "250", "503", "503", "552", "501"]);
        let long = "X".repeat(5000);
        assert_eq!(codes(&mut wire, &[&long, "NOOP"]).await, ["500", "250"]);
    }

    #[tokio::test]
    async fn the_script_is_played() {
        let (mailbox, _lifecycle) = mailbox().await;
        mailbox.refuse("Gone@b.test", 550);
        let mut wire = Wire::dial(mailbox.address()).await;
        reply(&mut wire).await;
        let lines = ["EHLO a", "MAIL FROM:<a@a.test>", "RCPT TO:<gone@b.test>", "RCPT TO:<here@b.test>"];
        assert_eq!(codes(&mut wire, &lines).await, ["250", "250", "550", "250"]);

        mailbox.accept("gone@b.test");
        assert_eq!(codes(&mut wire, &["RCPT TO:<gone@b.test>"]).await, ["250"]);
        mailbox.play([
            Mishap::DropAfterData,
            Mishap::DropAfterDot { kept: true },
            Mishap::DropAfterDot { kept: false },
            Mishap::Refuse(451),
        ]);
        assert_eq!(codes(&mut wire, &["DATA"]).await, ["354"]);
        assert_eq!(wire.line().await, None);
        for (answer, kept) in [("", 1), ("", 1), ("451", 1), ("250", 2)] {
            let mut wire = Wire::dial(mailbox.address()).await;
            reply(&mut wire).await;
            assert_eq!(codes(&mut wire, &OPEN).await, ["250", "250", "250", "354"]);
            wire.send(b"Subject: x\r\n\r\nText\r\n.\r\n").await;
            assert_eq!(reply(&mut wire).await, answer);
            assert_eq!(mailbox.received().len(), kept);
        }
    }

    #[tokio::test]
    async fn slow_answers_are_slow_and_a_deadline_passes() {
        let (mailbox, _lifecycle) = mailbox().await;
        mailbox.answer_after(Duration::from_millis(80));
        let begun = tokio::time::Instant::now();
        let mut wire = Wire::dial(mailbox.address()).await;
        reply(&mut wire).await;
        codes(&mut wire, &["EHLO a"]).await;
        assert!(begun.elapsed() >= Duration::from_millis(160));
        mailbox.answer_after(Duration::ZERO);
        mailbox.play([Mishap::Late(Duration::from_millis(120))]);
        codes(&mut wire, &OPEN).await;
        let begun = tokio::time::Instant::now();
        wire.send(b"Subject: x\r\n\r\na bare\n.\nends nothing\r\n.\r\n").await;
        assert_eq!(reply(&mut wire).await, "250");
        assert!(begun.elapsed() >= Duration::from_millis(120));
        assert!(mailbox.received()[0].text().contains("ends nothing"));
        mailbox.clear();
        assert!(mailbox.wait_for(Duration::from_millis(30), |mails| !mails.is_empty()).await.is_none());
    }
}
