//! The loop: hear what is new, read it into lanes, give every lane its turn.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use crate::model::{LaneId, ReceiverId, Rev};
use crate::store::write::deliver::{close_subject, recover_sending, take_all_slots};
use crate::store::{OpenSubject, StoreError, Watch};

use super::board::{Board, Channel, ENDPOINT_WIDTH};
use super::hand::{Hand, Shared};
use super::ledger::Ledger;
use super::mailing::Mailing;
use super::subjects::Subjects;
use super::targets::Targets;
use super::webhook::Webhook;
use super::{DeliverError, Parts};

/// Subjects that one look opens; the next look takes the rest.
const OPEN_AT_ONCE: i64 = 1000;
/// Deliveries that one reading of a subject brings.
const READ_AT_ONCE: i64 = 1000;
/// Lanes that catch up between two turns.
const CATCH_UP_AT_ONCE: usize = 32;
/// How long the engine waits before it asks a store again that was away.
const STORE_AWAY: Duration = Duration::from_millis(500);
/// For how long slots are taken: on one node nobody else asks for them.
const SLOTS_HELD: Duration = Duration::from_hours(24 * 365);

pub(super) struct Engine {
    parts: Parts,
    owner: String,
    board: Shared,
    ledger: Ledger,
    freed: Arc<Notify>,
    permits: Arc<Semaphore>,
    webhook: Webhook,
    mailing: Mailing,
    watch: Watch,
    opened: Rev,
    endpoints: Rev,
    reading: VecDeque<(OpenSubject, (LaneId, ReceiverId))>,
}

impl Engine {
    /// Takes the slots, settles what a dead owner left, and starts the ledger.
    pub(super) async fn start(parts: Parts) -> Result<Self, DeliverError> {
        let now = parts.clock.now();
        let owner = parts.ids.uuid(now).to_string();
        let mut tx = parts.store.begin().await?;
        take_all_slots(&mut tx, &owner, now.plus(SLOTS_HELD)).await?;
        let left = recover_sending(&mut tx, now).await?;
        tx.commit().await?;
        if left > 0 {
            tracing::warn!(left, "mails were being sent when the daemon last stopped");
        }
        let (ledger, writing) = Ledger::new(parts.store.clone(), parts.clock.clone());
        parts.lifecycle.spawn_work(async move {
            if let Err(error) = writing.await {
                tracing::error!(error = &error as &dyn std::error::Error, "the ledger ended");
            }
        });
        let targets = Targets::default();
        let webhook = Webhook { parts: parts.clone(), targets, subjects: Subjects::default() };
        let mailing = Mailing::new(parts.clone());
        let board = Shared::default();
        for (lane, due) in parts.store.next_due().await? {
            board.lock().wake_at(due, lane);
        }
        // What fell due while no daemon ran is sent by the first step, before anything was heard.
        let endpoints = webhook.targets.refresh(&parts.store, &parts.keys, Rev(0)).await?;
        Ok(Self {
            watch: parts.store.watch(),
            permits: Arc::new(Semaphore::new(parts.in_flight)),
            owner,
            board,
            ledger,
            freed: Arc::new(Notify::new()),
            webhook,
            mailing,
            opened: Rev(0),
            endpoints,
            reading: VecDeque::new(),
            parts,
        })
    }

    pub(super) async fn run(mut self) -> Result<(), DeliverError> {
        loop {
            match self.step().await {
                Ok(()) => {}
                Err(error) if error.is_transient() => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the engine waits for the store");
                    tokio::time::sleep(STORE_AWAY).await;
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
            if !self.reading.is_empty() && !self.board.lock().is_full() {
                if self.parts.lifecycle.is_stopping() {
                    return Ok(());
                }
                continue;
            }
            let wake = self.board.lock().next_wake();
            tokio::select! {
                biased;
                () = self.parts.lifecycle.stopping() => return Ok(()),
                () = self.watch.news() => self.hear().await?,
                () = self.freed.notified() => {}
                () = self.parts.clock.until(wake) => {}
            }
        }
    }

    /// Reads what can be read and sends what may go.
    async fn step(&mut self) -> Result<(), StoreError> {
        self.read_on().await?;
        self.read_due().await?;
        self.catch_up().await?;
        self.dispatch();
        self.close().await
    }

    /// What was committed since: opened subjects, changed endpoints.
    async fn hear(&mut self) -> Result<(), DeliverError> {
        match self.look().await {
            Err(error) if error.is_transient() => {
                tokio::time::sleep(STORE_AWAY).await;
                self.watch = self.parts.store.watch();
                Ok(())
            }
            looked => Ok(looked?),
        }
    }

    async fn look(&mut self) -> Result<(), StoreError> {
        loop {
            let opened = self.parts.store.open_subjects(self.opened, OPEN_AT_ONCE).await?;
            // After them: whoever has a delivery of these was committed before, and a receiver that is not known counts as gone.
            self.endpoints = self.webhook.targets.refresh(&self.parts.store, &self.parts.keys, self.endpoints).await?;
            for open in &opened {
                self.opened = open.rev;
                self.board.lock().opened(*open);
                self.reading.push_back((*open, (LaneId(i64::MIN), ReceiverId(i64::MIN))));
            }
            if (opened.len() as i64) < OPEN_AT_ONCE {
                return Ok(());
            }
        }
    }

    /// Reads one chunk of fresh deliveries into their lanes.
    async fn read_on(&mut self) -> Result<(), StoreError> {
        if self.board.lock().is_full() {
            return Ok(());
        }
        let Some((open, after)) = self.reading.front().copied() else { return Ok(()) };
        self.board.lock().reading_began();
        let rows = self.parts.store.fresh_of_subject(&self.owner, open.subject, after, READ_AT_ONCE).await?;
        let last = rows.last().map(|row| (row.lane, row.receiver));
        self.know_lanes(rows.iter().map(|row| row.lane)).await?;
        let mut board = self.board.lock();
        let complete = (rows.len() as i64) < READ_AT_ONCE;
        for row in rows {
            board.offer(row);
        }
        if let (false, Some(last)) = (complete, last) {
            self.reading[0].1 = last;
        } else {
            self.reading.pop_front();
            board.read_through(open.subject);
        }
        Ok(())
    }

    /// Reads the parked deliveries of lanes whose time has come.
    async fn read_due(&mut self) -> Result<(), StoreError> {
        let now = self.parts.clock.now();
        let woken = self.board.lock().woken(now);
        self.know_lanes(woken.iter().copied()).await?;
        for lane in woken {
            self.board.lock().reading_began();
            let due = self.parts.store.due_of_lane(&self.owner, lane, now, Board::reading(0)).await?;
            let mut board = self.board.lock();
            if due.len() as i64 == Board::reading(0) {
                board.wake_at(now.plus(AGAIN), lane);
            }
            for row in due {
                board.offer_due(row);
            }
        }
        Ok(())
    }

    /// Lets lanes that are low read what they had no room for.
    async fn catch_up(&mut self) -> Result<(), StoreError> {
        for _ in 0..CATCH_UP_AT_ONCE {
            let Some((lane, subjects, held)) = self.board.lock().lane_behind() else { return Ok(()) };
            let limit = Board::reading(held);
            self.board.lock().reading_began();
            let rows = self.parts.store.fresh_of_lane(&self.owner, lane, &subjects, limit).await?;
            let complete = (rows.len() as i64) < limit;
            let mut board = self.board.lock();
            board.caught_up(lane, &subjects, rows, complete);
            board.reading_ended();
        }
        Ok(())
    }

    async fn know_lanes(&self, lanes: impl Iterator<Item = LaneId>) -> Result<(), StoreError> {
        let mut unknown: Vec<LaneId> = {
            let board = self.board.lock();
            lanes.filter(|lane| !board.knows(*lane)).collect()
        };
        unknown.sort_unstable();
        unknown.dedup();
        for (lane, name) in self.parts.store.lane_channels(&unknown).await? {
            match Channel::of(&name) {
                Some(Channel::Webhook) => self.board.lock().add_lane(lane, Channel::Webhook, ENDPOINT_WIDTH),
                Some(Channel::Mail) => self.board.lock().add_lane(lane, Channel::Mail, self.parts.server.connections.max(1)),
                None => tracing::error!(lane = lane.0, channel = name, "no carrier for this channel"),
            }
        }
        Ok(())
    }

    /// Gives lanes their turn while there are permits.
    fn dispatch(&self) {
        let now = self.parts.clock.now();
        while let Ok(permit) = self.permits.clone().try_acquire_owned() {
            let Some((channel, parcel)) = self.board.lock().next(now) else { return };
            let hand = Hand {
                board: self.board.clone(),
                ledger: self.ledger.clone(),
                clock: self.parts.clock.clone(),
                freed: self.freed.clone(),
                permit: Some(permit),
            };
            match channel {
                Channel::Webhook => self.parts.lifecycle.spawn_work(self.webhook.clone().work(hand, parcel)),
                Channel::Mail => self.parts.lifecycle.spawn_work(self.mailing.clone().work(hand, parcel)),
            };
        }
    }

    /// Closes subjects of which nothing is left, so that the next start does not read them.
    async fn close(&self) -> Result<(), StoreError> {
        let closing = self.board.lock().take_closing();
        if closing.is_empty() {
            return Ok(());
        }
        let mut tx = self.parts.store.begin().await?;
        for open in closing {
            close_subject(&mut tx, open).await?;
        }
        tx.commit().await
    }
}

/// A lane with more due parcels than it holds looks again so soon.
const AGAIN: Duration = Duration::from_millis(100);
