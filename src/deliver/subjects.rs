//! Events as they leave: the payload rendered once, shared by all receivers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::model::{Event, EventType, Seq};
use crate::store::{Store, StoreError};
use crate::urls::Urls;

/// Events that are kept rendered: a burst's worth. Bodies are some kilobytes each.
const KEPT: usize = 256;

/// An event as it leaves.
#[derive(Debug)]
pub(super) struct Payload {
    /// `webhook-id`: the same over all attempts.
    pub(super) id: String,
    /// The body, the same bytes for every receiver.
    pub(super) body: Bytes,
    /// What a receiver has once it took this.
    pub(super) revision: i64,
}

/// Rendered events.
#[derive(Debug, Clone, Default)]
pub(super) struct Subjects {
    rendered: Arc<Mutex<HashMap<Seq, Arc<Payload>>>>,
}

impl Subjects {
    /// The payload of an event; `None` where the event is gone.
    pub(super) async fn payload(&self, store: &Store, urls: &Urls, seq: Seq) -> Result<Option<Arc<Payload>>, StoreError> {
        if let Some(payload) = self.rendered.lock().unwrap_or_else(PoisonError::into_inner).get(&seq) {
            return Ok(Some(payload.clone()));
        }
        let Some(event) = store.event(seq).await? else { return Ok(None) };
        let payload = Arc::new(Payload { id: event.id.to_string(), body: render(&event, urls), revision: event.revision.0 });
        let mut rendered = self.rendered.lock().unwrap_or_else(PoisonError::into_inner);
        if rendered.len() >= KEPT {
            // The oldest go first: what is still waiting for them reads them again.
            let oldest: Vec<Seq> = {
                let mut all: Vec<Seq> = rendered.keys().copied().collect();
                all.sort_unstable();
                all.into_iter().take(KEPT / 2).collect()
            };
            for seq in oldest {
                rendered.remove(&seq);
            }
        }
        rendered.insert(seq, payload.clone());
        Ok(Some(payload))
    }
}

/// `{"type","timestamp","data"}` (contract.md, Webhooks). A withdrawal never carries the body.
fn render(event: &Event, urls: &Urls) -> Bytes {
    let article = urls.complete(event.article_then.clone());
    let data: Value = match event.what {
        EventType::Withdrawn => json!({
            "id": article.id, "tag": article.tag, "url": article.url, "title": article.title,
            "reason": article.reason, "withdrawn": article.withdrawn,
        }),
        _ => serde_json::to_value(&article).unwrap_or(Value::Null),
    };
    let timestamp = event.at.utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    Bytes::from(json!({ "type": event.what, "timestamp": timestamp, "data": data }).to_string())
}
