//! A webhook receiver that checks signatures, stands for any number of endpoints, and misbehaves on request.
//!
//! Every path takes POST and is an endpoint of its own, so `/hook/0` to `/hook/999` are a thousand of them.

mod behaviour;
mod signature;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use tokio::sync::watch;

pub use behaviour::Behaviour;
use signature::Secret;
pub use signature::Verdict;

use super::serve::{Body, Reset};
use super::{DemoError, serve};
use crate::clock::Clock;
use crate::lifecycle::Lifecycle;
use crate::model::Millis;

/// A webhook as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The path it was posted to.
    pub path: String,
    /// Its `webhook-id`; empty where there was none.
    pub id: String,
    /// The body's `type`; empty where the body is not of Standard Webhooks.
    pub event_type: String,
    /// The title of the article it speaks of; empty where it tells none.
    pub title: String,
    /// What its signature is worth.
    pub verdict: Verdict,
    /// The body's bytes.
    pub body: Bytes,
    /// What it was answered with; 0 where it got no answer.
    pub answered: u16,
    /// When its last byte came.
    pub at: Millis,
}

impl Hook {
    /// Whether its signature is good.
    #[must_use]
    pub fn verified(&self) -> bool {
        self.verdict == Verdict::Good
    }
}

/// What the receiver remembers of each hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Everything.
    Whole,
    /// That it came, and nothing else: the sink of a measurement. Signatures are not checked; the script is played.
    Count,
}

/// The largest body taken, in bytes: far above any article.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// A webhook receiver on loopback.
#[derive(Debug, Clone)]
pub struct Receiver {
    address: SocketAddr,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    clock: Clock,
    keep: Keep,
    lifecycle: Lifecycle,
    hooks: watch::Sender<Vec<Hook>>,
    count: AtomicU64,
    counted: watch::Sender<()>,
    secrets: Mutex<Secrets>,
    script: Mutex<Script>,
}

#[derive(Debug, Default)]
struct Secrets {
    of_path: HashMap<String, Vec<Secret>>,
    of_all: Vec<Secret>,
}

#[derive(Debug, Default)]
struct Script {
    next: HashMap<String, VecDeque<Behaviour>>,
    always: HashMap<String, Behaviour>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Receiver {
    /// Starts a receiver.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(keep: Keep, clock: Clock, lifecycle: &Lifecycle) -> Result<Self, DemoError> {
        let inner = Arc::new(Inner {
            clock,
            keep,
            lifecycle: lifecycle.clone(),
            hooks: watch::channel(Vec::new()).0,
            count: AtomicU64::new(0),
            counted: watch::channel(()).0,
            secrets: Mutex::default(),
            script: Mutex::default(),
        });
        let address = serve::serve("the webhook receiver", lifecycle, {
            let inner = Arc::clone(&inner);
            move |request| take(request, Arc::clone(&inner))
        })
        .await?;
        Ok(Self { address, inner })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of one endpoint: `http://127.0.0.1:PORT` and a path that begins with `/`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Checks the hooks of one path by this secret, beside those it knows already: a rotated secret is good until it is forgotten.
    ///
    /// # Errors
    /// When the secret is not `whsec_` and base64.
    pub fn trust(&self, path: &str, secret: &str) -> Result<(), DemoError> {
        let secret = Secret::parse(secret)?;
        lock(&self.inner.secrets).of_path.entry(path.to_owned()).or_default().push(secret);
        Ok(())
    }

    /// Checks the hooks of every path that has no secret of its own by this one.
    ///
    /// # Errors
    /// When the secret is not `whsec_` and base64.
    pub fn trust_everywhere(&self, secret: &str) -> Result<(), DemoError> {
        let secret = Secret::parse(secret)?;
        lock(&self.inner.secrets).of_all.push(secret);
        Ok(())
    }

    /// Forgets every secret of a path.
    pub fn distrust(&self, path: &str) {
        lock(&self.inner.secrets).of_path.remove(path);
    }

    /// How a path behaves to its next hooks, one after another; then as before.
    pub fn play(&self, path: &str, behaviours: impl IntoIterator<Item = Behaviour>) {
        lock(&self.inner.script).next.entry(path.to_owned()).or_default().extend(behaviours);
    }

    /// How a path behaves from now on.
    pub fn always(&self, path: &str, behaviour: Behaviour) {
        lock(&self.inner.script).always.insert(path.to_owned(), behaviour);
    }

    /// Every hook so far, oldest first; none when only counting.
    #[must_use]
    pub fn received(&self) -> Vec<Hook> {
        self.inner.hooks.borrow().clone()
    }

    /// How many hooks have come, however they were answered.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.inner.count.load(Ordering::Acquire)
    }

    /// Waits until `enough` says so of all hooks so far, and gives them. `None` when `deadline` passes first.
    pub async fn wait_for(&self, deadline: Duration, mut enough: impl FnMut(&[Hook]) -> bool) -> Option<Vec<Hook>> {
        let mut watch = self.inner.hooks.subscribe();
        let found = tokio::time::timeout(deadline, watch.wait_for(|hooks| enough(hooks))).await;
        found.ok()?.ok().map(|hooks| hooks.clone())
    }

    /// Waits until so many hooks have come in all; `false` when `deadline` passes first. The only wait there is when only counting.
    pub async fn wait_for_count(&self, deadline: Duration, enough: u64) -> bool {
        let mut watch = self.inner.counted.subscribe();
        tokio::time::timeout(deadline, watch.wait_for(|()| self.count() >= enough)).await.is_ok()
    }

    /// Forgets every hook and counts from zero.
    pub fn clear(&self) {
        self.inner.hooks.send_replace(Vec::new());
        self.inner.count.store(0, Ordering::Release);
    }
}

/// Takes one hook: reads it, judges it, keeps it, behaves.
async fn take(request: Request<Incoming>, inner: Arc<Inner>) -> Result<Response<Body>, Reset> {
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

#[cfg(test)]
mod tests;
