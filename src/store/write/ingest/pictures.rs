//! What was measured of pictures.

use crate::store::db::tx_run;
use crate::store::{Doing as _, PictureRow, StoreError, Tx};

/// Remembers what was measured of a picture, or that it could not be.
///
/// # Errors
/// When the database fails.
pub async fn save_picture(tx: &mut Tx, url: &str, known: &PictureRow) -> Result<(), StoreError> {
    const SQL: &str = "insert into picture (url, type, bytes, width, height, at) values ($1, $2, $3, $4, $5, $6) \
                       on conflict (url) do update set type = excluded.type, bytes = excluded.bytes, width = excluded.width, \
                       height = excluded.height, at = excluded.at";
    let (width, height) = known.size.unzip();
    let bytes = known.bytes.map(|bytes| bytes as i64);
    tx_run!(tx, SQL, url, known.media_type.as_deref(), bytes, width.map(i64::from), height.map(i64::from), known.at.0)
        .doing("remember a picture")?;
    Ok(())
}
