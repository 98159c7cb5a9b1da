//! One connection to a mail server, and one message after another over it.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use tokio::time::timeout;

use super::deadlines::Deadlines;
use super::reply::{Reply, innermost};
use super::step::Step;
use super::verdict::Verdict;
use crate::mail::Message;
use crate::model::{EmailAddress, Why};

/// One write of the body, and what one deadline covers (bytes): four of the largest TLS records.
const BLOCK: usize = 64 * 1024;

/// An open connection, past greeting, TLS and login.
pub struct Session {
    connection: AsyncSmtpConnection,
    deadlines: Deadlines,
    sent: usize,
    /// Nothing more may be said on it.
    over: bool,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("sent", &self.sent).field("over", &self.over).finish_non_exhaustive()
    }
}

/// How a single command ended.
enum Answer {
    Yes(Reply),
    No(Reply),
    Lost(Why),
}

impl Session {
    /// A session over a connection that is past all that.
    pub(super) const fn over(connection: AsyncSmtpConnection, deadlines: Deadlines) -> Self {
        Self { connection, deadlines, sent: 0, over: false }
    }

    /// How many messages were offered to it.
    #[must_use]
    pub const fn sent(&self) -> usize {
        self.sent
    }

    /// Whether another message may be offered.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !self.over
    }

    /// Offers one message. `before_dot` is awaited once the server said 354 and before any byte of the body: what must be on disk before the
    /// message can be accepted is written there. Where it fails the connection is dropped, the server has nothing, and its error comes back.
    ///
    /// # Errors
    /// Only those of `before_dot`.
    pub async fn send<E>(&mut self, message: &Message, before_dot: impl Future<Output = Result<(), E>>) -> Result<Verdict, E> {
        if self.over {
            return Ok(Verdict::Lost { step: Step::Mail, why: Why::Broken("the session is over".to_owned()) });
        }
        self.sent += 1;
        let Deadlines { mail, rcpt, data, .. } = self.deadlines;
        let envelope = [
            (Step::Mail, mail, format!("MAIL FROM:<{}>\r\n", path(&message.envelope_from))),
            (Step::Rcpt, rcpt, format!("RCPT TO:<{}>\r\n", path(&message.envelope_to))),
            (Step::Data, data, "DATA\r\n".to_owned()),
        ];
        for (step, deadline, command) in envelope {
            match self.say(&command, deadline).await {
                Answer::Yes(reply) if (step == Step::Data) == (reply.code == 354) => {}
                Answer::Yes(reply) => return Ok(self.lose(step, Why::Broken(format!("answered {} out of turn", reply.code)))),
                Answer::No(reply) => return Ok(self.refuse(step, reply).await),
                Answer::Lost(why) => return Ok(self.lose(step, why)),
            }
        }
        if let Err(error) = before_dot.await {
            // Dropped in the middle of DATA: the server must forget the message (RFC 5321, 4.1.1.4).
            self.over = true;
            return Err(error);
        }
        Ok(self.body(&message.bytes).await)
    }

    /// Says good-bye, politely but briefly. A session that is dropped instead just ends.
    pub async fn close(mut self) {
        if !self.over {
            // Whatever comes of it, nothing depends on it.
            let _ = timeout(self.deadlines.close, self.connection.quit()).await;
        }
    }

    /// The body, the final dot, and its answer.
    async fn body(&mut self, bytes: &[u8]) -> Verdict {
        // lettre ends a body with CRLF of its own.
        let mut blocks = bytes.strip_suffix(b"\r\n").unwrap_or(bytes).chunks(BLOCK);
        let last = blocks.len() + 1;
        let asked = AtomicUsize::new(0);
        // lettre asks for the next block once the one before is with the network, and writes the dot when there is none.
        let counted = std::iter::from_fn(|| {
            asked.fetch_add(1, Ordering::Relaxed);
            blocks.next()
        });
        let (block, dot) = (self.deadlines.block, self.deadlines.dot);
        let ended = tokio::select! {
            biased;
            ended = self.connection.message_iter(counted) => Ok(ended),
            seconds = stalled(&asked, last, block, dot) => Err(Why::Deadline(seconds)),
        };
        let dot_went = asked.load(Ordering::Relaxed) >= last;
        let why = match ended {
            Ok(ended) => match answer(ended) {
                Answer::Yes(reply) if reply.code < 300 => return Verdict::Accepted(reply),
                Answer::Yes(reply) => Why::Broken(format!("answered {} to the final dot", reply.code)),
                Answer::No(reply) => return self.refuse(Step::Body, reply).await,
                Answer::Lost(why) => why,
            },
            Err(why) => why,
        };
        self.over = true;
        if dot_went { Verdict::Uncertain { why } } else { Verdict::Lost { step: Step::Body, why } }
    }

    /// One command and its answer.
    async fn say(&mut self, command: &str, deadline: Duration) -> Answer {
        match timeout(deadline, self.connection.command(command)).await {
            Ok(ended) => answer(ended),
            Err(_) => Answer::Lost(Why::Deadline(deadline.as_secs())),
        }
    }

    fn lose(&mut self, step: Step, why: Why) -> Verdict {
        self.over = true;
        Verdict::Lost { step, why }
    }

    /// A refusal leaves the connection good for the next message, but for 421, which ends it (RFC 5321, 3.8).
    async fn refuse(&mut self, step: Step, reply: Reply) -> Verdict {
        if reply.code == 421 {
            self.over = true;
        } else if matches!(step, Step::Rcpt | Step::Data) {
            // Only here is a transaction half open; some providers punish an RSET without need.
            self.over = !matches!(self.say("RSET\r\n", self.deadlines.close).await, Answer::Yes(_));
        }
        let meaning = reply.meaning(step);
        Verdict::Refused { step, reply, meaning }
    }
}

/// Ends, with the seconds granted, when a block or the final answer takes too long. A step that began while another was watched is watched afresh.
async fn stalled(asked: &AtomicUsize, last: usize, block: Duration, dot: Duration) -> u64 {
    loop {
        let seen = asked.load(Ordering::Relaxed);
        let granted = if seen >= last { dot } else { block };
        tokio::time::sleep(granted).await;
        if asked.load(Ordering::Relaxed) == seen {
            return granted.as_secs();
        }
    }
}

/// The address as a path (RFC 5321, 4.1.2). [`EmailAddress`] holds no character that could end it.
fn path(address: &EmailAddress) -> &str {
    address.expose()
}

fn answer(ended: Result<lettre::transport::smtp::response::Response, lettre::transport::smtp::Error>) -> Answer {
    match ended {
        Ok(response) => Answer::Yes(Reply::new(response.code().into(), &response.message().collect::<Vec<_>>().join(" "))),
        Err(error) => match error.status() {
            Some(code) => Answer::No(Reply::new(code.into(), &innermost(&error))),
            None => Answer::Lost(Why::Broken(innermost(&error))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::peer::{Peer, React};
    use super::super::reply::Meaning;
    use super::*;
    use std::convert::Infallible;

    /// For what is expected to hang.
    const SHORT: Duration = Duration::from_millis(400);
    const DEADLINES: Deadlines = Deadlines {
        greeting: SHORT,
        tls: SHORT,
        login: SHORT,
        mail: SHORT,
        rcpt: SHORT,
        data: SHORT,
        block: SHORT,
        dot: SHORT,
        close: SHORT,
    };

    /// For what is expected to go well, on a busy machine too.
    const PATIENT: Deadlines = Deadlines::RFC_5321;

    fn message(body: &str) -> Message {
        let address = |text: &str| EmailAddress::parse(text).unwrap();
        Message {
            envelope_from: address("news@example.cn"),
            envelope_to: address("li@example.cn"),
            bytes: format!("Subject: x\r\n\r\n{body}\r\n").into_bytes(),
            message_id: "<1.a@example.cn>".to_owned(),
        }
    }

    async fn sent(session: &mut Session, body: &str) -> Verdict {
        session.send(&message(body), async { Ok::<_, Infallible>(()) }).await.unwrap()
    }

    /// The verdict over one message to a peer that reacts so, whether the session lives on, and what the peer took.
    async fn verdict(rules: &[(&'static str, React)]) -> (Verdict, bool, Vec<String>) {
        let peer = Peer::start(rules).await;
        let deadlines = if rules.iter().any(|(_, react)| matches!(react, React::Hang)) { DEADLINES } else { PATIENT };
        let mut session = Session::open(&peer.relay(), peer.dial().await, deadlines).await.unwrap();
        let verdict = sent(&mut session, "hello").await;
        (verdict, session.is_open(), peer.taken())
    }

    #[tokio::test]
    async fn messages_follow_each_other_on_one_connection_byte_for_byte() {
        let peer = Peer::start(&[]).await;
        let mut session = Session::open(&peer.relay(), peer.dial().await, PATIENT).await.unwrap();
        let long = "..a line of dots\r\n.\r\n".to_owned() + &"x".repeat(900).repeat(300);
        for body in ["one", long.as_str()] {
            let verdict = sent(&mut session, body).await;
            assert!(matches!(&verdict, Verdict::Accepted(reply) if reply.code == 250), "{verdict:?}");
        }
        assert_eq!(session.sent(), 2);
        session.close().await;
        assert_eq!(peer.taken(), ["Subject: x\r\n\r\none\r\n".to_owned(), format!("Subject: x\r\n\r\n{long}\r\n")]);
        assert_eq!(peer.connections(), 1);
        assert!(peer.heard().contains(&"MAIL FROM:<news@example.cn>".to_owned()));
    }

    #[tokio::test]
    async fn a_refused_reader_costs_a_reset_and_no_connection() {
        let peer = Peer::start(&[("RCPT TO:<li", React::Say("550 5.1.1 <li@example.cn> no such user\r\n"))]).await;
        let mut session = Session::open(&peer.relay(), peer.dial().await, PATIENT).await.unwrap();
        let Verdict::Refused { step: Step::Rcpt, reply, meaning: Meaning::NoSuchUser } = sent(&mut session, "x").await else {
            panic!("not refused")
        };
        assert_eq!((reply.code, reply.text.as_str()), (550, "5.1.1 ***@example.cn> no such user"));
        let mut other = message("y");
        other.envelope_to = EmailAddress::parse("wang@example.cn").unwrap();
        let verdict = session.send(&other, async { Ok::<_, Infallible>(()) }).await.unwrap();
        assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
        assert_eq!((peer.connections(), peer.taken().len()), (1, 1));
        assert_eq!(peer.heard().iter().filter(|line| *line == "RSET").count(), 1);
    }

    #[tokio::test]
    async fn lost_before_the_dot_is_lost_and_behind_it_uncertain() {
        for (rule, step) in [("MAIL", Step::Mail), ("RCPT", Step::Rcpt), ("DATA", Step::Data)] {
            for react in [React::Drop, React::Hang, React::Say("what?\r\n")] {
                let (verdict, open, taken) = verdict(&[(rule, react)]).await;
                assert!(matches!(&verdict, Verdict::Lost { step: at, .. } if *at == step), "{rule} {react:?}: {verdict:?}");
                assert!(!open && taken.is_empty(), "{rule} {react:?}");
            }
        }
        for react in [React::Drop, React::Hang, React::Say("what?\r\n"), React::Say("354 again?\r\n")] {
            let (verdict, open, taken) = verdict(&[(".", react)]).await;
            assert!(matches!(verdict, Verdict::Uncertain { .. }), "{react:?}: {verdict:?}");
            assert!(!open);
            assert_eq!(taken.len(), 1, "the peer has it, and nobody was told");
        }
    }

    #[tokio::test]
    async fn a_body_that_nobody_reads_is_lost_before_its_dot() {
        let peer = Peer::start(&[("DATA", React::Deaf("354 go on\r\n"))]).await;
        let mut session = Session::open(&peer.relay(), peer.dial().await, DEADLINES).await.unwrap();
        let verdict = sent(&mut session, &"x".repeat(32 * 1024 * 1024)).await;
        assert!(matches!(verdict, Verdict::Lost { step: Step::Body, why: Why::Deadline(_) }), "{verdict:?}");
    }

    #[tokio::test]
    async fn refusals_name_their_step_and_421_ends_the_session() {
        for (rule, answer, step, meaning, open) in [
            ("MAIL", "553 5.1.8 sender refused\r\n", Step::Mail, Meaning::Ours, true),
            ("MAIL", "421 HL:ICC\r\n", Step::Mail, Meaning::Throttled, false),
            ("RCPT", "451 4.7.1 greylisted\r\n", Step::Rcpt, Meaning::Temporary, true),
            ("DATA", "554 no valid recipients\r\n", Step::Data, Meaning::Permanent, true),
            (".", "554 5.7.1 spam\r\n", Step::Body, Meaning::Ours, true),
            (".", "452 4.2.2 over\r\n", Step::Body, Meaning::MailboxFull, true),
            (".", "421-closing\r\n421 too many\r\n", Step::Body, Meaning::Throttled, false),
        ] {
            let (verdict, still_open, _) = verdict(&[(rule, React::Say(answer))]).await;
            let Verdict::Refused { step: at, meaning: what, .. } = &verdict else { panic!("{rule} {answer}: {verdict:?}") };
            assert_eq!((*at, *what, still_open), (step, meaning, open), "{rule} {answer}");
        }
    }

    #[tokio::test]
    async fn a_hand_on_any_thread_may_hold_it() {
        const fn is_send<T: Send>(_: &T) {}
        let peer = Peer::start(&[]).await;
        let mut session = Session::open(&peer.relay(), peer.dial().await, PATIENT).await.unwrap();
        is_send(&session);
        let message = message("x");
        let sending = session.send(&message, async { Ok::<_, Infallible>(()) });
        is_send(&sending);
        assert!(matches!(sending.await, Ok(Verdict::Accepted(_))));
    }

    #[tokio::test]
    async fn what_must_be_written_first_stops_the_message() {
        let peer = Peer::start(&[]).await;
        let mut session = Session::open(&peer.relay(), peer.dial().await, PATIENT).await.unwrap();
        let stopped = session.send(&message("x"), async { Err("the disk is full") }).await;
        assert_eq!(stopped, Err("the disk is full"));
        assert!(!session.is_open());
        drop(session);
        assert!(peer.heard().contains(&"DATA".to_owned()) && peer.taken().is_empty());
    }
}
