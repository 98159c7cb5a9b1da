//! What was measured of pictures, and the copies of them.

use crate::model::{ArticleId, Millis};
use crate::store::db::tx_run;
use crate::store::{Doing as _, PictureRow, StoreError, Tx};

use super::keep_blob;

/// Remembers what was measured of a picture, or that it could not be.
///
/// # Errors
/// When the database fails.
pub async fn save_picture(tx: &mut Tx, url: &str, known: &PictureRow) -> Result<(), StoreError> {
    const SQL: &str = "insert into picture (url, type, bytes, width, height, at, elsewhere, copy, copy_at) \
                       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (url) do update set type = excluded.type, \
                       bytes = excluded.bytes, width = excluded.width, height = excluded.height, at = excluded.at, \
                       elsewhere = excluded.elsewhere, copy = excluded.copy, copy_at = excluded.copy_at";
    let (width, height) = known.size.unzip();
    let (width, height) = (width.map(i64::from), height.map(i64::from));
    let bytes = known.bytes.map(|bytes| bytes as i64);
    let (media_type, copy, copy_at) = (known.media_type.as_deref(), known.copy.as_deref(), known.copy_at.map(|at| at.0));
    tx_run!(tx, SQL, url, media_type, bytes, width, height, known.at.0, known.elsewhere, copy, copy_at).doing("remember a picture")?;
    Ok(())
}

/// Keeps a copy of a picture under the SHA-256 of its bytes.
///
/// # Errors
/// When the database fails.
pub async fn keep_media(tx: &mut Tx, hash: &str, media_type: &str, bytes: &[u8], now: Millis) -> Result<(), StoreError> {
    keep_blob(tx, hash, "media", media_type, bytes, now).await
}

/// Remembers that an article shows a copy.
///
/// # Errors
/// When the database fails.
pub async fn use_media(tx: &mut Tx, hash: &str, article: ArticleId) -> Result<(), StoreError> {
    const SQL: &str = "insert into media_use (hash, article) values ($1, $2) on conflict do nothing";
    tx_run!(tx, SQL, hash, article.0).doing("remember who shows a copy")?;
    Ok(())
}
