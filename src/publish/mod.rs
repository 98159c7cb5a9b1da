//! Events become deliveries, and editions are cut.
//!
//! The event log is read in order; each event's deliveries are written in chunks whose cursor commits with them, so that a crash writes
//! nothing twice and loses nothing. What is written is opened for the engine; nothing here dials.

mod digests;
mod editions;
mod fanout;
mod replay;

pub use digests::declare as declare_digests;
pub use replay::{ReplayError, replay, send_digest_now};

use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;

use crate::clock::Clock;
use crate::lifecycle::Lifecycle;
use crate::mail::{Composer, MailError};
use crate::store::{Store, StoreError};

/// What the room is made of.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Where events and deliveries last.
    pub store: Store,
    /// For digests' slots.
    pub clock: Clock,
    /// For the stop.
    pub lifecycle: Lifecycle,
    /// Composes editions.
    pub composer: Arc<Composer>,
    /// The newsroom's zone.
    pub zone: Tz,
}

/// What can go wrong while events become deliveries.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store failed.
    #[error("turn events into deliveries")]
    Store(#[from] StoreError),
    /// An edition cannot be composed.
    #[error("compose an edition")]
    Compose(#[from] MailError),
}

impl PublishError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

/// How long the room waits before it asks a store again that was away.
const STORE_AWAY: Duration = Duration::from_millis(500);

/// Turns events into deliveries and cuts digests, until the stop.
///
/// # Errors
/// When the store fails for good.
pub async fn run(parts: Parts) -> Result<(), PublishError> {
    let mut watch = parts.store.watch();
    let mut next_slot = None;
    loop {
        tokio::select! {
            biased;
            () = parts.lifecycle.stopping() => return Ok(()),
            () = watch.news() => {}
            () = parts.clock.until(next_slot) => {}
        }
        match look(&parts).await {
            Ok(slot) => next_slot = slot,
            Err(error) if error.is_transient() => {
                tracing::warn!(error = &error as &dyn std::error::Error, "publishing waits for the store");
                tokio::time::sleep(STORE_AWAY).await;
                watch = parts.store.watch();
            }
            Err(error) => return Err(error),
        }
    }
}

/// Everything there is to do now; when the clock gives something to do next.
async fn look(parts: &Parts) -> Result<Option<crate::model::Millis>, PublishError> {
    fanout::fan_out(parts).await?;
    let slot = digests::cut_due(parts).await?;
    let release = editions::address_all(parts).await?;
    Ok(match (slot, release) {
        (Some(slot), Some(release)) => Some(slot.min(release)),
        (slot, release) => slot.or(release),
    })
}
