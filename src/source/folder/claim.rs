//! A file that was taken up: locked while it is held, moved when it is settled.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{DONE, FAILED, PROCESSING};
use crate::model::one_line;

/// Copy is text; a larger file is something else (bytes).
const LARGEST: u64 = 8 * 1024 * 1024;

/// Files of one name that are kept apart in one month; the next one replaces the first.
const MOST_ALIKE: usize = 1000;

/// A file in `processing/`. Dropped without being settled, it stays there and is taken up again by the next look.
#[derive(Debug)]
pub struct Claim {
    root: PathBuf,
    relative: PathBuf,
    month: String,
    /// Open and locked; `None` where it may not be opened at all.
    file: Result<File, String>,
}

/// Moves a dropped file to its place in `processing/`. `false`: it is gone, or one of the same name is still there.
pub(super) fn into_processing(place: &Path, claimed: &Path) -> io::Result<bool> {
    if fs::symlink_metadata(claimed).is_ok() {
        return Ok(false);
    }
    make_parents(claimed)?;
    match fs::rename(place, claimed) {
        Ok(()) => Ok(true),
        // Somebody took it back, or another look was faster.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

impl Claim {
    /// Takes up a file in `processing/`. `None`: somebody else holds it, or it is gone.
    pub(super) fn take(root: &Path, place: &Path, month: &str) -> io::Result<Option<Self>> {
        let relative = place.strip_prefix(root.join(PROCESSING)).unwrap_or(place).to_owned();
        let claim = |file| Some(Self { root: root.to_owned(), relative, month: month.to_owned(), file });
        // Opening a pipe would wait for its writer, opening a device may do anything.
        match fs::symlink_metadata(place) {
            Ok(found) if !found.is_file() => return Ok(claim(Err("not a regular file".to_owned()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            _ => {}
        }
        let opened = OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_CLOEXEC).open(place);
        let file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Ok(claim(Err(format!("cannot be opened: {error}")))),
        };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            // A file system without locks: two daemons on it might both take the file, and the second would find nothing new in it.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        // Between opening and locking, its holder may have settled it, or a stranger put something else in its place.
        let (open, there) = (file.metadata()?, fs::symlink_metadata(place));
        let same = there.is_ok_and(|there| (there.dev(), there.ino()) == (open.dev(), open.ino()));
        // A second name elsewhere may belong to somebody who did not mean to publish, and may write to it later.
        let file = if open.nlink() > 1 { Err("has a second name elsewhere (a hard link)".to_owned()) } else { Ok(file) };
        Ok(if same && open.is_file() { claim(file) } else { None })
    }

    /// The bytes, or why there are none.
    pub(super) fn read(&self) -> Result<Vec<u8>, String> {
        let file = self.file.as_ref().map_err(Clone::clone)?;
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
        if bytes.len() as u64 > LARGEST {
            return Err(format!("larger than {} MiB", LARGEST / 1024 / 1024));
        }
        if bytes.trim_ascii().is_empty() {
            return Err("empty".to_owned());
        }
        Ok(bytes)
    }

    /// Where it stood below the folder.
    pub(super) fn relative(&self) -> &Path {
        &self.relative
    }

    /// Its name, for people only.
    #[must_use]
    pub fn name(&self) -> String {
        one_line(&self.relative.to_string_lossy())
    }

    /// The copy was accepted: the file goes to `done/YYYY-MM/`.
    ///
    /// # Errors
    /// When it cannot be moved; it is taken up again then, and found to be nothing new.
    pub fn done(self) -> io::Result<()> {
        self.settle(&self.root.join(DONE).join(&self.month)).map(|_| ())
    }

    /// The copy was refused: the file goes to `failed/`, beside it why, for the person who dropped it.
    ///
    /// # Errors
    /// When it cannot be moved.
    pub fn failed(self, why: &str) -> io::Result<()> {
        let place = self.settle(&self.root.join(FAILED))?;
        let note = note_beside(&place);
        // A link in its place would make us write elsewhere.
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).custom_flags(libc::O_NOFOLLOW).open(note)?;
        io::Write::write_all(&mut file, format!("{why}\n").as_bytes())
    }

    fn settle(&self, folder: &Path) -> io::Result<PathBuf> {
        let place = free(folder.join(&self.relative));
        make_parents(&place)?;
        fs::rename(self.root.join(PROCESSING).join(&self.relative), &place)?;
        Ok(place)
    }
}

/// Where the note on a file stands: under its name, cut where the system would take no longer one.
fn note_beside(place: &Path) -> PathBuf {
    /// The longest name that Linux takes (bytes, `NAME_MAX`).
    const LONGEST: usize = 255;
    const END: &str = ".err.txt";
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!("{}{END}", &name[..name.floor_char_boundary(LONGEST - END.len())]))
}

fn make_parents(place: &Path) -> io::Result<()> {
    place.parent().map_or(Ok(()), fs::create_dir_all)
}

/// The place, or with a number before its extension where another file of that name was settled before.
fn free(place: PathBuf) -> PathBuf {
    let numbered = |count: usize| {
        let mut name = place.file_stem().map(OsString::from).unwrap_or_default();
        name.push(format!(".{count}"));
        if let Some(extension) = place.extension() {
            name.push(".");
            name.push(extension);
        }
        place.with_file_name(name)
    };
    std::iter::once(place.clone()).chain((2..=MOST_ALIKE).map(numbered)).find(|place| fs::symlink_metadata(place).is_err()).unwrap_or(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_has_a_name_that_the_system_takes() {
        let note = |name: &str| note_beside(&Path::new("failed").join(name)).file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(note("one.txt"), "one.txt.err.txt");
        let long = note(&format!("{}.txt", "宜".repeat(83)));
        assert!(long.len() <= 255 && long.starts_with("宜宜") && long.ends_with(".err.txt"), "{long}");
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(&long), "why").unwrap();
    }
}
