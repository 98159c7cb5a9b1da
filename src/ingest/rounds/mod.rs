//! Rounds: every source is looked at when its time comes, and what it gave is accepted together with what was learned.
//!
//! Articles, events, pages, validators and memory of one look are saved in one transaction, the last of several where there is much:
//! a crash never leaves a validator ahead of its article. A dropped file is settled after that.

mod choose;
mod drift;
mod gone;
mod interval;
mod pages;
mod recheck;
mod take;
mod usual;
mod visit;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use crate::lifecycle::Lifecycle;
use crate::model::{Millis, SourceKind};
use crate::source::{Net, Spec};
use crate::store::write::ingest::put_source;
use crate::store::{SourceRow, StoreError};

use super::{Door, Ingest, STORE_AWAY};

/// Commands and other commits come in bursts; sources are read again once the burst is over.
const SETTLES: Duration = Duration::from_millis(150);

/// A source with its schedule.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Where it is and how it is read.
    pub spec: Spec,
    /// How often it is looked at; `None`: as often as it publishes.
    pub every: Option<Duration>,
    /// How its copy is judged.
    pub door: Door,
    /// Whether its new copy tells receivers.
    pub announce: bool,
}

/// Goes round the sources.
#[derive(Debug, Clone)]
pub struct Rounds {
    /// Takes copy in.
    pub ingest: Ingest,
    /// The way out.
    pub net: Net,
    /// Every source of the configuration that is looked at.
    pub planned: Vec<Planned>,
}

/// Writes the sources that the configuration declares; what was learned of them stays.
///
/// # Errors
/// When the store fails.
pub async fn declare(ingest: &Ingest, planned: &[Planned]) -> Result<(), StoreError> {
    let known = ingest.store.sources().await?;
    let spec = |plan: &Planned| json!({ "addresses": plan.spec.addresses, "path": plan.spec.path, "every_s": plan.every.map(|every| every.as_secs()) });
    let stands =
        |plan: &&Planned| known.iter().any(|row| row.name == plan.spec.name && row.kind == plan.spec.kind && row.spec == spec(plan));
    let changed: Vec<&Planned> = planned.iter().filter(|plan| !stands(plan)).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let mut tx = ingest.store.begin().await?;
    for plan in changed {
        put_source(&mut tx, &plan.spec.name, plan.spec.kind, &spec(plan)).await?;
    }
    tx.commit().await
}

impl Rounds {
    /// Looks at every source when its time comes, until the stop. Looks that are under way then are let go of: nothing of them is saved.
    ///
    /// # Errors
    /// When the store fails for good.
    pub async fn run(self, lifecycle: Lifecycle) -> Result<(), StoreError> {
        let mut watch = self.ingest.store.watch();
        let mut looking: JoinSet<(String, Result<(), StoreError>)> = JoinSet::new();
        let mut busy: HashSet<String> = HashSet::new();
        let mut rows: HashMap<String, SourceRow> = HashMap::new();
        let mut unsaved = Unsaved::default();
        loop {
            let now = self.ingest.clock.now();
            for plan in &self.planned {
                let row = rows.get(&plan.spec.name).filter(|row| due(row, now));
                if let Some(row) = row.filter(|row| !busy.contains(&row.name)) {
                    busy.insert(row.name.clone());
                    looking.spawn(self.clone().visit(plan.clone(), row.clone()));
                }
            }
            let next = rows.values().filter(|row| !row.paused && !busy.contains(&row.name)).filter_map(|row| row.next_at).min();
            tokio::select! {
                biased;
                () = lifecycle.stopping() => return Ok(()),
                Some(ended) = looking.join_next() => {
                    let Ok((name, result)) = ended else { continue };
                    busy.remove(&name);
                    match &result {
                        Ok(()) => unsaved.saved(&name),
                        Err(error) => {
                            tracing::warn!(source = name, error = error as &dyn std::error::Error, "a look could not be saved and will be taken again");
                            unsaved.failed(&name, self.ingest.clock.now());
                            tokio::time::sleep(SETTLES).await;
                        }
                    }
                    rows = self.rows(rows, &unsaved).await?;
                }
                () = watch.news() => {
                    tokio::time::sleep(SETTLES).await;
                    rows = self.rows(rows, &unsaved).await?;
                }
                () = self.ingest.clock.until(next) => {}
                name = self.dropped(&busy) => {
                    if let Some(row) = rows.get_mut(&name) {
                        row.next_at = Some(self.ingest.clock.now());
                    }
                }
            }
        }
    }

    /// The sources that are gone round. The store remembers others too, which the configuration no longer names: their time may have
    /// come long ago, and nobody is to wait for it.
    async fn rows(&self, known: HashMap<String, SourceRow>, unsaved: &Unsaved) -> Result<HashMap<String, SourceRow>, StoreError> {
        let planned = |row: &SourceRow| self.planned.iter().any(|plan| plan.spec.name == row.name);
        let mut rows = match self.ingest.store.sources().await {
            Ok(rows) => rows.into_iter().filter(planned).map(|row| (row.name.clone(), row)).collect(),
            Err(error) if error.is_transient() => {
                // An empty list would wait for the next commit, which a quiet newsroom may not have for hours.
                tokio::time::sleep(STORE_AWAY).await;
                known
            }
            Err(error) => return Err(error),
        };
        unsaved.hold_back(&mut rows);
        Ok(rows)
    }

    /// Waits for something to happen in a folder that is not being looked at.
    async fn dropped(&self, busy: &HashSet<String>) -> String {
        let folders = self.planned.iter().filter(|plan| !busy.contains(&plan.spec.name));
        let changes = folders.filter_map(|plan| {
            let path = plan.spec.path.clone()?;
            Some(Box::pin(async move {
                self.net.folders.changed(&path).await;
                plan.spec.name.clone()
            }))
        });
        let changes: Vec<_> = changes.collect();
        if changes.is_empty() {
            return std::future::pending().await;
        }
        futures_util::future::select_all(changes).await.0
    }
}

/// Sources whose last looks could not be saved: how many in a row, and until when they rest. A store that is full says so at every
/// look, and the site behind it is asked for all of its pages each time.
#[derive(Debug, Default)]
struct Unsaved(HashMap<String, (u32, Millis)>);

impl Unsaved {
    fn failed(&mut self, source: &str, now: Millis) {
        let (times, until) = self.0.entry(source.to_owned()).or_default();
        *until = now.plus(STORE_AWAY.saturating_mul(1 << (*times).min(20)).min(visit::LONGEST_WAIT));
        *times += 1;
    }

    fn saved(&mut self, source: &str) {
        self.0.remove(source);
    }

    fn hold_back(&self, rows: &mut HashMap<String, SourceRow>) {
        for (name, (_, until)) in &self.0 {
            if let Some(row) = rows.get_mut(name) {
                row.next_at = Some(row.next_at.unwrap_or_default().max(*until));
            }
        }
    }
}

fn due(row: &SourceRow, now: Millis) -> bool {
    !row.paused && row.kind != SourceKind::Push && row.next_at.is_none_or(|at| at <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, next_at: Option<Millis>) -> SourceRow {
        SourceRow {
            id: crate::model::Seq(1),
            name: name.to_owned(),
            kind: SourceKind::Site,
            spec: json!({}),
            paused: false,
            memory: crate::model::SourceMemory::default(),
            health: json!({}),
            next_at,
        }
    }

    #[test]
    fn a_source_whose_looks_cannot_be_saved_rests_longer_each_time() {
        let now = Millis(1_635_467_400_000);
        let mut unsaved = Unsaved::default();
        let rests = |unsaved: &mut Unsaved, now: Millis| {
            unsaved.failed("cms", now);
            let mut rows = HashMap::from([("cms".to_owned(), row("cms", Some(now))), ("other".to_owned(), row("other", Some(now)))]);
            unsaved.hold_back(&mut rows);
            assert!(due(&rows["other"], now), "the others go on");
            rows["cms"].next_at.unwrap().since(now).as_secs()
        };
        assert_eq!([(); 4].map(|()| rests(&mut unsaved, now)), [1, 2, 4, 8]);
        (0..40).for_each(|_| unsaved.failed("cms", now));
        assert_eq!(rests(&mut unsaved, now), visit::LONGEST_WAIT.as_secs());
        unsaved.saved("cms");
        let mut rows = HashMap::from([("cms".to_owned(), row("cms", None))]);
        unsaved.hold_back(&mut rows);
        assert!(due(&rows["cms"], now));
    }
}
