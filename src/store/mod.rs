//! What lasts: one `Store` over SQLite or PostgreSQL, one SQL text a question.
//!
//! Writers go through a [`Tx`]. Whoever writes copy, receivers, editions or letters draws numbers from the counter `log_head`
//! ([`Tx::next`]), which that locks until the commit: numbers are committed in order, so a reader of `> last` misses nothing.
//! A commit that drew one wakes whoever waits on a [`Watch`].
//!
//! SQL stands nowhere else. Tables and figures: `migrations/0001_tables.sql`.

mod db;
mod dialect;
mod error;
mod lock;
mod migrate;
mod read;
mod watch;

pub mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use db::{Db, DbTx, tx_row};

pub use dialect::Dialect;
pub(crate) use error::Doing;
pub use error::StoreError;
pub use lock::ServeLock;
pub use read::articles::{ArticleFilter, ArticleRow, SectionWindow};
pub use read::console::EditionLine;
pub use read::deliveries::{DeliveryFilter, DeliveryLine, Ledger, LedgerCount};
pub use read::editions::{DigestRow, EditionRow};
pub use read::engine::{OpenSubject, ParcelRow};
pub use read::pictures::{MediaRow, PictureRow};
pub use read::receivers::{EndpointFilter, SubscriberRow};
pub use read::revisions::{KeptPage, RevisionRow};
pub use read::sources::{PageRow, PartRow, SourceRow};
pub use read::tokens::{Scope, SessionRow, TokenRow};
pub use watch::Watch;

/// Everything that lasts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    db: Db,
    bell: watch::Bell,
    home: Option<PathBuf>,
}

impl Store {
    /// Opens a store and brings its tables up to date. `sqlite:path`, `postgres://…`.
    ///
    /// # Errors
    /// When the folder cannot be made, the database cannot be reached, or its tables are newer than this program.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let home = file_of(url);
        if let Some(folder) = home.as_deref().and_then(Path::parent) {
            std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder { path: folder.to_owned(), source })?;
        }
        let db = Db::open(url).await.doing("open the store")?;
        let migrator = migrate::migrator(db.dialect());
        match &db {
            Db::Sqlite { write, .. } => migrator.run(write).await,
            Db::Postgres(pool) => migrator.run(pool).await,
        }
        .map_err(|source| StoreError::Migrate { source })?;
        Ok(Self { db, bell: watch::Bell::default(), home })
    }

    /// Which database it is.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.db.dialect()
    }

    /// Begins a transaction that may write. On SQLite there is one at a time: pass it down, never ask for a second.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let db = self.db.begin().await.doing("begin a transaction")?;
        Ok(Tx { db, drawn: 0, left: 0, bell: self.bell.clone() })
    }

    /// Takes the right to `serve` on this store. SQLite has one serving process; PostgreSQL any number.
    ///
    /// # Errors
    /// When another process has it.
    pub fn lock_for_serving(&self) -> Result<ServeLock, StoreError> {
        ServeLock::take(self.home.as_deref())
    }

    /// Whether another process serves on this store; `None` where that cannot be told.
    #[must_use]
    pub fn is_served(&self) -> Option<bool> {
        lock::is_taken(self.home.as_deref())
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.db.close().await;
    }
}

/// The file of a SQLite URL; `None` for a server or a store in memory.
fn file_of(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or_default();
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

/// How many numbers one draw takes: an accepted article needs four to six, gaps cost nothing.
const DRAW: i64 = 16;

/// A transaction that may write; dropped without a commit it changes nothing.
pub struct Tx {
    db: DbTx,
    drawn: i64,
    left: i64,
    bell: watch::Bell,
}

impl Tx {
    /// The next number of the log. The first draw waits for every other writer of the log and holds the counter until the commit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self) -> Result<i64, StoreError> {
        const TAKE: &str = "update log_head set seq = seq + $1 where id = 1 returning seq";
        if self.left == 0 {
            let head = tx_row!(self, (i64,), TAKE, DRAW).doing("draw from the log")?;
            self.drawn = head.ok_or(StoreError::NoHead)?.0;
            self.left = DRAW;
        }
        self.left -= 1;
        Ok(self.drawn - self.left)
    }

    /// Waits for every other writer of the log before anything is read: what is found then still stands when it is written upon.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_turn(&mut self) -> Result<(), StoreError> {
        if self.drawn == 0 {
            self.next().await?;
        }
        Ok(())
    }

    /// Commits, and wakes whoever waits for what was written.
    ///
    /// # Errors
    /// When the database fails; then nothing was written.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        let drew = self.drawn > 0;
        if drew && let DbTx::Postgres(tx) = &mut self.db {
            sqlx::query("select pg_notify('postrider', '')").execute(&mut **tx).await.doing("tell the other nodes")?;
        }
        match self.db {
            DbTx::Sqlite(tx) => tx.commit().await,
            DbTx::Postgres(tx) => tx.commit().await,
        }
        .doing("commit")?;
        if drew {
            self.bell.ring(self.drawn);
        }
        Ok(())
    }

    /// Lets go of everything; dropping does the same, later.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roll_back(self) -> Result<(), StoreError> {
        match self.db {
            DbTx::Sqlite(tx) => tx.rollback().await,
            DbTx::Postgres(tx) => tx.rollback().await,
        }
        .doing("roll back")
    }
}

/// The highest number that this process committed or saw.
type Seen = Arc<AtomicI64>;

fn raise(seen: &Seen, to: i64) {
    seen.fetch_max(to, Ordering::AcqRel);
}
