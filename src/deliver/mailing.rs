//! The carrier of mail: a hand holds one connection and takes one parcel after another.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::mail::Message;
use crate::model::{Effect, Exchange, Millis, Outcome, Phase, Subject, Why};
use crate::store::{ParcelRow, StoreError};

use super::Parts;
use super::board::Strain;
use super::hand::{Hand, Verdict};
use super::letters::{Letter, Letters};
use super::pace::next_try;
use super::smtp::{Deadlines, Meaning, Outbox, Relay, ServerKind, Session, Verdict as Smtp};

/// How long a lane rests when the store could not be read, or when no session came about.
const REST: Duration = Duration::from_secs(2);

/// What carries mail.
#[derive(Clone)]
pub(super) struct Mailing {
    parts: Arc<Parts>,
    letters: Letters,
    /// When the server takes the next message, over all connections.
    next_at: Arc<Mutex<Option<Instant>>>,
}

/// The parcel stays as it was in the store: nothing was tried that counts.
struct LetGo(Strain);

impl Mailing {
    pub(super) fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts), letters: Letters::default(), next_at: Arc::default() }
    }

    /// Carries a parcel, and those behind it while the connection is good.
    pub(super) async fn work(self, hand: Hand, first: ParcelRow) {
        match &self.parts.server.kind {
            ServerKind::Folder(folder) => self.put_all(&hand, first, folder).await,
            ServerKind::Smtp(relay) => self.over_smtp(&hand, first, relay).await,
        }
    }

    async fn put_all(&self, hand: &Hand, first: ParcelRow, folder: &Path) {
        let mut next = Some(first);
        while let Some(parcel) = next {
            let at = self.parts.clock.now();
            let verdict = match self.message(&parcel, at).await {
                Ok(Ok((message, carried))) => self.put(folder, message, &parcel, carried, at).await,
                Ok(Err(settled)) => settled,
                Err(LetGo(strain)) => return hand.let_go(&parcel, strain),
            };
            if hand.settle(&parcel, verdict).await.is_err() {
                return;
            }
            next = hand.take_more(parcel.lane);
        }
    }

    async fn put(&self, folder: &Path, message: Message, parcel: &ParcelRow, carried: i64, at: Millis) -> Verdict {
        let folder = folder.to_owned();
        let put = tokio::task::spawn_blocking(move || Outbox::open(&folder).and_then(|outbox| outbox.put(&message))).await;
        let exchange = Exchange { at, phase: Phase::Done, ..Exchange::default() };
        match put {
            Ok(Ok(_)) => Verdict { exchange, outcome: Outcome::Accepted { carried }, effects: Vec::new(), strain: Strain::None },
            Ok(Err(error)) => self.again(parcel, exchange, Why::Ours(error.to_string())),
            Err(error) => self.again(parcel, exchange, Why::Ours(error.to_string())),
        }
    }

    async fn over_smtp(&self, hand: &Hand, first: ParcelRow, relay: &Relay) {
        let mut session = match self.open(relay).await {
            Ok(session) => session,
            Err(LetGo(strain)) => return hand.let_go(&first, strain),
        };
        let mut next = Some(first);
        while let Some(parcel) = next {
            if !self.send(hand, &mut session, &parcel).await {
                return;
            }
            let worn = !session.is_open() || session.sent() >= self.parts.server.per_connection;
            next = if worn || self.parts.lifecycle.is_stopping() { None } else { hand.take_more(parcel.lane) };
        }
        session.close().await;
    }

    /// A session that does not come about burns no reader's try: no message was ever named.
    async fn open(&self, relay: &Relay) -> Result<Session, LetGo> {
        let stream = self.parts.outbound.dial(&relay.host, relay.port).await.map_err(|failure| {
            tracing::warn!(server = relay.host, why = %failure.why, "no connection to the mail server");
            LetGo(Strain::Failed)
        })?;
        Session::open(relay, stream, Deadlines::RFC_5321).await.map_err(|failure| {
            if failure.is_ours() {
                tracing::error!(server = relay.host, why = %failure, "the mail server refuses us: the configuration must change");
            } else {
                tracing::warn!(server = relay.host, why = %failure, "no session with the mail server");
            }
            LetGo(Strain::Failed)
        })
    }

    /// Keeps to the server's messages a second: each message takes the next free place, whichever connection carries it.
    async fn wait_for_turn(&self) {
        let Some(rate) = self.parts.server.per_second else { return };
        let mine = {
            let mut next = self.next_at.lock().unwrap_or_else(PoisonError::into_inner);
            let mine = next.unwrap_or_else(Instant::now).max(Instant::now());
            *next = Some(mine + Duration::from_secs_f64(1.0 / rate));
            mine
        };
        tokio::time::sleep_until(mine).await;
    }

    /// Sends one parcel; false ends the hand.
    async fn send(&self, hand: &Hand, session: &mut Session, parcel: &ParcelRow) -> bool {
        self.wait_for_turn().await;
        let at = self.parts.clock.now();
        let began = Instant::now();
        let (message, carried) = match self.message(parcel, at).await {
            Ok(Ok(message)) => message,
            Ok(Err(settled)) => return hand.settle(parcel, settled).await.is_ok(),
            Err(LetGo(strain)) => {
                hand.let_go(parcel, strain);
                return false;
            }
        };
        let intend = async { if hand.intend(parcel).await == Ok(true) { Ok(()) } else { Err(()) } };
        let Ok(smtp) = session.send(&message, intend).await else {
            // Another owner has the parcel, or the daemon is being stopped hard; the server has nothing.
            hand.let_go(parcel, Strain::Unknown);
            return false;
        };
        let ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        let verdict = self.judge(parcel, &smtp, carried, at, ms);
        hand.settle(parcel, verdict).await.is_ok()
    }

    /// The message of a parcel; or how it is settled without one.
    async fn message(&self, parcel: &ParcelRow, at: Millis) -> Result<Result<(Message, i64), Verdict>, LetGo> {
        let letter: Result<Letter, StoreError> = self.letters.message(&self.parts, parcel, at).await;
        match letter {
            Ok(Letter::Message(message, carried)) => Ok(Ok((*message, carried))),
            Ok(Letter::Refused(why)) => Ok(Err(Verdict::undialled(Outcome::Refused(why), at))),
            Ok(Letter::Expired) => Ok(Err(Verdict::undialled(Outcome::Expired, at))),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a mail waits for the store");
                Err(LetGo(Strain::Wait(at.plus(REST))))
            }
        }
    }

    fn judge(&self, parcel: &ParcelRow, smtp: &Smtp, carried: i64, at: Millis, ms: i64) -> Verdict {
        let reply = smtp.reply();
        let code = reply.map(|reply| i64::from(reply.code));
        let exchange = Exchange { at, ms, phase: smtp.phase(), code, response: reply.map(|reply| reply.text.clone()) };
        match smtp {
            Smtp::Accepted(_) => Verdict { exchange, outcome: Outcome::Accepted { carried }, effects: Vec::new(), strain: Strain::None },
            Smtp::Refused { reply, meaning, .. } if meaning.may_retry() => {
                self.again(parcel, exchange, Why::Answered(i64::from(reply.code)))
            }
            Smtp::Refused { reply, meaning: Meaning::Ours, .. } if reply.code < 500 => {
                self.again(parcel, exchange, Why::Answered(i64::from(reply.code)))
            }
            Smtp::Refused { reply, meaning, .. } => {
                let suppresses = meaning.suppresses() && matches!(parcel.subject, Subject::Edition(_));
                let effect = || Effect::SuppressReader { receiver: parcel.receiver, why: format!("{} {}", reply.code, reply.text) };
                let effects = if suppresses { vec![effect()] } else { Vec::new() };
                Verdict { exchange, outcome: Outcome::Refused(Why::Answered(i64::from(reply.code))), effects, strain: Strain::None }
            }
            Smtp::Lost { why, .. } => self.again(parcel, exchange, why.clone()),
            Smtp::Uncertain { .. } => Verdict { exchange, outcome: Outcome::Uncertain, effects: Vec::new(), strain: Strain::Failed },
        }
    }

    fn again(&self, parcel: &ParcelRow, exchange: Exchange, why: Why) -> Verdict {
        let tries = parcel.tries + 1;
        let outcome = match next_try(tries, self.parts.clock.now(), None, &self.parts.ids) {
            Some(at) => Outcome::Retry { at, why },
            None => Outcome::Refused(Why::Exhausted(tries)),
        };
        // A refusal of one reader says nothing about the server; a broken connection does.
        let strain = if exchange.phase == Phase::Done { Strain::None } else { Strain::Failed };
        Verdict { exchange, outcome, effects: Vec::new(), strain }
    }
}
