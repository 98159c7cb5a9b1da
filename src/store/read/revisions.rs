//! All versions of an article, and the pages they were read from.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::articles::{Columns, Doc};
use crate::model::{Article, ArticleId, Evidence, Kind, Millis, Revision, Seq, Standing};
use crate::store::db::{row, rows};
use crate::store::{ArticleRow, Doing as _, Store, StoreError};

/// A version as it is kept: the copy, and what beside it stood in columns then.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct Version {
    #[serde(flatten)]
    doc: Doc,
    #[serde(default)]
    then: Option<Then>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Then {
    kind: Kind,
    standing: String,
    because: Option<String>,
    release_at: Option<Millis>,
    language: String,
    published: Millis,
    revised: Millis,
    breaking: bool,
}

impl Version {
    pub(in crate::store) fn of(article: &Article) -> Self {
        let (because, release_at) = match &article.standing {
            Standing::Held { because, release_at, .. } => (Some(because.clone()), *release_at),
            _ => (None, None),
        };
        let then = Then {
            kind: article.kind,
            standing: article.standing.as_str().to_owned(),
            because,
            release_at,
            language: article.language.clone(),
            published: article.published,
            revised: article.revised,
            breaking: article.breaking,
        };
        Self { doc: Doc::of(article), then: Some(then) }
    }

    /// The article as it was; what was not kept of it is as it is now.
    fn article(self, revision: Revision, now: &Article) -> Article {
        let key = now.key.clone();
        let columns = match self.then {
            Some(then) => {
                let standing = self.doc.standing(&then.standing, then.because, then.release_at);
                Columns {
                    key,
                    revision,
                    kind: then.kind,
                    standing: standing.unwrap_or(Standing::Published),
                    language: then.language,
                    published: then.published,
                    revised: then.revised,
                    breaking: then.breaking,
                }
            }
            None => Columns {
                key,
                revision,
                kind: now.kind,
                standing: now.standing.clone(),
                language: now.language.clone(),
                published: now.published,
                revised: now.revised,
                breaking: now.breaking,
            },
        };
        self.doc.with(columns)
    }
}

/// A version of an article, and how it came to be.
#[derive(Debug, Clone, PartialEq)]
pub struct RevisionRow {
    /// The article as it was.
    pub article: Article,
    /// `new`, `cosmetic`, `material` or `correction`.
    pub weight: String,
    /// The editor's word, or the admitted error.
    pub note: Option<String>,
    /// Which line gave which field; empty where a hand changed it.
    pub evidence: Vec<Evidence>,
    /// Hash of the page it was read from.
    pub raw: Option<String>,
    /// Who brought it, as the audit log writes it.
    pub actor: String,
    /// When.
    pub at: Millis,
}

#[derive(sqlx::FromRow)]
struct RawRevision {
    revision: i64,
    doc: Json<Version>,
    weight: String,
    note: Option<String>,
    evidence: Json<Vec<Evidence>>,
    raw: Option<String>,
    actor: String,
    at: i64,
}

/// A page of an article, as it was kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptPage {
    /// Its address.
    pub url: String,
    /// The header's value.
    #[sqlx(rename = "type")]
    pub content_type: String,
    /// Its bytes, compressed by zstd.
    pub bytes: Vec<u8>,
    /// Hash of its bytes as they came.
    pub raw: String,
    /// The row of the article it gave.
    pub article: i64,
}

impl Store {
    /// All versions of an article, the first first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revisions(&self, now: &ArticleRow) -> Result<Vec<RevisionRow>, StoreError> {
        const SQL: &str =
            "select revision, doc, weight, note, evidence, raw, actor, at from article_revision where article = $1 order by revision";
        let raw = rows!(self, RawRevision, SQL, now.id.0).doing("read the versions of an article")?;
        let read = |raw: RawRevision| RevisionRow {
            article: raw.doc.0.article(Revision(raw.revision), &now.article),
            weight: raw.weight,
            note: raw.note,
            evidence: raw.evidence.0,
            raw: raw.raw,
            actor: raw.actor,
            at: Millis(raw.at),
        };
        Ok(raw.into_iter().map(read).collect())
    }

    /// The addresses of a source's pages that were kept and gave an article, behind `after`, in their order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_pages(&self, source: Seq, after: &str, limit: i64) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "select url_key from page where source = $1 and url_key > $2 and article is not null and raw is not null \
                           and part_of is null order by url_key limit $3";
        let found = rows!(self, (String,), SQL, source.0, after, limit).doing("list kept pages")?;
        Ok(found.into_iter().map(|(url,)| url).collect())
    }

    /// A kept page with its bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_page(&self, source: Seq, url_key: &str) -> Result<Option<KeptPage>, StoreError> {
        const SQL: &str = "select p.url, b.type, b.bytes, p.raw, p.article from page p join blob b on b.hash = p.raw \
                           where p.source = $1 and p.url_key = $2 and p.article is not null";
        row!(self, KeptPage, SQL, source.0, url_key).doing("read a kept page")
    }

    /// Every article behind a row, in the order in which they came.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn articles_from(&self, after: ArticleId, limit: i64) -> Result<Vec<ArticleRow>, StoreError> {
        const SQL: &str = concat!("select ", super::articles::article_columns!(), " from article a where a.id > $1 order by a.id limit $2");
        super::articles::read_all(rows!(self, super::articles::RawArticle, SQL, after.0, limit).doing("read all articles")?)
    }
}
