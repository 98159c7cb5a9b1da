//! One pool or the other, and the macros that run one text on both.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Postgres, Sqlite, Transaction};

use super::dialect::Dialect;

/// A store's connections.
#[derive(Debug, Clone)]
pub(super) enum Db {
    /// One writer, several readers, one file.
    Sqlite {
        /// Reads, several at once.
        read: SqlitePool,
        /// Writes, one after another.
        write: SqlitePool,
    },
    /// A server.
    Postgres(PgPool),
}

/// A transaction that may write.
pub(super) enum DbTx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Connections that read at once: enough for a page of the console beside the API; each is a thread of its own on SQLite.
const READERS: u32 = 6;
/// PostgreSQL connections of one node: readers and writers share them.
const CONNECTIONS: u32 = 16;
/// Pages of 4 KiB that the write-ahead log gathers before they go into the file: a page that a burst touches often is carried over once.
/// What was committed is safe in the log all the same; after a kill 16 MB of it are read again in a moment.
const WAL_PAGES: &str = "4000";
/// What the writer keeps in memory, in KiB and negative as SQLite wants it: the pages of a few ten thousand deliveries that wait.
const WRITER_CACHE: &str = "-16384";
/// How long SQLite waits for another process's write.
const BUSY: Duration = Duration::from_secs(5);

impl Db {
    pub(super) async fn open(url: &str) -> sqlx::Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)?.application_name("postrider");
            return Ok(Self::Postgres(PgPoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("wal_autocheckpoint", WAL_PAGES);
        let writer = options.clone().pragma("cache_size", WRITER_CACHE);
        let write = SqlitePoolOptions::new().max_connections(1).connect_with(writer).await?;
        let read = SqlitePoolOptions::new().max_connections(READERS).connect_with(options.read_only(true).create_if_missing(false)).await?;
        Ok(Self::Sqlite { read, write })
    }

    pub(super) const fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    pub(super) async fn begin(&self) -> sqlx::Result<DbTx> {
        Ok(match self {
            Self::Sqlite { write, .. } => DbTx::Sqlite(write.begin_with("begin immediate").await?),
            Self::Postgres(pool) => DbTx::Postgres(pool.begin().await?),
        })
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Runs an expression over whichever pool reads.
macro_rules! on_db {
    ($db:expr, |$c:ident| $e:expr) => {
        match $db {
            $crate::store::db::Db::Sqlite { read: $c, .. } => $e,
            $crate::store::db::Db::Postgres($c) => $e,
        }
    };
}

/// Runs an expression over whichever connection a transaction has.
macro_rules! on_tx {
    ($tx:expr, |$c:ident| $e:expr) => {
        match &mut $tx.db {
            $crate::store::db::DbTx::Sqlite(t) => {
                let $c = &mut **t;
                $e
            }
            $crate::store::db::DbTx::Postgres(t) => {
                let $c = &mut **t;
                $e
            }
        }
    };
}

/// All rows that a text gives, read from the store.
macro_rules! rows {
    ($store:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::db::on_db!(&$store.db, |c| sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(c).await)
    };
}

/// The row that a text gives, if any, read from the store.
macro_rules! row {
    ($store:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::db::on_db!(&$store.db, |c| sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(c).await)
    };
}

/// All rows that a text gives inside a transaction.
macro_rules! tx_rows {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::db::on_tx!($tx, |c| sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(c).await)
    };
}

/// The row that a text gives, if any, inside a transaction.
macro_rules! tx_row {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::db::on_tx!($tx, |c| sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(c).await)
    };
}

/// Runs a text inside a transaction; how many rows it touched.
macro_rules! tx_run {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::db::on_tx!($tx, |c| sqlx::query($sql)$(.bind($bind))*.execute(c).await.map(|done| done.rows_affected()))
    };
}

pub(super) use {on_db, on_tx, row, rows, tx_row, tx_rows, tx_run};
