//! The only writer of settlements: whatever waits when the last commit ends goes into the next. Never a timer.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::model::{Effect, Settlement};
use crate::store::write::deliver::{apply, intend, settle};
use crate::store::{ParcelRow, Store, StoreError};

/// How many entries one transaction takes: past this the gain is gone and the wait of the first entry grows.
const BATCH: usize = 256;
/// Entries that may wait for the ledger; a hand waits for its own, so there are never more than hands.
const WAITING: usize = 1024;
/// How long a store that is away is left alone before the same batch is tried again.
const AWAY: Duration = Duration::from_millis(200);

/// What a hand asks to be written down.
enum Entry {
    /// An attempt ended.
    Settle(Box<Settlement>, oneshot::Sender<bool>),
    /// The final dot may go out from now on.
    Intend(ParcelRow, oneshot::Sender<bool>),
}

/// Hands write through this.
#[derive(Debug, Clone)]
pub(super) struct Ledger(mpsc::Sender<Entry>);

/// The ledger's task has ended: the daemon is being stopped hard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ledger is closed")]
pub(super) struct Closed;

impl Ledger {
    /// The handle, and the task that must run.
    pub(super) fn new(store: Store, clock: Clock) -> (Self, impl Future<Output = Result<(), StoreError>>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), run(receiver, store, clock))
    }

    /// Settles an attempt; returns after the commit. False: the parcel was no longer ours, and nothing was written.
    pub(super) async fn settle(&self, settlement: Settlement) -> Result<bool, Closed> {
        let (acknowledge, written) = oneshot::channel();
        self.0.send(Entry::Settle(Box::new(settlement), acknowledge)).await.map_err(|_| Closed)?;
        written.await.map_err(|_| Closed)
    }

    /// Writes down that a mail's final dot may go out; returns after the commit. False: it is not ours to send.
    pub(super) async fn intend(&self, parcel: ParcelRow) -> Result<bool, Closed> {
        let (acknowledge, written) = oneshot::channel();
        self.0.send(Entry::Intend(parcel, acknowledge)).await.map_err(|_| Closed)?;
        written.await.map_err(|_| Closed)
    }
}

async fn run(mut entries: mpsc::Receiver<Entry>, store: Store, clock: Clock) -> Result<(), StoreError> {
    let mut batch = Vec::with_capacity(BATCH);
    while entries.recv_many(&mut batch, BATCH).await > 0 {
        // What changes receivers takes the log's counter, which others wait for: it settles apart, so that the hot path never does.
        let (plain, with_effects): (Vec<Entry>, Vec<Entry>) = batch.drain(..).partition(|entry| !changes_receivers(entry));
        for part in [plain, with_effects] {
            if !part.is_empty() {
                write_all(part, &store, &clock).await;
            }
        }
    }
    Ok(())
}

fn changes_receivers(entry: &Entry) -> bool {
    let Entry::Settle(settlement, _) = entry else { return false };
    settlement.effects.iter().any(|effect| !matches!(effect, Effect::RememberPosted { .. }))
}

/// Writes a batch, and again while the store is away. One that fails otherwise is written entry by entry, so that a poisoned one holds nobody.
async fn write_all(entries: Vec<Entry>, store: &Store, clock: &Clock) {
    loop {
        match write(&entries, store, clock).await {
            Ok(written) => return acknowledge(entries, written),
            Err(error) if error.is_transient() => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the ledger waits for the store");
                tokio::time::sleep(AWAY).await;
            }
            Err(error) if entries.len() == 1 => {
                tracing::error!(error = &error as &dyn std::error::Error, "a settlement cannot be written");
                return acknowledge(entries, vec![false]);
            }
            Err(_) => {
                for entry in entries {
                    Box::pin(write_all(vec![entry], store, clock)).await;
                }
                return;
            }
        }
    }
}

async fn write(entries: &[Entry], store: &Store, clock: &Clock) -> Result<Vec<bool>, StoreError> {
    let now = clock.now();
    let mut tx = store.begin().await?;
    let settlements: Vec<&Settlement> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Settle(settlement, _) => Some(&**settlement),
            Entry::Intend(..) => None,
        })
        .collect();
    let parcels: Vec<ParcelRow> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Intend(parcel, _) => Some(*parcel),
            Entry::Settle(..) => None,
        })
        .collect();
    let mut written = std::collections::HashSet::new();
    if !settlements.is_empty() {
        written.extend(settle(&mut tx, &settlements, now).await?);
    }
    for settlement in &settlements {
        if written.contains(&(settlement.subject.seq(), settlement.receiver.0)) {
            for effect in &settlement.effects {
                apply(&mut tx, effect, now).await?;
            }
        }
    }
    let mut intended = std::collections::HashSet::new();
    if !parcels.is_empty() {
        intended.extend(intend(&mut tx, &parcels).await?);
    }
    tx.commit().await?;
    let ours = |entry: &Entry| match entry {
        Entry::Settle(settlement, _) => written.contains(&(settlement.subject.seq(), settlement.receiver.0)),
        Entry::Intend(parcel, _) => intended.contains(&(parcel.subject.seq(), parcel.receiver.0)),
    };
    Ok(entries.iter().map(ours).collect())
}

/// A hand that went away in the meantime needs no answer.
fn acknowledge(entries: Vec<Entry>, written: Vec<bool>) {
    for (entry, written) in entries.into_iter().zip(written) {
        let (Entry::Settle(_, to) | Entry::Intend(_, to)) = entry;
        let _ = to.send(written);
    }
}
