//! Copy, events, short links, sections, sources: what `ingest` writes.

mod pictures;
mod sources;

use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::model::{Actor, Article, ArticleId, ArticleJson, EventType, Evidence, Millis, Revision, Section, SectionId, Seq, Standing};
use crate::store::db::{tx_row, tx_rows, tx_run};
use crate::store::read::articles::{Doc, RawArticle, article_columns, read_all};
use crate::store::read::revisions::Version;
use crate::store::read::sections::{ALL_SECTIONS, RawSection};
use crate::store::{ArticleRow, Doing as _, StoreError, Tx};

pub use pictures::{keep_media, save_picture, use_media};
pub use sources::{
    LookedAt, SavedPage, keep_blob, leave_former, looked_at, next_check, put_source, save_page, save_parts, stands_elsewhere, steer_source,
    still_listed,
};

/// Articles of one headline, source and day that are compared: a newsroom prints no more 公告 a day than this.
const MOST_UNDER_HEADLINE: i64 = 50;

/// By which an article is known: a kind and a value.
pub type Identity = (&'static str, String);

/// The article that any of these identities names, the first identity first.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut Tx, identities: &[Identity]) -> Result<Option<ArticleRow>, StoreError> {
    const SQL: &str = concat!(
        "select ",
        article_columns!(),
        " from json_each($1) v join article_identity i on i.kind = v.value ->> 'kind' and i.value = v.value ->> 'value'",
        " join article a on a.id = i.article order by v.key limit 1"
    );
    let list: Vec<Value> = identities.iter().map(|(kind, value)| serde_json::json!({ "kind": kind, "value": value })).collect();
    let list = Value::from(list).to_string();
    tx_row!(tx, RawArticle, SQL, &list).doing("look for the article")?.map(ArticleRow::try_from).transpose()
}

/// The articles whose identity of a kind begins like this, each once.
///
/// # Errors
/// When the database fails.
pub async fn under_headline(tx: &mut Tx, kind: &str, begins: &str) -> Result<Vec<ArticleRow>, StoreError> {
    const SQL: &str = concat!(
        "select ",
        article_columns!(),
        " from article_identity i join article a on a.id = i.article where i.kind = $1 and i.value > $2 and i.value < $3 order by a.id limit $4"
    );
    let beyond = format!("{begins}{}", char::MAX);
    read_all(tx_rows!(tx, RawArticle, SQL, kind, begins, &beyond, MOST_UNDER_HEADLINE).doing("look for a headline of that day")?)
}

/// Whether any version of an article admitted this error.
///
/// # Errors
/// When the database fails.
pub async fn carried(tx: &mut Tx, id: ArticleId, correction: &str) -> Result<bool, StoreError> {
    const SQL: &str = "select revision from article_revision where article = $1 and doc ->> 'correction' = $2 limit 1";
    Ok(tx_row!(tx, (i64,), SQL, id.0, correction).doing("look whether an error was admitted")?.is_some())
}

/// Whether this very version admits an error in these words.
///
/// # Errors
/// When the database fails.
pub async fn admits(tx: &mut Tx, id: ArticleId, revision: Revision, note: &str) -> Result<bool, StoreError> {
    const SQL: &str = "select revision from article_revision where article = $1 and revision = $2 and weight = 'correction' and note = $3";
    Ok(tx_row!(tx, (i64,), SQL, id.0, revision.0, note).doing("look whether an error was admitted")?.is_some())
}

/// The article of a public name, inside the transaction that will change it.
///
/// # Errors
/// When the database fails.
pub async fn by_key(tx: &mut Tx, key: &str) -> Result<Option<ArticleRow>, StoreError> {
    const SQL: &str = concat!("select ", article_columns!(), " from article a where a.key = $1");
    tx_row!(tx, RawArticle, SQL, key).doing("read an article")?.map(ArticleRow::try_from).transpose()
}

/// The article of a row, inside the transaction that will change it.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, id: ArticleId) -> Result<Option<ArticleRow>, StoreError> {
    const SQL: &str = concat!("select ", article_columns!(), " from article a where a.id = $1");
    tx_row!(tx, RawArticle, SQL, id.0).doing("read an article")?.map(ArticleRow::try_from).transpose()
}

/// Held articles whose embargo has ended.
///
/// # Errors
/// When the database fails.
pub async fn due_for_release(tx: &mut Tx, now: Millis, limit: i64) -> Result<Vec<ArticleRow>, StoreError> {
    const SQL: &str = concat!("select ", article_columns!(), " from article a where a.release_at <= $1 order by a.release_at limit $2");
    read_all(tx_rows!(tx, RawArticle, SQL, now.0, limit).doing("look for ended embargoes")?)
}

/// Whether an article was ever public.
///
/// # Errors
/// When the database fails.
pub async fn was_published(tx: &mut Tx, id: ArticleId) -> Result<bool, StoreError> {
    const SQL: &str = "select seq from event where article = $1 and type = 'article.published' limit 1";
    Ok(tx_row!(tx, (i64,), SQL, id.0).doing("look whether an article was public")?.is_some())
}

/// What only the store keeps of an article.
#[derive(Debug, Clone, Copy)]
pub struct Keeping<'a> {
    /// When its first copy came.
    pub first_seen: Millis,
    /// Whether its release tells receivers.
    pub announce: bool,
    /// Hash of its copy.
    pub digest: &'a str,
}

/// Writes a new article; its row.
///
/// # Errors
/// When the database fails.
pub async fn insert_article(tx: &mut Tx, article: &Article, keeping: Keeping<'_>) -> Result<ArticleId, StoreError> {
    const SQL: &str = "insert into article (id, key, url_key, kind, revision, standing, why_held, release_at, published, revised, first_seen, language, \
                       breaking, announce, digest, doc, rev) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $1)";
    let id = tx.next().await?;
    let (why, release) = held(&article.standing);
    tx_run!(
        tx,
        SQL,
        id,
        article.key.as_str(),
        article.url.as_ref().map(|url| url.as_str().to_owned()),
        article.kind.as_str(),
        article.revision.0,
        article.standing.as_str(),
        why,
        release,
        article.published.0,
        article.revised.0,
        keeping.first_seen.0,
        &article.language,
        article.breaking,
        keeping.announce,
        keeping.digest,
        Json(Doc::of(article)),
    )
    .doing("write an article")?;
    Ok(ArticleId(id))
}

/// Writes an article's new state over its old one.
///
/// # Errors
/// When the database fails.
pub async fn update_article(tx: &mut Tx, id: ArticleId, article: &Article, keeping: Keeping<'_>) -> Result<(), StoreError> {
    const SQL: &str = "update article set url_key = $2, kind = $3, revision = $4, standing = $5, why_held = $6, release_at = $7, published = $8, revised = $9, \
                       language = $10, breaking = $11, announce = $12, digest = $13, doc = $14, rev = $15 where id = $1";
    let rev = tx.next().await?;
    let (why, release) = held(&article.standing);
    tx_run!(
        tx,
        SQL,
        id.0,
        article.url.as_ref().map(|url| url.as_str().to_owned()),
        article.kind.as_str(),
        article.revision.0,
        article.standing.as_str(),
        why,
        release,
        article.published.0,
        article.revised.0,
        &article.language,
        article.breaking,
        keeping.announce,
        keeping.digest,
        Json(Doc::of(article)),
        rev,
    )
    .doing("revise an article")?;
    Ok(())
}

fn held(standing: &Standing) -> (Option<&str>, Option<i64>) {
    match standing {
        Standing::Held { because, release_at, .. } => (Some(because), release_at.map(|at| at.0)),
        _ => (None, None),
    }
}

/// Names an article by further identities; one that another article has stays that one's.
///
/// # Errors
/// When the database fails.
pub async fn identify(tx: &mut Tx, id: ArticleId, identities: &[Identity]) -> Result<(), StoreError> {
    const SQL: &str = "insert into article_identity (kind, value, article) select v.value ->> 'kind', v.value ->> 'value', $2 from json_each($1) v \
                       where true on conflict (kind, value) do nothing";
    let list: Vec<Value> = identities.iter().map(|(kind, value)| serde_json::json!({ "kind": kind, "value": value })).collect();
    let list = Value::from(list).to_string();
    tx_run!(tx, SQL, &list, id.0).doing("name an article")?;
    Ok(())
}

/// Puts an article into sections, ancestors included, and under its tags and authors, instead of where it stood before.
///
/// # Errors
/// When the database fails.
pub async fn place(tx: &mut Tx, id: ArticleId, article: &Article, sections: &[(SectionId, bool)]) -> Result<(), StoreError> {
    const CLEAR_SECTIONS: &str = "delete from article_section where article = $1";
    const CLEAR_TERMS: &str = "delete from article_term where article = $1";
    const SECTIONS: &str = "insert into article_section (section, published, article, own) \
                            select cast(v.value ->> 's' as bigint), $2, $3, v.value ->> 'own' = 'yes' from json_each($1) v where true on conflict do nothing";
    const TERMS: &str = "insert into article_term (kind, term, published, article) select v.value ->> 'kind', v.value ->> 'term', $2, $3 \
                         from json_each($1) v where true on conflict do nothing";
    tx_run!(tx, CLEAR_SECTIONS, id.0).doing("place an article")?;
    tx_run!(tx, CLEAR_TERMS, id.0).doing("place an article")?;
    let list: Vec<Value> =
        sections.iter().map(|(section, own)| serde_json::json!({ "s": section.0, "own": if *own { "yes" } else { "no" } })).collect();
    let list = Value::from(list).to_string();
    tx_run!(tx, SECTIONS, &list, article.published.0, id.0).doing("place an article")?;
    let tags = article.tags.iter().map(|tag| ("tag", tag.to_lowercase()));
    let authors = article.authors.iter().map(|byline| ("author", byline.name.to_lowercase()));
    let origin = article.origin.iter().map(|origin| ("origin", origin.name.to_lowercase()));
    let terms: Vec<Value> =
        tags.chain(authors).chain(origin).map(|(kind, term)| serde_json::json!({ "kind": kind, "term": term })).collect();
    if !terms.is_empty() {
        let terms = Value::from(terms).to_string();
        tx_run!(tx, TERMS, &terms, article.published.0, id.0).doing("place an article under its terms")?;
    }
    Ok(())
}

/// Keeps a revision for ever.
#[derive(Debug)]
pub struct NewRevision<'a> {
    /// `new`, `cosmetic`, `material` or `correction`.
    pub weight: &'a str,
    /// The editor's word.
    pub note: Option<&'a str>,
    /// Which line gave which field.
    pub evidence: &'a [Evidence],
    /// Hash of the raw page.
    pub raw: Option<&'a str>,
    /// Who brought it.
    pub actor: &'a Actor,
}

/// Keeps a revision for ever.
///
/// # Errors
/// When the database fails.
pub async fn keep_revision(tx: &mut Tx, id: ArticleId, article: &Article, new: &NewRevision<'_>, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "insert into article_revision (article, revision, doc, weight, note, evidence, raw, actor, at) \
                       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let (doc, evidence) = (Json(Version::of(article)), Json(new.evidence));
    tx_run!(tx, SQL, id.0, article.revision.0, doc, new.weight, new.note, evidence, new.raw, new.actor.to_string(), now.0)
        .doing("keep a revision")?;
    Ok(())
}

/// An event about to be logged.
#[derive(Debug)]
pub struct NewEvent<'a> {
    /// Its public name.
    pub id: Uuid,
    /// What happened.
    pub what: EventType,
    /// Whether receivers are told.
    pub announce: bool,
    /// The article as it is now, without any address of ours.
    pub body: &'a ArticleJson,
}

/// Writes a line of the event log; its place. A silent event makes no delivery, now or later.
///
/// # Errors
/// When the database fails.
pub async fn log_event(
    tx: &mut Tx,
    article: ArticleId,
    key: &str,
    revision: i64,
    event: &NewEvent<'_>,
    now: Millis,
) -> Result<Seq, StoreError> {
    const SQL: &str = "insert into event (seq, id, type, article, key, revision, at, announce, fanned, body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let seq = tx.next().await?;
    let fanned = if event.announce { 0 } else { super::publish::ALL_FANNED };
    tx_run!(tx, SQL, seq, event.id, event.what.as_str(), article.0, key, revision, now.0, event.announce, fanned, Json(event.body))
        .doing("log an event")?;
    Ok(Seq(seq))
}

/// Every section, as this transaction sees them.
///
/// # Errors
/// When the database fails.
pub async fn sections(tx: &mut Tx) -> Result<Vec<Section>, StoreError> {
    tx_rows!(tx, RawSection, ALL_SECTIONS).doing("list sections")?.into_iter().map(Section::try_from).collect()
}

/// Makes a section, or gives it another title, aliases and origin. Its parent must exist.
///
/// # Errors
/// When the database fails.
pub async fn put_section(tx: &mut Tx, slug: &str, title: &str, aliases: &[String], origin: &str) -> Result<SectionId, StoreError> {
    const SQL: &str = "insert into section (id, slug, parent, title, aliases, origin, rev) \
                       values ($1, $2, (select p.id from section p where p.slug = $3), $4, $5, $6, $1) \
                       on conflict (slug) do update set title = excluded.title, aliases = excluded.aliases, origin = excluded.origin, rev = excluded.rev \
                       returning id";
    let id = tx.next().await?;
    let parent = slug.rsplit_once('/').map(|(parent, _)| parent);
    let row = tx_row!(tx, (i64,), SQL, id, slug, parent, title, Json(aliases), origin).doing("write a section")?;
    row.map(|(id,)| Seq(id)).ok_or(StoreError::NoHead)
}

/// Names an article by a short code; the code that stands (an article keeps its first).
///
/// # Errors
/// When the database fails.
pub async fn short_link(tx: &mut Tx, code: &str, article: ArticleId, channel: &str) -> Result<(), StoreError> {
    const SQL: &str = "insert into short_link (code, article, channel) values ($1, $2, $3) on conflict do nothing";
    tx_run!(tx, SQL, code, article.0, channel).doing("make a short link")?;
    Ok(())
}
