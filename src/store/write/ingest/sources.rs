//! Sources, their pages, and the bytes that are kept of them.

use serde_json::Value;
use sqlx::types::Json;

use crate::model::{ArticleId, Millis, PageMemory, Seq, Slot, SourceKind, SourceMemory};
use crate::store::db::{tx_row, tx_run};
use crate::store::{Doing as _, StoreError, Tx};

/// Makes the source that the configuration declares, or changes what it declares; what was learned stays.
///
/// # Errors
/// When the database fails.
pub async fn put_source(tx: &mut Tx, name: &str, kind: SourceKind, spec: &Value) -> Result<Seq, StoreError> {
    const SQL: &str = "insert into source (id, name, kind, spec, slot, paused, next_at, memory, health, origin, rev) \
                       values ($1, $2, $3, $4, $5, $6, null, $7, $8, 'config', $1) \
                       on conflict (name) do update set kind = excluded.kind, spec = excluded.spec, origin = excluded.origin, rev = excluded.rev returning id";
    let id = tx.next().await?;
    let empty = Json(serde_json::json!({}));
    let row =
        tx_row!(tx, (i64,), SQL, id, name, kind.as_str(), Json(spec), Slot::of(id).0, false, &empty, &empty).doing("write a source")?;
    row.map(|(id,)| Seq(id)).ok_or(StoreError::NoHead)
}

/// What a look at a source changed.
#[derive(Debug)]
pub struct LookedAt<'a> {
    /// What was learned.
    pub memory: &'a SourceMemory,
    /// `{at, found, error}`.
    pub health: &'a Value,
    /// When it is looked at next.
    pub next_at: Option<Millis>,
}

/// Saves what a look learned, in the transaction that accepted what it found.
///
/// # Errors
/// When the database fails.
pub async fn looked_at(tx: &mut Tx, source: Seq, look: &LookedAt<'_>) -> Result<(), StoreError> {
    const SQL: &str = "update source set memory = $2, health = $3, next_at = $4, rev = $5 where id = $1";
    let rev = tx.next().await?;
    tx_run!(tx, SQL, source.0, Json(look.memory), Json(look.health), look.next_at.map(|at| at.0), rev)
        .doing("save what a source taught")?;
    Ok(())
}

/// Pauses a source or lets it go on, or asks for a look now.
///
/// # Errors
/// When the database fails.
pub async fn steer_source(tx: &mut Tx, name: &str, paused: Option<bool>, next_at: Option<Millis>) -> Result<bool, StoreError> {
    const SQL: &str = "update source set paused = coalesce($2, paused), next_at = coalesce($3, next_at), rev = $4 where name = $1";
    let rev = tx.next().await?;
    Ok(tx_run!(tx, SQL, name, paused, next_at.map(|at| at.0), rev).doing("steer a source")? > 0)
}

/// Saves what is known of a page of a source.
///
/// # Errors
/// When the database fails.
pub async fn save_page(
    tx: &mut Tx,
    source: Seq,
    url: &str,
    article: Option<ArticleId>,
    page: &PageMemory,
    raw: Option<&str>,
) -> Result<(), StoreError> {
    const SQL: &str = "insert into page (source, url_key, url, article, etag, modified, next_check, tries, content_hash, raw) \
                       values ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (source, url_key) do update set \
                       article = coalesce(excluded.article, page.article), etag = excluded.etag, modified = excluded.modified, \
                       next_check = excluded.next_check, tries = excluded.tries, content_hash = excluded.content_hash, raw = coalesce(excluded.raw, page.raw)";
    let (validators, check) = (&page.validators, page.next_check.map(|at| at.0));
    let article = article.map(|id| id.0);
    tx_run!(tx, SQL, source.0, url, article, &validators.etag, &validators.modified, check, page.tries, &page.content_hash, raw)
        .doing("save a page")?;
    Ok(())
}

/// Keeps bytes under their hash.
///
/// # Errors
/// When the database fails.
pub async fn keep_blob(tx: &mut Tx, hash: &str, kind: &str, media_type: &str, bytes: &[u8], now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "insert into blob (hash, kind, type, bytes, used_at) values ($1, $2, $3, $4, $5) on conflict (hash) do update set used_at = excluded.used_at";
    tx_run!(tx, SQL, hash, kind, media_type, bytes, now.0).doing("keep a raw page")?;
    Ok(())
}
