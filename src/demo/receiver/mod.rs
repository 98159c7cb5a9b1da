//! A webhook receiver that checks signatures, stands for any number of endpoints, and misbehaves on request.
//!
//! Every path takes POST and is an endpoint of its own, so `/hook/0` to `/hook/999` are a thousand of them.

mod behaviour;
mod intake;
mod signature;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;

pub use behaviour::Behaviour;
use signature::Secret;
pub use signature::Verdict;

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
            move |request| intake::take(request, Arc::clone(&inner))
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

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use ring::hmac;

    use super::*;
    use crate::demo::wire::{Wire, exchange, get};

    const SOON: Duration = Duration::from_secs(5);
    const NOW: Millis = Millis(1_800_000_000_000);
    const SECRET: &str = "whsec_c2VjcmV0IG9mIHRoZSBzdGFnZQ==";
    const BODY: &[u8] = r#"{"type":"article.published","timestamp":"2027-01-15T08:00:00Z","data":{"title":"云溪开镰"}}"#.as_bytes();

    async fn receiver(keep: Keep) -> (Receiver, Lifecycle) {
        let lifecycle = Lifecycle::default();
        (Receiver::start(keep, Clock::manual(NOW), &lifecycle).await.unwrap(), lifecycle)
    }

    async fn post(receiver: &Receiver, path: &str) -> u16 {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret of the stage");
        let mac = hmac::sign(&key, &[b"msg_1.1800000000.".as_slice(), BODY].concat());
        let signature = format!("v1,{}", base64::engine::general_purpose::STANDARD.encode(mac));
        let headers = [("webhook-id", "msg_1"), ("webhook-timestamp", "1800000000"), ("webhook-signature", signature.as_str())];
        exchange(receiver.address(), "POST", path, &headers, BODY).await.status
    }

    /// Posts by hand and gives the open connection.
    async fn open(receiver: &Receiver, path: &str) -> Wire {
        let mut wire = Wire::dial(receiver.address()).await;
        wire.send(format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{{}}").as_bytes()).await;
        wire
    }

    #[tokio::test]
    async fn hooks_are_kept_with_their_verdict() {
        let (receiver, _lifecycle) = receiver(Keep::Whole).await;
        receiver.trust("/hook/1", SECRET).unwrap();
        for path in ["/hook/1", "/hook/2"] {
            assert_eq!(post(&receiver, path).await, 200);
        }
        let hooks = receiver.wait_for(SOON, |hooks| hooks.len() == 2).await.unwrap();
        assert!(hooks[0].verified());
        assert_eq!(hooks[1].verdict, Verdict::NoSecret);
        let first = &hooks[0];
        assert_eq!((first.path.as_str(), first.id.as_str(), first.event_type.as_str()), ("/hook/1", "msg_1", "article.published"));
        assert_eq!((first.title.as_str(), first.body.as_ref(), first.at, first.answered), ("云溪开镰", BODY, NOW, 200));
        receiver.trust_everywhere(SECRET).unwrap();
        receiver.distrust("/hook/1");
        post(&receiver, "/hook/1").await;
        assert!(receiver.received()[2].verified());
        assert_eq!(get(receiver.address(), "/hook/1").await.status, 405);
        receiver.clear();
        assert_eq!((receiver.count(), receiver.received()), (0, Vec::new()));
    }

    #[tokio::test]
    async fn a_path_answers_as_it_was_told() {
        let (receiver, _lifecycle) = receiver(Keep::Whole).await;
        let busy = Behaviour::Answer { status: 503, retry_after: Some("120".into()) };
        receiver.play("/hook/1", [busy, Behaviour::Redirect("http://10.0.0.1/".into()), Behaviour::Late(Duration::from_millis(1))]);
        receiver.always("/hook/1", Behaviour::status_only(410));
        let answer = exchange(receiver.address(), "POST", "/hook/1", &[], b"{}").await;
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("120")));
        let answer = exchange(receiver.address(), "POST", "/hook/1", &[], b"{}").await;
        assert_eq!((answer.status, answer.header("location")), (302, Some("http://10.0.0.1/")));
        for status in [200, 410, 410] {
            assert_eq!(post(&receiver, "/hook/1").await, status);
        }
        assert_eq!(post(&receiver, "/hook/2").await, 200);
        assert_eq!(receiver.received().iter().map(|hook| hook.answered).collect::<Vec<_>>(), [503, 302, 200, 410, 410, 200]);
    }

    #[tokio::test]
    async fn a_reset_is_a_reset() {
        let (receiver, _lifecycle) = receiver(Keep::Whole).await;
        receiver.always("/hook/1", Behaviour::Reset);
        let mut wire = open(&receiver, "/hook/1").await;
        assert_eq!(wire.some(1).await.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
        assert_eq!(receiver.received()[0].answered, 0);
    }

    #[tokio::test]
    async fn what_never_ends_ends_with_the_stop() {
        let (receiver, lifecycle) = receiver(Keep::Whole).await;
        for (path, behaviour) in [("/hang", Behaviour::Hang), ("/drip", Behaviour::Drip), ("/endless", Behaviour::Endless)] {
            receiver.always(path, behaviour);
        }
        let _hanging = open(&receiver, "/hang").await;
        let mut dripping = open(&receiver, "/drip").await;
        let begun = tokio::time::Instant::now();
        assert_eq!(dripping.head().await.0, 200);
        // The first byte, in its chunk of one.
        assert_eq!((dripping.line().await.as_deref(), dripping.line().await.as_deref()), (Some("1"), Some(".")));
        assert!(begun.elapsed() >= Duration::from_millis(900));
        let mut endless = open(&receiver, "/endless").await;
        assert_eq!(endless.head().await.0, 200);
        let mut read = 0;
        while read < 4_000_000 {
            read += endless.some(100_000).await.unwrap().len();
        }
        assert!(receiver.wait_for_count(SOON, 3).await);
        // A peer that no longer reads does not hold up the stop either.
        lifecycle.stop_softly();
        tokio::time::timeout(SOON, lifecycle.ended()).await.unwrap();
    }

    #[tokio::test]
    async fn counting_keeps_nothing() {
        let (receiver, _lifecycle) = receiver(Keep::Count).await;
        let posts = (0..200).map(|place| {
            let receiver = receiver.clone();
            tokio::spawn(async move { post(&receiver, &format!("/hook/{place}")).await })
        });
        let posts: Vec<_> = posts.collect();
        assert!(receiver.wait_for_count(SOON, 200).await);
        for one in posts {
            assert_eq!(one.await.unwrap(), 200);
        }
        assert!(receiver.received().is_empty());
        assert!(!receiver.wait_for_count(Duration::from_millis(20), 201).await);
    }
}
