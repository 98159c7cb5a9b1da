//! Articles as they stand.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use crate::model::{
    Article, ArticleId, ArticleKey, Byline, CanonicalUrl, Image, Kind, Millis, Origin, Rev, Revision, SafeHtml, SectionId, Slug, Standing,
    Withdrawal,
};
use crate::store::db::{row, rows};
use crate::store::{Doing as _, Store, StoreError};

/// What an article is, beyond the columns that questions ask by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::store) struct Doc {
    url: Option<CanonicalUrl>,
    source: String,
    external_id: Option<String>,
    title: String,
    sections: Vec<Slug>,
    authors: Vec<Byline>,
    editors: Vec<Byline>,
    origin: Option<Origin>,
    summary: Option<String>,
    body: SafeHtml,
    image: Option<Image>,
    images: Vec<Image>,
    tags: Vec<String>,
    correction: Option<String>,
    withdrawal: Option<Withdrawal>,
    #[serde(default)]
    held_by_editor: bool,
}

impl Doc {
    pub(in crate::store) fn of(article: &Article) -> Self {
        let article = article.clone();
        Self {
            url: article.url,
            source: article.source,
            external_id: article.external_id,
            title: article.title,
            sections: article.sections,
            authors: article.authors,
            editors: article.editors,
            origin: article.origin,
            summary: article.summary,
            body: article.body,
            image: article.image,
            images: article.images,
            tags: article.tags,
            correction: article.correction,
            held_by_editor: matches!(article.standing, Standing::Held { by_editor: true, .. }),
            withdrawal: match article.standing {
                Standing::Withdrawn(withdrawal) => Some(withdrawal),
                _ => None,
            },
        }
    }
}

/// What an article is, as far as questions ask by it: the columns beside a [`Doc`].
pub(in crate::store) struct Columns {
    pub(in crate::store) key: ArticleKey,
    pub(in crate::store) revision: Revision,
    pub(in crate::store) kind: Kind,
    pub(in crate::store) standing: Standing,
    pub(in crate::store) language: String,
    pub(in crate::store) published: Millis,
    pub(in crate::store) revised: Millis,
    pub(in crate::store) breaking: bool,
}

impl Doc {
    /// The whole article.
    pub(in crate::store) fn with(self, columns: Columns) -> Article {
        Article {
            key: columns.key,
            revision: columns.revision,
            url: self.url,
            source: self.source,
            external_id: self.external_id,
            kind: columns.kind,
            standing: columns.standing,
            title: self.title,
            sections: self.sections,
            authors: self.authors,
            editors: self.editors,
            origin: self.origin,
            summary: self.summary,
            body: self.body,
            image: self.image,
            images: self.images,
            tags: self.tags,
            language: columns.language,
            published: columns.published,
            revised: columns.revised,
            breaking: columns.breaking,
            correction: self.correction,
        }
    }

    /// How it stands, by the word of a column; `None`: no such word.
    pub(in crate::store) fn standing(&self, word: &str, because: Option<String>, release_at: Option<Millis>) -> Option<Standing> {
        match (word, &self.withdrawal) {
            ("published", _) => Some(Standing::Published),
            ("held", _) => Some(Standing::Held { because: because.unwrap_or_default(), release_at, by_editor: self.held_by_editor }),
            ("withdrawn", Some(withdrawal)) => Some(Standing::Withdrawn(withdrawal.clone())),
            _ => None,
        }
    }
}

/// An article with what only the store knows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleRow {
    /// Its row.
    pub id: ArticleId,
    /// The article.
    pub article: Article,
    /// When its first copy came.
    pub first_seen: Millis,
    /// Whether its release tells receivers.
    pub announce: bool,
    /// Hash of its copy, to tell Unchanged from Revised.
    pub digest: String,
    /// When it last changed.
    pub rev: Rev,
}

#[derive(sqlx::FromRow)]
pub(in crate::store) struct RawArticle {
    id: i64,
    key: String,
    kind: String,
    revision: i64,
    standing: String,
    why_held: Option<String>,
    release_at: Option<i64>,
    published: i64,
    revised: i64,
    first_seen: i64,
    language: String,
    breaking: bool,
    announce: bool,
    digest: String,
    doc: Json<Doc>,
    rev: i64,
}

/// The columns of [`RawArticle`], of the table called `a`.
macro_rules! article_columns {
    () => {
        "a.id, a.key, a.kind, a.revision, a.standing, a.why_held, a.release_at, a.published, a.revised, a.first_seen, a.language, a.breaking, \
         a.announce, a.digest, a.doc, a.rev"
    };
}
pub(in crate::store) use article_columns;

impl TryFrom<RawArticle> for ArticleRow {
    type Error = StoreError;
    fn try_from(raw: RawArticle) -> Result<Self, StoreError> {
        let unreadable = |why: String| StoreError::Unreadable { what: "an article", why };
        let doc = raw.doc.0;
        let standing = doc.standing(&raw.standing, raw.why_held, raw.release_at.map(Millis));
        let standing = standing.ok_or_else(|| unreadable(format!("standing {}", raw.standing)))?;
        let columns = Columns {
            key: ArticleKey::stored(raw.key),
            revision: Revision(raw.revision),
            kind: Kind::try_from(raw.kind).map_err(unreadable)?,
            standing,
            language: raw.language,
            published: Millis(raw.published),
            revised: Millis(raw.revised),
            breaking: raw.breaking,
        };
        let article = doc.with(columns);
        Ok(Self {
            id: ArticleId(raw.id),
            article,
            first_seen: Millis(raw.first_seen),
            announce: raw.announce,
            digest: raw.digest,
            rev: Rev(raw.rev),
        })
    }
}

pub(in crate::store) fn read_all(raw: Vec<RawArticle>) -> Result<Vec<ArticleRow>, StoreError> {
    raw.into_iter().map(ArticleRow::try_from).collect()
}

/// Which articles a list holds.
#[derive(Debug, Clone, Default)]
pub struct ArticleFilter {
    /// Within this section and what lies below it.
    pub section: Option<SectionId>,
    /// Published at or after.
    pub since: Option<Millis>,
    /// Standing, as the API writes it.
    pub standing: Option<String>,
    /// Behind this place: published and row of the last one seen.
    pub after: Option<(Millis, ArticleId)>,
}

/// The newest articles of a feed, and when anything in it last changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SectionWindow {
    /// Published ones, the newest first.
    pub articles: Vec<Article>,
    /// The newest change of what is in it or was; a withdrawal counts.
    pub changed: Millis,
}

impl Store {
    /// The article of a public name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn article(&self, key: &ArticleKey) -> Result<Option<ArticleRow>, StoreError> {
        const SQL: &str = concat!("select ", article_columns!(), " from article a where a.key = $1");
        row!(self, RawArticle, SQL, key.as_str()).doing("read an article")?.map(ArticleRow::try_from).transpose()
    }

    /// The article of a row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn article_by_id(&self, id: ArticleId) -> Result<Option<ArticleRow>, StoreError> {
        const SQL: &str = concat!("select ", article_columns!(), " from article a where a.id = $1");
        row!(self, RawArticle, SQL, id.0).doing("read an article")?.map(ArticleRow::try_from).transpose()
    }

    /// The article that a canonical URL names, now or before it moved.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn article_by_url(&self, url: &CanonicalUrl) -> Result<Option<ArticleRow>, StoreError> {
        const SQL: &str = concat!(
            "select ",
            article_columns!(),
            " from article a where a.url_key = $1",
            " or a.id = (select i.article from article_identity i where i.kind = 'url' and i.value = $1)",
            " order by case when a.url_key = $1 then 0 else 1 end limit 1"
        );
        row!(self, RawArticle, SQL, url.as_str()).doing("read an article")?.map(ArticleRow::try_from).transpose()
    }

    /// A page of articles, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn articles(&self, filter: &ArticleFilter, limit: i64) -> Result<Vec<ArticleRow>, StoreError> {
        const ALL: &str = concat!(
            "select ",
            article_columns!(),
            " from article a where ($1 is null or a.published >= $1) and ($2 is null or a.standing = $2)",
            " and ($3 is null or (a.published, a.id) < ($3, $4)) order by a.published desc, a.id desc limit $5"
        );
        const OF_SECTION: &str = concat!(
            "select ",
            article_columns!(),
            " from article_section s join article a on a.id = s.article where s.section = $6 and ($1 is null or s.published >= $1)",
            " and ($2 is null or a.standing = $2) and ($3 is null or (s.published, s.article) < ($3, $4))",
            " order by s.published desc, s.article desc limit $5"
        );
        let since = filter.since.map(|at| at.0);
        let (at, id) = filter.after.map_or((None, None), |(at, id)| (Some(at.0), Some(id.0)));
        let standing = filter.standing.as_deref();
        let raw = match filter.section {
            None => rows!(self, RawArticle, ALL, since, standing, at, id, limit),
            Some(section) => rows!(self, RawArticle, OF_SECTION, since, standing, at, id, limit, section.0),
        };
        read_all(raw.doing("list articles")?)
    }

    /// The newest `count` articles of a section (`None`: of all), and those not older than `age` below the newest one, at most `most`.
    /// The window hangs on the newest article and never on the clock, so that every node cuts the same one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn window(&self, section: Option<SectionId>, count: usize, age_ms: i64, most: i64) -> Result<SectionWindow, StoreError> {
        const ALL: &str = concat!(
            "select ",
            article_columns!(),
            " from article a where a.standing <> 'held' order by a.published desc, a.id desc limit $1"
        );
        const OF_SECTION: &str = concat!(
            "select ",
            article_columns!(),
            " from article_section s join article a on a.id = s.article where s.section = $2 and a.standing <> 'held'",
            " order by s.published desc, s.article desc limit $1"
        );
        let raw = match section {
            None => rows!(self, RawArticle, ALL, most),
            Some(section) => rows!(self, RawArticle, OF_SECTION, most, section.0),
        };
        let all = read_all(raw.doing("read a feed's window")?)?;
        let changed = all.iter().map(|row| last_change(&row.article)).max().unwrap_or_default();
        let mut articles: Vec<Article> = all.into_iter().map(|row| row.article).filter(Article::is_public).collect();
        let oldest = articles.first().map_or(0, |newest| newest.published.0 - age_ms);
        let keep = articles.iter().enumerate().take_while(|(place, article)| *place < count || article.published.0 >= oldest).count();
        articles.truncate(keep);
        Ok(SectionWindow { articles, changed })
    }

    /// Articles that changed after `rev`, oldest change first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn articles_since(&self, rev: Rev, limit: i64) -> Result<Vec<ArticleRow>, StoreError> {
        const SQL: &str = concat!("select ", article_columns!(), " from article a where a.rev > $1 order by a.rev limit $2");
        read_all(rows!(self, RawArticle, SQL, rev.0, limit).doing("follow articles")?)
    }

    /// The next instant at which an embargo ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_release(&self) -> Result<Option<Millis>, StoreError> {
        const SQL: &str = "select min(release_at) from article where release_at is not null";
        Ok(row!(self, (Option<i64>,), SQL).doing("look for embargoes")?.and_then(|(at,)| at).map(Millis))
    }

    /// The short code of an article on a channel; the empty channel is the article's own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn short_code(&self, article: ArticleId, channel: &str) -> Result<Option<String>, StoreError> {
        const SQL: &str = "select code from short_link where article = $1 and channel = $2";
        Ok(row!(self, (String,), SQL, article.0, channel).doing("read a short link")?.map(|(code,)| code))
    }

    /// The article behind a short code, and the channel it was made for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn article_of_code(&self, code: &str) -> Result<Option<ArticleRow>, StoreError> {
        const SQL: &str = concat!("select ", article_columns!(), " from short_link l join article a on a.id = l.article where l.code = $1");
        row!(self, RawArticle, SQL, code).doing("follow a short link")?.map(ArticleRow::try_from).transpose()
    }
}

fn last_change(article: &Article) -> Millis {
    match &article.standing {
        Standing::Withdrawn(withdrawal) => withdrawal.at.max(article.revised),
        _ => article.revised,
    }
}
