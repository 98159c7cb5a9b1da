//! Which dropped files are whole: those that were renamed in, and those that did not change for a while.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::watch::Watch;
use crate::model::Millis;

/// A file that did not change for this long is whole: copying over a network pauses for less.
const SETTLES: Duration = Duration::from_secs(1);

/// What is known of folders between two looks. Clones share it; nothing of it need outlive the process.
#[derive(Debug, Clone, Default)]
pub struct Folders(Arc<Mutex<HashMap<PathBuf, Folder>>>);

#[derive(Debug, Default)]
struct Folder {
    sightings: HashMap<PathBuf, Sighting>,
    watch: Watch,
}

#[derive(Debug, Clone, PartialEq)]
struct Sighting {
    bytes: u64,
    changed: Option<SystemTime>,
    since: Millis,
}

impl Folders {
    /// Waits until something happens in a folder. Where the system cannot tell (a network drive), this waits for ever, and the
    /// source's interval is all there is.
    pub async fn changed(&self, root: &Path) {
        let bell = self.folder(root, |folder| folder.watch.bell(root));
        bell.notified().await;
    }

    /// Notes what was seen; gives how long until the first file that still grows may be whole.
    pub(super) fn unsettled(&self, root: &Path, files: &[PathBuf], now: Millis) -> Option<Duration> {
        self.folder(root, |folder| {
            // Watching begins before the first look, so that nothing falls between the two.
            folder.watch.bell(root);
            let there: HashSet<&PathBuf> = files.iter().collect();
            folder.sightings.retain(|place, _| there.contains(place));
            let mut waits = None;
            for place in files {
                let Ok(found) = fs::symlink_metadata(place) else { continue };
                let seen = Sighting { bytes: found.len(), changed: found.modified().ok(), since: now };
                let known = folder.sightings.entry(place.clone()).or_insert_with(|| seen.clone());
                if (known.bytes, known.changed) != (seen.bytes, seen.changed) {
                    *known = seen;
                }
                if now.since(known.since) < SETTLES && !folder.watch.renamed_in(place) && found.is_file() {
                    waits = Some(SETTLES);
                }
            }
            waits
        })
    }

    /// Whether a file that was just noted is whole. What is no file has nothing to wait for.
    pub(super) fn is_settled(&self, root: &Path, place: &Path, now: Millis) -> bool {
        self.folder(root, |folder| {
            let stable = folder.sightings.get(place).is_some_and(|seen| now.since(seen.since) >= SETTLES);
            let settled = stable || folder.watch.renamed_in(place) || fs::symlink_metadata(place).is_ok_and(|found| !found.is_file());
            if settled {
                folder.sightings.remove(place);
                folder.watch.forget(place);
            }
            settled
        })
    }

    fn folder<T>(&self, root: &Path, act: impl FnOnce(&mut Folder) -> T) -> T {
        let mut folders: MutexGuard<HashMap<PathBuf, Folder>> = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(folders.entry(root.to_owned()).or_default())
    }
}
