//! The engine that carries deliveries and settles them.
//!
//! The promise: every receiver of every subject is in exactly one state, on disk, at all times. kill -9 at any moment loses nothing and
//! repeats at most what was in flight. A receiver that hangs takes nothing from the others: each has its own lane, turn and breaker.
//!
//! One engine serves every channel. It owns lanes, order, pace and the ledger; a carrier owns one exchange or one connection.

mod board;
mod engine;
mod hand;
mod ledger;
mod letters;
mod mailing;
mod pace;
pub mod smtp;
mod subjects;
mod targets;
mod webhook;

use std::sync::Arc;

use crate::clock::{Clock, Ids};
use crate::keys::KeyRing;
use crate::lifecycle::Lifecycle;
use crate::mail::Composer;
use crate::outbound::{Limits, Outbound};
use crate::store::{Store, StoreError};
use crate::urls::Urls;

/// What the engine is made of.
#[derive(Clone)]
pub struct Parts {
    /// Where deliveries last.
    pub store: Store,
    /// For due times.
    pub clock: Clock,
    /// For jitter.
    pub ids: Ids,
    /// For soft and hard stops.
    pub lifecycle: Lifecycle,
    /// The only way out.
    pub outbound: Outbound,
    /// Opens sealed secrets.
    pub keys: KeyRing,
    /// Fills our own addresses in.
    pub urls: Urls,
    /// Stamps editions, composes letters.
    pub composer: Arc<Composer>,
    /// Where mail is handed over.
    pub server: smtp::Server,
    /// What one exchange with a receiver may cost.
    pub limits: Limits,
    /// Deliveries in flight at most (`[limits] in_flight`).
    pub in_flight: usize,
}

/// What can go wrong with the engine itself; a delivery that fails is a settlement, not an error.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// The store failed.
    #[error("run the delivery engine")]
    Store(#[from] StoreError),
}

/// Carries deliveries until the stop.
///
/// # Errors
/// When the store fails for good.
pub async fn run(parts: Parts) -> Result<(), DeliverError> {
    engine::Engine::start(parts).await?.run().await
}
