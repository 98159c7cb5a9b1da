//! One visit to a source: a look and what follows from it, or what is noted of its failure.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Planned, Rounds, interval, recheck};
use crate::ingest::Ingest;
use crate::ingest::chronicle::tell_of_source;
use crate::model::{Drift, Millis, Sign, SourceMemory};
use crate::source::{self, Advice, SourceError};
use crate::store::write::ingest::{LookedAt, looked_at};
use crate::store::{SourceRow, StoreError};

/// The first wait after a failed look; each further failure doubles it.
pub(super) const FIRST_WAIT: Duration = Duration::from_mins(2);
/// The longest wait after failures: a site that comes back is noticed within hours.
pub(super) const LONGEST_WAIT: Duration = Duration::from_hours(6);

impl Rounds {
    pub(super) async fn visit(self, plan: Planned, row: SourceRow) -> (String, Result<(), StoreError>) {
        let looked = source::look(&plan.spec, &row.memory, &self.net).await;
        let result = match looked {
            Ok(look) => match Box::pin(self.take(&plan, &row, look)).await {
                // Tried again at once it would fail again, and ask the site again each time.
                Err(error) if !error.is_transient() => {
                    tracing::error!(
                        source = plan.spec.name,
                        error = &error as &dyn std::error::Error,
                        "what a source gave cannot be saved"
                    );
                    self.failed_with(
                        &plan,
                        &row,
                        Failed { why: "what it gave cannot be saved; the log says why".to_owned(), ..Failed::default() },
                    )
                    .await
                }
                taken => taken,
            },
            Err(error) => {
                tracing::warn!(source = plan.spec.name, error = &error as &dyn std::error::Error, "a source could not be read");
                let again = match error.advice() {
                    Advice::Again(at) => at,
                    Advice::GiveUp => None,
                };
                let empty = matches!(error, SourceError::NoLinks { .. }) && row.memory.visited;
                self.failed_with(&plan, &row, Failed { why: chain(&error), again, empty }).await
            }
        };
        (plan.spec.name, result)
    }

    /// Notes a failed look, and when to try again.
    async fn failed_with(&self, plan: &Planned, row: &SourceRow, failed: Failed) -> Result<(), StoreError> {
        let now = self.ingest.clock.now();
        let failures = row.memory.failures + 1;
        let wait = wait_after(failures, plan.every);
        let jitter = self.ingest.ids.within(wait / 10);
        // A site that is down for hours names the same few seconds each time.
        let next = failed.again.unwrap_or(now).max(now.plus(wait + jitter));
        let mut memory = SourceMemory { failures, ..row.memory.clone() };
        let mut tx = self.ingest.store.begin().await?;
        if failed.empty {
            let because = (self.ingest.rules.says.drift)(Sign::Empty);
            if let Some(drift) = &mut memory.drift {
                drift.signs.insert(Sign::Empty);
            } else {
                memory.drift = Some(Drift { since: now, signs: [Sign::Empty].into() });
                tell_of_source(&mut tx, &self.ingest, &plan.spec.name, because).await?;
            }
        }
        let mut health = json!({ "at": now, "error": failed.why });
        complete(&mut health, &self.ingest, plan, &memory, next);
        looked_at(&mut tx, row.id, &LookedAt { memory: &memory, health: &health, next_at: Some(next) }).await?;
        tx.commit().await
    }
}

/// How long a source waits after so many failures in a row: never shorter than the interval that the operator wrote. One that was
/// learned is no reason to wait: it says when copy is to be expected, and the copy that this look should have brought is there.
fn wait_after(failures: u32, written: Option<Duration>) -> Duration {
    FIRST_WAIT.saturating_mul(1 << failures.saturating_sub(1).min(10)).max(written.unwrap_or_default()).min(LONGEST_WAIT)
}

/// Writes into a source's health what a look leaves behind: the next look, the interval, a drift.
pub(super) fn complete(health: &mut Value, ingest: &Ingest, plan: &Planned, memory: &SourceMemory, next: Millis) {
    let every = interval_of(plan, memory, ingest.clock.now());
    health["next"] = json!(next);
    health["every_s"] = json!(every.as_secs());
    health["learned"] = json!(plan.every.is_none());
    if let Some(drift) = &memory.drift {
        let says: Vec<&str> = drift.signs.iter().map(|sign| (ingest.rules.says.drift)(*sign)).collect();
        health["drift"] = json!({ "since": drift.since, "signs": drift.signs, "says": says });
    }
}

/// A look that failed.
#[derive(Debug, Default)]
struct Failed {
    why: String,
    /// When the site wants to be asked again.
    again: Option<Millis>,
    /// Its listings had links, and none has any now.
    empty: bool,
}

/// How long a source waits between two looks.
pub(super) fn interval_of(plan: &Planned, memory: &SourceMemory, now: Millis) -> Duration {
    // A folder says itself when something was dropped, and nobody's server is asked.
    let learns = plan.spec.path.is_none();
    plan.every.unwrap_or_else(|| if learns { interval::learned(memory, plan.spec.zone, now) } else { interval::UNLEARNED })
}

/// When a source is looked at next: after its interval, or when a page is due, but never without a breath in between.
pub(super) fn next_look(plan: &Planned, memory: &SourceMemory, due: Option<Millis>, now: Millis) -> Millis {
    let usual = now.plus(interval_of(plan, memory, now));
    due.map_or(usual, |due| usual.min(due.max(now.plus(recheck::BREATH))))
}

/// An error with its causes, on one line.
pub(super) fn chain(error: &SourceError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_double_the_wait_and_only_a_written_interval_lengthens_it() {
        let minutes = |failures, written: Option<u64>| wait_after(failures, written.map(Duration::from_mins)).as_secs() / 60;
        assert_eq!([1, 2, 3, 7, 8, 9, 4000].map(|failures| minutes(failures, None)), [2, 4, 8, 128, 256, 360, 360]);
        assert_eq!([1, 3, 4].map(|failures| minutes(failures, Some(10))), [10, 10, 16]);
        assert_eq!(minutes(1, Some(24 * 60)), 360, "a source that is read once a day is tried again the same day");
    }
}
