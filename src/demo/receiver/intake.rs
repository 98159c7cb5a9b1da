//! How one hook is taken: read, judged, kept, answered.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;

use super::super::serve::{self, Body, Reset};
use super::{Behaviour, Hook, Inner, Keep, lock, signature};

/// The largest body taken, in bytes: far above any article.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// Takes one hook: reads it, judges it, keeps it, behaves.
pub(super) async fn take(request: Request<Incoming>, inner: Arc<Inner>) -> Result<Response<Body>, Reset> {
    if request.method() != Method::POST {
        return Ok(serve::plain(StatusCode::METHOD_NOT_ALLOWED, "this path takes POST\n"));
    }
    let (head, body) = request.into_parts();
    let behaviour = inner.behaviour(head.uri.path());
    if inner.keep == Keep::Count {
        if let Err(refusal) = drain(body).await {
            return Ok(refusal);
        }
        inner.arrived();
        return behaviour.act(&inner.lifecycle).await;
    }
    let body = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Ok(serve::plain(StatusCode::PAYLOAD_TOO_LARGE, "too large, or cut off\n")),
    };
    let (at, path) = (inner.clock.now(), head.uri.path().to_owned());
    let verdict = {
        let secrets = lock(&inner.secrets);
        signature::judge(&head.headers, &body, at, secrets.of_path.get(&path).unwrap_or(&secrets.of_all))
    };
    let id = head.headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let (event_type, title) = told(&body);
    let hook = Hook { path, id, event_type, title, verdict, body, answered: behaviour.status(), at };
    inner.hooks.send_modify(|hooks| hooks.push(hook));
    inner.arrived();
    behaviour.act(&inner.lifecycle).await
}

impl Inner {
    fn behaviour(&self, path: &str) -> Behaviour {
        let mut script = lock(&self.script);
        if let Some(next) = script.next.get_mut(path).and_then(VecDeque::pop_front) {
            return next;
        }
        script.always.get(path).cloned().unwrap_or_default()
    }

    fn arrived(&self) {
        self.count.fetch_add(1, Ordering::AcqRel);
        self.counted.send_replace(());
    }
}

/// Reads a body to its end and keeps nothing.
async fn drain(mut body: Incoming) -> Result<(), Response<Body>> {
    let mut read = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(serve::plain(StatusCode::BAD_REQUEST, "cut off\n")) };
        read += frame.data_ref().map_or(0, Bytes::len);
        if read > LARGEST_BODY {
            return Err(serve::plain(StatusCode::PAYLOAD_TOO_LARGE, "too large\n"));
        }
    }
    Ok(())
}

/// The event type and the article's title that a body tells, where it is a Standard Webhooks payload.
fn told(body: &[u8]) -> (String, String) {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |pointer| json.pointer(pointer).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    (text("/type"), text("/data/title"))
}
