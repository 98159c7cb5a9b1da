//! One event, its receivers.

use crate::model::{BylineJson, Event, EventType, ReceiverId, Slug};
use crate::store::write::publish::{fan_out as write_chunk, fanned, fanning, filtered_endpoints, told_before};
use crate::store::{StoreError, Tx};

use super::editions::{Draft, alert};
use super::{Parts, PublishError};

/// Events of one transaction: a burst becomes a few commits, and nobody waits long for the log's counter.
const EVENTS_AT_ONCE: i64 = 32;
/// Receivers of one chunk: some tens of milliseconds of one transaction on PostgreSQL.
const CHUNK: i64 = 50_000;

/// Writes the deliveries of every event that lacks some.
pub(super) async fn fan_out(parts: &Parts) -> Result<(), PublishError> {
    while parts.store.is_fanning().await? {
        let mut tx = parts.store.begin().await?;
        let events = fanning(&mut tx, EVENTS_AT_ONCE).await?;
        if events.is_empty() {
            tx.roll_back().await?;
            return Ok(());
        }
        // Composed before anything is written, so that a template that fails holds its own edition back and nothing else.
        let alerts = drafts(parts, &mut tx, &events).await?;
        let filters = filtered_endpoints(&mut tx).await?;
        for (event, after) in &events {
            let marks = Marks::of(event);
            let mut matching: Vec<ReceiverId> = filters.iter().filter(|(_, filters)| marks.wanted_by(filters)).map(|(id, _)| *id).collect();
            if matches!(event.what, EventType::Corrected | EventType::Withdrawn) {
                // The article may have moved since: everyone who got it hears of it.
                matching.extend(told_before(&mut tx, event).await?);
            }
            chunk(&mut tx, event, *after, &matching).await?;
        }
        for draft in alerts {
            draft.cut(&mut tx, parts.clock.now()).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Writes one chunk; an event that needs no more is opened for the engine.
async fn chunk(tx: &mut Tx, event: &Event, after: ReceiverId, matching: &[ReceiverId]) -> Result<(), StoreError> {
    if write_chunk(tx, event, after, matching, CHUNK).await?.is_none_or(|written| !written.is_full) {
        fanned(tx, event).await?;
    }
    Ok(())
}

/// Alerts are cut with an event's first chunk; one that exists is left alone.
async fn drafts(parts: &Parts, tx: &mut Tx, events: &[(Event, ReceiverId)]) -> Result<Vec<Draft>, PublishError> {
    let mut drafts = Vec::new();
    for (event, after) in events {
        if event.what == EventType::Published && *after == ReceiverId(0) {
            match alert(parts, tx, event).await {
                Ok(draft) => drafts.extend(draft),
                Err(PublishError::Compose(error)) => {
                    tracing::error!(article = %event.key, error = &error as &dyn std::error::Error, "an alert cannot be composed");
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(drafts)
}

/// What filters ask of an event.
struct Marks<'a> {
    event: &'a Event,
    sections: Vec<Slug>,
    authors: Vec<String>,
}

impl<'a> Marks<'a> {
    fn of(event: &'a Event) -> Self {
        let article = &event.article_then;
        let name = |byline: &BylineJson| match byline {
            BylineJson::Full(byline) => byline.name.clone(),
            BylineJson::Name(name) => name.clone(),
        };
        Self {
            event,
            sections: article.sections.iter().filter_map(|slug| Slug::parse(slug).ok()).collect(),
            authors: article.authors.iter().map(name).collect(),
        }
    }

    fn wanted_by(&self, filters: &crate::model::Filters) -> bool {
        let article = &self.event.article_then;
        filters.want(self.event.what, &self.sections, &article.tags, &self.authors, article.language.as_deref().unwrap_or_default())
    }
}
