//! The system's word that something happened in a folder.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::event::{ModifyKind, RenameMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

use super::{OURS, is_ignored};

/// Names that were renamed in and not yet taken; a flood of them beyond this is settled by looking twice (files).
const MOST_ARRIVALS: usize = 10_000;

/// A watch over a folder, begun when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Watch {
    bell: Arc<Notify>,
    arrivals: Arc<Mutex<HashSet<PathBuf>>>,
    watcher: Option<RecommendedWatcher>,
}

impl Watch {
    /// What rings when something happened.
    pub(super) fn bell(&mut self, root: &Path) -> Arc<Notify> {
        if self.watcher.is_none() {
            let (bell, arrivals, below) = (Arc::clone(&self.bell), Arc::clone(&self.arrivals), root.to_owned());
            let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
                let Ok(event) = event else { return bell.notify_one() };
                if note(&event, &below, &arrivals) {
                    bell.notify_one();
                }
            });
            // Where nothing can be watched, or not yet, the next call tries again and polling goes on.
            self.watcher = watcher.ok().and_then(|mut watcher| watcher.watch(root, RecursiveMode::Recursive).ok().map(|()| watcher));
        }
        Arc::clone(&self.bell)
    }

    /// Whether a file came whole, by a rename.
    pub(super) fn renamed_in(&self, place: &Path) -> bool {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).contains(place)
    }

    /// The file was taken.
    pub(super) fn forget(&self, place: &Path) {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).remove(place);
    }
}

/// Remembers what was renamed in; says whether the event concerns anything but our own moves.
fn note(event: &Event, root: &Path, arrivals: &Mutex<HashSet<PathBuf>>) -> bool {
    let ours = |path: &PathBuf| {
        let first = path.strip_prefix(root).ok().and_then(|relative| relative.iter().next());
        first.is_some_and(|first| OURS.iter().any(|ours| first == *ours))
    };
    if matches!(event.kind, EventKind::Access(_)) || (!event.paths.is_empty() && event.paths.iter().all(ours)) {
        return false;
    }
    let arrived = match event.kind {
        EventKind::Modify(ModifyKind::Name(RenameMode::To)) => event.paths.first(),
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => event.paths.get(1),
        _ => None,
    };
    let meant = |place: &&PathBuf| !ours(place) && place.file_name().is_some_and(|name| !is_ignored(&name.to_string_lossy()));
    if let Some(place) = arrived.filter(meant) {
        let mut arrivals = arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        if arrivals.len() < MOST_ARRIVALS {
            arrivals.insert(place.clone());
        }
    }
    true
}
