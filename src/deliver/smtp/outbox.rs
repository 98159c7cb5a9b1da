//! A folder that stands in for a mail server: one `.eml` a message.
//!
//! A file's name follows from its message's id, so that a message written twice is there once. A file is whole or absent: it is written
//! beside its place, forced to disk, and renamed.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::mail::Message;

/// Longer names are refused by common file systems at 255 bytes; a Message-ID of ours has about 70.
const LONGEST_NAME: usize = 200;

/// A folder that takes mail.
#[derive(Debug, Clone)]
pub struct Outbox {
    folder: PathBuf,
}

/// What went wrong with the folder.
#[derive(Debug, thiserror::Error)]
#[error("outbox {folder}: {what}")]
pub struct OutboxError {
    /// Which.
    pub folder: PathBuf,
    /// What was being done.
    pub what: &'static str,
    /// Why it failed.
    pub source: std::io::Error,
}

impl Outbox {
    /// The outbox in a folder, which is made where it is missing.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: &Path) -> Result<Self, OutboxError> {
        let outbox = Self { folder: folder.to_owned() };
        std::fs::create_dir_all(folder).map_err(|source| outbox.failed("make the folder", source))?;
        Ok(outbox)
    }

    /// Writes a message and gives its path. Once this returns the message survives a power cut. Blocks on the disk.
    ///
    /// # Errors
    /// When it cannot be written; then nothing is there.
    pub fn put(&self, message: &Message) -> Result<PathBuf, OutboxError> {
        let name = file_name(&message.message_id);
        let (place, beside) = (self.folder.join(format!("{name}.eml")), self.folder.join(format!(".{name}.tmp")));
        let written = write_whole(&beside, &message.bytes).map_err(|source| self.failed("write a message", source));
        if written.is_err() {
            // Nothing was promised; what is left of it only takes room.
            let _ = std::fs::remove_file(&beside);
        }
        written?;
        std::fs::rename(&beside, &place).map_err(|source| self.failed("put a message in its place", source))?;
        let folder = std::fs::File::open(&self.folder).and_then(|folder| folder.sync_all());
        folder.map_err(|source| self.failed("force the folder to disk", source))?;
        Ok(place)
    }

    fn failed(&self, what: &'static str, source: std::io::Error) -> OutboxError {
        OutboxError { folder: self.folder.clone(), what, source }
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// `<9.abc@news.example.cn>` → `9.abc@news.example.cn`; whatever a file system could misread becomes `_`.
fn file_name(message_id: &str) -> String {
    let plain = message_id.trim_start_matches('<').trim_end_matches('>').trim_start_matches('.');
    plain.chars().map(|c| if c.is_ascii_alphanumeric() || ".-@".contains(c) { c } else { '_' }).take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EmailAddress;

    fn message(id: &str, bytes: &[u8]) -> Message {
        let address = EmailAddress::parse("li@example.cn").unwrap();
        Message { envelope_from: address.clone(), envelope_to: address, bytes: bytes.to_vec(), message_id: id.to_owned() }
    }

    #[test]
    fn a_repeat_takes_the_place_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(&folder.path().join("deep/outbox")).unwrap();
        outbox.put(&message("<9.abc@news.example.cn>", b"one")).unwrap();
        let path = outbox.put(&message("<9.abc@news.example.cn>", b"two")).unwrap();
        assert_eq!(path.file_name().unwrap(), "9.abc@news.example.cn.eml");
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn no_id_leaves_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(folder.path()).unwrap();
        let path = outbox.put(&message("<../../etc/x\0y@h>", b"x")).unwrap();
        assert_eq!(path.parent().unwrap(), folder.path());
        std::fs::remove_dir_all(folder.path()).unwrap();
        assert_eq!(outbox.put(&message("<1@h>", b"x")).unwrap_err().what, "write a message");
    }
}
