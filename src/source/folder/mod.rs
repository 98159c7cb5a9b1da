//! A folder that people and systems drop copy into.
//!
//! A file is claimed by renaming it into `processing/`, read, and moved to `done/YYYY-MM/` or `failed/` only after whoever took
//! the copy says so: a crash in between leaves it in `processing/`, where the next look takes it up again. A lock on the open
//! file keeps two looks, of one process or of two, from taking the same file. Links and pipes are never opened, names never trusted.

mod claim;
mod copy;
mod front_matter;
mod settling;
mod watch;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{Find, Look, Net, SourceError, Spec};
use crate::model::{Candidate, Millis, SourceMemory, one_line};

pub use claim::Claim;
pub use settling::Folders;

/// Subfolders are sections; nobody nests them deeper.
const DEEPEST: usize = 8;
/// Files of one look; the rest waits for the next one, which follows at once.
const MOST_FILES: usize = 200;
/// Entries that are walked over in one look: a folder of a million files must not stop the daemon.
const MOST_ENTRIES: usize = 50_000;
/// Where claimed, accepted and refused files go.
const OURS: [&str; 3] = [PROCESSING, DONE, FAILED];
const PROCESSING: &str = "processing";
const DONE: &str = "done";
const FAILED: &str = "failed";

/// Claims what is ready and reads it.
pub(super) async fn look(spec: &Spec, memory: &SourceMemory, net: &Net) -> Result<Look, SourceError> {
    let root = spec.path.clone().ok_or_else(|| SourceError::Nowhere(spec.name.clone()))?;
    let (spec, memory, now, folders) = (spec.clone(), memory.clone(), net.clock.now(), net.folders.clone());
    let path = root.clone();
    let looked = tokio::task::spawn_blocking(move || look_now(&root, &spec, memory, now, &folders)).await;
    looked.map_err(io::Error::other).flatten().map_err(|error| SourceError::Folder { path, error })
}

fn look_now(root: &Path, spec: &Spec, memory: SourceMemory, now: Millis, folders: &Folders) -> io::Result<Look> {
    for ours in OURS {
        own_folder(&root.join(ours))?;
    }
    let memory = Arc::new(memory);
    let mut look = Look { memory: (*memory).clone(), ..Look::default() };
    let month = now.in_zone(spec.zone).format("%Y-%m").to_string();
    let mut places = files(&root.join(PROCESSING), false)?;
    let dropped = files(root, true)?;
    look.again = folders.unsettled(root, &dropped, now);
    for place in dropped.into_iter().filter(|place| folders.is_settled(root, place, now)).take(MOST_FILES) {
        let claimed = root.join(PROCESSING).join(place.strip_prefix(root).unwrap_or(&place));
        match claim::into_processing(&place, &claimed) {
            Ok(true) => places.push(claimed),
            Ok(false) => {}
            Err(error) => look.failed.push(lost(root, &place, &error)),
        }
    }
    if places.len() > MOST_FILES {
        places.truncate(MOST_FILES);
        look.again = Some(Duration::ZERO);
    }
    for place in places {
        match take_up(root, &place, &month, |claim, bytes| copy::candidate(claim.relative(), bytes, spec, &memory, now)) {
            Ok(Some(Ok(find))) => look.finds.push(find),
            Ok(Some(Err(refused))) => look.failed.push(refused),
            Ok(None) => {}
            Err(error) => look.failed.push(lost(root, &place, &error)),
        }
    }
    Ok(look)
}

/// Takes up a claimed file and reads it, or moves it to `failed/`. `None`: it is in other hands.
fn take_up(
    root: &Path,
    place: &Path,
    month: &str,
    read: impl FnOnce(&Claim, Vec<u8>) -> Result<Candidate, String>,
) -> io::Result<Option<Result<Find, SourceError>>> {
    let Some(claim) = Claim::take(root, place, month)? else { return Ok(None) };
    match claim.read().and_then(|bytes| read(&claim, bytes)) {
        Ok(candidate) => Ok(Some(Ok(Find { candidate, page: None, parts: Vec::new(), claim: Some(claim) }))),
        Err(why) => {
            let name = claim.name();
            claim.failed(&why)?;
            Ok(Some(Err(SourceError::File { name, why })))
        }
    }
}

/// A file that the system would not let us move; it stays where it is, and the rest goes on.
fn lost(root: &Path, place: &Path, error: &io::Error) -> SourceError {
    let name = one_line(&place.strip_prefix(root).unwrap_or(place).to_string_lossy());
    SourceError::File { name, why: format!("cannot be moved: {error}") }
}

/// Makes a folder of our own, and makes sure that it is one: a link in its place would lead files out of here.
fn own_folder(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(io::Error::new(io::ErrorKind::NotADirectory, format!("{} is no folder", path.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::create_dir_all(path),
        Err(error) => Err(error),
    }
}

/// Everything below `folder` that is no folder and not to be ignored, in the order of names. Links are listed and never followed.
fn files(folder: &Path, at_root: bool) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), 0)];
    let mut seen = 0;
    while let Some((path, depth)) = open.pop() {
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            // A subfolder that was moved or locked away in the meantime costs itself and no other.
            Err(_) if depth > 0 => continue,
            Err(error) => return Err(error),
        };
        for entry in entries.filter_map(Result::ok) {
            seen += 1;
            let name = entry.file_name();
            let ours = at_root && depth == 0 && OURS.iter().any(|ours| name == *ours);
            if seen > MOST_ENTRIES || ours || is_ignored(&name.to_string_lossy()) {
                continue;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < DEEPEST => open.push((entry.path(), depth + 1)),
                Ok(kind) if !kind.is_dir() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

/// What editors, copiers and systems leave beside the files that are meant.
fn is_ignored(name: &str) -> bool {
    let lower = name.to_lowercase();
    let ends = ["~", ".part", ".tmp", ".crdownload", ".swp", ".lock"];
    name.starts_with('.')
        || name.starts_with("~$")
        || ends.iter().any(|end| lower.ends_with(end))
        || ["thumbs.db", "desktop.ini"].contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::look;
    use super::super::loopback::{NOW, net};
    use super::*;
    use crate::model::{Body, SourceKind};
    use crate::outbound::Reach;

    struct Desk {
        folder: tempfile::TempDir,
        spec: Spec,
        net: Net,
    }

    impl Desk {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let spec = Spec {
                name: "desk".to_owned(),
                kind: SourceKind::Folder,
                addresses: Vec::new(),
                path: Some(folder.path().to_owned()),
                zone: chrono_tz::Asia::Shanghai,
                own: true,
                user_agent: "Postrider/0.1.0".to_owned(),
                reach: Reach::default(),
                language: "zh-CN".to_owned(),
                overrides: std::sync::Arc::default(),
            };
            Self { folder, spec, net: net() }
        }

        fn drop_in(&self, name: &str, bytes: &[u8]) {
            let place = self.folder.path().join(name);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, bytes).unwrap();
        }

        /// Two looks with the pause between them that a file needs to be whole.
        async fn looks(&self) -> Look {
            let first = look(&self.spec, &SourceMemory::default(), &self.net).await.unwrap();
            assert!(first.finds.is_empty());
            self.net.clock.advance(Duration::from_secs(1));
            look(&self.spec, &SourceMemory::default(), &self.net).await.unwrap()
        }

        fn has(&self, place: &str) -> bool {
            fs::symlink_metadata(self.folder.path().join(place)).is_ok()
        }
    }

    #[tokio::test]
    async fn every_kind_of_file_becomes_copy_and_its_subfolder_a_section() {
        let desk = Desk::new();
        desk.drop_in(
            "新闻/镇区/bridge.md",
            "---\n标题: 新桥通车\ndate: 2026-01-01 00:30\n作者: 沈望、柯桥\n---\n# 小标题\n\n正文**一段**。\n".as_bytes(),
        );
        desk.drop_in("a.json", r#"{"external_id":"cms-1","title":"一","content_text":"正文","sections":["news"]}"#.as_bytes());
        desk.drop_in("b.txt", "春茶上市\n\n第一批春茶昨日开采。\n".as_bytes());
        desk.drop_in("c.html", "<title>码头扩建</title><p>正文".as_bytes());
        desk.drop_in("d.md", "# 只有标题\n".as_bytes());
        let looked = desk.looks().await;
        let titles: Vec<_> = looked.finds.iter().map(|find| find.candidate.title.as_deref().unwrap()).collect();
        assert_eq!(titles, ["一", "春茶上市", "码头扩建", "只有标题", "新桥通车"]);
        let bridge = &looked.finds[4].candidate;
        assert_eq!(bridge.sections, ["新闻/镇区"]);
        assert_eq!(bridge.authors.len(), 2);
        assert_eq!(bridge.body, Body::Html("<h1>小标题</h1>\n<p>正文<strong>一段</strong>。</p>\n".to_owned()));
        assert_eq!(bridge.provenance.external_id.as_deref(), Some("新闻/镇区/bridge"));
        assert_eq!(looked.finds[0].candidate.provenance.external_id.as_deref(), Some("cms-1"));
        assert!(looked.failed.is_empty());
    }

    #[tokio::test]
    async fn a_claim_is_settled_after_acceptance_and_a_crash_loses_nothing() {
        let desk = Desk::new();
        desk.drop_in("news/one.txt", "一".as_bytes());
        desk.drop_in("two.txt", "二".as_bytes());
        let mut looked = desk.looks().await;
        assert!(desk.has("processing/news/one.txt") && desk.has("processing/two.txt"));
        // While a claim is held, no other look takes the file.
        let other = Net { folders: Folders::default(), ..desk.net.clone() };
        assert!(look(&desk.spec, &SourceMemory::default(), &other).await.unwrap().finds.is_empty());
        let claims: Vec<Claim> = looked.finds.iter_mut().filter_map(|find| find.claim.take()).collect();
        drop(claims);
        let mut again = look(&desk.spec, &SourceMemory::default(), &other).await.unwrap();
        assert_eq!(again.finds.len(), 2);
        again.finds.remove(0).claim.unwrap().done().unwrap();
        again.finds.remove(0).claim.unwrap().failed("栏目不存在").unwrap();
        assert!(desk.has("done/2026-01/news/one.txt") && desk.has("failed/two.txt"));
        assert_eq!(fs::read_to_string(desk.folder.path().join("failed/two.txt.err.txt")).unwrap(), "栏目不存在\n");
        desk.drop_in("two.txt", "二".as_bytes());
        desk.looks().await.finds.remove(0).claim.unwrap().failed("又").unwrap();
        assert!(desk.has("failed/two.2.txt"));
    }

    #[tokio::test]
    async fn what_cannot_be_read_goes_to_failed_and_the_rest_goes_on() {
        let desk = Desk::new();
        desk.drop_in("bad.json", b"{\"title\": 1");
        desk.drop_in("field.json", r#"{"title":"一","published":"gestern"}"#.as_bytes());
        desk.drop_in("empty.txt", b" \n");
        desk.drop_in("photo.docx", b"PK");
        desk.drop_in("good.txt", "好".as_bytes());
        fs::File::create(desk.folder.path().join("huge.txt")).unwrap().set_len(64 * 1024 * 1024).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", desk.folder.path().join("link.txt")).unwrap();
        std::os::unix::fs::symlink("/etc", desk.folder.path().join("linked")).unwrap();
        let pipe = std::process::Command::new("mkfifo").arg(desk.folder.path().join("pipe.txt")).status().unwrap();
        assert!(pipe.success());
        // What has nothing to wait for fails at the first look, the rest at the second.
        let first = look(&desk.spec, &SourceMemory::default(), &desk.net).await.unwrap();
        desk.net.clock.advance(Duration::from_secs(1));
        let second = look(&desk.spec, &SourceMemory::default(), &desk.net).await.unwrap();
        assert_eq!(second.finds.len(), 1);
        let said: Vec<String> = first.failed.iter().chain(&second.failed).map(ToString::to_string).collect();
        for name in [
            "link.txt: not a regular file",
            "linked: not a regular file",
            "pipe.txt: not a regular file",
            "empty.txt: empty",
            "huge.txt: larger than 8 MiB",
        ] {
            assert!(said.iter().any(|line| line == name), "{name} not in {said:?}");
        }
        assert!(said.iter().any(|line| line.starts_with("field.json: published: ")));
        assert_eq!(said.len(), 8);
        assert!(desk.has("failed/bad.json.err.txt") && desk.has("failed/photo.docx") && desk.has("failed/link.txt"));
    }

    #[tokio::test]
    async fn a_growing_file_is_left_alone_and_ignored_names_stay() {
        let desk = Desk::new();
        desk.drop_in("slow.txt", "一".as_bytes());
        for name in [".hidden.txt", "a.txt~", "b.part", "c.tmp", "~$d.txt"] {
            desk.drop_in(name, b"x");
        }
        let first = look(&desk.spec, &SourceMemory::default(), &desk.net).await.unwrap();
        assert_eq!(first.again, Some(Duration::from_secs(1)));
        desk.drop_in("slow.txt", "一二".as_bytes());
        desk.net.clock.advance(Duration::from_secs(1));
        assert!(look(&desk.spec, &SourceMemory::default(), &desk.net).await.unwrap().finds.is_empty());
        desk.net.clock.advance(Duration::from_secs(1));
        let third = look(&desk.spec, &SourceMemory::default(), &desk.net).await.unwrap();
        assert_eq!((third.finds.len(), third.again), (1, None));
        assert!(desk.has(".hidden.txt") && desk.has("b.part"));
        assert_eq!(desk.net.clock.now(), NOW.plus(Duration::from_secs(2)));
    }

    #[tokio::test]
    async fn a_file_that_is_renamed_in_wakes_us_and_is_whole_at_once() {
        let desk = Desk::new();
        desk.drop_in("one.txt.part", "一".as_bytes());
        look(&desk.spec, &SourceMemory::default(), &desk.net).await.unwrap();
        let changed = desk.net.folders.changed(desk.folder.path());
        fs::rename(desk.folder.path().join("one.txt.part"), desk.folder.path().join("one.txt")).unwrap();
        tokio::time::timeout(Duration::from_secs(5), changed).await.expect("the watch rings");
        // The bell may ring for the first half of the rename.
        for _ in 0..50 {
            let looked = look(&desk.spec, &SourceMemory::default(), &desk.net).await.unwrap();
            if looked.finds.len() == 1 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the file was not taken without waiting");
    }

    #[tokio::test]
    async fn our_own_folders_are_no_links() {
        let desk = Desk::new();
        std::os::unix::fs::symlink("/tmp", desk.folder.path().join("done")).unwrap();
        assert!(matches!(look(&desk.spec, &SourceMemory::default(), &desk.net).await, Err(SourceError::Folder { .. })));
    }
}
