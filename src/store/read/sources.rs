//! Sources, what is remembered of them, and their pages.

use serde_json::Value;
use sqlx::types::Json;

use crate::model::{ArticleId, Listed, Millis, PageMemory, Seq, SourceKind, SourceMemory, Validators, When};
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
    first_read: Option<i64>,
    read_at: Option<i64>,
    gone_since: Option<i64>,
    doubted: Option<String>,
    listed_title: Option<String>,
    listed_date: Option<String>,
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
                first_read: raw.first_read.map(Millis),
                read_at: raw.read_at.map(Millis),
                gone_since: raw.gone_since.map(Millis),
                doubted: raw.doubted,
                listed: Listed { title: raw.listed_title, date: raw.listed_date.as_deref().and_then(read_date) },
            },
        }
    }
}

/// A printed time as a page's row keeps it: `2021-10-29`, or milliseconds.
pub(in crate::store) fn stored_date(date: When) -> String {
    match date {
        When::At(at) => at.0.to_string(),
        When::Day(day) => day.to_string(),
    }
}

fn read_date(text: &str) -> Option<When> {
    text.parse().map(|at| When::At(Millis(at))).ok().or_else(|| text.parse().map(When::Day).ok())
}

/// A page that an article was read from, as it was kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PartRow {
    /// The address it was asked for by.
    pub url: String,
    /// SHA-256 of its bytes as they came, hexadecimal.
    pub raw: String,
    /// The header's value.
    #[sqlx(rename = "type")]
    pub content_type: String,
    /// Its bytes, compressed by zstd.
    pub bytes: Vec<u8>,
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
        const SQL: &str = "select url, article, etag, modified, next_check, tries, content_hash, first_read, read_at, gone_since, doubted, listed_title, \
             listed_date from page where source = $1 and url_key = $2";
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

    /// Pages of a source that gave an article and are to be looked at again, the longest overdue first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rechecks_due(&self, source: Seq, now: Millis, limit: i64) -> Result<Vec<String>, StoreError> {
        const SQL: &str =
            "select url from page where source = $1 and next_check <= $2 and article is not null order by next_check, url_key limit $3";
        let due = rows!(self, (String,), SQL, source.0, now.0, limit).doing("look for pages to look at again")?;
        Ok(due.into_iter().map(|(url,)| url).collect())
    }

    /// Pages of a source that stood at their last look, read for the first time before `before`, the last first: they tell whether
    /// a page that is gone went alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn witnesses(&self, source: Seq, before: Millis, limit: i64) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "select url from page where source = $1 and first_read < $2 and article is not null and gone_since is null \
                           and content_hash is not null order by first_read desc, url_key limit $3";
        let found = rows!(self, (String,), SQL, source.0, before.0, limit).doing("look for pages beside one that is gone")?;
        Ok(found.into_iter().map(|(url,)| url).collect())
    }

    /// The bytes that an article was read from, in order: its first page, then those it goes on to. Of several addresses the one that
    /// was read last, and of its own source.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn raw_of(&self, article: ArticleId) -> Result<Vec<PartRow>, StoreError> {
        const SQL: &str = "with f as (select m.source, m.url_key from page m join source s on s.id = m.source join article a on a.id = m.article \
                           where m.article = $1 and m.part_of is null and m.raw is not null and s.name = a.doc ->> 'source' \
                           order by coalesce(m.read_at, 0) desc, m.url_key limit 1) \
                           select p.url, p.raw, b.type, b.bytes from f \
                           join page p on p.source = f.source and (p.url_key = f.url_key or p.part_of = f.url_key) \
                           join blob b on b.hash = p.raw order by p.place";
        rows!(self, PartRow, SQL, article.0).doing("read what an article was read from")
    }

    /// Which of these addresses no article is known by, in their order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn strangers(&self, url_keys: &[String]) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "select v.value ->> 'key' from json_each($1) v left join article_identity i on i.kind = 'url' \
                           and i.value = v.value ->> 'key' where i.article is null order by v.key";
        if url_keys.is_empty() {
            return Ok(Vec::new());
        }
        let list: Vec<_> = url_keys.iter().map(|key| serde_json::json!({ "key": key })).collect();
        let list = serde_json::Value::from(list).to_string();
        let unknown = rows!(self, (String,), SQL, &list).doing("look for new addresses")?;
        Ok(unknown.into_iter().map(|(key,)| key).collect())
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
