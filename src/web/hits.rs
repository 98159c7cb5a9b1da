//! How often short links are followed: counted in memory by day and code, written in sets. Nobody who follows one is known.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::lifecycle::Lifecycle;
use crate::store::write::count;
use crate::store::{Store, StoreError};

use super::App;

/// Counts that a crash may lose are no older than this.
const WRITE_EVERY: Duration = Duration::from_secs(5);

/// Counts not yet written. Cheap to clone; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Hits(Arc<Mutex<HashMap<(String, String), i64>>>);

impl Hits {
    /// One more for a code that exists, on a day of the newsroom's calendar.
    pub(super) fn count(&self, day: String, code: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry((day, code)).or_default() += 1;
    }

    /// How many are not yet written.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> i64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// Writes what was counted; keeps it where the store is away.
    pub(super) async fn write(&self, store: &Store) -> Result<(), StoreError> {
        let taken = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if taken.is_empty() {
            return Ok(());
        }
        let hits: Vec<_> = taken.into_iter().map(|((day, code), n)| (day, code, String::new(), n)).collect();
        let written = async {
            let mut tx = store.begin().await?;
            count::links(&mut tx, &hits).await?;
            tx.commit().await
        };
        let written = written.await;
        if written.is_err() {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for (day, code, _, n) in hits {
                *kept.entry((day, code)).or_default() += n;
            }
        }
        written
    }
}

/// Writes the counts of short links until the stop, and once more then.
///
/// # Errors
/// When the store fails for good.
pub async fn count_hits(parts: App, lifecycle: Lifecycle) -> Result<(), StoreError> {
    loop {
        let stopping = tokio::select! {
            biased;
            () = lifecycle.stopping() => true,
            () = tokio::time::sleep(WRITE_EVERY) => false,
        };
        match parts.hits.write(&parts.store).await {
            Ok(()) => {}
            Err(error) if error.is_transient() => {
                tracing::warn!(error = &error as &dyn std::error::Error, "counts of short links wait for the store");
            }
            Err(error) => return Err(error),
        }
        if stopping {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_could_not_be_written_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("postrider.db").display())).await.unwrap();
        let hits = Hits::default();
        for code in ["A", "A", "B"] {
            hits.count("2026-11-23".into(), code.into());
        }
        store.close().await;
        assert!(hits.write(&store).await.is_err());
        hits.count("2026-11-23".into(), "A".into());
        assert_eq!(hits.waiting(), 4);
    }
}
