//! A fresh, migrated store for one test, on either backend.

use postrider::store::Store;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use super::postgres::{self, Database, Flavour};
use super::scratch;

/// Where a test's store lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    /// A file of its own.
    Sqlite,
    /// A database of its own in the server that this process started.
    Postgres,
}

impl Backend {
    /// A store that nobody has written to.
    pub(crate) async fn store_url(self) -> StoreUrl {
        self.of_flavour(Flavour::Quick).await
    }

    /// The same, where what was committed outlives a crash of the machine: SQLite's always does.
    pub(crate) async fn durable_store_url(self) -> StoreUrl {
        self.of_flavour(Flavour::Durable).await
    }

    async fn of_flavour(self, flavour: Flavour) -> StoreUrl {
        match self {
            Self::Sqlite => {
                let folder = scratch::folder();
                let url = format!("sqlite:{}", folder.path().join("postrider.db").display());
                StoreUrl { url, _place: Place::Folder { _folder: folder } }
            }
            Self::Postgres => {
                let database = postgres::fresh(flavour).await;
                StoreUrl { url: database.url(), _place: Place::Database { _database: database } }
            }
        }
    }
}

/// The address of a store; the store goes when this is dropped.
pub(crate) struct StoreUrl {
    url: String,
    _place: Place,
}

enum Place {
    Folder { _folder: tempfile::TempDir },
    Database { _database: Database },
}

impl StoreUrl {
    /// As `[store] url` takes it.
    pub(crate) fn as_str(&self) -> &str {
        &self.url
    }

    /// Opens it: each call is what another process would have.
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }

    /// Runs SQL past the store, for states that no writer of this program makes yet, or that only damage makes.
    pub(crate) async fn run_sql(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.url.starts_with("sqlite:") {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
            connection.execute(sql).await.unwrap();
            connection.close().await.unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            connection.execute(sql).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}
