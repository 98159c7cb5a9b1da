//! One worker on a lane: it takes parcels, and settles each before its place is free.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit};

use crate::clock::Clock;
use crate::model::{Effect, Exchange, LaneId, Millis, Outcome, Settlement};
use crate::store::ParcelRow;

use super::board::{Board, Strain};
use super::ledger::{Closed, Ledger};

/// The board as hands and engine share it; never held across an await.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared(Arc<Mutex<Board>>);

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Board> {
        // A panic while the board was locked leaves counts off by one at worst; the store has the truth.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A worker. Its permit goes back when it is dropped, which is after the commit of what it settled.
pub(super) struct Hand {
    pub(super) board: Shared,
    pub(super) ledger: Ledger,
    pub(super) clock: Clock,
    pub(super) freed: Arc<Notify>,
    /// Held until the hand is dropped, and no moment longer.
    pub(super) permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Hand {
    fn drop(&mut self) {
        // First the permit, then the word: an engine that heard before would find none, and nobody would tell it again.
        self.permit = None;
        self.freed.notify_one();
    }
}

/// How an attempt ended, before it is written down.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) exchange: Exchange,
    pub(super) outcome: Outcome,
    pub(super) effects: Vec<Effect>,
    pub(super) strain: Strain,
}

impl Verdict {
    /// Nothing was dialled.
    pub(super) fn undialled(outcome: Outcome, at: Millis) -> Self {
        Self { exchange: Exchange { at, ..Exchange::default() }, outcome, effects: Vec::new(), strain: Strain::Unknown }
    }
}

impl Hand {
    /// Writes an attempt down and frees the parcel's place; returns after the commit.
    pub(super) async fn settle(&self, parcel: &ParcelRow, verdict: Verdict) -> Result<(), Closed> {
        let settlement = Settlement {
            subject: parcel.subject,
            lane: parcel.lane,
            receiver: parcel.receiver,
            class: parcel.class,
            fence: parcel.fence,
            tries: parcel.tries,
            exchange: verdict.exchange,
            outcome: verdict.outcome.clone(),
            effects: verdict.effects,
        };
        let written = self.ledger.settle(settlement).await?;
        let outcome = written.then_some(&verdict.outcome);
        self.board.lock().settled(parcel, outcome, verdict.strain, self.clock.now());
        self.freed.notify_one();
        Ok(())
    }

    /// Mail only: writes down that the final dot may go out. False: the parcel is not ours to send.
    pub(super) async fn intend(&self, parcel: &ParcelRow) -> Result<bool, Closed> {
        self.ledger.intend(*parcel).await
    }

    /// Lets a parcel go without an attempt; it stays in the store as it was, and is due again `at`.
    pub(super) fn let_go(&self, parcel: &ParcelRow, strain: Strain) {
        self.board.lock().settled(parcel, None, strain, self.clock.now());
        self.freed.notify_one();
    }

    /// The next parcel of the lane, for a hand that holds a connection.
    pub(super) fn take_more(&self, lane: LaneId) -> Option<ParcelRow> {
        self.board.lock().take_more(lane, self.clock.now())
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn whoever_hears_that_a_hand_is_done_finds_its_permit() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("store.db").display())).await.unwrap();
        let (ledger, _writing) = Ledger::new(store, Clock::System);
        let (permits, freed) = (Arc::new(Semaphore::new(1)), Arc::new(Notify::new()));
        let permit = permits.clone().try_acquire_owned().unwrap();
        let hand = Hand { board: Shared::default(), ledger, clock: Clock::System, freed: freed.clone(), permit: Some(permit) };
        // The engine hears of the settlement while the hand still stands there, and finds no permit.
        freed.notify_one();
        freed.notified().await;
        assert!(permits.clone().try_acquire_owned().is_err());
        drop(hand);
        tokio::time::timeout(std::time::Duration::from_secs(5), freed.notified()).await.expect("the hand says that it is gone");
        assert!(permits.try_acquire_owned().is_ok());
    }
}
