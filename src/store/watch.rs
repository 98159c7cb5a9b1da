//! Who waits for what others wrote.
//!
//! A commit of this process rings at once. Commits of others are seen by `PRAGMA data_version` on SQLite, and by NOTIFY over a
//! slow poll on PostgreSQL, which suffices alone: a lost connection loses notifications, never news.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sqlx::postgres::PgListener;
use sqlx::{PgPool, SqlitePool};
use tokio::sync::watch;

use super::db::{Db, row};
use super::{Doing as _, Seen, Store, StoreError, raise};
use crate::model::Rev;

/// How often another process's commits are looked for on SQLite: commands take effect within a second, with room to spare.
const SQLITE_LOOK: Duration = Duration::from_millis(200);
/// The same on PostgreSQL, where NOTIFY mostly comes first.
const POSTGRES_LOOK: Duration = Duration::from_millis(250);

const HEAD: &str = "select seq from log_head where id = 1";

#[derive(Debug, Clone)]
pub(super) struct Bell {
    seen: Seen,
    rung: watch::Sender<i64>,
}

impl Default for Bell {
    fn default() -> Self {
        Self { seen: Arc::new(AtomicI64::new(0)), rung: watch::channel(0).0 }
    }
}

impl Bell {
    pub(super) fn ring(&self, head: i64) {
        raise(&self.seen, head);
        self.rung.send_replace(head);
    }
}

/// Waits for news.
#[derive(Debug)]
pub struct Watch {
    rung: watch::Receiver<i64>,
}

impl Watch {
    /// Returns when something was committed since the last return; at once where that has happened already.
    pub async fn news(&mut self) {
        if self.rung.changed().await.is_err() {
            // The store is gone; whoever waits is being stopped.
            std::future::pending::<()>().await;
        }
    }
}

impl Store {
    /// A new watch, which has news at once: whoever starts looks first.
    #[must_use]
    pub fn watch(&self) -> Watch {
        let mut rung = self.bell.rung.subscribe();
        rung.mark_changed();
        Watch { rung }
    }

    /// The newest number that this process committed or saw.
    #[must_use]
    pub fn seen(&self) -> Rev {
        Rev(self.bell.seen.load(Ordering::Acquire))
    }

    /// The newest number of the log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn head(&self) -> Result<Rev, StoreError> {
        let head = row!(self, (i64,), HEAD).doing("read the head of the log")?;
        head.map(|(seq,)| Rev(seq)).ok_or(StoreError::NoHead)
    }

    /// Looks for the commits of other processes, for ever.
    ///
    /// # Errors
    /// Only when the database stays away in a way that waiting cannot mend.
    pub async fn follow_others(self) -> Result<(), StoreError> {
        match &self.db {
            Db::Sqlite { read, .. } => self.follow_file(read).await,
            Db::Postgres(pool) => self.follow_server(pool).await,
        }
    }

    async fn follow_file(&self, pool: &SqlitePool) -> Result<(), StoreError> {
        // data_version is a property of one connection, so this one is kept.
        let mut own = pool.acquire().await.doing("watch the store")?;
        let mut version = 0;
        loop {
            let now: (i64,) = sqlx::query_as("pragma data_version").fetch_one(&mut *own).await.doing("watch the store")?;
            if now.0 != version {
                version = now.0;
                self.look().await?;
            }
            tokio::time::sleep(SQLITE_LOOK).await;
        }
    }

    async fn follow_server(&self, pool: &PgPool) -> Result<(), StoreError> {
        let mut listener = None;
        loop {
            if listener.is_none() {
                listener = listen(pool).await.ok();
            }
            let heard = async {
                match &mut listener {
                    Some(ear) => ear.try_recv().await.ok().flatten().is_some(),
                    None => std::future::pending().await,
                }
            };
            match tokio::time::timeout(POSTGRES_LOOK, heard).await {
                Ok(true) | Err(_) => {}
                Ok(false) => listener = None,
            }
            match self.look().await {
                Err(error) if error.is_transient() => tokio::time::sleep(POSTGRES_LOOK).await,
                looked => looked?,
            }
        }
    }

    async fn look(&self) -> Result<(), StoreError> {
        let head = self.head().await?;
        if head > self.seen() {
            self.bell.ring(head.0);
        }
        Ok(())
    }
}

async fn listen(pool: &PgPool) -> sqlx::Result<PgListener> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen("postrider").await?;
    Ok(listener)
}
