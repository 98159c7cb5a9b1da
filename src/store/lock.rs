//! One serving process a SQLite file: "every leftover `sending` was mine" is false with two of them.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::StoreError;

/// The right to serve; given back when dropped, and by the system when the process dies.
#[derive(Debug)]
pub struct ServeLock {
    _file: Option<File>,
}

fn lock_file(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".serve-lock");
    PathBuf::from(name)
}

fn open(path: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(path)
}

impl ServeLock {
    pub(super) fn take(database: Option<&Path>) -> Result<Self, StoreError> {
        let Some(database) = database else { return Ok(Self { _file: None }) };
        let path = lock_file(database);
        let failed = |source| StoreError::Lock { path: path.clone(), source };
        let file = open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Served { path: database.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

pub(super) fn is_taken(database: Option<&Path>) -> Option<bool> {
    let file = open(&lock_file(database?)).ok()?;
    match file.try_lock() {
        Ok(()) => Some(false),
        Err(TryLockError::WouldBlock) => Some(true),
        Err(TryLockError::Error(_)) => None,
    }
}
