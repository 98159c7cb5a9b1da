//! Sources, what is remembered of them, and their pages.

use serde_json::Value;
use sqlx::types::Json;

use crate::model::{ArticleId, Millis, PageMemory, Seq, SourceKind, SourceMemory, Validators};
use crate::store::db::{row, rows};
use crate::store::{Doing as _, Store, StoreError};

/// A source.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRow {
    /// Its row.
    pub id: Seq,
    /// Its name.
    pub name: String,
    /// How copy comes in.
    pub kind: SourceKind,
    /// What the configuration declares of it, as that wrote it.
    pub spec: Value,
    /// Whether an operator paused it.
    pub paused: bool,
    /// When it is looked at next.
    pub next_at: Option<Millis>,
    /// What was learned.
    pub memory: SourceMemory,
    /// The last look: `{at, found, error}`.
    pub health: Value,
}

/// A page of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRow {
    /// Its address.
    pub url: String,
    /// The article it gave.
    pub article: Option<ArticleId>,
    /// What is remembered of it.
    pub memory: PageMemory,
}

#[derive(sqlx::FromRow)]
struct RawSource {
    id: i64,
    name: String,
    kind: String,
    spec: Json<Value>,
    paused: bool,
    next_at: Option<i64>,
    memory: Json<SourceMemory>,
    health: Json<Value>,
}

impl TryFrom<RawSource> for SourceRow {
    type Error = StoreError;
    fn try_from(raw: RawSource) -> Result<Self, StoreError> {
        Ok(Self {
            id: Seq(raw.id),
            name: raw.name,
            kind: SourceKind::try_from(raw.kind).map_err(|why| StoreError::Unreadable { what: "a source", why })?,
            spec: raw.spec.0,
            paused: raw.paused,
            next_at: raw.next_at.map(Millis),
            memory: raw.memory.0,
            health: raw.health.0,
        })
    }
}

#[derive(sqlx::FromRow)]
struct RawPage {
    url: String,
    article: Option<i64>,
    etag: Option<String>,
    modified: Option<String>,
    next_check: Option<i64>,
    tries: i64,
    content_hash: Option<String>,
}

impl From<RawPage> for PageRow {
    fn from(raw: RawPage) -> Self {
        Self {
            url: raw.url,
            article: raw.article.map(ArticleId),
            memory: PageMemory {
                validators: Validators { etag: raw.etag, modified: raw.modified },
                content_hash: raw.content_hash,
                next_check: raw.next_check.map(Millis),
                tries: raw.tries,
            },
        }
    }
}

impl Store {
    /// Every source, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sources(&self) -> Result<Vec<SourceRow>, StoreError> {
        const SQL: &str = "select id, name, kind, spec, paused, next_at, memory, health from source order by name";
        rows!(self, RawSource, SQL).doing("list sources")?.into_iter().map(SourceRow::try_from).collect()
    }

    /// What is known of a page of a source.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn page(&self, source: Seq, url_key: &str) -> Result<Option<PageRow>, StoreError> {
        const SQL: &str =
            "select url, article, etag, modified, next_check, tries, content_hash from page where source = $1 and url_key = $2";
        Ok(row!(self, RawPage, SQL, source.0, url_key).doing("read a page")?.map(PageRow::from))
    }

    /// Pages of a source that gave no article yet and whose next try has come.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pages_due(&self, source: Seq, now: Millis, limit: i64) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "select url from page where source = $1 and next_check <= $2 and article is null order by next_check limit $3";
        Ok(rows!(self, (String,), SQL, source.0, now.0, limit)
            .doing("look for pages to try again")?
            .into_iter()
            .map(|(url,)| url)
            .collect())
    }

    /// Which of these addresses a source has not read yet, in their order. `url_keys`: JSON objects `{"key"}`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unread(&self, source: Seq, url_keys: &[String]) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "select v.value ->> 'key' from json_each($2) v left join page p on p.source = $1 and p.url_key = v.value ->> 'key' \
                           where p.url_key is null order by v.key";
        let list: Vec<_> = url_keys.iter().map(|key| serde_json::json!({ "key": key })).collect();
        let list = serde_json::Value::from(list).to_string();
        let unread = rows!(self, (String,), SQL, source.0, &list).doing("look for new pages")?;
        Ok(unread.into_iter().map(|(key,)| key).collect())
    }
}
