//! Endpoints as the carriers need them: opened once, and again when they change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::hmac;
use url::Url;

use crate::keys::KeyRing;
use crate::model::{Endpoint, EndpointState, ReceiverId, Rev};
use crate::store::{EndpointFilter, Store, StoreError};

/// An endpoint, opened.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) url: Url,
    /// The newest first; the second stays good for a while after a rotation.
    pub(super) secrets: Vec<hmac::Key>,
    pub(super) state: EndpointState,
}

/// All endpoints.
#[derive(Debug, Clone, Default)]
pub(super) struct Targets {
    known: Arc<Mutex<HashMap<ReceiverId, Arc<Target>>>>,
}

impl Targets {
    pub(super) fn get(&self, id: ReceiverId) -> Option<Arc<Target>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Reads what changed since; the newest change.
    pub(super) async fn refresh(&self, store: &Store, keys: &KeyRing, since: Rev) -> Result<Rev, StoreError> {
        let changed = store.endpoints(EndpointFilter { since, only: None }).await?;
        let newest = changed.last().map_or(since, |endpoint| endpoint.rev);
        for endpoint in changed {
            let id = endpoint.id;
            if let Some(target) = open(&endpoint, keys) {
                self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::new(target));
            } else {
                tracing::error!(endpoint = %endpoint.public, "an endpoint's secrets cannot be opened with this key ring");
            }
        }
        Ok(newest)
    }
}

fn open(endpoint: &Endpoint, keys: &KeyRing) -> Option<Target> {
    let url = Url::parse(keys.open_text(&endpoint.url).ok()?.expose()).ok()?;
    let secret = |sealed| {
        let text = keys.open_text(sealed).ok()?;
        // Standard Webhooks 1.0: the key is what stands, in base64, behind the prefix.
        let bytes = STANDARD.decode(text.expose().strip_prefix("whsec_")?).ok()?;
        Some(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
    };
    let secrets = endpoint.secrets.iter().map(secret).collect::<Option<Vec<_>>>()?;
    Some(Target { url, secrets, state: endpoint.state })
}
