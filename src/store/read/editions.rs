//! Editions and digests.

use serde_json::Value;
use sqlx::types::Json;

use super::articles::{RawArticle, article_columns, read_all};
use crate::model::{Article, ArticleId, Edition, EditionKind, EditionState, Millis, Seq};
use crate::store::db::{row, rows};
use crate::store::{ArticleRow, Doing as _, Store, StoreError};

/// An edition with whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionRow {
    /// The edition.
    pub edition: Edition,
    /// What its readers follow: JSON list of targets, as the store writes them.
    pub target: String,
    /// Its headline.
    pub title: String,
    /// The last subscriber that has a delivery, while it is being addressed.
    pub cursor: i64,
    /// When it was cut.
    pub at: Millis,
}

/// A named digest.
#[derive(Debug, Clone, PartialEq)]
pub struct DigestRow {
    /// Its row.
    pub id: Seq,
    /// Its name.
    pub name: String,
    /// What the configuration declares of it.
    pub spec: Value,
    /// Its next slot.
    pub next_at: Option<Millis>,
    /// The last event that an earlier one covered.
    pub cut_to: Seq,
}

#[derive(sqlx::FromRow)]
pub(in crate::store) struct RawEdition {
    id: i64,
    kind: String,
    idem: String,
    target: String,
    title: String,
    cut_from: i64,
    cut_to: i64,
    state: String,
    version: i64,
    send_after: i64,
    candidates: i64,
    excluded: Json<Vec<(String, i64)>>,
    cursor: i64,
    at: i64,
}

/// The columns of [`RawEdition`], of the table called `e`.
macro_rules! edition_columns {
    () => {
        "e.id, e.kind, e.idem, e.target, e.title, e.cut_from, e.cut_to, e.state, e.version, e.send_after, e.candidates, e.excluded, e.cursor, e.at"
    };
}
pub(in crate::store) use edition_columns;

impl TryFrom<RawEdition> for EditionRow {
    type Error = StoreError;
    fn try_from(raw: RawEdition) -> Result<Self, StoreError> {
        let unreadable = |why| StoreError::Unreadable { what: "an edition", why };
        let edition = Edition {
            id: Seq(raw.id),
            kind: EditionKind::try_from(raw.kind).map_err(unreadable)?,
            idem: raw.idem,
            window: (Seq(raw.cut_from), Seq(raw.cut_to)),
            state: EditionState::try_from(raw.state).map_err(unreadable)?,
            version: raw.version,
            send_after: Millis(raw.send_after),
            candidates: raw.candidates,
            excluded: raw.excluded.0,
        };
        Ok(Self { edition, target: raw.target, title: raw.title, cursor: raw.cursor, at: Millis(raw.at) })
    }
}

impl Store {
    /// An edition.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn edition(&self, id: Seq) -> Result<Option<EditionRow>, StoreError> {
        const SQL: &str = concat!("select ", edition_columns!(), " from edition e where e.id = $1");
        row!(self, RawEdition, SQL, id.0).doing("read an edition")?.map(EditionRow::try_from).transpose()
    }

    /// Editions whose audience is not all written down.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn editions_addressing(&self, limit: i64) -> Result<Vec<EditionRow>, StoreError> {
        const SQL: &str = concat!("select ", edition_columns!(), " from edition e where e.state = 'addressing' order by e.id limit $1");
        rows!(self, RawEdition, SQL, limit).doing("look for editions to address")?.into_iter().map(EditionRow::try_from).collect()
    }

    /// An edition as composed in a language, as the composer wrote it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn edition_part(&self, id: Seq, version: i64, language: &str) -> Result<Option<Value>, StoreError> {
        const SQL: &str = "select composed from edition_part where edition = $1 and version = $2 and language = $3 and section = ''";
        let found = row!(self, (Json<Value>,), SQL, id.0, version, language).doing("read a composed edition")?;
        Ok(found.map(|(composed,)| composed.0))
    }

    /// What a version of an edition carries, as it stands now, in the edition's order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn edition_articles(&self, id: Seq, version: i64) -> Result<Vec<ArticleRow>, StoreError> {
        const SQL: &str = concat!(
            "select ",
            article_columns!(),
            " from edition_article x join article a on a.id = x.article where x.edition = $1 and x.version = $2 order by x.place"
        );
        read_all(rows!(self, RawArticle, SQL, id.0, version).doing("read an edition's articles")?)
    }

    /// Every named digest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn digests(&self) -> Result<Vec<DigestRow>, StoreError> {
        const SQL: &str = "select id, name, spec, next_at, cut_to from digest order by name";
        let raw = rows!(self, (i64, String, Json<Value>, Option<i64>, i64), SQL).doing("list digests")?;
        let read = |(id, name, spec, next_at, cut_to): (i64, String, Json<Value>, Option<i64>, i64)| DigestRow {
            id: Seq(id),
            name,
            spec: spec.0,
            next_at: next_at.map(Millis),
            cut_to: Seq(cut_to),
        };
        Ok(raw.into_iter().map(read).collect())
    }

    /// Articles first published by events in `(after, to]` that were announced and stand, by ingest order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn articles_published_in(&self, after: Seq, to: Seq, limit: i64) -> Result<Vec<(ArticleId, Article)>, StoreError> {
        const SQL: &str = concat!(
            "select ",
            article_columns!(),
            " from event e join article a on a.id = e.article where e.seq > $1 and e.seq <= $2 and e.type = 'article.published' and e.announce",
            " and a.standing = 'published' order by e.seq desc limit $3"
        );
        let raw = rows!(self, RawArticle, SQL, after.0, to.0, limit).doing("read a digest's articles")?;
        raw.into_iter().map(|raw| ArticleRow::try_from(raw).map(|row| (row.id, row.article))).collect()
    }
}
