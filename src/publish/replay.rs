//! What an operator sends again.

use crate::model::{Actor, ReceiverId, Seq};
use crate::store::write::publish::replay as wake;
use crate::store::write::shared::audit;
use crate::store::{Store, StoreError};

use super::{Parts, PublishError};

/// Why nothing was sent again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// No digest of that name.
    #[error("no digest is called {0:?}")]
    NoDigest(String),
    /// Publishing failed.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// Sends deliveries again; how many. Those that wait already are left alone.
///
/// # Errors
/// When the store fails.
pub async fn replay(store: &Store, deliveries: &[(Seq, ReceiverId)], actor: &Actor, now: crate::model::Millis) -> Result<i64, StoreError> {
    if deliveries.is_empty() {
        return Ok(0);
    }
    let mut tx = store.begin().await?;
    let woken = wake(&mut tx, deliveries).await?;
    audit(&mut tx, actor, "delivery.replay", "", &format!("{woken} deliveries"), now).await?;
    tx.commit().await?;
    Ok(woken)
}

/// Cuts a digest now, beside its slots.
///
/// # Errors
/// When there is none of that name or publishing fails.
pub async fn send_digest_now(parts: &Parts, name: &str) -> Result<(), ReplayError> {
    if super::digests::cut_now(parts, name).await? { Ok(()) } else { Err(ReplayError::NoDigest(name.to_owned())) }
}
