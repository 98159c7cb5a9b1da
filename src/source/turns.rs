//! Turns: one request at a time to a host, whichever sources ask, a pause between two of them, and none to a host that wants to be left
//! alone.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use url::{Host, Url};

use crate::clock::Clock;
use crate::model::Millis;

/// Hosts that are remembered; beyond it those that nobody waits for are forgotten.
const MOST_HOSTS: usize = 1_000;

/// A host is left alone for no longer: what it says at one address for a whole day may hold for that address alone.
const LONGEST_REST: Duration = Duration::from_hours(6);

/// A rest that is no longer than this is waited for like a pause: to come back for it would take longer.
const SHORT_REST: Duration = Duration::from_secs(30);

type Last = Arc<tokio::sync::Mutex<Option<Millis>>>;

/// Who may ask which host next. Cheap to clone; all sources of a daemon share one.
#[derive(Debug, Clone, Default)]
pub struct Turns {
    hosts: Arc<Mutex<Hosts>>,
}

#[derive(Debug, Default)]
struct Hosts {
    last: HashMap<String, Last>,
    /// Until when a host wants to be left alone.
    rests: HashMap<String, Millis>,
}

/// The right to ask one host; it ends when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    last: OwnedMutexGuard<Option<Millis>>,
}

impl Turns {
    /// Waits for the host's turn, until `pause` has passed since the last request to it, and until a short rest is over.
    ///
    /// # Errors
    /// Until when the host wants to be left alone, where that is long.
    pub(super) async fn take(&self, url: &Url, pause: Duration, clock: &Clock) -> Result<Turn, Millis> {
        let last = self.host(url).lock_owned().await;
        if let Some(until) = self.rest(url, clock.now()) {
            return Err(until);
        }
        if let Some(at) = *last
            && !pause.is_zero()
        {
            clock.until(Some(at.plus(pause))).await;
        }
        let rest = self.hosts().rests.get(&key(url)).copied();
        if let Some(until) = rest.filter(|until| *until > clock.now()) {
            clock.until(Some(until)).await;
        }
        Ok(Turn { last })
    }

    /// Until when a host wants to be left alone, where that is too long to wait for.
    pub(super) fn rest(&self, url: &Url, now: Millis) -> Option<Millis> {
        self.hosts().rests.get(&key(url)).copied().filter(|until| *until > now.plus(SHORT_REST))
    }

    /// Notes that a host wants to be left alone, whatever is to be had of it.
    pub(super) fn leave_alone(&self, url: &Url, until: Millis, now: Millis) {
        let rests = &mut self.hosts().rests;
        if rests.len() >= MOST_HOSTS {
            rests.retain(|_, until| *until > now);
        }
        // One more that nobody remembers is asked too early once.
        if rests.len() < MOST_HOSTS {
            rests.insert(key(url), until.min(now.plus(LONGEST_REST)));
        }
    }

    fn host(&self, url: &Url) -> Last {
        let last = &mut self.hosts().last;
        if last.len() >= MOST_HOSTS {
            last.retain(|_, last| Arc::strong_count(last) > 1);
        }
        Arc::clone(last.entry(key(url)).or_default())
    }

    fn hosts(&self) -> MutexGuard<'_, Hosts> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// http and https of one name are one host; a port that somebody wrote is another server.
fn key(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
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
        let turn = turns.take(&page, Duration::ZERO, &clock).await.unwrap();
        let pause = Duration::from_secs(1);
        let mut second = Box::pin(turns.take(&secure, pause, &clock));
        macro_rules! waits {
            () => {
                tokio::time::timeout(Duration::from_millis(50), second.as_mut()).await.is_err()
            };
        }
        assert!(waits!(), "two requests at once");
        turns.take(&other, pause, &clock).await.unwrap().asked(NOW);
        turn.asked(NOW);
        assert!(waits!(), "no pause");
        clock.advance(pause);
        second.await.unwrap().asked(clock.now());
    }

    #[tokio::test]
    async fn a_host_that_wants_to_be_left_alone_is() {
        let (turns, clock) = (Turns::default(), Clock::manual(NOW));
        let url = |text: &str| Url::parse(text).unwrap();
        let (page, secure, other) = (url("http://a.example/1"), url("https://a.example/2"), url("http://b.example/"));
        let until = NOW.plus(Duration::from_hours(1));
        turns.leave_alone(&page, until, NOW);
        assert_eq!(turns.take(&secure, Duration::ZERO, &clock).await.unwrap_err(), until);
        assert!(turns.take(&other, Duration::ZERO, &clock).await.is_ok());
        clock.advance(Duration::from_secs(3_570));
        let mut last = Box::pin(turns.take(&secure, Duration::ZERO, &clock));
        assert!(tokio::time::timeout(Duration::from_millis(50), last.as_mut()).await.is_err(), "asked too early");
        clock.advance(SHORT_REST);
        assert!(last.await.is_ok());
        turns.leave_alone(&page, until.plus(Duration::from_hours(24)), until);
        assert_eq!(turns.rest(&page, until), Some(until.plus(LONGEST_REST)));
    }

    #[test]
    fn strangers_are_told_from_neighbours() {
        let near = |text: &str| is_near(&Url::parse(text).unwrap());
        assert!(near("http://127.0.0.1:8/") && near("http://192.168.3.4/") && near("http://[fd00::1]/") && near("http://localhost/"));
        assert!(!near("http://news.example/") && !near("http://8.8.8.8/"));
    }
}
