//! Turns: one request at a time to a host, whichever sources ask, and a pause between two of them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use url::{Host, Url};

use crate::clock::Clock;
use crate::model::Millis;

/// Hosts that are remembered; beyond it those that nobody waits for are forgotten.
const MOST_HOSTS: usize = 1_000;

type Last = Arc<tokio::sync::Mutex<Option<Millis>>>;

/// Who may ask which host next. Cheap to clone; all sources of a daemon share one.
#[derive(Debug, Clone, Default)]
pub struct Turns {
    hosts: Arc<Mutex<HashMap<String, Last>>>,
}

/// The right to ask one host; it ends when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    last: OwnedMutexGuard<Option<Millis>>,
}

impl Turns {
    /// Waits for the host's turn, and until `pause` has passed since the last request to it.
    pub(super) async fn take(&self, url: &Url, pause: Duration, clock: &Clock) -> Turn {
        let last = self.host(url).lock_owned().await;
        if let Some(at) = *last
            && !pause.is_zero()
        {
            clock.until(Some(at.plus(pause))).await;
        }
        Turn { last }
    }

    fn host(&self, url: &Url) -> Last {
        // http and https of one name are one host; a port that somebody wrote is another server.
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let key = format!("{}{port}", url.host_str().unwrap_or_default());
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= MOST_HOSTS {
            hosts.retain(|_, last| Arc::strong_count(last) > 1);
        }
        Arc::clone(hosts.entry(key).or_default())
    }
}

impl Turn {
    /// Notes when the request was over, from which the next pause counts.
    pub(super) fn asked(mut self, at: Millis) {
        *self.last = Some(at);
    }
}

/// Whether a host is an address on this machine or on a private network: no stranger, who would want a pause.
pub(super) fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback() || address.is_unique_local(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::loopback::NOW;
    use super::*;

    #[tokio::test]
    async fn a_host_has_one_turn_and_a_pause_behind_it() {
        let (turns, clock) = (Turns::default(), Clock::manual(NOW));
        let url = |text: &str| Url::parse(text).unwrap();
        let (page, secure, other) = (url("http://a.example/1"), url("https://a.example/2"), url("http://b.example/"));
        let turn = turns.take(&page, Duration::ZERO, &clock).await;
        let pause = Duration::from_secs(1);
        let mut second = Box::pin(turns.take(&secure, pause, &clock));
        macro_rules! waits {
            () => {
                tokio::time::timeout(Duration::from_millis(50), second.as_mut()).await.is_err()
            };
        }
        assert!(waits!(), "two requests at once");
        turns.take(&other, pause, &clock).await.asked(NOW);
        turn.asked(NOW);
        assert!(waits!(), "no pause");
        clock.advance(pause);
        second.await.asked(clock.now());
    }

    #[test]
    fn strangers_are_told_from_neighbours() {
        let near = |text: &str| is_near(&Url::parse(text).unwrap());
        assert!(near("http://127.0.0.1:8/") && near("http://192.168.3.4/") && near("http://[fd00::1]/") && near("http://localhost/"));
        assert!(!near("http://news.example/") && !near("http://8.8.8.8/"));
    }
}
