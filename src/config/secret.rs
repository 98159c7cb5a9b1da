//! Secrets: in the file itself, better in a file of their own (`…_file`), best from the service manager's credentials.
//!
//! A credential has the key's path as its name, with a table's own name in place of its number: `endpoint.partner.secret`,
//! `mail.server.0.password`, `store.url`. Nothing here prints a secret.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::fault::{Fault, Origin, Problem};
use super::reader::Reader;
use super::setting::Setting as _;
use crate::model::Secret;

/// A longer file is no secret but a mistake (bytes).
const LONGEST: u64 = 64 << 10;

/// What stands for a secret in print, as TOML.
pub(super) const MASKED: &str = "\"***\"";

impl Reader<'_> {
    /// A secret that may be missing. `name` is what its table is called, where it has a name.
    pub(super) fn secret(&mut self, key: &'static str, file_key: &'static str, name: Option<&str>) -> Option<Secret> {
        let both = self.has(key) && self.has(file_key);
        let (plain, plain_origin) = self.written::<String>(key);
        let (file, file_origin) = self.written::<PathBuf>(file_key);
        let file = file.map(|file| self.notes.resolve(&file));
        if both {
            self.complain(file_key, format!("stands beside {key}; keep one of them"));
        }
        let (secret, origin) = match (plain, &file) {
            (Some(plain), _) if plain.is_empty() => {
                self.complain(key, "is empty");
                (None, plain_origin)
            }
            (Some(plain), _) => (Some(Secret::new(plain)), plain_origin),
            (None, Some(path)) => (self.secret_of_file(file_key, path), Origin::Default),
            (None, None) => self.secret_of_credential(key, name),
        };
        // What a file gives is shown by the file's name alone, so that what is shown can be read again.
        let masked = secret.as_ref().filter(|_| file.is_none()).map(|_| MASKED.to_owned());
        self.show(key, masked, origin);
        self.show(file_key, file.as_ref().map(PathBuf::show), file_origin);
        secret
    }

    fn secret_of_file(&mut self, file_key: &'static str, path: &Path) -> Option<Secret> {
        match read(path) {
            Ok((secret, open_to_all)) => {
                if open_to_all {
                    let (at, path) = (self.path(file_key), path.display());
                    self.notes.advise(&at, format!("everyone on this machine can read {path}; chmod 600 {path}"));
                }
                Some(secret)
            }
            Err(why) => {
                self.complain(file_key, format!("{} {why}", path.display()));
                None
            }
        }
    }

    fn secret_of_credential(&mut self, key: &'static str, name: Option<&str>) -> (Option<Secret>, Origin) {
        let Some(folder) = self.notes.credentials.clone() else { return (None, Origin::Default) };
        let table = match (name, self.place().rsplit_once('.')) {
            (Some(name), Some((kind, _))) => format!("{kind}.{name}"),
            _ => self.place().to_owned(),
        };
        let credential = format!("{table}.{key}");
        let path = folder.join(&credential);
        if !path.exists() {
            return (None, Origin::Default);
        }
        let origin = Origin::Credential(credential);
        match read(&path) {
            Ok((secret, _)) => (Some(secret), origin),
            Err(why) => {
                self.notes.problems.push(Problem { origin, fault: Fault::Value { key: self.path(key), why } });
                (None, Origin::Default)
            }
        }
    }
}

/// Reads a secret's file without its last line break, and whether everyone on the machine may do so.
fn read(path: &Path) -> Result<(Secret, bool), String> {
    let failed = |error: std::io::Error| format!("cannot be read: {error}");
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err("is no file".to_owned());
    }
    let mut text = String::new();
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > LONGEST {
        return Err(format!("is longer than {LONGEST} bytes"));
    }
    let secret = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if secret.is_empty() { Err("is empty".to_owned()) } else { Ok((Secret::new(secret.to_owned()), open_to_all(&metadata))) }
}

#[cfg(unix)]
fn open_to_all(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    /// The bit that lets others read.
    const OTHERS_READ: u32 = 0o004;
    metadata.permissions().mode() & OTHERS_READ != 0
}

#[cfg(not(unix))]
fn open_to_all(_: &std::fs::Metadata) -> bool {
    false
}
