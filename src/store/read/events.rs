//! The event log.

use sqlx::types::Json;
use uuid::Uuid;

use crate::model::{ArticleId, ArticleJson, ArticleKey, Event, EventType, Millis, Revision, Seq};
use crate::store::db::{row, rows};
use crate::store::{Doing as _, Store, StoreError};

#[derive(sqlx::FromRow)]
pub(in crate::store) struct RawEvent {
    seq: i64,
    id: Uuid,
    r#type: String,
    article: i64,
    key: String,
    revision: i64,
    at: i64,
    announce: bool,
    body: Json<ArticleJson>,
}

/// The columns of [`RawEvent`], of the table called `e`.
macro_rules! event_columns {
    () => {
        "e.seq, e.id, e.type, e.article, e.key, e.revision, e.at, e.announce, e.body"
    };
}
pub(in crate::store) use event_columns;

impl TryFrom<RawEvent> for Event {
    type Error = StoreError;
    fn try_from(raw: RawEvent) -> Result<Self, StoreError> {
        Ok(Self {
            seq: Seq(raw.seq),
            id: raw.id,
            what: EventType::try_from(raw.r#type).map_err(|why| StoreError::Unreadable { what: "an event", why })?,
            article: ArticleId(raw.article),
            key: ArticleKey::stored(raw.key),
            revision: Revision(raw.revision),
            at: Millis(raw.at),
            announce: raw.announce,
            article_then: raw.body.0,
        })
    }
}

impl Store {
    /// The log behind a cursor, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_after(&self, cursor: Seq, limit: i64) -> Result<Vec<Event>, StoreError> {
        const SQL: &str = concat!("select ", event_columns!(), " from event e where e.seq > $1 order by e.seq limit $2");
        rows!(self, RawEvent, SQL, cursor.0, limit).doing("read the event log")?.into_iter().map(Event::try_from).collect()
    }

    /// One event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn event(&self, seq: Seq) -> Result<Option<Event>, StoreError> {
        const SQL: &str = concat!("select ", event_columns!(), " from event e where e.seq = $1");
        row!(self, RawEvent, SQL, seq.0).doing("read an event")?.map(Event::try_from).transpose()
    }

    /// Whether an event still needs deliveries. Whoever fans out asks first: a writing transaction that finds nothing keeps others waiting.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_fanning(&self) -> Result<bool, StoreError> {
        const SQL: &str = "select seq from event where fanned < 9223372036854775807 limit 1";
        Ok(row!(self, (i64,), SQL).doing("look for events to fan out")?.is_some())
    }
}
