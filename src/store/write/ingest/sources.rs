//! Sources, their pages, and the bytes that are kept of them.

use serde_json::Value;
use sqlx::types::Json;

use crate::model::{ArticleId, Millis, PageMemory, Seq, Slot, SourceKind, SourceMemory};
use crate::store::db::{tx_row, tx_run};
use crate::store::read::sources::stored_date;
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

/// What became of a page of a source.
#[derive(Debug, Clone, Copy)]
pub struct SavedPage<'a> {
    /// Its address.
    pub url: &'a str,
    /// The article it gave; `None` leaves the one it had.
    pub article: Option<ArticleId>,
    /// What is remembered of it now. What the listing told stays where this tells nothing, and so does the first reading.
    pub memory: &'a PageMemory,
    /// Hash of its bytes in the blobs; `None` leaves the ones it had.
    pub raw: Option<&'a str>,
}

/// Saves what is known of a page of a source.
///
/// # Errors
/// When the database fails.
pub async fn save_page(tx: &mut Tx, source: Seq, page: SavedPage<'_>) -> Result<(), StoreError> {
    const SQL: &str = "insert into page (source, url_key, url, article, etag, modified, next_check, tries, content_hash, raw, first_read, read_at, \
                       gone_since, doubted, listed_title, listed_date) \
                       values ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
                       on conflict (source, url_key) do update set article = coalesce(excluded.article, page.article), etag = excluded.etag, \
                       modified = excluded.modified, next_check = excluded.next_check, tries = excluded.tries, \
                       content_hash = excluded.content_hash, raw = coalesce(excluded.raw, page.raw), \
                       first_read = coalesce(page.first_read, excluded.first_read), read_at = coalesce(excluded.read_at, page.read_at), \
                       gone_since = excluded.gone_since, doubted = excluded.doubted, listed_title = coalesce(excluded.listed_title, page.listed_title), \
                       listed_date = coalesce(excluded.listed_date, page.listed_date)";
    let SavedPage { url, article, memory, raw } = page;
    let at = |at: Option<Millis>| at.map(|at| at.0);
    let article = article.map(|id| id.0);
    let (validators, listed) = (&memory.validators, &memory.listed);
    tx_run!(
        tx,
        SQL,
        source.0,
        url,
        article,
        &validators.etag,
        &validators.modified,
        at(memory.next_check),
        memory.tries,
        &memory.content_hash,
        raw,
        at(memory.first_read),
        at(memory.read_at),
        at(memory.gone_since),
        &memory.doubted,
        &listed.title,
        listed.date.map(stored_date)
    )
    .doing("save a page")?;
    Ok(())
}

/// Saves the further pages of an article, in order, instead of those that it had: `(address, hash of its bytes in the blobs)`.
/// They are known from now on, so that a listing that names one makes no article of it.
///
/// # Errors
/// When the database fails.
pub async fn save_parts(tx: &mut Tx, source: Seq, first: &str, article: ArticleId, parts: &[(String, String)]) -> Result<(), StoreError> {
    const CLEAR: &str = "delete from page where source = $1 and part_of = $2";
    const SQL: &str = "insert into page (source, url_key, url, article, tries, content_hash, raw, part_of, place) \
                       values ($1, $2, $2, $3, 0, $4, $4, $5, $6) on conflict (source, url_key) do update set article = excluded.article, \
                       next_check = null, content_hash = excluded.content_hash, raw = excluded.raw, part_of = excluded.part_of, place = excluded.place";
    tx_run!(tx, CLEAR, source.0, first).doing("save an article's pages")?;
    for (place, (url, hash)) in parts.iter().enumerate().filter(|(_, (url, _))| url != first) {
        tx_run!(tx, SQL, source.0, url, article.0, hash, first, place as i64 + 1).doing("save an article's pages")?;
    }
    Ok(())
}

/// Takes the mark of being gone from the pages that a listing links: `url_keys` of the links of a listing that was read anew.
///
/// # Errors
/// When the database fails.
pub async fn still_listed(tx: &mut Tx, source: Seq, url_keys: &[String]) -> Result<(), StoreError> {
    const SQL: &str = "update page set gone_since = null where source = $1 and gone_since is not null \
                       and url_key in (select v.value ->> 'key' from json_each($2) v)";
    let list: Vec<Value> = url_keys.iter().map(|key| serde_json::json!({ "key": key })).collect();
    let list = Value::from(list).to_string();
    tx_run!(tx, SQL, source.0, &list).doing("note what is listed")?;
    Ok(())
}

/// When the next page of a source is to be looked at.
///
/// # Errors
/// When the database fails.
pub async fn next_check(tx: &mut Tx, source: Seq) -> Result<Option<Millis>, StoreError> {
    const SQL: &str = "select min(next_check) from page where source = $1 and next_check is not null";
    Ok(tx_row!(tx, (Option<i64>,), SQL, source.0).doing("look for the next page")?.and_then(|(at,)| at).map(Millis))
}

/// Asks no more for the pages at which an article stood before it was found at `url_key`.
///
/// # Errors
/// When the database fails.
pub async fn leave_former(tx: &mut Tx, source: Seq, article: ArticleId, url_key: &str) -> Result<(), StoreError> {
    const SQL: &str = "update page set next_check = null where source = $1 and article = $2 and url_key <> $3 and part_of is null and next_check is not null";
    tx_run!(tx, SQL, source.0, article.0, url_key).doing("leave an article's former address")?;
    Ok(())
}

/// Whether an article that a page gave was found standing at another address of the source since then.
///
/// # Errors
/// When the database fails.
pub async fn stands_elsewhere(tx: &mut Tx, source: Seq, article: ArticleId, url_key: &str, since: Millis) -> Result<bool, StoreError> {
    const SQL: &str = "select url_key from page where article = $2 and source = $1 and url_key <> $3 and part_of is null \
                       and gone_since is null and read_at >= $4 limit 1";
    Ok(tx_row!(tx, (String,), SQL, source.0, article.0, url_key, since.0).doing("look for an article's other address")?.is_some())
}

/// Keeps bytes under their hash.
///
/// # Errors
/// When the database fails.
pub async fn keep_blob(tx: &mut Tx, hash: &str, kind: &str, media_type: &str, bytes: &[u8], now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "insert into blob (hash, kind, type, bytes, used_at) values ($1, $2, $3, $4, $5) on conflict (hash) do update set used_at = excluded.used_at";
    tx_run!(tx, SQL, hash, kind, media_type, bytes, now.0).doing("keep bytes")?;
    Ok(())
}
