//! Time and chance, as values that are handed in.
//!
//! [`Clock`] drives schedules: retries, digests, polls, expiry. The network keeps tokio's own time, for a manual clock must
//! not stretch a real socket's deadline.

use std::sync::Arc;
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::watch;
use uuid::Uuid;

use crate::model::Millis;

/// What time it is, for schedules.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's.
    System,
    /// A test's: it moves when it is told to.
    Manual(Arc<watch::Sender<Millis>>),
}

/// A sleeping schedule looks at the machine's clock at least this often, so that a clock that was set forward is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

impl Clock {
    /// A clock that stands at `at` until it is moved.
    #[must_use]
    pub fn manual(at: Millis) -> Self {
        Self::Manual(Arc::new(watch::channel(at).0))
    }

    /// Now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one home of the time of day")]
    pub fn now(&self) -> Millis {
        match self {
            Self::System => chrono::Utc::now().into(),
            Self::Manual(hand) => *hand.borrow(),
        }
    }

    /// Waits until `at` has come; returns at once where it has. `None` never comes.
    pub async fn until(&self, at: Option<Millis>) {
        let Some(at) = at else { return std::future::pending().await };
        match self {
            Self::System => {
                while self.now() < at {
                    tokio::time::sleep(at.since(self.now()).min(LONGEST_SLEEP)).await;
                }
            }
            Self::Manual(hand) => {
                let mut watch = hand.subscribe();
                // The sender lives in `self`, so waiting cannot fail.
                let _ = watch.wait_for(|now| *now >= at).await;
            }
        }
    }

    /// Moves a manual clock forward; the machine's stays as it is.
    pub fn advance(&self, span: Duration) {
        if let Self::Manual(hand) = self {
            hand.send_modify(|now| *now = now.plus(span));
        }
    }
}

/// Fresh names and random bytes.
#[derive(Debug, Clone)]
pub struct Ids {
    random: SystemRandom,
}

impl Default for Ids {
    fn default() -> Self {
        Self { random: SystemRandom::new() }
    }
}

impl Ids {
    /// A `UUIDv7` (RFC 9562, 5.7) of this instant.
    ///
    /// # Panics
    /// When the system has no source of randomness.
    #[must_use]
    pub fn uuid(&self, now: Millis) -> Uuid {
        let bytes: [u8; 10] = self.bytes();
        uuid::Builder::from_unix_timestamp_millis(now.0.max(0).unsigned_abs(), &bytes).into_uuid()
    }

    /// Random bytes.
    ///
    /// # Panics
    /// When the system has no source of randomness.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes).expect("the system gives random bytes");
        bytes
    }

    /// A random share of `span`, from nothing to all of it.
    #[must_use]
    pub fn within(&self, span: Duration) -> Duration {
        let draw = f64::from(u32::from_be_bytes(self.bytes())) / f64::from(u32::MAX);
        span.mul_f64(draw)
    }
}
