//! Editions: composed once, addressed in chunks.

use serde_json::Value;

use crate::mail::{Composed, ListName, Story};
use crate::model::{
    Article, ArticleId, Cadence, Class, Edition, EditionKind, EditionState, Event, Language, Millis, Revision, Section, Seq, Slug, Target,
};
use crate::store::write::ingest;
use crate::store::write::publish::{NewEdition, address, addressed, cut, edition, has_followers};
use crate::store::{EditionRow, StoreError, Tx};

use super::{Parts, PublishError};

/// Readers of one chunk (facts: an audience is cut into chunks of 50,000, so that nobody waits long).
const CHUNK: i64 = 50_000;
/// Editions that one look addresses.
const EDITIONS_AT_ONCE: i64 = 64;

/// An edition that is composed and not yet written.
pub(super) struct Draft {
    pub(super) edition: Edition,
    pub(super) targets: Vec<String>,
    pub(super) title: String,
    pub(super) articles: Vec<(ArticleId, Revision)>,
    pub(super) parts: Vec<(&'static str, Value)>,
}

impl Draft {
    /// Writes it, unless the one of this occasion exists.
    pub(super) async fn cut(self, tx: &mut Tx, now: Millis) -> Result<Option<Seq>, StoreError> {
        let new =
            NewEdition { edition: &self.edition, targets: &self.targets, title: &self.title, articles: &self.articles, parts: &self.parts };
        cut(tx, &new, now).await
    }
}

/// An edition of an occasion, not yet numbered.
pub(super) fn occasion(kind: EditionKind, idem: String, window: (Seq, Seq), state: EditionState, send_after: Millis) -> Edition {
    Edition { id: Seq(0), kind, idem, window, state, version: 1, send_after, candidates: 0, excluded: Vec::new() }
}

/// The composed parts in every language.
pub(super) fn in_every_language<E>(compose: impl Fn(Language) -> Result<Composed, E>) -> Result<Vec<(&'static str, Value)>, E> {
    Language::ALL.into_iter().map(|language| Ok((language.tag(), serde_json::to_value(compose(language)?).unwrap_or_default()))).collect()
}

/// The alert about a published article; `None` where nobody follows it or it no longer stands.
pub(super) async fn alert(parts: &Parts, tx: &mut Tx, event: &Event) -> Result<Option<Draft>, PublishError> {
    let targets = targets_of(&event.article_then.sections);
    if !has_followers(tx, &targets, Cadence::Instant.as_str()).await? {
        return Ok(None);
    }
    let Some(row) = ingest::by_key(tx, event.key.as_str()).await?.filter(|row| row.article.is_public()) else { return Ok(None) };
    let sections = ingest::sections(tx).await?;
    let (list, section) = principal(&row.article, &sections);
    let story = Story { article: &row.article, section: &section };
    let composed = in_every_language(|language| parts.composer.compose_alert(story, &list, language))?;
    let idem = format!("alert:{}:{}", event.key, event.revision);
    Ok(Some(Draft {
        edition: occasion(EditionKind::Alert, idem, (event.seq, event.seq), EditionState::Addressing, event.at),
        targets,
        title: row.article.title.clone(),
        articles: vec![(event.article, row.article.revision)],
        parts: composed,
    }))
}

/// What followers of these sections follow: the sections themselves and all above them.
fn targets_of(sections: &[String]) -> Vec<String> {
    let slugs = sections.iter().filter_map(|slug| Slug::parse(slug).ok());
    let mut targets: Vec<String> =
        slugs.flat_map(|slug| slug.and_ancestors().collect::<Vec<_>>()).map(|slug| Target::Section(slug).stored()).collect();
    targets.sort();
    targets.dedup();
    targets
}

/// The list of an article's principal section, and what people call that.
pub(super) fn principal(article: &Article, sections: &[Section]) -> (ListName, String) {
    match article.sections.first() {
        Some(slug) => {
            let title =
                sections.iter().find(|section| section.slug == *slug).map_or_else(|| slug.to_string(), |section| section.title.clone());
            (ListName::of_section(slug), title)
        }
        None => (ListName::of_digest("all"), String::new()),
    }
}

/// Addresses every edition whose time has come; when the next one's comes.
pub(super) async fn address_all(parts: &Parts) -> Result<Option<Millis>, PublishError> {
    let mut next: Option<Millis> = None;
    for row in parts.store.editions_addressing(EDITIONS_AT_ONCE).await? {
        let after = row.edition.send_after;
        if after > parts.clock.now() {
            next = Some(next.map_or(after, |next| next.min(after)));
            continue;
        }
        while address_chunk(parts, row.edition.id).await? {}
    }
    Ok(next)
}

/// Writes one chunk of an edition's audience; false once there is none left.
async fn address_chunk(parts: &Parts, id: Seq) -> Result<bool, StoreError> {
    let mut tx = parts.store.begin().await?;
    let Some(row) = edition(&mut tx, id).await? else {
        tx.roll_back().await?;
        return Ok(false);
    };
    let (cadence, class) = audience(&row);
    let chunk = address(&mut tx, &row, cadence.as_str(), class, CHUNK, parts.clock.now()).await?;
    let more = chunk.last.is_some();
    if !more {
        addressed(&mut tx, id).await?;
    }
    tx.commit().await?;
    Ok(more)
}

fn audience(row: &EditionRow) -> (Cadence, Class) {
    match row.edition.kind {
        EditionKind::Digest => (Cadence::Digest, Class::Digest),
        EditionKind::Alert | EditionKind::Correction | EditionKind::Withdrawal => (Cadence::Instant, Class::Alert),
    }
}
