//! What was measured of pictures.

use crate::model::{Millis, Rev};
use crate::store::db::row;
use crate::store::{Doing as _, Store, StoreError};

/// What was measured of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureRow {
    /// `None`: it could not be measured.
    pub media_type: Option<String>,
    /// The whole file, where its server told.
    pub bytes: Option<u64>,
    /// Width and height in pixels.
    pub size: Option<(u32, u32)>,
    /// When.
    pub at: Millis,
}

impl Store {
    /// What was measured of the picture at an address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn picture(&self, url: &str) -> Result<Option<PictureRow>, StoreError> {
        const SQL: &str = "select type, bytes, width, height, at from picture where url = $1";
        type Raw = (Option<String>, Option<i64>, Option<i64>, Option<i64>, i64);
        let raw = row!(self, Raw, SQL, url).doing("look up a picture")?;
        Ok(raw.map(|(media_type, bytes, width, height, at)| PictureRow {
            media_type,
            bytes: bytes.map(|bytes| bytes as u64),
            size: width.zip(height).map(|(width, height)| (width as u32, height as u32)),
            at: Millis(at),
        }))
    }

    /// The revision before the first change of any article published since; the head where there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_change_of(&self, published_since: Millis) -> Result<Rev, StoreError> {
        const SQL: &str = "select min(rev) from article where published >= $1";
        let first = row!(self, (Option<i64>,), SQL, published_since.0).doing("look for young articles")?.and_then(|(rev,)| rev);
        match first {
            Some(rev) => Ok(Rev(rev - 1)),
            None => self.head().await,
        }
    }
}
