//! What can go wrong with what lasts.

use std::path::PathBuf;

/// A failure of the store: what was being done, to what.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder of the database cannot be made.
    #[error("make the folder {path}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Its tables cannot be brought up to date.
    #[error("bring the tables up to date")]
    Migrate {
        /// Why not.
        source: sqlx::migrate::MigrateError,
    },
    /// The database failed.
    #[error("{doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: sqlx::Error,
    },
    /// A row holds what no version of this program wrote.
    #[error("{what} in the store cannot be read: {why}")]
    Unreadable {
        /// Which kind of row.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The counter's row is missing.
    #[error("the log has no head: the store was damaged or never made")]
    NoHead,
    /// Another process serves on this SQLite file.
    #[error("another `postrider serve` runs on {path}; SQLite takes one, PostgreSQL any number")]
    Served {
        /// The database.
        path: PathBuf,
    },
    /// The lock file cannot be made.
    #[error("lock {path}")]
    Lock {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

impl StoreError {
    /// Whether the same write may succeed when it is tried again: the database was busy, away, or out of connections.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        let Self::Database { source, .. } = self else { return false };
        match source {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_) => true,
            // PostgreSQL: connection gone, serialisation and deadlock, shutting down, out of connections. SQLite: busy, locked, disk full.
            sqlx::Error::Database(error) => error.code().is_some_and(|code| {
                let code = code.as_ref();
                code.starts_with("08")
                    || code.starts_with("40")
                    || code.starts_with("57")
                    || code.starts_with("53")
                    || matches!(code, "5" | "6" | "13" | "261" | "517")
            }),
            _ => false,
        }
    }

    /// Whether a unique key stood in the way.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database { source: sqlx::Error::Database(error), .. } if error.is_unique_violation())
    }
}

/// Says what was being done when a database call failed.
pub(crate) trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for sqlx::Result<T> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Database { doing, source })
    }
}
