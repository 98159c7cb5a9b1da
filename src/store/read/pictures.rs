//! What was measured of pictures, and the copies of them.

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
    /// Whether pages of other sites may show it; `None`: nobody asked yet.
    pub elsewhere: Option<bool>,
    /// The hash of our copy, where there is one.
    pub copy: Option<String>,
    /// When it was last considered whether to copy it.
    pub copy_at: Option<Millis>,
}

/// A copy of a picture, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaRow {
    /// By its bytes.
    pub media_type: String,
    /// How many bytes.
    pub length: u64,
    /// Whether an article that shows it, or did, is public now.
    pub public: bool,
}

impl Store {
    /// What was measured of the picture at an address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn picture(&self, url: &str) -> Result<Option<PictureRow>, StoreError> {
        const SQL: &str = "select type, bytes, width, height, at, elsewhere, copy, copy_at from picture where url = $1";
        type Raw = (Option<String>, Option<i64>, Option<i64>, Option<i64>, i64, Option<bool>, Option<String>, Option<i64>);
        let raw = row!(self, Raw, SQL, url).doing("look up a picture")?;
        Ok(raw.map(|(media_type, bytes, width, height, at, elsewhere, copy, copy_at)| PictureRow {
            media_type,
            bytes: bytes.map(|bytes| bytes as u64),
            size: width.zip(height).map(|(width, height)| (width as u32, height as u32)),
            at: Millis(at),
            elsewhere,
            copy,
            copy_at: copy_at.map(Millis),
        }))
    }

    /// The copy of a picture under a hash, once any article showed it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn media(&self, hash: &str) -> Result<Option<MediaRow>, StoreError> {
        const SQL: &str = "select b.type, cast(length(b.bytes) as bigint), max(case when a.standing = 'published' then 1 else 0 end) = 1 \
                           from blob b join media_use m on m.hash = b.hash join article a on a.id = m.article \
                           where b.hash = $1 and b.kind = 'media' group by b.hash";
        let raw = row!(self, (String, i64, bool), SQL, hash).doing("look up a copy of a picture")?;
        Ok(raw.map(|(media_type, length, public)| MediaRow { media_type, length: length as u64, public }))
    }

    /// The bytes of a copy.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn media_bytes(&self, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
        const SQL: &str = "select bytes from blob where hash = $1 and kind = 'media'";
        Ok(row!(self, (Vec<u8>,), SQL, hash).doing("read a copy of a picture")?.map(|(bytes,)| bytes))
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
