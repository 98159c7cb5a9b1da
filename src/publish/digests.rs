//! Named digests, cut by cron expression: each slot once, whatever crashes.

use std::time::Duration;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::config::{self, Schedule};
use crate::mail::{Digest as DigestHead, ListName, Story};
use crate::model::{Article, EditionKind, EditionState, Millis, Section, Seq, Slug, Target};
use crate::store::write::publish::{move_digest, put_digest};
use crate::store::{DigestRow, StoreError};

use super::editions::{Draft, in_every_language, occasion, principal};
use super::{Parts, PublishError};

/// A slot that is later than this, after a stop of the daemon, is left out: its articles come with the next one. Nobody wants this
/// morning's mail at night.
const LATEST: Duration = Duration::from_hours(3);
/// Articles that a window is searched for: the digest takes the newest of those in its sections.
const SEARCHED: i64 = 1000;

/// What the configuration declares of a digest, as the store keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Spec {
    title: String,
    sections: Vec<Slug>,
    cron: String,
    timezone: Tz,
    max_articles: usize,
}

/// Writes what the configuration declares. A digest that was not there covers what comes from now on.
///
/// # Errors
/// When the store fails.
pub async fn declare(parts: &Parts, digests: &[config::Digest]) -> Result<(), StoreError> {
    if digests.is_empty() {
        return Ok(());
    }
    let mut tx = parts.store.begin().await?;
    for digest in digests {
        let spec = Spec {
            title: digest.title.clone(),
            sections: digest.sections.clone(),
            cron: digest.cron.as_str().to_owned(),
            timezone: digest.timezone,
            max_articles: digest.max_articles as usize,
        };
        let next = digest.cron.next_after(parts.clock.now(), digest.timezone);
        put_digest(&mut tx, &digest.name, &serde_json::to_value(&spec).unwrap_or_default(), next).await?;
    }
    tx.commit().await
}

/// Cuts every digest whose slot has come; when the next slot comes.
pub(super) async fn cut_due(parts: &Parts) -> Result<Option<Millis>, PublishError> {
    let mut next: Option<Millis> = None;
    for row in parts.store.digests().await? {
        let Ok(spec) = serde_json::from_value::<Spec>(row.spec.clone()) else { continue };
        let Ok(schedule) = Schedule::parse(&spec.cron) else { continue };
        let slot = match row.next_at {
            Some(slot) if slot <= parts.clock.now() => cut_slot(parts, &row, &spec, &schedule, slot).await?,
            slot => slot,
        };
        next = match (next, slot) {
            (Some(next), Some(slot)) => Some(next.min(slot)),
            (next, slot) => next.or(slot),
        };
    }
    Ok(next)
}

/// Cuts one slot and moves the digest on, in one transaction.
async fn cut_slot(parts: &Parts, row: &DigestRow, spec: &Spec, schedule: &Schedule, slot: Millis) -> Result<Option<Millis>, PublishError> {
    let now = parts.clock.now();
    // Slots that passed while nobody served are one: never several mails to catch up.
    let next = schedule.next_after(slot.max(now), spec.timezone);
    let to = Seq(parts.store.head().await?.0);
    // Of several slots that passed, the last one tells whether it is still time.
    let newest_is_fresh = schedule.next_after(Millis(now.0 - LATEST.as_millis() as i64), spec.timezone).is_some_and(|slot| slot <= now);
    let too_late = now.since(slot) > LATEST && !newest_is_fresh;
    let draft = if too_late { None } else { Some(draft(parts, row, spec, to, &format!("digest:{}:{}", row.name, slot.0)).await?) };
    let mut tx = parts.store.begin().await?;
    let cut_to = if too_late { row.cut_to } else { to };
    if !move_digest(&mut tx, row, next, cut_to).await? {
        // Another node was quicker.
        tx.roll_back().await?;
        return Ok(next);
    }
    if let Some(draft) = draft {
        draft.cut(&mut tx, now).await?;
    }
    tx.commit().await?;
    Ok(next)
}

/// The edition of everything since the last one. One with nothing to tell is written down as skipped.
async fn draft(parts: &Parts, row: &DigestRow, spec: &Spec, to: Seq, idem: &str) -> Result<Draft, PublishError> {
    let now = parts.clock.now();
    let found = parts.store.articles_published_in(row.cut_to, to, SEARCHED).await?;
    let mut chosen: Vec<(crate::model::ArticleId, Article)> = found.into_iter().filter(|(_, article)| spec.takes(article)).collect();
    // The next one does not speak of them, so this one says how many they are and where they stand.
    let left_out = chosen.len().saturating_sub(spec.max_articles);
    chosen.truncate(spec.max_articles);
    let sections = parts.store.sections().await?;
    let since = chosen.iter().map(|(_, article)| article.published).min().unwrap_or(now);
    let list = ListName::of_digest(&row.name);
    let section = if let [section] = spec.sections.as_slice() { Some(section) } else { None };
    let head = DigestHead { list: &list, title: &spec.title, window: (since, now), left_out, section };
    let composed = if chosen.is_empty() { Vec::new() } else { compose(parts, head, &chosen, &sections)? };
    let state = if chosen.is_empty() { EditionState::Skipped } else { EditionState::Addressing };
    Ok(Draft {
        edition: occasion(EditionKind::Digest, idem.to_owned(), (row.cut_to, to), state, now),
        targets: vec![Target::Digest(row.name.clone()).stored()],
        title: spec.title.clone(),
        articles: chosen.iter().map(|(id, article)| (*id, article.revision)).collect(),
        parts: composed,
    })
}

fn compose(
    parts: &Parts,
    head: DigestHead<'_>,
    chosen: &[(crate::model::ArticleId, Article)],
    sections: &[Section],
) -> Result<Vec<(&'static str, serde_json::Value)>, PublishError> {
    let titles: Vec<String> = chosen.iter().map(|(_, article)| principal(article, sections).1).collect();
    let stories: Vec<Story<'_>> = chosen.iter().zip(&titles).map(|((_, article), section)| Story { article, section }).collect();
    Ok(in_every_language(|language| parts.composer.compose_digest(head, &stories, language))?)
}

impl Spec {
    fn takes(&self, article: &Article) -> bool {
        self.sections.is_empty() || article.sections.iter().any(|slug| self.sections.iter().any(|wanted| slug.is_within(wanted)))
    }
}

/// Cuts a digest now, beside its slots; whether there was one of that name.
pub(super) async fn cut_now(parts: &Parts, name: &str) -> Result<bool, PublishError> {
    let digests = parts.store.digests().await?;
    let Some(row) = digests.iter().find(|digest| digest.name == name) else { return Ok(false) };
    let Ok(spec) = serde_json::from_value::<Spec>(row.spec.clone()) else { return Ok(false) };
    let to = Seq(parts.store.head().await?.0);
    let now = parts.clock.now();
    let draft = draft(parts, row, &spec, to, &format!("digest:{name}:by-hand:{}", now.0)).await?;
    let mut tx = parts.store.begin().await?;
    draft.cut(&mut tx, now).await?;
    tx.commit().await?;
    Ok(true)
}
